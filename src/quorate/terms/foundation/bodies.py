"""``bodies/*.yml``: one file for each body, with its seats and who held them when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from quorate.terms import numbers
from quorate.terms.foundation import agreeing, recorded
from quorate.terms.rules import BASES, HOW, KINDS, OFFICES
from quorate.toolkit.foundation import (
    DAY_SCHEMA,
    SLUG_SCHEMA,
    File,
    Record,
    RecordKind,
    Reference,
    Section,
    at,
    tidy,
)
from quorate.toolkit.yamltext import dump

_TEXT: Mapping[str, Any] = {"type": "string"}
_PERMISSIONS: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
ROLES = ("representative", "alternate")


def _object(properties: Mapping[str, Any], required: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


_TERM = _object(
    {
        "person": SLUG_SCHEMA,
        "role": {"enum": [*ROLES, "holder"]},
        "from": {**DAY_SCHEMA, "type": "string"},
        "until": DAY_SCHEMA,
        "appointed_by": {"type": "string", "maxLength": 200},
        "ended_by": {"type": "string", "maxLength": 200},
        "note": {"type": "string", "maxLength": 200},
        "how": {"enum": list(HOW)},
    },
    ["person", "from"],
)
_SEAT = _object(
    {
        "slug": {**SLUG_SCHEMA, "maxLength": 60},
        "title": {"type": "string", "minLength": 1, "maxLength": 120},
        "class": SLUG_SCHEMA,
        "voting": {"type": "boolean"},
        "chair": {"type": "boolean"},
        "office": {"enum": list(OFFICES)},
        "of_holders": {"type": "boolean"},
        "basis": {"enum": list(BASES)},
        "permissions": _PERMISSIONS,
        "organisation": SLUG_SCHEMA,
        "project": SLUG_SCHEMA,
        "from": DAY_SCHEMA,
        "until": DAY_SCHEMA,
        "terms": {"type": "array", "items": _TERM},
    },
    ["slug", "title"],
)
_CHARTER = _object(
    {
        "version": {"type": "string", "minLength": 1, "maxLength": 40, "pattern": r"^[^/\s][^/]*$"},
        "from": {**DAY_SCHEMA, "type": "string"},
        "until": DAY_SCHEMA,
        "mandate": _TEXT,
        "text": _TEXT,
        "link": {"type": "string", "maxLength": 300},
        "adopted_by": {"type": "string", "maxLength": 200},
        "numbers": {"type": "object"},
    },
    ["version", "from"],
)
SCHEMA = _object(
    {
        "slug": {**SLUG_SCHEMA, "maxLength": 60},
        "name": {"type": "string", "minLength": 1, "maxLength": 120},
        "kind": {"enum": list(KINDS)},
        "parent": SLUG_SCHEMA,
        "purpose": _TEXT,
        "charter": _TEXT,
        "public": {"type": "boolean"},
        "permissions": _PERMISSIONS,
        "established": DAY_SCHEMA,
        "closed": DAY_SCHEMA,
        "charters": {"type": "array", "items": _CHARTER},
        "seats": {"type": "array", "items": _SEAT},
    },
    ["slug", "name", "kind"],
)


def _read(file: File) -> Iterable[Record]:
    assert file.doc is not None
    row = file.doc.data
    body = row["slug"]
    refers = []
    if row.get("parent"):
        refers.append(Reference("body", row["parent"], file.where("parent")))
    keys = ("name", "kind", "parent", "purpose", "charter", "permissions", "established", "closed")
    fields = {key: row.get(key) for key in keys}
    fields["purpose"] = (row.get("purpose") or "").strip()
    fields["public"] = row.get("public", True)
    yield Record("body", body, tidy(fields), file.where("slug"), tuple(refers))
    yield from _read_charters(file, body, row.get("charters", ()))
    for n, seat in enumerate(row.get("seats", ())):
        yield _read_seat(file, body, n, seat)
        served: Counter[tuple[str, str]] = Counter()
        terms = sorted(enumerate(seat.get("terms", ())), key=lambda pair: pair[1]["from"])
        for m, term in terms:
            role = "representative" if term.get("role", "holder") == "holder" else term["role"]
            served[role, term["person"]] += 1
            nth = served[role, term["person"]]
            key = f"{body}/{seat['slug']}/{role}/{term['person']}" + (f"/{nth}" if nth > 1 else "")
            said = {name: term.get(name) for name in recorded.TERM_KEYS}
            refer = Reference("person", term["person"], file.where("seats", n, "terms", m))
            yield Record("term", key, tidy(said), file.where("seats", n, "terms", m), (refer,))


def _read_charters(file: File, body: str, rows: Sequence[Mapping[str, Any]]) -> Iterable[Record]:
    """A version ends where the next begins, unless the file says when."""
    ordered = sorted(enumerate(rows), key=lambda pair: str(pair[1]["from"]))
    for (n, row), following in zip_longest(ordered, ordered[1:]):
        where = file.where("charters", n, "version")
        with at(Record("charter", f"{body}/{row['version']}", {}, where)):
            numbers.parse(row.get("numbers") or {})
        fields = {key: row.get(key) for key in ("from", "until", "mandate", "text", "link", "adopted_by", "numbers")}
        fields |= {key: (row.get(key) or "").strip() for key in ("mandate", "text", "link", "adopted_by")}
        if row.get("until") is None and following is not None:
            fields["until"] = following[1]["from"]
        yield Record("charter", f"{body}/{row['version']}", tidy(fields), where)


def _charter_rows(records: Iterable[Record]) -> list[dict[str, Any]]:
    ordered = sorted(records, key=lambda record: record.fields["from"])
    rows = []
    for record, following in zip_longest(ordered, ordered[1:]):
        row = {"version": record.id.partition("/")[2], **record.fields}
        if following is not None and row.get("until") == following.fields["from"]:
            row.pop("until")
        rows.append(row)
    return rows


def _read_seat(file: File, body: str, n: int, seat: Mapping[str, Any]) -> Record:
    fields = {key: seat.get(key) for key in ("title", "class", "permissions", "organisation", "project")}
    fields |= {"office": seat.get("office"), "of_holders": seat.get("of_holders") or None, "basis": seat.get("basis")}
    fields |= {"voting": seat.get("voting", True), "chair": seat.get("chair") or None, "position": n + 1}
    fields |= {"from": seat.get("from"), "until": seat.get("until")}
    refers = tuple(
        Reference(kind, seat[kind], file.where("seats", n, kind))
        for kind in ("organisation", "project")
        if seat.get(kind)
    )
    return Record("seat", f"{body}/{seat['slug']}", tidy(fields), file.where("seats", n, "slug"), refers)


def _write(records: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    seats: dict[str, list[Record]] = {}
    for record in records.get("seat", ()):
        seats.setdefault(record.id.partition("/")[0], []).append(record)
    charters: dict[str, list[Record]] = {}
    for record in records.get("charter", ()):
        charters.setdefault(record.id.partition("/")[0], []).append(record)
    terms: dict[str, list[Record]] = {}
    for record in records.get("term", ()):
        terms.setdefault("/".join(record.id.split("/")[:2]), []).append(record)
    files = {}
    for body in records.get("body", ()):
        row: dict[str, Any] = {"slug": body.id, **body.fields}
        row["charters"] = _charter_rows(charters.get(body.id, ()))
        row["seats"] = [
            _seat_row(seat, terms.get(seat.id, []))
            for seat in sorted(seats.get(body.id, ()), key=lambda s: (s.fields.get("position", 0), s.id))
        ]
        files[f"bodies/{body.id}.yml"] = dump(tidy(row))
    return files


def _seat_row(seat: Record, terms: Sequence[Record]) -> dict[str, Any]:
    row = {"slug": seat.id.partition("/")[2], **seat.fields}
    row.pop("position", None)
    row["terms"] = [
        _term_row(term) for term in sorted(terms, key=lambda t: (t.fields["from"], t.id.split("/")[2] == ROLES[1]))
    ]
    return tidy(row)


def _term_row(term: Record) -> dict[str, Any]:
    _body, _seat, role, person, *_nth = term.id.split("/")
    return {"person": person, **({"role": role} if role == ROLES[1] else {}), **term.fields}


BODIES = Section(
    name="bodies",
    order=40,
    patterns=("bodies/*.yml",),
    schema=SCHEMA,
    read=_read,
    write=_write,
    kinds=(
        RecordKind("body", recorded.bodies, agreeing.create_bodies, agreeing.change_bodies, agreeing.remove_bodies),
        RecordKind(
            "charter",
            recorded.charters,
            agreeing.create_charters,
            agreeing.change_charters,
            agreeing.remove_charters,
            # charters are also adopted in the product
            live=frozenset({"until"}),
            ending_first=True,
        ),
        RecordKind("seat", recorded.seats, agreeing.create_seats, agreeing.change_seats, agreeing.remove_seats),
        RecordKind(
            "term",
            recorded.terms,
            agreeing.create_terms,
            agreeing.change_terms,
            agreeing.remove_terms,
            # who serves also changes in the product; a file that did not change takes nothing of that back
            live=frozenset({"until", "ended_by", "note"}),
            ending_first=True,
        ),
    ),
)
