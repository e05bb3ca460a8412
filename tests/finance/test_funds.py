"""What donors restrict becomes free when its purpose is served or its day has come, and never more than there is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.finance import scene as scenes
from tests.finance.scene import DAY, Scene

from quorate.exchange.finance import actions, balances, proof, queries
from quorate.exchange.finance.models import Fund, Transaction
from quorate.exchange.finance.rules import LegSpec
from quorate.kernel.errors import Conflict, UserError

JULY = date(2026, 7, 1)
END = date(2026, 7, 31)


def fund(scene: Scene, slug: str, *programs: str, **more: object) -> Fund:
    return actions.open_fund(
        actor=scene.treasurer,
        book=scene.book,
        slug=slug,
        name=slug.capitalize(),
        restricted=True,
        programs=programs,
        **more,  # type: ignore[arg-type]  # tests pass any facts
    )


def give(scene: Scene, slug: str, size: str, day: date = JULY) -> Transaction:
    return scene.post(("1010", size), LegSpec("@contributions", -Decimal(size), fund=slug), day=day)


def spend(scene: Scene, size: str, program: str = "", slug: str = "", day: date = DAY) -> Transaction:
    return scene.post(LegSpec("5300", Decimal(size), program=program, fund=slug), ("1010", f"-{size}"), day=day)


def held(scene: Scene, slug: str, at: date | None = None) -> int:
    return queries.held_by(Fund.objects.get(book=scene.book, slug=slug), at).get("USD", 0)


def movement(scene: Scene, slug: str) -> list[int]:
    found = next(each for each in queries.fund_movements(scene.book, JULY, END) if each.fund.slug == slug)
    return [found.opening, found.received, found.released, found.spent, found.closing]


def test_a_cost_that_serves_the_purpose_releases_as_much(scene: Scene) -> None:
    fund(scene, "mentors", "mentoring")
    give(scene, "mentors", "1000")
    spend(scene, "300", "events")
    assert held(scene, "mentors") == 100000
    cost = spend(scene, "400", "mentoring")
    freed = Transaction.objects.get(follows=cost)
    assert (freed.nature, freed.number, freed.date) == ("release", cost.number + 1, DAY)
    assert held(scene, "mentors") == 60000
    assert movement(scene, "mentors") == [0, 100000, -40000, 0, 60000]
    assert movement(scene, "general") == [0, 0, 40000, -70000, -30000]
    sheet = queries.balance_sheet(scene.book, END)
    assert sheet.totals["net", "USD"] == (-30000, 60000)
    assert sheet.totals["asset", "USD"] == (30000, 0)
    income = queries.income_statement(scene.book, JULY, END)
    assert income.totals["change", "USD"] == (-30000, 60000)
    assert proof.verify(scene.book).ok


def test_no_more_is_released_than_there_is(scene: Scene) -> None:
    fund(scene, "mentors", "mentoring")
    give(scene, "mentors", "1000")
    spend(scene, "1500", "mentoring")
    assert held(scene, "mentors") == 0
    assert movement(scene, "general")[2:4] == [100000, -150000]
    spend(scene, "10", "mentoring")
    assert Transaction.objects.filter(nature="release").count() == 1


def test_what_is_promised_to_later_costs_is_not_taken_by_earlier_ones(scene: Scene) -> None:
    """A cost dated back must not leave the fund below nothing on a later day."""
    fund(scene, "mentors", "mentoring")
    give(scene, "mentors", "100", day=date(2026, 7, 1))
    spend(scene, "80", "mentoring", day=date(2026, 7, 20))
    give(scene, "mentors", "500", day=date(2026, 7, 25))
    spend(scene, "90", "mentoring", day=date(2026, 7, 10))
    assert held(scene, "mentors", date(2026, 7, 10)) == 8000
    assert held(scene, "mentors", date(2026, 7, 20)) == 0
    assert held(scene, "mentors") == 50000


def test_a_gift_that_comes_later_does_not_pay_for_what_was_before(scene: Scene) -> None:
    fund(scene, "mentors", "mentoring")
    give(scene, "mentors", "100", day=date(2026, 7, 20))
    spend(scene, "80", "mentoring", day=date(2026, 7, 10))
    assert held(scene, "mentors") == 10000


def test_funds_are_used_in_the_order_in_which_they_became_free(scene: Scene) -> None:
    fund(scene, "late", "mentoring", available_from=date(2026, 7, 10))
    fund(scene, "early", "mentoring", available_from=date(2026, 7, 5))
    fund(scene, "never", "mentoring", available_from=date(2026, 8, 1))
    for slug in ("late", "early", "never"):
        give(scene, slug, "100")
    spend(scene, "150", "mentoring")
    assert [held(scene, slug) for slug in ("early", "late", "never")] == [0, 5000, 10000]


def test_a_named_fund_is_held_to_its_limits(scene: Scene) -> None:
    fund(scene, "mentors", "mentoring")
    fund(scene, "later", "mentoring", available_from=date(2026, 8, 1))
    give(scene, "mentors", "100")
    give(scene, "later", "100")
    with pytest.raises(UserError, match="holds only 100.00 USD") as caught, transaction.atomic():
        spend(scene, "101", "mentoring", "mentors")
    assert caught.value.where == "legs.0.fund"
    with pytest.raises(UserError, match="another purpose"), transaction.atomic():
        spend(scene, "1", "events", "mentors")
    with pytest.raises(UserError, match="from 2026-08-01 on"), transaction.atomic():
        spend(scene, "1", "mentoring", "later")
    spend(scene, "100", "mentoring", "mentors")
    assert held(scene, "mentors") == 0
    assert balances.kept(scene.book) == balances.recomputed(scene.book)


def test_two_legs_of_one_cost_share_what_there_is(scene: Scene) -> None:
    fund(scene, "mentors", "mentoring")
    give(scene, "mentors", "100")
    scene.post(
        LegSpec("5300", Decimal(70), program="mentoring"),
        LegSpec("5100", Decimal(70), program="mentoring"),
        ("1010", "-140"),
    )
    assert held(scene, "mentors") == 0
    assert sorted(
        -leg.amount for row in Transaction.objects.filter(nature="release") for leg in row.legs.filter(amount__lt=0)
    ) == [
        3000,
        7000,
    ]


def test_reversing_a_cost_restores_the_restriction(scene: Scene) -> None:
    fund(scene, "mentors", "mentoring")
    give(scene, "mentors", "1000")
    cost = spend(scene, "400", "mentoring")
    freed = Transaction.objects.get(follows=cost)
    with pytest.raises(Conflict, match="together with another"), transaction.atomic():
        actions.reverse(actor=scene.keeper, transaction=freed, date=END, reason="Alone")
    actions.reverse(actor=scene.keeper, transaction=cost, date=END, reason="Twice")
    assert held(scene, "mentors") == 100000
    assert movement(scene, "general")[-1] == 0
    assert proof.verify(scene.book).ok


def test_a_day_alone_releases_everything_once(scene: Scene) -> None:
    fund(scene, "year-2027", available_from=date(2027, 1, 1))
    give(scene, "year-2027", "900")
    assert actions.release_funds(actor=scene.keeper, book=scene.book, through=date(2026, 12, 31)) == []
    actions.close_period(actor=scene.treasurer, book=scene.book, start=date(2027, 1, 1), until=date(2027, 2, 1))
    assert actions.release_funds(actor=scene.keeper, book=scene.book, through=date(2027, 1, 31)) == []
    (made,) = actions.release_funds(actor=scene.keeper, book=scene.book, through=date(2027, 2, 28))
    assert (made.date, held(scene, "year-2027")) == (date(2027, 2, 1), 0)
    assert actions.release_funds(actor=scene.keeper, book=scene.book, through=date(2027, 3, 31)) == []
    give(scene, "year-2027", "50", day=date(2027, 3, 3))
    (again,) = actions.release_funds(actor=scene.keeper, book=scene.book, through=date(2027, 3, 31))
    assert (again.date, held(scene, "year-2027")) == (date(2027, 3, 3), 0)


def test_limits_make_sense(scene: Scene) -> None:
    with pytest.raises(UserError, match="what the donor asked"), transaction.atomic():
        fund(scene, "nothing")
    with pytest.raises(UserError, match="only a donor"), transaction.atomic():
        actions.open_fund(actor=scene.treasurer, book=scene.book, slug="free", name="Free", programs=["ci"])


steps = st.lists(
    st.tuples(
        st.sampled_from(["give", "spend"]),
        st.integers(1, 5000),
        st.integers(1, 28),
        st.sampled_from(["mentoring", "ci", ""]),
    ),
    min_size=1,
    max_size=10,
)


class NeverBelowNothing(TestCase):
    """Whatever is given and spent, in whatever order of days."""

    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def test_no_fund_is_ever_overdrawn_and_net_assets_add_up(self, taken: list[tuple[str, int, int, str]]) -> None:
        scene = scenes.scene()
        fund(scene, "mentors", "mentoring")
        fund(scene, "both", "mentoring", "ci")
        given_in_all = spent = 0
        for what, minor, day, program in taken:
            size = str(Decimal(minor) / 100)
            if what == "give":
                give(scene, "mentors" if program == "mentoring" else "both", size, date(2026, 7, day))
                given_in_all += minor
            else:
                spend(scene, size, program, day=date(2026, 7, day))
                spent += minor
        for day in range(1, 32):
            for slug in ("mentors", "both"):
                assert held(scene, slug, date(2026, 7, day)) >= 0
        moves = queries.fund_movements(scene.book, JULY, END)
        assert sum(each.closing for each in moves) == given_in_all - spent
        assert sum(each.released for each in moves) == 0
        sheet = queries.balance_sheet(scene.book, END)
        assert sum(sheet.totals.get(("net", "USD"), (0, 0))) == sum(sheet.totals.get(("asset", "USD"), (0, 0)))
        assert balances.kept(scene.book) == balances.recomputed(scene.book)
