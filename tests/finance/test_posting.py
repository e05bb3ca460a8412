"""Posting: what is taken, what is refused, and what stands in the ledger afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from tests.finance.scene import DAY, DESK, Scene

from quorate.exchange.finance import actions, queries
from quorate.exchange.finance.charts import AccountFacts
from quorate.exchange.finance.models import Balance, Description, Leg, Transaction
from quorate.exchange.finance.rules import LegSpec
from quorate.kernel.errors import Conflict, NotFound, Refused, UserError
from quorate.ledger.models import Entry, PrivateValue


def test_a_transaction_is_numbered_kept_and_written_down(scene: Scene) -> None:
    made = scene.post(("5010", "1200.50"), ("@bank", "-1200.50"), description="Hall for the summit", source="bill:7")
    assert (made.number, made.date, made.source) == (1, DAY, "bill:7")
    assert [(leg.account.code, leg.amount) for leg in made.legs.select_related("account")] == [
        ("5010", 120050),
        ("1010", -120050),
    ]
    entry = Entry.objects.get(kind="transaction.posted")
    assert entry.data["digest"] == made.digest
    assert "Hall" not in str(entry.data)
    assert PrivateValue.objects.get(entry=entry).value == "Hall for the summit"
    assert queries.balance_of(scene.account("1010")) == -120050


def test_numbers_have_no_gap_even_after_a_refusal(scene: Scene) -> None:
    scene.post(("5010", "1"), ("1010", "-1"))
    with pytest.raises(UserError), transaction.atomic():
        scene.post(("5010", "1"), ("1010", "-2"))
    assert scene.post(("5010", "1"), ("1010", "-1")).number == 2


@pytest.mark.parametrize(
    ("legs", "where", "what"),
    [
        ([("5010", "1")], "legs", "two legs"),
        ([("5010", "1"), ("1010", "-2")], "legs", "-1.00 USD"),
        ([("5010", "0"), ("1010", "0")], "legs.0.amount", "not nothing"),
        ([("5010", "0.001"), ("1010", "-0.001")], "legs.0.amount", "finer"),
        ([("5010", "NaN"), ("1010", "-1")], "legs.0.amount", "not a number"),
        ([("5010", "1e40"), ("1010", "-1")], "legs.0.amount", "large"),
        ([("5000", "1"), ("1010", "-1")], "legs.0.account", "groups"),
        ([("9999", "1"), ("1010", "-1")], "legs.0.account", "no account 9999"),
        ([("@nobody", "1"), ("1010", "-1")], "legs.0.account", "no account @nobody"),
        ([LegSpec("5010", Decimal(1), fund="none"), ("1010", "-1")], "legs.0.fund", "no fund none"),
        ([LegSpec("5010", Decimal(1), commodity="XXX"), ("1010", "-1")], "legs.0.commodity", "no commodity XXX"),
        ([LegSpec("5010", Decimal(1), program="Not a slug"), ("1010", "-1")], "legs.0.program", "no short name"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(scene: Scene, legs: list[tuple[str, str]], where: str, what: str) -> None:
    with pytest.raises(UserError) as caught, transaction.atomic():
        scene.post(*legs)
    assert caught.value.where == where
    assert what in caught.value.what
    assert (Transaction.objects.count(), Leg.objects.count(), Balance.objects.count()) == (0, 0, 0)


def test_all_faults_are_told_at_once(scene: Scene) -> None:
    with pytest.raises(UserError) as caught, transaction.atomic():
        scene.post(("9998", "1"), ("9999", "-1"))
    assert [problem.where for problem in caught.value.problems] == ["legs.0.account", "legs.1.account"]


def test_floats_are_a_defect_and_not_an_amount(scene: Scene) -> None:
    with pytest.raises(TypeError):
        scene.post(LegSpec("5010", 1.5), LegSpec("1010", -1.5))  # type: ignore[arg-type]  # what is tested


def test_a_key_posts_once(scene: Scene) -> None:
    first = scene.post(("5010", "5"), ("1010", "-5"), key="bill:7")
    assert scene.post(("5010", "5"), ("1010", "-5"), key="bill:7", description="told otherwise") == first
    with pytest.raises(Conflict, match="says something else"), transaction.atomic():
        scene.post(("5010", "6"), ("1010", "-6"), key="bill:7")
    assert Transaction.objects.count() == 1


def test_several_commodities_balance_each_by_itself_or_by_what_they_cost(scene: Scene) -> None:
    for code, digits in (("GPUH", 3), ("CLOUD", 2)):
        actions.define_commodity(actor=DESK, code=code, name=code, kind="unit", digits=digits)
    with pytest.raises(UserError, match="10.000 GPUH"), transaction.atomic():
        scene.post(LegSpec("1300", Decimal(10), commodity="GPUH"), ("4300", "-25"))
    made = scene.post(LegSpec("1300", Decimal("10.5"), commodity="GPUH", value=Decimal("25.20")), ("4300", "-25.20"))
    leg = made.legs.get(position=0)
    assert (leg.amount, leg.value, leg.priced_in_id) == (10500, 2520, "USD")
    with pytest.raises(UserError, match="worth itself"), transaction.atomic():
        scene.post(LegSpec("1010", Decimal(10), value=Decimal(9)), ("4300", "-9"))


def test_limits_of_an_account(scene: Scene) -> None:
    actions.define_commodity(actor=DESK, code="EUR", name="Euro", kind="currency", digits=2)
    facts = AccountFacts("1015", "Bank in euro", "asset", "1000", commodities=("EUR",))
    account = actions.open_account(actor=scene.treasurer, book=scene.book, facts=facts, opens=date(2026, 7, 1))
    with pytest.raises(UserError, match="does not take USD"), transaction.atomic():
        scene.post(("1015", "1"), ("4010", "-1"))
    euros = [LegSpec("1015", Decimal(1), commodity="EUR"), LegSpec("4010", Decimal(-1), commodity="EUR")]
    with pytest.raises(UserError, match="not open yet"), transaction.atomic():
        scene.post(*euros, day=date(2026, 6, 30))
    scene.post(*euros)
    with pytest.raises(Conflict), transaction.atomic():
        actions.change_account(actor=scene.treasurer, account=account, changes={"closes": DAY})
    actions.change_account(actor=scene.treasurer, account=account, changes={"closes": date(2026, 8, 1)})
    with pytest.raises(UserError, match="is closed"), transaction.atomic():
        scene.post(*euros, day=date(2026, 8, 1))


def test_a_reversal_undoes_once(scene: Scene) -> None:
    made = scene.post(("5010", "70"), ("1010", "-70"))
    undone = actions.reverse(actor=scene.keeper, transaction=made, date=date(2026, 8, 1), reason="Booked twice")
    assert (undone.number, undone.nature, undone.reverses) == (2, "reversal", made)
    assert queries.balance_of(scene.account("1010")) == 0
    assert queries.balance_of(scene.account("1010"), date(2026, 7, 31)) == -7000
    entry = Entry.objects.get(kind="transaction.reversed")
    assert (entry.data["number"], entry.data["reversed"]) == (2, 1)
    for again in (made, undone):
        with pytest.raises(Conflict), transaction.atomic():
            actions.reverse(actor=scene.keeper, transaction=again, date=date(2026, 8, 1), reason="again")


def test_a_reversal_is_never_earlier(scene: Scene) -> None:
    made = scene.post(("5010", "70"), ("1010", "-70"))
    with pytest.raises(UserError, match="earlier"), transaction.atomic():
        actions.reverse(actor=scene.keeper, transaction=made, date=date(2026, 7, 1), reason="no")


def test_a_closed_period_takes_nothing_until_it_is_reopened(scene: Scene) -> None:
    period = actions.close_period(
        actor=scene.treasurer, book=scene.book, start=date(2026, 7, 1), until=date(2026, 8, 1)
    )
    for day in (date(2026, 7, 1), date(2026, 7, 31)):
        with pytest.raises(Conflict, match="closed"), transaction.atomic():
            scene.post(("5010", "1"), ("1010", "-1"), day=day)
    scene.post(("5010", "1"), ("1010", "-1"), day=date(2026, 6, 30))
    scene.post(("5010", "1"), ("1010", "-1"), day=date(2026, 8, 1))
    with pytest.raises(Conflict), transaction.atomic():
        actions.close_period(actor=scene.treasurer, book=scene.book, start=date(2026, 7, 31), until=date(2026, 9, 1))
    with pytest.raises(UserError, match="why"), transaction.atomic():
        actions.reopen_period(actor=scene.treasurer, period=period, reason=" ")
    actions.reopen_period(actor=scene.treasurer, period=period, reason="A late bill")
    scene.post(("5010", "1"), ("1010", "-1"))
    entry = Entry.objects.get(kind="period.reopened")
    assert PrivateValue.objects.get(entry=entry, field="reason").value == "A late bill"
    with pytest.raises(Conflict), transaction.atomic():
        actions.reopen_period(actor=scene.treasurer, period=period, reason="again")


def test_what_was_written_about_a_transaction_can_be_forgotten(scene: Scene) -> None:
    made = scene.post(("5010", "1"), ("1010", "-1"), description="Dinner with Wanda Invented")
    actions.forget_description(actor=scene.treasurer, transaction=made, reason="asked")
    assert not Description.objects.filter(transaction=made).exists()
    assert not PrivateValue.objects.filter(field="description").exists()
    assert Transaction.objects.get().digest == made.digest


def test_other_books_do_not_mix(scene: Scene) -> None:
    other = actions.open_book(actor=DESK, slug="other", name="Other", currency="EUR")
    account = other.accounts.get(code="1010")
    with pytest.raises(NotFound), transaction.atomic():
        scene.post(LegSpec(account, Decimal(1)), ("5010", "-1"))
    fund = other.funds.get()
    with pytest.raises(NotFound), transaction.atomic():
        scene.post(LegSpec("5010", Decimal(1), fund=fund), ("1010", "-1"))
    made = actions.post(
        actor=DESK,
        book=other,
        date=DAY,
        description="First",
        legs=[LegSpec("1010", Decimal(1)), LegSpec("4010", Decimal(-1))],
    )
    assert made.number == 1


def test_rights_are_apart(scene: Scene) -> None:
    made = scene.post(("5010", "1"), ("1010", "-1"))
    with pytest.raises(Refused):
        actions.close_period(actor=scene.keeper, book=scene.book, start=DAY, until=date(2026, 8, 1))
    with pytest.raises(Refused):
        actions.forget_description(actor=scene.keeper, transaction=made, reason="no")
    with pytest.raises(Refused):
        actions.reverse(actor=scene.outsider, transaction=made, date=DAY, reason="no")
