"""The database as one source of a roster among others, for comparing."""

from __future__ import annotations

from datetime import datetime

from quorate.directory.models import Affiliation
from quorate.directory.queries import in_force, living_people
from quorate.kernel import clock
from quorate.terms.comparing import Line, from_places
from quorate.terms.models import Body
from quorate.terms.queries import roster


def recorded(body: Body, at: datetime | None = None) -> list[Line]:
    """What the database says of a roster at an instant. Three queries."""
    moment = at or clock.now()
    places = roster(body, moment)
    people = {place.representative.person_id for place in places if place.representative is not None}
    rows = Affiliation.objects.filter(in_force(moment), person__in=people).order_by("organisation__name")
    works_for: dict[object, list[str]] = {}
    for person, name in rows.values_list("person_id", "organisation__name"):
        works_for.setdefault(person, []).append(name)
    return from_places(places, {person: " / ".join(names) for person, names in works_for.items()})


def names_by_slug() -> dict[str, str]:
    """The names of living people by slug. One query."""
    return dict(living_people().values_list("slug", "name"))
