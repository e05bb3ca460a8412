"""Revenue is earned by the day to the last cent, whatever periods are closed; the fee follows its tiers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.finance import scene as scenes
from tests.finance.scene import DAY, Scene

from quorate.exchange.finance import actions, jobs, proof, queries
from quorate.exchange.finance.models import Schedule, Transaction
from quorate.exchange.finance.rules import earned_by, month_ends, tiered
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.toolkit.foundation import instant

START = date(2026, 1, 8)
TIERS = [["0", "0.09"], ["1000000", "0.06"]]

prices = st.integers(1, 10**12)
starts = st.integers(0, 800).map(lambda n: date(2025, 1, 1) + timedelta(days=n))


@given(prices, starts, st.integers(1, 800), st.lists(st.integers(-30, 900), max_size=8))
def test_the_parts_of_any_division_sum_to_the_price(price: int, start: date, length: int, cuts: list[int]) -> None:
    until = start + timedelta(days=length)
    days = sorted({start, until, *(start + timedelta(days=cut) for cut in cuts)})
    reached = [earned_by(price, start, until, day) for day in days]
    assert reached == sorted(reached)
    assert (min(reached), max(reached)) == (0, price)
    for day, got in zip(days, reached, strict=True):
        gone = min(max((day - start).days, 0), length)
        assert 0 <= price * gone - got * length < length


@given(starts, st.integers(0, 800))
def test_month_ends_leave_no_day_out(start: date, length: int) -> None:
    through = start + timedelta(days=length)
    ends = list(month_ends(start, through))
    assert ends[-1] == through
    assert ends == sorted(set(ends))
    assert all((day + timedelta(days=1)).day == 1 for day in ends[:-1])
    assert len(ends) == (through.year - start.year) * 12 + through.month - start.month + 1


def test_the_fee_of_two_and_a_half_million() -> None:
    assert tiered(250000000, 2, TIERS) == 18000000
    assert tiered(100000000, 2, TIERS) == 9000000
    assert [tiered(value, 2, TIERS) for value in (0, -5, 100)] == [0, 0, 9]
    assert tiered(10**9, 2, []) == 0


@given(st.integers(0, 10**14), st.integers(0, 10**10))
def test_the_fee_never_falls_and_never_jumps(receipts: int, more: int) -> None:
    before, after = tiered(receipts, 2, TIERS), tiered(receipts + more, 2, TIERS)
    assert before <= after
    assert after - before <= more * Decimal("0.09") + 1


def bill(scene: Scene, price: str = "365", source: str = "invoice:7", until: date = date(2027, 1, 8)) -> Schedule:
    scene.post(("1010", price), ("@deferred-dues", f"-{price}"), day=START, source=source)
    return actions.defer_revenue(
        actor=scene.keeper, book=scene.book, source=source, price=Decimal(price), start=START, until=until
    )


def balance(scene: Scene, code: str, at: date | None = None) -> int:
    return queries.balance_of(scene.account(code), at)


def test_dues_are_earned_month_by_month(scene: Scene) -> None:
    bill(scene)
    made = actions.recognise_revenue(actor=scene.keeper, book=scene.book, through=date(2026, 3, 10))
    assert [(row.date, row.nature) for row in made] == [
        (date(2026, 1, 31), "recognition"),
        (date(2026, 2, 28), "recognition"),
        (date(2026, 3, 10), "recognition"),
    ]
    assert balance(scene, "4010", date(2026, 1, 31)) == -2400
    assert balance(scene, "4010") == -(24 + 28 + 10) * 100
    assert balance(scene, "2100") == -36500 + 6200
    assert actions.recognise_revenue(actor=scene.keeper, book=scene.book, through=date(2026, 3, 10)) == []
    actions.recognise_revenue(actor=scene.keeper, book=scene.book, through=date(2028, 1, 1))
    assert (balance(scene, "2100"), balance(scene, "4010")) == (0, -36500)
    assert proof.verify(scene.book).ok


def test_what_belongs_into_a_closed_period_comes_after_it(scene: Scene) -> None:
    bill(scene)
    actions.close_period(actor=scene.treasurer, book=scene.book, start=date(2026, 1, 1), until=date(2026, 3, 1))
    assert actions.recognise_revenue(actor=scene.keeper, book=scene.book, through=date(2026, 2, 28)) == []
    made = actions.recognise_revenue(actor=scene.keeper, book=scene.book, through=date(2026, 3, 31))
    assert [row.date for row in made] == [date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 31)]
    assert balance(scene, "4010") == -(24 + 28 + 31) * 100


def test_a_term_is_deferred_once(scene: Scene) -> None:
    first = bill(scene)
    again = actions.defer_revenue(
        actor=scene.keeper, book=scene.book, source="invoice:7", price=Decimal(365), start=START, until=date(2027, 1, 8)
    )
    assert again == first
    given_facts = {"actor": scene.keeper, "book": scene.book, "source": "invoice:7", "start": START}
    with pytest.raises(Conflict), transaction.atomic():
        actions.defer_revenue(**given_facts, price=Decimal(366), until=date(2027, 1, 8))  # type: ignore[arg-type]  # facts
    given_facts["source"] = "invoice:8"
    wrong = [{"price": Decimal(0)}, {"until": START}, {"deferred": "1010"}, {"earned": "@bank"}]
    for change in wrong:
        facts = {**given_facts, "price": Decimal(1), "until": date(2027, 1, 8), **change}
        with pytest.raises(UserError), transaction.atomic():
            actions.defer_revenue(**facts)  # type: ignore[arg-type]  # facts


def test_what_was_earned_by_the_day_is_not_reversed(scene: Scene) -> None:
    bill(scene)
    made = actions.recognise_revenue(actor=scene.keeper, book=scene.book, through=date(2026, 1, 31))
    with pytest.raises(Conflict, match="by the day"), transaction.atomic():
        actions.reverse(actor=scene.keeper, transaction=made[0], date=DAY, reason="no")


class AnyClosing(TestCase):
    """Whatever is closed, and whenever it is run."""

    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(st.tuples(prices, st.integers(1, 150)), min_size=1, max_size=3),
        st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=3),
        st.lists(st.integers(0, 200), max_size=3),
    )
    def test_everything_is_earned_in_the_end(
        self, terms: list[tuple[int, int]], closings: list[tuple[int, int]], runs: list[int]
    ) -> None:
        scene = scenes.scene()
        for place, (price, length) in enumerate(terms):
            size = str(Decimal(price).scaleb(-2))
            bill(scene, size, f"invoice:{place}", START + timedelta(days=length))
        for after, length in closings:
            first = START + timedelta(days=after)
            try:
                with transaction.atomic():
                    actions.close_period(
                        actor=scene.treasurer, book=scene.book, start=first, until=first + timedelta(days=length)
                    )
            except Conflict:
                continue
        for run in sorted(runs):
            day = START + timedelta(days=run)
            actions.recognise_revenue(actor=scene.keeper, book=scene.book, through=day)
            earned = sum(
                earned_by(price, START, START + timedelta(days=length), day + timedelta(days=1))
                for price, length in terms
            )
            assert 0 <= -balance(scene, "4010") <= earned
        actions.recognise_revenue(actor=scene.keeper, book=scene.book, through=date(2027, 12, 31))
        assert -balance(scene, "4010") == sum(price for price, _length in terms)
        assert balance(scene, "2100") == 0
        assert proof.verify(scene.book).ok


def test_the_fee_accrues_on_what_arrived(scene: Scene) -> None:
    actions.set_fee(actor=scene.treasurer, book=scene.book, tiers=TIERS)
    scene.post(("1010", "7000000"), ("3010", "-7000000"), day=date(2026, 1, 1), description="Opening balance")
    scene.post(("1010", "900000"), ("4010", "-900000"), day=date(2026, 2, 1))
    wrong = scene.post(("1010", "5"), ("4010", "-5"), day=date(2026, 2, 1))
    actions.reverse(actor=scene.keeper, transaction=wrong, date=date(2026, 2, 2), reason="Not ours")
    scene.post(("5010", "1000"), ("1010", "-1000"), day=date(2026, 2, 3))
    scene.post(("1020", "1600000"), ("4050", "-1600000"), day=date(2026, 3, 1))
    scene.post(("1010", "1600000"), ("1020", "-1600000"), day=date(2026, 3, 2))
    made = actions.accrue_administration(actor=scene.keeper, book=scene.book, through=date(2026, 2, 28))
    assert made is not None
    assert balance(scene, "2250") == -8100000
    actions.accrue_administration(actor=scene.keeper, book=scene.book, through=date(2026, 3, 31))
    assert (balance(scene, "2250"), balance(scene, "5900")) == (-18000000, 18000000)
    assert actions.accrue_administration(actor=scene.keeper, book=scene.book, through=date(2026, 3, 31)) is None
    scene.post(("1010", "100"), ("4010", "-100"), day=date(2027, 1, 2))
    actions.accrue_administration(actor=scene.keeper, book=scene.book, through=date(2027, 1, 31))
    assert balance(scene, "2250") == -18000900


@pytest.mark.parametrize("tiers", [[["1", "0.1"]], [["0", "2"]], [["0", "0.1"], ["0", "0.2"]], [["x", "0.1"]], [["0"]]])
def test_a_fee_makes_sense(scene: Scene, tiers: list[list[str]]) -> None:
    with pytest.raises(UserError), transaction.atomic():
        actions.set_fee(actor=scene.treasurer, book=scene.book, tiers=tiers)


def test_the_night_after_a_month_does_it_all(scene: Scene) -> None:
    actions.set_fee(actor=scene.treasurer, book=scene.book, tiers=TIERS)
    bill(scene)
    clock.set_now(instant("2026-02-01"))
    jobs.pass_days()
    assert (balance(scene, "4010"), balance(scene, "2250")) == (-2400, -3285)
    before = Transaction.objects.count()
    jobs.pass_days()
    assert Transaction.objects.count() == before
