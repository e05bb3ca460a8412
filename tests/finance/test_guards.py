"""What the database refuses by itself, whoever writes and by whatever road."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, connection, models, transaction
from tests.finance import scene as scenes
from tests.finance.scene import DAY, DESK, Scene

from quorate.exchange.finance import actions
from quorate.exchange.finance.models import ClosedPeriod, Commodity, Description, Fund, Leg, Seal, Transaction
from quorate.kernel import ids
from quorate.ledger import triggers

CHANGED = {Transaction: ("source", "other"), Leg: ("program", "other"), Description: ("text", "other")}


def _raw(sql: str) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    return run


@pytest.mark.parametrize("model", CHANGED, ids=lambda model: model.__name__)
def test_nothing_posted_can_be_changed(scene: Scene, model: type[models.Model]) -> None:
    scene.post(("5010", "1"), ("1010", "-1"))
    field, value = CHANGED[model]
    row = model._default_manager.first()
    assert row is not None
    setattr(row, field, value)
    roads: list[Callable[[], object]] = [
        row.save,
        lambda: model._default_manager.update(**{field: value}),
        _raw(f"UPDATE {model._meta.db_table} SET {field} = '{value}'"),
    ]
    for road in roads:
        with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
            road()


@pytest.mark.parametrize("model", [Transaction, Leg, Seal], ids=lambda model: model.__name__)
def test_nothing_posted_can_be_removed(scene: Scene, model: type[models.Model]) -> None:
    scene.post(("5010", "1"), ("1010", "-1"))
    connection.check_constraints()  # a server truncates nothing while it still has checks to do
    table = model._meta.db_table
    roads = [_raw(f"DELETE FROM {table}")]
    if connection.vendor == "sqlite":
        roads.append(_raw(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))
    else:
        roads.append(_raw(f"TRUNCATE {table} CASCADE"))
    for road in roads:  # a row that replaces itself is refused by whichever guard looks first
        with pytest.raises(DatabaseError, match="what is recorded stays|no gap|is sealed"), transaction.atomic():
            road()


def _transaction(scene: Scene, number: int = 1, day: date = DAY) -> Transaction:
    identity = ids.new_id()
    return Transaction.objects.create(
        id=identity, book=scene.book, number=number, date=day, seal_id=identity, digest="0" * 64
    )


def _leg(scene: Scene, made: Transaction, position: int, code: str, minor: int, **more: object) -> Leg:
    facts: dict[str, object] = {
        "transaction": made,
        "position": position,
        "account": scene.account(code),
        "date": made.date,
        "commodity_id": "USD",
        "amount": minor,
        "priced_in_id": "USD",
        "value": minor,
        "fund": Fund.objects.get(book=scene.book),
        **more,
    }
    return Leg.objects.create(**facts)


@pytest.mark.parametrize("amounts", [(100, -99), (100,), (), (100, -50, -51)])
def test_a_seal_is_refused_while_the_legs_do_not_balance(scene: Scene, amounts: tuple[int, ...]) -> None:
    with pytest.raises(DatabaseError, match="finance_seal"), transaction.atomic():
        made = _transaction(scene)
        for place, amount in enumerate(amounts):
            _leg(scene, made, place, "5010", amount)
        Seal.objects.create(id=made.pk)


def test_balance_is_asked_of_every_commodity(scene: Scene) -> None:
    actions.define_commodity(actor=DESK, code="EUR", name="Euro", kind="currency", digits=2)
    with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
        made = _transaction(scene)
        _leg(scene, made, 0, "5010", 100)
        _leg(scene, made, 1, "1010", -100, commodity_id="EUR", priced_in_id="EUR")
        Seal.objects.create(id=made.pk)


def test_a_sealed_transaction_takes_no_leg(scene: Scene) -> None:
    made = scene.post(("5010", "1"), ("1010", "-1"))
    with pytest.raises(DatabaseError, match="is sealed"), transaction.atomic():
        _leg(scene, made, 2, "5010", 100)


@pytest.mark.django_db(transaction=True)
def test_nothing_without_a_seal_is_ever_committed(transactional_db: None) -> None:
    scene = scenes.scene()
    with pytest.raises(DatabaseError), transaction.atomic():
        made = _transaction(scene)
        _leg(scene, made, 0, "5010", 100)
        _leg(scene, made, 1, "1010", -100)
    assert Transaction.objects.count() == 0


def test_numbers_and_closed_days_are_watched_below(scene: Scene) -> None:
    for number in (0, 2, 7):
        with pytest.raises(DatabaseError, match="no gap"), transaction.atomic():
            _transaction(scene, number)
    ClosedPeriod.objects.create(book=scene.book, start=date(2026, 7, 1), until=date(2026, 8, 1))
    with pytest.raises(DatabaseError, match="period is closed"), transaction.atomic():
        _transaction(scene)


def test_legs_stay_with_their_book_and_day(scene: Scene) -> None:
    other = actions.open_book(actor=DESK, slug="other", name="Other", currency="USD")
    strays: list[dict[str, object]] = [
        {"account": other.accounts.get(code="1010")},
        {"fund": other.funds.get()},
        {"date": date(2026, 7, 14)},
        {"account": scene.account("1000")},
    ]
    for stray in strays:
        with pytest.raises(DatabaseError, match="another book"), transaction.atomic():
            _leg(scene, _transaction(scene), 0, "5010", 100, **stray)


@pytest.mark.parametrize(
    "wrong", [{"amount": 0, "value": 0}, {"value": -100}, {"value": 99}], ids=["nothing", "sign", "worth"]
)
def test_a_leg_makes_sense(scene: Scene, wrong: dict[str, object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        _leg(scene, _transaction(scene), 0, "5010", 100, **wrong)


def test_what_gives_amounts_their_meaning_is_fixed(scene: Scene) -> None:
    roads: list[Callable[[], object]] = [
        lambda: Commodity.objects.filter(pk="USD").update(digits=3),
        lambda: scene.book.accounts.filter(code="1010").update(type="expense"),
        lambda: scene.book.funds.update(restricted=True),
    ]
    for road in roads:
        with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
            road()


def test_a_guard_that_is_gone_is_missed(scene: Scene) -> None:
    connection.check_constraints()
    assert triggers.missing(connection) == []
    on = " ON finance_seal" if connection.vendor == "postgresql" else ""
    _raw(f"DROP TRIGGER finance_seal_balanced{on}")()
    assert triggers.missing(connection) == ["finance_seal_balanced"]
    if connection.vendor == "postgresql":
        _raw(
            "CREATE OR REPLACE FUNCTION finance_leg_sealed() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"
        )()
        assert set(triggers.missing(connection)) == {"finance_seal_balanced", "finance_leg_sealed"}
    triggers.install(connection)
    assert triggers.missing(connection) == []


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite rebuilds a table to alter it")
@pytest.mark.django_db(transaction=True)
def test_a_table_can_be_rebuilt_by_a_later_migration() -> None:
    """On SQLite a table is not renamed while a trigger of another table names it: the guards make way and come back."""
    scenes.scene().post(("5010", "1"), ("1010", "-1"))
    with pytest.raises(DatabaseError, match="error in trigger"), connection.schema_editor() as editor:
        editor._remake_table(Leg)  # type: ignore[attr-defined]  # SQLite's
    triggers.make_way(using="default", plan=["0002"])
    with connection.schema_editor() as editor:
        editor._remake_table(Leg)  # type: ignore[attr-defined]  # SQLite's
    assert "finance_leg_no_update" in triggers.missing(connection)
    triggers.install_after_migrate(using="default")
    assert triggers.missing(connection) == []
    assert Leg.objects.count() == 2
