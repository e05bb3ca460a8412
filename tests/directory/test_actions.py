"""Writing to the directory: what is recorded, what is refused, and what the ledger says of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction
from tests.cast import DESK, Cast

from quorate.directory.actions import (
    add_organisation,
    add_person,
    change_organisation,
    change_person,
    erase_person,
    give_consent,
    remove_organisation,
    withdraw_consent,
)
from quorate.directory.models import Affiliation, ContactPoint, Organisation, Person
from quorate.directory.queries import facts_of_organisation, facts_of_person, shared_employer
from quorate.directory.rules import Belonging, Contact, Name, OrganisationFacts, Parent, PersonFacts, plain_name
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger import audit, sealer, worker
from quorate.ledger.keys import public_keys
from quorate.ledger.models import Entry, Message, PrivateValue
from quorate.toolkit import mail
from quorate.toolkit.foundation import instant


def test_a_subsidiary_and_its_parent_are_one_employer(cast: Cast) -> None:
    assert shared_employer([cast.mara.id], {cast.harbour.id}, instant("2025-01-01")) == {cast.mara.id}
    assert shared_employer([cast.mara.id], {cast.harbour.id}, instant("2023-06-01")) == set()


def test_a_change_is_written_once_and_says_what_differed(cast: Cast) -> None:
    facts = facts_of_organisation(cast.harbour)
    wanted = replace(facts, aliases=(Name("Harbour", None, instant("2020-01-01")),))
    change_organisation(actor=DESK, organisation=cast.harbour, facts=wanted)
    change_organisation(actor=DESK, organisation=cast.harbour, facts=wanted)
    entry = Entry.objects.get(kind="organisation.changed")
    assert entry.data["fields"] == ["aliases"]
    assert facts_of_organisation(cast.harbour) == wanted


def test_rows_that_already_say_it_keep_their_ids(cast: Cast) -> None:
    before = Affiliation.objects.get(person=cast.mara).pk
    facts = facts_of_person(cast.mara)
    more = (*facts.affiliations, Belonging(cast.harbour.id, "Adviser", instant("2025-01-01")))
    change_person(actor=DESK, person=cast.mara, facts=replace(facts, affiliations=more))
    assert Affiliation.objects.filter(pk=before).exists()
    assert Affiliation.objects.filter(person=cast.mara).count() == 2


def test_control_never_circles(cast: Cast) -> None:
    facts = replace(facts_of_organisation(cast.harbour), controlled_by=(Parent(cast.quay.id),))
    with pytest.raises(Conflict, match="control itself"):
        change_organisation(actor=DESK, organisation=cast.harbour, facts=facts)
    assert facts_of_organisation(cast.harbour).controlled_by == ()


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        (PersonFacts("  "), "name"),
        (PersonFacts("A", contacts=(Contact("email", "nowhere"),)), "email"),
        (PersonFacts("A", contacts=(Contact("pigeon", "x"),)), "contacts"),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(db: None, facts: PersonFacts, where: str) -> None:
    with pytest.raises(UserError) as caught:
        add_person(actor=DESK, facts=facts)
    assert caught.value.where == where
    assert not Person.objects.exists()


def test_one_address_reaches_one_person(cast: Cast) -> None:
    twice = PersonFacts("Somebody Else", contacts=(Contact("email", "MARA@people.example"),))
    with pytest.raises(Conflict, match="already that of somebody else"):
        add_person(actor=DESK, facts=twice)
    assert not Person.objects.filter(name="Somebody Else").exists()


def test_the_outsider_may_write_nothing_but_about_herself(cast: Cast) -> None:
    eve = cast.actor(cast.eve)
    with pytest.raises(Refused):
        add_organisation(actor=eve, facts=OrganisationFacts("Mine"))
    with pytest.raises(Refused):
        change_person(actor=eve, person=cast.mara, facts=facts_of_person(cast.mara))
    with pytest.raises(Refused):
        give_consent(actor=eve, person=cast.mara, purpose="directory", text_version="1")
    own = replace(facts_of_person(cast.eve), pronouns="she")
    assert change_person(actor=eve, person=cast.eve, facts=own).pronouns == "she"


def test_consent_stands_once_and_ends(cast: Cast) -> None:
    mara = cast.actor(cast.mara)
    first = give_consent(actor=mara, person=cast.mara, purpose="directory", text_version="1")
    assert give_consent(actor=mara, person=cast.mara, purpose="directory", text_version="1") == first
    second = give_consent(actor=mara, person=cast.mara, purpose="directory", text_version="2")
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    assert second.withdrawn_at is None
    assert withdraw_consent(actor=mara, person=cast.mara, purpose="directory")
    assert not withdraw_consent(actor=mara, person=cast.mara, purpose="directory")


def test_names_of_people_stay_out_of_entries(cast: Cast) -> None:
    entries = Entry.objects.filter(kind="person.added")
    assert "Mara" not in "".join(f"{e.data}{e.refs}{e.actor}" for e in entries)
    assert PrivateValue.objects.filter(entry__kind="person.added", field="slug", value="mara-lindgren").exists()


def test_forgetting_empties_the_record_and_keeps_the_id(cast: Cast) -> None:
    erase_person(actor=cast.actor(cast.mara), person=cast.mara)
    cast.mara.refresh_from_db()
    assert cast.mara.name == ""
    assert cast.mara.account is None
    assert not ContactPoint.objects.filter(person=cast.mara).exists()
    assert Entry.objects.get(kind="person.erased").data["values"] > 0
    assert not PrivateValue.objects.filter(entry__index__ref=str(cast.mara.id)).exists()
    assert PrivateValue.objects.filter(entry__index__ref=str(cast.eve.id)).exists()


def test_forgetting_removes_what_was_typed_and_the_letters_and_every_proof_holds(cast: Cast) -> None:
    address = ContactPoint.objects.get(person=cast.mara).value
    with transaction.atomic():
        letter = mail.send(address, "Dear Mara", "Hello Mara.")
        other = mail.send("somebody@people.example", "Hello", "Hello.")
    assert PrivateValue.objects.filter(entry__index__ref=str(cast.mara.id)).exists()
    erase_person(actor=DESK, person=cast.mara)
    assert not PrivateValue.objects.filter(entry__index__ref=str(cast.mara.id), field__in=["slug", "name"]).exists()
    assert Entry.objects.get(kind="person.erased").data["values"] > 0
    assert Message.objects.get(pk=letter).payload == {}
    assert worker.drain() == 1
    assert Message.objects.get(pk=other).state == "done"
    sealer.seal()
    assert audit.verify(public_keys()).ok


def test_what_is_referred_to_cannot_be_removed(cast: Cast) -> None:
    with pytest.raises(Conflict, match="still referred to by 1"):
        remove_organisation(actor=DESK, organisation=cast.quay)
    lone = add_organisation(actor=DESK, facts=OrganisationFacts("Lone"))
    remove_organisation(actor=DESK, organisation=lone)
    assert not Organisation.objects.filter(slug="lone").exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour Works, Inc.", "harbour works"),
        ("Königsberg GmbH", "Konigsberg"),
        ("Nota Inc. (member)", "NOTA"),
        ("Inc", "INC."),
    ],
)
def test_names_are_compared_without_their_legal_form(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)
