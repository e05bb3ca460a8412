"""The guards of terms and charters come back after every migration, and their absence is noticed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from tests.cast import Cast

from quorate.ledger import triggers
from quorate.terms.models import Charter, Seat, Term

pytestmark = pytest.mark.django_db


def drop() -> str:
    """Take the guard of charters away, as a table that is rebuilt would."""
    names = ["terms_charter_one_at_a_time"]
    if connection.vendor == "sqlite":
        names = [f"{names[0]}_insert", f"{names[0]}_update"]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER {name}" + (" ON terms_charter" if connection.vendor == "postgresql" else ""))
    return names[0]


def test_a_guard_that_is_gone_is_said_and_put_back(cast: Cast) -> None:
    seat = Seat.objects.get(slug="executive-director")
    assert triggers.missing(connection) == []
    name = drop()
    assert name in triggers.missing(connection)
    (warning,) = triggers.guards_are_in_place(["default"])
    assert name in warning.msg
    connection.check_constraints()  # a server alters no table while checks of it are put off
    triggers.install(connection)
    assert triggers.missing(connection) == []
    early, late = datetime(2024, 6, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    with pytest.raises((IntegrityError, DatabaseError), match="two periods overlap"), transaction.atomic():
        Term.objects.create(seat=seat, person=cast.mara, start=early, until=late)
    Charter.objects.create(body=seat.body, version="1", start=early)
    with pytest.raises((IntegrityError, DatabaseError), match="two periods overlap"), transaction.atomic():
        Charter.objects.create(body=seat.body, version="2", start=late, until=datetime(2026, 1, 1, tzinfo=UTC))
