"""What follows from a case, for its page: grants and what is owed for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from quorate.engine.definition import Program as Definition
from quorate.engine.models import Case, Grant, Obligation
from quorate.engine.parties import role_words
from quorate.engine.rights import Rights
from quorate.engine.visibility import Sight


@dataclass(frozen=True)
class GrantView:
    """What the subject holds."""

    id: UUID
    title: str
    kind: str
    state: str
    start: datetime
    until: datetime | None
    next_review_at: datetime | None
    ended_at: datetime | None
    may_revoke: bool
    may_review: bool


@dataclass(frozen=True)
class ObligationView:
    """Something that is owed. ``evidence_kind`` is link, text, file or none."""

    id: UUID
    name: str
    title: str
    description: str
    owner: str
    due_at: datetime
    state: str
    required: bool
    evidence: str
    evidence_kind: str
    closed_at: datetime | None
    may_fulfil: bool
    may_confirm: bool
    may_waive: bool


def grant_views(case: Case, seen: Sight, rights: Rights) -> list[GrantView]:
    """The grants that a case gave or reviews."""
    rows = Grant.objects.filter(Q(case=case) | Q(pk=case.grant_id)).select_related("case", "program")
    found = []
    for row in rows:
        runs = row.state != Grant.State.ENDED
        held = rights if row.case_id == case.pk else Rights(rights.actor, row.case, rights.at)
        found.append(
            GrantView(
                id=row.pk,
                title=row.title,
                kind=row.kind,
                state=row.state,
                start=row.start,
                until=row.until,
                next_review_at=row.next_review_at,
                ended_at=row.ended_at,
                may_revoke=runs and seen.involved and held.may("grant.revoke", row),
                may_review=runs and seen.involved and held.may("grant.review", row),
            )
        )
    return found


def obligation_views(case: Case, definition: Definition, seen: Sight, rights: Rights) -> list[ObligationView]:
    """What is owed for a case, or for the grant that it reviews."""
    if not seen.obligations:
        return []
    owed = Q(case=case) | Q(grant_id=case.grant_id) if case.grant_id else Q(case=case)
    rows = list(Obligation.objects.filter(owed).select_related("case"))
    words = dict(rights.words)
    strange = {row.owner for row in rows} - words.keys()
    words |= role_words(strange, definition) if strange else {}
    declared = {item.name: item for item in definition.obligations}
    found = []
    for row in rows:
        said = declared.get(row.name)
        open_now = row.closed_at is None
        held = rights if row.case_id == case.pk else Rights(rights.actor, row.case, rights.at)
        found.append(
            ObligationView(
                id=row.pk,
                name=row.name,
                title=row.title,
                description=said.description if said is not None else "",
                owner=words.get(row.owner, row.owner),
                due_at=row.due_at,
                state=row.state,
                required=row.required,
                evidence=row.evidence,
                evidence_kind=said.evidence.value if said is not None else "none",
                closed_at=row.closed_at,
                may_fulfil=open_now
                and row.state in (Obligation.State.OPEN, Obligation.State.MISSED)
                and held.may("obligation.fulfil", row),
                may_confirm=row.state == Obligation.State.CLAIMED and held.may("obligation.confirm", row),
                may_waive=open_now and held.may("obligation.waive", row),
            )
        )
    return found
