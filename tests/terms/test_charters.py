"""Versions of a charter: which was in force when, what its numbers say, and that files carry them whole."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import DESK, Cast
from tests.foundation.conftest import Quorate, quorate, small

from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.models import Entry
from quorate.terms import numbers
from quorate.terms.actions import adopt_charter, correct_charter, remove_charter, set_up_body
from quorate.terms.models import Body, Charter
from quorate.terms.queries import charter_facts, charter_in_force
from quorate.terms.rules import BodyFacts, CharterFacts

__all__ = ["quorate", "small"]


def at(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


@pytest.fixture
def council(cast: Cast) -> Body:
    return set_up_body(actor=DESK, slug="council", facts=BodyFacts("Council", "council"))


def test_the_version_in_force_is_read_as_of_a_day(council: Body) -> None:
    adopt_charter(actor=DESK, body=council, version="1", facts=CharterFacts(at(2024), mandate="Guides."))
    adopt_charter(
        actor=DESK, body=council, version="2", facts=CharterFacts(at(2025), mandate="Decides.", adopted_by="Motion 7")
    )
    versions = [charter_in_force(council, day) for day in (at(2023), at(2024), at(2025), at(2026))]
    assert [row.version if row else None for row in versions] == [None, "1", "2", "2"]
    assert Entry.objects.filter(kind="charter.adopted").latest("seq").data["adopted_by"] == "Motion 7"


def test_an_earlier_version_ends_where_the_next_begins(council: Body) -> None:
    adopt_charter(actor=DESK, body=council, version="2", facts=CharterFacts(at(2025), mandate="Decides."))
    first = adopt_charter(actor=DESK, body=council, version="1", facts=CharterFacts(at(2024), mandate="Guides."))
    assert first.until == at(2025)


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        (CharterFacts(at(2024)), "text"),
        (CharterFacts(at(2024), link="gopher:x"), "link"),
        (CharterFacts(at(2024), at(2023), text="x"), "until"),
        (CharterFacts(at(2024), text="x", numbers={"quorums": 1}), "numbers"),
        (CharterFacts(at(2024), text="x", numbers={"quorum": {"fraction": "12"}}), "numbers.quorum.fraction"),
        (CharterFacts(at(2024), text="x", numbers={"fill_within": "soon"}), "numbers.fill_within"),
        (CharterFacts(at(2024), text="x", numbers={"related_group": [{"at_most": 0}]}), "numbers.related_group"),
        (CharterFacts(at(2024), text="x", numbers={"presides": ["the loudest"]}), "numbers.presides"),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(council: Body, facts: CharterFacts, where: str) -> None:
    with pytest.raises(UserError) as caught:
        adopt_charter(actor=DESK, body=council, version="1", facts=facts)
    assert caught.value.where == where


def test_versions_do_not_overlap_whoever_writes(council: Body) -> None:
    first = adopt_charter(
        actor=DESK, body=council, version="1", facts=CharterFacts(at(2024), at(2026), mandate="Guides.")
    )
    with pytest.raises(Conflict, match="version 1 is in force"):
        adopt_charter(actor=DESK, body=council, version="2", facts=CharterFacts(at(2025), mandate="Decides."))
    with pytest.raises((IntegrityError, DatabaseError), match="overlap"), transaction.atomic():
        Charter.objects.create(body=council, version="2", start=at(2025), until=at(2027), mandate="x")
    Charter.objects.create(body=council, version="2", start=at(2026), mandate="x")
    with pytest.raises(Conflict):
        correct_charter(actor=DESK, charter=first, facts=CharterFacts(at(2024), at(2027), mandate="Guides."))


def test_only_who_may_edit_bodies_writes_charters(cast: Cast, council: Body) -> None:
    eve = cast.actor(cast.eve)
    facts = CharterFacts(at(2024), mandate="Mine.")
    with pytest.raises(Refused):
        adopt_charter(actor=eve, body=council, version="1", facts=facts)
    row = adopt_charter(actor=cast.actor(cast.imogen), body=council, version="1", facts=facts)
    with pytest.raises(Refused):
        correct_charter(actor=eve, charter=row, facts=facts)
    with pytest.raises(Refused):
        remove_charter(actor=eve, charter=row)
    assert correct_charter(actor=DESK, charter=row, facts=charter_facts(row)) == row
    remove_charter(actor=DESK, charter=row)
    assert Entry.objects.filter(kind="charter.removed").count() == 1


def test_a_printed_quorum_that_its_rule_does_not_give_is_said() -> None:
    said = numbers.parse({"quorum": {"printed": 12, "fraction": "1/2", "strict": True}})
    assert said.quorum_by_rule(21) == 11
    assert "prints a quorum of 12" in numbers.disagreement(said, 21)
    assert "is 11 when there are 21" in numbers.disagreement(said, 21)
    assert numbers.disagreement(said, 22) == ""
    assert numbers.disagreement(numbers.Numbers(printed_quorum=12), 21) == ""


@given(st.integers(1, 60), st.integers(1, 60), st.booleans(), st.integers(0, 500))
def test_the_rule_is_reckoned_exactly(top: int, more: int, strict: bool, seats: int) -> None:
    share = Fraction(top, top + more)
    needed = numbers.Numbers(quorum=share, strict=strict).quorum_by_rule(seats)
    assert needed is not None
    enough = [n for n in range(seats + 2) if (n > share * seats if strict else n >= share * seats)]
    assert needed == enough[0]


CHARTERS = """charters:
  - version: '1'
    from: 2024-01-01
    mandate: Guides.
  - version: '2'
    from: 2025-01-01
    text: Decides.
    adopted_by: Motion 7
    numbers:
      quorum: {printed: 12, fraction: 1/2, strict: true}
      presides: [chair]
"""


def test_files_carry_versions_there_and_back(quorate: Quorate, small: Path, tmp_path: Path) -> None:
    file = small / "bodies" / "council.yml"
    file.write_text(file.read_text() + CHARTERS)
    status, plan, _ = quorate("apply", small)
    assert (status, plan["refused"]) == (0, [])
    assert [row.until for row in Charter.objects.order_by("start")] == [at(2025), None]
    quorate("export", "foundation", tmp_path / "out")
    _, again, _ = quorate("apply", tmp_path / "out")
    assert (again["changes"], again["refused"]) == ([], [])
    written = (tmp_path / "out" / "bodies" / "council.yml").read_text()
    assert "adopted_by: Motion 7" in written
    assert "until" not in written


def test_a_version_adopted_in_the_product_outlives_an_unchanged_file(quorate: Quorate, small: Path) -> None:
    file = small / "bodies" / "council.yml"
    file.write_text(file.read_text() + CHARTERS)
    quorate("apply", small)
    body = Body.objects.get(slug="council")
    adopt_charter(actor=DESK, body=body, version="3", facts=CharterFacts(at(2026), text="Decides more."))
    _, plan, _ = quorate("apply", small)
    assert plan["changes"] == []
    assert [row.version for row in Charter.objects.order_by("start")] == ["1", "2", "3"]


def test_a_number_that_cannot_stand_is_refused_at_its_line(quorate: Quorate, small: Path) -> None:
    file = small / "bodies" / "council.yml"
    file.write_text(file.read_text() + CHARTERS.replace("1/2", "half"))
    status, document, _ = quorate("apply", small)
    assert status == 2
    assert "council.yml:" in str(document["error"])
