"""Elections in the search palette."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.kernel.i18n import _
from quorate.registers.elections.queries import visible
from quorate.toolkit.search import Hit, search_source


@search_source("election", _("Elections"))
def find(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Elections by their title."""
    for election in visible(actor).filter(title__icontains=text)[:limit]:
        yield Hit(election.title, reverse("elections:election", args=[election.slug]), election.get_state_display())
