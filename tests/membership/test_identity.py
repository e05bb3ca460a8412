"""Renames are told from departures, what is unsure is asked, and no two organisations are ever made one."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.portfolio.real_files import LANDSCAPE, needs_landscape

from quorate.kernel import yamlfile
from quorate.registers.membership.rules import entries
from quorate.registers.membership.rules.identity import Answer, Entry, compare, domain_of
from quorate.surfaces.cli.main import run

ORGANISATIONS = Path(__file__).parents[2] / "examples" / "pytorch-foundation" / "organisations.yml"


def one(old: Entry, new: Entry) -> str:
    """What comes of one entry in each list."""
    found = compare([old], [new])
    parts = {"same": found.same, "renamed": found.renamed, "ask": found.ask, "apart": found.joined}
    (name,) = [name for name, rows in parts.items() if rows]
    return name


def entry(name: str, homepage: str = "", *aliases: str, **ids: str) -> Entry:
    return Entry(name, (), homepage, aliases, ids)


CASES = [
    (entry("Acme"), entry("ACME "), "same"),
    (entry("Acme, Inc."), entry("Acme"), "renamed"),
    (entry("The Acme Corporation (member)"), entry("Acme GmbH"), "renamed"),
    (entry("Ásgard Systems"), entry("Asgard Systems"), "renamed"),
    (entry("Advanced Widget Devices, Inc."), entry("AWD"), "ask"),
    (entry("Advanced Widget Devices, Inc."), entry("Advanced Widget Devices (AWD)"), "renamed"),
    (entry("AWD"), entry("Advanced Widget Devices (AWD)"), "renamed"),
    (entry("Acme", "", "Apex"), entry("Apex Ltd"), "renamed"),
    # a new name, a new homepage, the old identifiers: Facebook became Meta so
    (
        entry("Facebox, Inc.", "https://facebox.example/", crunchbase="facebox", linkedin="facebox"),
        entry("Metta Platforms", "https://metta.example/", crunchbase="facebox", linkedin="facebox"),
        "renamed",
    ),
    (entry("Grid.example", id="17"), entry("Lightning", id="17"), "renamed"),
    # one piece of evidence alone is a question
    (entry("Facebox", crunchbase="facebox"), entry("Metta", crunchbase="facebox"), "ask"),
    (entry("Facebox", "https://x.example/"), entry("Metta", "https://x.example/"), "ask"),
    (entry("Facebox", logo="f.svg"), entry("Metta", logo="f.svg"), "ask"),
    (entry("Huapeng Technologies Co., Ltd"), entry("Huapeng"), "ask"),
    (
        entry("Huapeng Technologies Co., Ltd", "https://www.huapeng.example/"),
        entry("Huapeng", "https://huapeng.example"),
        "renamed",
    ),
    (entry("Qualkomm"), entry("Qualcomm"), "ask"),
    # evidence against
    (entry("Nota", "https://nota.example/"), entry("Nota Inc.", "https://nota.test/"), "ask"),
    (entry("Nota", lei="1"), entry("Nota", lei="2"), "apart"),
    (entry("Nota", id="1"), entry("Nota Inc.", id="2"), "apart"),
    # siblings and namesakes are no renames
    (entry("University of California, Irvine"), entry("University of California, Berkeley"), "apart"),
    (entry("Meta Platforms"), entry("Meta Materials"), "ask"),
    (entry("Beijing Widget Academy aka Zhiyuan"), entry("Zhiyuan"), "renamed"),
    (entry("Gogol"), entry("Gogol Cloud"), "ask"),
    (entry("A", "https://github.com/a"), entry("B", "https://github.com/b"), "apart"),
    (entry("Tec A", "https://a.tec.mx/"), entry("Tec B", "https://b.tec.mx/"), "apart"),
]


@pytest.mark.parametrize(("old", "new", "wanted"), CASES)
def test_pairs(old: Entry, new: Entry, wanted: str) -> None:
    assert one(old, new) == wanted
    assert one(new, old) == wanted


def test_two_that_could_be_it_are_both_asked() -> None:
    old = [entry("Acme", "https://acme.example/")]
    new = [entry("Acme, Inc.", "https://acme.example/"), entry("Acme GmbH")]
    found = compare(old, new)
    assert found.renamed == ()
    assert {pair.after.name for pair in found.ask} == {"Acme, Inc.", "Acme GmbH"}
    assert (found.joined, found.left) == ((), ())


def test_what_a_list_uses_twice_is_no_evidence() -> None:
    """A parent's homepage and identifier stand with its subsidiaries too: they tell nothing."""
    shared = {"crunchbase": "parent", "linkedin": "parent"}
    old = [entry("Alpha", "https://parent.example/", **shared), entry("Beta", "https://parent.example/", **shared)]
    new = [entry("Beta", "https://parent.example/", **shared), entry("Gamma", "https://parent.example/", **shared)]
    found = compare(old, new)
    assert [pair.after.name for pair in found.same] == ["Beta"]
    assert [row.name for row in found.left] == ["Alpha"]
    assert [row.name for row in found.joined] == ["Gamma"]


def test_answers_settle_what_was_asked() -> None:
    old, new = [entry("Qualkomm"), entry("Facebox")], [entry("Qualcomm"), entry("Metta")]
    first = compare(old, new)
    assert [(p.before.name, p.after.name) for p in first.ask] == [("Qualkomm", "Qualcomm")]
    second = compare(old, new, [Answer("qualkomm", "Qualcomm"), Answer("Facebox", "Metta")])
    assert [(p.before.name, p.confidence) for p in second.renamed] == [("Facebox", 1.0), ("Qualkomm", 1.0)]
    third = compare(old, new, [Answer("Qualkomm")])
    assert (third.ask, [row.name for row in third.left]) == ((), ["Facebox", "Qualkomm"])


def test_tiers_that_changed_are_told() -> None:
    found = compare([replace(entry("A Inc"), tiers=("Gold",))], [replace(entry("A"), tiers=("Platinum",))])
    assert found.as_dict()["tiers"] == [{"organisation": "A", "before": ["Gold"], "after": ["Platinum"]}]


NAMES = st.sampled_from(
    ["Acme", "Acme Inc", "Acme Cloud", "Apex", "APX", "Apex Labs", "Alpha Pixel X", "Beta", "Betta"]
)
ENTRIES = st.lists(
    st.builds(
        lambda name, home, base: Entry(name, (), home, (), {"crunchbase": base} if base else {}),
        NAMES,
        st.sampled_from(["", "https://a.example/", "https://b.example/"]),
        st.sampled_from(["", "a", "b"]),
    ),
    max_size=6,
)


@given(ENTRIES, ENTRIES, st.randoms(use_true_random=False))
def test_every_entry_is_in_one_part_and_order_does_not_matter(
    old: list[Entry], new: list[Entry], chance: random.Random
) -> None:
    found = compare(old, new)
    before = [p.before.key for p in (*found.same, *found.renamed)] + [e.key for e in found.left]
    after = [p.after.key for p in (*found.same, *found.renamed)] + [e.key for e in found.joined]
    asked = {p.before.key for p in found.ask}, {p.after.key for p in found.ask}
    assert sorted([*before, *asked[0]]) == sorted({e.key for e in old})
    assert sorted([*after, *asked[1]]) == sorted({e.key for e in new})
    chance.shuffle(old)
    chance.shuffle(new)
    assert compare(old, new).as_dict() == found.as_dict()


# The real list ---------------------------------------------------------------------------------------------------


@needs_landscape
def test_a_list_is_the_same_as_itself() -> None:
    rows = entries.load(LANDSCAPE)
    found = compare(rows, rows)
    assert len(found.same) == 45
    assert (found.renamed, found.joined, found.left, found.ask) == ((), (), (), ())


@needs_landscape
def test_no_two_real_members_are_ever_made_one() -> None:
    """Every pair of different members, alone and within the whole list: 0 false merges."""
    rows = entries.load(LANDSCAPE)
    for a, b in permutations(rows, 2):
        assert compare([a], [b]).renamed == ()
    for a in rows:
        rest = [row for row in rows if row is not a]
        found = compare(rows, rest)
        assert [row.name for row in found.left] == [a.name]
        assert (found.renamed, found.ask) == ((), ())


def test_no_two_organisations_of_the_example_are_made_one() -> None:
    """Parents and subsidiaries among them, some with one homepage."""
    doc = yamlfile.load(ORGANISATIONS)
    rows = entries.with_directory([Entry(row["name"]) for row in doc.data], ORGANISATIONS)
    stripped = [replace(row, ids={}) for row in rows]
    for a, b in permutations(stripped, 2):
        assert compare([a], [b]).renamed == (), (a.name, b.name)


#: Names under which members of the real list stood before, or stand elsewhere, with what kept its value.
RENAMES = [
    ("Advanced Micro Devices, Inc.", "Advanced Micro Devices (AMD)", {"crunchbase"}),
    ("Alibaba Cloud", "Alibaba Cloud (Singapore) Private LTD (Alibaba Cloud)", set()),
    ("Amazon Web Services", "Amazon Web Services, Inc.", {"homepage"}),
    ("ARM Ltd", "Arm Limited", set()),
    ("Google", "Google LLC", set()),
    ("Huawei", "Huawei Technologies Co., Ltd", {"homepage"}),
    ("Intel", "Intel Corporation", set()),
    ("IBM", "International Business Machines Corporation", {"homepage"}),
    ("Grid.ai", "Lightning AI", {"crunchbase", "linkedin"}),
    ("Facebook, Inc.", "Meta Platforms, Inc.", {"crunchbase", "linkedin"}),
    ("NVIDIA", "NVIDIA Corporation", set()),
    ("Snowflake", "Snowflake Inc.", set()),
]


@needs_landscape
def test_renames_of_real_members_are_found() -> None:
    now = entries.load(LANDSCAPE)
    by_name = {row.name: row for row in now}
    before = []
    for old, new, kept in RENAMES:
        assert new in by_name
        row = by_name.pop(new)
        ids = {scheme: value for scheme, value in row.ids.items() if scheme in kept}
        before.append(Entry(old, row.tiers, row.homepage if "homepage" in kept else "", (), ids))
    gone = Entry("Departed Widgets", ("Silver",), "https://departed.example/", (), {"crunchbase": "departed-widgets"})
    found = compare([*before, *by_name.values(), gone], now)
    assert {(p.before.name, p.after.name) for p in found.renamed} == {(old, new) for old, new, _kept in RENAMES}
    assert [row.name for row in found.left] == ["Departed Widgets"]
    assert (found.joined, found.ask) == ((), ())


@needs_landscape
def test_the_example_names_the_members_of_the_real_list(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`members.yml` has slugs, the landscape legal names: with the directory's aliases they are told to be one."""
    example = ORGANISATIONS.with_name("members.yml")
    arguments = ["members", "compare", str(example), str(LANDSCAPE), "--organisations", str(ORGANISATIONS), "--json"]
    assert run(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["left"] == ["nscale"]
    assert (found["joined"], found["ask"]) == ([], [])
    assert len(found["renamed"]) + len(found["same"]) == 45


# The command ----------------------------------------------------------------------------------------------------


def command(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, Any]:
    assert run(["members", "compare", *arguments, "--json"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_command_on_csv(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    old, new, answers = tmp_path / "old.csv", tmp_path / "new.yaml", tmp_path / "answers.yaml"
    old.write_text("organisation,tier,homepage\nAcme Inc.,Gold,\nGone,Silver,\nStays,Silver,\nQualkomm,Gold,\n")
    new.write_text("- {organisation: Acme, tier: Platinum}\n- Stays\n- Comes\n- {name: Qualcomm, tier: Gold}\n")
    found = command(capsys, str(old), str(new))
    assert {key: found[key] for key in ("same", "joined", "left")} == {
        "same": ["Stays"],
        "joined": ["Comes"],
        "left": ["Gone"],
    }
    assert [(r["before"], r["after"], r["confidence"]) for r in found["renamed"]] == [("Acme Inc.", "Acme", 0.97)]
    assert [(r["before"], r["after"]) for r in found["ask"]] == [("Qualkomm", "Qualcomm")]
    answers.write_text("- {before: Qualkomm, after: Qualcomm}\n")
    assert command(capsys, str(old), str(new), "--answers", str(answers))["ask"] == []
    answers.write_text("- {before: Nobody, after: Qualcomm}\n")
    assert "is in no list" in command(capsys, str(old), str(new), "--answers", str(answers), status=2)["error"]["what"]


@pytest.mark.parametrize(
    "text", ["", "5\n", "{}\n", "members: 1\n", "- 5\n", "[]\n", "- {tier: gold}\n", "landscape: []\n"]
)
def test_what_is_no_list_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(text)
    new.write_text("- A\n")
    error = command(capsys, str(old), str(new), status=2)["error"]
    assert error["where"].startswith(str(old))


def test_domains() -> None:
    found = [domain_of(host) for host in ("a.example", "www.a.example", "x.ac.uk", "y.x.ac.uk", "cs.mit.edu")]
    assert found == ["a.example", "a.example", "x.ac.uk", "x.ac.uk", "mit.edu"]
