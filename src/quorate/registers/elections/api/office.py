"""The acts of an election's officers over the API: notice, opening, closing, result, seats, vacancies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Schema, Status
from pydantic import AwareDatetime, Field

from quorate.access.identity import actor_from
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.registers.elections import actions
from quorate.registers.elections.api.reading import ElectionDetail, ElectionOut, detail, find, router, summary
from quorate.registers.elections.models import RollRequest
from quorate.registers.elections.rules import ElectionFacts
from quorate.terms.queries import body_by_key
from quorate.toolkit.rest import Body as ApiBody


class ConstraintIn(ApiBody):
    """A cap or reserved seats: at least and at most how many of these are seated."""

    name: str = Field(min_length=1, max_length=120)
    least: int = Field(default=0, ge=0, le=200)
    most: int | None = Field(default=None, ge=0, le=200)
    members: list[str] = Field(min_length=1, max_length=500)


class RegistrarIn(ApiBody):
    """The public key of the second registrar, as ``quorate election registrar make`` prints it."""

    name: str = Field(min_length=1, max_length=120)
    n: str = Field(max_length=2000)
    e: int = Field(ge=3, le=2**33)
    key: str = Field(max_length=500)


class NoticeIn(ApiBody):
    """What a notice says. Everything in it is frozen when voting opens."""

    title: str = Field(min_length=1, max_length=160)
    text: str = Field(default="", max_length=20_000)
    seats: int = Field(default=1, ge=1, le=200)
    seat_slugs: list[str] = Field(default_factory=list, max_length=200)
    rule: str = Field(default="scottish-stv", max_length=40)
    level: Literal["A", "B", "C"] = "B"
    equal_ranks: bool = False
    roll_roles: list[str] = Field(default_factory=list, max_length=50)
    endorsers_needed: int = Field(default=0, ge=0, le=100)
    cap: int | None = Field(default=None, ge=1, le=200)
    constraints: list[ConstraintIn] = Field(default_factory=list, max_length=100)
    resolve: Literal["count", "seating"] = "count"
    term_months: list[int] = Field(default_factory=list, max_length=200)
    second_registrar: RegistrarIn | None = None
    lot_source: str = Field(default="", max_length=200)
    nominations_until: AwareDatetime
    opens_at: AwareDatetime
    closes_at: AwareDatetime

    def facts(self, slug: str) -> ElectionFacts:
        """The notice as the actions take it."""
        second = self.second_registrar
        return ElectionFacts(
            slug=slug,
            title=self.title,
            seats=self.seats,
            nominations_until=self.nominations_until.astimezone(UTC),
            opens_at=self.opens_at.astimezone(UTC),
            closes_at=self.closes_at.astimezone(UTC),
            text=self.text,
            rule=self.rule,
            level=self.level,
            equal_ranks=self.equal_ranks,
            seat_slugs=tuple(self.seat_slugs),
            roll_roles=tuple(self.roll_roles),
            endorsers_needed=self.endorsers_needed,
            cap=self.cap,
            constraints=tuple(one.model_dump() for one in self.constraints),
            resolve=self.resolve,
            term_months=tuple(self.term_months),
            second_registrar=second.model_dump() if second is not None else None,
            lot_source=self.lot_source,
        )


class AnnounceIn(NoticeIn):
    """A notice, with its address and the body it is for."""

    slug: str = Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    body: str = Field(max_length=60)


class PublishIn(ApiBody):
    """The public value for lots, where the notice names one."""

    public_value: str = Field(default="", max_length=200)


class ReasonIn(ApiBody):
    """Why."""

    reason: str = Field(min_length=1, max_length=2000)


class SeatIn(ApiBody):
    """From when until when those elected serve."""

    start: AwareDatetime
    until: AwareDatetime | None = None


class TermOut(Schema):
    """A term that began by the election."""

    seat: str
    person: str
    start: datetime
    until: datetime | None


class LeftIn(ApiBody):
    """The elected candidate who left."""

    left: str = Field(max_length=80)


class FilledOut(Schema):
    """Who takes the place; ``null`` when nobody is left."""

    candidate: str | None


class DecideIn(ApiBody):
    """The answer to somebody who asked to be on the roll."""

    granted: bool
    reason: str = Field(default="", max_length=2000)


class RequestOut(Schema):
    """A request about the roll."""

    person: str
    state: str


class RemindedOut(Schema):
    """To how many a reminder goes."""

    reminded: int


@router.post("/elections", response={201: ElectionOut})
def announce_election(request: HttpRequest, body: AnnounceIn) -> Status[dict[str, object]]:
    """Announce an election of a body."""
    facts = body.facts(body.slug)
    made = actions.announce(actor=actor_from(request), body=body_by_key(body.body), facts=facts)
    return Status(201, summary(made))


@router.put("/elections/{slug:slug}", response=ElectionOut)
def change_notice(request: HttpRequest, slug: str, body: NoticeIn) -> dict[str, object]:
    """Correct a notice before voting opens."""
    found = find(request, slug)
    made = actions.change_notice(actor=actor_from(request), election=found, facts=body.facts(slug))
    return summary(made)


@router.post("/elections/{slug:slug}/open", response=ElectionOut)
def open_election(request: HttpRequest, slug: str) -> dict[str, object]:
    """Open voting: the roll, the candidates and the rule are frozen."""
    return summary(actions.open_election(actor=actor_from(request), election=find(request, slug)))


@router.post("/elections/{slug:slug}/close", response=ElectionOut)
def close_election(request: HttpRequest, slug: str) -> dict[str, object]:
    """Close voting."""
    return summary(actions.close_election(actor=actor_from(request), election=find(request, slug)))


@router.post("/elections/{slug:slug}/publish", response=ElectionDetail)
def publish_election(request: HttpRequest, slug: str, body: PublishIn) -> dict[str, object]:
    """Count with both counters and publish."""
    actor = actor_from(request)
    found = find(request, slug)
    return detail(actions.count_and_publish(actor=actor, election=found, public_value=body.public_value))


@router.post("/elections/{slug:slug}/cancel", response=ElectionOut)
def cancel_election(request: HttpRequest, slug: str, body: ReasonIn) -> dict[str, object]:
    """Give an election up, with the reason."""
    return summary(actions.cancel(actor=actor_from(request), election=find(request, slug), reason=body.reason))


@router.post("/elections/{slug:slug}/reminders", response=RemindedOut)
def remind_electors(request: HttpRequest, slug: str) -> dict[str, object]:
    """Write to those on the roll who have not voted."""
    return {"reminded": actions.remind(actor=actor_from(request), election=find(request, slug))}


@router.post("/elections/{slug:slug}/seats", response=list[TermOut])
def seat_elected(request: HttpRequest, slug: str, body: SeatIn) -> list[dict[str, object]]:
    """Give those elected the seats that the notice names."""
    found = find(request, slug)
    terms = actions.seat_elected(actor=actor_from(request), election=found, start=body.start, until=body.until)
    return [
        {"seat": term.seat.slug, "person": term.person.slug, "start": term.start, "until": term.until} for term in terms
    ]


@router.post("/elections/{slug:slug}/count-back", response=FilledOut)
def count_back(request: HttpRequest, slug: str, body: LeftIn) -> dict[str, object]:
    """Count the published ballots again for a vacancy."""
    filled = actions.count_back(actor=actor_from(request), election=find(request, slug), left=body.left)
    return {"candidate": filled or None}


@router.post("/elections/{slug:slug}/roll-requests/{slug:person}", response=RequestOut)
def decide_request(request: HttpRequest, slug: str, person: str, body: DecideIn) -> dict[str, object]:
    """Let somebody onto the roll who asked, or not."""
    rows = RollRequest.objects.filter(election=find(request, slug), person__slug=person).select_related("person")
    asked = rows.first()
    if asked is None:
        raise NotFound(gettext("there is no such request"))
    actor = actor_from(request)
    made = actions.decide_request(actor=actor, request=asked, granted=body.granted, reason=body.reason)
    return {"person": asked.person.slug, "state": made.state}
