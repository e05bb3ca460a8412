"""Cases in lists: which an actor may know of, as lines with owner, clock and place, in constant queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from quorate.access.actors import Actor
from quorate.directory.models import Person
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import StageKind
from quorate.engine.links import case_path, public_case_path
from quorate.engine.models import Assignment, Case, Program, ProgramVersion, Review
from quorate.engine.parties import Standing, role_words
from quorate.engine.rights import Rights
from quorate.engine.rules import in_queue_order, sitting
from quorate.engine.versions import current, definition, definition_of
from quorate.engine.visibility import Sight, look, office_parts, sight
from quorate.kernel import clock, ids
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.toolkit.ports import SUBJECTS


@dataclass(frozen=True)
class CaseLine:
    """A case as one line of a list, with what the reader may see. ``position`` and ``sitting`` count from 1."""

    id: UUID
    key: str
    number: int
    title: str
    url: str
    program_slug: str
    program_title: str
    stage: str
    stage_title: str
    stage_kind: str
    since: datetime
    due_at: datetime | None
    paused: bool
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    outcome_title: str
    good: bool | None
    decision: str
    returning: bool
    priority: int | None
    position: int | None
    sitting: int | None
    owner: str
    owner_role: str
    owner_person: str
    owner_url: str
    applicant: str
    subject_label: str
    subject_url: str
    revision: int


def visible(actor: Actor, at: datetime | None = None) -> QuerySet[Case]:
    """Every case that an actor may know of, without the answers: lists show none. Three queries at most to build."""
    standing = Standing(actor, at or clock.now())
    limited = actor.scopes is not None and not actor.scopes & {"all", "case.read"}
    if not limited and (actor.kind == "system" or actor.operator or "case.read" in standing.listed):
        return Case.objects.defer("answers", "fields")
    return Case.objects.filter(_known_to(standing, limited)).defer("answers", "fields")


def _known_to(standing: Standing, limited: bool) -> Q:
    actor = standing.actor
    known = Q(pk__in=[])
    for version in ProgramVersion.objects.values_list("pk", flat=True):
        program = definition(version)
        if not limited and office_parts(standing, program):
            known |= Q(version=version)
            continue
        shown = [stage.name for stage in program.stages if program.public_at(stage.name).case]
        if len(shown) == len(program.stages):
            known |= Q(version=version)
        elif shown:
            known |= Q(version=version, stage__in=shown)
    if limited:
        return known
    if actor.account_id is not None:
        known |= Q(applicant_account=actor.account_id)
    if actor.person_id is not None:
        mine = Assignment.objects.filter(person=actor.person_id).filter(Q(until=None) | Q(until__gt=standing.at))
        known |= Q(applicant=actor.person_id) | Q(pk__in=mine.values("case"))
        for kind, held in subjects_held(actor.person_id, standing.at).items():
            known |= Q(subject_kind=kind, subject_id__in=held)
    return known


def subjects_held(person: UUID, at: datetime) -> dict[str, list[str]]:
    """The subjects for which a person speaks, by kind, as far as their registers can tell."""
    found: dict[str, list[str]] = {"person": [str(person)]}
    for kind, declared in SUBJECTS.items():
        if declared.held_by is not None:
            found[kind] = [str(item) for item in declared.held_by(str(person), at)]
    return {kind: held for kind, held in found.items() if held}


def case_named(actor: Actor, key: str) -> Case:
    """The case by key (``ECO-14``, in any case of letters) or id; ``NotFound`` when the actor may not know of it."""
    found = _find(key)
    rights = Rights(actor, found) if found is not None else None
    if found is None or rights is None or not sight(actor, found, rights=rights).exists:
        raise NotFound(gettext("there is no case “%(key)s”") % {"key": key}, where="case")
    # The page that asked for the case asks next what the reader may see of it: it finds the answer here, once.
    found.__dict__["_rights"] = rights
    return found


def case_to_claim(key: str) -> Case:
    """The case whose claim somebody holds; the claim itself is checked by the action."""
    found = _find(key)
    if found is None:
        raise NotFound(gettext("there is no case “%(key)s”") % {"key": key}, where="case")
    return found


def _find(key: str) -> Case | None:
    # A grant or a parent is there for few, and read when it is: two wide joins for all the others cost more.
    rows = Case.objects.select_related("applicant", "applicant_account")
    if ids.is_uuid(key):
        return rows.filter(pk=UUID(key)).first()
    return rows.filter(key=key.upper()).first()


def cases_about(actor: Actor, kind: str, subject: str) -> QuerySet[Case]:
    """The cases about a subject that the actor may know of, newest first."""
    return visible(actor).filter(subject_kind=kind, subject_id=subject).order_by("-opened_at")


def late(cases: QuerySet[Case], at: datetime | None = None) -> QuerySet[Case]:
    """Those whose present deadline is over while their clock runs."""
    return cases.filter(closed_at=None, paused=False, due_at__lt=at or clock.now())


def queued(actor: Actor, program: Program, stage: str = "") -> QuerySet[Case]:
    """A program's waiting cases in the order in which they are taken; every queue stage, or one."""
    rule = current(program)
    stages = [stage] if stage else [item.name for item in rule.stages if item.kind is StageKind.QUEUE]
    waiting = visible(actor).filter(program=program, stage__in=stages, closed_at=None)
    return in_queue_order(waiting, rule)


def queue(actor: Actor, program: Program, stage: str = "") -> list[CaseLine]:
    """The same as lines, all of them."""
    return lines(queued(actor, program, stage), actor)


def lines(
    cases: Iterable[Case],
    actor: Actor,
    at: datetime | None = None,
    *,
    standing: Standing | None = None,
    words: Mapping[str, str] | None = None,
    seen: Mapping[UUID, Sight] | None = None,
    owners: Mapping[UUID, Person] | None = None,
) -> list[CaseLine]:
    """Cases as lines for a reader, in the order given. Queries do not grow with the number of cases.

    The last four are what the caller knows already: the reader's offices, roles in words, what the reader sees, and
    for the first case who was made its owner.
    """
    rows = list(cases)
    if not rows:
        return []
    moment = at or clock.now()
    standing = standing or Standing(actor, moment)
    seen = {row.pk: line_sight(standing, row) for row in rows} | dict(seen or {})
    inside = [row for row in rows if seen[row.pk].inner or "operator" in seen[row.pk].parts]
    known = rows[:1] if owners is not None else []
    owners = {**(owners or {}), **_assignees([row for row in inside if row not in known], moment)}
    roles = {_owner_role(row, definition_of(row)) for row in rows}
    if words is None or not roles <= words.keys() | {""}:
        words = role_words(roles)
    named = {row.applicant_id for row in rows if row.applicant_id is not None and seen[row.pk].applicant}
    people = _names_of(rows, named)
    labels = subject_labels(rows)
    places = positions([row for row in rows if seen[row.pk].position])
    return [_line(row, seen[row.pk], owners, words, people, labels, places) for row in rows]


def _names_of(rows: Sequence[Case], wanted: Iterable[UUID]) -> dict[UUID, str]:
    """Names of applicants; those that came with their case are not asked for again."""
    found: dict[UUID, str] = {}
    for row in rows:
        if "applicant" in row._state.fields_cache and row.applicant is not None and row.applicant.erased_at is None:
            found[row.applicant.pk] = row.applicant.name
    missing = {pk for pk in wanted if pk not in found}
    if missing:
        found |= dict(Person.objects.filter(pk__in=missing, erased_at=None).values_list("pk", "name"))
    return found


def _line(
    row: Case,
    seen: Sight,
    owners: Mapping[UUID, Person],
    words: Mapping[str, str],
    people: Mapping[UUID, str],
    labels: Mapping[tuple[str, str], tuple[str, str]],
    places: Mapping[UUID, int],
) -> CaseLine:
    program = definition_of(row)
    stage = program.stage(row.stage)
    ended = next((item for item in program.outcomes if item.name == row.outcome), None)
    role = _owner_role(row, program)
    assignee = owners.get(row.pk) if seen.inner or "operator" in seen.parts else None
    label, url = labels.get((row.subject_kind, row.subject_id), ("", ""))
    place = places.get(row.pk)
    return CaseLine(
        id=row.pk,
        key=row.key,
        number=row.number,
        title=row.title,
        url=case_path(row) if seen.involved else public_case_path(row),
        program_slug=program.program,
        program_title=program.name,
        stage=row.stage,
        stage_title=stage.title,
        stage_kind=row.stage_kind,
        since=row.stage_entered_at,
        due_at=row.due_at,
        paused=row.paused,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
        outcome_title=ended.title if ended is not None else "",
        good=ended.good if ended is not None else None,
        decision=row.decision,
        returning=row.returning,
        priority=row.priority,
        position=place,
        sitting=sitting(place, program, row.stage) if place is not None else None,
        owner=assignee.name if assignee is not None else words.get(role, ""),
        owner_role=words.get(role, ""),
        owner_person=assignee.name if assignee is not None else "",
        owner_url=f"/people/{assignee.slug}/" if assignee is not None else "",
        applicant=people.get(row.applicant_id, "") if row.applicant_id and seen.applicant else "",
        subject_label=label,
        subject_url=url,
        revision=row.revision,
    )


def line_sight(standing: Standing, row: Case) -> Sight:
    """Sight for a list: offices and own cases; assignments are read for the page of the case itself."""
    actor, program = standing.actor, definition_of(row)
    parts = set(office_parts(standing, program))
    if actor.kind == "system" or actor.operator or "case.read" in standing.listed:
        parts.add("operator")
    own = actor.person_id is not None and row.applicant_id == actor.person_id
    if own or (actor.account_id is not None and row.applicant_account_id == actor.account_id):
        parts.add("applicant")
    if actor.scopes is not None and not actor.scopes & {"all", "case.read"}:
        parts = set()
    return look(program, program.public_at(row.stage), frozenset(parts))


def _owner_role(row: Case, program: Definition) -> str:
    owner = program.stage(row.stage).owner
    if owner is None:
        return ""
    named = {"steward": program.steward, "accountable": program.accountable}
    return str(named.get(owner.text, owner))


def _assignees(rows: Sequence[Case], at: datetime) -> dict[UUID, Person]:
    stages = {row.pk: row.stage for row in rows}
    if not rows:
        return {}
    found = Assignment.objects.filter(case__in=rows, role=Assignment.Role.OWNER, until=None, start__lte=at)
    return {item.case_id: item.person for item in found.select_related("person") if item.stage == stages[item.case_id]}


def subject_labels(rows: Iterable[Case]) -> dict[tuple[str, str], tuple[str, str]]:
    """Names and addresses of the cases' subjects: one query for each kind of subject."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row.subject_id:
            wanted.setdefault(row.subject_kind, set()).add(row.subject_id)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for kind, subjects in wanted.items():
        declared = SUBJECTS.find(kind)
        if declared is not None:
            named = declared.label(sorted(subjects))
            found |= {(kind, subject): (name, declared.url(subject)) for subject, name in named.items()}
    return found


def positions(rows: Iterable[Case]) -> dict[UUID, int]:
    """Places in their queues: one query for each queue that the cases stand in."""
    queues: dict[tuple[UUID, str], list[Case]] = {}
    for row in rows:
        if row.closed_at is None and row.stage_kind in (StageKind.QUEUE, StageKind.GATE):
            queues.setdefault((row.program_id, row.stage), []).append(row)
    found: dict[UUID, int] = {}
    for (program, stage), waiting in queues.items():
        everybody = Case.objects.filter(program_id=program, stage=stage, closed_at=None)
        order = in_queue_order(everybody, definition_of(waiting[0])).values_list("pk", flat=True)
        found |= {pk: place for place, pk in enumerate(order, 1)}
    return found


def reviewing(person: UUID) -> QuerySet[Review]:
    """The reviews that wait for a person, in the stage in which they are written, soonest due first."""
    return (
        Review.objects.filter(person=person, state=Review.State.OPEN, case__closed_at=None)
        .select_related("case")
        .order_by("due_at", "assigned_at")
    )
