"""Pages of the portfolio: what they show, to whom, as of when, and at what cost."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.portfolio.landscape.test_checks import OLD
from tests.portfolio.real_files import LANDSCAPE, needs_landscape

from quorate.access.actors import VISITOR, person, system
from quorate.access.models import Account
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.ledger.models import Entry
from quorate.registers.portfolio import actions, queries
from quorate.registers.portfolio.models import LandscapeItem, Project
from quorate.registers.portfolio.rules import ProjectFacts
from quorate.registers.portfolio.search import find

pytestmark = pytest.mark.django_db
STAFF = system("test")
START = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture
def landscape() -> None:
    actions.import_landscape(actor=STAFF, data=OLD.encode())


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(Account.objects.create_user("desk@people.example", is_operator=True))
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()


def beta() -> LandscapeItem:
    return LandscapeItem.objects.get(name="Beta")


@pytest.mark.usefixtures("landscape")
def test_anybody_sees_the_landscape_as_cards_and_as_a_table(client: Client) -> None:
    cards = text(client, "/p/landscape/")
    assert 'href="/p/projects/alpha/"' in cards
    assert "Gamma Inc." in cards
    assert "Gamma Inc. (member)" not in cards
    table = text(client, "/p/landscape/?view=table")
    assert "<th" in table
    assert 'href="/p/organisations/gamma-inc/"' in table


@pytest.mark.usefixtures("landscape")
@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ("q=ALPHA", "Alpha", "Beta"),
        ("kind=member", "Gamma", "Alpha"),
        ("category=Tools", "Beta", "Gamma"),
        ("status=ecosystem", "Alpha", "Gamma"),
        ("q=nothing-like-it", "Nothing matches", "Alpha"),
        ("status=ecosystem&view=table", "Alpha", "Gamma"),
    ],
)
def test_search_and_filters_narrow_what_is_shown(client: Client, asked: str, shown: str, hidden: str) -> None:
    page = text(client, f"/p/landscape/?{asked}")
    assert shown in page.split("<main", 1)[1]
    assert f">{hidden}" not in page.split('id="landscape-rows"', 1)[1]


@pytest.mark.usefixtures("landscape")
def test_a_public_page_is_cached_and_an_edit_renews_it(client: Client) -> None:
    first = client.get("/p/landscape/")
    again = client.get("/p/landscape/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    actions.edit_landscape_item(actor=STAFF, item=beta(), changes={"description": "Quite new"})
    fresh = client.get("/p/landscape/", headers={"If-None-Match": first["ETag"]})
    assert fresh.status_code == 200
    assert "Quite new" in fresh.content.decode()


@pytest.mark.usefixtures("landscape")
def test_only_the_page_to_embed_may_stand_in_a_frame(client: Client) -> None:
    embedded, page = client.get("/p/landscape/embed/"), client.get("/p/landscape/")
    assert "X-Frame-Options" not in embedded
    assert "frame-ancestors *" in embedded["Content-Security-Policy"].replace("'", "")
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "Alpha" in embedded.content.decode()


@pytest.mark.usefixtures("landscape")
def test_what_is_shown_can_be_taken_away(client: Client) -> None:
    assert text(client, "/p/landscape/?format=yml") == OLD
    part = yaml.safe_load(text(client, "/p/landscape/?format=yml&kind=member"))
    assert [category["name"] for category in part["landscape"]] == ["Demo Members"]
    assert text(client, "/p/landscape/?format=csv&kind=member").splitlines()[1].startswith("Gamma Inc.,member,Gold")
    assert '"Beta"' in text(client, "/p/landscape/?format=json")


@pytest.mark.usefixtures("landscape")
def test_as_of_a_day(client: Client) -> None:
    alpha = Project.objects.get()
    actions.set_status(actor=STAFF, project=alpha, status="retired", at=START)
    assert "retired" in text(client, "/p/landscape/")
    before = text(client, "/p/landscape/?as_of=2026-01-01")
    assert "This is the landscape as of 2026-01-01" in before
    assert "retired" not in before.split('id="landscape-rows"', 1)[1].split("list-foot")[0]
    actions.correct_statuses(actor=STAFF, project=alpha, periods=[])
    assert ">Alpha<" not in text(client, "/p/landscape/?as_of=2026-01-01")
    assert text(client, "/p/landscape/?as_of=tomorrow", 422)


def test_an_empty_landscape_says_what_would_be_there(client: Client) -> None:
    assert "The landscape is empty" in text(client, "/p/landscape/")
    assert "The landscape is empty" in text(client, "/p/landscape/?view=table")


def test_what_an_item_says_is_not_markup_and_its_links_are_web_addresses(client: Client) -> None:
    bad = OLD.replace("name: Beta", "name: <b>Beta</b>").replace('"https://beta.example"', "javascript:alert(1)")
    actions.import_landscape(actor=STAFF, data=bad.encode())
    page = text(client, "/p/landscape/")
    assert "&lt;b&gt;Beta" in page
    assert "javascript:" not in page


@pytest.mark.usefixtures("landscape")
def test_a_project_has_a_public_page_once_it_had_a_standing(client: Client) -> None:
    alpha = Project.objects.get()
    noor = Person.objects.create(slug="noor", name="Noor Testwell", public=True, synthetic=True)
    quiet = Person.objects.create(slug="quiet", name="Quinn Quiet", synthetic=True)
    for somebody in (noor, quiet):
        actions.add_maintainer(actor=STAFF, project=alpha, person=somebody)
    page = text(client, "/p/projects/alpha/")
    for words in ("Alpha", "ecosystem project", "https://github.com/alpha/alpha", "Noor Testwell", "What happened"):
        assert words in page
    assert "Quinn Quiet" not in page
    assert "1 person who is not named in public" in page
    assert client.get(f"/projects/{alpha.pk}/")["Location"] == "/p/projects/alpha/"
    secret = actions.add_project(actor=STAFF, facts=ProjectFacts("Secret"))
    text(client, "/p/projects/secret/", 404)
    assert client.get(f"/projects/{secret.pk}/")["Location"] == "/projects/secret/"


@pytest.mark.usefixtures("landscape")
def test_a_project_page_for_those_who_work_on_it(operator: Client) -> None:
    page = text(operator, "/projects/alpha/")
    for words in ("Edit", "Maintainers", "Set the status", "Landscape entry", "Not read yet"):
        assert words in page
    alpha = Project.objects.get()
    assert operator.get(f"/projects/{alpha.pk}/")["Location"] == "/projects/alpha/"
    assert "Alpha" in text(operator, "/projects/?status=ecosystem")


@pytest.mark.usefixtures("landscape")
def test_forms_do_what_they_say_and_keep_what_was_typed(operator: Client) -> None:
    said = {"name": "Alpha", "summary": "A tool", "homepage": "https://alpha.example", "category": "Tools / General"}
    assert operator.post("/projects/alpha/edit/", said).status_code == 302
    assert Project.objects.get().summary == "A tool"
    wrong = operator.post("/projects/alpha/edit/", {**said, "homepage": "nowhere"})
    assert wrong.status_code == 422
    assert b"is not a web address" in wrong.content
    assert b'value="nowhere"' in wrong.content
    operator.post("/projects/alpha/repositories/", {"url": "https://github.com/alpha/docs"})
    assert Project.objects.get().repositories.count() == 2
    operator.post("/projects/alpha/maintainers/", {"handle": "octo"})
    row = Project.objects.get().maintainers.get()
    operator.post("/projects/alpha/maintainers/", {"end": str(row.pk)})
    assert not queries.maintainers_at(row.project_id).exists()
    evidence = {"criterion": "stars", "value": "1,234", "evidence_url": "https://alpha.example/stars"}
    assert operator.post("/projects/alpha/attest/", evidence).status_code == 302
    assert Project.objects.get().attestations.get().value == 1234
    operator.post("/projects/alpha/status/", {"status": "hosted", "decided_by": "minute 12"})
    assert LandscapeItem.objects.get(name="Alpha").fields["project"] == "foundation"
    assert operator.post("/projects/new/", {"name": "Delta"})["Location"] == "/projects/delta/"


@pytest.mark.usefixtures("landscape")
def test_an_item_is_edited_moved_and_removed(operator: Client) -> None:
    address = reverse("portfolio:item", args=[beta().pk])
    page = text(operator, address)
    version = queries.version_of(beta())
    assert version in page
    said = {
        "name": "Beta", "category": "Tools", "subcategory": "3D", "description": "two\r\nlines", "version": version,
        "homepage_url": "https://beta.example", "logo": "beta.svg",
    }  # fmt: skip
    assert operator.post(address, said).status_code == 302
    assert (beta().subcategory, beta().fields["description"]) == ("3D", "two\nlines")
    stale = operator.post(address, {**said, "description": "later"})
    assert stale.status_code == 409
    assert b"meanwhile" in stale.content
    assert operator.post(reverse("portfolio:remove-item", args=[beta().pk])).status_code == 302
    new = {"name": "Zeta", "category": "Tools", "subcategory": "General"}
    assert operator.post(reverse("portfolio:new-item"), new).status_code == 302
    assert operator.post(reverse("portfolio:new-item"), new).status_code == 409


@pytest.mark.usefixtures("landscape")
def test_an_import_is_looked_at_first(operator: Client) -> None:
    changed = OLD.replace("logo: beta.svg", "logo: new.svg")
    upload = SimpleUploadedFile("landscape.yml", changed.encode())
    page = operator.post("/landscape/import/", {"file": upload})
    assert b"logo" in page.content
    assert queries.landscape_bytes().decode() == OLD
    text_field = base64.b64encode(changed.encode()).decode()
    done = operator.post("/landscape/import/", {"text": text_field, "name": "landscape.yml", "confirm": "1"})
    assert done.status_code == 302
    assert queries.landscape_bytes().decode() == changed
    broken = SimpleUploadedFile("x.yml", b"landscape: [")
    assert b"x.yml:1" in operator.post("/landscape/import/", {"file": broken}).content
    assert operator.post("/landscape/import/", {}).status_code == 422


@pytest.mark.usefixtures("landscape")
def test_strangers_may_read_and_nothing_else(client: Client) -> None:
    item = beta()
    pages = [
        "/landscape/", "/landscape/import/", f"/landscape/items/{item.pk}/", "/landscape/items/new/", "/projects/new/",
        "/projects/alpha/edit/", "/projects/alpha/status/", "/projects/alpha/repositories/",
        "/projects/alpha/maintainers/", "/projects/alpha/attest/",
    ]  # fmt: skip
    entries = Entry.objects.count()
    for address in [*pages, "/projects/", "/projects/alpha/"]:
        assert client.get(address).status_code == 302
    client.force_login(Account.objects.create_user("eve@people.example"))
    for address in pages:
        assert client.get(address).status_code == 403, address
        assert client.post(address, {"name": "X"}).status_code in (403, 405), address
    assert client.post("/projects/alpha/scan/").status_code == 403
    assert client.post(f"/landscape/items/{item.pk}/remove/").status_code == 403
    assert client.get("/projects/alpha/").status_code == 200
    assert Entry.objects.count() == entries


def rows(count: int) -> None:
    for n in range(count):
        row = actions.add_project(actor=STAFF, facts=ProjectFacts(f"Project {n}"))
        actions.register_repository(actor=STAFF, project=row, url=f"https://github.com/many/r{n}")
        actions.set_status(actor=STAFF, project=row, status="ecosystem", at=START, category="Tools / General")


@pytest.mark.parametrize(
    "address",
    ["/p/landscape/", "/p/landscape/?view=table", "/p/landscape/?as_of=2026-02-01", "/p/landscape/embed/",
     "/projects/", "/landscape/", "/p/"],
)  # fmt: skip
def test_a_list_costs_the_same_however_long_it_is(operator: Client, address: str) -> None:
    def cost() -> int:
        operator.get(address)
        with (
            clock.travel(by=timedelta(seconds=1)),
            CaptureQueriesContext(
                connection,
            ) as queries_made,
        ):
            assert operator.get(address).status_code == 200
        return len(queries_made)

    rows(1)
    one = cost()
    Project.objects.all().delete()
    LandscapeItem.objects.all().delete()
    rows(3)
    assert cost() == one


@pytest.mark.usefixtures("landscape")
def test_projects_are_found() -> None:
    actions.add_project(actor=STAFF, facts=ProjectFacts("Alphabet Secret"))
    member = person(Person().id)
    assert [hit.url for hit in find(member, "alph", 5)] == ["/projects/alpha/", "/projects/alphabet-secret/"]
    assert [hit.url for hit in find(VISITOR, "alph", 5)] == ["/p/projects/alpha/"]


@needs_landscape
def test_the_public_landscape_is_shown_in_pages(client: Client) -> None:
    actions.import_landscape(actor=STAFF, data=LANDSCAPE.read_bytes())
    first = text(client, "/p/landscape/")
    assert first.count('class="tile-words"') == 100
    assert "1 to 100 of 188" in first
    assert text(client, "/p/landscape/?format=yml").encode() == LANDSCAPE.read_bytes()
    front = text(client, "/p/")
    for words in ("45", "member organisations", "hosted projects", "69"):
        assert words in front
    assert text(client, "/p/landscape/?category=Training&q=deepspeed").count("/p/projects/deepspeed/") == 0
    assert "/p/projects/deepspeed/" in text(client, "/p/landscape/?category=Optimizations&q=deepspeed")
