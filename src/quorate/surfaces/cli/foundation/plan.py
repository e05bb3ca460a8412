"""Compares what the files say with what the database holds, and says what applying them would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.surfaces.cli.foundation.files import Directory
from quorate.toolkit.applied import forgotten_key, says_still
from quorate.toolkit.foundation import Action, Change, Doubt, Record, RecordKind, Section
from quorate.toolkit.models import Applied

Key = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """One line of a plan. ``fields`` maps each field to ``[before, after]``; ``record`` is what will be made true."""

    kind: str
    id: str
    action: Action
    fields: Mapping[str, list[Any]]
    record: Record

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of the contract."""
        return {"kind": self.kind, "id": self.id, "action": self.action, "fields": dict(self.fields)}


@dataclass(frozen=True)
class Note:
    """Something the files cannot have, with the reason and what would allow it."""

    kind: str
    id: str
    why: str
    mend: str
    where: str = ""

    def as_dict(self) -> dict[str, str]:
        """The JSON form of the contract."""
        return {"kind": self.kind, "id": self.id, "why": self.why, "mend": self.mend, "where": self.where}


@dataclass
class Plan:
    """What would change, what is refused, and what people changed in the product and therefore stays."""

    steps: list[Step] = field(default_factory=list)
    refused: list[Note] = field(default_factory=list)
    kept: list[Note] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    desired: list[Record] = field(default_factory=list)

    def of(self, kind: str, action: Action) -> list[Step]:
        """The steps of one kind and action, in the files' order."""
        return [step for step in self.steps if step.kind == kind and step.action == action]

    def removed(self) -> dict[str, frozenset[str]]:
        """What goes, by kind."""
        gone: dict[str, set[str]] = {}
        for step in self.steps:
            if step.action == "remove":
                gone.setdefault(step.kind, set()).add(step.id)
        return {kind: frozenset(found) for kind, found in gone.items()}

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of the contract, with what else is worth knowing beside it."""
        return {
            "changes": [step.as_dict() for step in self.steps],
            "refused": [note.as_dict() for note in self.refused],
            "kept": [note.as_dict() for note in self.kept],
            "unread": self.unread,
            "warnings": [doubt.as_dict() for doubt in self.doubts],
        }


def make(directory: Directory, known: Sequence[Section], *, allow_removal: bool = False) -> Plan:
    """The plan for a directory. ``UserError`` when a record names another that nobody describes."""
    plan = Plan(unread=directory.unread, desired=list(directory.records))
    applied = {(row.kind, row.key): row for row in Applied.objects.all()}
    wanted: dict[str, dict[str, Record]] = {}
    for record in directory.records:
        wanted.setdefault(record.kind, {})[record.id] = record
    present: dict[str, dict[str, Record]] = {}
    for section in known:
        for kind in section.kinds:
            present[kind.name] = {record.id: record for record in kind.current()}
    _check_references(directory.records, wanted, present)
    lost = {(r.kind, r.id) for records in present.values() for r in records.values() if r.settled}
    for section in known:
        for kind in section.kinds:
            desired, current = wanted.get(kind.name, {}), present[kind.name]
            if not kind.recreate:
                lost |= {(kind.name, key) for key in desired if key not in current and _was(kind, key, applied)}
            for record in desired.values():
                _plan_record(plan, kind, record, current.get(record.id), applied, lost)
            _plan_removals(plan, kind, desired, current, applied, allow=allow_removal)
    return plan


def _check_references(
    records: Iterable[Record],
    wanted: Mapping[str, Mapping[str, Record]],
    present: Mapping[str, Mapping[str, Record]],
) -> None:
    problems = []
    for record in records:
        for refer in record.refers:
            if refer.kind not in present or refer.id in wanted.get(refer.kind, {}):
                continue
            if refer.id not in present[refer.kind]:
                problems.append(
                    UserError(
                        gettext("there is no %(kind)s “%(id)s”") % {"kind": refer.kind, "id": refer.id},
                        where=refer.where or record.where,
                        mend=gettext("describe it in the directory, or correct the name"),
                    )
                )
    if problems:
        first = problems[0]
        raise UserError(first.what, where=first.where, mend=first.mend, problems=problems if len(problems) > 1 else ())


def _was(kind: RecordKind, key: str, applied: Mapping[Key, Applied]) -> bool:
    """Whether the files brought it once."""
    return (kind.name, key) in applied or (kind.name, forgotten_key(key)) in applied


def _plan_record(
    plan: Plan,
    kind: RecordKind,
    record: Record,
    before: Record | None,
    applied: Mapping[Key, Applied],
    lost: set[Key],
) -> None:
    gone = next((refer.id for refer in record.refers if (refer.kind, refer.id) in lost), None)
    if (kind.name, record.id) in lost:
        why = gettext("it was forgotten, removed or merged in the product, and stays so")
        plan.kept.append(Note(kind.name, record.id, why, gettext("take it out of the file"), record.where))
        plan.desired.remove(record)
    elif gone is not None:
        why = gettext("it names “%s”, which was forgotten, removed or merged in the product") % gone
        mend = gettext("name the record that stands, or take it out of the file")
        plan.kept.append(Note(kind.name, record.id, why, mend, record.where))
    elif before is None:
        fields = {name: [None, value] for name, value in record.fields.items()}
        plan.steps.append(Step(kind.name, record.id, "create", fields, record))
    else:
        _plan_change(plan, kind, record, before, applied.get((kind.name, record.id)))


def _plan_change(plan: Plan, kind: RecordKind, record: Record, before: Record, last: Applied | None) -> None:
    """Field by field: the files win, except where people changed a live field and the file did not change."""
    changes: dict[str, list[Any]] = {}
    said = dict(record.fields)
    for name in [*record.fields, *(key for key in before.fields if key not in record.fields)]:
        old, new = before.fields.get(name), record.fields.get(name)
        if old == new:
            continue
        if name in kind.live and says_still(last, name, new):
            said.pop(name, None)
            if old is not None:
                said[name] = old
            plan.kept.append(
                Note(
                    kind.name,
                    record.id,
                    gettext("“%s” was changed in the product since the file was applied, and stays") % name,
                    gettext("export the foundation to bring it into the file, or change the file"),
                    record.where,
                )
            )
        else:
            changes[name] = [old, new]
    if changes:
        merged = Record(kind.name, record.id, said, record.where, record.refers)
        plan.steps.append(Step(kind.name, record.id, "change", changes, merged))


def _plan_removals(
    plan: Plan,
    kind: RecordKind,
    desired: Mapping[str, Record],
    current: Mapping[str, Record],
    applied: Mapping[Key, Applied],
    *,
    allow: bool,
) -> None:
    for name, key in applied:
        if name != kind.name or key in desired or key not in current or current[key].settled:
            continue
        if kind.remove is None:
            continue
        if not allow:
            plan.refused.append(
                Note(
                    kind.name,
                    key,
                    gettext("the files no longer describe it; it would be removed"),
                    gettext("put it back, or allow it with --allow-removal"),
                )
            )
            continue
        fields = {name: [value, None] for name, value in current[key].fields.items()}
        plan.steps.append(Step(kind.name, key, "remove", fields, current[key]))


def change_of(step: Step) -> Change:
    """A step as the section's action takes it."""
    return Change(step.record, {name: (pair[0], pair[1]) for name, pair in step.fields.items()})
