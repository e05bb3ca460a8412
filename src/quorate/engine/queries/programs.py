"""Programs as people read them: what they are for, how they go, what they promise and where their cases are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from quorate.access.actors import Actor
from quorate.engine.definition import Citation, Stage, Window
from quorate.engine.definition import Program as Definition
from quorate.engine.intake import bounds, is_open, next_window, open_window
from quorate.engine.links import program_path
from quorate.engine.models import Case, Program, ProgramVersion
from quorate.engine.parties import role_words
from quorate.engine.queries.cases import visible
from quorate.engine.versions import current
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext


@dataclass(frozen=True)
class ProgramLine:
    """A program in a list."""

    id: UUID
    slug: str
    name: str
    summary: str
    url: str
    public_url: str
    open: bool
    takes_applications: bool
    open_cases: int
    accountable: str
    steward: str
    version: str


@dataclass(frozen=True)
class StageCount:
    """A stage and how many open cases are in it."""

    stage: Stage
    cases: int
    late: int
    owner: str


@dataclass(frozen=True)
class ProgramView:
    """A program's page."""

    program: Program
    line: ProgramLine
    definition: Definition
    stages: list[StageCount]
    versions: Sequence[ProgramVersion]
    window: tuple[datetime, datetime] | None
    next_window: tuple[datetime, datetime] | None
    window_words: str
    clause: Citation | None
    promise: str
    closed_cases: int
    slug: str
    name: str


def intake_open(program: Program, definition: Definition, at: datetime | None = None) -> bool:
    """Whether a program takes cases in now."""
    return is_open(program, definition, at or clock.now())


def programs(actor: Actor) -> list[ProgramLine]:
    """The published programs that a reader may know of: those with a public side, or with a case they see."""
    rows = list(Program.objects.exclude(current=None).order_by("name"))
    seen = visible(actor).filter(program__in=rows, closed_at=None)
    counts = {row["program"]: row["n"] for row in seen.values("program").annotate(n=Count("pk")).order_by()}
    known = {row.pk: current(row) for row in rows}
    offices = {str(item) for program in known.values() for item in (program.accountable, program.steward)}
    words = role_words(offices)
    return [
        _line(row, known[row.pk], counts.get(row.pk, 0), words)
        for row in rows
        if actor.known or actor.kind == "system" or is_public(known[row.pk]) or counts.get(row.pk)
    ]


def is_public(definition: Definition) -> bool:
    """Whether a program has a public side: anybody may apply, or its cases are public somewhere."""
    if any(role.text in ("anyone", "signed-in", "maintainers") for role in definition.intake.who):
        return True
    return any(definition.public_at(stage.name).case for stage in definition.stages)


def program_view(actor: Actor, program: Program) -> ProgramView:
    """A program as a reader may see it. ``NotFound`` when nothing was published, or there is nothing for them."""
    definition = current(program)
    if not (actor.known or actor.kind == "system" or is_public(definition)):
        raise NotFound(gettext("there is no program “%(slug)s”") % {"slug": program.slug}, where="program")
    now = clock.now()
    seen = visible(actor).filter(program=program)
    late = Q(due_at__lt=now, paused=False)
    by_stage = {
        row["stage"]: (row["n"], row["late"])
        for row in seen.filter(closed_at=None)
        .values("stage")
        .annotate(n=Count("pk"), late=Count("pk", filter=late))
        .order_by()
    }
    owners = {str(stage.owner) for stage in definition.stages if stage.owner is not None}
    words = role_words(owners | {str(definition.accountable), str(definition.steward)}, definition)
    here, coming = open_window(definition, now), next_window(definition, now)
    promise = definition.commitment.lead.words if definition.commitment is not None else ""
    return ProgramView(
        program=program,
        line=_line(program, definition, sum(n for n, _late in by_stage.values()), words),
        definition=definition,
        stages=[
            StageCount(stage, *by_stage.get(stage.name, (0, 0)), words.get(str(stage.owner or ""), ""))
            for stage in definition.stages
        ],
        versions=list(program.versions.defer("spec", "sources").order_by("-number")),
        window=bounds(here) if here is not None else None,
        next_window=bounds(coming) if coming is not None else None,
        window_words=_words(here or coming),
        clause=definition.citation(definition.clause) or (Citation(definition.policy) if definition.policy else None),
        promise=promise,
        closed_cases=seen.filter(closed_at__isnull=False).count(),
        slug=program.slug,
        name=definition.name,
    )


def _words(window: Window | None) -> str:
    return window.late if window is not None else ""


def _line(row: Program, definition: Definition, cases: int, words: dict[str, str]) -> ProgramLine:
    return ProgramLine(
        id=row.pk,
        slug=row.slug,
        name=definition.name,
        summary=definition.summary,
        url=f"/programs/{row.slug}/",
        public_url=program_path(row.slug),
        open=intake_open(row, definition),
        takes_applications=definition.form is not None,
        open_cases=cases,
        accountable=words.get(str(definition.accountable), ""),
        steward=words.get(str(definition.steward), ""),
        version=definition.version,
    )


def open_cases(program: Program) -> int:
    """How many cases of a program are open."""
    return Case.objects.filter(program=program, closed_at=None).count()
