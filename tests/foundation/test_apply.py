"""``quorate apply``: idempotent, refusing surprising removals, all or nothing, with file, line and mend."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.foundation.conftest import EXAMPLE, Quorate

from quorate.access.actors import system
from quorate.directory.actions import change_organisation, erase_person, merge_people
from quorate.directory.models import Organisation, Person
from quorate.directory.queries import email_of, facts_of_organisation
from quorate.ledger.models import Entry
from quorate.surfaces.cli.main import run
from quorate.terms.actions import end_term
from quorate.terms.models import Body, Policy, Seat, Term
from quorate.terms.queries import holders
from quorate.toolkit.foundation import instant
from quorate.toolkit.identity import identity
from quorate.toolkit.models import Applied

DESK = system("desk")


def counts() -> dict[str, int]:
    models = (Organisation, Person, Body, Seat, Term, Policy, Applied, Entry)
    return {model.__name__: model.objects.count() for model in models}


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def test_the_example_applies_and_the_second_plan_is_empty(quorate: Quorate) -> None:
    status, first, _ = quorate("apply", EXAMPLE)
    assert status == 0
    assert {change["action"] for change in first["changes"]} == {"create"}
    assert {"kind", "id", "action", "fields"} <= set(first["changes"][0])
    assert first["unread"] == []
    before = counts()
    status, second, _ = quorate("apply", EXAMPLE)
    assert (status, second["changes"], second["refused"], second["kept"]) == (0, [], [], [])
    assert counts() == before
    council = Body.objects.get(slug="tac")
    assert council.seats.filter(voting=True).count() == 21
    assert [person.name for person in holders("seat:staff/executive-director")] == ["Imogen Vale"]
    assert identity().synthetic


def test_everything_applied_is_one_gesture(quorate: Quorate, small: Path) -> None:
    quorate("apply", small)
    entries = Entry.objects.all()
    assert entries.values("gesture").distinct().count() == 1
    assert entries.last() is not None
    assert Entry.objects.get(kind="foundation.applied").data["created"] == 8


def test_a_dry_run_tries_it_and_changes_nothing(quorate: Quorate, small: Path) -> None:
    status, document, _ = quorate("apply", small, "--dry-run")
    assert status == 0
    assert len(document["changes"]) == 8
    assert not document["applied"]
    assert set(counts().values()) == {0}


def test_seats_removed_from_the_files_are_refused(quorate: Quorate, copy: Path) -> None:
    quorate("apply", EXAMPLE)
    before = counts()
    path = copy / "bodies" / "ecosystem-wg.yml"
    path.write_text(path.read_text().partition("seats:")[0])
    status, document, said = quorate("apply", copy)
    assert status == 2
    assert "--allow-removal" in said
    assert len(said.strip().splitlines()) == 1
    assert "--allow-removal" in document["error"]["mend"]
    assert document["changes"] == []
    assert {note["kind"] for note in document["refused"]} == {"seat", "term"}
    assert counts() == before


def test_removal_that_is_allowed_closes_and_keeps_history(quorate: Quorate, copy: Path) -> None:
    quorate("apply", EXAMPLE)
    path = copy / "bodies" / "ecosystem-wg.yml"
    path.write_text(path.read_text().partition("seats:")[0])
    status, document, _ = quorate("apply", copy, "--allow-removal")
    assert status == 0
    assert {change["action"] for change in document["changes"]} == {"remove"}
    assert holders("body:ecosystem-wg") == []
    assert len(holders("body:ecosystem-wg", instant("2025-06-01"))) > 3
    status, document, _ = quorate("apply", copy)
    assert (status, document["changes"], document["refused"]) == (0, [], [])
    status, document, _ = quorate("apply", EXAMPLE)
    assert status == 0
    assert len(holders("body:ecosystem-wg")) > 3
    assert quorate("apply", EXAMPLE)[1]["changes"] == []


def test_a_person_is_succeeded_by_another_in_one_plan(quorate: Quorate, small: Path) -> None:
    quorate("apply", small)
    edit(
        small / "bodies/council.yml",
        "{person: mara, from: 2024-02-01}",
        "{person: mara, from: 2024-02-01, until: 2025-01-01}\n      - {person: otto, from: 2025-01-01}",
    )
    _, document, _ = quorate("apply", small)
    assert [(c["kind"], c["action"]) for c in document["changes"]] == [("term", "change"), ("term", "create")]
    assert [p.slug for p in holders("seat:council/one", instant("2024-12-31"))] == ["mara"]
    assert [p.slug for p in holders("seat:council/one", instant("2025-01-01"))] == ["otto"]


def test_a_term_that_never_was_is_struck_out(quorate: Quorate, small: Path) -> None:
    quorate("apply", small)
    edit(small / "bodies/council.yml", "person: mara", "person: otto")
    assert quorate("apply", small)[0] == 2
    assert quorate("apply", small, "--allow-removal")[0] == 0
    assert [term.person.slug for term in Term.objects.all()] == ["otto"]
    assert Entry.objects.filter(kind="term.struck").count() == 1


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "what", "mend"),
    [
        ("people.yml", "name: Otto Rask", "nmae: Otto Rask", 6, "“name” is missing", "add a line: name"),
        ("people.yml", "  name: Otto Rask\n", "  name: Otto Rask\n  emial: x\n", 8, "“emial” is not known", "“email”"),
        ("people.yml", "organisation: quay", "organisation: quai", 5, "there is no organisation “quai”", "correct"),
        ("people.yml", "slug: otto", "slug: mara", 6, "“mara” was described before", "remove one"),
        ("people.yml", "from: 2024-01-01", "from: last year", 5, "“from” cannot be “last year”", "2026-01-31"),
        ("people.yml", "email: otto", "email: 'otto", 9, "", "quotes"),
        ("people.yml", "otto@people.example", "mara@people.example", 6, "already that of somebody else", "merge"),
        ("bodies/council.yml", "kind: council", "kind: parliament", 3, "“parliament” cannot stand", "board"),
        ("bodies/council.yml", "person: mara", "person: nobody", 10, "there is no person “nobody”", "describe"),
        ("bodies/council.yml", "    title: First seat", "    title: 7", 7, "must be of the type string", "quote"),
        (
            "bodies/council.yml",
            "kind: council\n",
            "kind: council\npermissions: [term.apoint]\n",
            1,
            "there is no permission “term.apoint”",
            "term.appoint",
        ),
        ("policies/rules.md", "version: '1'", "vresion: '1'", 1, "“version” is missing", "version"),
        ("policies/rules.md", "---\n\nBe kind.", "\nBe kind.", 1, "not closed", "three dashes"),
        ("foundation.yml", "synthetic: true", "time_zone: Mars/Base", 3, "no time zone", "IANA"),
    ],
)
def test_a_malformed_file_names_line_and_mend_and_changes_nothing(
    quorate: Quorate, small: Path, file: str, before: str, after: str, line: int, what: str, mend: str
) -> None:
    edit(small / file, before, after)
    status, document, said = quorate("apply", small)
    error = document["error"]
    assert status == 2
    assert error["where"] == f"{small / file}:{line}"
    assert what in error["what"]
    assert mend in error["mend"]
    assert f"{file}:{line}" in said
    assert set(counts().values()) == {0}


def test_every_fault_is_named_at_once(quorate: Quorate, small: Path) -> None:
    edit(small / "people.yml", "name: Otto Rask", "nmae: Otto Rask")
    edit(small / "bodies/council.yml", "kind: council", "kind: parliament")
    _, document, said = quorate("apply", small)
    assert len(document["error"]["problems"]) == 3
    assert len(said.strip().splitlines()) == 3


def test_what_people_changed_in_the_product_stays(quorate: Quorate, small: Path) -> None:
    """A file that did not change takes back neither an address mended nor a term ended in the browser."""
    quorate("apply", small)
    quay = Organisation.objects.get(slug="quay")
    change_organisation(
        actor=DESK,
        organisation=quay,
        facts=replace(facts_of_organisation(quay), homepage="https://quay.example/"),
    )
    end_term(actor=DESK, term=Term.objects.get(), until=instant("2025-01-01"))
    status, document, _ = quorate("apply", small)
    assert (status, document["changes"]) == (0, [])
    assert {(note["kind"], note["id"]) for note in document["kept"]} == {
        ("organisation", "quay"),
        ("term", "council/one/representative/mara"),
    }
    edit(small / "organisations.yml", "name: Quay Labs", "name: Quay Labs\n  homepage: https://labs.example/")
    quorate("apply", small)
    quay.refresh_from_db()
    assert quay.homepage == "https://labs.example/"


def test_who_was_forgotten_is_not_brought_back(quorate: Quorate, small: Path) -> None:
    quorate("apply", small)
    erase_person(actor=DESK, person=Person.objects.get(slug="otto"))
    status, document, _ = quorate("apply", small)
    assert (status, document["changes"]) == (0, [])
    assert [note["id"] for note in document["kept"]] == ["otto"]
    assert not Person.objects.filter(name="Otto Rask").exists()
    assert "otto" not in str(list(Applied.objects.values_list("key", "fields")))


def test_who_was_merged_stays_merged(quorate: Quorate, small: Path) -> None:
    quorate("apply", small)
    mara, otto = Person.objects.get(slug="mara"), Person.objects.get(slug="otto")
    merge_people(actor=DESK, kept=mara, absorbed=otto)
    status, document, _ = quorate("apply", small)
    assert (status, [c["action"] for c in document["changes"]]) == (0, [])
    assert email_of(mara) == "mara@people.example"


def test_what_the_files_never_brought_is_never_removed(quorate: Quorate, small: Path) -> None:
    quorate("apply", small)
    Organisation.objects.create(slug="walk-in", name="Walk-in")
    Person.objects.create(slug="applicant", name="An Applicant")
    status, document, _ = quorate("apply", small)
    assert (status, document["changes"], document["refused"]) == (0, [], [])


def test_a_directory_that_is_none_is_refused(quorate: Quorate, tmp_path: Path) -> None:
    status, document, _ = quorate("apply", tmp_path / "nowhere")
    assert (status, document["error"]["what"]) == (2, "there is no such directory")
    status, document, _ = quorate("apply", tmp_path)
    assert (status, document["error"]["what"]) == (2, "there is no foundation.yml in it")


def test_the_plan_reads_well(db: None, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["apply", str(small)])
    assert "+ term council/one/representative/mara" in capsys.readouterr().out
    edit(small / "organisations.yml", "name: Quay Labs", "name: Quay Laboratories")
    run(["apply", str(small), "--dry-run"])
    said = capsys.readouterr().out
    assert "~ organisation quay\n    name: Quay Labs → Quay Laboratories\n" in said
    assert "0 to create, 1 to change, 0 to remove. Nothing was changed." in said
    run(["apply", str(small)])
    run(["apply", str(small)])
    assert "nothing to do" in capsys.readouterr().out


CHARTER = """charters:
  - version: '1'
    from: 2024-02-01
    text: {text}
    numbers: {numbers}
"""


@pytest.mark.parametrize(
    ("text", "numbers", "what"),
    [
        ("Two seats are the quorum.", "{quorum: {printed: 2}}", "the quorum asks for 2 seats, and there are 1"),
        ("All.", "{quorum: {fraction: 1/1, strict: true}}", "more than all can never be there"),
    ],
)
def test_a_quorum_that_cannot_be_met_is_refused_at_its_line(
    quorate: Quorate, small: Path, text: str, numbers: str, what: str
) -> None:
    file = small / "bodies" / "council.yml"
    file.write_text(file.read_text() + CHARTER.format(text=text, numbers=numbers))
    status, _said, error = quorate("apply", small)
    assert status == 2
    assert what in error
    assert "bodies/council.yml:12" in error
    assert not Body.objects.exists()


@pytest.mark.parametrize(
    ("text", "numbers", "what"),
    [
        ("A quorum is two thirds of the seats.", "{quorum: {fraction: 1/2}}", "differ"),
        ("A quorum is more than half.", "{quorum: {fraction: 1/2}}", "differ"),
        ("A quorum is more than half.", "{fill_within: P90D}", "nothing counts by them"),
        ("The quorum is 3.", "{quorum: {printed: 1}}", "differ"),
        ("All.", "{quorum: {fraction: 1/1, printed: 3}}", "the charter prints “3”, which is 3; the machine asks for 1"),
    ],
)
def test_words_of_a_charter_that_differ_from_its_numbers_are_said(
    quorate: Quorate, small: Path, text: str, numbers: str, what: str
) -> None:
    file = small / "bodies" / "council.yml"
    file.write_text(file.read_text() + CHARTER.format(text=text, numbers=numbers))
    status, said, _error = quorate("apply", small)
    assert status == 0
    (warning,) = said["warnings"]
    assert what in warning["what"]
    assert warning["where"].endswith("bodies/council.yml:12")
    same = CHARTER.format(text="A quorum is more than half.", numbers="{quorum: {fraction: 1/2, strict: true}}")
    file.write_text(file.read_text().partition("charters:")[0] + same)
    assert quorate("apply", small)[1]["warnings"] == []


def test_a_program_whose_rule_says_no_denominator_is_refused_at_its_line(quorate: Quorate, copy: Path) -> None:
    folder = copy / "programs" / "ecosystem"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "program.yaml").write_text("program: ecosystem\ndecision:\n  rule:\n    of: null\n")
    status, _said, error = quorate("apply", copy)
    assert status == 2
    assert "programs/ecosystem/program.yaml:" in error
    assert "of" in error


def test_the_example_prints_a_quorum_that_its_rule_does_not_give(quorate: Quorate) -> None:
    _status, said, _error = quorate("apply", EXAMPLE, "--dry-run")
    assert [each["what"] for each in said["warnings"]] == [
        "tac/2026.2: the charter prints “12”, which is 12; the machine asks for 11"
    ]
