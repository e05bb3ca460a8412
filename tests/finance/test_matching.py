"""Which invoice a line pays: each case with its reasons, nothing settled in silence, nothing settled twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.exchange.finance.matching import (
    Certainty,
    Open,
    Outcome,
    Proposal,
    compact,
    known_as,
    propose,
    reference_for,
    reference_holds,
)
from quorate.exchange.finance.statements.statement import Line

GOLD = Open(
    "gold", "2026-0001", "EUR", Decimal("125000.00"), reference_for("2026-0001"), "Muster GmbH", accounts=("DE02",)
)
SILVER = Open("silver", "2026-0002", "EUR", Decimal("50000.00"), reference_for("2026-0002"), "Beispiel S.A.")
PASSES = Open("passes", "2026-0003", "EUR", Decimal("1200.00"), reference_for("2026-0003"), "Muster GmbH")
PAID = Open("paid", "2026-0004", "EUR", Decimal(0), reference_for("2026-0004"), "Beispiel S.A.")
DOLLARS = Open("dollars", "2026-0005", "USD", Decimal("900.00"), reference_for("2026-0005"), "Sample Inc.")
ALL = [GOLD, SILVER, PASSES, PAID, DOLLARS]


def line(amount: str, words: str = "", **facts: object) -> Line:
    made = Line(date(2026, 2, 2), Decimal(amount), "EUR", "bank:1", words=words)
    return replace(made, **facts)  # type: ignore[arg-type]  # names of fields


def one(payment: Line) -> Proposal:
    (found,) = propose([payment], ALL)
    assert found.reasons, "every proposal says why"
    assert sum((share for _key, share in found.shares), Decimal(0)) + found.rest == payment.amount
    return found


CASES: list[tuple[str, Line, Outcome, Certainty, tuple[tuple[str, str], ...]]] = [
    (
        "structured reference",
        line("125000.00", structured=GOLD.reference, party="MUSTER GMBH"),
        Outcome.EXACT,
        Certainty.CERTAIN,
        (("gold", "125000.00"),),
    ),
    (
        "reference with spaces in the words",
        line("125000.00", f"RF{GOLD.reference[2:4]} {GOLD.reference[4:8]} {GOLD.reference[8:]}"),
        Outcome.EXACT,
        Certainty.CERTAIN,
        (("gold", "125000.00"),),
    ),
    (
        "number in the words",
        line("50000.00", "Invoice 2026-0002."),
        Outcome.EXACT,
        Certainty.CERTAIN,
        (("silver", "50000.00"),),
    ),
    (
        "number torn apart",
        line("50000.00", "inv 2026 / 0002"),
        Outcome.EXACT,
        Certainty.CERTAIN,
        (("silver", "50000.00"),),
    ),
    (
        "end to end",
        line("50000.00", end_to_end="2026-0002"),
        Outcome.EXACT,
        Certainty.CERTAIN,
        (("silver", "50000.00"),),
    ),
    (
        "somebody else pays",
        line("50000.00", "2026-0002", party="Mutter AG"),
        Outcome.EXACT,
        Certainty.LIKELY,
        (("silver", "50000.00"),),
    ),
    (
        "two at once",
        line("126200.00", "2026-0001 and 2026-0003", party="Muster"),
        Outcome.SEVERAL,
        Certainty.CERTAIN,
        (("gold", "125000.00"), ("passes", "1200.00")),
    ),
    ("two named, but another sum", line("126000.00", "2026-0001 2026-0003"), Outcome.UNKNOWN, Certainty.WEAK, ()),
    ("partial", line("25000.00", "2026-0002"), Outcome.PARTIAL, Certainty.LIKELY, (("silver", "25000.00"),)),
    (
        "fee on the way",
        line("49985.00", "2026-0002", charges=Decimal("15.00")),
        Outcome.FEE,
        Certainty.CERTAIN,
        (("silver", "49985.00"),),
    ),
    (
        "a fee that does not explain it",
        line("49985.00", "2026-0002", charges=Decimal("10.00")),
        Outcome.PARTIAL,
        Certainty.LIKELY,
        (("silver", "49985.00"),),
    ),
    ("too much", line("50001.00", "2026-0002"), Outcome.OVER, Certainty.LIKELY, (("silver", "50000.00"),)),
    ("paid already", line("700.00", "2026-0004"), Outcome.AGAIN, Certainty.LIKELY, ()),
    (
        "payer and amount",
        line("1200.00", "dues", party="Muster G.m.b.H."),
        Outcome.EXACT,
        Certainty.LIKELY,
        (("passes", "1200.00"),),
    ),
    (
        "payer's name",
        line("50000.00", "dues", party="BEISPIEL SA"),
        Outcome.EXACT,
        Certainty.LIKELY,
        (("silver", "50000.00"),),
    ),
    (
        "payer's sum",
        line("126200.00", "thanks", party="GmbH Muster"),
        Outcome.SEVERAL,
        Certainty.WEAK,
        (("gold", "125000.00"), ("passes", "1200.00")),
    ),
    ("payer, no such amount", line("3.00", party="Muster GmbH"), Outcome.UNKNOWN, Certainty.WEAK, ()),
    ("amount alone", line("50000.00", "hello"), Outcome.EXACT, Certainty.WEAK, (("silver", "50000.00"),)),
    ("nothing at all", line("3.00", "hello"), Outcome.UNKNOWN, Certainty.NONE, ()),
    ("another currency", line("900.00", "2026-0005"), Outcome.UNKNOWN, Certainty.WEAK, ()),
    ("out", line("-50000.00", "2026-0002"), Outcome.OUTGOING, Certainty.NONE, ()),
    ("a number inside a longer one", line("50000.01", "12026-00021"), Outcome.UNKNOWN, Certainty.NONE, ()),
]


@pytest.mark.parametrize(
    ("payment", "outcome", "certainty", "shares"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_case(payment: Line, outcome: Outcome, certainty: Certainty, shares: tuple[tuple[str, str], ...]) -> None:
    found = one(payment)
    assert (found.outcome, found.certainty) == (outcome, certainty), found.reasons
    assert found.shares == tuple((key, Decimal(share)) for key, share in shares)


def test_an_account_that_paid_before_is_known_again() -> None:
    (found,) = propose([line("125000.00", "dues", party="Treasury Centre", party_account="DE 02")], ALL)
    assert (found.outcome, found.certainty, found.shares) == (
        Outcome.EXACT,
        Certainty.LIKELY,
        (("gold", Decimal("125000.00")),),
    )


def test_two_that_fit_equally_are_both_named_and_neither_is_proposed() -> None:
    twin = replace(PASSES, id="twin", number="2026-0009", reference="")
    (found,) = propose([line("1200.00", "dues", party="Muster GmbH")], [*ALL, twin])
    assert (found.certainty, found.shares) == (Certainty.WEAK, ())
    assert set(found.others) == {"passes", "twin"}


def test_what_one_line_settles_the_next_does_not() -> None:
    first, second = propose([line("50000.00", "2026-0002"), line("50000.00", "2026-0002")], ALL)
    assert first.outcome is Outcome.EXACT
    assert (second.outcome, second.shares, second.others) == (Outcome.AGAIN, (), ("silver",))


def test_two_parts_settle_one() -> None:
    first, second = propose([line("20000.00", "2026-0002"), line("30000.00", "2026-0002")], ALL)
    assert (first.outcome, second.outcome) == (Outcome.PARTIAL, Outcome.EXACT)


def test_a_weak_proposal_takes_nothing_from_the_next_line() -> None:
    first, second = propose([line("50000.00", "hello"), line("50000.00", "2026-0002")], ALL)
    assert (first.certainty, second.certainty) == (Certainty.WEAK, Certainty.CERTAIN)


@given(
    st.lists(
        st.builds(
            line,
            st.decimals("-100", "130000", places=2).map(str),
            st.sampled_from(["", "2026-0001", "2026-0002 2026-0003", "2026-0004", "x 2026-0005 y"]),
            party=st.sampled_from(["", "Muster GmbH", "Beispiel SA", "Nobody"]),
        ),
        max_size=8,
    )
)
def test_never_more_than_is_open_and_never_more_than_was_paid(lines: list[Line]) -> None:
    found = propose(lines, ALL)
    assert [each.line for each in found] == lines
    opened = {each.id: each.open for each in ALL}
    given_out: dict[str, Decimal] = {}
    for each in found:
        assert sum((share for _key, share in each.shares), Decimal(0)) + each.rest == each.line.amount
        if each.certainty in (Certainty.CERTAIN, Certainty.LIKELY):
            for key, share in each.shares:
                given_out[key] = given_out.get(key, Decimal(0)) + share
    assert all(given_out[key] <= opened[key] for key in given_out)


def test_references_of_iso_11649() -> None:
    assert reference_holds("RF18 5390 0754 7034")  # the example of the standard
    assert not reference_holds("RF19539007547034")
    assert not reference_holds("539007547034")
    assert reference_for("539007547034") == "RF18539007547034"


@given(st.text("ABC0123456789-", min_size=1, max_size=30).filter(compact))
def test_our_references_hold(number: str) -> None:
    assert reference_holds(reference_for(number))


def test_names_are_compared_without_form_and_accents() -> None:
    assert known_as("Müster-Werke GmbH") == known_as("MUSTER WERKE")
    assert known_as("SA") == "SA"
    assert known_as("中文公司") == known_as("中文公司 Ltd.")
    assert known_as("Muster GmbH") != known_as("Mustermann GmbH")
