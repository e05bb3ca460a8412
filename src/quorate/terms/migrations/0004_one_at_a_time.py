"""The database itself refuses two holders of a seat, two alternates or two charters in force at one time.

The constraints of the models see open rows only; these triggers see every period. Whoever later alters one of the
two tables on SQLite has to run this again: there Django rebuilds the table, which drops its triggers.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

#: Table, and the columns within which periods may not overlap.
GUARDED = (("terms_term", ("seat_id", "role")), ("terms_charter", ("body_id",)))


def install(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put a guard on each table."""
    for table, columns in GUARDED:
        same = " AND ".join(f"other.{column} = NEW.{column}" for column in columns)
        clash = (
            f"EXISTS (SELECT 1 FROM {table} other WHERE other.id <> NEW.id AND {same}"  # noqa: S608  # names from above
            " AND (other.until IS NULL OR NEW.start < other.until) AND (NEW.until IS NULL OR other.start < NEW.until))"
        )
        if editor.connection.vendor == "postgresql":
            editor.execute(
                f"CREATE OR REPLACE FUNCTION {table}_one_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $$"
                f" BEGIN IF {clash} THEN RAISE EXCEPTION '{table}: two periods overlap'"
                " USING ERRCODE = 'exclusion_violation'; END IF; RETURN NEW; END $$"
            )
            editor.execute(
                f"CREATE TRIGGER {table}_one_at_a_time BEFORE INSERT OR UPDATE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {table}_one_at_a_time()"
            )
        else:
            for event in ("INSERT", "UPDATE"):
                editor.execute(
                    f"CREATE TRIGGER {table}_one_at_a_time_{event.lower()} BEFORE {event} ON {table}"
                    f" WHEN {clash} BEGIN SELECT RAISE(ABORT, '{table}: two periods overlap'); END"
                )


def remove(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the guards away."""
    for table, _columns in GUARDED:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_one_at_a_time ON {table}")
            editor.execute(f"DROP FUNCTION IF EXISTS {table}_one_at_a_time()")
        else:
            for event in ("insert", "update"):
                editor.execute(f"DROP TRIGGER IF EXISTS {table}_one_at_a_time_{event}")


class Migration(migrations.Migration):
    dependencies = [("terms", "0003_charters_and_offices")]
    operations = [migrations.RunPython(install, remove)]
