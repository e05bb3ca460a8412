"""Records as the API shows them, and the facts that its clients send."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.directory.api.schemas import OrganisationIn, PersonIn
from quorate.directory.models import Organisation, Person
from quorate.directory.queries import (
    facts_of_organisations,
    facts_of_people,
    organisation_by_key,
    person_by_key,
)
from quorate.directory.rules import Belonging, Contact, Name, OrganisationFacts, Parent, PersonFacts
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.toolkit.asof import parse


def readable(request: HttpRequest, key: str) -> Person:
    """The person, if the caller may know of them; nobody else is confirmed to exist."""
    person = person_by_key(key)
    if not person.public and not may(actor_from(request), "person.read", person):
        raise NotFound(gettext("there is no such person"))
    return person


def people(request: HttpRequest, rows: list[Person], as_of: str) -> list[dict[str, object]]:
    """People as answers; affiliations of an instant when one is asked for. Five queries."""
    actor = actor_from(request)
    at = parse(as_of) if as_of else None
    reach = may(actor, "person.contact")
    facts = facts_of_people([row.id for row in rows])
    slugs = _slugs(spell.organisation for found in facts.values() for spell in found.affiliations)
    answers = []
    for row in rows:
        found = facts[row.id]
        spells = [s for s in found.affiliations if at is None or _holds(s.start, s.until, at)]
        mine = reach or may(actor, "person.contact", row)
        answers.append(
            {
                "id": row.id,
                "slug": row.slug,
                "name": found.name,
                "pronouns": found.pronouns,
                "bio": found.bio,
                "public": found.public,
                "synthetic": found.synthetic,
                "affiliations": [
                    {"organisation": slugs[s.organisation], "title": s.title, "start": s.start, "until": s.until}
                    for s in spells
                ],
                "external_ids": dict(found.external_ids),
                "contacts": [{"kind": c.kind, "value": c.value, "primary": c.primary} for c in found.contacts]
                if mine
                else None,
            }
        )
    return answers


def _holds(start: datetime | None, until: datetime | None, at: datetime) -> bool:
    return (start is None or start <= at) and (until is None or at < until)


def organisations(rows: list[Organisation]) -> list[dict[str, object]]:
    """Organisations as answers. Five queries."""
    facts = facts_of_organisations([row.id for row in rows])
    slugs = _slugs(link.organisation for found in facts.values() for link in found.controlled_by)
    return [
        {
            "id": row.id,
            "slug": row.slug,
            "name": facts[row.id].name,
            "homepage": facts[row.id].homepage,
            "country": facts[row.id].country,
            "synthetic": facts[row.id].synthetic,
            "aliases": [{"name": a.name, "start": a.start, "until": a.until} for a in facts[row.id].aliases],
            "external_ids": dict(facts[row.id].external_ids),
            "controlled_by": [
                {"organisation": slugs[c.organisation], "start": c.start, "until": c.until, "source": c.source}
                for c in facts[row.id].controlled_by
            ],
        }
        for row in rows
    ]


def _slugs(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Organisation.objects.filter(pk__in=set(ids)).values_list("pk", "slug"))


def person_facts(body: PersonIn, before: PersonFacts) -> PersonFacts:
    """The facts that a client sent; what clients may not say stays."""
    return PersonFacts(
        body.name,
        body.pronouns,
        body.bio,
        body.public,
        before.synthetic,
        body.language,
        body.time_zone,
        tuple(Contact(c.kind, c.value, c.primary) for c in body.contacts),
        tuple(sorted(body.external_ids.items())),
        tuple(Belonging(organisation_by_key(a.organisation).id, a.title, a.start, a.until) for a in body.affiliations),
    )


def organisation_facts(body: OrganisationIn, *, synthetic: bool = False) -> OrganisationFacts:
    """The facts that a client sent."""
    return OrganisationFacts(
        body.name,
        body.homepage,
        body.country,
        synthetic,
        tuple(Name(a.name, a.start, a.until) for a in body.aliases),
        tuple(sorted(body.external_ids.items())),
        tuple(Parent(organisation_by_key(c.organisation).id, c.start, c.until, c.source) for c in body.controlled_by),
    )
