"""What holds of bodies, seats and terms, as plain values, and which of it can stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from quorate.access.permissions import PERMISSIONS
from quorate.directory.rules import as_json
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.terms import numbers

KINDS = ("board", "council", "committee", "working-group", "staff")
OFFICES = ("vice-chair", "secretary")
BASES = ("member", "class", "project", "elected", "appointed", "office")
HOW = ("election", "appointment", "ex-officio")


@dataclass(frozen=True)
class BodyFacts:
    """All that is said of a body; ``parent`` is the id of the body above it."""

    name: str
    kind: str
    parent: UUID | None = None
    purpose: str = ""
    charter_url: str = ""
    public: bool = True
    permissions: tuple[str, ...] = ()
    established_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class SeatFacts:
    """All that is said of a seat, apart from who holds it."""

    title: str
    seat_class: str = ""
    voting: bool = True
    chair: bool = False
    permissions: tuple[str, ...] = ()
    organisation: UUID | None = None
    project: str = ""
    position: int = 0
    start: datetime | None = None
    until: datetime | None = None
    office: str = ""
    of_holders: bool = False
    basis: str = ""


@dataclass(frozen=True)
class CharterFacts:
    """A version of a charter: ``text`` or ``link``, and ``numbers`` as JSON in the form of ``terms.numbers``."""

    start: datetime
    until: datetime | None = None
    mandate: str = ""
    text: str = ""
    link: str = ""
    adopted_by: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TermFacts:
    """When a term runs, and by whose word it began and ended."""

    start: datetime
    until: datetime | None = None
    appointed_by: str = ""
    ended_by: str = ""
    note: str = ""
    how: str = ""


def check_body(facts: BodyFacts) -> None:
    """Refuse facts that cannot stand; ``UserError`` names the field."""
    if not facts.name.strip():
        raise UserError(gettext("the name is empty"), where="name", mend=gettext("write a name"))
    if facts.kind not in KINDS:
        raise UserError(
            gettext("“%s” is no kind of body") % facts.kind,
            where="kind",
            mend=gettext("use one of: %s") % ", ".join(KINDS),
        )
    check_permissions(facts.permissions)
    check_period(facts.established_at, facts.closed_at)


def check_seat(facts: SeatFacts) -> None:
    """Refuse facts that cannot stand; ``UserError`` names the field."""
    if not facts.title.strip():
        raise UserError(gettext("the title is empty"), where="title", mend=gettext("write a title"))
    check_permissions(facts.permissions)
    check_period(facts.start, facts.until)
    _one_of(facts.office, OFFICES, "office")
    _one_of(facts.basis, BASES, "basis")
    if facts.chair and facts.office:
        raise UserError(
            gettext("one seat cannot be two offices"), where="office", mend=gettext("make a seat for each office")
        )
    if facts.basis == "member" and facts.organisation is None:
        raise UserError(
            gettext("the seat of a member company names no organisation"),
            where="organisation",
            mend=gettext("choose the organisation, or another basis"),
        )
    if facts.basis == "project" and not facts.project:
        raise UserError(
            gettext("the seat of a hosted project names no project"),
            where="project",
            mend=gettext("name the project, or choose another basis"),
        )
    if facts.basis == "class" and not facts.seat_class:
        raise UserError(
            gettext("the seat of a class of members names no class"),
            where="seat_class",
            mend=gettext("name the class, such as gold"),
        )


def check_charter(version: str, facts: CharterFacts) -> None:
    """Refuse a version of a charter that cannot stand; ``UserError`` names the field."""
    if not version.strip():
        raise UserError(gettext("the version is empty"), where="version", mend=gettext("write a version, such as 1.0"))
    check_period(facts.start, facts.until)
    if not facts.text.strip() and not facts.link.strip() and not facts.mandate.strip():
        raise UserError(
            gettext("the charter has neither a text nor a link"),
            where="text",
            mend=gettext("write the text, or say where it can be read"),
        )
    if facts.link and not facts.link.startswith(("https://", "http://", "/p/")):
        raise UserError(
            gettext("“%s” is not an address") % facts.link[:60],
            where="link",
            mend=gettext("begin it with https:// or, for one of our policies, /p/policies/"),
        )
    numbers.parse(facts.numbers)


def _one_of(value: str, known: tuple[str, ...], where: str) -> None:
    if value and value not in known:
        raise UserError(
            gettext("“%s” is not known here") % value[:60],
            where=where,
            mend=gettext("use one of: %s") % ", ".join(known),
        )


def check_permissions(names: Iterable[str], where: str = "permissions") -> None:
    """Refuse permissions that no package declares, with the nearest that one does."""
    known = [name for name, _permission in PERMISSIONS.items()]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UserError(
                gettext("there is no permission “%s”") % name,
                where=where,
                mend=gettext("did you mean %s?") % near[0]
                if near
                else gettext("see the list of permissions in the reference"),
            )


def check_period(start: datetime | None, until: datetime | None, where: str = "until") -> None:
    """Refuse an end that is not after the start."""
    if start is not None and until is not None and until <= start:
        raise UserError(gettext("the end is not after the beginning"), where=where, mend=gettext("give a later end"))


def overlaps(start: datetime, until: datetime | None, other: TermFacts) -> bool:
    """Whether a half-open period shares an instant with a term."""
    return (other.until is None or start < other.until) and (until is None or other.start < until)


def changes_between(before: object, after: object) -> dict[str, list[Any]]:
    """Field by field what changes, as JSON: ``{"title": [before, after]}``."""
    return {
        item.name: [as_json(getattr(before, item.name)), as_json(getattr(after, item.name))]
        for item in fields(before)  # type: ignore[arg-type]  # both are facts, which are dataclasses
        if getattr(before, item.name) != getattr(after, item.name)
    }
