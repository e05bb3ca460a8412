"""What terms bring to the pages of others: a person's seats, an organisation's seats."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.terms.queries import seats_held, seats_of_organisation
from quorate.toolkit.panels import Asked, RecordPanel, record_panel


@record_panel("person", "seats", order=10)
def seats(asked: Asked) -> RecordPanel | None:
    """The seats a person holds and held."""
    terms = seats_held(asked.record.id, asked.at, public=asked.public)
    if not terms:
        return None
    running = [term for term in terms if term.until is None or term.until > asked.at]
    context = {"terms": terms, "running": {term.id for term in running}, "public": asked.public}
    return RecordPanel("seats", _("Seats"), "terms/person_seats.html", context)


@record_panel("organisation", "seats", order=10)
def organisation_seats(asked: Asked) -> RecordPanel | None:
    """The seats that are an organisation's."""
    places = seats_of_organisation(asked.record.id, asked.at)
    if not places:
        return None
    context = {"places": places, "public": asked.public}
    return RecordPanel("seats", _("Seats"), "terms/organisation_seats.html", context)
