"""Members for tests: so many in each tier, under invented names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from quorate.registers.membership.rules import reading
from quorate.registers.membership.rules.charter import AnnexProject, Charter
from quorate.registers.membership.rules.members import Holder, Member, Roll


@cache
def shipped(name: str) -> Charter:
    """A charter that comes with the product."""
    return reading.load(reading.find(name))


def roll_of(counts: Mapping[str, int], **more: Any) -> Roll:
    """A list with so many members in each tier: ``gold 1``, ``gold 2`` …"""
    members = [Member(f"{tier} {n + 1}", tier) for tier, count in counts.items() for n in range(count)]
    return Roll(tuple(members), **more)


def related(roll: Roll, *names: str) -> Roll:
    """The same list with some members under common control."""
    first, *others = names
    return replace(
        roll,
        members=tuple(replace(m, related=(first,)) if m.organisation in others else m for m in roll.members),
    )


def changed(roll: Roll, name: str, **fields: Any) -> Roll:
    """The same list with one member changed."""
    return replace(roll, members=tuple(replace(m, **fields) if m.organisation == name else m for m in roll.members))


def projects(status: str, n: int) -> tuple[AnnexProject, ...]:
    """So many invented projects of a status."""
    return tuple(AnnexProject(f"{status} project {i + 1}", status) for i in range(n))


def holder(text: str) -> Holder:
    """``rule=organisation``."""
    rule, _eq, organisation = text.partition("=")
    return Holder(rule, organisation)


def day(text: object) -> date:
    return text if isinstance(text, date) else date.fromisoformat(str(text))
