"""Pages of people and organisations: what they show, to whom, as of when, and at what cost."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import DESK, Cast

from quorate.access.models import Account
from quorate.directory.actions import add_organisation, add_person
from quorate.directory.models import Affiliation, Consent, Control, Merge, Organisation, OrganisationAlias, Person
from quorate.directory.rules import Belonging, OrganisationFacts, PersonFacts
from quorate.toolkit.foundation import instant


def everything() -> list[object]:
    models = (Person, Organisation, OrganisationAlias, Merge, Consent, Affiliation, Control)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


GET_PAGES = [
    ("directory:people", ()),
    ("directory:new-person", ()),
    ("directory:people-duplicates", ()),
    ("directory:person", ("mara-lindgren",)),
    ("directory:edit-person", ("mara-lindgren",)),
    ("directory:forget", ("mara-lindgren",)),
    ("directory:new-organisation", ()),
    ("directory:organisations-duplicates", ()),
    ("directory:edit-organisation", ("quay-labs",)),
]
POSTS = [
    ("directory:new-person", (), {"name": "X"}),
    ("directory:edit-person", ("mara-lindgren",), {"name": "X"}),
    ("directory:belongs", ("mara-lindgren",), {}),
    ("directory:leaves", ("mara-lindgren",), {}),
    ("directory:consent", ("mara-lindgren",), {"purpose": "directory", "give": "1"}),
    ("directory:forget", ("mara-lindgren",), {"name": "Mara Lindgren"}),
    ("directory:merge-people", (), {"kept": "mara-lindgren", "absorbed": "eve-outsider"}),
    ("directory:new-organisation", (), {"name": "X"}),
    ("directory:edit-organisation", ("quay-labs",), {"name": "X"}),
    ("directory:alias", ("quay-labs",), {"alias-name": "X"}),
    ("directory:control", ("quay-labs",), {}),
    ("directory:end-control", ("quay-labs",), {}),
    ("directory:merge-organisations", (), {"kept": "quay-labs", "absorbed": "harbour-works-inc"}),
]


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(Account.objects.get(email="imogen@people.example"))
    return client


@pytest.fixture
def outsider(cast: Cast) -> Client:
    found = Client()
    found.force_login(Account.objects.get(email="eve@people.example"))
    return found


@pytest.mark.parametrize(("name", "args"), GET_PAGES)
def test_staff_see_every_page_and_the_outsider_none(
    staff: Client, outsider: Client, name: str, args: tuple[str, ...]
) -> None:
    Person.objects.filter(slug="mara-lindgren").update(public=False)
    address = reverse(name, args=args)
    assert staff.get(address).status_code == 200
    assert outsider.get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize(("name", "args", "said"), POSTS)
def test_the_outsider_changes_nothing(outsider: Client, name: str, args: tuple[str, ...], said: dict[str, str]) -> None:
    before = (
        list(Person.objects.values()),
        list(Organisation.objects.values()),
        list(OrganisationAlias.objects.values()),
    )
    assert outsider.post(reverse(name, args=args), said).status_code == 403
    after = (
        list(Person.objects.values()),
        list(Organisation.objects.values()),
        list(OrganisationAlias.objects.values()),
    )
    assert before == after


def test_a_person_is_added_changed_and_moves_on(staff: Client, cast: Cast) -> None:
    answer = staff.post(reverse("directory:new-person"), {"name": "Otto Rask", "email": "otto@people.example"})
    assert answer.status_code == 302
    person = Person.objects.get(slug="otto-rask")
    staff.post(
        reverse("directory:belongs", args=["otto-rask"]),
        {"organisation": str(cast.quay.id), "title": "Fellow", "start": "2024-05-01"},
    )
    spell = person.affiliations.get()
    assert (spell.organisation, spell.start) == (cast.quay, instant("2024-05-01"))
    staff.post(reverse("directory:leaves", args=["otto-rask"]), {"affiliation": str(spell.id), "until": "2025-05-01"})
    page = staff.get(reverse("directory:person", args=["otto-rask"]))
    assert b"1 May 2025" in page.content


def test_what_cannot_stand_is_said_beside_the_field(staff: Client, cast: Cast) -> None:
    answer = staff.post(reverse("directory:new-person"), {"name": "Otto Rask", "email": "mara@people.example"})
    assert answer.status_code == 422
    assert b"already that of somebody else" in answer.content
    assert b"Otto Rask" in answer.content
    answer = staff.post(reverse("directory:control", args=["harbour-works-inc"]), {"control-parent": str(cast.quay.id)})
    assert answer.status_code == 422
    assert b"control itself" in answer.content


def test_everybody_edits_their_own_record_and_is_found_by_settings(outsider: Client) -> None:
    answer = outsider.get(reverse("directory:profile"))
    assert answer.headers["Location"] == reverse("directory:edit-person", args=["eve-outsider"])
    outsider.post(
        reverse("directory:edit-person", args=["eve-outsider"]),
        {"name": "Eve Outsider", "email": "eve@people.example", "pronouns": "she", "public": "on"},
    )
    outsider.post(reverse("directory:consent", args=["eve-outsider"]), {"purpose": "directory", "give": "1"})
    page = outsider.get(reverse("directory:person", args=["eve-outsider"])).content.decode()
    assert "she" in page
    assert "Given" in page


def test_as_of_shows_what_was_true_then(staff: Client, cast: Cast) -> None:
    address = reverse("directory:organisation", args=["quay-labs"])
    assert b"Mara Lindgren" in staff.get(address, {"as_of": "2023-06-01"}).content
    assert b"Nobody is recorded" in staff.get(address, {"as_of": "2022-06-01"}).content
    assert staff.get(address, {"as_of": "someday"}).status_code == 422


def test_people_who_do_not_show_themselves_are_not_confirmed_to_exist(cast: Cast) -> None:
    visitor = Client()
    shown = reverse("directory:public-person", args=["mara-lindgren"])
    assert visitor.get(shown).status_code == 200
    Person.objects.filter(slug="mara-lindgren").update(public=False)
    assert visitor.get(shown).status_code == 404
    page = visitor.get(reverse("directory:public-organisation", args=["quay-labs"])).content
    assert b"Mara" not in page
    assert b"Mara" not in visitor.get(reverse("directory:public-people")).content


def test_contact_details_are_for_those_who_may_see_them(cast: Cast, staff: Client) -> None:
    address = reverse("directory:person", args=["mara-lindgren"])
    assert b"mara@people.example" in staff.get(address).content
    public = Client().get(reverse("directory:public-person", args=["mara-lindgren"])).content
    assert b"mara@people.example" not in public


def test_ids_and_merged_addresses_lead_to_the_record_that_stands(staff: Client, cast: Cast) -> None:
    twin = add_person(actor=DESK, facts=PersonFacts("Mara Lindgren"))
    assert b"mara-lindgren-2" in staff.get(reverse("directory:people-duplicates")).content
    pair = {"kept": "mara-lindgren", "absorbed": twin.slug}
    assert b"Nothing refers" in staff.get(reverse("directory:merge-people"), pair).content
    staff.post(reverse("directory:merge-people"), pair)
    for key in (twin.slug, str(twin.id), str(cast.mara.id)):
        answer = staff.get(reverse("directory:person", args=[key]))
        assert answer.headers["Location"] == reverse("directory:person", args=["mara-lindgren"])
    staff.post(reverse("directory:undo-merge", args=[Merge.objects.get().id]))
    assert staff.get(reverse("directory:person", args=[twin.slug])).status_code == 200


def test_names_and_control_of_an_organisation(staff: Client, cast: Cast) -> None:
    address = reverse("directory:alias", args=["quay-labs"])
    staff.post(address, {"alias-name": "Quay Research", "alias-until": "2024-01-01"})
    assert b"Quay Research" in staff.get(reverse("directory:organisation", args=["quay-labs"])).content
    staff.post(address, {"remove": "Quay Research"})
    assert not OrganisationAlias.objects.exists()
    link = cast.quay.controlled_by.get()
    staff.post(reverse("directory:end-control", args=["quay-labs"]), {"control": str(link.id), "until": "2025-01-01"})
    link = cast.quay.controlled_by.get()
    assert link.until == instant("2025-01-01")


def test_forgetting_needs_the_name(staff: Client, cast: Cast) -> None:
    address = reverse("directory:forget", args=["mara-lindgren"])
    assert staff.post(address, {"name": "mara"}).status_code == 422
    assert staff.post(address, {"name": "Mara Lindgren"}).status_code == 302
    assert not Person.objects.filter(slug="mara-lindgren").exists()


LISTS = ["directory:people", "directory:organisations", "directory:public-people", "directory:public-organisations"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_one_row_and_for_many(staff: Client, cast: Cast, name: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert staff.get(reverse(name)).status_code == 200
        return len(found)

    staff.get(reverse(name))
    first = cost()
    for n in range(3):
        row = add_organisation(actor=DESK, facts=OrganisationFacts(f"More {n}"))
        add_person(actor=DESK, facts=PersonFacts(f"More {n}", public=True, affiliations=(Belonging(row.id),)))
    assert cost() == first


@pytest.mark.parametrize(
    ("name", "slug"), [("directory:person", "mara-lindgren"), ("directory:organisation", "quay-labs")]
)
def test_records_cost_the_same_for_one_row_and_for_many(staff: Client, cast: Cast, name: str, slug: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert staff.get(reverse(name, args=[slug])).status_code == 200
        return len(found)

    staff.get(reverse(name, args=[slug]))
    first = cost()
    for n in range(3):
        org = add_organisation(actor=DESK, facts=OrganisationFacts(f"More {n}"))
        cast.mara.affiliations.create(organisation=org, title="Adviser")
        cast.quay.aliases.create(name=f"Q{n}")
        cast.quay.controls.create(child=org)
        cast.quay.affiliations.create(person=add_person(actor=DESK, facts=PersonFacts(f"P{n}")))
    assert cost() == first


def test_lists_are_exported(staff: Client, cast: Cast) -> None:
    rows = json.loads(staff.get(reverse("directory:people"), {"format": "json"}).getvalue())
    listed = rows if isinstance(rows, list) else next(value for value in rows.values() if isinstance(value, list))
    assert {row["slug"] for row in listed} == {"imogen-vale", "mara-lindgren", "eve-outsider"}
    text = staff.get(reverse("directory:organisations"), {"format": "csv"}).getvalue().decode()
    assert "Quay Labs" in text
