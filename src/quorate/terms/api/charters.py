"""Charters of bodies, and how a body stands by its charter, over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.directory.api.schemas import AsOfText
from quorate.kernel import clock
from quorate.terms import actions, numbers, standing
from quorate.terms.api.bodies import readable
from quorate.terms.models import Charter
from quorate.terms.queries import charter_in_force, charters_of, roster
from quorate.terms.rules import CharterFacts
from quorate.toolkit.asof import Moment, parse
from quorate.toolkit.rest import PUBLIC, Body

router = Router(tags=["Bodies"])
Share = Annotated[str, Field(pattern=r"^[0-9]{1,4}/[0-9]{1,4}$")]
Span = Annotated[str, Field(pattern=r"^P[0-9A-Z]{1,18}$")]
Role = Annotated[str, Field(max_length=160)]


class CharterOut(Schema):
    """A version of a charter, in force from ``start`` until ``until``."""

    version: str
    start: datetime
    until: datetime | None
    mandate: str
    text: str
    link: str
    adopted_by: str
    numbers: dict[str, Any]


class QuorumIn(Body):
    """The quorum as printed, and as a share of the voting seats."""

    printed: Annotated[int, Field(ge=1, le=9999)] | None = None
    fraction: Share | None = None
    strict: bool = False


class CapIn(Body):
    """How many voting seats one related group may hold: a number, or a fraction."""

    at_most: Annotated[int, Field(ge=1, le=9999)] | Share
    hard: bool = True
    clause: Annotated[str, Field(max_length=80)] = ""


class AbsenceIn(Body):
    """What follows from ``misses`` in a row, or from having been ``present`` at too few ``of_last`` meetings."""

    then: Literal["suspend", "uncounted", "election"]
    misses: Annotated[int, Field(ge=1, le=59)] | None = None
    present: Annotated[int, Field(ge=1, le=59)] | None = None
    of_last: Annotated[int, Field(ge=1, le=59)] | None = None
    until_present: Annotated[int, Field(ge=1, le=59)] | None = None
    by: Literal["seat", "representative"] | None = None
    clause: Annotated[str, Field(max_length=80)] | None = None


class NumbersIn(Body):
    """The numbers that the charter's words mean."""

    quorum: QuorumIn | None = None
    fill_within: Span | None = None
    end_at_once: Share | None = None
    related_group: Annotated[list[CapIn], Field(max_length=9)] | None = None
    presides: Annotated[list[Role], Field(max_length=20)] | None = None
    report_every: Span | None = None
    dormant_after: Span | None = None
    vacant_seats: Literal["stay", "leave"] | None = None
    attendance: Annotated[list[AbsenceIn], Field(max_length=20)] | None = None


class CharterIn(Body):
    """A version of a charter: a text, a link or a mandate, and its numbers."""

    version: Annotated[str, Field(pattern=r"^[^/\s]([^/]*[^/\s])?$", max_length=40)]
    start: Moment
    mandate: Annotated[str, Field(max_length=4000)] = ""
    text: Annotated[str, Field(max_length=100_000)] = ""
    link: Annotated[str, Field(max_length=300)] = ""
    adopted_by: Annotated[str, Field(max_length=200)] = ""
    numbers: NumbersIn = NumbersIn()


class VacancyOut(Schema):
    """An empty voting seat and when the charter wants it filled."""

    seat: str
    since: datetime | None
    due_at: datetime | None


class EndingOut(Schema):
    """Terms of voting seats that end at one instant."""

    at: datetime
    seats: list[str]
    too_many: bool


class GroupOut(Schema):
    """The voting seats that people of one related group hold; ``beyond`` says whether a cap is broken."""

    organisations: list[str]
    seats: list[str]
    beyond: Literal["", "soft", "hard"]


class StandingOut(Schema):
    """How a body stands by its charter as of an instant."""

    body: str
    as_of: datetime
    charter: str | None
    voting_seats: int
    printed_quorum: int | None
    quorum_by_rule: int | None
    quorum_warning: str
    vacancies: list[VacancyOut]
    endings: list[EndingOut]
    without_alternate: list[str]
    groups: list[GroupOut]


@router.get("/bodies/{slug:key}/charters", response=list[CharterOut], auth=PUBLIC)
def list_charters(request: HttpRequest, key: str) -> list[dict[str, object]]:
    """List every version of a body's charter, newest first."""
    return [_charter(row) for row in charters_of(readable(request, key))]


@router.post("/bodies/{slug:key}/charters", response={201: CharterOut})
def adopt_charter(request: HttpRequest, key: str, body: CharterIn) -> Status[dict[str, object]]:
    """Put a version of a charter in force; the open one before it ends as this begins."""
    actor = actor_from(request)
    found = readable(request, key)
    authorise(actor, "body.edit", found)
    said = body.numbers.model_dump(exclude_none=True)
    if not said.get("quorum", {}).get("strict", True):
        del said["quorum"]["strict"]
    facts = CharterFacts(
        body.start,
        mandate=body.mandate,
        text=body.text,
        link=body.link,
        adopted_by=body.adopted_by,
        numbers={name: value for name, value in said.items() if value},
    )
    return Status(201, _charter(actions.adopt_charter(actor=actor, body=found, version=body.version, facts=facts)))


@router.get("/bodies/{slug:key}/standing", response=StandingOut, auth=PUBLIC)
def get_standing(request: HttpRequest, key: str, as_of: AsOfText = "") -> dict[str, object]:
    """Show how a body stands by its charter: quorum, vacancies, ends of terms, seats by related group."""
    found = readable(request, key)
    at = parse(as_of) if as_of else clock.now()
    places = roster(found, at)
    charter = charter_in_force(found, at)
    said = standing.numbers_of(charter)
    voting = sum(1 for place in places if place.seat.voting)
    groups = standing.concentration(standing.holdings_of(places), voting, said.caps, at)
    return {
        "body": found.slug,
        "as_of": at,
        "charter": charter.version if charter else None,
        "voting_seats": voting,
        "printed_quorum": said.printed_quorum,
        "quorum_by_rule": said.quorum_by_rule(voting),
        "quorum_warning": numbers.disagreement(said, voting),
        "vacancies": [
            {"seat": v.place.seat.slug, "since": v.place.vacant_since, "due_at": v.due_at}
            for v in standing.vacancies(places, said)
            if v.place.seat.voting
        ],
        "endings": [
            {"at": end.at, "seats": [place.seat.slug for place in end.places], "too_many": end.too_many}
            for end in standing.endings(places, said.end_at_once)
        ],
        "without_alternate": [place.seat.slug for place in standing.without_alternate(places)],
        "groups": [
            {
                "organisations": list(group.names),
                "seats": sorted({holding.title for holding in group.share.holdings}),
                "beyond": "hard" if group.hard else "soft" if group.broken else "",
            }
            for group in groups
        ],
    }


def _charter(row: Charter) -> dict[str, object]:
    names = ("version", "start", "until", "mandate", "text", "link", "adopted_by", "numbers")
    return {name: getattr(row, name) for name in names}
