"""What absence leads to: every history against a second reading of the same rules, and the rules that cannot stand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.kernel.errors import UserError
from quorate.terms.absences import Absence, fate, parse
from quorate.terms.numbers import parse as numbers

histories = st.text("PA", max_size=14)


def came(text: str) -> list[bool]:
    return [each == "P" for each in text]


streaks = st.builds(
    Absence,
    st.sampled_from(["suspend", "uncounted"]),
    misses=st.integers(1, 4),
    until_present=st.integers(1, 3),
)


@given(streaks, histories)
def test_a_row_of_misses_holds_until_a_row_of_presences(rule: Absence, text: str) -> None:
    """Said of the whole history at once: there is a row of misses after which no row of presences came."""
    assert rule.holds(came(text)) == bool(re.search(f"A{{{rule.misses}}}(?!.*P{{{rule.until_present}}})", text))


@given(st.integers(1, 4), histories)
def test_an_election_that_is_due_stays_due(misses: int, text: str) -> None:
    rule = Absence("election", misses=misses)
    assert rule.holds(came(text)) == ("A" * misses in text)
    found = fate(rule, came(text))
    assert (found.more_presences is None) == found.holds


windows = st.integers(1, 6).flatmap(
    lambda last: st.builds(lambda p: Absence("suspend", present=p, of_last=last), st.integers(1, last))
)


@given(windows, histories)
def test_a_window_looks_at_the_last_meetings_only(rule: Absence, text: str) -> None:
    """Meetings that were not held yet are none that were missed."""
    padded = ("P" * rule.of_last + text)[-rule.of_last :]
    assert rule.holds(came(text)) == (padded.count("P") < rule.present)


@given(streaks | windows, histories, st.integers(0, 13))
def test_to_have_come_never_brings_a_consequence(rule: Absence, text: str, at: int) -> None:
    better = text[:at] + "P" + text[at + 1 :] if at < len(text) else text
    assert rule.holds(came(text)) or not rule.holds(came(better))


@given(streaks | windows, histories)
def test_what_is_foretold_comes_and_not_before(rule: Absence, text: str) -> None:
    found = fate(rule, came(text))
    assert (found.more_misses == 0) == found.holds
    assert found.more_misses is not None
    for more in range(found.more_misses + 1):
        assert rule.holds(came(text + "A" * more)) == (more == found.more_misses or found.holds)
    if found.holds:
        assert found.more_presences is not None
        for more in range(found.more_presences + 1):
            assert rule.holds(came(text + "P" * more)) == (more < found.more_presences)


@pytest.mark.parametrize(
    ("rule", "text", "held"),
    [
        # A steering committee: three misses suspend the vote until present at two in a row.
        ({"misses": 3, "then": "suspend", "until_present": 2}, "PAAPAA", False),
        ({"misses": 3, "then": "suspend", "until_present": 2}, "PAAA", True),
        ({"misses": 3, "then": "suspend", "until_present": 2}, "AAAPAP", True),
        ({"misses": 3, "then": "suspend", "until_present": 2}, "AAAPP", False),
        ({"misses": 3, "then": "suspend", "until_present": 2}, "AAAPPAA", False),
        # A networking council: two misses and the quorum no longer waits; three and there is an election.
        ({"misses": 2, "then": "uncounted"}, "PAA", True),
        ({"misses": 2, "then": "uncounted"}, "PAAP", False),
        ({"misses": 3, "then": "election"}, "AAAPPPP", True),
        # A data foundation: one vote for each company that came to three of the last four.
        ({"present": 3, "of_last": 4, "then": "suspend"}, "PPPA", False),
        ({"present": 3, "of_last": 4, "then": "suspend"}, "PAPA", True),
        ({"present": 3, "of_last": 4, "then": "suspend"}, "A", False),
        ({"present": 3, "of_last": 4, "then": "suspend"}, "AA", True),
    ],
)
def test_what_charters_say(rule: dict[str, Any], text: str, held: bool) -> None:
    (found,) = numbers({"attendance": [rule]}).attendance
    assert found.holds(came(text)) == held


@pytest.mark.parametrize(
    "rule",
    [
        {"then": "suspend"},
        {"misses": 3},
        {"misses": 3, "then": "expel"},
        {"misses": 0, "then": "suspend"},
        {"misses": True, "then": "suspend"},
        {"misses": 3, "of_last": 4, "present": 3, "then": "suspend"},
        {"of_last": 4, "then": "suspend"},
        {"present": 5, "of_last": 4, "then": "suspend"},
        {"present": 3, "of_last": 4, "until_present": 2, "then": "suspend"},
        {"misses": 3, "then": "suspend", "by": "anybody"},
        {"misses": 3, "then": "suspend", "if": "raining"},
        7,
    ],
)
def test_rules_that_cannot_stand(rule: Any) -> None:
    with pytest.raises(UserError):
        parse([rule], "attendance")


def test_a_rule_in_words() -> None:
    (rule,) = parse([{"misses": 3, "then": "suspend", "until_present": 2, "clause": "4.2"}], "attendance")
    assert rule.words == (
        "away from 3 meetings in a row: the vote is suspended, until present at 2 in a row (clause 4.2)"
    )
    assert fate(rule, came("AA")).words == "1 more miss, and the vote is suspended."
    assert fate(rule, came("AAAP")).words.endswith("It ends after 1 more meeting with the seat present.")
