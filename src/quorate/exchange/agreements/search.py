"""Agreements in the search palette."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.exchange.agreements.queries import visible
from quorate.kernel.i18n import _
from quorate.toolkit.search import Hit, search_source


@search_source("agreement", _("Agreements"))
def find(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Agreements by the name of the organisation."""
    for row in visible(actor).filter(organisation__name__icontains=text)[:limit]:
        url = reverse("agreements:agreement", args=[row.pk])
        yield Hit(f"{row} · {row.organisation.name}", url, row.get_state_display())
