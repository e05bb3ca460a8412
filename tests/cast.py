"""The fixed cast of the directory's tests: two companies under one roof, their people, and an outsider."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from quorate.access.actors import Actor, person, system
from quorate.access.models import Account
from quorate.directory.actions import add_organisation, add_person, link_account
from quorate.directory.models import Organisation, Person
from quorate.directory.rules import Belonging, Contact, OrganisationFacts, Parent, PersonFacts
from quorate.terms.models import Body, Seat, Term
from quorate.toolkit.foundation import instant

DESK = system("desk")


@dataclass
class Cast:
    """Everybody the stories are about."""

    harbour: Organisation
    quay: Organisation
    imogen: Person
    mara: Person
    eve: Person

    def actor(self, who: Person) -> Actor:
        return person(who.id, who.name, account_id=who.account_id)


@pytest.fixture
def cast(db: None) -> Cast:
    """Harbour Works controls Quay Labs since 2024; Mara works at Quay; Imogen is staff; Eve is outside."""
    harbour = add_organisation(
        actor=DESK, facts=OrganisationFacts("Harbour Works, Inc.", "https://www.harbour.example/")
    )
    quay = add_organisation(
        actor=DESK,
        facts=OrganisationFacts(
            "Quay Labs", "https://quay.example/", controlled_by=(Parent(harbour.id, instant("2024-01-01")),)
        ),
    )
    people = {}
    for name, employer in (("Imogen Vale", None), ("Mara Lindgren", quay), ("Eve Outsider", None)):
        mail = f"{name.split()[0].lower()}@people.example"
        belongs = (Belonging(employer.id, "Engineer", instant("2023-01-01")),) if employer else ()
        facts = PersonFacts(name, contacts=(Contact("email", mail, True),), affiliations=belongs, public=True)
        found = add_person(actor=DESK, facts=facts)
        link_account(actor=DESK, person=found, account=Account.objects.create_user(mail))
        people[name.split()[0].lower()] = found
    staff = Body.objects.create(
        slug="staff",
        name="Staff",
        kind="staff",
        permissions=[
            "person.read",
            "person.contact",
            "person.edit",
            "person.merge",
            "person.erase",
            "organisation.edit",
            "organisation.merge",
            "body.edit",
            "term.appoint",
            "term.alternate",
        ],
    )
    seat = Seat.objects.create(body=staff, slug="executive-director", title="Executive Director")
    Term.objects.create(seat=seat, person=people["imogen"], start=instant("2024-01-01"))
    return Cast(harbour, quay, **people)
