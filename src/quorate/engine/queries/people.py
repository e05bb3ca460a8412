"""Who stands aside from a case and who acts for whom, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quorate.engine.conflicts import reason_words
from quorate.engine.definition import Program as Definition
from quorate.engine.models import Assignment, Case
from quorate.engine.rights import Rights
from quorate.engine.visibility import Sight
from quorate.kernel.i18n import gettext


@dataclass(frozen=True)
class RecusalView:
    """Who stands aside, and why; the detail is for the staff and themselves."""

    name: str
    reason: str
    detail: str


@dataclass(frozen=True)
class DelegationView:
    """Who may act for whom in a stage, until when."""

    id: UUID
    source: str
    delegate: str
    stage_title: str
    until: datetime | None
    mine: bool


def recusal_views(case: Case, seen: Sight, rights: Rights) -> list[RecusalView]:
    """Who stands aside; only for those who work on the case."""
    if not seen.inner and "operator" not in seen.parts:
        return []
    staff = "staff" in seen.parts
    return [
        RecusalView(
            name=row.person.name if row.person.erased_at is None else gettext("somebody"),
            reason=reason_words(row.reason),
            detail=row.detail if staff or row.person_id == rights.actor.person_id else "",
        )
        for row in case.recusals.select_related("person").order_by("declared_at")
    ]


def delegation_views(case: Case, definition: Definition, seen: Sight, rights: Rights) -> list[DelegationView]:
    """Who may act for whom; only for those who work on the case."""
    if not seen.inner and "operator" not in seen.parts:
        return []
    rows: Sequence[Assignment] = [item for item in rights.parties.assignments if item.role == Assignment.Role.DELEGATE]
    me = rights.actor.person_id
    return [
        DelegationView(
            id=row.pk,
            source=row.source.name if row.source is not None else "",
            delegate=row.person.name,
            stage_title=definition.stage(row.stage).title,
            until=row.until,
            mine=me is not None and me in (row.person_id, row.source_id),
        )
        for row in rows
    ]
