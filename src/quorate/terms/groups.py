"""The life of working groups: which state follows which, what a proposal says, when a report is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery

from quorate.directory.queries import in_force
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.terms import numbers
from quorate.terms.models import Body, Charter, Report, Stage
from quorate.terms.numbers import Numbers

TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    "proposed": ("in-vote", "declined"),
    "in-vote": ("active", "declined"),
    "active": ("dormant",),
    "dormant": ("active",),
    "closed": (),
    "declined": (),
}


@dataclass(frozen=True)
class ProposalFacts:
    """What the form of a proposal asks."""

    name: str
    purpose: str
    goals: str
    deliverables: str
    non_goals: str = ""


@dataclass(frozen=True)
class Duty:
    """When a body reported last, when it has to next, and since when it counts as silent; ``None``: not asked for."""

    last: datetime | None
    due_at: datetime | None
    silent_at: datetime | None


def check_proposal(facts: ProposalFacts) -> None:
    """Refuse a proposal that leaves out what the body has to know; ``UserError`` names the field."""
    for name in ("name", "purpose", "goals", "deliverables"):
        if not getattr(facts, name).strip():
            raise UserError(gettext("this is empty"), where=name, mend=gettext("write a few sentences"))


def with_state(bodies: QuerySet[Body], at: datetime) -> QuerySet[Body]:
    """The bodies, each with its ``stage`` at an instant; ``None`` for those whose life is not kept."""
    stages = Stage.objects.filter(in_force(at), body=OuterRef("pk")).order_by("-start")
    return bodies.annotate(stage=Subquery(stages.values("state")[:1]))


def state_of(body: Body, at: datetime) -> str:
    """Where a body stands at an instant. One query."""
    stage = body.stages.filter(in_force(at)).first()
    if stage is not None:
        return stage.state
    return "closed" if body.closed_at is not None and body.closed_at <= at else "active"


def duties(bodies: Iterable[Body], said: Mapping[Body, Numbers], at: datetime) -> dict[Body, Duty]:
    """What active bodies owe by the numbers of their charters. Three queries."""
    wanted = [body for body in bodies if said[body].report_every or said[body].dormant_after]
    rows = Report.objects.filter(body__in=wanted, reported_at__lte=at).order_by().values_list("body_id")
    last: dict[UUID, datetime] = dict(rows.annotate(Max("reported_at")))
    stages = {stage.body_id: stage for stage in Stage.objects.filter(in_force(at), body__in=wanted)}
    chartered = Charter.objects.filter(body__in=wanted).order_by().values_list("body_id")
    first: dict[UUID, datetime] = dict(chartered.annotate(Min("start")))
    found = {}
    for body in wanted:
        stage = stages.get(body.id)
        if stage is not None and stage.state != Stage.State.ACTIVE:
            continue
        began = max(
            (t for t in (last.get(body.id), stage.start if stage else body.established_at or first.get(body.id)) if t),
            default=None,
        )
        due = numbers.after(began, said[body].report_every) if began else None
        silent = numbers.after(began, said[body].dormant_after) if began else None
        found[body] = Duty(last.get(body.id), due, silent)
    return found
