"""Members move to the tiers of a new version: planned before it is done, done in one gesture, undone to the row."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.membership.cast import shipped

from quorate.access.actors import system
from quorate.kernel.errors import UserError
from quorate.ledger.models import Entry
from quorate.registers.membership.rules import migration, reading, rolls
from quorate.registers.membership.rules.members import Member, Roll
from quorate.registers.membership.rules.migration import Moves
from quorate.registers.portfolio.models import Member as Listed
from quorate.surfaces.cli.foundation.apply import carry_out
from quorate.surfaces.cli.foundation.files import read, sections
from quorate.surfaces.cli.foundation.plan import make
from quorate.surfaces.cli.main import run

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = EXAMPLES / "pytorch-foundation"
MOVES = EXAMPLES / "tier-migration-2026-01-08.yml"
DAY = date(2026, 1, 8)
PLAIN = Moves({"premier": "platinum", "general": "silver", "associate": "associate"}, {})
COUNTS = [("associate", "associate", 16), ("general", "silver", 2), ("premier", "gold", 4), ("premier", "platinum", 11)]


def migrate(capsys: pytest.CaptureFixture[str], members: Path, *more: str, status: int = 0) -> dict[str, Any]:
    arguments = ["--charter", "pytorch", "--members", str(members), "--moves", str(MOVES), "--on", "2026-01-08"]
    assert run(["members", "migrate", *arguments, *more, "--json"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's members as they were before 8 January 2026."""
    path = tmp_path_factory.mktemp("migration") / "before.yml"
    arguments = ["--charter", "pytorch", "--members", str(EXAMPLE / "members.yml"), "--moves", str(MOVES)]
    assert run(["members", "migrate", *arguments, "--on", "2026-01-08", "--reverse", "--out", str(path)]) == 0
    return path


def test_undoing_says_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate(capsys, EXAMPLE / "members.yml", "--reverse") == {"on": "2026-01-08", "undone": 17}


def test_the_example_replays_the_8th_of_january(capsys: pytest.CaptureFixture[str], before: Path) -> None:
    found = migrate(capsys, before, "--projects", str(EXAMPLE / "projects.yml"))
    assert (found["members"], found["changed"]) == (33, 17)
    assert [(row["before"], row["after"], row["n"]) for row in found["counts"]] == COUNTS
    assert [row["organisation"] for row in found["effects"] if row["after"] == "gold"] == [
        "dell",
        "hugging-face",
        "microsoft",
        "qualcomm",
    ]
    bodies = {row["body"]: row for row in found["bodies"]}
    assert bodies["tac"]["before"]["seats"] == 15
    assert bodies["tac"]["after"] == {"seats": 16, "quorum": 12, "by_rule": {"platinum": 11, "gold": 1, "projects": 4}}
    assert bodies["governing-board"]["after"] is None
    dell = next(row for row in found["effects"] if row["organisation"] == "dell")
    assert dell["dues"] == {"before": "150000.00 USD", "after": "unknown", "difference": "unknown"}
    assert "vote on Technical Advisory Council" in dell["lost"]
    assert "elect the class's seats on Technical Advisory Council" in dell["gained"]
    assert "vote on Governing Board" in dell["not_said"]
    assert found["hash"] == migrate(capsys, before, "--projects", str(EXAMPLE / "projects.yml"))["hash"]


def test_the_recorded_history_gives_the_same_plan(capsys: pytest.CaptureFixture[str], before: Path) -> None:
    assert migrate(capsys, EXAMPLE / "members.yml")["hash"] == migrate(capsys, before)["hash"]


def test_there_and_back_is_the_same_list(capsys: pytest.CaptureFixture[str], before: Path, tmp_path: Path) -> None:
    after, again = tmp_path / "after.yml", tmp_path / "again.yml"
    migrate(capsys, before, "--out", str(after))
    assert set(rolls.load(after).members) == set(rolls.load(EXAMPLE / "members.yml").members)
    migrate(capsys, after, "--reverse", "--out", str(again))
    assert again.read_bytes() == before.read_bytes()


@pytest.mark.django_db
def test_it_is_applied_in_one_gesture_and_undone(
    capsys: pytest.CaptureFixture[str], before: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "foundation"
    folder.mkdir()
    for name in ("foundation.yml", "organisations.yml"):
        (folder / name).write_text((EXAMPLE / name).read_text())
    if (EXAMPLE / "about.md").is_file():
        (folder / "about.md").write_text((EXAMPLE / "about.md").read_text())

    def apply(members: Path) -> int:
        """Applies a list of members; says how many entries it left, all of one gesture."""
        (folder / "members.yml").write_text(members.read_text())
        count = Entry.objects.count()
        made = make(read(folder, sections()), sections())
        assert not made.refused
        carry_out(actor=system("test"), plan=made, known=sections())
        new = list(Entry.objects.order_by("seq")[count:])
        assert len({entry.gesture for entry in new}) == 1
        return len(new)

    def tiers(at: datetime) -> dict[str, str]:
        rows = Listed.objects.select_related("organisation")
        return {
            row.organisation.slug: row.tier
            for row in rows
            if (row.start is None or row.start <= at) and (row.until is None or at < row.until)
        }

    apply(before)
    noon = datetime(2026, 1, 8, 12, tzinfo=UTC)
    was = tiers(noon)
    assert sorted(set(was.values())) == ["associate", "general", "premier"]
    after = tmp_path / "after.yml"
    migrate(capsys, before, "--out", str(after))
    assert apply(after) >= 34
    now = tiers(noon)
    assert now.keys() == was.keys()
    moves = [(was[name], now[name]) for name in was]
    assert sorted((a, b, moves.count((a, b))) for a, b in set(moves)) == COUNTS
    assert tiers(datetime(2026, 1, 7, 12, tzinfo=UTC))["dell"] == "premier"
    apply(before)
    assert tiers(noon) == was


def test_nothing_is_written_without_a_decision(
    capsys: pytest.CaptureFixture[str], before: Path, tmp_path: Path
) -> None:
    moves = tmp_path / "moves.yml"
    moves.write_text("tiers: {premier: platinum, general: silver, associate: associate}\n")
    arguments = ["members", "migrate", "--charter", "pytorch", "--members", str(before), "--moves", str(moves)]
    out = tmp_path / "out.yml"
    assert run([*arguments, "--on", "2026-01-08", "--out", str(out), "--json"]) == 2
    assert "no decision" in json.loads(capsys.readouterr().out)["error"]["what"]
    assert not out.exists()
    assert run([*arguments, "--on", "2026-01-08"]) == 0
    assert "15  premier → platinum" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no map of tiers"),
        ("tiers: [a]", "no map of tiers"),
        ("tiers: {premier: platinum}", "nothing is said of"),
        ("tiers: {premier: diamond, general: silver, associate: associate}", "has no tier “diamond”"),
        (
            "tiers: {premier: platinum, general: silver, associate: associate}\nmembers: [{organisation: nobody, tier: gold}]",
            "is no member",
        ),
        ("tiers: {premier: platinum, general: silver, associate: associate}\nmembers: [dell]", "no exception"),
        ("tiers: {premier: platinum, general: silver, associate: associate}\ndecison: board", "not known here"),
    ],
)
def test_moves_that_cannot_be(
    capsys: pytest.CaptureFixture[str], before: Path, tmp_path: Path, text: str, words: str
) -> None:
    moves = tmp_path / "moves.yml"
    moves.write_text(text)
    arguments = ["members", "migrate", "--charter", "pytorch", "--members", str(before), "--moves", str(moves)]
    assert run([*arguments, "--on", "2026-01-08", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert words in error["what"]
    assert error["where"].startswith(str(moves))


@pytest.mark.parametrize(("on", "words"), [("2026-01-09", "no version of the charter begins"), ("soon", "is no day")])
def test_days_on_which_nothing_begins(capsys: pytest.CaptureFixture[str], before: Path, on: str, words: str) -> None:
    arguments = ["members", "migrate", "--charter", "pytorch", "--members", str(before), "--moves", str(MOVES)]
    assert run([*arguments, "--on", on, "--json"]) == 2
    assert words in json.loads(capsys.readouterr().out)["error"]["what"]


def test_there_is_nothing_to_undo_in_a_list_that_did_not_move(capsys: pytest.CaptureFixture[str], before: Path) -> None:
    assert "nobody changed tiers" in migrate(capsys, before, "--reverse", status=2)["error"]["what"]


def test_dues_that_are_known_are_subtracted() -> None:
    text = reading.read_text(reading.find("pytorch"))
    for tier, amount in (("platinum", 175000), ("gold", 100000), ("silver", 30000)):
        text = text.replace(f"tier: {tier}, amount: unknown", f"tier: {tier}, amount: {amount}")
    roll = Roll(
        (
            Member("A", "premier"),
            Member("B", "general", headcount=5000),
            Member("C", "associate"),
            Member("D", "premier"),
        )
    )
    found = migration.plan(reading.parse(text), roll, replace(PLAIN, members={"d": "gold"}), DAY)
    assert [(e.organisation, e.difference) for e in found.effects] == [
        ("A", 25000),
        ("B", -20000),
        ("C", 0),
        ("D", -50000),
    ]


MEMBERS = st.lists(
    st.builds(
        Member,
        organisation=st.sampled_from([f"m{n}" for n in range(8)]),
        tier=st.sampled_from(["premier", "general", "associate"]),
        joined=st.none() | st.dates(date(2024, 1, 1), date(2025, 12, 31)),
        left=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ),
    max_size=8,
    unique_by=lambda member: member.organisation,
)


@given(MEMBERS, st.lists(st.sampled_from([f"m{n}" for n in range(8)]), max_size=2))
def test_undoing_gives_back_every_row(members: list[Member], golden: list[str]) -> None:
    charter = shipped("pytorch")
    old, new = charter.on(date(2026, 1, 7)), charter.on(DAY)
    there = {m.key for m in members if m.on(date(2026, 1, 7))}
    moves = replace(PLAIN, members={name: "gold" for name in golden if name in there})
    moved = [m for row in migration.moved_rows(old, new, members, moves, DAY) for m in row]
    assert {m.key for m in moved if m.on(DAY)} == {m.key for m in members if m.on(DAY)}
    for day in (date(2025, 6, 1), date(2026, 1, 7)):
        assert [m.tier for m in moved if m.on(day)] == [m.tier for m in members if m.on(day)]
    if moved == members:
        with pytest.raises(UserError):
            migration.undone_rows(old, moved, moves, DAY)
    else:
        back = [m for row in migration.undone_rows(old, moved, moves, DAY) for m in row]
        assert back == members
