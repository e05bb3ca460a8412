"""Reads of elections: who sees them, who stands, who may vote, and what the box holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django_stubs_ext import WithAnnotations

from quorate.access.actors import Actor
from quorate.directory.models import Person
from quorate.directory.queries import employers, living_people, related_group
from quorate.kernel import clock
from quorate.ledger.merkle import leaf_hash
from quorate.registers.elections.models import (
    Election,
    NamedBallot,
    Nomination,
    RollEntry,
    RollRequest,
    SealedBallot,
)
from quorate.registers.elections.rules import Standing
from quorate.terms.models import Term
from quorate.terms.queries import holders, holds

PUBLISHED_FIELDS = ("bundle",)
"""Large: lists leave it out."""


def visible(actor: Actor) -> QuerySet[Election]:
    """The elections that an actor may see: those of public bodies, those whose roll they are on, their body's."""
    rows = Election.objects.select_related("body").defer(*PUBLISHED_FIELDS)
    if actor.operator or actor.kind == "system":
        return rows
    public = Q(body__public=True)
    if actor.person_id is None:
        return rows.filter(public)
    mine = RollEntry.objects.filter(person_id=actor.person_id).values("election_id")
    put_forward = Nomination.objects.filter(person_id=actor.person_id).values("election_id")
    now = clock.now()
    serving = Term.objects.filter(Q(until=None) | Q(until__gt=now), person_id=actor.person_id, start__lte=now)
    bodies = serving.values("seat__body_id")
    return rows.filter(public | Q(pk__in=mine) | Q(pk__in=put_forward) | Q(body_id__in=bodies))


def public() -> QuerySet[Election]:
    """Elections of public bodies, for the public site."""
    return Election.objects.filter(body__public=True).select_related("body").defer(*PUBLISHED_FIELDS)


def eligible(election: Election, at: datetime | None = None) -> list[Person]:
    """Whom the rule of the roll and the granted requests put on it, by id; erased and merged people left out."""
    found = {person.id for role in election.roll_roles for person in holders(role, at)}
    granted = RollRequest.objects.filter(election=election, state=RollRequest.State.GRANTED)
    found |= set(granted.values_list("person_id", flat=True))
    return list(living_people().filter(pk__in=found).order_by("pk"))


def may_nominate(election: Election, person: UUID) -> bool:
    """Whether the person would be an elector as things stand. One query for each role, whatever their number."""
    granted = RollRequest.objects.filter(election=election, person_id=person, state=RollRequest.State.GRANTED)
    return granted.exists() or any(holds(person, role) is not None for role in election.roll_roles)


def entry_of(election: Election, person: UUID | None) -> RollEntry | None:
    """The person's line of the roll."""
    return RollEntry.objects.filter(election=election, person_id=person).first() if person else None


class Counts(TypedDict):
    """What `nominations` adds to a row."""

    endorsers: int


def nominations(election: Election) -> QuerySet[WithAnnotations[Nomination, Counts]]:
    """Everybody put forward, with the number of ``endorsers``."""
    return (
        Nomination.objects.filter(election=election)
        .select_related("person", "nominated_by", "election")
        .annotate(endorsers=Count("endorsements"))
        .order_by("slug")
    )


def candidates(election: Election) -> list[Nomination]:
    """Who stands: accepted, and endorsed by as many as the notice asks for. In the order of the manifest."""
    rows = nominations(election).filter(state=Nomination.State.ACCEPTED)
    standing = [row for row in rows if row.endorsers >= election.endorsers_needed]
    return sorted(standing, key=lambda row: row.slug)


def standings(election: Election, at: datetime | None = None) -> list[Standing]:
    """The candidates as they are frozen, each with the groups that employ them."""
    rows = candidates(election)
    works_for = employers([row.person_id for row in rows], at)
    found = []
    for row in rows:
        groups = {str(min(related_group([organisation], at))) for organisation in works_for[row.person_id]}
        found.append(Standing(row.slug, row.person.name, tuple(sorted(groups))))
    return found


def turnout(election: Election) -> tuple[int, int]:
    """How many took part, and how many may. One query."""
    found = RollEntry.objects.filter(election=election).aggregate(
        voted=Count("pk", filter=Q(voted=True)), electors=Count("pk")
    )
    return found["voted"], found["electors"]


def box(election: Election) -> list[SealedBallot]:
    """The log of the box in its order, without what is sealed."""
    return list(SealedBallot.objects.filter(election=election).defer("sealed").order_by("place"))


def leaves(rows: Sequence[SealedBallot]) -> list[bytes]:
    """The leaf hashes of the log."""
    return [leaf_hash(bytes.fromhex(row.commitment + row.anchor)) for row in rows]


def named_ballots(election: Election) -> list[NamedBallot]:
    """The standing ballots of a named roll call."""
    rows = NamedBallot.objects.filter(election=election, superseded_at=None).select_related("person")
    return sorted(rows, key=lambda row: str(row.elector))


def waiting_for(person: UUID) -> QuerySet[RollEntry]:
    """Open elections in which the person has not taken part, soonest close first."""
    return (
        RollEntry.objects.filter(person_id=person, voted=False, election__state=Election.State.OPEN)
        .filter(election__closes_at__gt=clock.now())
        .select_related("election", "election__body")
        .defer("election__bundle")
        .order_by("election__closes_at")
    )


def unanswered(person: UUID) -> QuerySet[Nomination]:
    """Nominations of a person that they have neither accepted nor declined while they can."""
    return (
        Nomination.objects.filter(person_id=person, state=Nomination.State.PROPOSED)
        .filter(election__state=Election.State.ANNOUNCED, election__nominations_until__gt=clock.now())
        .select_related("election", "nominated_by")
    )


def due_to_open(at: datetime) -> QuerySet[Election]:
    """Announced elections whose day has come."""
    return Election.objects.filter(state=Election.State.ANNOUNCED, opens_at__lte=at, closes_at__gt=at)


def due_to_close(at: datetime) -> QuerySet[Election]:
    """Open elections whose time is over."""
    return Election.objects.filter(state=Election.State.OPEN, closes_at__lte=at)
