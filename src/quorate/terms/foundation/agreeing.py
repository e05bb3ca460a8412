"""Makes bodies, seats and terms agree with the files, through the same actions as everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.access.actors import Actor
from quorate.directory.models import Organisation, Person
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.terms.actions import (
    add_seat,
    adopt_charter,
    appoint,
    change_body,
    change_seat,
    close_seat,
    correct_charter,
    correct_term,
    end_term,
    remove_body,
    remove_charter,
    set_up_body,
    strike_term,
)
from quorate.terms.foundation.recorded import PAGE, POLICY, keyed_terms
from quorate.terms.models import Body, Charter, Seat
from quorate.terms.rules import BodyFacts, CharterFacts, SeatFacts, TermFacts
from quorate.toolkit.foundation import Change, Record, at, instant


def _body_facts(record: Record, ids: Mapping[str, UUID]) -> BodyFacts:
    fields = record.fields
    charter = fields.get("charter", "")
    if charter.startswith(POLICY):
        charter = f"{PAGE}{charter.removeprefix(POLICY).removesuffix('.md')}/"
    return BodyFacts(
        fields["name"],
        fields["kind"],
        ids[fields["parent"]] if fields.get("parent") else None,
        fields.get("purpose", ""),
        charter,
        fields.get("public", True),
        tuple(fields.get("permissions", ())),
        instant(fields.get("established")),
        instant(fields.get("closed")),
    )


def _seat_facts(record: Record, organisations: Mapping[str, UUID]) -> SeatFacts:
    fields = record.fields
    return SeatFacts(
        fields["title"],
        fields.get("class", ""),
        fields.get("voting", True),
        bool(fields.get("chair")),
        tuple(fields.get("permissions", ())),
        organisations[fields["organisation"]] if fields.get("organisation") else None,
        fields.get("project", ""),
        fields.get("position", 0),
        instant(fields.get("from")),
        instant(fields.get("until")),
        fields.get("office", ""),
        bool(fields.get("of_holders")),
        fields.get("basis", ""),
    )


def _charter_facts(record: Record) -> CharterFacts:
    fields = record.fields
    start = instant(fields["from"])
    assert start is not None
    said = {name: fields.get(name, "") for name in ("mandate", "text", "link", "adopted_by")}
    return CharterFacts(start, instant(fields.get("until")), **said, numbers=fields.get("numbers", {}))


def create_charters(actor: Actor, records: Sequence[Record]) -> None:
    """Adopt versions in order of time."""
    bodies = {body.slug: body for body in Body.objects.all()}
    for record in sorted(records, key=lambda r: r.fields["from"]):
        body, _, version = record.id.partition("/")
        with at(record):
            adopt_charter(actor=actor, body=bodies[body], version=version, facts=_charter_facts(record))


def change_charters(actor: Actor, changes: Sequence[Change]) -> None:
    """Correct versions; those that end come before those that are made longer."""
    for change in sorted(changes, key=lambda c: (c.record.fields.get("until") is None, c.id)):
        with at(change.record):
            charter = _charter_named(change.id)
            correct_charter(actor=actor, charter=charter, facts=_charter_facts(change.record))


def remove_charters(actor: Actor, records: Sequence[Record], also: Mapping[str, frozenset[str]]) -> None:
    """Remove versions that the files no longer say ever were; those of a body that goes too stay with it."""
    for record in records:
        with at(record):
            if record.id.partition("/")[0] not in also.get("body", frozenset()):
                remove_charter(actor=actor, charter=_charter_named(record.id))


def _charter_named(key: str) -> Charter:
    body, _, version = key.partition("/")
    return Charter.objects.select_related("body").get(body__slug=body, version=version)


def _term_facts(record: Record) -> TermFacts:
    fields = record.fields
    start = instant(fields["from"])
    assert start is not None
    said = {name: fields.get(name, "") for name in ("appointed_by", "ended_by", "note", "how")}
    return TermFacts(start, instant(fields.get("until")), **said)


def create_bodies(actor: Actor, records: Sequence[Record]) -> None:
    """Set them up, those above first."""
    ids = dict(Body.objects.values_list("slug", "pk"))
    waiting = list(records)
    while waiting:
        ready = [r for r in waiting if not r.fields.get("parent") or r.fields["parent"] in ids]
        if not ready:
            raise UserError(
                gettext("bodies stand above one another in a circle: %s") % ", ".join(r.id for r in waiting),
                where=waiting[0].where,
                mend=gettext("remove one of the lines that say parent"),
            )
        for record in ready:
            with at(record):
                ids[record.id] = set_up_body(actor=actor, slug=record.id, facts=_body_facts(record, ids)).id
        waiting = [record for record in waiting if record.id not in ids]


def change_bodies(actor: Actor, changes: Sequence[Change]) -> None:
    """Make bodies say what the files say."""
    ids = dict(Body.objects.values_list("slug", "pk"))
    for change in changes:
        with at(change.record):
            body = Body.objects.get(slug=change.id)
            change_body(actor=actor, body=body, facts=_body_facts(change.record, ids))


def remove_bodies(actor: Actor, records: Sequence[Record], _also: Mapping[str, frozenset[str]]) -> None:
    """Close bodies that ever had a seat, remove the others; those below first."""
    waiting = {record.id: record for record in records}
    parents = dict(Body.objects.values_list("slug", "parent__slug"))
    while waiting:
        lowest = [slug for slug in waiting if slug not in {parents[other] for other in waiting}]
        for slug in lowest or list(waiting):
            record = waiting.pop(slug)
            with at(record):
                remove_body(actor=actor, body=Body.objects.get(slug=slug))


def _seat_named(key: str) -> Seat:
    body, _, seat = key.partition("/")
    return Seat.objects.select_related("body").get(body__slug=body, slug=seat)


def create_seats(actor: Actor, records: Sequence[Record]) -> None:
    """Add seats to their bodies."""
    organisations = dict(Organisation.objects.values_list("slug", "pk"))
    bodies = {body.slug: body for body in Body.objects.all()}
    for record in records:
        body, _, slug = record.id.partition("/")
        with at(record):
            facts = _seat_facts(record, organisations)
            add_seat(actor=actor, body=bodies[body], slug=slug, facts=facts)


def change_seats(actor: Actor, changes: Sequence[Change]) -> None:
    """Make seats say what the files say."""
    organisations = dict(Organisation.objects.values_list("slug", "pk"))
    for change in changes:
        with at(change.record):
            facts = _seat_facts(change.record, organisations)
            change_seat(actor=actor, seat=_seat_named(change.id), facts=facts)


def remove_seats(actor: Actor, records: Sequence[Record], _also: Mapping[str, frozenset[str]]) -> None:
    """Close seats that were ever held, remove the others."""
    for record in records:
        with at(record):
            seat = _seat_named(record.id)
            if seat.until is None:
                close_seat(actor=actor, seat=seat)


def create_terms(actor: Actor, records: Sequence[Record]) -> None:
    """Appoint, in order of time, so that one holder follows the other; to offices of seat holders last."""
    seats = {f"{seat.body.slug}/{seat.slug}": seat for seat in Seat.objects.select_related("body")}
    offices = {record.id for record in records if seats["/".join(record.id.split("/")[:2])].of_holders}
    wanted = {record.id.split("/")[3] for record in records}
    people = {person.slug: person for person in Person.objects.filter(slug__in=wanted)}
    for record in sorted(records, key=lambda r: (r.fields["from"], r.id in offices, r.id)):
        body, seat, role, person, *_nth = record.id.split("/")
        with at(record):
            appoint(
                actor=actor,
                seat=seats[f"{body}/{seat}"],
                person=people[person],
                facts=_term_facts(record),
                role=role,
            )


def change_terms(actor: Actor, changes: Sequence[Change]) -> None:
    """Correct terms; those that end come before those that are made longer, offices of seat holders before seats."""
    terms = keyed_terms()
    for change in sorted(
        changes, key=lambda c: (c.record.fields.get("until") is None, not terms[c.id].seat.of_holders, c.id)
    ):
        with at(change.record):
            correct_term(actor=actor, term=terms[change.id], facts=_term_facts(change.record))


def remove_terms(actor: Actor, records: Sequence[Record], also: Mapping[str, frozenset[str]]) -> None:
    """End terms whose seat goes too; strike out those that the files no longer say ever were."""
    terms = keyed_terms()
    seats = also.get("seat", frozenset())
    for record in records:
        term = terms[record.id]
        with at(record):
            if "/".join(record.id.split("/")[:2]) not in seats:
                strike_term(actor=actor, term=term)
            elif term.until is None and term.start < clock.now():
                end_term(actor=actor, term=term, ended_by=gettext("the seat was closed"))
