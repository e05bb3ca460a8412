"""``members.yml``: which organisation is a member, in which tier, from when until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quorate.access.actors import Actor
from quorate.directory.models import Organisation
from quorate.kernel import clock
from quorate.registers.portfolio import actions
from quorate.registers.portfolio.foundation.rows import PERIOD, listed, tidied
from quorate.registers.portfolio.models import Member
from quorate.toolkit.foundation import (
    SLUG_SCHEMA,
    Change,
    File,
    Record,
    RecordKind,
    Reference,
    Section,
    at,
    day,
    instant,
    tidy,
)
from quorate.toolkit.yamltext import dump

MEMBERS_SCHEMA = listed({"organisation": SLUG_SCHEMA, "tier": SLUG_SCHEMA, **PERIOD}, ["organisation", "tier"])


def _read_members(file: File) -> Iterable[Record]:
    assert file.doc is not None
    periods: dict[str, list[dict[str, Any]]] = {}
    places: dict[str, str] = {}
    for n, row in enumerate(file.doc.data or []):
        periods.setdefault(row["organisation"], []).append({k: v for k, v in row.items() if k != "organisation"})
        places.setdefault(row["organisation"], file.where(n, "organisation"))
    for slug, rows in periods.items():
        where = places[slug]
        refers = (Reference("organisation", slug, where),)
        yield Record("member", slug, {"periods": tidied(rows, "from", "tier")}, where, refers)


def _current_members() -> Iterable[Record]:
    periods: dict[str, list[dict[str, Any]]] = {}
    for row in Member.objects.select_related("organisation"):
        periods.setdefault(row.organisation.slug, []).append(_period(row))
    for slug, rows in periods.items():
        yield Record("member", slug, {"periods": tidied(rows, "from", "tier")})


def _period(row: Member) -> dict[str, Any]:
    dates = "synthetic" if row.synthetic else None
    return {"tier": row.tier, "from": day(row.start), "until": day(row.until), "dates": dates}


def _agree_member(actor: Actor, record: Record) -> None:
    with at(record):
        organisation = Organisation.objects.get(slug=record.id)
        wanted = list(record.fields.get("periods", ()))
        for row in Member.objects.filter(organisation=organisation).select_related("organisation"):
            said = tidy(_period(row))
            if said in wanted:
                wanted.remove(said)
                continue
            ended = next((p for p in wanted if {**said, "until": p.get("until")} == p and not row.until), None)
            if ended is not None:
                actions.end_member(actor=actor, member=row, until=instant(ended["until"]) or clock.now())
                wanted.remove(ended)
            else:
                actions.unlist_member(actor=actor, member=row)
        for period in wanted:
            actions.list_member(
                actor=actor,
                organisation=organisation,
                tier=period["tier"],
                start=instant(period.get("from")),
                until=instant(period.get("until")),
                synthetic="dates" in period,
            )


def _create_members(actor: Actor, records: Sequence[Record]) -> None:
    for record in records:
        _agree_member(actor, record)


def _change_members(actor: Actor, changes: Sequence[Change]) -> None:
    for change in changes:
        _agree_member(actor, change.record)


def _remove_members(actor: Actor, records: Sequence[Record], _also: Mapping[str, frozenset[str]]) -> None:
    for record in records:
        with at(record):
            for row in Member.objects.filter(organisation__slug=record.id).select_related("organisation"):
                actions.unlist_member(actor=actor, member=row)


def _write_members(records: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    rows = [
        {"organisation": record.id, **period}
        for record in sorted(records.get("member", ()), key=lambda r: r.id)
        for period in record.fields["periods"]
    ]
    return {"members.yml": dump(rows)} if rows else {}


MEMBERS = Section(
    name="members",
    order=62,
    patterns=("members.yml",),
    schema=MEMBERS_SCHEMA,
    read=_read_members,
    write=_write_members,
    kinds=(
        RecordKind(
            "member",
            _current_members,
            _create_members,
            _change_members,
            _remove_members,
            live=frozenset({"periods"}),
        ),
    ),
)
