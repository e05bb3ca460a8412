"""What the tables hold: a look at the schema, and at a copy that somebody took."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from tests.elections.scene import Voter, make

from quorate.access.actors import VISITOR
from quorate.registers.elections import actions, keyring
from quorate.registers.elections.actions.roll import shuffle_roll
from quorate.registers.elections.models import Box, RollEntry, SealedBallot, UsedToken
from quorate.surfaces.operations import backup

#: The tables that a secret ballot touches.
BOX: tuple[type[models.Model], ...] = (SealedBallot, UsedToken, Box)
TIMES = (models.DateTimeField, models.DateField, models.TimeField, models.DurationField)


def columns(model: type[models.Model]) -> list[Any]:
    return list(model._meta.concrete_fields)


def test_rows_of_the_box_have_no_time_no_address_no_account_and_no_counter() -> None:
    for model in (*BOX, RollEntry):
        for field in columns(model):
            assert not isinstance(field, (*TIMES, models.GenericIPAddressField)), field
            assert not isinstance(field, (models.AutoField, models.BigAutoField)), field
    assert {field.name for field in columns(SealedBallot)} == {
        "id", "election", "place", "commitment", "anchor", "code", "sealed", "checked",
    }  # fmt: skip
    for model in BOX:
        related = {field.related_model.__name__ for field in columns(model) if field.is_relation}
        assert related == {"Election"}, model


def test_no_table_refers_to_a_ballot() -> None:
    """No foreign key of any package points into the box, so no table can hold a voter beside a ballot."""
    for model in apps.get_models(include_auto_created=True):
        for field in columns(model):
            if field.is_relation:
                assert field.related_model not in BOX, field


def test_keys_of_rows_are_random_and_not_ordered_by_time() -> None:
    for model in (SealedBallot, UsedToken, RollEntry):
        assert {model().pk.version for _ in range(20)} == {4}


@pytest.mark.django_db
def test_no_value_of_a_voter_stands_beside_a_ballot() -> None:
    """In every table of the database, no text holds both something of a voter and something of a ballot."""
    scene = make(7, level="C")
    scene.nominate(3)
    scene.open()
    tokens = []
    for place in range(6):
        token, voter = scene.token(place), Voter()
        actions.drop_ballot(actor=VISITOR, election=scene.election, paper=voter.paper([["elin-1"]]), token=token)
        tokens.append(token)
    voters = [form for who in scene.people for form in (who.pk.hex, str(who.pk), str(who.account_id), who.slug)]
    ballots = [row.commitment for row in SealedBallot.objects.all()]
    ballots += [row.anchor for row in SealedBallot.objects.all()] + [token.token.hex() for token in tokens]
    for row in everything():
        if any(voter in row for voter in voters):
            assert not any(ballot in row for ballot in ballots), row
    assert "elin-1" not in " ".join(str(bytes(row.sealed)) for row in SealedBallot.objects.all())


def everything() -> list[str]:
    """Each row of each table as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                shown = [bytes(item).hex() if isinstance(item, (bytes, memoryview)) else str(item) for item in row]
                found.append(f"{table}: {' '.join(shown)}")
    return found


@pytest.mark.django_db(transaction=True)
def test_a_seized_copy_shows_no_ballot_and_after_the_result_no_opening(tmp_path: Path) -> None:
    """A copy of the files while voting is open holds no ballot in the clear; one after the result, no opening at all."""
    scene = make(6)
    scene.nominate(3)
    scene.open()
    voters = [Voter() for _ in range(6)]
    for place, voter in enumerate(voters):
        scene.cast(place, [["elin-1"], ["elin-2"]], voter)
    seized = dump(tmp_path / "open")
    clear = [b'[["elin-1"],["elin-2"]]', b'[["elin-1"], ["elin-2"]]']
    openings = [form for voter in voters for form in (f"{voter.r:064x}".encode(), voter.code.hex().encode())]
    for trace in (*clear, *openings):
        assert trace not in seized
    sealed = [bytes(row.sealed) for row in SealedBallot.objects.all()]
    scene.close()
    scene.publish()
    seized = dump(tmp_path / "published")
    for trace in openings:
        assert trace not in seized
    if connection.vendor == "sqlite":
        for left in sealed:
            assert left not in seized  # overwritten, not only marked free
    assert all(row.sealed is None for row in SealedBallot.objects.all())


def dump(path: Path) -> bytes:
    """The database as somebody would carry it away."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
        copy.close()
        return path.read_bytes()
    settings = connection.settings_dict
    command = ["pg_dump", "-h", settings["HOST"], "-p", str(settings["PORT"]), "-U", settings["USER"], settings["NAME"]]
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.mark.django_db(transaction=True)
def test_shuffling_leaves_no_order_of_writes_on_the_roll() -> None:
    """On PostgreSQL all rows carry one transaction's number, and their places in the file another order."""
    scene = make(40)
    scene.nominate(2)
    scene.open()
    order = list(range(30))
    for place in order:
        scene.cast(place, [["elin-1"]])
    before = set(RollEntry.objects.values_list("pk", "person_id", "voted"))
    shuffle_roll(scene.election)
    assert set(RollEntry.objects.values_list("pk", "person_id", "voted")) == before
    column = "ctid" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT person_id FROM elections_rollentry WHERE voted ORDER BY {column}")
        rows = [str(row[0]).replace("-", "") for row in cursor.fetchall()]
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(DISTINCT xmin::text) FROM elections_rollentry")
            assert cursor.fetchone()[0] == 1
    cast = [scene.people[place].pk.hex for place in order]
    kept = sum(one == other for one, other in zip(rows, cast, strict=True))
    assert kept < 12  # 1 is expected of a random order; 12 of 30 in place has odds below 1 in 10^8


@pytest.mark.django_db
def test_backups_leave_the_keys_of_elections_out() -> None:
    scene = make(6)
    scene.nominate(2)
    scene.open()
    assert keyring.path_of(scene.election.pk).exists()
    assert keyring.path_of(scene.election.pk).stat().st_mode & 0o077 == 0
    assert not any("elections" in name or str(scene.election.pk) in name for name in backup._files(keys=True))


def test_the_log_of_requests_names_no_election_and_no_account() -> None:
    """The line is made of the route's pattern: see the middleware."""
    source = Path(__file__).parents[2] / "src/quorate/surfaces/operations/requests.py"
    text = source.read_text("utf-8")
    assert "route_of(request)" in text
    assert not any(word in text for word in ("request.user", "REMOTE_ADDR", "request.path"))
