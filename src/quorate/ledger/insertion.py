"""Writes an entry and what stands beside it in three statements.

Every action of the product appends at least one entry, and the ORM building the same INSERTs each time took 0.6 ms of
CPU more, of 1.6 for an append and its commit on SQLite. The columns come from the models, so that the two cannot part.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from quorate.ledger.canonical import canonical
from quorate.ledger.models import Entry, EntryRef, PrivateValue


def insert(entry: Entry, refs: Sequence[tuple[str, str]], private: Sequence[tuple[str, str, Any]]) -> None:
    """Store a new entry, its references (kind, id) and its private values (field, salt, value); sets its number."""
    names, sql = _statement(Entry, 1)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING seq", [_stored(getattr(entry, name)) for name in names])
        entry.seq = cursor.fetchone()[0]
        entry._state.adding = False
        if refs:
            _names, sql = _statement(EntryRef, len(refs))
            cursor.execute(sql, [item for kind, ref in refs for item in (entry.seq, kind, ref)])
        if private:
            _names, sql = _statement(PrivateValue, len(private))
            cursor.execute(
                sql, [item for name, salt, value in private for item in (entry.seq, name, salt, _json(value))]
            )


@cache
def _statement(model: type[Model], rows: int) -> tuple[tuple[str, ...], str]:
    """The attributes and the INSERT for so many rows; the database gives the key."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * rows)
    sql = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {places}"  # noqa: S608  # names of our own tables
    return tuple(field.attname for field in fields), sql


def _stored(value: Any) -> Any:
    """A value of an entry as the database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID):
        return str(value) if connection.features.has_native_uuid_field else value.hex
    return _json(value) if isinstance(value, (dict, list)) else value


def _json(value: Any) -> str:
    return canonical(value).decode()
