"""Two records that are one: nothing is lost in merging, and taking it back restores every row."""

from __future__ import annotations

import pytest
from django.db import models
from tests.cast import DESK, Cast

from quorate.directory.actions import (
    add_organisation,
    add_person,
    give_consent,
    merge_organisations,
    merge_people,
    separate,
)
from quorate.directory.actions.merging import references_to
from quorate.directory.models import Organisation, Person
from quorate.directory.rules import Belonging, Contact, OrganisationFacts, PersonFacts
from quorate.kernel.errors import Conflict, Refused
from quorate.ledger.models import Entry
from quorate.terms.models import Body, Seat, Term
from quorate.toolkit.foundation import instant


def snapshot() -> dict[str, list[dict[str, object]]]:
    """Every row that says something of people or organisations, in every package."""
    tables: dict[str, type[models.Model]] = {"P": Person, "O": Organisation}
    for model in (Person, Organisation):
        tables |= {field.model._meta.label: field.model for field in references_to(model)}
    return {name: list(model._base_manager.order_by("pk").values()) for name, model in tables.items()}


@pytest.fixture
def double(cast: Cast) -> Person:
    """A second record of Mara, with a seat, an address, an employer and a consent of its own."""
    found = add_person(
        actor=DESK,
        facts=PersonFacts(
            "Mara J. Lindgren",
            pronouns="she",
            contacts=(Contact("email", "mara.j@people.example", True), Contact("web", "https://mara.example")),
            external_ids=(("github", "maraj"),),
            affiliations=(Belonging(cast.harbour.id, "Adviser", instant("2022-01-01")),),
        ),
    )
    body = Body.objects.create(slug="council", name="Council", kind="council")
    seat = Seat.objects.create(body=body, slug="quay", title="Quay", organisation=cast.quay)
    Term.objects.create(seat=seat, person=found, start=instant("2024-01-01"))
    return found


def test_a_merge_moves_every_row_and_undo_restores_every_row(cast: Cast, double: Person) -> None:
    before = snapshot()
    merge = merge_people(actor=DESK, kept=cast.mara, absorbed=double)
    double.refresh_from_db()
    cast.mara.refresh_from_db()
    assert double.merged_into == cast.mara
    assert cast.mara.pronouns == "she"
    assert Term.objects.get(seat__slug="quay").person == cast.mara
    assert cast.mara.contacts.count() == 3
    assert cast.mara.contacts.filter(kind="email", primary=True).count() == 1
    separate(actor=DESK, merge=merge)
    assert snapshot() == before
    kinds = list(Entry.objects.order_by("seq").values_list("kind", flat=True))[-2:]
    assert kinds == ["person.merged", "person.separated"]


def test_what_stands_at_both_stays_and_is_counted(cast: Cast, double: Person) -> None:
    for who in (cast.mara, double):
        give_consent(actor=DESK, person=who, purpose="directory", text_version="1")
    before = snapshot()
    merge = merge_people(actor=DESK, kept=cast.mara, absorbed=double)
    assert Entry.objects.get(kind="person.merged").data["left"] == 1
    separate(actor=DESK, merge=merge)
    assert snapshot() == before


def test_organisations_merge_with_their_people_and_their_name(cast: Cast) -> None:
    other = add_organisation(actor=DESK, facts=OrganisationFacts("Harbour Works GmbH", country="DE"))
    cast.mara.affiliations.create(organisation=other, title="Fellow")
    before = snapshot()
    merge = merge_organisations(actor=DESK, kept=cast.harbour, absorbed=other)
    assert set(cast.harbour.aliases.values_list("name", flat=True)) == {"Harbour Works GmbH"}
    assert cast.harbour.affiliations.count() == 1
    separate(actor=DESK, merge=merge)
    assert snapshot() == before


def test_a_row_changed_since_is_left_and_counted(cast: Cast, double: Person) -> None:
    merge = merge_people(actor=DESK, kept=cast.mara, absorbed=double)
    Term.objects.filter(seat__slug="quay").update(person=cast.imogen)
    separate(actor=DESK, merge=merge)
    assert Term.objects.get(seat__slug="quay").person == cast.imogen
    assert Entry.objects.get(kind="person.separated").data["left"] == 1


def test_later_merges_are_taken_back_first(cast: Cast, double: Person) -> None:
    first = merge_people(actor=DESK, kept=double, absorbed=cast.eve)
    double.refresh_from_db()
    second = merge_people(actor=DESK, kept=cast.mara, absorbed=double)
    with pytest.raises(Conflict, match="has been merged into another since"):
        separate(actor=DESK, merge=first)
    separate(actor=DESK, merge=second)
    separate(actor=DESK, merge=first)
    with pytest.raises(Conflict, match="taken back before"):
        separate(actor=DESK, merge=first)


def test_a_record_merges_once_and_not_into_itself(cast: Cast, double: Person) -> None:
    merge_people(actor=DESK, kept=cast.mara, absorbed=double)
    double.refresh_from_db()
    with pytest.raises(Conflict, match="merged away before"):
        merge_people(actor=DESK, kept=cast.eve, absorbed=double)
    with pytest.raises(Exception, match="into itself"):
        merge_people(actor=DESK, kept=cast.mara, absorbed=cast.mara)


def test_only_those_who_may_merge_do(cast: Cast, double: Person) -> None:
    for who in (cast.eve, cast.mara):
        with pytest.raises(Refused):
            merge_people(actor=cast.actor(who), kept=cast.mara, absorbed=double)
    merge_people(actor=cast.actor(cast.imogen), kept=cast.mara, absorbed=double)
    assert Entry.objects.get(kind="person.merged").authority == ["seat:staff/executive-director"]
