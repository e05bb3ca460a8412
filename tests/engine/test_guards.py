"""Guards: total, three-valued, checked before they run, and able to name the clause that failed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.engine.durations import Duration
from quorate.engine.guards import Catalogue, Guard, GuardSyntaxError, Type

FACTS: dict[str, Any] = {
    "form.complete": True,
    "reviews.submitted": 1,
    "reviews.mean": 3.5,
    "checks.failing": ["stars"],
    "check.licence": "pass",
    "case.opened": datetime(2026, 1, 31, tzinfo=UTC),
    "today": date(2026, 5, 1),
    "grant.until": None,
}
CATALOGUE = Catalogue(
    {
        "form.complete": Type.BOOL,
        "reviews.submitted": Type.NUMBER,
        "reviews.mean": Type.NUMBER,
        "checks.failing": Type.LIST,
        "check.licence": Type.TEXT,
        "case.opened": Type.DATE,
        "case.age": Type.DURATION,
        "today": Type.DATE,
        "grant.until": Type.DATE,
    },
    {"answers": Type.ANY},
)


def value(text: str, facts: dict[str, Any] | None = None) -> bool | None:
    return Guard.parse(text).evaluate(FACTS if facts is None else facts).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("form.complete", True),
        ("not form.complete", False),
        ("reviews.submitted >= 2", False),
        ("reviews.submitted + 1 >= 2", True),
        ("reviews.mean > 3.25", True),
        ("count(checks.failing) == 0", False),
        ("count(checks.failing) == 1 and check.licence == 'pass'", True),
        ('"stars" in checks.failing', True),
        ("check.licence in ['pass', 'attested']", True),
        ("check.licence not in ['pass', 'attested']", False),
        ("'as' in check.licence", True),
        ("case.opened + P3M <= today", True),
        ("case.opened + P3M == 2026-04-30", True),
        ("case.opened + P4M <= today", False),
        ("today - case.opened == P90D", True),
        ("today - P1M == 2026-04-01", True),
        ("lower('ABC') == 'abc' and length('abc') == 3", True),
        ("[1, 2] == [1, 2]", True),
        ("false or (true and not false)", True),
    ],
)
def test_values(text: str, expected: bool) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grant.until > today", None),
        ("nobody.measured == 1", None),
        ("not nobody.measured", None),
        ("nobody.measured and false", False),
        ("nobody.measured or true", True),
        ("nobody.measured or false", None),
        ("nobody.measured in ['a']", None),
        ("'a' in ['a', nobody.measured]", True),
        ("'b' in ['a', nobody.measured]", None),
        ("nobody.measured == nobody.measured", None),
        ("grant.until is unknown", True),
        ("grant.until is known", False),
        ("(grant.until > today) is unknown", True),
        ("count(form.complete) == 0", None),
        ("form.complete > 1", None),
        ("form.complete == 1", None),
        ("9999-12-31 + P9999Y > today", None),
    ],
)
def test_unknown_is_neither_true_nor_false(text: str, expected: bool | None) -> None:
    assert value(text) is expected
    assert Guard.parse(text).evaluate(FACTS).holds is (expected is True)


class TestRefusal:
    def test_names_the_clause_that_failed_and_what_was_found(self) -> None:
        guard = Guard.parse("form.complete and count(checks.failing) == 0 and reviews.submitted >= 2")
        verdict = guard.evaluate(FACTS)
        assert [clause.text for clause in verdict.clauses] == ["count(checks.failing) == 0", "reviews.submitted >= 2"]
        assert verdict.refusal == (
            "“count(checks.failing) == 0” does not hold (checks.failing is stars); "
            "“reviews.submitted >= 2” does not hold (reviews.submitted is 1)"
        )

    def test_says_when_it_cannot_tell(self) -> None:
        verdict = Guard.parse("form.complete and grant.until > today").evaluate(FACTS)
        assert verdict.refusal == "“grant.until > today” cannot be told (grant.until is unknown, today is 2026-05-01)"

    def test_of_alternatives_names_all(self) -> None:
        verdict = Guard.parse("reviews.submitted >= 2 or (check.licence == 'fail')").evaluate(FACTS)
        assert [clause.text for clause in verdict.clauses] == ["reviews.submitted >= 2", "(check.licence == 'fail')"]

    def test_is_empty_when_it_holds(self) -> None:
        verdict = Guard.parse("form.complete or reviews.submitted >= 2").evaluate(FACTS)
        assert verdict.holds
        assert verdict.refusal == ""


@pytest.mark.parametrize(
    ("text", "position", "what"),
    [
        ("", 0, "ends where a value"),
        ("form.complete and", 17, "ends where a value"),
        ("form.complete complete", 14, "“and”, “or” or the end"),
        ("(form.complete", 14, "“)” is expected"),
        ("1 < reviews.submitted < 3", 22, "do not chain"),
        ("open('x')", 0, "no function “open”"),
        ("__import__('os')", 0, "no function"),
        ("'abc", 0, "not closed"),
        ("a = 1", 2, "does not belong"),
        ("today > 2026-02-30", 8, "not a date"),
        ("x is fine", 5, "“known” or “unknown”"),
        ("and", 0, "a value is expected"),
        ("count(a,, b)", 8, "a value is expected"),
        ("1..2", 0, "does not belong"),
        ("lambda: 1", 6, "does not belong"),
        ("(" * 80 + "true" + ")" * 80, 50, "nested too deeply"),
        ("true " * 500, 2000, "characters at most"),
    ],
)
def test_errors_say_where(text: str, position: int, what: str) -> None:
    with pytest.raises(GuardSyntaxError, match=re.escape(what)) as caught:
        Guard.parse(text)
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("text", "what", "position"),
    [
        ("form.compleet", "not a declared fact", 0),
        ("form.complete and cheks.failing == 1", "not a declared fact", 18),
        ("reviews.submitted", "must be true or false", 0),
        ("reviews.submitted and form.complete", "a bool is needed", 0),
        ("count(form.complete) == 0", "a list is needed", 6),
        ("count() == 0", "takes 1 value", 0),
        ("reviews.submitted == 'two'", "cannot be compared", 0),
        ("form.complete < true", "cannot be compared", 0),
        ("today + today > today", "does not join", 0),
        ("today in today", "cannot be compared", 0),
    ],
)
def test_check_finds_what_cannot_be(text: str, what: str, position: int) -> None:
    faults = Guard.parse(text).check(CATALOGUE)
    assert len(faults) == 1
    assert what in faults[0].what
    assert faults[0].position == position


@pytest.mark.parametrize(
    "text",
    [
        "form.complete and count(checks.failing) == 0",
        "case.opened + P3M <= today and case.age > P1D",
        "answers.anything == 1 or answers.other",
        "today - case.opened > P30D",
        "'x' in check.licence",
    ],
)
def test_check_passes_what_can_be(text: str) -> None:
    assert Guard.parse(text).check(CATALOGUE) == []


# --- properties -----------------------------------------------------------------------------------------------

names = st.sampled_from(["a", "b", "c.d", "e"])
literals = st.sampled_from(
    ["1", "2", "2.5", "'x'", '"y"', "true", "false", "P3M", "P10D", "2026-01-31", "[]", "[1, 'x']"]
)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(["x", "y", ""]),
    st.lists(st.one_of(st.none(), st.integers(0, 2), st.sampled_from(["x"])), max_size=3),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.builds(Duration, months=st.integers(0, 9999), days=st.integers(0, 9999)),
)


def _joined(inner: st.SearchStrategy[str], *, words: bool) -> st.SearchStrategy[str]:
    operators = ["and", "or", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "+", "-"]
    options = [
        st.tuples(inner, st.sampled_from(operators), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        inner.map(lambda text: f"not ({text})"),
        st.tuples(st.sampled_from(["count", "lower", "length"]), inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.lists(inner, max_size=2).map(lambda items: "[" + ", ".join(items) + "]"),
    ]
    if words:
        options.append(st.tuples(inner, st.sampled_from(["known", "unknown"])).map(lambda p: f"({p[0]}) is {p[1]}"))
    return st.one_of(options)


def guards(*, words: bool) -> st.SearchStrategy[str]:
    return st.recursive(st.one_of(names, literals), lambda inner: _joined(inner, words=words), max_leaves=8)


facts = st.dictionaries(st.sampled_from(["a", "b", "c.d", "e"]), values)


@given(guards(words=True), facts)
def test_every_guard_has_a_value_for_all_facts(text: str, given_facts: dict[str, Any]) -> None:
    verdict = Guard.parse(text).evaluate(given_facts)
    assert verdict.value in (True, False, None)
    assert verdict.holds or verdict.clauses
    assert all(clause.text in text for clause in verdict.clauses)
    assert verdict.refusal or verdict.holds


@given(guards(words=False), facts, st.sampled_from(["a", "b", "c.d", "e"]), values)
def test_learning_a_fact_never_overturns_what_was_certain(
    text: str, given_facts: dict[str, Any], name: str, learnt: Any
) -> None:
    guard = Guard.parse(text)
    before = guard.evaluate({**given_facts, name: None}).value
    if before is not None:
        assert guard.evaluate({**given_facts, name: learnt}).value is before


@given(guards(words=True), guards(words=True), facts)
def test_the_laws_of_de_morgan(one: str, other: str, given_facts: dict[str, Any]) -> None:
    assert value(f"not (({one}) and ({other}))", given_facts) is value(f"(not ({one})) or (not ({other}))", given_facts)
    assert value(f"not (({one}) or ({other}))", given_facts) is value(f"(not ({one})) and (not ({other}))", given_facts)


@given(st.text(alphabet="ab.()[]<>=!+-, '\"PTMD0123456789notrdfiswk\n", max_size=60))
def test_any_text_is_a_guard_or_an_error_with_a_place(text: str) -> None:
    place = 0
    try:
        guard = Guard.parse(text)
    except GuardSyntaxError as error:
        place = error.position
    else:
        assert guard.evaluate({}).value in (True, False, None)
        guard.check(CATALOGUE)
    assert 0 <= place <= len(text)
