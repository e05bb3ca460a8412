"""Meetings, their series and their minutes over the API."""

from __future__ import annotations

from ninja import Router

from quorate.registers.meetings.api import meetings, planning, recording

__all__ = ["router"]

router = Router()
router.add_router("", meetings.router)
router.add_router("", planning.router)
router.add_router("", recording.router)
