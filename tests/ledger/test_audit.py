"""Whatever is changed behind the product's back, `verify` says so and names the entry."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from tests.ledger.cast import ADA, BEN, CLERK, START, happen, history, small_batches

from quorate.ledger import actions, audit, keys, sealer, triggers
from quorate.ledger.models import Checkpoint, Entry, EntryRef, Leaf, Node, PrivateValue
from quorate.ledger.notes import Checkpoint as Head
from quorate.ledger.notes import NoteError, SigningKey
from quorate.ledger.proofs import newest_checkpoint
from quorate.ledger.refs import Ref

pytestmark = pytest.mark.django_db
sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="bytes on disk are SQLite's")


def verify() -> audit.Verdict:
    return audit.verify(keys.public_keys())


@contextmanager
def tampering() -> Iterator[Callable[..., None]]:
    """Statements past every guard, undone afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        for name, table, _sql in triggers._wanted(connection):
            cursor.execute(triggers._drop(connection, name, table))
        yield lambda sql, *parameters: cursor.execute(sql, parameters)
        transaction.set_rollback(True)


def test_an_untouched_ledger_holds() -> None:
    entries = history(23, tail=2)
    found = verify()
    assert found.as_dict() == {
        "ok": True,
        "entries": 25,
        "size": 23,
        "root": newest_checkpoint().root,  # type: ignore[union-attr]  # there is one
        "first_bad": None,
        "unsealed": 2,
        "checkpoints": 5,
        "signed_by": [keys.public_keys()[-1].text()],
    }
    assert len(entries) == 25


def test_an_empty_ledger_holds() -> None:
    keys.signing_key(may_create=True)
    assert verify().ok


def changed(value: Any, rng: random.Random) -> bytes | int:
    """The value with one byte changed, as the shell of the database would store it."""
    if isinstance(value, int):
        text = list(str(int(value)))
        place = rng.randrange(len(text))
        text[place] = rng.choice([digit for digit in "0123456789" if digit != text[place]])
        return int("".join(text))
    raw = bytearray(value)
    raw[rng.randrange(len(raw))] ^= rng.choice([1, 2, 4, 8, 16, 32, 64, 128, 0x5A])
    return bytes(raw)


COLUMNS = [
    (model, field.column)
    for model in (Entry, Leaf, Checkpoint, PrivateValue, EntryRef, Node)
    for field in model._meta.concrete_fields
    if not (field.primary_key and field.name == "id")
]


@sqlite_only
@pytest.mark.parametrize(("model", "column"), COLUMNS, ids=lambda item: getattr(item, "__name__", item))
def test_one_byte_changed_in_any_column_names_the_entry(model: Any, column: str) -> None:
    """Fourteen random bytes in random rows of each column of each table."""
    rng = random.Random(f"{model.__name__}.{column}")
    with small_batches(5):
        history(23, tail=2)
        if model is Node:
            for number in range(600):
                happen(number)
            with small_batches(100):
                sealer.seal()
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        wanted = "" if column not in {"gesture"} else f" WHERE {column} IS NOT NULL"
        cursor.execute(f'SELECT "{key}", typeof("{column}"), CAST("{column}" AS BLOB), "{column}" FROM {table}{wanted}')
        rows = cursor.fetchall()
    tried = 0
    while tried < 14:
        place, kind, raw, value = rng.choice(rows)
        fresh = changed(value if kind == "integer" else raw, rng)
        with tampering() as run:
            try:
                run("PRAGMA ignore_check_constraints = ON")
                cast = "%s" if kind == "integer" else "CAST(%s AS TEXT)"
                run(f'UPDATE {table} SET "{column}" = {cast} WHERE "{key}" = %s', fresh, place)
            except IntegrityError:
                continue
            finally:
                run("PRAGMA ignore_check_constraints = OFF")
            tried += 1
            found = verify()
            what = f"{table}.{column} of {place}: {value!r} -> {fresh!r}: {found.first_bad}"
            assert found.first_bad is not None, what
            seq = found.first_bad["seq"]
        if column == "seq" and place > 23:
            assert seq in {place, fresh}, what  # not sealed yet: nothing vouches for the number, only what hangs on it
        elif model is Entry:
            assert seq == place, what
        elif model is Leaf:
            assert seq == Leaf.objects.get(index=place).entry_id, what
        elif model in (PrivateValue, EntryRef):
            assert seq in {model.objects.get(pk=place).entry_id, fresh}, what
        else:
            assert seq is not None, what


@pytest.mark.parametrize("column", ["kind", "actor", "data", "refs", "authority", "private", "digest"])
def test_a_changed_entry_is_named_on_any_database(column: str) -> None:
    entries = history(12)
    victim = entries[7]
    new = '{"what":"other"}' if column in {"data", "private"} else "[]" if column == "refs" else '["x"]'
    if column in {"kind", "actor", "digest"}:
        new = "x" * 64 if column == "digest" else "other"
    with tampering() as run:
        run(f"UPDATE ledger_entry SET {column} = %s WHERE seq = %s", new, victim.seq)
        assert verify().first_bad["seq"] == victim.seq  # type: ignore[index]  # there is one


def _forget(run: Callable[..., None], seq: int) -> None:
    run("DELETE FROM ledger_privatevalue WHERE entry_id = %s", seq)
    run("DELETE FROM ledger_entryref WHERE entry_id = %s", seq)


@pytest.mark.parametrize("place", [0, 7, 11])
@sqlite_only
def test_an_entry_that_was_removed_is_named(place: int) -> None:
    victim = history(12, tail=1)[place]
    with tampering() as run:
        _forget(run, victim.seq)
        run("DELETE FROM ledger_entry WHERE seq = %s", victim.seq)
        assert verify().first_bad["seq"] == victim.seq  # type: ignore[index]  # there is one


@pytest.mark.parametrize("place", [0, 7, 11])
def test_a_leaf_that_was_removed_with_or_without_its_entry_is_named(place: int) -> None:
    victim = history(12, tail=1)[place]
    with tampering() as run:
        run("DELETE FROM ledger_leaf WHERE entry_id = %s", victim.seq)
        assert verify().first_bad["seq"] == victim.seq  # type: ignore[index]  # there is one
        _forget(run, victim.seq)
        run("DELETE FROM ledger_entry WHERE seq = %s", victim.seq)
        assert verify().first_bad["seq"] == victim.seq  # type: ignore[index]  # there is one


def test_entries_that_changed_places_are_named() -> None:
    entries = history(12)
    one, two = entries[6], entries[8]
    with tampering() as run:
        run(
            "UPDATE ledger_leaf SET entry_id = -1 WHERE entry_id = %s", one.seq
        ) if connection.vendor == "sqlite" else None
        if connection.vendor != "sqlite":
            pytest.skip("foreign keys are in the way, as they should be")
        run("UPDATE ledger_leaf SET entry_id = %s WHERE entry_id = %s", one.seq, two.seq)
        run("UPDATE ledger_leaf SET entry_id = %s WHERE entry_id = -1", two.seq)
        assert verify().first_bad["seq"] in {one.seq, two.seq}  # type: ignore[index]  # there is one


def test_an_entry_rewritten_with_its_digest_and_leaf_is_found_by_the_signed_root() -> None:
    entries = history(12)
    victim = entries[7]
    victim.data = {"what": "another story"}
    forged = actions.digest(victim)
    with tampering() as run:
        run(
            "UPDATE ledger_entry SET data = %s, digest = %s WHERE seq = %s",
            '{"what":"another story"}',
            forged,
            victim.seq,
        )
        found = Entry.objects.get(seq=victim.seq)
        leaf = sealer.leaf_hash(sealer.record(found)).hex()
        run("UPDATE ledger_leaf SET hash = %s WHERE entry_id = %s", leaf, victim.seq)
        bad = verify().first_bad
        assert bad is not None
        assert f"{entries[5].seq} to {entries[9].seq}" in bad["why"]
        assert bad["seq"] == entries[5].seq


def test_a_ledger_signed_again_by_another_key_does_not_hold() -> None:
    history(12)
    stranger = SigningKey.generate(keys.public_keys()[-1].name)
    with tampering() as run:
        for head in Checkpoint.objects.all():
            note = stranger.sign(Head(stranger.name, head.size, bytes.fromhex(head.root)), head.created_at)
            run("UPDATE ledger_checkpoint SET note = %s WHERE size = %s", note, head.size)
        assert "not signed by a key" in verify().first_bad["why"]  # type: ignore[index]  # there is one


def test_an_inserted_entry_is_not_under_the_signed_root() -> None:
    entries = history(12)
    with tampering() as run:
        run('UPDATE ledger_leaf SET "index" = 12 WHERE "index" = 11')
        assert verify().first_bad["seq"] == entries[11].seq  # type: ignore[index]  # there is one


def test_the_last_checkpoint_removed_leaves_leaves_that_none_covers() -> None:
    entries = history(12)
    with tampering() as run:
        run("DELETE FROM ledger_checkpoint WHERE size = 12")
        assert verify().first_bad["seq"] == entries[10].seq  # type: ignore[index]  # there is one


def test_a_ledger_cut_short_is_found_by_a_checkpoint_that_was_kept() -> None:
    entries = history(12)
    kept = newest_checkpoint()
    assert kept is not None
    assert audit.verify(keys.public_keys(), [kept.note]).ok
    with tampering() as run:
        for entry in entries[10:]:
            run("DELETE FROM ledger_leaf WHERE entry_id = %s", entry.seq)
            _forget(run, entry.seq)
            run("DELETE FROM ledger_entry WHERE seq = %s", entry.seq)
        run("DELETE FROM ledger_checkpoint WHERE size = 12")
        assert verify().ok
        bad = audit.verify(keys.public_keys(), [kept.note]).first_bad
        assert bad == {"seq": entries[10].seq, "why": "2 entries at the end were removed: a checkpoint of 12 was given"}


def test_a_kept_checkpoint_between_two_batches_is_met_on_the_way() -> None:
    history(12, batch=4)
    kept = Checkpoint.objects.get(size=4)
    with tampering() as run:
        run("DELETE FROM ledger_checkpoint WHERE size = 4")
        assert audit.verify(keys.public_keys(), [kept.note]).ok
        key = keys.signing_key(may_create=False)
        other = key.sign(Head(key.name, 4, b"\0" * 32), START)
        bad = audit.verify(keys.public_keys(), [other]).first_bad
        assert bad is not None
        assert "does not continue" in bad["why"]


def test_a_kept_note_of_a_stranger_is_refused() -> None:
    stranger = SigningKey.generate("elsewhere")
    with pytest.raises(NoteError):
        audit.verify(
            [keys.signing_key(may_create=True).public], [stranger.sign(Head("elsewhere", 1, b"r" * 32), START)]
        )


def test_a_person_is_forgotten_and_every_proof_holds() -> None:
    history(12, tail=2)
    before = newest_checkpoint()
    subject = Ref("person", BEN.id.removeprefix("person:"))
    with transaction.atomic():
        count = actions.shred(actor=CLERK, subject=subject, reason="asked")
    assert count == 7
    assert not PrivateValue.objects.exists()
    assert newest_checkpoint() == before
    assert verify().ok
    told = Entry.objects.get(kind="ledger.shredded")
    assert told.data["count"] == 7
    assert sum(len(names) for names in told.data["values"].values()) == 7
    with transaction.atomic():
        assert actions.shred(actor=CLERK, subject=subject, reason="asked") == 0
    assert Entry.objects.filter(kind="ledger.shredded").count() == 1


def test_forgetting_the_one_who_wrote_it() -> None:
    happen(1, actor=BEN, refs=(Ref("case", "1"),))
    other = happen(3, actor=ADA, refs=(Ref("case", "1"),))
    with transaction.atomic():
        assert actions.shred(actor=CLERK, subject=Ref("person", BEN.id.removeprefix("person:"))) == 1
    assert list(PrivateValue.objects.values_list("entry_id", flat=True)) == [other.seq]


def test_private_values_removed_by_other_hands_are_found() -> None:
    entries = history(6)
    PrivateValue.objects.filter(entry=entries[3]).delete()
    assert verify().first_bad == {
        "seq": entries[3].seq,
        "why": "the private value 'note' was removed, and no entry says so",
    }


def test_a_private_value_added_is_found() -> None:
    entries = history(6)
    PrivateValue.objects.create(entry=entries[2], field="note", salt="s", value="never said")
    assert verify().first_bad["seq"] == entries[2].seq  # type: ignore[index]  # there is one


def test_the_sealer_signs_nothing_on_top_of_a_broken_tree() -> None:
    entries = history(12)
    happen(99)
    with tampering() as run:
        run("DELETE FROM ledger_leaf WHERE entry_id = %s", entries[11].seq)
        with pytest.raises(sealer.SealError):
            sealer.seal()
    with tampering() as run:
        run("UPDATE ledger_checkpoint SET note = %s WHERE size = 12", "nothing")
        with pytest.raises(sealer.SealError):
            sealer.seal()


def test_the_audit_reads_tables_in_a_fixed_number_of_queries_per_chunk(django_assert_max_num_queries: Any) -> None:
    history(40, batch=40)
    with django_assert_max_num_queries(16):
        assert verify().ok


@sqlite_only
def test_the_error_of_the_guard_is_plain() -> None:
    happen()
    with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
        Entry.objects.update(kind="other")
