"""What waits for somebody: the stages that they own, their reviews, what they owe, and what they applied for.

Votes are not here: the motion itself waits for its electors, and ``decisions`` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from quorate.access.actors import Actor
from quorate.engine.definition import StageKind
from quorate.engine.links import case_path
from quorate.engine.models import Assignment, Case, Obligation
from quorate.engine.parties import Parties, Standing, role_words
from quorate.engine.queries.cases import positions, reviewing, subjects_held
from quorate.engine.rules import in_queue_order
from quorate.engine.versions import definition, definition_of
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.work import WorkItem

#: A queue longer than this is one line of its own beside its first cases.
QUEUE_SHOWN = 10


def waiting(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Everything of the engine that waits for an actor. About fifteen queries, whatever waits."""
    if not actor.known:
        return
    standing = Standing(actor, at)
    held = subjects_held(actor.person_id, at) if actor.person_id is not None else {}
    yield from _stages(standing, held)
    if actor.person_id is not None:
        yield from _reviews(actor.person_id)
    yield from _obligations(standing, held)
    yield from _followed(standing)


# --- stages ---------------------------------------------------------------------------------------------------------


def owned(standing: Standing, held: Mapping[str, Iterable[str]]) -> QuerySet[Case]:
    """The open cases whose next step is the actor's: by assignment, by office, as applicant or for the subject."""
    actor = standing.actor
    mine = Q(pk__in=[])
    for version in _versions_in_use():
        program = definition(version)
        named = {"steward": str(program.steward), "accountable": str(program.accountable)}
        by_office, by_applicant, by_holder = [], [], []
        for stage in program.stages:
            if stage.owner is None or stage.kind is StageKind.VOTE:
                continue
            role = named.get(stage.owner.text, stage.owner.text)
            if role in standing.offices:
                by_office.append(stage.name)
            elif role == "applicant":
                by_applicant.append(stage.name)
            elif role in ("holder", "maintainers"):
                by_holder.append(stage.name)
        if by_office:
            mine |= Q(version=version, stage__in=by_office, taken=False)
        if by_applicant:
            mine |= Q(version=version, stage__in=by_applicant) & _applied(actor)
        if by_holder:
            mine |= Q(version=version, stage__in=by_holder) & (_speaks(held) | _applied(actor))
    if actor.person_id is not None:
        mine |= Q(given=True)
    here = Assignment.objects.filter(case=OuterRef("pk"), stage=OuterRef("stage"), until=None)
    current = Assignment.objects.filter(case=OuterRef("pk"), stage=OuterRef("stage"), person=actor.person_id)
    acting = current.filter(role__in=(Assignment.Role.OWNER, Assignment.Role.DELEGATE)).filter(
        Q(until=None) | Q(until__gt=standing.at)
    )
    return (
        Case.objects.filter(closed_at=None)
        .annotate(taken=Exists(here.filter(role=Assignment.Role.OWNER)), given=Exists(acting))
        .filter(mine)
        .defer("answers", "fields")
        .order_by("due_at", "opened_at", "number")
    )


def _versions_in_use() -> list[UUID]:
    return list(Case.objects.filter(closed_at=None).order_by().values_list("version", flat=True).distinct())


def _applied(actor: Actor) -> Q:
    found = Q(pk__in=[])
    if actor.person_id is not None:
        found |= Q(applicant=actor.person_id)
    return found | Q(applicant_account=actor.account_id) if actor.account_id is not None else found


def _speaks(held: Mapping[str, Iterable[str]]) -> Q:
    found = Q(pk__in=[])
    for kind, subjects in held.items():
        found |= Q(subject_kind=kind, subject_id__in=list(subjects))
    return found


def _stages(standing: Standing, held: Mapping[str, Iterable[str]]) -> Iterable[WorkItem]:
    mine = owned(standing, held)
    rows = [
        row
        for row in mine.filter(~Q(stage_kind=StageKind.QUEUE) | Q(("given", True)))
        if _is_theirs(standing, held, row)
    ]
    in_line = mine.filter(Q(("given", False)), stage_kind=StageKind.QUEUE)
    queues = list(
        in_line.order_by()
        .values("program", "stage")
        .annotate(n=Count("pk"), due=Min("due_at"), since=Min("stage_entered_at"))
    )
    firsts: list[list[Case]] = []
    for line in queues:
        here = in_line.filter(program=line["program"], stage=line["stage"])
        some = here.first()
        firsts.append(list(in_queue_order(here, definition_of(some))[:QUEUE_SHOWN]) if some is not None else [])
    places = positions([*rows, *(row for first in firsts for row in first)])
    for row in (*rows, *(row for first in firsts for row in first)):
        yield _stage(standing, row, places.get(row.pk))
    for line, first in zip(queues, firsts, strict=True):
        if line["n"] > len(first) and first:
            yield _rest(first[0], line["n"] - len(first), line["due"], line["since"])


def _is_theirs(standing: Standing, held: Mapping[str, Iterable[str]], row: Case) -> bool:
    """Whoever once applied answers for a grant under review only while its register knows nobody who does."""
    owner = definition_of(row).stage(row.stage).owner
    if row.grant_id is None or owner is None or owner.text != "holder" or getattr(row, "given", False):
        return True
    return row.subject_id in held.get(row.subject_kind, ()) or Parties(row, standing.at).applicant_holds


def _stage(standing: Standing, row: Case, place: int | None) -> WorkItem:
    program = definition_of(row)
    stage = program.stage(row.stage)
    role = str(stage.owner or "")
    named = {"steward": str(program.steward), "accountable": str(program.accountable)}
    reason = standing.reason(named.get(role, role))
    if getattr(row, "given", False):
        why = gettext("This was given to you")
    elif reason is not None:
        why = _sentence(str(reason.text))
    elif role == "applicant":
        why = gettext("You applied, and the next step is yours")
    else:
        why = gettext("You speak for what this is about, and the next step is yours")
    words = f"{stage.title} · {gettext('place %(n)d') % {'n': place}}" if place is not None else stage.title
    return WorkItem(
        key=f"case:{row.pk}",
        title=f"{row.key} {row.title}: {words}",
        why=why,
        url=case_path(row),
        due_at=row.due_at,
        since=row.stage_entered_at,
        program=program.name,
        verb=_verb(row, stage.kind),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _verb(row: Case, kind: StageKind) -> str:
    if kind is StageKind.WAIT:
        return gettext("Answer")
    return gettext("Take up") if kind is StageKind.QUEUE else gettext("Open")


def _rest(first: Case, more: int, due: datetime | None, since: datetime) -> WorkItem:
    program = definition_of(first)
    return WorkItem(
        key=f"queue:{first.program_id}:{first.stage}",
        title=gettext("%(n)d more in “%(stage)s”") % {"n": more, "stage": program.stage(first.stage).title},
        why=gettext("They come after the ones above"),
        url=f"/programs/{program.program}/queue/",
        due_at=due,
        since=since,
        program=program.name,
        verb=_("See the queue"),
    )


# --- reviews --------------------------------------------------------------------------------------------------------


def _reviews(person: UUID) -> Iterable[WorkItem]:
    for row in reviewing(person).filter(stage=F("case__stage")):
        program = definition_of(row.case)
        yield WorkItem(
            key=f"review:{row.pk}",
            title=f"{row.case.key} {row.case.title}",
            why=gettext("You were asked to review it"),
            url=f"{case_path(row.case)}review/",
            due_at=row.due_at,
            since=row.assigned_at,
            program=program.name,
            verb=_("Review"),
        )


# --- obligations ----------------------------------------------------------------------------------------------------


def _obligations(standing: Standing, held: Mapping[str, Iterable[str]]) -> Iterable[WorkItem]:
    actor = standing.actor
    mine = Q(owner__in=list(standing.offices)) | Q(owner="applicant") & _about(actor)
    mine |= Q(owner__in=("holder", "maintainers")) & (_held(held) | _about(actor))
    if actor.person_id is not None:
        mine |= Q(person=actor.person_id)
    open_ones = Obligation.objects.filter(closed_at=None).select_related("case").order_by("due_at")
    for row in open_ones.filter(mine).exclude(state=Obligation.State.CLAIMED):
        yield _owed(row, gettext("It came with what was granted, and it is yours to do"), gettext("Report"))
    for row in open_ones.filter(state=Obligation.State.CLAIMED):
        declared = next((item for item in definition_of(row.case).obligations if item.name == row.name), None)
        if declared is not None and any(role.text in standing.offices for role in declared.confirm):
            yield _owed(row, gettext("It was reported as done, and you confirm it"), gettext("Confirm"))


def _about(actor: Actor) -> Q:
    found = Q(pk__in=[])
    if actor.person_id is not None:
        found |= Q(case__applicant=actor.person_id)
    return found | Q(case__applicant_account=actor.account_id) if actor.account_id is not None else found


def _held(held: Mapping[str, Iterable[str]]) -> Q:
    found = Q(pk__in=[])
    for kind, subjects in held.items():
        found |= Q(case__subject_kind=kind, case__subject_id__in=list(subjects))
    return found


def _owed(row: Obligation, why: str, verb: str) -> WorkItem:
    return WorkItem(
        key=f"obligation:{row.pk}",
        title=f"{row.case.title}: {row.title}",
        why=why,
        url=f"{case_path(row.case)}#obligations",
        due_at=row.due_at,
        since=row.opened_at,
        program=definition_of(row.case).name,
        verb=verb,
    )


# --- what one applied for -------------------------------------------------------------------------------------------


def _followed(standing: Standing) -> Iterable[WorkItem]:
    """Cases that the actor filed and that wait for others, with the clock of whoever is to act."""
    actor = standing.actor
    rows = list(Case.objects.filter(_applied(actor), closed_at=None).order_by("opened_at"))
    owners = {row.pk: definition_of(row).stage(row.stage).owner for row in rows}
    rows = [row for row in rows if str(owners[row.pk]) not in ("applicant", "holder", "maintainers")]
    if not rows:
        return
    words = role_words({str(owners[row.pk]) for row in rows})
    places = positions(rows)
    for row in rows:
        program = definition_of(row)
        stage = program.stage(row.stage)
        place = places.get(row.pk)
        why = gettext("You applied; the next step is for %(owner)s") % {"owner": words.get(str(owners[row.pk]), "")}
        if place is not None:
            why = gettext("You applied; it is number %(n)d in the queue") % {"n": place}
        yield WorkItem(
            key=f"followed:{row.pk}",
            title=f"{row.key} {row.title}: {stage.title}",
            why=why,
            url=case_path(row),
            due_at=row.due_at,
            since=row.stage_entered_at,
            program=program.name,
            verb=_("Follow"),
            paused=True,
        )
