"""Standing aside from a case: by one's own word, or recorded for somebody else."""

from __future__ import annotations

from django.db.models import Value
from django.db.models.functions import Greatest

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.decisions.actions import recuse
from quorate.decisions.models import Motion
from quorate.directory.models import Person
from quorate.engine.actions.course import ENGINE, Hand, held, refs_of, settle
from quorate.engine.actions.reviewing import LONGEST, release
from quorate.engine.models import Assignment, Case, Recusal, Review
from quorate.engine.rules import StageOf
from quorate.engine.versions import definition_of
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


@action("case.recuse", kinds=("case.recused", "review.released", "motion.recused"))
def declare_recusal(*, actor: Actor, case: Case, person: Person | None = None, detail: str = "") -> Recusal:
    """Stand aside from a case, or record that somebody else does. The detail stays with the program's staff.

    Their review is let go, their vote is not counted, and nobody can ask them again.
    """
    case = held(case)
    authority = authorise(actor, "case.recuse", case)
    who = person.pk if person is not None else actor.person_id
    if who is None:
        raise UserError(gettext("say who stands aside"), where="person")
    definition = definition_of(case)
    if who != actor.person_id and actor.kind == "person":
        authority = _authorise_other(actor, case)
    if len(detail) > LONGEST:
        raise UserError(gettext("keep it below %(n)d characters") % {"n": LONGEST}, where="detail")
    hand = Hand(actor, authority)
    row, created = Recusal.objects.get_or_create(
        case=case,
        person_id=who,
        defaults={"reason": Recusal.Reason.DECLARED, "detail": detail.strip(), "declared_at": hand.at},
    )
    if not created:
        return row
    append(
        "case.recused",
        actor=actor,
        refs=refs_of(case, Ref("person", str(who))),
        data={"reason": Recusal.Reason.DECLARED.value},
        private={"detail": detail.strip()},
        authority=authority,
    )
    for review in case.reviews.filter(person_id=who).exclude(state=Review.State.RELEASED):
        release(case, review, hand, "recused")
    ended = Greatest("start", Value(hand.at))
    case.assignments.filter(person_id=who, role=Assignment.Role.OWNER, until=None).update(until=ended)
    for motion in Motion.objects.filter(owner="engine", owner_ref=str(case.pk), state=Motion.State.OPEN):
        recuse(actor=ENGINE, motion=motion, person=who)
    if case.closed_at is None and definition.review_in(case.stage) is not None:
        settle(case, hand)
    return row


def _authorise_other(actor: Actor, case: Case) -> list[str]:
    """Only those who assign reviewers record that somebody else stands aside."""
    return authorise(actor, "case.assign", StageOf(case, case.stage))
