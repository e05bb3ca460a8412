"""Motions in the search palette."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.decisions.queries import visible
from quorate.kernel.i18n import _
from quorate.toolkit.search import Hit, search_source


@search_source("motion", _("Motions"))
def find(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Motions by their title."""
    for motion in visible(actor).filter(title__icontains=text)[:limit]:
        url = reverse("decisions:motion", args=[motion.id])
        yield Hit(motion.title, url, motion.result or motion.get_state_display())
