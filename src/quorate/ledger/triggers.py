"""The database itself refuses to change or remove what was recorded, whoever asks.

Installed after every `migrate` and not in a migration: on SQLite, Django rebuilds a table to alter it, and a rebuild
drops its triggers without a word. On PostgreSQL, TRUNCATE passes row triggers by and needs one of its own, and
triggers fire for replication roles too. On SQLite, INSERT OR REPLACE removes a row without asking the triggers on
deletion, so inserts over an existing key are refused as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate

from quorate.ledger.models import Checkpoint, Entry, EntryRef, Leaf, Node, PrivateValue

APPEND_ONLY: tuple[type[models.Model], ...] = (Entry, EntryRef, Leaf, Node, Checkpoint)
ERASABLE: tuple[type[models.Model], ...] = (PrivateValue,)
"""Rows that may be removed, because a person may be forgotten, but never changed."""

_FUNCTION = "ledger_refuse_change"
_FUNCTION_BODY = "BEGIN RAISE EXCEPTION '% refuses %: what is recorded stays', TG_TABLE_NAME, TG_OP; END"


@dataclass(frozen=True)
class Guard:
    """A trigger of another package, in the database's own words.

    On PostgreSQL ``sql`` calls ``function``, which is made from ``body`` (PL/pgSQL); on SQLite both are empty.
    """

    name: str
    table: str
    sql: str
    function: str = ""
    body: str = ""


_tables: dict[type[models.Model], bool] = {}
_guards: list[Callable[[str], Iterable[Guard]]] = []


def guard(*tables: type[models.Model], erasable: bool = False) -> None:
    """Let the database refuse to change or remove rows of another package's tables too, as it does here.

    Of ``erasable`` tables rows may be removed, but not changed.
    """
    _tables.update(dict.fromkeys(tables, erasable))


def guard_by(guards: Callable[[str], Iterable[Guard]]) -> None:
    """Add further triggers of another package, given the database's vendor. Installed and asserted with these."""
    _guards.append(guards)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, replacing what is there; does nothing for tables that do not exist yet."""
    present = set(connection.introspection.table_names())
    functions = {_FUNCTION: _FUNCTION_BODY}
    functions |= {each.function: each.body for each in _others(connection) if each.function and each.table in present}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, body in functions.items():
                cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        for name, table, sql in _wanted(connection):
            if table in present:
                cursor.execute(_drop(connection, name, table))
                cursor.execute(sql)
                if connection.vendor == "postgresql":
                    cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that are absent, switched off or not what they should be."""
    present = set(connection.introspection.table_names())
    wanted = {name: sql for name, table, sql in _wanted(connection) if table in present}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
            return [name for name, sql in wanted.items() if found.get(name) != sql]
        cursor.execute(
            "SELECT t.tgname, p.proname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgenabled = 'A' AND NOT t.tgisinternal"
        )
        active = {name: (function, body) for name, function, body in cursor.fetchall()}
    calls = {each.name: (each.function, each.body) for each in _others(connection)}
    return [name for name in wanted if active.get(name) != calls.get(name, (_FUNCTION, _FUNCTION_BODY))]


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """The one hatch, for tests that empty their database between them. Refuses a database that is not a test's."""
    name = str(connection.settings_dict["NAME"])
    if not (name.startswith("test_") or "mode=memory" in name or name == ":memory:"):
        raise RuntimeError(f"the guards of {name} are not to be lifted: it is no test database")
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for trigger, table, _ in _wanted(connection):
            if table in present:
                cursor.execute(_drop(connection, trigger, table))
    try:
        yield
    finally:
        install(connection)


def install_after_migrate(using: str, **_: Any) -> None:
    """For the hook that Django calls after `migrate` and `flush`."""
    install(connections[using])


def make_way(using: str, plan: Sequence[Any] = (), **_: Any) -> None:
    """For the hook that Django calls before `migrate`: on SQLite a table is not renamed while a trigger names it.

    Only guards that look at other tables are in the way. They come back after `migrate`; if that fails in between,
    the check below says what is missing.
    """
    connection = connections[using]
    if connection.vendor == "sqlite" and plan:
        with connection.cursor() as cursor:
            for each in _others(connection):
                cursor.execute(_drop(connection, each.name, each.table))


pre_migrate.connect(make_way, sender=apps.get_app_config("ledger"), dispatch_uid="ledger guards make way")
post_migrate.connect(install_after_migrate, sender=apps.get_app_config("ledger"), dispatch_uid="ledger guards")


@register(Tags.database)
def guards_are_in_place(databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A warning and not an error, because `migrate` runs this check first and is the way to mend it."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        lost = missing(connections[alias])
        if lost:
            found.append(
                Warning(
                    f"Tables that the database should guard are not guarded: {', '.join(lost)} missing in {alias}.",
                    hint="Run `quorate setup` (or `migrate`), which puts them back, and then `quorate ledger verify`.",
                    id="ledger.W001",
                )
            )
    return found


def _wanted(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str, str]]:
    """Name, table and definition of each trigger."""
    for model, erasable in {**dict.fromkeys(APPEND_ONLY, False), **dict.fromkeys(ERASABLE, True), **_tables}.items():
        table = model._meta.db_table
        refused = ("UPDATE",) if erasable else ("UPDATE", "DELETE")
        if connection.vendor == "postgresql":
            for event, level in (*((event, "ROW") for event in refused), ("TRUNCATE", "STATEMENT")):
                name = f"{table}_no_{event.lower()}"
                sql = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {level} EXECUTE FUNCTION {_FUNCTION}()"
                yield name, table, sql
            continue
        for event in refused:
            name = f"{table}_no_{event.lower()}"
            yield name, table, _sqlite(name, event, table, "")
        name = f"{table}_no_replace"
        taken = " OR ".join(f"({' AND '.join(f'{col} = NEW.{col}' for col in key)})" for key in _keys(model))
        when = f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})"  # noqa: S608  # names of our own tables
        yield name, table, _sqlite(name, "INSERT", table, when)
    for each in _others(connection):
        yield each.name, each.table, each.sql


def _others(connection: BaseDatabaseWrapper) -> Iterator[Guard]:
    for guards in _guards:
        yield from guards(connection.vendor)


def _sqlite(name: str, event: str, table: str, when: str) -> str:
    words = f"{table} refuses {event}: what is recorded stays"
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{words}'); END"


def _keys(model: type[models.Model]) -> list[list[str]]:
    """The sets of columns that identify a row."""
    columns = {field.name: f'"{field.column}"' for field in model._meta.concrete_fields}
    keys = [[columns[field.name]] for field in model._meta.concrete_fields if field.unique]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            keys.append([columns[name] for name in constraint.fields])
    return keys


def _drop(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
