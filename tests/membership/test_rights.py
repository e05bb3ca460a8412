"""Rights of members: from their tier and overlays, lost when overdue, absent or suspended, by the charter's clause."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.membership.cast import changed, roll_of, shipped

from quorate.registers.membership.rules.members import Member
from quorate.registers.membership.rules.rights import State, rights
from quorate.registers.membership.rules.seats import seats

DAY = date(2022, 6, 1)


def of(charter: str, on: date = DAY, **fields: Any) -> dict[str, State]:
    found = rights(shipped(charter), [Member("A", **fields)], "A", on)
    return {right.right: right.state for right in found.rights}


def test_rights_follow_the_tier() -> None:
    assert "seats:governing-board" in of("cncf", tier="platinum")
    silver = of("cncf", tier="silver")
    assert "seats:governing-board" not in silver
    assert silver["elect:governing-board"] is State.HELD


def test_an_overlay_adds_its_rights() -> None:
    assert "end-user-community" not in of("cncf", tier="silver")
    assert of("cncf", tier="silver", overlays=("end-user",))["end-user-community"] is State.HELD


def test_every_right_names_its_clause() -> None:
    for charter in ("cncf", "lf-networking", "openjs", "opi"):
        for tier in shipped(charter).on(date(2023, 1, 1)).tiers:
            found = rights(shipped(charter), [Member("A", tier.slug)], "A", date(2023, 1, 1))
            assert found.rights, (charter, tier.slug)
            assert all(right.clauses[0] for right in found.rights)


@pytest.mark.parametrize(
    ("since", "state"), [(None, State.HELD), (date(2022, 4, 3), State.HELD), (date(2022, 4, 2), State.AT_RISK)]
)
def test_sixty_days_overdue_let_the_board_suspend(since: date | None, state: State) -> None:
    assert of("openjs", tier="gold", overdue_since=since)["elect:board"] is state


def test_a_suspended_member_has_no_rights_and_no_part_in_the_quorum() -> None:
    found = rights(shipped("openjs"), [Member("A", "platinum", suspended_since=DAY)], "A", DAY)
    assert {right.state for right in found.rights} == {State.LOST}
    assert "2.10" in found.rights[0].clauses[1]
    roll = roll_of({"platinum": 9, "gold": 3})
    full = seats(shipped("openjs"), roll, "board", DAY)
    less = seats(shipped("openjs"), changed(roll, "platinum 3", suspended_since=DAY), "board", DAY)
    assert (full.n, less.n) == (11, 10)
    later = seats(shipped("openjs"), changed(roll, "platinum 3", suspended_since=date(2022, 6, 2)), "board", DAY)
    assert later.n == 11


def test_two_missed_meetings_are_not_counted_for_the_quorum_of_lf_networking() -> None:
    roll = roll_of({"platinum": 8})
    full = seats(shipped("lf-networking"), roll, "governing-board", DAY)
    assert full.quorum is not None
    assert (full.n, full.quorum.needed, full.quorum.of) == (10, 5, 10)
    for name in ("platinum 1", "platinum 2"):
        roll = changed(roll, name, absent={"governing-board": 2})
    less = seats(shipped("lf-networking"), roll, "governing-board", DAY)
    assert less.quorum is not None
    assert (less.n, less.quorum.needed, less.quorum.of) == (10, 4, 8)
    assert less.quorum.not_counted == ("platinum 1", "platinum 2")
    once = seats(shipped("lf-networking"), changed(roll, "platinum 1", absent={"governing-board": 1}), "board", DAY)
    assert once.quorum is not None
    assert once.quorum.of == 9
    assert of("lf-networking", tier="platinum", absent={"governing-board": 2})["quorum:governing-board"] is State.LOST
    assert of("lf-networking", tier="platinum", absent={"governing-board": 2})["vote:governing-board"] is State.HELD


def test_who_left_has_no_rights() -> None:
    found = rights(shipped("cncf"), [Member("A", "platinum", left=DAY)], "a", DAY)
    assert (found.tiers, found.rights) == ((), ())
