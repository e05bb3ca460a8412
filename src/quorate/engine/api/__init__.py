"""Programs and cases over the API: everything that the pages can do."""

from __future__ import annotations

from ninja import Router

from quorate.engine.api import cases, grants, judging, papers, programs

router = Router()
for part in (programs, cases, judging, papers, grants):
    router.add_router("", part.router)
