"""What every answer carries: its value, the steps that led to it with their clauses, and the conflicts found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation. The ``n`` of all steps of an answer add up to it."""

    what: str
    n: int
    clause: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"what": self.what, "n": self.n, "clause": self.clause}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Clauses that disagree, or a fact that is missing. Reported, never settled here.

    ``code`` is stable. ``values`` are the figures that disagree.
    """

    code: str
    what: str
    clauses: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "what": self.what, "clauses": list(self.clauses), "values": dict(self.values)}


def clauses(*texts: str) -> tuple[str, ...]:
    """The clauses that are given, each once."""
    return tuple(dict.fromkeys(text for text in texts if text))
