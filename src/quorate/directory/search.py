"""People and organisations in the search palette."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from quorate.access.actors import Actor
from quorate.access.policy import may
from quorate.directory.queries import living_organisations, people_with_employers
from quorate.kernel.i18n import _
from quorate.toolkit.search import Hit, search_source


@search_source("person", _("People"), order=20)
def people(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """People by name; everybody for those who may see records, else those who show themselves."""
    rows = people_with_employers()
    whole = may(actor, "person.read")
    if not whole:
        rows = rows.filter(public=True)
    for word in text.split()[:8]:
        rows = rows.filter(name__icontains=word)
    route = "directory:person" if whole else "directory:public-person"
    for name, slug, employer in rows.order_by("name").values_list("name", "slug", "employer")[:limit]:
        yield Hit(name, reverse(route, args=[slug]), employer or "")


@search_source("organisation", _("Organisations"), order=30)
def organisations(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Organisations by name and by other names."""
    rows = living_organisations()
    for word in text.split()[:8]:
        rows = rows.filter(Q(name__icontains=word) | Q(aliases__name__icontains=word))
    route = "directory:organisation" if actor.known else "directory:public-organisation"
    for row in rows.distinct().order_by("name")[:limit]:
        yield Hit(row.name, reverse(route, args=[row.slug]))
