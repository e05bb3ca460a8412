"""Reads of the register of decisions: what is in force on a day, and how each came and went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from quorate.access.actors import Actor
from quorate.access.policy import may
from quorate.decisions.models import DecisionPeriod, DecisionRecord
from quorate.directory.queries import in_force
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.terms.models import Body, Term

IN_FORCE = (DecisionPeriod.State.ADOPTED, DecisionPeriod.State.AMENDED)
#: The state of a decision before it takes effect.
PENDING = "pending"


def decisions_visible(actor: Actor) -> QuerySet[DecisionRecord]:
    """The decisions that an actor may see: public ones, those of their own bodies, all for who keeps the register."""
    rows = DecisionRecord.objects.select_related("body", "motion", "replaces__body")
    if actor.kind == "system" or (actor.known and may(actor, "decision.record")):
        return rows
    public = Q(public=True, body__public=True)
    if actor.person_id is None:
        return rows.filter(public)
    now = clock.now()
    serving = Term.objects.filter(in_force(now), in_force(now, "seat__"), person_id=actor.person_id)
    return rows.filter(public | Q(body_id__in=serving.values("seat__body_id")))


def as_of(rows: QuerySet[DecisionRecord], at: datetime, state: str = "") -> QuerySet[DecisionRecord]:
    """The decisions adopted by an instant, each with ``stands``: its state then, or pending before it took effect.

    With ``state`` only those that stood so then; ``in-force`` means adopted or amended.
    """
    covering = DecisionPeriod.objects.filter(in_force(at), record=OuterRef("pk")).values("state")[:1]
    stands = Coalesce(Subquery(covering), Value(PENDING), output_field=CharField())
    found = rows.filter(adopted_at__lte=at).annotate(stands=stands)
    if not state:
        return found
    return found.filter(stands__in=IN_FORCE if state == "in-force" else [state])


def decision_by_key(actor: Actor, body: str, label: str) -> DecisionRecord:
    """The decision of a body by year and number (``2026-3``); ``NotFound`` for none, or none to be seen."""
    year, _, number = label.partition("-")
    found = None
    if year.isdecimal() and number.isdecimal() and len(year) == 4 and len(number) < 7:
        rows = decisions_visible(actor)
        found = rows.filter(body__slug=body, year=int(year), number=int(number)).first()
    if found is None:
        raise NotFound(gettext("there is no such decision"))
    return found


def decision_by_id(actor: Actor, key: UUID) -> DecisionRecord:
    """The decision of an id; ``NotFound`` for none, or none to be seen."""
    found = decisions_visible(actor).filter(pk=key).first()
    if found is None:
        raise NotFound(gettext("there is no such decision"))
    return found


def in_force_of(actor: Actor, bodies: Sequence[Body]) -> QuerySet[DecisionRecord]:
    """The decisions of some bodies that are in force now and that an actor may see, newest first."""
    running = DecisionPeriod.objects.filter(until=None, state__in=IN_FORCE).values("record_id")
    return decisions_visible(actor).filter(body__in=list(bodies), pk__in=running)


def citing(actor: Actor, policy: str, at: datetime) -> list[tuple[DecisionRecord, list[str]]]:
    """The decisions adopted by an instant that cite a policy, newest first, each with the anchors it cites. One query."""
    rows = as_of(decisions_visible(actor), at).filter(clauses__icontains=policy)
    found = []
    for row in rows:
        anchors = [anchor for slug, _mark, anchor in (c.partition("#") for c in row.clauses) if slug == policy]
        if anchors:
            found.append((row, [anchor for anchor in anchors if anchor]))
    return found


def expired_by(at: datetime) -> QuerySet[DecisionRecord]:
    """Decisions in force whose own words end them by an instant."""
    running = DecisionPeriod.objects.filter(until=None, state__in=IN_FORCE).values("record_id")
    return DecisionRecord.objects.filter(effective_until__lte=at, pk__in=running).order_by("effective_until")


def next_number(body: UUID, year: int) -> int:
    """The number that the next decision of a body gets in a year. The caller holds the body's row."""
    last = DecisionRecord.objects.filter(body_id=body, year=year).order_by(F("number").desc()).first()
    return last.number + 1 if last is not None else 1
