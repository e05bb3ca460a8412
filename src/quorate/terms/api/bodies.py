"""Bodies, seats, terms and policies over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.directory.api.schemas import AsOfText, Key
from quorate.directory.queries import organisation_by_key, person_by_key
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.terms import actions
from quorate.terms.models import Body as BodyRow
from quorate.terms.models import Policy, Seat, Term
from quorate.terms.queries import (
    Place,
    body_by_key,
    body_facts,
    policies_in_force,
    policy_versions,
    roster,
    seat_by_key,
    seat_facts,
    terms_in,
)
from quorate.terms.rules import BodyFacts, SeatFacts, TermFacts
from quorate.toolkit.asof import Moment, parse
from quorate.toolkit.rest import PUBLIC, Body, Page, Paging, page, precondition

router = Router(tags=["Bodies"])
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Permission = Annotated[str, Field(max_length=80)]
Kind = Literal["board", "council", "committee", "working-group", "staff"]


class BodyOut(Schema):
    """A body. ``parent`` is the slug of the body above it."""

    id: UUID
    slug: str
    name: str
    kind: str
    parent: str | None
    purpose: str
    charter_url: str
    public: bool
    permissions: list[str]
    closed_at: datetime | None


class TermOut(Schema):
    """A person in a seat for a period."""

    id: UUID
    person: str
    name: str
    role: str
    start: datetime
    until: datetime | None
    appointed_by: str
    ended_by: str
    how: str


class SeatOut(Schema):
    """A seat of a body."""

    slug: str
    title: str
    seat_class: str
    voting: bool
    chair: bool
    permissions: list[str]
    organisation: str | None
    project: str
    office: str
    of_holders: bool
    basis: str


class PlaceOut(SeatOut):
    """A seat on a day: who holds it, who stands in, since when it is empty."""

    representative: TermOut | None
    alternate: TermOut | None
    vacant_since: datetime | None


class RosterOut(Schema):
    """The roster of a body as of an instant."""

    body: str
    as_of: datetime
    seats: list[PlaceOut]


class PolicyOut(Schema):
    """A version of a policy."""

    slug: str
    version: str
    title: str
    body: str | None
    adopted: datetime | None
    text: str


class BodyIn(Body):
    """All that is kept of a body; what is left out is emptied."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Kind
    parent: Key | None = None
    purpose: Annotated[str, Field(max_length=2000)] = ""
    charter_url: Annotated[str, Field(max_length=300)] = ""
    public: bool = True
    permissions: Annotated[list[Permission], Field(max_length=200)] = []


class NewBodyIn(BodyIn):
    """A body that is set up."""

    slug: Slug


class SeatIn(Body):
    """All that is kept of a seat; what is left out is emptied."""

    title: Annotated[str, Field(min_length=1, max_length=120)]
    seat_class: Annotated[str, Field(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$", max_length=40)] = ""
    voting: bool = True
    chair: bool = False
    permissions: Annotated[list[Permission], Field(max_length=200)] = []
    organisation: Key | None = None
    project: Annotated[str, Field(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*)?$", max_length=80)] = ""
    office: Literal["", "vice-chair", "secretary"] = ""
    of_holders: bool = False
    basis: Literal["", "member", "class", "project", "elected", "appointed", "office"] = ""


class NewSeatIn(SeatIn):
    """A seat that is added."""

    slug: Slug


class TermIn(Body):
    """Who takes a seat, named by slug or id, and from when. ``succeed`` ends the present holder's open term."""

    person: Key
    role: Literal["representative", "alternate"] = "representative"
    start: Moment | None = None
    until: Moment | None = None
    appointed_by: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=200)] = ""
    how: Literal["", "election", "appointment", "ex-officio"] = ""
    succeed: bool = False


class EndIn(Body):
    """When a term ends (default: now) and why."""

    until: Moment | None = None
    ended_by: Annotated[str, Field(max_length=200)] = ""


@router.get("/bodies", response=Page[BodyOut], auth=PUBLIC)
def list_bodies(request: HttpRequest, paging: Query[Paging]) -> dict[str, object]:
    """List bodies; for visitors those whose rosters are public."""
    rows = BodyRow.objects.select_related("parent")
    if not actor_from(request).known:
        rows = rows.filter(public=True)
    return page(rows, paging, order=("name", "id"), show=_body)


@router.get("/bodies/{slug:key}", response=BodyOut, auth=PUBLIC)
def get_body(request: HttpRequest, key: str) -> dict[str, object]:
    """Show one body, by slug or id."""
    return _body(readable(request, key))


@router.post("/bodies", response={201: BodyOut})
def set_up_body(request: HttpRequest, body: NewBodyIn) -> Status[dict[str, object]]:
    """Set up a body."""
    actor = actor_from(request)
    authorise(actor, "body.edit")
    return Status(201, _body(actions.set_up_body(actor=actor, slug=body.slug, facts=_body_facts(body))))


@router.put("/bodies/{slug:key}", response=BodyOut)
def change_body(request: HttpRequest, key: str, body: BodyIn) -> dict[str, object]:
    """Make a body's record say this. Send ``If-Match`` to change only what you have read."""
    actor = actor_from(request)
    found = readable(request, key)
    authorise(actor, "body.edit", found)
    before = body_facts(found)
    precondition(request, repr(before))
    return _body(actions.change_body(actor=actor, body=found, facts=_body_facts(body, before)))


@router.delete("/bodies/{slug:key}", response={204: None})
def close_body(request: HttpRequest, key: str) -> Status[None]:
    """Close a body with all its seats; one that never had a seat is removed."""
    actions.remove_body(actor=actor_from(request), body=readable(request, key))
    return Status(204, None)


@router.get("/bodies/{slug:key}/roster", response=RosterOut, auth=PUBLIC)
def get_roster(request: HttpRequest, key: str, as_of: AsOfText = "") -> dict[str, object]:
    """Show who held which seat at an instant."""
    found = readable(request, key)
    at = parse(as_of) if as_of else clock.now()
    return {"body": found.slug, "as_of": at, "seats": [_place(place) for place in roster(found, at)]}


@router.post("/bodies/{slug:key}/seats", response={201: SeatOut})
def add_seat(request: HttpRequest, key: str, body: NewSeatIn) -> Status[dict[str, object]]:
    """Add a seat to a body."""
    actor = actor_from(request)
    found = readable(request, key)
    authorise(actor, "body.edit", found)
    facts = _seat_facts(body, SeatFacts("?", position=found.seats.count() + 1))
    return Status(201, _seat(actions.add_seat(actor=actor, body=found, slug=body.slug, facts=facts)))


@router.put("/bodies/{slug:key}/seats/{slug:seat}", response=SeatOut)
def change_seat(request: HttpRequest, key: str, seat: str, body: SeatIn) -> dict[str, object]:
    """Make a seat's record say this. Send ``If-Match`` to change only what you have read."""
    actor = actor_from(request)
    found = seat_by_key(readable(request, key), seat)
    authorise(actor, "body.edit", found)
    before = seat_facts(found)
    precondition(request, repr(before))
    return _seat(actions.change_seat(actor=actor, seat=found, facts=_seat_facts(body, before)))


@router.delete("/bodies/{slug:key}/seats/{slug:seat}", response={204: None})
def close_seat(request: HttpRequest, key: str, seat: str) -> Status[None]:
    """Close a seat and end its terms; one that nobody ever held is removed."""
    actions.close_seat(actor=actor_from(request), seat=seat_by_key(readable(request, key), seat))
    return Status(204, None)


@router.get("/bodies/{slug:key}/seats/{slug:seat}/terms", response=list[TermOut], auth=PUBLIC)
def list_terms(request: HttpRequest, key: str, seat: str) -> list[dict[str, object]]:
    """List everybody who ever held a seat, newest first."""
    return [_term(term) for term in terms_in(seat_by_key(readable(request, key), seat))]


@router.post("/bodies/{slug:key}/seats/{slug:seat}/terms", response={201: TermOut})
def appoint(request: HttpRequest, key: str, seat: str, body: TermIn) -> Status[dict[str, object]]:
    """Give a seat to a person, or name its alternate; whoever holds the seat may do the latter."""
    actor = actor_from(request)
    found = seat_by_key(readable(request, key), seat)
    start = body.start or clock.now()
    if body.role == "alternate":
        authorise(actor, "term.alternate", found)
        person = person_by_key(body.person)
        term = actions.name_alternate(actor=actor, seat=found, person=person, start=start, until=body.until)
        return Status(201, _term(term))
    authorise(actor, "term.appoint", found)
    facts = TermFacts(start, body.until, body.appointed_by, note=body.note, how=body.how)
    person = person_by_key(body.person)
    return Status(
        201, _term(actions.appoint(actor=actor, seat=found, person=person, facts=facts, succeed=body.succeed))
    )


@router.post("/terms/{uuid:term_id}/end", response=TermOut)
def end_term(request: HttpRequest, term_id: UUID, body: EndIn) -> dict[str, object]:
    """End a term, now or on a day."""
    term = get_object_or_404(Term.objects.select_related("seat", "seat__body", "person"), pk=term_id)
    ended = actions.end_term(actor=actor_from(request), term=term, until=body.until, ended_by=body.ended_by)
    return _term(ended)


@router.get("/policies", response=list[PolicyOut], auth=PUBLIC)
def list_policies(request: HttpRequest) -> list[dict[str, object]]:
    """List the policies in force."""
    return [_policy(policy) for policy in policies_in_force()]


@router.get("/policies/{slug:slug}", response=list[PolicyOut], auth=PUBLIC)
def get_policy(request: HttpRequest, slug: str) -> list[dict[str, object]]:
    """Show every version of a policy, newest first."""
    return [_policy(policy) for policy in policy_versions(slug)]


def readable(request: HttpRequest, key: str) -> BodyRow:
    found = body_by_key(key)
    if not found.public and not actor_from(request).known:
        raise NotFound(gettext("there is no such body"))
    return found


def _body(row: BodyRow) -> dict[str, object]:
    return {
        "id": row.id,
        "slug": row.slug,
        "name": row.name,
        "kind": row.kind,
        "parent": row.parent.slug if row.parent else None,
        "purpose": row.purpose,
        "charter_url": row.charter_url,
        "public": row.public,
        "permissions": row.permissions,
        "closed_at": row.closed_at,
    }


def _seat(row: Seat) -> dict[str, object]:
    return {
        "slug": row.slug,
        "title": row.title,
        "seat_class": row.seat_class,
        "voting": row.voting,
        "chair": row.chair,
        "permissions": row.permissions,
        "organisation": row.organisation.slug if row.organisation else None,
        "project": row.project,
        "office": row.office,
        "of_holders": row.of_holders,
        "basis": row.basis,
    }


def _place(place: Place) -> dict[str, object]:
    return {
        **_seat(place.seat),
        "representative": _term(place.representative) if place.representative else None,
        "alternate": _term(place.alternate) if place.alternate else None,
        "vacant_since": place.vacant_since,
    }


def _term(term: Term) -> dict[str, object]:
    return {
        "id": term.id,
        "person": term.person.slug,
        "name": term.person.name,
        "role": term.role,
        "start": term.start,
        "until": term.until,
        "appointed_by": term.appointed_by,
        "ended_by": term.ended_by,
        "how": term.how,
    }


def _policy(row: Policy) -> dict[str, object]:
    body = row.body.slug if row.body else None
    return {
        "slug": row.slug,
        "version": row.version,
        "title": row.title,
        "body": body,
        "adopted": row.adopted,
        "text": row.text,
    }


def _body_facts(body: BodyIn, before: BodyFacts | None = None) -> BodyFacts:
    return BodyFacts(
        body.name,
        body.kind,
        body_by_key(body.parent).id if body.parent else None,
        body.purpose,
        body.charter_url,
        body.public,
        tuple(dict.fromkeys(body.permissions)),
        before.established_at if before else None,
        before.closed_at if before else None,
    )


def _seat_facts(body: SeatIn, before: SeatFacts) -> SeatFacts:
    return SeatFacts(
        body.title,
        body.seat_class,
        body.voting,
        body.chair,
        tuple(dict.fromkeys(body.permissions)),
        organisation_by_key(body.organisation).id if body.organisation else None,
        body.project,
        before.position,
        before.start,
        before.until,
        body.office,
        body.of_holders,
        body.basis,
    )
