"""A council of four seats, one of them vacant, and two leads; a secretary of the staff who may put motions to both, and an outsider."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from quorate.access.actors import Actor, person
from quorate.access.models import Account
from quorate.directory.models import Person
from quorate.terms.models import Body, Charter, Seat, Term

SINCE = datetime(2025, 1, 1, tzinfo=UTC)
MAJORITY = {"threshold": "1/2", "strict": True, "of": "seats"}


@dataclass
class Chambers:
    """Two bodies and everybody in them, by first name."""

    council: Body
    leads: Body
    people: dict[str, Person] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        who = self.people[name]
        return person(who.id, who.name, account_id=who.account_id)

    def client(self, name: str) -> Client:
        client = Client()
        account = self.people[name].account
        assert account is not None
        client.force_login(account)
        return client

    def charter(self, body: Body, **numbers: object) -> Charter:
        return Charter.objects.create(body=body, version="1", start=SINCE, numbers=numbers)


def add(made: Chambers, name: str) -> Person:
    account = Account.objects.create_user(f"{name}@people.example")
    made.people[name] = Person.objects.create(slug=name, name=name.title(), public=True, account=account)
    return made.people[name]


def seat(made: Chambers, body: Body, slug: str, *holders: str, **more: object) -> Seat:
    made.seats[slug] = Seat.objects.create(
        body=body, slug=slug, title=slug.title(), position=len(made.seats), start=SINCE, **more
    )
    for name, role in zip(holders, ("representative", "alternate"), strict=False):
        if name:
            Term.objects.create(seat=made.seats[slug], person=add(made, name), role=role, start=SINCE)
    return made.seats[slug]


@pytest.fixture
def chambers(db: None) -> Chambers:
    """Ada chairs the council, Bo has Gus for an alternate, Cy, and an empty seat; Dov leads with Eve."""
    council = Body.objects.create(slug="council", name="The council", kind="council")
    leads = Body.objects.create(slug="leads", name="The leads", kind="committee")
    made = Chambers(council, leads)
    seat(made, council, "one", "ada", chair=True)
    seat(made, council, "two", "bo", "gus")
    seat(made, council, "three", "cy")
    seat(made, council, "empty")
    seat(made, leads, "first", "dov", chair=True)
    seat(made, leads, "second", "eve")
    staff = Body.objects.create(slug="staff", name="The staff", kind="staff")
    seat(made, staff, "secretary", "sam", voting=False, permissions=["motion.open", "motion.attend", "motion.close"])
    add(made, "xan")
    return made


WEEK = timedelta(days=7)
