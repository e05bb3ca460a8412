"""The bytes of an entry: what its digest and its leaf are taken of, built from a row or read as the database has it.

A *record* is the canonical JSON of all fields of an entry but its digest. The digest is taken of the record without
``seq``, because the database gives the number only on insertion; the leaf is taken of the whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any

from django.db import connection

from quorate.ledger.canonical import canonical
from quorate.ledger.merkle import leaf_hash
from quorate.ledger.models import Entry, Leaf

CHUNK = 2000
_TABLE, _LEAVES = Entry._meta.db_table, Leaf._meta.db_table
_SPAN = f"""
    FROM {_LEAVES} l LEFT JOIN {_TABLE} e ON e.seq = l.entry_id
    WHERE l."index" >= %s AND l."index" < %s ORDER BY l."index"
"""
_TAIL = f"""
    FROM {_TABLE} e LEFT JOIN {_LEAVES} l ON l.entry_id = e.seq AND l."index" < %s
    WHERE l.entry_id IS NULL AND e.seq > %s ORDER BY e.seq LIMIT %s
"""
_FIELDS = (
    "actor",
    "at",
    "authority",
    "data",
    "gesture",
    "kind",
    "private",
    "reconstructed",
    "recorded_at",
    "refs",
    "uid",
)
_JSON = ("authority", "data", "private", "refs")


def commitment(salt: str, value: Any) -> str:
    """The salted commitment to a private value: SHA-256 over salt and canonical JSON, in hex."""
    return sha256(salt.encode() + canonical(value)).hexdigest()


def instant(at: datetime) -> str:
    """UTC, microseconds, ``Z``: the one form of a time in an entry."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def body(entry: Entry) -> dict[str, Any]:
    """What an entry's digest covers: everything but the database's own sequence number and the digest."""
    return {
        "uid": str(entry.uid),
        "kind": entry.kind,
        "at": instant(entry.at),
        "recorded_at": instant(entry.recorded_at),
        "actor": entry.actor,
        "authority": entry.authority,
        "refs": entry.refs,
        "data": entry.data,
        "private": entry.private,
        "gesture": str(entry.gesture) if entry.gesture else None,
        "reconstructed": entry.reconstructed,
    }


def digest(entry: Entry) -> str:
    """The hash of an entry before it has a number, in hex."""
    return leaf_hash(canonical(body(entry))).hex()


def record(entry: Entry) -> bytes:
    """The canonical bytes of an entry, number included: what its leaf is the hash of."""
    return canonical({**body(entry), "seq": entry.seq})


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as the database has it, to the byte, with its leaf; what is missing is ``None``.

    ``start`` and ``end`` are the record before and after its number. ``fault`` says what no writer of ours would have
    stored, whatever the hashes say.
    """

    seq: int | None
    index: int | None
    leaf: str | None
    leaf_seq: int | None
    digest: str | None = None
    start: bytes = b""
    end: bytes = b""
    private: dict[str, str] | None = None
    refs: list[list[str]] | None = None
    kind: str = ""
    fault: str = ""

    @property
    def record(self) -> bytes:
        """The bytes that the leaf is the hash of."""
        return b'%s,"seq":%d%s' % (self.start, self.seq or 0, self.end)

    def digest_now(self) -> str:
        """The digest that the stored columns have."""
        return sha256(b"\x00" + self.start + self.end).hexdigest()

    def leaf_now(self) -> str:
        """The leaf that the stored columns have."""
        return sha256(b"\x00" + self.record).hexdigest()


def stored_leaves(first: int, after: int) -> Iterator[Stored]:
    """The leaves ``[first, after)`` in order with their entries. Reads in chunks and holds no transaction open."""
    columns, read = _dialect()
    for start in range(first, after, CHUNK):
        yield from _rows(f"SELECT {columns}{_SPAN}", [start, min(start + CHUNK, after)], read)


def stored_tail(size: int) -> Iterator[Stored]:
    """The entries that no leaf below ``size`` holds, in order of their number."""
    columns, read = _dialect()
    seq = -(2**63)
    while True:
        found = list(_rows(f"SELECT {columns}{_TAIL}", [size, seq, CHUNK], read))
        yield from found
        if len(found) < CHUNK:
            return
        seq = found[-1].seq or 0


def _rows(sql: str, parameters: list[Any], read: Any) -> Iterator[Stored]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    for row in rows:
        index, leaf_seq, seq, leaf = row[:4]
        if seq is None:
            yield Stored(None, index, leaf if isinstance(leaf, str) else bytes(leaf).decode(errors="replace"), leaf_seq)
        else:
            yield read(*row)


def _dialect() -> tuple[str, Any]:
    """The columns to select, and how to read them."""
    names = ["e.digest", *(f"e.{name}" for name in _FIELDS)]
    if connection.vendor == "sqlite":
        # As bytes: a byte that changes the text but not its parsed value must be seen, and one that is no UTF-8 too.
        raw = ", ".join(f"CAST({name} AS BLOB)" for name in ["l.hash", *names])
        texts = " AND ".join(
            f"typeof({name}) = 'text'" for name in names if not name.endswith(("gesture", "constructed"))
        )
        valid = " AND ".join(f"json_valid(e.{name})" for name in _JSON)
        return f'l."index", l.entry_id, e.seq, {raw}, {texts} AND {valid}', _read_bytes
    return f'l."index", l.entry_id, e.seq, l.hash, {", ".join(names)}', _read_values


def _read_bytes(index: int | None, leaf_seq: int | None, seq: int, leaf: bytes | None, *fields: Any) -> Stored:
    """From SQLite: the stored text itself goes into the record."""
    digest, actor, at, authority, data, gesture, kind, private, reconstructed, recorded_at, refs, uid, valid = fields
    place = (seq, index, None if leaf is None else leaf.decode(errors="replace"), leaf_seq)
    if not valid or reconstructed not in (b"0", b"1"):
        return Stored(*place, fault="a column holds what no entry can")
    try:
        start = b"".join(
            (
                b'{"actor":',
                encode_basestring(actor.decode()).encode(),
                b',"at":"',
                _time(at),
                b'","authority":',
                authority,
                b',"data":',
                data,
                b',"gesture":',
                b"null" if gesture is None else _uuid(gesture),
                b',"kind":',
                encode_basestring(kind.decode()).encode(),
                b',"private":',
                private,
                b',"reconstructed":',
                b"true" if reconstructed == b"1" else b"false",
                b',"recorded_at":"',
                _time(recorded_at),
                b'","refs":',
                refs,
            )
        )
        end = b',"uid":%s}' % _uuid(uid)
        hidden = json.loads(private) if private != b"{}" else {}
        named = json.loads(refs) if refs != b"[]" else []
        return Stored(*place, digest.decode(), start, end, hidden, named, kind.decode())
    except ValueError as error:
        return Stored(*place, fault=str(error))


def _read_values(index: int | None, leaf_seq: int | None, seq: int, leaf: str | None, *fields: Any) -> Stored:
    """From PostgreSQL: its types have one form each, so the values are written again."""
    digest, *columns = fields
    values = dict(zip(_FIELDS, columns, strict=True))
    place = (seq, index, leaf, leaf_seq)
    try:
        for name in _JSON:
            values[name] = json.loads(values[name]) if isinstance(values[name], str) else values[name]
        for name in ("at", "recorded_at"):
            values[name] = instant(values[name])
        for name in ("gesture", "uid"):
            values[name] = None if values[name] is None else str(values[name])
        uid = values.pop("uid")
        start, end = canonical(values)[:-1], b',"uid":' + canonical(uid) + b"}"
    except (TypeError, ValueError) as error:
        return Stored(*place, fault=str(error))
    return Stored(*place, digest, start, end, values["private"], values["refs"], values["kind"])


def _time(text: bytes) -> bytes:
    """SQLite's text of a time in the form of the record; refuses another spelling of the same instant."""
    whole, dot, micros = text[:19], text[19:20], text[20:]
    if text[10:11] != b" " or (dot and (dot != b"." or len(micros) != 6 or micros == b"000000")):
        raise ValueError(f"{text!r} is no time")
    return b"%sT%s.%sZ" % (whole[:10], whole[11:], micros or b"000000")


def _uuid(text: bytes) -> bytes:
    """SQLite's text of a UUID in the form of the record."""
    if len(text) != 32:
        raise ValueError(f"{text!r} is no identifier")
    return b'"%s-%s-%s-%s-%s"' % (text[:8], text[8:12], text[12:16], text[16:20], text[20:])
