"""Identifiers: UUID version 7 (RFC 9562), ordered by time so that indexes stay compact."""

from __future__ import annotations

import secrets
import uuid

from quorate.kernel import clock


def new_id() -> uuid.UUID:
    """A fresh UUIDv7: 48 bits of milliseconds from the kernel's clock, 74 random bits."""
    millis = int(clock.now().timestamp() * 1000) & ((1 << 48) - 1)
    bits = (millis << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return uuid.UUID(int=bits)


def is_uuid(text: str) -> bool:
    """Whether ``text`` parses as a UUID."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
