"""Opening, voting on, closing and withdrawing motions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate.access.action import action
from quorate.access.actors import Actor, system
from quorate.access.policy import authorise
from quorate.decisions.models import Elector, Motion, Vote
from quorate.decisions.ports import MOTION_CLOSED
from quorate.decisions.queries import counts_of, electors_of, roll_call, settled
from quorate.decisions.rules import evaluate, parse_rule
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.terms.models import Body


@dataclass(frozen=True)
class Voter:
    """One vote of the electorate to be frozen: by a person, for a seat or as themselves."""

    person: UUID
    seat: UUID | None = None
    alternate: UUID | None = None
    recused: str = ""


@action("motion.open", kinds=("motion.opened",))
def open_motion(
    *,
    actor: Actor,
    title: str,
    rule: Mapping[str, Any],
    electorate: Sequence[Voter],
    closes_at: datetime | None = None,
    text: str = "",
    clause: str = "",
    body: Body | None = None,
    early_close: bool = False,
    public: bool = True,
    subject_refs: Sequence[Ref] = (),
    owner: str = "",
    owner_ref: str = "",
    authority: Sequence[str] | None = None,
) -> Motion:
    """Put a question to an electorate, frozen now.

    An action that has already authorised its own gesture (a case that reaches its vote) passes the
    ``authority`` it found. Raises ``UserError`` for a rule that cannot be read or an empty electorate.
    """
    found = authorise(actor, "motion.open", body) if authority is None else list(authority)
    parse_rule(dict(rule))
    if not any(not voter.recused for voter in electorate):
        raise UserError(gettext("nobody may vote on this"), where="electorate", mend=gettext("fill the seats first"))
    now = clock.now()
    if closes_at is not None and closes_at <= now:
        raise UserError(gettext("the vote would close before it opens"), where="closes_at")
    motion = Motion.objects.create(
        title=title[:200],
        text=text,
        body=body,
        rule=dict(rule),
        clause=clause,
        public=public,
        opened_at=now,
        closes_at=closes_at,
        early_close=early_close,
        owner=owner,
        owner_ref=owner_ref,
    )
    Elector.objects.bulk_create(
        Elector(
            motion=motion,
            person_id=voter.person,
            seat_id=voter.seat,
            alternate_id=voter.alternate,
            recused=voter.recused,
        )
        for voter in electorate
    )
    append(
        "motion.opened",
        actor=actor,
        refs=[Ref("motion", str(motion.id)), *_body_ref(motion), *subject_refs],
        data={
            "electors": sum(1 for voter in electorate if not voter.recused),
            "recused": sum(1 for voter in electorate if voter.recused),
            "rule": dict(rule),
            "closes_at": instant(closes_at) if closes_at else None,
        },
        authority=found,
    )
    return motion


@action("motion.vote", kinds=("motion.voted", "motion.closed"))
def cast(*, actor: Actor, motion: Motion, choice: str, reason: str = "", subject_refs: Sequence[Ref] = ()) -> Motion:
    """Say yes, no or abstain; saying it again before the close supersedes what was said.

    A person who speaks for several seats speaks for all of them. An alternate's vote counts while the
    representative is silent. Closes the motion when its rule allows and nothing left can change the outcome.
    """
    if choice not in Vote.Choice.values:
        raise UserError(gettext("a vote is yes, no or abstain"), where="choice", mend=gettext("choose one"))
    motion = _open_now(motion)
    authority = authorise(actor, "motion.vote", motion)
    now = clock.now()
    if motion.closes_at is not None and now >= motion.closes_at:
        raise Conflict(gettext("this vote closed at %s") % instant(motion.closes_at), where="motion")
    assert actor.person_id is not None  # only a person is an elector
    for elector in electors_of(motion, actor.person_id):
        by_alternate = elector.person_id != actor.person_id
        standing = elector.votes.filter(by_alternate=by_alternate, superseded_at=None).first()
        if standing is not None and (standing.choice, standing.reason) == (choice, reason):
            continue
        elector.votes.filter(by_alternate=by_alternate, superseded_at=None).update(superseded_at=now)
        Vote.objects.create(elector=elector, choice=choice, reason=reason, by_alternate=by_alternate, cast_at=now)
        append(
            "motion.voted",
            actor=actor,
            refs=[Ref("motion", str(motion.id)), *subject_refs],
            data={
                "choice": choice,
                "by_alternate": by_alternate,
                "seat": str(elector.seat_id) if elector.seat_id else None,
            },
            private={"reason": reason},
            authority=authority,
        )
    if motion.early_close and settled(motion):
        return _close(actor, motion, subject_refs, early=True)
    return motion


@action("motion.recuse", kinds=("motion.recused",))
def recuse(*, actor: Actor, motion: Motion, person: UUID, why: str = "declared", reason: str = "") -> Motion:
    """Let an elector stand aside: their vote is not counted, nor their seat among those that could vote."""
    motion = _open_now(motion)
    authority = authorise(actor, "motion.recuse", motion)
    for elector in electors_of(motion, person):
        elector.recused = why
        elector.save(update_fields=["recused"])
        append(
            "motion.recused",
            actor=actor,
            refs=[Ref("motion", str(motion.id)), Ref("person", str(person), "elector")],
            data={"why": why},
            private={"reason": reason},
            authority=authority,
        )
    return motion


@action("motion.close", kinds=("motion.closed",))
def close_motion(*, actor: Actor, motion: Motion, subject_refs: Sequence[Ref] = ()) -> Motion:
    """Count and close. Before its time only when nothing left can change the outcome; closing twice is harmless."""
    motion = _locked(motion)
    authorise(actor, "motion.close", motion)
    if motion.state != Motion.State.OPEN:
        return motion
    over = motion.closes_at is not None and clock.now() >= motion.closes_at
    if not over and not settled(motion):
        raise Conflict(
            gettext("votes still to come could change the outcome"),
            where="motion",
            mend=gettext("wait until it closes, or until enough have voted"),
        )
    return _close(actor, motion, subject_refs, early=not over)


@action("motion.close", kinds=("motion.withdrawn",))
def withdraw_motion(
    *, actor: Actor, motion: Motion, reason: str = "", authority: Sequence[str] | None = None
) -> Motion:
    """Take a motion back: it ends without a result."""
    motion = _open_now(motion)
    found = authorise(actor, "motion.close", motion) if authority is None else list(authority)
    motion.state = Motion.State.WITHDRAWN
    motion.closed_at = clock.now()
    motion.save(update_fields=["state", "closed_at"])
    append(
        "motion.withdrawn",
        actor=actor,
        refs=[Ref("motion", str(motion.id)), *_body_ref(motion)],
        private={"reason": reason},
        authority=found,
    )
    return motion


def close_due() -> int:
    """Close every motion whose time is over; returns how many. Each in its own transaction."""
    motions = list(Motion.objects.filter(state=Motion.State.OPEN, closes_at__lte=clock.now()).order_by("closes_at"))
    for motion in motions:
        close_motion(actor=system("motions"), motion=motion)
    return len(motions)


def _close(actor: Actor, motion: Motion, subject_refs: Sequence[Ref], *, early: bool) -> Motion:
    rule = parse_rule(motion.rule)
    counts = counts_of(roll_call(motion), rule)
    evaluation = evaluate(rule, counts)
    now = clock.now()
    motion.state = Motion.State.CLOSED
    motion.closed_at = now if early or motion.closes_at is None else motion.closes_at
    motion.result = evaluation.result
    motion.evaluation = {**evaluation.as_dict(), "seats": counts.seats, "represented": counts.represented}
    motion.evaluation |= {"yes": counts.yes, "no": counts.no, "abstain": counts.abstain, "early": early}
    motion.save(update_fields=["state", "closed_at", "result", "evaluation"])
    append(
        "motion.closed",
        actor=system("motions"),
        refs=[Ref("motion", str(motion.id)), *_body_ref(motion), *subject_refs],
        data={
            "result": evaluation.result,
            "yes": counts.yes,
            "no": counts.no,
            "abstain": counts.abstain,
            "seats": counts.seats,
            "needed": int(evaluation.bar["needed"]),
            "early": early,
        },
        at=motion.closed_at,
    )
    told = MOTION_CLOSED.find(motion.owner) if motion.owner else None
    if told is not None:
        told(actor, motion)
    return motion


def _body_ref(motion: Motion) -> list[Ref]:
    return [Ref("body", str(motion.body_id))] if motion.body_id else []


def _locked(motion: Motion) -> Motion:
    """The motion as it is now; on PostgreSQL nobody else changes it until this transaction ends."""
    return Motion.objects.select_for_update(of=("self",)).select_related("body").get(pk=motion.pk)


def _open_now(motion: Motion) -> Motion:
    current = _locked(motion)
    if current.state != Motion.State.OPEN:
        raise Conflict(gettext("this motion is not open"), where="motion")
    return current
