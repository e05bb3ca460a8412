"""Reads of motions: the roll call, the counts, and what stands between a motion and its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from quorate.access.actors import Actor
from quorate.decisions.models import Elector, Motion, Objection, Vote
from quorate.decisions.rules import (
    Counts,
    Evaluation,
    Open,
    PartRule,
    Rule,
    by_signatures,
    by_silence,
    certain_of_all,
    evaluate,
    evaluate_all,
    parse_parts,
    speaks,
)
from quorate.directory.models import Person
from quorate.directory.queries import in_force
from quorate.kernel import clock
from quorate.terms.models import Body, Term
from quorate.terms.reach import may_somewhere


@dataclass(frozen=True)
class Line:
    """One line of the roll call: the elector and the vote that counts, the representative's before the alternate's.

    ``name`` is that of the record which was frozen, whatever it was merged into since; empty for a seat without a holder.
    """

    elector: Elector
    vote: Vote | None
    name: str = ""

    @property
    def silent(self) -> bool:
        """Whether somebody could vote for it, and nobody has."""
        return self.vote is None and self.elector.may_speak


@dataclass(frozen=True)
class Part:
    """One part of a motion's rule with its own roll call, counts and result; most motions have one."""

    number: int
    body: str
    rule: Rule
    lines: Sequence[Line]
    counts: Counts
    evaluation: Evaluation

    @property
    def silent(self) -> int:
        """How many seats that may vote have not."""
        return sum(1 for line in self.lines if line.silent)


@dataclass(frozen=True)
class Standing:
    """How a motion stands: its parts, the objections that stand, and what follows from them."""

    parts: Sequence[Part]
    objections: Sequence[Objection]
    evaluation: Evaluation
    voting: bool
    """Whether votes are asked for now: always but in lazy consensus that nobody objected to."""

    @property
    def counts(self) -> Counts:
        """The numbers of all parts together."""
        rolls = [part.counts for part in self.parts]
        return Counts(
            sum(roll.seats for roll in rolls),
            sum(roll.represented for roll in rolls),
            sum(roll.yes for roll in rolls),
            sum(roll.no for roll in rolls),
            sum(roll.abstain for roll in rolls),
            vacant=sum(roll.vacant for roll in rolls),
            uncounted=sum(roll.uncounted for roll in rolls),
        )


def roll_call(motion: Motion) -> list[Line]:
    """Every elector with the vote that counts, part by part. Two queries, and one more where records were merged."""
    parts = parse_parts(motion.rule)
    standing = Prefetch("votes", Vote.objects.filter(superseded_at=None), to_attr="standing")
    electors = list(
        motion.electors.select_related("person", "alternate", "seat")
        .prefetch_related(standing)
        .order_by("part", "seat__position", "person__name")
    )
    moved = {one for each in electors if (one := each.frozen_person) is not None and one != each.person_id}
    names = dict(Person.objects.filter(pk__in=moved, erased_at=None).values_list("pk", "name")) if moved else {}
    return [
        Line(
            elector,
            speaks(elector.standing, parts[elector.part].rule.alternate, away=elector.away),
            _name(elector, names),
        )
        for elector in electors
    ]


def _name(elector: Elector, others: Mapping[UUID, str]) -> str:
    """The name on the roll: of the record that was frozen, or of the one that stands for it."""
    if elector.person is None:
        return ""
    return others.get(elector.frozen_person or elector.person.id, elector.person.name)


def counts_of(lines: Iterable[Line], rule: Rule) -> Counts:
    """The roll call in numbers. Who stands aside is counted among the seats only where the rule lets them stay.

    Seats whose vote is suspended are not; vacant seats are, with their number, and the rule says what becomes of them.
    """
    lines = [line for line in lines if not line.elector.suspended]
    voting = [line for line in lines if not line.elector.recused]
    said = [line.vote.choice for line in voting if line.vote is not None]
    chair = next((line.vote for line in voting if line.elector.casting), None)
    return Counts(
        seats=len(lines) if rule.recused == "stay" else len(voting),
        represented=len(said),
        yes=said.count(Vote.Choice.YES),
        no=said.count(Vote.Choice.NO),
        abstain=said.count(Vote.Choice.ABSTAIN),
        # The casting vote is the chair's own; the alternate of the seat does not chair.
        chair=chair.choice if chair is not None and not chair.by_alternate else "",
        vacant=sum(1 for line in voting if line.elector.vacant),
        uncounted=sum(1 for line in voting if line.vote is None and line.elector.uncounted),
    )


def open_roll(lines: Iterable[Line], rule: Rule) -> Open:
    """The roll call with what may still come: silent seats, and alternates whom representatives may override."""
    lines = list(lines)
    voting = [line for line in lines if line.elector.may_speak]
    altered = [line.vote.choice for line in voting if line.vote is not None and line.vote.by_alternate]
    chair = next((line for line in voting if line.elector.casting), None)
    state = "settled"
    if chair is not None and chair.vote is None:
        state = "dormant" if chair.elector.uncounted else "silent"
    elif chair is not None and chair.vote is not None and chair.vote.by_alternate:
        state = chair.vote.choice
    return Open(
        counts_of(lines, rule),
        sum(1 for line in voting if line.vote is None),
        (altered.count("yes"), altered.count("no"), altered.count("abstain")),
        state,
        sum(1 for line in voting if line.vote is None and line.elector.uncounted),
    )


def standing(motion: Motion, lines: Sequence[Line] | None = None) -> Standing:
    """How the motion stands now, by its own rule. Two queries, three for lazy consensus."""
    roll = roll_call(motion) if lines is None else lines
    rules = parse_parts(motion.rule)
    parts = [_part(number, each, roll) for number, each in enumerate(rules)]
    compound = len(parts) > 1 or bool(rules[0].body)
    evaluation = evaluate_all((part.rule, part.counts) for part in parts) if compound else parts[0].evaluation
    objections: list[Objection] = []
    voting = True
    if motion.kind == Motion.Kind.LAZY:
        objections = list(motion.objections.select_related("person"))
        against = [each for each in objections if each.withdrawn_at is None]
        dissents = sum(part.counts.no for part in parts)
        over = (motion.closed_at or clock.now()) >= (motion.notice_until or motion.opened_at)
        evaluation = by_silence(evaluation, objections=len(against), dissents=dissents, over=over)
        voting = bool(against or dissents)
    elif motion.kind == Motion.Kind.CONSENT:
        evaluation = by_signatures(evaluation)
    return Standing(parts, objections, evaluation, voting)


def _part(number: int, given: PartRule, roll: Sequence[Line]) -> Part:
    lines = [line for line in roll if line.elector.part == number]
    counts = counts_of(lines, given.rule)
    return Part(number, given.body, given.rule, lines, counts, evaluate(given.rule, counts))


def tally(motion: Motion) -> Evaluation:
    """How the motion stands now, by its own rule. Two queries."""
    return standing(motion).evaluation


def settled(motion: Motion) -> bool:
    """Whether no vote still to come can change the outcome."""
    stands = standing(motion)
    outcome = certain_of_all((part.rule, open_roll(part.lines, part.rule)) for part in stands.parts)
    if motion.kind == Motion.Kind.LAZY:
        # Silence has no effect before its time, and a withdrawal could still make consensus of what would fail;
        # not so once somebody's own vote is no, which is taken as their last word.
        own = (line.vote for part in stands.parts for line in part.lines if line.vote is not None)
        dissent = any(vote.choice == Vote.Choice.NO and not vote.by_alternate for vote in own)
        return stands.voting and outcome is not None and (outcome == "passed" or dissent)
    if motion.kind == Motion.Kind.CONSENT:
        # Whether more refuse or stay silent makes no difference to a consent out of reach.
        reached = stands.evaluation.result == "passed"
        return reached or outcome in ("failed", "no-decision")
    return outcome is not None


def electors_of(motion: Motion, person: UUID) -> list[Elector]:
    """The votes that a person may cast in a motion, unless they stand aside or the seat's vote is suspended."""
    mine = Q(person_id=person) | Q(alternate_id=person)
    return list(motion.electors.filter(mine, recused="", suspended="").select_related("person", "alternate", "seat"))


def may_vote(actor: Actor, motion: Motion) -> bool:
    """Whether the actor is an elector of an open motion."""
    if actor.person_id is None or motion.state != Motion.State.OPEN:
        return False
    return bool(electors_of(motion, actor.person_id))


def may_put(actor: Actor) -> bool:
    """Whether the actor may put a motion to some body: by a right for all or for one, or by chairing one."""
    if may_somewhere(actor, "motion.open"):
        return True
    if actor.person_id is None:
        return False
    now = clock.now()
    chairs = Term.objects.filter(in_force(now), in_force(now, "seat__"), seat__chair=True, person_id=actor.person_id)
    return chairs.filter(role=Term.Role.REPRESENTATIVE).exists()


def waiting_for(person: UUID) -> QuerySet[Elector]:
    """Open motions in which the person has a vote and the seat has not voted, soonest close first."""
    cast = Vote.objects.filter(superseded_at=None).values("elector_id")
    objected = Objection.objects.filter(withdrawn_at=None).values("motion_id")
    return (
        Elector.objects.filter(motion__state=Motion.State.OPEN, recused="", suspended="")
        .filter(Q(person_id=person) | Q(alternate_id=person))
        .filter(~Q(motion__kind=Motion.Kind.LAZY) | Q(motion_id__in=objected))
        .exclude(pk__in=cast)
        .select_related("motion", "motion__body", "seat")
        .order_by("motion__closes_at")
    )


def noticed_to(person: UUID) -> QuerySet[Elector]:
    """Lazy consensus under notice, which passes unless the person or another elector objects, soonest end first."""
    objected = Objection.objects.filter(withdrawn_at=None).values("motion_id")
    return (
        Elector.objects.filter(motion__state=Motion.State.OPEN, motion__kind=Motion.Kind.LAZY)
        .filter(recused="", suspended="")
        .filter(Q(person_id=person) | Q(alternate_id=person))
        .exclude(motion_id__in=objected)
        .select_related("motion", "motion__body", "seat")
        .order_by("motion__closes_at")
    )


def public_of(rule: Mapping[str, Any], body: Body) -> bool:
    """Whether a motion by this rule is public: only where every body it is put to is."""
    slugs = [part.body for part in parse_parts(dict(rule)) if part.body]
    return body.public and not Body.objects.filter(slug__in=slugs, public=False).exists()


def due(at: datetime) -> QuerySet[Motion]:
    """Open motions whose time is over."""
    return Motion.objects.filter(state=Motion.State.OPEN, closes_at__lte=at).order_by("closes_at")


def visible(actor: Actor) -> QuerySet[Motion]:
    """The motions that an actor may see: public ones, and those in which they have a vote."""
    motions = Motion.objects.select_related("body")
    if actor.operator or actor.kind == "system":
        return motions
    public = Q(public=True)
    if actor.person_id is None:
        return motions.filter(public)
    mine = Elector.objects.filter(Q(person_id=actor.person_id) | Q(alternate_id=actor.person_id)).values("motion_id")
    return motions.filter(public | Q(pk__in=mine))
