"""Motions and decisions in the search palette."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.decisions.queries import visible
from quorate.decisions.register import decisions_visible
from quorate.kernel.i18n import _
from quorate.toolkit.search import Hit, search_source


@search_source("motion", _("Motions"))
def find(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Motions by their title."""
    for motion in visible(actor).filter(title__icontains=text)[:limit]:
        url = reverse("decisions:motion", args=[motion.id])
        yield Hit(motion.title, url, motion.result or motion.get_state_display())


@search_source("decision", _("Decisions"))
def decided(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Decisions in the register by their title."""
    route = "decisions:decision" if actor.known else "decisions:public-decision"
    for row in decisions_visible(actor).filter(title__icontains=text)[:limit]:
        yield Hit(row.title, reverse(route, args=[row.id]), f"{row.body.name} {row.label}")
