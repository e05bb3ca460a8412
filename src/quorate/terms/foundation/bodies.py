"""``bodies/*.yml``: one file for each body, with its seats and who held them when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quorate.terms.foundation import agreeing, recorded
from quorate.terms.rules import KINDS
from quorate.toolkit.foundation import (
    DAY_SCHEMA,
    SLUG_SCHEMA,
    File,
    Record,
    RecordKind,
    Reference,
    Section,
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
        "permissions": _PERMISSIONS,
        "organisation": SLUG_SCHEMA,
        "project": SLUG_SCHEMA,
        "from": DAY_SCHEMA,
        "until": DAY_SCHEMA,
        "terms": {"type": "array", "items": _TERM},
    },
    ["slug", "title"],
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
    for n, seat in enumerate(row.get("seats", ())):
        yield _read_seat(file, body, n, seat)
        served: Counter[tuple[str, str]] = Counter()
        terms = sorted(enumerate(seat.get("terms", ())), key=lambda pair: pair[1]["from"])
        for m, term in terms:
            role = "representative" if term.get("role", "holder") == "holder" else term["role"]
            served[role, term["person"]] += 1
            nth = served[role, term["person"]]
            key = f"{body}/{seat['slug']}/{role}/{term['person']}" + (f"/{nth}" if nth > 1 else "")
            said = {name: term.get(name) for name in ("from", "until", "appointed_by", "ended_by", "note")}
            refer = Reference("person", term["person"], file.where("seats", n, "terms", m))
            yield Record("term", key, tidy(said), file.where("seats", n, "terms", m), (refer,))


def _read_seat(file: File, body: str, n: int, seat: Mapping[str, Any]) -> Record:
    fields = {key: seat.get(key) for key in ("title", "class", "permissions", "organisation", "project")}
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
    terms: dict[str, list[Record]] = {}
    for record in records.get("term", ()):
        terms.setdefault("/".join(record.id.split("/")[:2]), []).append(record)
    files = {}
    for body in records.get("body", ()):
        row: dict[str, Any] = {"slug": body.id, **body.fields}
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
