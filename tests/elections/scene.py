"""A council that elects: its members, its officer, an outsider, and what each of them does."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from quorate.access.actors import Actor, person, system
from quorate.access.models import Account
from quorate.decisions.balloting import ballots, blind
from quorate.decisions.balloting.bundle import Token
from quorate.decisions.balloting.receipts import Receipt
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.registers.elections import actions
from quorate.registers.elections.actions.casting import Paper
from quorate.registers.elections.models import Election
from quorate.registers.elections.rules import ElectionFacts
from quorate.terms.models import Body, Seat, Term

DAY = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
CLOCK = system("elections")


@dataclass
class Voter:
    """What a voter's device keeps: nothing of it is ever in our tables."""

    r: int = field(default_factory=ballots.blinding)
    code: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def paper(self, ballot: Any, **more: Any) -> Paper:
        return Paper(ballot, self.r, ballots.anchor(self.code), **more)


@dataclass
class Scene:
    """Everybody."""

    body: Body
    people: list[Person]
    officer: Actor
    outsider: Actor
    election: Election

    def actor(self, place: int) -> Actor:
        who = self.people[place]
        return person(who.id, who.name, account_id=who.account_id)

    def again(self) -> Election:
        self.election = Election.objects.get(pk=self.election.pk)
        return self.election

    def nominate(self, count: int = 3) -> None:
        for place in range(count):
            actions.nominate(
                actor=self.actor(place),
                election=self.election,
                person=self.people[place],
                statement=f"I am **{place}**.",
            )

    def open(self) -> Election:
        clock.set_now(DAY + timedelta(days=14, minutes=1))
        self.election = actions.open_election(actor=CLOCK, election=self.again())
        return self.election

    def close(self) -> Election:
        clock.set_now(DAY + timedelta(days=28))
        self.election = actions.close_election(actor=CLOCK, election=self.again())
        return self.election

    def publish(self, value: str = "4321.09") -> Election:
        self.election = actions.count_and_publish(actor=self.officer, election=self.again(), public_value=value)
        return self.election

    def cast(self, place: int, ballot: Any, voter: Voter | None = None, **more: Any) -> Receipt:
        paper = (voter or Voter()).paper(ballot, **more)
        return actions.cast_ballot(actor=self.actor(place), election=self.election, paper=paper)

    def token(self, place: int, meanwhile: Callable[[], object] | None = None) -> Token:
        """A token signed for a voter, as their device makes it."""
        assert self.election.manifest is not None
        numbers = self.election.manifest["registrars"]
        keys = [RSAPublicNumbers(item["e"], int(item["n"], 16)) for item in numbers]
        token = secrets.token_bytes(32)
        prepared = blind.prepare(token)
        hidden = [blind.blind(key, prepared) for key in keys]

        def ask() -> list[bytes | None]:
            blinded = [item.message for item in hidden]
            return actions.issue_token(actor=self.actor(place), election=self.election, blinded=blinded)

        if None in (signed := ask()):
            assert meanwhile is not None, "the second registrar must sign meanwhile"
            meanwhile()
            signed = ask()
        held = [
            blind.finalize(key, prepared, item or b"", own.inverse)
            for key, item, own in zip(keys, signed, hidden, strict=True)
        ]
        return Token(token, prepared[:32], tuple(held))

    def ids(self) -> list[str]:
        assert self.election.manifest is not None
        return [item["id"] for item in self.election.manifest["candidates"]]


def facts(**changes: Any) -> ElectionFacts:
    """A notice of two seats."""
    given: dict[str, Any] = {
        "slug": "council-2026",
        "title": "Council 2026",
        "seats": 2,
        "nominations_until": DAY + timedelta(days=7),
        "opens_at": DAY + timedelta(days=14),
        "closes_at": DAY + timedelta(days=28),
        "lot_source": "the close of an index on 31 March",
        "roll_roles": ("body:council",),
    }
    return ElectionFacts(**{**given, **changes})


def make(count: int = 8, **changes: Any) -> Scene:
    """A council of so many members, its officer on the staff, and an announced election."""
    clock.set_now(DAY)
    body = Body.objects.create(slug="council", name="Council", kind="council")
    staff = Body.objects.create(
        slug="staff", name="Staff", kind="staff", permissions=["election.manage", "term.appoint"]
    )
    made = []
    for place in range(count + 2):
        name = f"Elin Example {place}"
        account = Account.objects.create_user(f"elin{place}@people.example")
        made.append(
            Person.objects.create(slug=f"elin-{place}", name=name, account=account, public=True, synthetic=True)
        )
    members, clerk, stranger = made[:count], made[-2], made[-1]
    seats = Seat.objects.bulk_create(
        Seat(body=body, slug=f"seat-{place}", title=f"Seat {place}", position=place) for place in range(count)
    )
    start = DAY - timedelta(days=400)
    Term.objects.bulk_create(Term(seat=seat, person=who, start=start) for seat, who in zip(seats, members, strict=True))
    desk = Seat.objects.create(body=staff, slug="clerk", title="Clerk")
    Term.objects.create(seat=desk, person=clerk, start=start)
    officer = person(clerk.id, clerk.name, account_id=clerk.account_id)
    outsider = person(stranger.id, stranger.name, account_id=stranger.account_id)
    election = actions.announce(actor=officer, body=body, facts=facts(**changes))
    return Scene(body, members, officer, outsider, election)
