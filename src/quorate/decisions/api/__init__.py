"""Motions and the register of decisions over the API."""

from __future__ import annotations

from ninja import Router

from quorate.decisions.api import motions, records

__all__ = ["router"]

router = Router()
router.add_router("", motions.router)
router.add_router("", records.router)
