"""The database itself refuses two periods of one project, or of one member, that share an instant.

On PostgreSQL an exclusion constraint does it, made by the first migration. SQLite has none, so triggers do it; they
are put in place after every `migrate`, because altering a table rebuilds it there and a rebuild drops its triggers
without a word. SQLite has one writer at a time, so a trigger is enough.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

#: Tables with periods `start` to `until`, and the column that says whose they are.
PERIODS = {"portfolio_projectstatus": "project_id", "portfolio_member": "organisation_id"}


def install_after_migrate(using: str, **_: Any) -> None:
    """For the hook that Django calls after `migrate`."""
    install(connections[using])


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place on SQLite; does nothing elsewhere, nor for tables that do not exist yet."""
    if connection.vendor != "sqlite":
        return
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, owner in PERIODS.items():
            if table not in present:
                continue
            for event in ("INSERT", "UPDATE"):
                name = f"{table}_no_overlap_{event.lower()}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN EXISTS (SELECT 1 FROM {table} o"  # noqa: S608  # names of our own tables
                    f' WHERE o."{owner}" = NEW."{owner}" AND o."id" <> NEW."id"'
                    ' AND (o."until" IS NULL OR NEW."start" IS NULL OR NEW."start" < o."until")'
                    ' AND (NEW."until" IS NULL OR o."start" IS NULL OR o."start" < NEW."until"))'
                    f" BEGIN SELECT RAISE(ABORT, '{table} refuses overlapping periods'); END"
                )


def exclude(connection: BaseDatabaseWrapper) -> None:
    """Make the exclusion constraints on PostgreSQL; does nothing elsewhere."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        for table, owner in PERIODS.items():
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_no_overlap EXCLUDE USING gist"
                f' ("{owner}" WITH =, tstzrange("start", "until") WITH &&)'
            )
