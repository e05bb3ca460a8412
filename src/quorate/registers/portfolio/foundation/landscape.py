"""``landscape.yml``: the landscape data file itself, with its comments and its order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from quorate.access.actors import Actor
from quorate.registers.portfolio import actions
from quorate.registers.portfolio.landscape import checks
from quorate.registers.portfolio.models import Landscape
from quorate.toolkit.foundation import (
    Change,
    File,
    Record,
    RecordKind,
    Section,
    at,
)


def _read_landscape(file: File) -> Iterable[Record]:
    checks.read(file.text, file.name)
    yield Record("landscape", "landscape", {"text": file.text}, f"{file.name}:1")


def _current_landscape() -> Iterable[Record]:
    for row in Landscape.objects.all():
        yield Record("landscape", "landscape", {"text": bytes(row.source).decode()})


def _apply_landscape(actor: Actor, record: Record) -> None:
    with at(record):
        actions.import_landscape(actor=actor, data=str(record.fields["text"]).encode(), follow=False)


def _create_landscape(actor: Actor, records: Sequence[Record]) -> None:
    for record in records:
        _apply_landscape(actor, record)


def _change_landscape(actor: Actor, changes: Sequence[Change]) -> None:
    for change in changes:
        _apply_landscape(actor, change.record)


def _write_landscape(records: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    texts = [str(record.fields["text"]) for record in records.get("landscape", ())]
    return {"landscape.yml": texts[0]} if texts else {}


LANDSCAPE = Section(
    name="landscape",
    order=64,
    patterns=("landscape.yml",),
    read=_read_landscape,
    write=_write_landscape,
    kinds=(
        RecordKind(
            "landscape", _current_landscape, _create_landscape, _change_landscape, None, live=frozenset({"text"})
        ),
    ),
)
