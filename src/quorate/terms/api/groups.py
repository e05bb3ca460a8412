"""The life of working groups, reports, and rosters held against other sources, over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.kernel.errors import Refused
from quorate.kernel.i18n import gettext
from quorate.terms import actions
from quorate.terms.api.bodies import readable
from quorate.terms.comparing import LARGEST, compare, read
from quorate.terms.groups import TRANSITIONS, ProposalFacts, state_of
from quorate.terms.models import Body, Report
from quorate.terms.recorded_rosters import names_by_slug, recorded
from quorate.toolkit.asof import Moment, parse
from quorate.toolkit.rest import Body as Input

router = Router(tags=["Bodies"])


class LifeOut(Schema):
    """Where a body stands in its life, since when and by which decision, and what may come next."""

    body: str
    name: str
    state: str
    since: datetime | None
    by: str
    next: list[str]


class GroupIn(Input):
    """A working group that somebody proposes."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    purpose: Annotated[str, Field(max_length=4000)]
    goals: Annotated[str, Field(max_length=10_000)]
    non_goals: Annotated[str, Field(max_length=10_000)] = ""
    deliverables: Annotated[str, Field(max_length=10_000)]


class StepIn(Input):
    """The next state, and the decision that brought it."""

    to: Literal["proposed", "in-vote", "active", "dormant", "closed", "declined"]
    by: Annotated[str, Field(max_length=200)] = ""


class ReportIn(Input):
    """A report to the body above."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    link: Annotated[str, Field(max_length=300, pattern=r"^(https?://.*)?$")] = ""
    text: Annotated[str, Field(max_length=100_000)] = ""
    at: Moment | None = None


class ReportOut(Schema):
    """A report as it was recorded."""

    id: UUID
    body: str
    title: str
    link: str
    text: str
    reported_at: datetime


class SourceIn(Input):
    """A file that says who sits where; ``name`` tells its format (.csv, .yml, .md)."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(max_length=LARGEST)]
    as_of: Annotated[str, Field(max_length=40)] = ""


class DifferenceOut(Schema):
    """Two sources disagree about a seat. ``kind`` is stable; ``words`` explain it."""

    kind: str
    seat: str
    ours: str
    theirs: str
    words: str


@router.post("/bodies/{slug:key}/working-groups", response={201: LifeOut})
def propose_group(request: HttpRequest, key: str, group: GroupIn) -> Status[dict[str, object]]:
    """Propose a working group below a body. Everybody who is signed in may."""
    actor = actor_from(request)
    if actor.person_id is None:
        raise Refused(gettext("only a person proposes a working group"))
    parent = readable(request, key)
    facts = ProposalFacts(
        name=group.name,
        purpose=group.purpose,
        goals=group.goals,
        non_goals=group.non_goals,
        deliverables=group.deliverables,
    )
    return Status(201, _life(actions.propose_group(actor=actor, parent=parent, facts=facts)))


@router.get("/bodies/{slug:key}/life", response=LifeOut)
def get_life(request: HttpRequest, key: str) -> dict[str, object]:
    """Show where a body stands in its life."""
    return _life(readable(request, key))


@router.post("/bodies/{slug:key}/life", response=LifeOut)
def move_group(request: HttpRequest, key: str, step: StepIn) -> dict[str, object]:
    """Move a working group to the next state of its life."""
    actor = actor_from(request)
    return _life(actions.move_group(actor=actor, body=readable(request, key), to=step.to, by=step.by))


@router.post("/bodies/{slug:key}/reports", response={201: ReportOut})
def record_report(request: HttpRequest, key: str, report: ReportIn) -> Status[dict[str, object]]:
    """Record that a body reported."""
    actor = actor_from(request)
    found = readable(request, key)
    made = actions.record_report(
        actor=actor, body=found, title=report.title, link=report.link, text=report.text, at=report.at
    )
    return Status(201, _report(made, found))


@router.post("/bodies/{slug:key}/roster/compare", response=list[DifferenceOut])
def compare_roster(request: HttpRequest, key: str, source: SourceIn) -> list[dict[str, object]]:
    """Hold a roster file against the record; nothing is changed."""
    actor = actor_from(request)
    found = readable(request, key)
    authorise(actor, "body.edit", found)
    at = parse(source.as_of) if source.as_of else clock.now()
    names = ("kind", "seat", "ours", "theirs", "words")
    differences = compare(recorded(found, at), read(source.name, source.text, names_by_slug()))
    return [{name: getattr(each, name) for name in names} for each in differences]


def _life(body: Body) -> dict[str, object]:
    now = clock.now()
    state = state_of(body, now)
    stage = body.stages.filter(until=None).first()
    return {
        "body": body.slug,
        "name": body.name,
        "state": state,
        "since": stage.start if stage is not None else body.established_at,
        "by": stage.by if stage is not None else "",
        "next": list(TRANSITIONS[state]) if body.kind == Body.Kind.WORKING_GROUP else [],
    }


def _report(row: Report, body: Body) -> dict[str, object]:
    names = ("id", "title", "link", "text", "reported_at")
    return {name: getattr(row, name) for name in names} | {"body": body.slug}
