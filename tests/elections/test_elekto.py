"""``quorate election import elekto``: folders in the shape of real ones, with people who do not exist."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.elections.scene import Scene, make

from quorate.directory.models import ExternalId
from quorate.kernel.errors import UserError
from quorate.registers.elections import elekto
from quorate.registers.elections.models import Election
from quorate.surfaces.cli.main import run

pytestmark = pytest.mark.django_db

ELECTION = """\
name: 2027 Steering Committee Election
organization: Example
start_datetime: 2027-08-29 00:00:01
end_datetime: 2027-09-27 11:59:59
no_winners: 4
allow_no_opinion: True
delete_after: True
show_candidate_fields:
  - employer
  - slack
election_officers:
  - elin-officer
eligibility: Members with 50 contributions can vote.
exception_description: Not all contributions are measured. Ask for an exception.
exception_due: 2027-09-24 11:59:59
"""
NOMINEE = """\
-------------------------------------------------------------
name: Elin Example
ID: elin-one
info:
  - employer: Harbour Works (synthetic)
  - slack: elin
-------------------------------------------------------------

## What I will do

Much.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "2027"
    (made / "nominees").mkdir(parents=True)
    (made / "election.yaml").write_text(ELECTION)
    (made / "election_desc.md").write_text("# Steering\n\nFour seats.\n")
    (made / "voters.yaml").write_text(
        "# who votes\neligible_voters:\n- elin-one\n- '249043822'\n- Elin-Two\n- elin-out\n"
    )
    (made / "candidate-elin-one.md").write_text(NOMINEE)
    (made / "nominees" / "elin-two.md").write_text(NOMINEE.replace("elin-one", "Elin-Two").replace("----\n", "\n"))
    (made / "nominees" / "README.md").write_text("no candidate")
    return made


@pytest.fixture
def scene() -> Scene:
    found = make(4)
    for person, handle in zip([*found.people[:2], found.people[3]], ("elin-one", "elin-two", "elin-out"), strict=True):
        ExternalId.objects.create(person=person, scheme="github", value=handle)
    found.people[3].refresh_from_db()
    found.body.seats.get(slug="seat-3").terms.all().delete()
    return found


def test_a_folder_becomes_a_notice(scene: Scene, folder: Path) -> None:
    draft = elekto.read(folder, scene.body)
    facts = draft.facts
    assert (facts.slug, facts.seats, facts.rule, facts.level) == (
        "2027-steering-committee-election", 4, "schulze-no-opinion", "B",
    )  # fmt: skip
    assert (facts.opens_at, facts.closes_at) == (
        datetime(2027, 8, 29, 0, 0, 1, tzinfo=UTC),
        datetime(2027, 9, 27, 11, 59, 59, tzinfo=UTC),
    )
    assert facts.text.startswith("# Steering\n\nFour seats.\n\nMembers with 50")
    assert [(each.name, each.handle, each.person) for each in draft.candidates] == [
        ("Elin Example", "elin-one", "elin-0"),
        ("Elin Example", "Elin-Two", "elin-1"),
    ]
    assert draft.candidates[0].info == {"employer": "Harbour Works (synthetic)", "slack": "elin"}
    assert draft.candidates[0].statement.startswith("## What I will do")
    assert draft.roll == {"listed": 4, "known": 3, "outside": ["elin-3"], "unknown": 1}
    told = "\n".join(draft.warnings)
    for words in ("election.yaml:5: elekto shows it", ":6: a candidate without a rank is compared with nobody", ":8: employer, slack",
                  ":11: elin-officer", ":15: the roll is frozen", "times are UTC", "nobody for 1 of 4"):  # fmt: skip
        assert words in told, (words, told)


def test_without_no_opinion_the_unranked_stand_below(scene: Scene, folder: Path) -> None:
    path = folder / "election.yaml"
    changed = ELECTION.replace("no_opinion: True", "no_opinion: False")
    path.write_text(changed.replace("delete_after: True", "delete_after: False"))
    (folder / "voters.yaml").unlink()
    draft = elekto.read(folder, scene.body)
    assert draft.facts.rule == "schulze-winning"
    told = "\n".join(draft.warnings)
    assert "asks for a rank for everybody" in told
    assert "here they never exist" in told
    assert "there are no voters" in told


@pytest.mark.parametrize(
    ("file", "before", "after", "words", "line"),
    [
        ("election.yaml", "no_winners: 4", "no_winners: four", "no number of seats", 5),
        ("election.yaml", "no_winners: 4\n", "", "no_winners is missing", None),
        ("election.yaml", "2027-08-29 00:00:01", "in August", "start_datetime is no time", 3),
        ("election.yaml", "2027-08-29 00:00:01", "2027-10-29 00:00:01", "nominations end, then voting opens", None),
        ("election.yaml", "allow_no_opinion: True", "allow_no_opinion: perhaps", "True or False", 6),
        ("election.yaml", "name:", "name: [", "expected", None),
        ("voters.yaml", "'249043822'", "249043822", "no GitHub name", 4),
        ("voters.yaml", "eligible_voters:", "voters:", "eligible_voters is a list", None),
        ("candidate-elin-one.md", "ID: elin-one\n", "", "name and ID", None),
        ("candidate-elin-one.md", "  - slack: elin", "  - slack", "single keys", None),
    ],
)
def test_what_is_wrong_is_refused_with_file_and_line(
    scene: Scene, folder: Path, file: str, before: str, after: str, words: str, line: int | None
) -> None:
    path = folder / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    with pytest.raises(UserError, match=words) as caught:
        elekto.read(folder, scene.body)
    assert str(path) in caught.value.where
    if line is not None:
        assert caught.value.where == f"{path}:{line}"


def test_the_command_stores_only_when_asked(scene: Scene, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["election", "import", "elekto", str(folder), "--body", "council"]
    assert run([*asked, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["announced"], document["notice"]["seats"], len(document["candidates"])) == (False, 4, 2)
    assert Election.objects.count() == 1
    assert run([*asked, "--announce"]) == 0
    assert "candidate: Elin Example (elin-0)" in capsys.readouterr().out
    made = Election.objects.get(slug="2027-steering-committee-election")
    assert (made.state, made.rule, made.roll_roles) == ("announced", "schulze-no-opinion", ["body:council"])
    assert run([*asked, "--announce"]) == 2
    assert run(["election", "import", "elekto", str(folder / "none"), "--body", "council"]) == 2
