"""Moving open cases to the current version of their program: never by itself, and each one on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.engine.actions.course import Hand, held, open_visit, refs_of, settle, swap
from quorate.engine.clocks import deadlines
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import StageKind
from quorate.engine.models import Case, Program
from quorate.engine.parties import Parties
from quorate.engine.versions import current, definition
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append


@dataclass(frozen=True)
class Migrated:
    """Which cases moved, by key, and why the others could not."""

    moved: tuple[str, ...]
    refused: Mapping[str, str]


@action("case.migrate", kinds=("case.migrated",))
def migrate_cases(*, actor: Actor, program: Program, preview: bool = False) -> Migrated:
    """Move every open case of a program to its current version; ``preview`` only says which would.

    A case moves when the new version still has each stage that it visited, of the same kind, and no vote is open on
    it. Its present clock runs from when it entered the stage, by the new version's time.
    """
    authority = authorise(actor, "case.migrate", program)
    new = current(program)
    assert program.current_id is not None  # `current` raised otherwise
    moved: list[str] = []
    refused: dict[str, str] = {}
    behind = Case.objects.filter(program=program, closed_at=None).exclude(version=program.current_id)
    for pk in list(behind.order_by("number").values_list("pk", flat=True)):
        case = held(Case(pk=pk))
        why = _hindrance(case, definition(case.version_id), new)
        if why:
            refused[case.key] = why
            continue
        moved.append(case.key)
        if not preview:
            _move(case, new, program.current_id, Hand(actor, authority))
    return Migrated(tuple(moved), refused)


def _hindrance(case: Case, old: Definition, new: Definition) -> str:
    if case.closed_at is not None:
        return gettext("it is closed")
    if old.stage(case.stage).kind is StageKind.VOTE:
        return gettext("a vote is open on it")
    kinds = {stage.name: stage.kind for stage in new.stages}
    for stage in case.visits.values_list("stage", flat=True).distinct():
        if kinds.get(stage) is not old.stage(stage).kind:
            return gettext("the new version has no such stage as “%(stage)s”") % {"stage": old.stage(stage).title}
    return ""


def _move(case: Case, new: Definition, version: UUID, hand: Hand) -> None:
    visit = open_visit(case)
    assert visit is not None  # the case is open
    stage = new.stage(case.stage)
    limits = deadlines(stage, visit.entered_at, None)
    swap(
        case,
        version_id=version,
        due_at=min((at for at in (limits.due, limits.timeout) if at is not None), default=None),
        paused=stage.pauses_clock,
    )
    visit.due_at, visit.timeout_at, visit.paused = limits.due, limits.timeout, stage.pauses_clock
    visit.owner = Parties(case, hand.at).office(stage.owner) if stage.owner is not None else ""
    if limits.due is None or (visit.breached_at is not None and limits.due > hand.at):
        visit.breached_at = None
    visit.save(update_fields=["due_at", "timeout_at", "paused", "owner", "breached_at"])
    append(
        "case.migrated",
        actor=hand.actor,
        refs=refs_of(case),
        data={"number": case.version.number, "digest": new.digest, "stage": case.stage},
        authority=hand.authority,
    )
    settle(case, hand)
