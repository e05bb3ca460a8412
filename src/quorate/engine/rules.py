"""Predicates of cases: which steps there are, who counts as staff and as judge, how a queue is ordered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Case as Switch
from django.db.models import IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from quorate.engine.definition import BACK, Order, Role, StageKind, Transition
from quorate.engine.definition import Program as Definition
from quorate.engine.models import Case, Grant, Obligation, Program, Review

PRIORITIES = {"low": -1, "normal": 0, "high": 1, "urgent": 2}


# --- what is asked about, when a right is asked for ---------------------------------------------------------------


@dataclass(frozen=True)
class Filing:
    """A case about to be filed in a program, about a subject when it is already known."""

    program: Program
    definition: Definition
    subject_kind: str = ""
    subject_id: str = ""


@dataclass(frozen=True)
class Step:
    """A transition about to be taken in a case."""

    case: Case
    transition: Transition


@dataclass(frozen=True)
class Remark:
    """Something about to be said or attached, for an audience."""

    case: Case
    audience: str


@dataclass(frozen=True)
class Criterion:
    """A criterion of a case about to be attested."""

    case: Case
    name: str


@dataclass(frozen=True)
class StageOf:
    """A stage of a case, about to be assigned or delegated."""

    case: Case
    stage: str


#: Everything of the engine that a right can be asked on.
Object = Program | Filing | Case | Step | Remark | Criterion | StageOf | Review | Grant | Obligation


def case_behind(thing: object) -> Case | None:
    """The case that a thing belongs to."""
    if isinstance(thing, Case):
        return thing
    if isinstance(thing, (Step, Remark, Criterion, StageOf, Review, Grant, Obligation)):
        return thing.case
    return None


# --- roles of a program -------------------------------------------------------------------------------------------


def staff_roles(definition: Definition) -> tuple[Role, ...]:
    """The offices that run a program: steward, accountable, single offices that own stages or assign reviewers."""
    return _staff(definition)


def judge_roles(definition: Definition) -> tuple[Role, ...]:
    """The bodies that judge in a program: where reviewers come from, electorates, bodies that own stages."""
    return _judges(definition)


def offices(definition: Definition) -> frozenset[str]:
    """All offices with a part in a program: who of them sees its cases."""
    return frozenset(role.text for role in (*_staff(definition), *_judges(definition)))


@lru_cache(maxsize=512)
def _staff_of(digest: str, roles: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(dict.fromkeys(role for role in roles if role.is_single_office))


def _staff(definition: Definition) -> tuple[Role, ...]:
    roles = [definition.steward, definition.accountable]
    for stage in definition.stages:
        roles += [role for role in (stage.owner, stage.accountable) if role is not None]
    for review in definition.reviews:
        roles += review.assigned_by
    return _staff_of(definition.digest, tuple(roles))


def _judges(definition: Definition) -> tuple[Role, ...]:
    roles = [review.from_ for review in definition.reviews]
    roles += [decision.electorate for decision in definition.decisions]
    roles += [stage.owner for stage in definition.stages if stage.owner is not None]
    staff = set(_staff(definition))
    return tuple(dict.fromkeys(role for role in roles if role.is_office and role not in staff))


# --- steps --------------------------------------------------------------------------------------------------------


def decided_by_vote(definition: Definition) -> frozenset[str]:
    """Transitions that only a vote takes."""
    return frozenset(
        name
        for decision in definition.decisions
        for name in (decision.passed, decision.failed, decision.no_decision)
        if name
    )


def automatic_steps(definition: Definition, stage: str) -> list[Transition]:
    """Transitions that the system takes as soon as their guard is true, in the order written."""
    voted = decided_by_vote(definition)
    return [
        item
        for item in definition.transitions_from(stage)
        if item.automatic and item.guard is not None and item.name not in voted
    ]


def manual_steps(definition: Definition, stage: str) -> list[Transition]:
    """Transitions that people take."""
    voted = decided_by_vote(definition)
    return [
        item
        for item in definition.transitions_from(stage)
        if item.name not in voted and any(role.text != "system" for role in item.by)
    ]


def target(definition: Definition, transition: Transition, came_from: str) -> str:
    """The stage to which a transition leads; ``came_from`` is where the case was before the present stage."""
    if transition.to != BACK:
        return transition.to
    return came_from or definition.start.name


def opposed(definition: Definition, part: str) -> frozenset[str]:
    """The parts that whoever has ``part`` in a case may not have: the program's separation of duties."""
    return frozenset(other for pair in definition.duties if part in pair for other in pair if other != part)


# --- queues -------------------------------------------------------------------------------------------------------


def in_queue_order(cases: QuerySet[Case], definition: Definition) -> QuerySet[Case]:
    """Cases in the order in which the program takes them: total, because numbers are unique in a program."""
    order: list[object] = []
    if definition.queue.order is Order.PRIORITY:
        order.append(Coalesce("priority", Value(0)).desc())
    if "returning" in definition.queue.first:
        first = Switch(When(returning=True, then=Value(0)), default=Value(1), output_field=IntegerField())
        order.append(first.asc())
    return cases.order_by(*order, "number")  # type: ignore[arg-type]  # expressions are orderings too


def queue_key(case: Case, definition: Definition) -> tuple[int, int, int]:
    """The same order for cases at hand."""
    priority = -(case.priority or 0) if definition.queue.order is Order.PRIORITY else 0
    first = 0 if case.returning and "returning" in definition.queue.first else 1
    return (priority, first, case.number)


def ahead_of(case: Case, definition: Definition) -> QuerySet[Case]:
    """The open cases of the same program and stage that are taken before this one."""
    waiting = Case.objects.filter(program_id=case.program_id, stage=case.stage, closed_at=None)
    priority, first, number = queue_key(case, definition)
    before = Q(number__lt=number)
    if "returning" in definition.queue.first:
        before = (before & Q(returning=case.returning)) if first == 1 else (before & Q(returning=True))
        if first == 1:
            before |= Q(returning=True)
    if definition.queue.order is Order.PRIORITY:
        waiting = waiting.annotate(rank=Coalesce("priority", Value(0)))
        before = Q(rank__gt=-priority) | (Q(rank=-priority) & before)
    return waiting.filter(before).exclude(pk=case.pk)


def position(case: Case, definition: Definition) -> int | None:
    """The place in the queue, from 1; ``None`` where the case does not stand in one. One query."""
    if case.closed_at is not None or definition.stage(case.stage).kind not in (StageKind.QUEUE, StageKind.GATE):
        return None
    return ahead_of(case, definition).count() + 1


def sitting(place: int, definition: Definition, stage: str) -> int | None:
    """The number of the coming session at which a place is reached, from 1; ``None`` when sessions have no limit."""
    session = definition.stage(stage).session or definition.queue.session
    if session is None or not session.most:
        return None
    return (place - 1) // session.most + 1


def waits_for(definition: Definition, roles: Iterable[str]) -> frozenset[str]:
    """The stages whose owner is one of the roles."""
    wanted = frozenset(roles)
    return frozenset(
        stage.name for stage in definition.stages if stage.owner is not None and str(stage.owner) in wanted
    )
