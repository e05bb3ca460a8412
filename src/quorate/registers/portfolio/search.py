"""Projects in the search palette."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from quorate.access.actors import Actor
from quorate.kernel.i18n import _
from quorate.registers.portfolio.queries import projects_at
from quorate.registers.portfolio.rules import UNLISTED, status_words
from quorate.toolkit.search import Hit, search_source


@search_source("project", _("Projects"), order=20)
def find(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Projects by name, summary or another name; visitors find those that have a public page."""
    rows = projects_at().filter(Q(name__icontains=text) | Q(summary__icontains=text) | Q(slug__icontains=text))
    if not actor.known:
        rows = rows.exclude(status=None).exclude(status__in=UNLISTED)
    ordered = sorted(rows[: limit * 3], key=lambda row: (text.casefold() not in row.name.casefold(), row.name))
    route = "portfolio:project" if actor.known else "portfolio:public-project"
    for row in ordered[:limit]:
        yield Hit(row.name, reverse(route, args=[row.slug]), status_words(row.status) if row.status else "")
