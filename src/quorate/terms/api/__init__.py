"""Bodies, charters, seats, terms and policies over the API."""

from __future__ import annotations

from ninja import Router

from quorate.terms.api import bodies, charters, groups

router = Router(tags=["Bodies"])
router.add_router("", bodies.router)
router.add_router("", charters.router)
router.add_router("", groups.router)

__all__ = ["router"]
