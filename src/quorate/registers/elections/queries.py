"""Reads of elections: who sees them, who stands, who may vote, and what the box holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django_stubs_ext import WithAnnotations

from quorate.access.actors import Actor
from quorate.directory.models import Organisation, Person
from quorate.directory.queries import employers, living_people, related_group, related_groups
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


def standings(election: Election) -> list[Standing]:
    """The candidates as they are frozen."""
    return [Standing(row.slug, row.person.name) for row in candidates(election)]


def registrars(election: Election) -> list[dict[str, Any]]:
    """The public keys of those who must sign a token, as the manifest froze them: ours, then perhaps one apart."""
    return [] if election.manifest is None else list(election.manifest.get("registrars", []))


def cosigned(election: Election) -> list[str]:
    """The electors whose token the second registrar signed."""
    rows = RollEntry.objects.filter(election=election).exclude(second_signed="")
    return sorted(str(elector) for elector in rows.values_list("elector", flat=True))


def waiting_for_second(election: Election) -> list[tuple[UUID, bytes]]:
    """The electors whose token waits for the second registrar, with the blinded token."""
    rows = RollEntry.objects.filter(election=election, second_signed="").exclude(second_blinded="")
    return [(row.elector, bytes.fromhex(row.second_blinded)) for row in rows]


def checked(election: Election) -> tuple[int, int]:
    """How many entries of the log somebody looked up by commitment, and how many there are. One query."""
    found = SealedBallot.objects.filter(election=election).aggregate(
        checked=Count("pk", filter=Q(checked=True)), entries=Count("pk")
    )
    return found["checked"], found["entries"]


def withdrawn(election: Election) -> list[str]:
    """The ids of the candidates who withdrew after voting opened."""
    return [item["candidate"] for item in election.withdrawals]


def constraints(election: Election, at: datetime | None = None) -> dict[str, Any] | None:
    """The caps and reserved seats of the notice, with the candidates whom each means as things stand.

    A group of employers is whoever is under common control at the instant; it is listed only where more of it stand
    than may be seated.
    """
    rows = candidates(election)
    works_for = employers([row.person_id for row in rows], at)
    rules: list[dict[str, Any]] = []
    if election.cap is not None:
        groups, _links = related_groups(sorted({one for found in works_for.values() for one in found}), at)
        names = dict(Organisation.objects.filter(pk__in=set().union(*groups)).values_list("pk", "name"))
        for group in groups:
            members = [row for row in rows if works_for[row.person_id] & group]
            if len(members) > election.cap:
                employing = sorted({names[one] for row in members for one in works_for[row.person_id] & group})
                rules.append(_constraint(" / ".join(employing), members, 0, election.cap))
    for item in election.constraints:
        who: set[UUID] = set()
        for selector in item["members"]:
            kind, _colon, rest = selector.partition(":")
            if kind == "candidate":
                who |= {row.person_id for row in rows if row.slug == rest}
            elif kind == "employer":
                group = related_group(Organisation.objects.filter(slug=rest).values_list("pk", flat=True), at)
                who |= {person for person, employing in works_for.items() if employing & group}
            else:
                who |= {person.pk for person in holders(selector, at)}
        members = [row for row in rows if row.person_id in who]
        rules.append(_constraint(item["name"], members, item["least"], item["most"]))
    return {"mode": election.resolve, "rules": rules} if rules else None


def _constraint(name: str, members: Sequence[Nomination], least: int, most: int | None) -> dict[str, Any]:
    return {"name": name, "candidates": sorted(row.slug for row in members), "least": least, "most": most}


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
