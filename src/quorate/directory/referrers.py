"""Where packages above say how they refer to people and organisations other than by foreign key, and what they forget.

Foreign keys are found by walking the models. A package that keeps an id as text (a case's subject, a frozen
electorate that may still change) registers a referrer, so that a merge moves it and undo brings it back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from quorate.access.actors import Actor
from quorate.kernel.registry import Registry

Subject = Literal["person", "organisation"]


@dataclass(frozen=True)
class Referrer:
    """``move(kind, absorbed, kept)`` returns one JSON token for each place it changed; ``restore(kind, tokens,
    absorbed, kept)`` puts those back and returns how many it could."""

    move: Callable[[Subject, UUID, UUID], Sequence[str]]
    restore: Callable[[Subject, Sequence[str], UUID, UUID], int]


REFERRERS: Registry[Referrer] = Registry("referrer")

#: Removes what a package keeps of a person's own words and of letters to them, when they are forgotten; returns how many
#: values went. Called in the transaction that empties the record, before it does.
Eraser = Callable[[Actor, UUID], int]
ERASERS: Registry[Eraser] = Registry("eraser")

#: Says in words what stands in the way of forgetting a person, or nothing: an office that must be left first.
Guard = Callable[[UUID], str]
ERASURE_GUARDS: Registry[Guard] = Registry("guard of erasure")
