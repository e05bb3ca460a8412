"""The portfolio's files: read, applied through actions, written back the same, and led by what happened since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.portfolio.landscape.test_checks import OLD

from quorate.access.actors import system
from quorate.directory.models import Organisation
from quorate.kernel.errors import Conflict, UserError
from quorate.ledger.models import Entry
from quorate.registers.portfolio import actions, queries
from quorate.registers.portfolio.foundation import SECTIONS
from quorate.registers.portfolio.models import LandscapeItem, Member, Project
from quorate.surfaces.cli.foundation.apply import carry_out
from quorate.surfaces.cli.foundation.export import export
from quorate.surfaces.cli.foundation.files import read, sections
from quorate.surfaces.cli.foundation.plan import Plan, make
from quorate.surfaces.cli.main import root

pytestmark = pytest.mark.django_db
STAFF = system("test")
FILES = {
    "foundation.yml": "name: Demo Foundation\nslug: demo\nlanguages: [en]\ntime_zone: UTC\nsynthetic: true\n",
    "organisations.yml": "- slug: gamma\n  name: Gamma Inc.\n- slug: omega\n  name: Omega\n",
    "people.yml": "- slug: noor\n  name: Noor Testwell\n- slug: ana\n  name: Ana Sample\n",
    "projects.yml": """\
- slug: alpha
  name: Alpha
  homepage: https://alpha.example
  licence: MIT
  category: Tools / General
  organisation: gamma
  repositories:
    - {url: https://github.com/alpha/alpha, primary: true}
    - {url: https://github.com/alpha/docs}
  status:
    - {status: ecosystem, from: 2024-01-02, until: 2025-03-04, dates: synthetic}
    - {status: hosted, from: 2025-03-04}
  maintainers: [noor, {handle: octo, from: 2024-05-01}]

- slug: beta
  name: Beta
  status:
    - {status: retired}
""",
    "members.yml": "- {organisation: gamma, tier: gold, from: 2024-01-01}\n- {organisation: omega, tier: silver}\n",
    "landscape.yml": OLD,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def plan(folder: Path, **options: bool) -> Plan:
    known = sections()
    return make(read(folder, known), known, **options)


def apply(folder: Path, **options: bool) -> Plan:
    made = plan(folder, **options)
    assert not made.refused
    carry_out(actor=STAFF, plan=made, known=sections())
    return made


def edit(folder: Path, name: str, changes: Mapping[str, str]) -> None:
    text = (folder / name).read_text()
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    (folder / name).write_text(text)


def test_the_files_are_applied_once(folder: Path) -> None:
    apply(folder)
    alpha = Project.objects.get(slug="alpha")
    assert alpha.organisation == Organisation.objects.get(slug="gamma")
    assert [row.status for row in queries.statuses_of(alpha)] == ["ecosystem", "hosted"]
    assert queries.maintainers_at(alpha.pk).count() == 2
    assert Member.objects.count() == 2
    assert LandscapeItem.objects.get(name="Alpha").project == alpha
    entries = Entry.objects.count()
    assert not plan(folder).steps
    assert Entry.objects.count() == entries
    assert [section.name for section in SECTIONS] == ["projects", "members", "landscape"]


def test_everything_is_written_back(folder: Path, tmp_path: Path) -> None:
    apply(folder)
    out = tmp_path / "out"
    export(out, sections())
    assert (out / "landscape.yml").read_text() == OLD
    again = {name: (out / name).read_text() for name in ("projects.yml", "members.yml")}
    assert again["members.yml"] == FILES["members.yml"]
    assert "{status: ecosystem, from: 2024-01-02, until: 2025-03-04, dates: synthetic}" in again["projects.yml"]
    assert not plan(out).steps
    assert not export(out, sections()).written


def test_a_changed_file_changes_the_records(folder: Path) -> None:
    apply(folder)
    edit(
        folder,
        "projects.yml",
        {
            "licence: MIT": "licence: Apache-2.0",
            "/alpha/docs": "/alpha/book",
            "maintainers: [noor": "maintainers: [ana",
        },
    )
    edit(folder, "members.yml", {"tier: silver}": "tier: silver, until: 2026-01-01}"})
    edit(folder, "landscape.yml", {"logo: beta.svg": "logo: new.svg"})
    made = apply(folder)
    assert {(step.kind, step.action) for step in made.steps} == {
        ("project", "change"), ("member", "change"), ("landscape", "change"),
    }  # fmt: skip
    alpha = Project.objects.get(slug="alpha")
    assert alpha.licence == "Apache-2.0"
    assert {row.shown.rsplit("/", 1)[-1] for row in alpha.repositories.all()} == {"alpha", "book"}
    names = {row.person.slug if row.person else row.handle for row in queries.maintainers_at(alpha.pk)}
    assert names == {"ana", "octo"}
    assert Member.objects.get(organisation__slug="omega").until == datetime(2026, 1, 1, tzinfo=UTC)
    assert not plan(folder).steps


def test_what_happened_in_the_product_is_not_taken_back(folder: Path) -> None:
    apply(folder)
    alpha = Project.objects.get(slug="alpha")
    actions.set_status(actor=STAFF, project=alpha, status="retired", decided_by="case:H-1")
    assert not plan(folder).steps
    assert LandscapeItem.objects.get(name="Alpha").status == "retired"


def test_removal_is_refused_unless_allowed_and_never_undoes_a_case(folder: Path) -> None:
    apply(folder)
    text = FILES["projects.yml"].split("\n- slug: beta")[0] + "\n"
    (folder / "projects.yml").write_text(text)
    assert [note.id for note in plan(folder).refused] == ["beta"]
    apply(folder, allow_removal=True)
    assert not Project.objects.filter(slug="beta").exists()
    alpha = Project.objects.get(slug="alpha")
    actions.set_status(actor=STAFF, project=alpha, status="retired", decided_by="case:H-1")
    (folder / "projects.yml").write_text("[]\n")
    with pytest.raises(Conflict, match="a case decided"):
        apply(folder, allow_removal=True)


@pytest.mark.parametrize(
    ("name", "changes", "where"),
    [
        ("projects.yml", {"organisation: gamma": "organisation: nobody"}, "projects.yml:6"),
        ("projects.yml", {"from: 2025-03-04}": "from: 2024-03-04}"}, "projects.yml"),
        ("members.yml", {"organisation: omega": "organisation: nobody"}, "members.yml:2"),
        ("landscape.yml", {"name: Beta": "name: Alpha"}, "landscape.yml:16"),
        ("projects.yml", {"licence: MIT": "license: MIT"}, "projects.yml:4"),
    ],
)
def test_a_fault_names_its_line(folder: Path, name: str, changes: Mapping[str, str], where: str) -> None:
    edit(folder, name, changes)
    with pytest.raises(UserError) as caught:
        apply(folder)
    assert where in caught.value.line


def test_commands_import_and_export_to_the_byte(tmp_path: Path) -> None:
    file, out = tmp_path / "landscape.yml", tmp_path / "out.yml"
    file.write_text(OLD)

    def run(*arguments: str) -> str:
        return CliRunner().invoke(root, arguments, catch_exceptions=False).output

    assert '"created": 3' in run("import", "landscape", str(file), "--json")
    assert "3 unchanged" in run("import", "landscape", str(file))
    run("export", "landscape", "--out", str(out))
    assert out.read_text() == OLD
    assert run("export", "landscape") == OLD
    assert run("export", "landscape", "--dialect", "categories").startswith("# what we list\ncategories:")
    file.write_text(OLD.replace("logo: beta.svg", "logo: new.svg"))
    assert "1 difference" in run("landscape", "check", str(file))
    file.write_text(OLD + "  - broken\n")
    with pytest.raises(UserError, match=r"landscape.yml:32"):
        run("import", "landscape", str(file))
