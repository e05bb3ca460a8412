"""Motions and the register of decisions over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.decisions import actions, register
from quorate.decisions.models import DecisionRecord, Motion
from quorate.decisions.queries import Part, open_roll, standing, visible
from quorate.decisions.rules import evaluate_document, prospect
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.terms.queries import body_by_key
from quorate.toolkit.asof import Moment
from quorate.toolkit.rest import PUBLIC, Body, Page, Paging, page

router = Router(tags=["Motions"])


class MotionOut(Schema):
    """A motion as lists show it."""

    id: UUID
    title: str
    kind: str
    body: str | None
    state: str
    result: str | None
    opened_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None


class RollCallLine(Schema):
    """What one elector said."""

    person: str
    seat: str | None
    vote: str | None
    by_alternate: bool
    body: str | None
    casting: bool
    recused: str | None
    at: datetime | None


class ObjectionOut(Schema):
    """Why somebody objects to lazy consensus."""

    person: str
    reason: str
    made_at: datetime
    withdrawn_at: datetime | None


class Clause(Schema):
    """The clause of a policy as it stood when the motion opened."""

    policy: str
    version: str
    title: str
    anchor: str
    words: str


class ProspectOut(Schema):
    """What may still become of one part of a motion: further yes votes that suffice, and what is open."""

    body: str | None
    silent: int
    more_yes: int | None
    can_pass: bool
    can_fail: bool


class MotionDetail(MotionOut):
    """A motion with its roll call and how it stands by its own rule."""

    text: str
    rule: dict[str, Any]
    clause: str
    cited: Clause | None
    evaluation: dict[str, Any]
    prospects: list[ProspectOut]
    objections: list[ObjectionOut]
    roll_call: list[RollCallLine]


class VoteIn(Body):
    """A vote."""

    choice: Literal["yes", "no", "abstain"]
    reason: str = Field(default="", max_length=2000)


class ObjectionIn(Body):
    """An objection."""

    reason: str = Field(min_length=1, max_length=4000)


class Evaluated(Schema):
    """The result of a rule on a roll call, with its derivation."""

    result: str
    quorum: dict[str, Any]
    bar: dict[str, Any]
    derivation: list[str]


class EvaluateIn(Body):
    """A rule with its counts, as ``quorate motion evaluate`` reads them; or several under ``all``."""

    rule: dict[str, Any] | None = None
    seats: int | None = Field(default=None, ge=0, le=10**9)
    represented: int | None = Field(default=None, ge=0, le=10**9)
    yes: int = Field(default=0, ge=0, le=10**9)
    no: int = Field(default=0, ge=0, le=10**9)
    abstain: int = Field(default=0, ge=0, le=10**9)
    chair: Literal["", "yes", "no", "abstain"] = ""
    all: list[dict[str, Any]] | None = None


@router.get("/motions", response=Page[MotionOut], auth=PUBLIC)
def list_motions(request: HttpRequest, paging: Query[Paging], state: str = "") -> dict[str, object]:
    """List the motions that you may see."""
    rows = visible(actor_from(request))
    if state:
        rows = rows.filter(state=state)
    return page(rows, paging, order=("-opened_at", "-id"), show=_summary)


@router.get("/motions/{uuid:motion_id}", response=MotionDetail, auth=PUBLIC)
def get_motion(request: HttpRequest, motion_id: UUID) -> dict[str, object]:
    """Show one motion with its roll call and derivation."""
    return _detail(_find(request, motion_id))


@router.post("/motions/{uuid:motion_id}/votes", response=MotionDetail)
def cast_vote(request: HttpRequest, motion_id: UUID, body: VoteIn) -> dict[str, object]:
    """Cast or change your vote."""
    found = _find(request, motion_id)
    return _detail(actions.cast(actor=actor_from(request), motion=found, choice=body.choice, reason=body.reason))


@router.post("/motions/{uuid:motion_id}/close", response=MotionDetail)
def close_motion(request: HttpRequest, motion_id: UUID) -> dict[str, object]:
    """Count and close a motion whose time is over or whose outcome is certain."""
    return _detail(actions.close_motion(actor=actor_from(request), motion=_find(request, motion_id)))


@router.post("/motions/{uuid:motion_id}/objections", response=MotionDetail)
def object_to_motion(request: HttpRequest, motion_id: UUID, body: ObjectionIn) -> dict[str, object]:
    """Object to lazy consensus, with a reason; it becomes a vote."""
    found = _find(request, motion_id)
    actions.object_to(actor=actor_from(request), motion=found, reason=body.reason)
    return _detail(_find(request, motion_id))


@router.delete("/motions/{uuid:motion_id}/objections", response=MotionDetail)
def withdraw_objection(request: HttpRequest, motion_id: UUID) -> dict[str, object]:
    """Take your own objection back."""
    return _detail(actions.withdraw_objection(actor=actor_from(request), motion=_find(request, motion_id)))


@router.post("/motions/evaluate", response=Evaluated, auth=PUBLIC)
def evaluate_rule(request: HttpRequest, body: EvaluateIn) -> dict[str, object]:
    """Decide a rule on given counts; nothing is stored."""
    return evaluate_document(body.model_dump(exclude_none=True, exclude_unset=True)).as_dict()


def _find(request: HttpRequest, motion_id: UUID) -> Motion:
    found = visible(actor_from(request)).filter(pk=motion_id).first()
    if found is None:
        raise NotFound(gettext("there is no such motion"))
    return found


def _summary(motion: Motion) -> dict[str, object]:
    return {
        "id": motion.id,
        "title": motion.title,
        "kind": motion.kind,
        "body": motion.body.slug if motion.body else None,
        "state": motion.state,
        "result": motion.result or None,
        "opened_at": motion.opened_at,
        "closes_at": motion.closes_at,
        "closed_at": motion.closed_at,
    }


def _detail(motion: Motion) -> dict[str, object]:
    stands = standing(motion)
    going = motion.state == Motion.State.OPEN and stands.voting
    return {
        **_summary(motion),
        "text": motion.text,
        "rule": motion.rule,
        "clause": motion.clause,
        "cited": motion.cited or None,
        "evaluation": stands.evaluation.as_dict(),
        "prospects": [_prospect(part) for part in stands.parts] if going else [],
        "objections": [
            {
                "person": each.person.name,
                "reason": each.reason,
                "made_at": each.made_at,
                "withdrawn_at": each.withdrawn_at,
            }
            for each in stands.objections
        ],
        "roll_call": [
            {
                "person": line.elector.person.name,
                "seat": line.elector.seat.title if line.elector.seat else None,
                "vote": line.vote.choice if line.vote else None,
                "by_alternate": bool(line.vote and line.vote.by_alternate),
                "body": part.body or None,
                "casting": line.elector.casting,
                "recused": line.elector.recused or None,
                "at": line.vote.cast_at if line.vote else None,
            }
            for part in stands.parts
            for line in part.lines
        ],
    }


def _prospect(part: Part) -> dict[str, object]:
    found = prospect(part.rule, open_roll(part.lines, part.rule))
    return {
        "body": part.body or None,
        "silent": part.silent,
        "more_yes": found.more_yes,
        "can_pass": found.can_pass,
        "can_fail": found.can_fail,
    }


# The register of decisions ------------------------------------------------------------------------------------


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
