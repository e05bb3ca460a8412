"""The database refuses to change or remove what was recorded, by whatever road."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.utils import DatabaseError
from tests.ledger.cast import happen, history

from quorate.ledger import triggers
from quorate.ledger.models import Checkpoint, Entry, EntryRef, Leaf, Node, PrivateValue

pytestmark = pytest.mark.django_db
FIELD = {Entry: "kind", EntryRef: "ref", Leaf: "hash", Node: "hash", Checkpoint: "root", PrivateValue: "salt"}


def _raw(sql: str) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    return run


def _all_have_rows() -> None:
    history(12)
    Node.objects.create(level=8, index=0, hash="0" * 64)


@pytest.mark.parametrize("model", FIELD, ids=lambda model: model.__name__)
def test_no_row_can_be_changed(model: type[models.Model]) -> None:
    _all_have_rows()
    field = FIELD[model]
    row = model._default_manager.first()
    assert row is not None
    setattr(row, field, "other")
    roads: list[Callable[[], object]] = [
        row.save,
        lambda: model._default_manager.update(**{field: "other"}),
        lambda: model._default_manager.bulk_update([row], [field]),
        _raw(f"UPDATE {model._meta.db_table} SET {field} = 'other'"),
    ]
    for road in roads:
        with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
            road()


@pytest.mark.parametrize("model", triggers.APPEND_ONLY, ids=lambda model: model.__name__)
def test_no_row_can_be_removed(model: type[models.Model]) -> None:
    _all_have_rows()
    row = model._default_manager.last()
    assert row is not None
    roads: list[Callable[[], object]] = [
        _raw(f"DELETE FROM {model._meta.db_table}"),
        lambda: model._default_manager.filter(pk=row.pk)._raw_delete("default"),
    ]
    for road in roads:
        with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
            road()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is SQLite's")
@pytest.mark.parametrize("model", FIELD, ids=lambda model: model.__name__)
def test_no_row_can_be_replaced(model: type[models.Model]) -> None:
    """INSERT OR REPLACE removes the old row without asking the triggers on deletion."""
    _all_have_rows()
    table = model._meta.db_table
    for sql in (f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}", f"REPLACE INTO {table} SELECT * FROM {table}"):
        with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
            _raw(sql)()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="TRUNCATE is PostgreSQL's")
@pytest.mark.parametrize("model", FIELD, ids=lambda model: model.__name__)
def test_no_table_can_be_truncated(model: type[models.Model]) -> None:
    _all_have_rows()
    with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
        _raw(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {model._meta.db_table} CASCADE")()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="replication roles are PostgreSQL's")
def test_a_replication_role_is_refused_too() -> None:
    _all_have_rows()
    with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
        _raw("SET LOCAL session_replication_role = replica; UPDATE ledger_entry SET kind = 'other'")()


def test_private_values_can_be_removed() -> None:
    _all_have_rows()
    PrivateValue.objects.all().delete()
    assert not PrivateValue.objects.exists()


def test_a_rebuilt_table_loses_its_guards_and_the_check_says_so_until_migrate_mends_it() -> None:
    """What Django does on SQLite to alter a column."""
    assert triggers.missing(connection) == []
    with connection.cursor() as cursor:
        for name in ("ledger_entry_no_update", "ledger_leaf_no_delete"):
            cursor.execute(triggers._drop(connection, name, name.removesuffix("_no_update").removesuffix("_no_delete")))
    assert triggers.missing(connection) == ["ledger_entry_no_update", "ledger_leaf_no_delete"]
    found = [
        message for message in run_checks(tags=[Tags.database], databases=["default"]) if message.id == "ledger.W001"
    ]
    assert len(found) == 1
    assert "ledger_entry_no_update, ledger_leaf_no_delete" in found[0].msg
    call_command("migrate", verbosity=0)
    assert triggers.missing(connection) == []
    triggers.install(connection)
    assert triggers.missing(connection) == []


def test_a_guard_with_another_body_counts_as_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(triggers._drop(connection, "ledger_entry_no_update", "ledger_entry"))
        if connection.vendor == "sqlite":
            cursor.execute("CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT 1; END")
        else:
            cursor.execute(
                "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry FOR EACH ROW"
                f" EXECUTE FUNCTION {triggers._FUNCTION}()"
            )
            cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_no_update")
    assert triggers.missing(connection) == ["ledger_entry_no_update"]


def test_the_hatch_of_the_tests_is_shut_for_a_real_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "quorate")
    with pytest.raises(RuntimeError, match="no test database"), triggers.lifted(connection):
        raise AssertionError("the guards were lifted")


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_can_empty_its_database_afterwards() -> None:
    happen()
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_and_the_guards_are_back_for_the_next_one() -> None:
    assert Entry.objects.count() == 0
    assert triggers.missing(connection) == []
