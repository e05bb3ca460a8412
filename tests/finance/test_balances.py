"""The sums that are kept are the sums of what was posted, whatever was posted and whichever day is asked for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.finance import scene as scenes
from tests.finance.scene import DESK

from quorate.exchange.finance import actions, balances, queries
from quorate.exchange.finance.models import Balance, Leg
from quorate.exchange.finance.rules import LegSpec
from quorate.kernel import money

FIRST = date(2025, 11, 20)
ACCOUNTS = ("1010", "1300", "2010", "4010", "5010")
CODES = {"USD": 2, "JPY": 0, "KWD": 3}

days = st.integers(0, 140).map(lambda n: FIRST + timedelta(days=n))
amounts = st.integers(-(10**12), 10**12).filter(bool)


@st.composite
def balanced(draw: st.DrawFn) -> tuple[date, list[tuple[str, str, int, str, str]]]:
    """A day and legs (account, commodity, minor units, fund, program) that balance."""
    code = draw(st.sampled_from(sorted(CODES)))
    parts = draw(st.lists(amounts, min_size=1, max_size=4).filter(lambda each: sum(each) != 0))
    legs = []
    for minor in (*parts, -sum(parts)):
        place = draw(st.sampled_from(ACCOUNTS))
        fund = draw(st.sampled_from(["", "second"]))
        legs.append((place, code, minor, fund, draw(st.sampled_from(["", "mentors", "ci"]))))
    return draw(days), legs


class KeptSums(TestCase):
    """Kept against recomputed, over random books."""

    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(balanced(), min_size=1, max_size=6), days, days)
    def test_kept_sums_are_the_sums(
        self, posted: list[tuple[date, list[tuple[str, str, int, str, str]]]], since: date, at: date
    ) -> None:
        book = actions.open_book(actor=DESK, slug="random", name="Random", currency="USD")
        actions.open_fund(actor=DESK, book=book, slug="second", name="Second")
        for code in ("JPY", "KWD"):
            actions.define_commodity(actor=DESK, code=code, name=code, kind="currency", digits=CODES[code])
        expected: dict[tuple[str, str], int] = defaultdict(int)
        between: dict[tuple[str, str], int] = defaultdict(int)
        for day, legs in posted:
            actions.post(
                actor=DESK,
                book=book,
                date=day,
                description="Random",
                legs=[
                    LegSpec(place, money.from_minor(minor, CODES[code]), code, fund=fund, program=program)
                    for place, code, minor, fund, program in legs
                ],
            )
            for place, code, minor, _fund, _program in legs:
                expected[place, code] += minor if day <= at else 0
                between[place, code] += minor if since <= day <= at else 0
        assert balances.kept(book) == balances.recomputed(book)
        for lines, wanted in (
            (queries.trial_balance(book, at), expected),
            (queries.trial_balance(book, at, since=since), between),
        ):
            found = {(line.account, line.commodity): line.balance for line in lines}
            assert {key: value for key, value in found.items() if value} == {
                key: value for key, value in wanted.items() if value
            }
            for code in CODES:
                assert sum(line.balance for line in lines if line.commodity == code) == 0
        split = queries.trial_balance(book, at, by=("fund", "program"))
        assert sum(line.debit for line in split) == sum(line.debit for line in queries.trial_balance(book, at))


def test_a_sum_that_was_tampered_with_is_found(scene: scenes.Scene) -> None:
    scene.post(("5010", "1"), ("1010", "-1"))
    Balance.objects.filter(account__code="5010").update(debit=99)
    assert balances.kept(scene.book) != balances.recomputed(scene.book)


def test_the_trial_balance_takes_the_same_queries_whatever_was_posted(
    scene: scenes.Scene, django_assert_num_queries: object
) -> None:
    for months in (0, 1, 2, 3):
        for _ in range(2):
            scene.post(("5010", "1"), ("1010", "-1"), day=date(2026, 3 + months, 5))
    with django_assert_num_queries(4):  # type: ignore[operator]  # pytest-django gives no type
        lines = queries.trial_balance(scene.book, date(2026, 6, 5))
    assert [(line.account, line.debit, line.credit) for line in lines] == [("1010", 0, 800), ("5010", 800, 0)]
    with django_assert_num_queries(3):  # type: ignore[operator]  # the same
        queries.trial_balance(scene.book, date(2026, 6, 30))


@pytest.mark.django_db(transaction=True)
def test_a_posting_that_is_undone_leaves_the_sums_alone(transactional_db: None) -> None:
    scene = scenes.scene()
    scene.post(("5010", "1"), ("1010", "-1"))
    before = balances.kept(scene.book)
    with pytest.raises(RuntimeError), transaction.atomic():
        scene.post(("5010", "2"), ("1010", "-2"))
        raise RuntimeError("something else fails")
    assert balances.kept(scene.book) == before == balances.recomputed(scene.book)
    assert scene.post(LegSpec("5010", Decimal(3)), ("1010", "-3")).number == 2
    assert Leg.objects.count() == 4
