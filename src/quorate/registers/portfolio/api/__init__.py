"""The portfolio over the API."""

from __future__ import annotations

from ninja import Router

from quorate.registers.portfolio.api import landscape, projects

router = Router()
router.add_router("", projects.router)
router.add_router("", landscape.router)
