"""Makes the database agree with a plan: all of it in one transaction and one gesture, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.ledger.actions import append, gesture
from quorate.surfaces.cli.foundation.plan import Plan, Step, change_of
from quorate.toolkit.applied import fingerprint
from quorate.toolkit.foundation import Record, RecordKind, Section
from quorate.toolkit.models import Applied


def carry_out(*, actor: Actor, plan: Plan, known: Sequence[Section], trial: bool = False) -> None:
    """Carry out a plan. Appends what its actions append, and one ``foundation.applied`` when anything changed.

    ``trial`` does all of it and takes it back, so that whatever an action would refuse is refused now.
    """
    with transaction.atomic(), gesture():
        authority = authorise(actor, "foundation.apply")
        gone = plan.removed()
        for section in known:
            for kind in section.kinds:
                _agree(actor, plan, kind, gone)
        for section in reversed(known):
            for kind in reversed(section.kinds):
                if not kind.ending_first:
                    _remove(actor, plan, kind, gone)
        _remember(plan.desired, plan.steps)
        if plan.steps:
            count = {what: sum(1 for s in plan.steps if s.action == what) for what in ("create", "change", "remove")}
            append(
                "foundation.applied",
                actor=actor,
                data={
                    "created": count["create"],
                    "changed": count["change"],
                    "removed": count["remove"],
                    "kinds": _by_kind(plan.steps),
                },
                authority=authority,
            )
        if trial:
            transaction.set_rollback(True)


def _agree(actor: Actor, plan: Plan, kind: RecordKind, gone: Mapping[str, frozenset[str]]) -> None:
    if kind.ending_first:
        _remove(actor, plan, kind, gone)
        _change(actor, plan, kind)
    created = [step.record for step in plan.of(kind.name, "create")]
    if created:
        kind.create(actor, created)
    if not kind.ending_first:
        _change(actor, plan, kind)


def _change(actor: Actor, plan: Plan, kind: RecordKind) -> None:
    changed = [change_of(step) for step in plan.of(kind.name, "change")]
    if changed:
        kind.change(actor, changed)


def _remove(actor: Actor, plan: Plan, kind: RecordKind, gone: Mapping[str, frozenset[str]]) -> None:
    removed = [step.record for step in plan.of(kind.name, "remove")]
    if removed and kind.remove is not None:
        kind.remove(actor, removed, gone)


def _remember(desired: Sequence[Record], steps: Sequence[Step]) -> None:
    """Keep what the files said, as digests, and forget what they no longer say."""
    rows = {(row.kind, row.key): row for row in Applied.objects.all()}
    moment = clock.now()
    fresh: list[Applied] = []
    changed: list[Applied] = []
    for record in desired:
        row = rows.get((record.kind, record.id))
        known = row is not None
        row = row or Applied(kind=record.kind, key=record.id)
        fields = {name: fingerprint(row, value) for name, value in record.fields.items()}
        if known and row.fields == fields:
            continue
        row.fields, row.applied_at = fields, moment
        (changed if known else fresh).append(row)
    Applied.objects.bulk_create(fresh, batch_size=500)
    Applied.objects.bulk_update(changed, ["fields", "applied_at"], batch_size=200)
    gone = [rows[step.kind, step.id].pk for step in steps if step.action == "remove" and (step.kind, step.id) in rows]
    Applied.objects.filter(pk__in=gone).delete()


def _by_kind(steps: Sequence[Step]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for step in steps:
        of_kind = counts.setdefault(step.kind, {})
        of_kind[step.action] = of_kind.get(step.action, 0) + 1
    return counts
