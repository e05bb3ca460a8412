"""Bodies and policies in the search palette."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.kernel.i18n import _
from quorate.terms.models import Body
from quorate.terms.queries import policies_in_force
from quorate.toolkit.search import Hit, search_source


@search_source("body", _("Bodies"), order=40)
def bodies(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Bodies by name; for visitors those whose rosters are public."""
    rows = Body.objects.filter(closed_at=None)
    if not actor.known:
        rows = rows.filter(public=True)
    for word in text.split()[:8]:
        rows = rows.filter(name__icontains=word)
    route = "terms:body" if actor.known else "terms:public-body"
    for row in rows.order_by("name")[:limit]:
        yield Hit(row.name, reverse(route, args=[row.slug]), row.get_kind_display())


@search_source("policy", _("Policies"), order=45)
def policies(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Policies in force by title."""
    words = text.lower().split()[:8]
    found = [row for row in policies_in_force() if all(word in row.title.lower() for word in words)]
    for row in found[:limit]:
        yield Hit(row.title, reverse("terms:policy", args=[row.slug]), row.version)
