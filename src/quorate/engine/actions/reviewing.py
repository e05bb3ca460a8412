"""Reviews: who is asked, what they write, and who stands aside.

Whoever may not judge is never asked: the applicant, those who speak for the subject, people who share an employer with
them (companies under one control are one), and whoever declared a conflict. The same is asked again when a review is
submitted, because people change employers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Count, Q, Value
from django.db.models.functions import Greatest

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Person
from quorate.engine.actions.corresponding import tell_reviewer
from quorate.engine.actions.course import ENGINE, OCCASIONS, Hand, held, open_visit, refs_of, settle
from quorate.engine.conflicts import conflicts, reason_words, sharing_with_each_other
from quorate.engine.definition import Assign, Rubric
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import Review as Declared
from quorate.engine.models import Assignment, Case, Review
from quorate.engine.parties import Parties
from quorate.engine.rules import StageOf
from quorate.engine.versions import definition_of
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref

LONGEST = 20_000


@action("case.assign-reviewers", kinds=("review.assigned",))
def assign_reviewers(*, actor: Actor, case: Case, people: Sequence[Person]) -> list[Review]:
    """Ask people to review in the present stage. All or none: one who may not judge stops the rest.

    Whoever was asked already stays asked.
    """
    case, declared = _reviewed(case)
    authority = authorise(actor, "case.assign-reviewers", StageOf(case, case.stage))
    return _ask(case, declared, people, Hand(actor, authority), "assigned")


@action("case.assign-reviewers", kinds=("review.assigned",))
def draw_reviewers(*, actor: Actor, case: Case) -> list[Review]:
    """Ask as many as are still needed: of those who may judge, the ones with the fewest open reviews."""
    case, declared = _reviewed(case)
    authority = authorise(actor, "case.assign-reviewers", StageOf(case, case.stage))
    return _draw(case, declared, Hand(actor, authority))


@action("case.volunteer", kinds=("review.assigned",))
def volunteer(*, actor: Actor, case: Case) -> Review:
    """Take a review oneself, where the program lets members do so."""
    case, declared = _reviewed(case)
    authority = authorise(actor, "case.volunteer", StageOf(case, case.stage))
    if declared.assign is not Assign.VOLUNTEER:
        raise Refused(gettext("reviewers are assigned here"), where="review")
    if actor.person_id is None:
        raise Refused(gettext("only a person reviews"), where="review")
    me = Person.objects.get(pk=actor.person_id)
    if len(_standing(case)) >= declared.reviewers and not any(row.person_id == me.pk for row in _standing(case)):
        raise Conflict(gettext("enough reviewers were found"), where="review")
    _ask(case, declared, [me], Hand(actor, authority), "volunteered")
    return next(row for row in _standing(case) if row.person_id == me.pk)


@action("case.assign-reviewers", kinds=("review.released",))
def release_reviewer(*, actor: Actor, review: Review, reason: str = "") -> Review:
    """Let a reviewer go whose review is not in yet."""
    case = held(review.case)
    authority = authorise(actor, "case.assign-reviewers", StageOf(case, review.stage))
    row = Review.objects.select_related("person", "assignment").get(pk=review.pk)
    if row.state == Review.State.SUBMITTED:
        raise Conflict(gettext("this review is in"), where="review")
    release(case, row, Hand(actor, authority), "released")
    return row


@action("case.review", kinds=("review.drafted",))
def write_review(
    *,
    actor: Actor,
    review: Review,
    scores: Mapping[str, int] | None = None,
    recommendation: str = "",
    comment: str = "",
    declared: bool = False,
) -> Review:
    """Keep a draft of one's own review. Nothing need be complete."""
    case, row, _said = _own(review)
    authority = authorise(actor, "case.review", row)
    _fill(row, _rubric(case, row), scores or {}, recommendation, comment, declared, whole=False)
    row.save(update_fields=["scores", "recommendation", "comment", "declared"])
    append("review.drafted", actor=actor, refs=refs_of(case), data={"review": str(row.pk)}, authority=authority)
    return row


@action("case.review", kinds=("review.written", "review.submitted"))
def submit_review(
    *,
    actor: Actor,
    review: Review,
    scores: Mapping[str, int] | None = None,
    recommendation: str = "",
    comment: str = "",
    declared: bool = False,
) -> Review:
    """Submit one's own review; it is final. What it says is seen by those whom the program's rules let see it.

    Raises ``UserError`` at the rubric's item, and ``Refused`` when the reviewer may not judge this case any more.
    """
    case, row, said = _own(review)
    authority = authorise(actor, "case.review", row)
    now = clock.now()
    _fill(row, _rubric(case, row), scores or {}, recommendation, comment, declared, whole=True)
    if said.recusal.declaration and not row.declared:
        raise UserError(gettext("declare that you have no conflict, or stand aside"), where="declared")
    barred = conflicts(case, definition_of(case), [row.person_id], said.recusal, now, part="reviewers")
    if row.person_id in barred:
        words = reason_words(barred[row.person_id])
        raise Refused(gettext("you may not review this: %(why)s") % {"why": words}, where="review")
    row.state, row.submitted_at = Review.State.SUBMITTED, now
    row.save()
    done = sum(item.state == Review.State.SUBMITTED for item in _standing(case))
    append(
        "review.written",
        actor=actor,
        refs=refs_of(case),
        data={"review": str(row.pk)},
        private={"scores": dict(row.scores), "recommendation": row.recommendation, "comment": row.comment},
        authority=authority,
    )
    append(
        "review.submitted",
        actor=ENGINE,
        refs=refs_of(case),
        data={"review": str(row.pk), "n": done, "needed": said.reviewers},
    )
    settle(case, Hand(actor, authority, now))
    return row


# --- asking ---------------------------------------------------------------------------------------------------------


def _reviewed(case: Case) -> tuple[Case, Declared]:
    case = held(case)
    if case.closed_at is not None:
        raise Conflict(gettext("%(case)s is closed") % {"case": case.key}, where="case")
    declared = definition_of(case).review_in(case.stage)
    if declared is None:
        raise Conflict(
            gettext("nothing is reviewed in “%(stage)s”") % {"stage": definition_of(case).stage(case.stage).title},
            where="stage",
        )
    return case, declared


def _standing(case: Case) -> list[Review]:
    rows = case.reviews.filter(stage=case.stage).exclude(state=Review.State.RELEASED)
    return list(rows.select_related("person"))


def _ask(case: Case, declared: Declared, people: Iterable[Person], hand: Hand, how: str) -> list[Review]:
    definition = definition_of(case)
    present = _standing(case)
    asked = {row.person_id for row in present}
    wanted = [person for person in people if person.pk not in asked]
    members = {person.pk for person in Parties(case, hand.at).people(declared.from_)}
    barred = conflicts(case, definition, [item.pk for item in wanted], declared.recusal, hand.at, part="reviewers")
    problems = [
        UserError(gettext("%(name)s is not among those who review") % {"name": item.name}, where=item.slug)
        for item in wanted
        if item.pk not in members
    ]
    problems += [
        UserError(
            gettext("%(name)s may not review this: %(why)s")
            % {"name": item.name, "why": reason_words(barred[item.pk])},
            where=item.slug,
        )
        for item in wanted
        if item.pk in barred
    ]
    if declared.distinct_employers:
        problems += _same_employer(
            [*asked, *(item.pk for item in wanted)], [*wanted, *(r.person for r in present)], hand
        )
    if problems:
        raise UserError(problems[0].what, where="people", mend=gettext("choose others"), problems=problems)
    return [_give(case, declared, person, hand, how) for person in wanted]


def _same_employer(ids: list[UUID], people: Iterable[Person], hand: Hand) -> list[UserError]:
    names = {person.pk: person.name for person in people}
    return [
        UserError(
            gettext("%(one)s and %(other)s share an employer") % {"one": names[one], "other": names[other]},
            where="people",
        )
        for one, other in sharing_with_each_other(ids, hand.at)
    ]


def _draw(case: Case, declared: Declared, hand: Hand) -> list[Review]:
    definition = definition_of(case)
    present = _standing(case)
    missing = declared.reviewers - len(present)
    asked = {row.person_id for row in present}
    able = [person for person in Parties(case, hand.at).people(declared.from_) if person.pk not in asked]
    barred = conflicts(case, definition, [item.pk for item in able], declared.recusal, hand.at, part="reviewers")
    able = [person for person in able if person.pk not in barred]
    load = _load(able)
    chosen: list[Person] = []
    for person in sorted(able, key=lambda item: (load.get(item.pk, (0, 0)), str(item.pk))):
        together = [*asked, *(item.pk for item in chosen), person.pk]
        if len(chosen) < missing and not (declared.distinct_employers and sharing_with_each_other(together, hand.at)):
            chosen.append(person)
    if missing > 0 and not chosen:
        raise UserError(gettext("nobody is left who may review this"), where="people")
    return [_give(case, declared, person, hand, "drawn") for person in chosen]


def _load(people: Sequence[Person]) -> dict[UUID, tuple[int, int]]:
    """Open reviews and all reviews ever, by person. One query."""
    is_open = Q(state=Review.State.OPEN, case__closed_at=None)
    rows = Review.objects.filter(person__in=people).values("person")
    counted = rows.annotate(waiting=Count("pk", filter=is_open), ever=Count("pk")).order_by()
    return {row["person"]: (row["waiting"], row["ever"]) for row in counted}


def _give(case: Case, declared: Declared, person: Person, hand: Hand, how: str) -> Review:
    visit = open_visit(case)
    assert visit is not None  # the case is open
    assignment = Assignment.objects.create(
        case=case,
        person=person,
        role=Assignment.Role.REVIEWER,
        stage=declared.stage,
        start=hand.at,
        by=hand.actor.id,
    )
    row = Review.objects.create(
        case=case,
        visit=visit,
        assignment=assignment,
        person=person,
        stage=declared.stage,
        blind=declared.blind,
        assigned_at=hand.at,
        due_at=declared.due.after(hand.at) if declared.due is not None else None,
    )
    append(
        "review.assigned",
        actor=hand.actor,
        refs=refs_of(case, Ref("person", str(person.pk), "reviewer")),
        data={
            "review": str(row.pk),
            "stage": declared.stage,
            "due_at": instant(row.due_at) if row.due_at else None,
            "how": how,
        },
        authority=hand.authority,
        at=hand.at,
    )
    tell_reviewer(case, row)
    return row


def release(case: Case, row: Review, hand: Hand, reason: str) -> None:
    if row.state == Review.State.RELEASED:
        return
    row.state, row.submitted_at = Review.State.RELEASED, None
    row.save(update_fields=["state", "submitted_at"])
    ended = Greatest("start", Value(hand.at))
    Assignment.objects.filter(pk=row.assignment_id, until=None).update(until=ended)
    append(
        "review.released",
        actor=hand.actor,
        refs=refs_of(case, Ref("person", str(row.person_id), "reviewer")),
        data={"review": str(row.pk), "reason": reason},
        authority=hand.authority,
        at=hand.at,
    )


# --- writing --------------------------------------------------------------------------------------------------------


def _own(review: Review) -> tuple[Case, Review, Declared]:
    case = held(review.case)
    row = Review.objects.select_related("person").get(pk=review.pk)
    declared = next((item for item in definition_of(case).reviews if item.stage == row.stage), None)
    if declared is None or row.state != Review.State.OPEN:
        raise Conflict(gettext("this review is not open"), where="review")
    if case.stage != row.stage:
        raise Conflict(gettext("nobody reviews %(case)s now") % {"case": case.key}, where="review")
    return case, row, declared


def _rubric(case: Case, row: Review) -> Rubric | None:
    definition = definition_of(case)
    declared = next((item for item in definition.reviews if item.stage == row.stage), None)
    return definition.rubric(declared) if declared is not None else None


def _fill(
    row: Review,
    rubric: Rubric | None,
    scores: Mapping[str, int],
    recommendation: str,
    comment: str,
    declared: bool,
    *,
    whole: bool,
) -> None:
    marks = {name: mark for name, mark in scores.items() if mark is not None}
    items = {item.name: item for item in rubric.items} if rubric is not None else {}
    problems = [UserError(gettext("the rubric has no such item"), where=name) for name in marks if name not in items]
    for name, mark in marks.items():
        whole_number = isinstance(mark, int) and not isinstance(mark, bool)
        if rubric is not None and not (whole_number and rubric.scale.least <= mark <= rubric.scale.most):
            words = gettext("a mark from %(least)d to %(most)d is needed")
            problems.append(UserError(words % {"least": rubric.scale.least, "most": rubric.scale.most}, where=name))
    if whole:
        missing = [name for name, item in items.items() if item.required and name not in marks]
        problems += [UserError(gettext("a mark is needed"), where=name) for name in missing]
    known = rubric.recommendations if rubric is not None else ("approve", "decline", "abstain")
    if (recommendation or whole) and recommendation not in known:
        problems.append(UserError(gettext("choose one of: %s") % ", ".join(known), where="recommendation"))
    if whole and (rubric is None or rubric.comment) and not comment.strip():
        problems.append(UserError(gettext("write a few words"), where="comment"))
    if len(comment) > LONGEST:
        problems.append(UserError(gettext("keep it below %(n)d characters") % {"n": LONGEST}, where="comment"))
    if problems:
        raise UserError(problems[0].what, problems[0].where, problems[0].mend, problems)
    row.scores, row.recommendation, row.comment = marks, recommendation, comment.strip()
    row.declared = declared


def _entered(case: Case, definition: Definition, hand: Hand) -> None:
    """Where reviewers are drawn, they are drawn when the stage is entered; a vacancy is left for people to fill."""
    declared = definition.review_in(case.stage)
    if declared is None or declared.assign is not Assign.AUTO:
        return
    try:
        _draw(case, declared, hand.by_system())
    except UserError:
        return


OCCASIONS.register("entered", _entered)
