"""The guards of terms and charters: no two holders of a seat, alternates of it, or charters in force at one time.

The fourth migration made them; here they are put back after every `migrate`, since altering a table on SQLite rebuilds
it and drops them without a word, and `quorate doctor` says when one is missing or is not what it should be.
"""

from __future__ import annotations

from collections.abc import Iterable

from quorate.ledger.triggers import Guard, guard_by

#: Table, and the columns within which periods may not overlap.
GUARDED = (("terms_term", ("seat_id", "role")), ("terms_charter", ("body_id",)))


def guards(vendor: str) -> Iterable[Guard]:
    """One trigger for each table on PostgreSQL, two on SQLite."""
    for table, columns in GUARDED:
        same = " AND ".join(f"other.{column} = NEW.{column}" for column in columns)
        clash = (
            f"EXISTS (SELECT 1 FROM {table} other WHERE other.id <> NEW.id AND {same}"  # noqa: S608  # names from above
            " AND (other.until IS NULL OR NEW.start < other.until) AND (NEW.until IS NULL OR other.start < NEW.until))"
        )
        name = f"{table}_one_at_a_time"
        if vendor == "postgresql":
            raised = f"RAISE EXCEPTION '{table}: two periods overlap' USING ERRCODE = 'exclusion_violation'"
            yield Guard(
                name,
                table,
                f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
                name,
                f" BEGIN IF {clash} THEN {raised}; END IF; RETURN NEW; END ",
            )
            continue
        for event in ("INSERT", "UPDATE"):
            sql = (
                f"CREATE TRIGGER {name}_{event.lower()} BEFORE {event} ON {table}"
                f" WHEN {clash} BEGIN SELECT RAISE(ABORT, '{table}: two periods overlap'); END"
            )
            yield Guard(f"{name}_{event.lower()}", table, sql)


guard_by(guards)
