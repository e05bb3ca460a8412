"""Reads of motions: the roll call, the counts, and what stands between a motion and its result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from quorate.access.actors import Actor
from quorate.decisions.models import Elector, Motion, Vote
from quorate.decisions.rules import Counts, Evaluation, Rule, decided, evaluate, parse_rule


@dataclass(frozen=True)
class Line:
    """One line of the roll call: the elector and the vote that counts, the representative's before the alternate's."""

    elector: Elector
    vote: Vote | None


def roll_call(motion: Motion) -> list[Line]:
    """Every elector with the vote that counts. Two queries."""
    standing = Prefetch("votes", Vote.objects.filter(superseded_at=None), to_attr="standing")
    electors = (
        motion.electors.select_related("person", "alternate", "seat")
        .prefetch_related(standing)
        .order_by("seat__position", "person__name")
    )
    return [Line(elector, effective(elector.standing)) for elector in electors]


def effective(standing: Iterable[Vote]) -> Vote | None:
    """The vote that counts for a seat: its representative's, or in their silence the alternate's."""
    ordered = sorted(standing, key=lambda vote: vote.by_alternate)
    return ordered[0] if ordered else None


def counts_of(lines: Iterable[Line], rule: Rule) -> Counts:
    """The roll call in numbers. Who stands aside is counted among the seats only where the rule lets them stay."""
    lines = list(lines)
    voting = [line for line in lines if not line.elector.recused]
    said = [line.vote.choice for line in voting if line.vote is not None]
    return Counts(
        seats=len(lines) if rule.recused == "stay" else len(voting),
        represented=len(said),
        yes=said.count(Vote.Choice.YES),
        no=said.count(Vote.Choice.NO),
        abstain=said.count(Vote.Choice.ABSTAIN),
    )


def tally(motion: Motion) -> Evaluation:
    """How the motion stands now, by its own rule. Two queries."""
    rule = parse_rule(motion.rule)
    return evaluate(rule, counts_of(roll_call(motion), rule))


def settled(motion: Motion) -> bool:
    """Whether no vote still to come can change the outcome."""
    rule, lines = parse_rule(motion.rule), roll_call(motion)
    silent = sum(1 for line in lines if line.vote is None and not line.elector.recused)
    return decided(rule, counts_of(lines, rule), silent) is not None


def electors_of(motion: Motion, person: UUID) -> list[Elector]:
    """The votes that a person may cast in a motion, as representative or alternate, unless they stand aside."""
    mine = Q(person_id=person) | Q(alternate_id=person)
    return list(motion.electors.filter(mine, recused="").select_related("person", "alternate", "seat"))


def may_vote(actor: Actor, motion: Motion) -> bool:
    """Whether the actor is an elector of an open motion."""
    if actor.person_id is None or motion.state != Motion.State.OPEN:
        return False
    return bool(electors_of(motion, actor.person_id))


def waiting_for(person: UUID) -> QuerySet[Elector]:
    """Open motions in which the person has a vote and the seat has not voted, soonest close first."""
    cast = Vote.objects.filter(superseded_at=None).values("elector_id")
    return (
        Elector.objects.filter(motion__state=Motion.State.OPEN, recused="")
        .filter(Q(person_id=person) | Q(alternate_id=person))
        .exclude(pk__in=cast)
        .select_related("motion", "motion__body", "seat")
        .order_by("motion__closes_at")
    )


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
