"""Pages of projects: the list, a project's page for those who are signed in, and its public page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.kernel.i18n import _, gettext
from quorate.registers.portfolio import queries
from quorate.registers.portfolio.models import LandscapeItem, Maintainer, Project, ProjectStatus, Repository, Scan
from quorate.registers.portfolio.rules import UNLISTED, status_tone, status_words
from quorate.toolkit import pages, parts
from quorate.toolkit.asof import AsOf, as_of
from quorate.toolkit.columns import Choice, Column, Empty, RowAction
from quorate.toolkit.history import history
from quorate.toolkit.panels import Asked, panels_of
from quorate.toolkit.tables import Table


@dataclass(frozen=True, slots=True)
class Reading:
    """A repository and what the newest reading of it said."""

    repository: Repository
    scan: Scan | None

    @property
    def numbers(self) -> list[tuple[object, object]]:
        """The figures of the window that ends at the head; None is not known."""
        if self.scan is None:
            return []
        facts = self.scan.facts
        window = facts.get("window") or {}
        covered = window.get("covered")
        licence = facts.get("licence") or {}
        return [
            (_("People, 90 days"), window.get("contributors_human") if covered else None),
            (_("Commits, 90 days"), window.get("commits_human") if covered else None),
            (_("Least number of people behind half of them"), window.get("absence_factor") if covered else None),
            (_("Releases, 365 days"), (facts.get("releases") or {}).get("count")),
            (_("Licence found"), ", ".join(licence.get("ids") or ()) or None),
        ]

    @property
    def files(self) -> list[tuple[str, str | None]]:
        """The files that projects are asked for, with the path of each; nothing when the trees are not known."""
        if self.scan is None or not self.scan.facts.get("files_known"):
            return []
        return sorted((name, path) for name, path in (self.scan.facts.get("files") or {}).items())


class ProjectTable(Table[Project]):
    """All projects on record."""

    name = "projects"
    caption = _("Projects")
    columns = (
        Column(
            "name",
            _("Project"),
            sort="name",
            primary=True,
            url=lambda row: reverse("portfolio:project", args=[row.slug]),
            sub=lambda row: row.category,
        ),
        Column(
            "status",
            _("Status"),
            kind="pill",
            sort="status",
            cell=lambda row: parts.pill(
                status_words(row.status) if row.status else gettext("none yet"), status_tone(row.status or "")
            ),
        ),
        Column("since", _("Since"), kind="day", sort="since"),
        Column(
            "organisation",
            _("Backed by"),
            kind="text",
            value=lambda row: row.organisation.name if row.organisation else "",
            sort="organisation__name",
            low=True,
        ),
        Column("read_at", _("Repository as of"), kind="day", sort="read_at"),
        Column("licence", _("Licence"), sort="licence", low=True),
        Column("homepage", _("Homepage"), show=False),
        Column("category", _("Category"), show=False),
    )
    filters = (
        Choice(
            "status",
            _("Status"),
            options=lambda table: [(each, status_words(each)) for each in queries.status_names()],
            apply=lambda rows, value: rows.filter(status=value),
        ),
    )
    search = ("name", "summary", "category", "organisation__name")
    search_label = _("Search projects")
    order = "name"
    empty = Empty(_("No projects yet"), _("A project comes with its first application, or with a landscape file."))

    def action(self, row: Project) -> RowAction | None:
        """Every row leads to its page; there is nothing to do from the list."""
        return None


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The list of projects."""
    actor = actor_from(request)
    moment = as_of(request)
    made = ProjectTable(request, queries.projects_listed(moment.at), actor=actor)
    context = {"moment": moment, "may_edit": may(actor, "project.edit"), "now_url": made.url(as_of=None)}
    return made.respond("portfolio/projects.html", context)


@require_safe
def by_id(request: HttpRequest, project: UUID) -> HttpResponse:
    """Lead from an id, as entries of the ledger have it, to the readable address that the reader may open."""
    found = queries.project_by(str(project))
    if not actor_from(request).known and _is_public(found):
        return redirect("portfolio:public-project", found.slug)
    return redirect("portfolio:project", found.slug)


@login_required
@require_safe
def project(request: HttpRequest, slug: str) -> HttpResponse:
    """A project, for those who are signed in: what it is, since when, what is next, what happened."""
    found = queries.project_by(slug)
    actor = actor_from(request)
    moment = as_of(request)
    context = shown(request, found, moment, public=False) | {
        "history": history("project", str(found.pk), private=may(actor, "project.edit", found)),
        "may_edit": may(actor, "project.edit", found),
        "may_attest": may(actor, "project.attest", found),
        "may_set_status": may(actor, "project.set-status", found),
        "may_scan": may(actor, "repository.scan", found),
        "may_list": may(actor, "landscape.edit"),
    }
    return pages.render(request, "portfolio/project.html", context)


@require_safe
def public(request: HttpRequest, slug: str) -> HttpResponse:
    """A project, for anybody: only what was ever a project of the foundation has a public page."""
    found = Project.objects.filter(slug=slug).select_related("organisation").first()
    if found is None or not _is_public(found):
        raise Http404
    context = shown(request, found, as_of(request), public=True) | {
        "history": history("project", str(found.pk), public=True)
    }
    return pages.public_render(request, "portfolio/public_project.html", context)


def shown(request: HttpRequest, found: Project, moment: AsOf, *, public: bool) -> dict[str, Any]:
    """What both pages of a project show. A fixed number of queries."""
    statuses = list(found.statuses.all())
    repositories = list(found.repositories.all())
    scans = queries.newest_scans([row.pk for row in repositories], moment.at)
    people = [row for row in found.maintainers.select_related("person") if _at(row, moment.at)]
    hidden = sum(1 for row in people if public and not _named(row))
    return {
        "project": found,
        "moment": moment,
        "status": _status_at(statuses, moment.at),
        "statuses": [(row, status_words(row.status)) for row in reversed(statuses)],
        "readings": [Reading(row, scans.get(row.pk)) for row in repositories],
        "maintainers": [_maintainer(row, public=public) for row in people if not public or _named(row)],
        "hidden_maintainers": hidden,
        "attestations": sorted(queries.attestations_of(found.pk, moment.at).values(), key=lambda row: row.criterion),
        "items": list(LandscapeItem.objects.filter(project=found).order_by("position")),
        "panels": panels_of("project", Asked(request, found, moment.at, public)),
        "organisation_url": _organisation_url(found, public=public),
        "page_url": reverse("portfolio:public-project" if public else "portfolio:project", args=[found.slug]),
    }


def _is_public(found: Project) -> bool:
    """Whether a project ever had a standing that anybody may know of."""
    return any(row.status not in UNLISTED for row in found.statuses.all())


def _organisation_url(found: Project, *, public: bool) -> str:
    if found.organisation is None:
        return ""
    route = "directory:public-organisation" if public else "directory:organisation"
    return reverse(route, args=[found.organisation.slug])


def _status_at(rows: Iterable[ProjectStatus], at: datetime) -> dict[str, Any] | None:
    for row in rows:
        if _at(row, at):
            words, tone = status_words(row.status), status_tone(row.status)
            return {"row": row, "words": words, "tone": tone}
    return None


def _at(row: ProjectStatus | Maintainer, at: datetime) -> bool:
    return (row.start is None or row.start <= at) and (row.until is None or at < row.until)


def _named(row: Maintainer) -> bool:
    """Whether anybody may read a maintainer's name."""
    return row.person is None or (row.person.public and row.person.erased_at is None)


def _maintainer(row: Maintainer, *, public: bool) -> dict[str, str]:
    if row.person is None:
        return {"name": f"@{row.handle}", "url": "", "note": ""}
    if row.person.erased_at is not None:
        return {"name": gettext("somebody who was forgotten"), "url": "", "note": ""}
    route = "directory:public-person" if public else "directory:person"
    return {"name": row.person.name, "url": reverse(route, args=[row.person.slug]), "note": ""}
