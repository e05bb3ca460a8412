"""Voting, signing, objecting, standing aside and being away."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.decisions.actions.closing import close_now, open_now
from quorate.decisions.models import Elector, Motion, Objection, Vote
from quorate.decisions.queries import electors_of, settled, standing
from quorate.decisions.rules import parse_parts
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref


@action("motion.vote", kinds=("motion.voted", "motion.closed", "decision.recorded"))
def cast(*, actor: Actor, motion: Motion, choice: str, reason: str = "", subject_refs: Sequence[Ref] = ()) -> Motion:
    """Say yes, no or abstain; saying it again before the close supersedes what was said.

    A person who speaks for several seats speaks for all of them. An alternate's vote counts while the
    representative is silent, or absent where the rule says so. Closes the motion when its rule allows and nothing
    left can change the outcome; written consent as soon as enough have signed.
    """
    if choice not in Vote.Choice.values:
        raise UserError(gettext("a vote is yes, no or abstain"), where="choice", mend=gettext("choose one"))
    motion = open_now(motion)
    authority = authorise(actor, "motion.vote", motion)
    now = clock.now()
    if motion.closes_at is not None and now >= motion.closes_at:
        raise Conflict(gettext("this vote closed at %s") % instant(motion.closes_at), where="motion")
    _check_choice(motion, choice)
    assert actor.person_id is not None  # only a person is an elector
    for elector in _mine(motion, actor.person_id):
        by_alternate = elector.person_id != actor.person_id
        current = elector.votes.filter(by_alternate=by_alternate, superseded_at=None).first()
        if current is not None and (current.choice, current.reason) == (choice, reason):
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
    signed = motion.kind == Motion.Kind.CONSENT and standing(motion).evaluation.result == "passed"
    if signed or (motion.early_close and settled(motion)):
        return close_now(actor, motion, subject_refs, early=True)
    return motion


def _check_choice(motion: Motion, choice: str) -> None:
    if motion.kind == Motion.Kind.CONSENT and choice == Vote.Choice.ABSTAIN:
        raise UserError(
            gettext("written consent is signed or not"), where="choice", mend=gettext("say yes to sign, no to decline")
        )
    if motion.kind == Motion.Kind.LAZY and not standing(motion).voting:
        raise Conflict(
            gettext("nobody objects, so there is nothing to vote on"),
            where="motion",
            mend=gettext("object, with a reason, and it becomes a vote"),
        )


def _mine(motion: Motion, person: UUID) -> list[Elector]:
    """The votes a person may cast now: as an alternate only as the rule of the part has it."""
    parts = parse_parts(motion.rule)
    mine = electors_of(motion, person)
    free = [
        elector
        for elector in mine
        if elector.person_id == person
        or (mode := parts[elector.part].rule.alternate) == "silent"
        or (mode == "absent" and elector.away)
    ]
    if not free:
        raise Conflict(
            gettext("an alternate votes only while the representative is absent"),
            where="motion",
            mend=gettext("ask the chair to record that the representative is away"),
        )
    return free


@action("motion.object", kinds=("motion.objected",))
def object_to(*, actor: Actor, motion: Motion, reason: str) -> Objection:
    """Object to lazy consensus, with a reason; it becomes a vote, and there is time to give it.

    Objecting again while an objection of one's own stands changes nothing and returns it.
    """
    motion = open_now(motion)
    authority = authorise(actor, "motion.object", motion)
    if motion.kind != Motion.Kind.LAZY or motion.window is None:
        raise Conflict(gettext("only lazy consensus is objected to"), where="motion", mend=gettext("vote no"))
    if not reason.strip():
        raise UserError(gettext("an objection needs a reason"), where="reason", mend=gettext("say why"))
    now = clock.now()
    if motion.closes_at is not None and now >= motion.closes_at:
        raise Conflict(gettext("the notice is over"), where="motion")
    assert actor.person_id is not None  # only a person is an elector
    own = motion.objections.filter(person_id=actor.person_id, withdrawn_at=None).first()
    if own is not None:
        return own
    made = Objection.objects.create(motion=motion, person_id=actor.person_id, reason=reason.strip(), made_at=now)
    motion.closes_at = max(motion.closes_at or now, now + motion.window)
    motion.save(update_fields=["closes_at"])
    append(
        "motion.objected",
        actor=actor,
        refs=[Ref("motion", str(motion.id))],
        data={"closes_at": instant(motion.closes_at)},
        private={"reason": reason.strip()},
        authority=authority,
    )
    return made


@action("motion.object", kinds=("motion.unobjected",))
def withdraw_objection(*, actor: Actor, motion: Motion) -> Motion:
    """Take one's own objection back. With none left, and no vote of no, it is lazy consensus again.

    The notice then ends when it was to end; if that time is past, at once.
    """
    motion = open_now(motion)
    authority = authorise(actor, "motion.object", motion)
    now = clock.now()
    assert actor.person_id is not None  # only a person is an elector
    changed = motion.objections.filter(person_id=actor.person_id, withdrawn_at=None).update(withdrawn_at=now)
    if not changed:
        raise Conflict(gettext("you have no objection that stands"), where="motion")
    if not standing(motion).voting and motion.notice_until is not None:
        motion.closes_at = max(motion.notice_until, now)
        motion.save(update_fields=["closes_at"])
    append("motion.unobjected", actor=actor, refs=[Ref("motion", str(motion.id))], authority=authority)
    return motion


@action("motion.recuse", kinds=("motion.recused",))
def recuse(*, actor: Actor, motion: Motion, person: UUID, why: str = "declared", reason: str = "") -> Motion:
    """Let an elector stand aside: their vote is not counted, nor their seat among those that could vote.

    An elector may say so of themselves only, the chair of anybody. When an alternate stands aside the seat keeps its
    vote, which is the representative's alone from then on.
    """
    motion = open_now(motion)
    authority = authorise(actor, "motion.recuse", motion)
    if person != actor.person_id and set(authority) == {"elector"}:
        raise Refused(gettext("only the chair records that somebody else stands aside"), where="person")
    for elector in electors_of(motion, person):
        if elector.person_id is not None and elector.person_id != person:
            elector.votes.filter(by_alternate=True, superseded_at=None).update(superseded_at=clock.now())
            elector.alternate = None
            elector.save(update_fields=["alternate"])
        else:
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


@action("motion.attend", kinds=("motion.attended",))
def attend(
    *, actor: Actor, motion: Motion, away: bool, person: UUID | None = None, elector: Elector | None = None
) -> Motion:
    """Record that a representative is away from the motion, or back, where alternates speak only for the absent.

    Of one seat (``elector``), or of all seats of a ``person``. A seat without a representative stays as it is.
    """
    motion = open_now(motion)
    authority = authorise(actor, "motion.attend", motion)
    rows = motion.electors.filter(person__isnull=False)
    rows = rows.filter(pk=elector.pk) if elector is not None else rows.filter(person=person)
    found = rows.exclude(away=away).order_by().values_list("person_id", flat=True)
    for who in {one for one in found if one is not None}:
        rows.filter(person_id=who).update(away=away)
        append(
            "motion.attended",
            actor=actor,
            refs=[Ref("motion", str(motion.id)), Ref("person", str(who), "elector")],
            data={"away": away},
            authority=authority,
        )
    return motion
