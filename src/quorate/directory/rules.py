"""What the directory holds to be true of a person or an organisation, as plain values, and which of it can stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.periods import Period, first_overlap

CONTACT_KINDS = ("email", "phone", "chat", "web")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
#: Words that say in which legal form a company is organised, or that a list adds: no part of its name.
_FORMS = frozenset(
    [
        "inc",
        "incorporated",
        "llc",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "co",
        "company",
        "gmbh",
        "ag",
        "sa",
        "sas",
        "bv",
        "plc",
        "pte",
        "pty",
        "private",
        "oy",
        "ab",
        "cic",
        "the",
        "member",
    ]
)


@dataclass(frozen=True, slots=True)
class Name:
    """Another name of an organisation, dated when known."""

    name: str
    start: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """An organisation that controls this one for a while."""

    organisation: UUID
    start: datetime | None = None
    until: datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Belonging:
    """A person's time at an organisation."""

    organisation: UUID
    title: str = ""
    start: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person."""

    kind: str
    value: str
    primary: bool = False


@dataclass(frozen=True)
class OrganisationFacts:
    """All that the directory says of an organisation."""

    name: str
    homepage: str = ""
    country: str = ""
    synthetic: bool = False
    aliases: tuple[Name, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()
    controlled_by: tuple[Parent, ...] = ()


@dataclass(frozen=True)
class PersonFacts:
    """All that the directory says of a person, apart from consent."""

    name: str
    pronouns: str = ""
    bio: str = ""
    public: bool = False
    synthetic: bool = False
    language: str = ""
    time_zone: str = ""
    contacts: tuple[Contact, ...] = ()
    external_ids: tuple[tuple[str, str], ...] = ()
    affiliations: tuple[Belonging, ...] = ()


def check_organisation(facts: OrganisationFacts) -> None:
    """Refuse facts that contradict themselves. ``UserError`` names the field."""
    _name(facts.name)
    _homepage(facts.homepage)
    for alias in facts.aliases:
        _name(alias.name, "aliases")
        _period(alias.start, alias.until, "aliases")
    for link in facts.controlled_by:
        _period(link.start, link.until, "controlled_by")
    _no_overlap(((link.organisation, link.start, link.until) for link in facts.controlled_by), "controlled_by")


def check_person(facts: PersonFacts) -> None:
    """Refuse facts that contradict themselves. ``UserError`` names the field."""
    _name(facts.name)
    for contact in facts.contacts:
        if contact.kind not in CONTACT_KINDS:
            raise UserError(
                gettext("“%s” is no way to reach a person") % contact.kind,
                where="contacts",
                mend=gettext("use one of: %s") % ", ".join(CONTACT_KINDS),
            )
        if contact.kind == "email" and not _EMAIL.match(contact.value):
            raise UserError(
                gettext("“%s” is not an e-mail address") % contact.value,
                where="email",
                mend=gettext("write it like name@example.org"),
            )
    for belonging in facts.affiliations:
        _period(belonging.start, belonging.until, "affiliations")
    _no_overlap(((b.organisation, b.start, b.until) for b in facts.affiliations), "affiliations")


def _name(name: str, where: str = "name") -> None:
    if not name.strip():
        raise UserError(gettext("the name is empty"), where=where, mend=gettext("write a name"))
    if len(name) > 200:
        raise UserError(gettext("the name is longer than 200 characters"), where=where)


def _homepage(address: str) -> None:
    if not address:
        return
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(
            gettext("“%s” is not a web address") % address,
            where="homepage",
            mend=gettext("write it with https:// in front"),
        )


def _period(start: datetime | None, until: datetime | None, where: str) -> None:
    if start is not None and until is not None and until <= start:
        raise UserError(gettext("a period ends before it begins"), where=where, mend=gettext("give a later end"))


def _no_overlap(rows: Iterable[tuple[UUID, datetime | None, datetime | None]], where: str) -> None:
    periods: dict[UUID, list[Period]] = {}
    for organisation, start, until in rows:
        periods.setdefault(organisation, []).append(Period(start, until))
    for listed in periods.values():
        if first_overlap(listed) is not None:
            raise UserError(
                gettext("two periods with the same organisation overlap"),
                where=where,
                mend=gettext("end the earlier one first, or make them one"),
            )


def as_json(value: Any) -> Any:
    """A fact as JSON, for the ledger: instants as text, ids as text, dataclasses as maps without empty values."""
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "__dataclass_fields__"):
        pairs = ((item.name, as_json(getattr(value, item.name))) for item in fields(value))
        return {key: found for key, found in pairs if found not in (None, "", [], False)}
    return value


def differences(before: object, after: object) -> dict[str, list[Any]]:
    """Field by field what changes: ``{"name": [before, after]}``; lists that differ in order only do not."""
    found: dict[str, list[Any]] = {}
    for item in fields(before):  # type: ignore[arg-type]  # both are facts, which are dataclasses
        old, new = getattr(before, item.name), getattr(after, item.name)
        if isinstance(old, tuple) and sorted(map(repr, old)) == sorted(map(repr, new)):
            continue
        if old != new:
            found[item.name] = [as_json(old), as_json(new)]
    return found


def would_circle(child: UUID, parents: Iterable[UUID], links: Mapping[UUID, Sequence[UUID]]) -> bool:
    """Whether an organisation would come to control itself; ``links`` maps a child to its parents now."""
    waiting, seen = list(parents), set[UUID]()
    while waiting:
        current = waiting.pop()
        if current == child:
            return True
        if current not in seen:
            seen.add(current)
            waiting.extend(links.get(current, ()))
    return False


def plain_name(name: str) -> str:
    """A name as it is compared: without accents, case, punctuation, brackets and legal forms, words in order."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"\(.*?\)", " ", text)
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    kept = [word for word in words if word not in _FORMS]
    return " ".join(kept or words) or name.casefold().strip()


def host_of(homepage: str) -> str:
    """The host of an address without ``www.``; empty when there is none."""
    try:
        host = urlsplit(homepage).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
