"""Cases and programs in the search palette: only those that the reader may know of."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from quorate.access.actors import Actor
from quorate.engine.queries import lines, programs, visible
from quorate.kernel.i18n import _
from quorate.toolkit.search import Hit, search_source


@search_source("case", _("Cases"), order=10)
def cases(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """By key or title, open ones first."""
    found = visible(actor).filter(Q(key__istartswith=text) | Q(title__icontains=text))
    rows = found.order_by("closed_at", "-opened_at")
    open_first = [*rows.filter(closed_at=None)[:limit], *rows.filter(closed_at__isnull=False)[:limit]][:limit]
    for line in lines(open_first, actor):
        note = line.outcome_title or line.stage_title
        yield Hit(title=f"{line.key} {line.title}", url=line.url, note=f"{line.program_title} · {note}")


@search_source("program", _("Programs"), order=40)
def found_programs(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """By name or summary."""
    wanted = text.casefold()
    hits = [item for item in programs(actor) if wanted in f"{item.name} {item.slug} {item.summary}".casefold()]
    for item in hits[:limit]:
        yield Hit(title=item.name, url=item.url if actor.known else item.public_url, note=item.summary)
