"""Motions over the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.decisions import actions
from quorate.decisions.models import Elector, Motion
from quorate.decisions.queries import Part, open_roll, public_of, standing, visible
from quorate.decisions.rules import evaluate_document, prospect
from quorate.kernel.errors import Conflict, NotFound, Refused, UserError
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
    """What the elector of one seat said, or of one person. A vacant seat has no person and cannot vote."""

    id: UUID
    person: str | None
    seat: str | None
    vote: str | None
    by_alternate: bool
    body: str | None
    casting: bool
    away: bool
    vacant: bool
    recused: str | None
    suspended: str | None
    uncounted: str | None
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


class PartOut(Schema):
    """Why a part of the rule is as it is: the charter in force, who says what vacant seats count for, the clause."""

    body: str | None
    charter: str | None
    vacant_by: Literal["rule", "charter", "default"]
    clause: Clause | None


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
    parts: list[PartOut]
    evaluation: dict[str, Any]
    prospects: list[ProspectOut]
    objections: list[ObjectionOut]
    roll_call: list[RollCallLine]


class MotionIn(Body):
    """A question to a body, or to each of the bodies that a compound rule names.

    ``body`` enters the decision in its register. A vote and lazy consensus need ``closes_at``, which for the latter
    ends the notice; written consent may do without.
    """

    body: str = Field(max_length=60)
    title: str = Field(min_length=1, max_length=200)
    text: str = Field(default="", max_length=20_000)
    kind: Literal["vote", "lazy", "consent"] = "vote"
    rule: dict[str, Any]
    closes_at: Moment | None = None
    clause: str = Field(default="", max_length=200)
    early_close: bool = False
    days_to_vote: int = Field(default=7, ge=1, le=365)


class AwayIn(Body):
    """Whether a representative is away, where alternates speak only for the absent."""

    away: bool


class AsideIn(Body):
    """Why an elector stands aside; kept private."""

    reason: str = Field(default="", max_length=2000)


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
    vacant: int = Field(default=0, ge=0, le=10**9)
    chair: Literal["", "yes", "no", "abstain"] = ""
    all: list[dict[str, Any]] | None = None


@router.get("/motions", response=Page[MotionOut], auth=PUBLIC)
def list_motions(request: HttpRequest, paging: Query[Paging], state: str = "") -> dict[str, object]:
    """List the motions that you may see."""
    rows = visible(actor_from(request))
    if state:
        rows = rows.filter(state=state)
    return page(rows, paging, order=("-opened_at", "-id"), show=_summary)


@router.post("/motions", response={201: MotionDetail})
def open_motion(request: HttpRequest, body: MotionIn) -> Status[dict[str, object]]:
    """Put a question to a body, or to several at once by a compound rule; their electorates are frozen now."""
    actor = actor_from(request)
    lead = body_by_key(body.body)
    if not may(actor, "motion.open", lead):
        raise Refused(gettext("you may not put motions to %s") % lead.name)
    if body.kind == "vote" and body.closes_at is None:
        raise UserError(gettext("a vote needs an end"), where="closes_at", mend=gettext("say when it closes"))
    made = actions.open_motion(
        actor=actor,
        title=body.title,
        text=body.text,
        kind=body.kind,
        rule=body.rule,
        electorate=actions.electorates_of(body.rule, lead),
        body=lead,
        public=public_of(body.rule, lead),
        closes_at=body.closes_at,
        clause=body.clause.strip(),
        early_close=body.early_close,
        window=timedelta(days=body.days_to_vote),
    )
    return Status(201, _detail(made))


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


@router.post("/motions/{uuid:motion_id}/electors/{uuid:elector_id}/attendance", response=MotionDetail)
def attend_motion(request: HttpRequest, motion_id: UUID, elector_id: UUID, body: AwayIn) -> dict[str, object]:
    """Record that a representative is away or back, where alternates speak only for the absent."""
    elector = _elector(_find(request, motion_id), elector_id)
    actor = actor_from(request)
    return _detail(actions.attend(actor=actor, motion=elector.motion, elector=elector, away=body.away))


@router.post("/motions/{uuid:motion_id}/electors/{uuid:elector_id}/recusal", response=MotionDetail)
def stand_aside(request: HttpRequest, motion_id: UUID, elector_id: UUID, body: AsideIn) -> dict[str, object]:
    """Stand aside from a motion, or as its chair record that somebody does."""
    elector = _elector(_find(request, motion_id), elector_id)
    actor = actor_from(request)
    mine = actor.person_id in (elector.person_id, elector.alternate_id)
    who = actor.person_id if mine else elector.person_id or elector.alternate_id
    if who is None:
        raise Conflict(gettext("nobody holds this seat"), where="elector")
    return _detail(actions.recuse(actor=actor, motion=elector.motion, person=who, reason=body.reason))


@router.post("/motions/evaluate", response=Evaluated, auth=PUBLIC)
def evaluate_rule(request: HttpRequest, body: EvaluateIn) -> dict[str, object]:
    """Decide a rule on given counts; nothing is stored."""
    return evaluate_document(body.model_dump(exclude_none=True, exclude_unset=True)).as_dict()


def _find(request: HttpRequest, motion_id: UUID) -> Motion:
    found = visible(actor_from(request)).filter(pk=motion_id).first()
    if found is None:
        raise NotFound(gettext("there is no such motion"))
    return found


def _elector(motion: Motion, elector_id: UUID) -> Elector:
    found = motion.electors.select_related("motion").filter(pk=elector_id).first()
    if found is None:
        raise NotFound(gettext("there is no such elector"))
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
        "cited": motion.cited if motion.cited.get("policy") else None,
        "parts": [
            {
                "body": part["body"] or None,
                "charter": part["charter"] or None,
                "vacant_by": part["vacant_by"],
                "clause": part["clause"] or None,
            }
            for part in motion.cited.get("parts", ())
        ],
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
                "id": line.elector.id,
                "person": line.name or None,
                "seat": line.elector.seat.title if line.elector.seat else None,
                "vote": line.vote.choice if line.vote else None,
                "by_alternate": bool(line.vote and line.vote.by_alternate),
                "body": part.body or None,
                "casting": line.elector.casting,
                "away": line.elector.away,
                "vacant": line.elector.vacant,
                "recused": line.elector.recused or None,
                "suspended": line.elector.suspended or None,
                "uncounted": line.elector.uncounted or None,
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
