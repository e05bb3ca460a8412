"""The register of decisions over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.decisions import actions, register
from quorate.decisions.models import DecisionRecord
from quorate.decisions.queries import visible
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.terms.queries import body_by_key
from quorate.toolkit.asof import Moment
from quorate.toolkit.rest import PUBLIC, Body, Page, Paging, page

router = Router(tags=["Motions"])


class PeriodOut(Schema):
    """What a decision was from when until when, half open."""

    state: str
    start: datetime
    until: datetime | None


class DecisionOut(Schema):
    """A decision in the register, with its state at the time asked for."""

    id: UUID
    number: str
    body: str
    title: str
    state: str
    adopted_at: datetime
    effective_from: datetime
    effective_until: datetime | None


class DecisionDetail(DecisionOut):
    """A decision with its text, its source, and how it came and went."""

    text: str
    motion: UUID | None
    source: str
    reconstructed: bool
    clauses: list[str]
    replaces: UUID | None
    replaced_by: list[UUID]
    periods: list[PeriodOut]


class DecisionIn(Body):
    """A decision to enter that no motion in Quorate made."""

    body: str = Field(max_length=60)
    title: str = Field(min_length=1, max_length=200)
    text: str = Field(default="", max_length=100_000)
    source: str = Field(min_length=1, max_length=300)
    adopted_at: Moment | None = None
    effective_from: Moment | None = None
    effective_until: Moment | None = None
    clauses: list[str] = Field(default=[], max_length=50)
    replaces: UUID | None = None
    replaced_as: Literal["amended", "superseded"] = "superseded"
    reconstructed: bool = True


class RepealIn(Body):
    """Why a decision ends."""

    reason: str = Field(min_length=1, max_length=4000)


@router.get("/decisions", response=Page[DecisionOut], auth=PUBLIC)
def list_decisions(
    request: HttpRequest, paging: Query[Paging], as_of: Moment | None = None, state: str = "", body: str = ""
) -> dict[str, object]:
    """List the decisions that you may see, as of now or of another time; state "in-force" leaves out what has ended."""
    rows = register.as_of(register.decisions_visible(actor_from(request)), as_of or clock.now(), state)
    if body:
        rows = rows.filter(body__slug=body)
    return page(rows, paging, order=("-adopted_at", "-id"), show=_decision)


@router.get("/decisions/{uuid:decision_id}", response=DecisionDetail, auth=PUBLIC)
def get_decision(request: HttpRequest, decision_id: UUID, as_of: Moment | None = None) -> dict[str, object]:
    """Show one decision."""
    return _decision_detail(request, decision_id, as_of or clock.now())


@router.post("/decisions", response={201: DecisionDetail})
def record_decision(request: HttpRequest, body: DecisionIn) -> Status[dict[str, object]]:
    """Enter a decision that is known from minutes or another source."""
    actor = actor_from(request)
    record = actions.record_decision(
        actor=actor,
        body=body_by_key(body.body),
        title=body.title,
        text=body.text,
        source=body.source,
        adopted_at=body.adopted_at,
        effective_from=body.effective_from,
        effective_until=body.effective_until,
        clauses=body.clauses,
        replaces=register.decision_by_id(actor, body.replaces) if body.replaces else None,
        replaced_as=body.replaced_as,
        reconstructed=body.reconstructed,
    )
    return Status(201, _decision_detail(request, record.id, clock.now()))


@router.post("/decisions/{uuid:decision_id}/repeal", response=DecisionDetail)
def repeal_decision(request: HttpRequest, decision_id: UUID, body: RepealIn) -> dict[str, object]:
    """End a decision without another in its place."""
    actor = actor_from(request)
    actions.repeal_decision(actor=actor, record=register.decision_by_id(actor, decision_id), reason=body.reason)
    return _decision_detail(request, decision_id, clock.now())


def _decision(row: DecisionRecord) -> dict[str, object]:
    return {
        "id": row.id,
        "number": row.label,
        "body": row.body.slug,
        "title": row.title,
        "state": getattr(row, "stands"),  # noqa: B009  # annotated by register.as_of
        "adopted_at": row.adopted_at,
        "effective_from": row.effective_from,
        "effective_until": row.effective_until,
    }


def _decision_detail(request: HttpRequest, decision_id: UUID, at: datetime) -> dict[str, object]:
    actor = actor_from(request)
    mine = register.decisions_visible(actor)
    row = register.as_of(mine, at).filter(pk=decision_id).first()
    if row is None:
        raise NotFound(gettext("there is no such decision"))
    seen = set(mine.filter(pk=row.replaces_id).values_list("pk", flat=True)) if row.replaces_id else set()
    return {
        **_decision(row),
        "text": row.text,
        "motion": row.motion_id
        if row.motion is not None and visible(actor).filter(pk=row.motion.id).exists()
        else None,
        "source": row.source,
        "reconstructed": row.reconstructed,
        "clauses": row.clauses,
        "replaces": row.replaces_id if row.replaces_id in seen else None,
        "replaced_by": list(mine.filter(replaces=row).values_list("pk", flat=True)),
        "periods": [{"state": each.state, "start": each.start, "until": each.until} for each in row.periods.all()],
    }
