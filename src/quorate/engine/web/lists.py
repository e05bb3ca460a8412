"""Lists of cases: all that the reader may see, the queue of a program, and the programs themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from quorate.access.actors import VISITOR
from quorate.access.identity import actor_from
from quorate.engine import queries
from quorate.engine.models import Program
from quorate.engine.queries import CaseLine
from quorate.engine.versions import program_named
from quorate.kernel.i18n import _
from quorate.toolkit.columns import Choice, Column, Empty, Flag
from quorate.toolkit.pages import render
from quorate.toolkit.parts import pill
from quorate.toolkit.tables import RowAction, Table


def stage_pill(line: CaseLine) -> Any:
    """The stage, or how the case ended, as a pill."""
    if line.closed_at is not None:
        return pill(line.outcome_title or line.outcome, tone="good" if line.good else "done")
    return pill(line.stage_title, tone="info" if line.stage_kind in ("work", "vote") else "neutral")


class CaseTable(Table[CaseLine]):
    """Cases as lines. Rows are selected and ordered as cases and shown as lines, a page at a time."""

    name = "cases"
    caption = _("Cases")
    columns: ClassVar[Sequence[Column]] = (
        Column("key", _("Case"), sort="key", url="url"),
        Column("title", _("Title"), sort="title", primary=True, url="url"),
        Column("program", _("Program"), sort="program__name", value="program_title", low=True),
        Column("stage", _("Stage"), sort="stage", value="stage_title", cell=stage_pill),
        Column("opened_at", _("Age"), kind="age", sort="opened_at"),
        Column("due_at", _("Clock"), kind="clock", sort="due_at"),
        Column("owner", _("Next step by"), value="owner", low=True),
        Column("outcome", _("Outcome"), show=False),
        Column("closed_at", _("Closed"), show=False),
    )
    filters: ClassVar[Sequence[Choice | Flag]] = (
        Choice(
            "program",
            _("Program"),
            options=lambda table: list(Program.objects.values_list("slug", "name")),
            apply=lambda rows, value: rows.filter(program__slug=value),
        ),
        Choice(
            "state",
            _("State"),
            options=[("open", _("Open")), ("closed", _("Closed"))],
            apply=lambda rows, value: rows.filter(closed_at__isnull=value == "open"),
        ),
        Flag("late", _("Late only"), apply=lambda rows, table: queries.late(rows)),
    )
    search = ("key", "title")
    order = "-opened_at"
    empty = Empty(_("No cases here"), _("A case appears when somebody applies, or when a grant falls due for review."))

    @cached_property
    def page_rows(self) -> list[CaseLine]:
        """The lines of this page."""
        start = (self.page - 1) * self.size
        rows = self.rows[start : start + self.size] if self.count else []
        return queries.lines(rows, self.actor or VISITOR)

    def records(self) -> Iterator[dict[str, Any]]:
        """All matching lines as plain values, a few hundred at a time."""
        chosen = [column for column in self.columns if column.export]
        rows = self.rows.iterator(chunk_size=500) if isinstance(self.rows, QuerySet) else iter(())
        while batch := list(islice(rows, 500)):
            for line in queries.lines(batch, self.actor or VISITOR):
                yield {column.key: column.of(line) for column in chosen}

    def action(self, row: CaseLine) -> RowAction | None:
        """Open it."""
        return RowAction(_("Open"), row.url) if row.closed_at is None else None


@login_required
def cases(request: HttpRequest) -> HttpResponse:
    """All cases that the reader may see."""
    actor = actor_from(request)
    return CaseTable(request, queries.visible(actor), actor=actor).respond("engine/cases.html", {})


class QueueTable(CaseTable):
    """A program's waiting cases in the order in which they are taken."""

    name = "queue"
    caption = _("Queue")
    columns = (
        Column("position", _("Place"), kind="number"),
        Column("key", _("Case"), url="url"),
        Column("title", _("Title"), primary=True, url="url"),
        Column("stage_title", _("Stage")),
        Column("returning", _("Returning")),
        Column("opened_at", _("Age"), kind="age"),
        Column("due_at", _("Clock"), kind="clock"),
        Column("sitting", _("Session"), kind="number", low=True),
    )
    filters: ClassVar[Any] = ()
    order = ""
    empty = Empty(_("Nobody waits"), _("The next application will stand here with its place and its age."))


@login_required
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """The queue of a program."""
    actor = actor_from(request)
    program = program_named(slug)
    table = QueueTable(request, queries.queued(actor, program), actor=actor)
    return table.respond("engine/queue.html", {"program": queries.program_view(actor, program)})


@login_required
def programs(request: HttpRequest) -> HttpResponse:
    """All programs."""
    return render(request, "engine/programs.html", {"programs": queries.programs(actor_from(request))})


@login_required
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """One program: what it promises, how it goes, who answers for it and where its cases are."""
    actor = actor_from(request)
    view = queries.program_view(actor, program_named(slug))
    recent = queries.lines(queries.visible(actor).filter(program__slug=slug).order_by("-opened_at")[:8], actor)
    context = {"program": view, "recent": recent, "public_url": reverse("engine:public-program", args=[slug])}
    return render(request, "engine/program.html", context)
