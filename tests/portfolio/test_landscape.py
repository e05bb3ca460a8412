"""The landscape on record: imported, edited, exported, and led by what projects are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from tests.portfolio.landscape.test_checks import NEW, OLD
from tests.portfolio.real_files import LANDSCAPE, needs_landscape

from quorate.access.actors import system
from quorate.directory.actions import add_organisation
from quorate.directory.models import Organisation
from quorate.directory.rules import Name, OrganisationFacts
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.ledger.models import Entry
from quorate.registers.portfolio import actions, queries
from quorate.registers.portfolio.models import Landscape, LandscapeItem, Member, Project, Repository
from quorate.registers.portfolio.rules import ProjectFacts
from quorate.toolkit.ports import GRANTS, SUBJECTS, GrantNotice, Subject

pytestmark = pytest.mark.django_db
STAFF = system("test")
START = datetime(2026, 1, 10, tzinfo=UTC)


def load(text: str = OLD) -> actions.Report:
    return actions.import_landscape(actor=STAFF, data=text.encode())


def exported() -> str:
    return queries.landscape_bytes().decode()


def item(name: str) -> LandscapeItem:
    return LandscapeItem.objects.get(name=name)


def test_an_import_makes_records_once() -> None:
    first = load()
    assert (first.items, first.projects, first.members, first.created) == (3, 1, 1, 3)
    entries = Entry.objects.count()
    second = load()
    assert (second.created, second.changed, second.unchanged) == (0, 0, 3)
    assert Entry.objects.count() == entries
    alpha = Project.objects.get()
    assert (alpha.name, alpha.category) == ("Alpha", "Tools / General")
    assert Repository.objects.get().url == "https://github.com/alpha/alpha"
    status = queries.status_of(alpha.pk)
    assert status
    assert (status.status, status.start) == ("ecosystem", None)
    gamma = Organisation.objects.get()
    assert (gamma.name, gamma.homepage) == ("Gamma Inc.", "https://gamma.example")
    assert Member.objects.get(organisation=gamma).tier == "gold"
    assert item("Alpha").project == alpha
    assert item("Gamma Inc. (member)").organisation == gamma
    assert [row.kind for row in queries.landscape_items()] == ["project", "product", "member"]


def test_records_that_exist_are_matched_and_filled_not_doubled() -> None:
    alpha = actions.add_project(actor=STAFF, facts=ProjectFacts("Alpha Toolkit", summary="Ours"), slug="alpha-kit")
    actions.register_repository(actor=STAFF, project=alpha, url="https://github.com/Alpha/alpha")
    facts = OrganisationFacts("Gamma Corporation", aliases=(Name("Gamma, Inc."),))
    gamma = add_organisation(actor=STAFF, facts=facts)
    load()
    assert Project.objects.count() == 1
    alpha.refresh_from_db()
    assert (alpha.name, alpha.summary, alpha.homepage) == ("Alpha Toolkit", "Ours", "https://alpha.example")
    assert Organisation.objects.get() == gamma
    assert item("Alpha").project == alpha


def test_a_malformed_file_changes_nothing() -> None:
    load()
    before, entries = exported(), Entry.objects.count()
    with pytest.raises(UserError) as caught:
        load(OLD.replace("name: Beta", "name: Beta: two"))
    assert caught.value.where == "landscape.yml:17"
    assert caught.value.mend
    assert (exported(), Entry.objects.count()) == (before, entries)


def test_items_that_the_file_lacks_leave_the_landscape_but_stay_on_record() -> None:
    load()
    report = load(NEW.replace("Alpha", "Other").replace("alpha/alpha", "other/other"))
    assert [text.split(" / ")[-1] for text in report.removed] == ["Alpha", "Beta", "Gamma Inc. (member)"]
    assert {warning["code"] for warning in report.warnings} == {"left-landscape"}
    assert Project.objects.filter(name="Alpha").exists()
    assert Member.objects.filter(until=None).count() == 1


def test_a_status_shows_on_the_landscape() -> None:
    load()
    alpha = Project.objects.get()
    with clock.travel(to=START):
        actions.set_status(actor=STAFF, project=alpha, status="retired")
    assert item("Alpha").status == "retired"
    assert item("Alpha").fields["project"] == "archived"
    assert exported() == OLD.replace(
        "            repo_url: https://github.com/alpha/alpha\n            crunchbase: null\n",
        "            project: archived\n            repo_url: https://github.com/alpha/alpha\n"
        "            crunchbase: null\n            extra:\n              archived: '2026-01-10'\n",
    )
    with clock.travel(to=START + timedelta(days=1)):
        actions.set_status(actor=STAFF, project=alpha, status="ecosystem")
    assert exported() == OLD
    assert item("Beta").name == "Beta"


def test_an_edit_touches_its_lines_and_notices_another() -> None:
    load()
    version = queries.version_of(item("Beta"))
    edited = actions.edit_landscape_item(
        actor=STAFF, item=item("Beta"), changes={"description": "Second"}, place=("Tools", "3D"), version=version
    )
    assert (edited.subcategory, edited.fields["description"]) == ("3D", "Second")
    kinds = list(Entry.objects.order_by("-seq").values_list("kind", flat=True)[:2])
    assert kinds == ["landscape.item-moved", "landscape.item-changed"]
    with pytest.raises(Conflict, match="meanwhile"):
        actions.edit_landscape_item(actor=STAFF, item=item("Beta"), changes={"logo": "x.svg"}, version=version)
    renamed = actions.edit_landscape_item(actor=STAFF, item=item("Beta"), changes={"name": "Beta 2"})
    assert renamed.pk == edited.pk
    actions.remove_landscape_item(actor=STAFF, item=renamed)
    assert LandscapeItem.objects.count() == 2
    assert yaml.safe_load(exported()) == yaml.safe_load(queries.landscape_bytes())


def notice(change: str, project: Project, **answers: object) -> GrantNotice:
    return GrantNotice(
        change=change,  # type: ignore[arg-type]  # one of the four words
        subject=Subject("project", str(project.pk)),
        params={"status": "ecosystem"},
        at=clock.now(),
        until=None,
        case="E-7",
        answers=answers,
    )


def test_a_grant_puts_the_project_where_the_case_chose_and_its_end_retires_it() -> None:
    load()
    fresh = actions.add_project(actor=STAFF, facts=ProjectFacts("Aleph", homepage="https://aleph.example"))
    actions.register_repository(actor=STAFF, project=fresh, url="https://github.com/aleph/aleph")
    with clock.travel(to=START):
        GRANTS.get("project-status")(STAFF, notice("granted", fresh, category="Tools / General"))
    row = item("Aleph")
    assert (row.project, row.status, row.category, row.subcategory) == (fresh, "ecosystem", "Tools", "General")
    assert row.fields["extra"] == {"accepted": "2026-01-10"}
    assert "- item:\n            name: Aleph\n            homepage_url: https://aleph.example\n" in exported()
    with clock.travel(to=START + timedelta(days=200)):
        GRANTS.get("project-status")(STAFF, notice("renewed", fresh))
        assert item("Aleph").status == "ecosystem"
        GRANTS.get("project-status")(STAFF, notice("lapsed", fresh))
    assert item("Aleph").fields["project"] == "archived"
    assert queries.status_of(fresh.pk, START + timedelta(days=1)).status == "ecosystem"  # type: ignore[union-attr]
    entry = Entry.objects.filter(kind="project.status-set").latest("seq")
    assert entry.authority == ["case:E-7"]
    load(exported())
    assert item("Aleph").status == "retired"


def test_what_a_case_decided_is_not_undone_by_a_file() -> None:
    load()
    alpha = Project.objects.get()
    GRANTS.get("project-status")(STAFF, notice("revoked", alpha))
    report = load(OLD)
    assert [warning["code"] for warning in report.warnings] == ["status-differs"]
    assert queries.status_of(alpha.pk).status == "retired"  # type: ignore[union-attr]
    assert item("Alpha").status == "retired"


def test_the_first_project_makes_the_landscape() -> None:
    fresh = actions.add_project(actor=STAFF, facts=ProjectFacts("Aleph"))
    actions.set_status(actor=STAFF, project=fresh, status="ecosystem", at=START, category="Tools / General")
    assert exported().startswith("categories:\n")
    assert item("Aleph").category == "Tools"


def test_an_application_finds_its_project_or_makes_it() -> None:
    load()
    kind = SUBJECTS.get("project")
    alpha = Project.objects.get()
    same = kind.resolve(STAFF, {"name": "Something else", "repo_url": "see <https://github.com/alpha/alpha>."})
    assert same == str(alpha.pk)
    assert kind.resolve(STAFF, {"name": "ALPHA"}) == str(alpha.pk)
    urls = "https://github.com/new/one\nhttps://github.com/new/two"
    fresh = Project.objects.get(pk=kind.resolve(STAFF, {"name": "New One", "repo_url": urls}))
    assert [row.url.rsplit("/", 1)[-1] for row in fresh.repositories.all()] == ["one", "two"]
    assert queries.status_of(fresh.pk) is None
    assert kind.label([str(fresh.pk)]) == {str(fresh.pk): "New One"}


@needs_landscape
def test_the_public_file_is_taken_whole_and_given_back_to_the_byte() -> None:
    data = LANDSCAPE.read_bytes()
    first = actions.import_landscape(actor=STAFF, data=data)
    assert (first.items, first.projects, first.members, first.created) == (188, 143, 45, 188)
    assert sum(warning["code"] == "repo-not-owner-repo" for warning in first.warnings) == 6
    assert queries.landscape_bytes() == data
    second = actions.import_landscape(actor=STAFF, data=data)
    assert (second.created, second.changed, second.unchanged) == (0, 0, 188)
    assert Project.objects.count() == 143
    assert Repository.objects.count() == 143
    assert Member.objects.count() == 45
    by_status = queries.statuses_at().values()
    assert sum(row.status == "retired" for row in by_status) == 68
    assert sum(row.status == "hosted" for row in by_status) == 6
    ray = Project.objects.get(slug="ray")
    assert queries.status_of(ray.pk, datetime(2025, 8, 31, tzinfo=UTC)) is None
    converted = queries.landscape_bytes("categories")
    before, after = yaml.safe_load(data), yaml.safe_load(converted)
    assert [c["name"] for c in before["landscape"]] == [c["name"] for c in after["categories"]]
    assert Landscape.objects.get().dialect == "landscape"
