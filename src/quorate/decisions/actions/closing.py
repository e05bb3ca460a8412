"""Counting and closing motions, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.access.action import action
from quorate.access.actors import Actor, system
from quorate.access.policy import authorise
from quorate.decisions.actions.recording import enter_passed
from quorate.decisions.models import Motion
from quorate.decisions.ports import MOTION_CLOSED
from quorate.decisions.queries import due, settled, standing
from quorate.kernel import clock
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


@action("motion.close", kinds=("motion.closed", "decision.recorded"))
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
    return close_now(actor, motion, subject_refs, early=not over)


@action("motion.close", kinds=("motion.withdrawn",))
def withdraw_motion(
    *, actor: Actor, motion: Motion, reason: str = "", authority: Sequence[str] | None = None
) -> Motion:
    """Take a motion back: it ends without a result."""
    motion = open_now(motion)
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
    motions = list(due(clock.now()))
    for motion in motions:
        close_motion(actor=system("motions"), motion=motion)
    return len(motions)


def close_now(actor: Actor, motion: Motion, subject_refs: Sequence[Ref], *, early: bool) -> Motion:
    """Count and close an open motion, locked by the caller; tells its owner."""
    stands = standing(motion)
    counts, evaluation = stands.counts, stands.evaluation
    now = clock.now()
    motion.state = Motion.State.CLOSED
    motion.closed_at = now if early or motion.closes_at is None else motion.closes_at
    motion.result = evaluation.result
    motion.evaluation = {**evaluation.as_dict(), "seats": counts.seats, "represented": counts.represented}
    motion.evaluation |= {"yes": counts.yes, "no": counts.no, "abstain": counts.abstain, "early": early}
    if any(part.body for part in stands.parts):
        motion.evaluation["bodies"] = [part.body for part in stands.parts]
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
    enter_passed(motion, subject_refs)
    told = MOTION_CLOSED.find(motion.owner) if motion.owner else None
    if told is not None:
        told(actor, motion)
    return motion


def _body_ref(motion: Motion) -> list[Ref]:
    return [Ref("body", str(motion.body_id))] if motion.body_id else []


def _locked(motion: Motion) -> Motion:
    """The motion as it is now; on PostgreSQL nobody else changes it until this transaction ends."""
    return Motion.objects.select_for_update(of=("self",)).select_related("body").get(pk=motion.pk)


def open_now(motion: Motion) -> Motion:
    """The motion, locked; ``Conflict`` when it is not open."""
    current = _locked(motion)
    if current.state != Motion.State.OPEN:
        raise Conflict(gettext("this motion is not open"), where="motion")
    return current
