"""What the portfolio shows on pages of others: figures in front, projects of people and organisations."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse

from quorate.directory.models import Organisation, Person
from quorate.kernel import clock
from quorate.kernel.i18n import _, gettext
from quorate.registers.portfolio import queries
from quorate.registers.portfolio.models import Member, Project
from quorate.registers.portfolio.rules import UNLISTED, status_tone, status_words
from quorate.toolkit.front import Figure, Panel, front_figures, front_panel
from quorate.toolkit.panels import Asked, RecordPanel, record_panel


@front_figures(order=10)
def figures(request: HttpRequest) -> list[Figure]:
    """How many projects of each standing there are, and how many members."""
    now = clock.now()
    counts = queries.status_counts(now)
    landscape = reverse("portfolio:public-landscape")
    words = {
        "hosted": gettext("hosted projects"),
        "graduated": gettext("graduated projects"),
        "incubating": gettext("incubating projects"),
        "sandbox": gettext("sandbox projects"),
        "ecosystem": gettext("ecosystem projects"),
    }
    found = [
        Figure(counts[status], label, f"{landscape}?kind=project&status={status}&view=table")
        for status, label in words.items()
        if counts.get(status)
    ]
    members = queries.members_at(now).count()
    if members:
        found.append(Figure(members, gettext("member organisations"), f"{landscape}?kind=member"))
    return found


@front_panel(order=40)
def newest(request: HttpRequest) -> Panel | None:
    """The projects that joined last."""
    rows = queries.newest_projects(limit=6)
    if not rows:
        return None
    listed = [
        {
            "name": row.project.name,
            "url": reverse("portfolio:public-project", args=[row.project.slug]),
            "since": row.start,
            "words": status_words(row.status),
        }
        for row in rows
    ]
    return Panel(
        _("Newest projects"),
        "portfolio/parts/newest.html",
        {"rows": listed},
        more_url=reverse("portfolio:public-landscape"),
        more=_("The whole landscape"),
    )


@record_panel("person", "projects", order=40)
def maintained(asked: Asked) -> RecordPanel | None:
    """The projects that a person maintained at that time."""
    person: Person = asked.record
    rows = list(queries.maintained_by(person.pk, asked.at))
    return _panel("projects", gettext("Maintains"), rows, asked) if rows else None


@record_panel("organisation", "projects", order=40)
def backed(asked: Asked) -> RecordPanel | None:
    """The projects that an organisation stands behind."""
    organisation: Organisation = asked.record
    rows = list(Project.objects.filter(organisation=organisation))
    return _panel("projects", gettext("Projects it stands behind"), rows, asked) if rows else None


@record_panel("organisation", "membership", order=20)
def membership(asked: Asked) -> RecordPanel | None:
    """Since when an organisation is a member, and in which tier."""
    organisation: Organisation = asked.record
    rows = list(Member.objects.filter(organisation=organisation).order_by(F("start").desc(nulls_last=True)))
    if not rows:
        return None
    return RecordPanel("membership", gettext("Membership"), "portfolio/parts/membership.html", {"rows": rows})


def _panel(name: str, title: str, rows: list[Project], asked: Asked) -> RecordPanel | None:
    statuses = queries.statuses_at([row.pk for row in rows], asked.at)
    frame = "portfolio:public-project" if asked.public else "portfolio:project"
    listed = []
    for row in rows:
        current = statuses.get(row.pk)
        status = current.status if current else ""
        if asked.public and status in UNLISTED:
            continue
        listed.append(
            {
                "name": row.name,
                "url": reverse(frame, args=[row.slug]),
                "words": status_words(status) if status else gettext("none yet"),
                "tone": status_tone(status),
            }
        )
    return RecordPanel(name, title, "portfolio/parts/projects.html", {"rows": listed}) if listed else None
