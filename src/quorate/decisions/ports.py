"""Who is told, in the same transaction, when a motion closes."""

from __future__ import annotations

from collections.abc import Callable

from quorate.access.actors import Actor
from quorate.decisions.models import Motion
from quorate.kernel.registry import Registry

#: Keyed by ``Motion.owner``. Called inside the transaction that closes the motion, after it is saved.
MOTION_CLOSED: Registry[Callable[[Actor, Motion], None]] = Registry("owner of motions")
