"""Reads of the directory: who somebody is, whom they worked for on a day, and which companies are one group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TypedDict, TypeVar
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django_stubs_ext import WithAnnotations

from quorate.access.actors import Actor
from quorate.directory.models import (
    Affiliation,
    Consent,
    ContactPoint,
    Control,
    ExternalId,
    Merge,
    Organisation,
    OrganisationAlias,
    Person,
)
from quorate.directory.rules import Belonging, Contact, Name, OrganisationFacts, Parent, PersonFacts
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext

M = TypeVar("M", Person, Organisation)


def in_force(at: datetime, prefix: str = "") -> Q:
    """Rows whose half-open period ``[start, until)`` holds the instant."""
    started = Q(**{f"{prefix}start": None}) | Q(**{f"{prefix}start__lte": at})
    running = Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": at})
    return started & running


def person_of(actor: Actor) -> Person | None:
    """The person an actor is, or ``None`` for visitors, systems and accounts the directory does not know."""
    if actor.person_id is None:
        return None
    return Person.objects.filter(pk=actor.person_id).first()


def living_people() -> QuerySet[Person]:
    """People who are neither merged away nor erased."""
    return Person.objects.filter(merged_into=None, erased_at=None)


def living_organisations() -> QuerySet[Organisation]:
    """Organisations that are not merged away."""
    return Organisation.objects.filter(merged_into=None)


def employers(people: Iterable[UUID], at: datetime | None = None) -> dict[UUID, set[UUID]]:
    """The organisations each person belonged to at an instant (default: now). One query."""
    wanted = list(people)
    found: dict[UUID, set[UUID]] = {person: set() for person in wanted}
    rows = Affiliation.objects.filter(in_force(at or clock.now()), person__in=wanted)
    for person, organisation in rows.values_list("person_id", "organisation_id"):
        found[person].add(organisation)
    return found


def related_group(organisations: Collection[UUID], at: datetime | None = None) -> set[UUID]:
    """The organisations and all that were under common control with them at an instant. One query.

    Control is taken both ways and through any number of steps: a subsidiary's sister is in the group.
    """
    links: dict[UUID, set[UUID]] = {}
    for parent, child in Control.objects.filter(in_force(at or clock.now())).values_list("parent_id", "child_id"):
        links.setdefault(parent, set()).add(child)
        links.setdefault(child, set()).add(parent)
    return _reached(organisations, links)


def _reached(organisations: Collection[UUID], links: Mapping[UUID, set[UUID]]) -> set[UUID]:
    group: set[UUID] = set()
    waiting = list(organisations)
    while waiting:
        current = waiting.pop()
        if current not in group:
            group.add(current)
            waiting.extend(links.get(current, ()))
    return group


def related_groups(
    organisations: Collection[UUID], at: datetime | None = None
) -> tuple[list[set[UUID]], list[tuple[UUID, UUID]]]:
    """The related groups that the organisations fell into at an instant, and the links of control. One query.

    Every organisation is in one group, alone if nobody controls it and it controls nobody; a group also holds
    the companies between. Each link is (parent, child).
    """
    found = list(Control.objects.filter(in_force(at or clock.now())).values_list("parent_id", "child_id"))
    links: dict[UUID, set[UUID]] = {}
    for parent, child in found:
        links.setdefault(parent, set()).add(child)
        links.setdefault(child, set()).add(parent)
    groups: list[set[UUID]] = []
    seen: set[UUID] = set()
    for organisation in organisations:
        if organisation not in seen:
            groups.append(_reached([organisation], links))
            seen |= groups[-1]
    return groups, found


def shared_employer(people: Iterable[UUID], organisations: Collection[UUID], at: datetime | None = None) -> set[UUID]:
    """Those of the people whose employer is in the related group of the organisations. Two queries."""
    group = related_group(organisations, at)
    return {person for person, works_for in employers(people, at).items() if works_for & group}


def email_of(person: Person) -> str:
    """The primary e-mail address, or any, or that of the account, or an empty string."""
    contact = (
        ContactPoint.objects.filter(person=person, kind=ContactPoint.Kind.EMAIL).order_by("-primary", "id").first()
    )
    if contact is not None:
        return contact.value
    return person.account.email if person.account is not None else ""


def person_by_email(email: str) -> Person | None:
    """The living person reached at an address."""
    found = (
        ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, value__iexact=email.strip())
        .select_related("person")
        .first()
    )
    if found is not None and found.person.erased_at is None:
        return found.person.merged_into or found.person
    return Person.objects.filter(account__email__iexact=email.strip(), erased_at=None).first()


def names_of(people: Iterable[str]) -> dict[str, str]:
    """Names by id, for sentences. Erased people have none here."""
    wanted = [UUID(text) for text in people]
    return {
        str(pk): name for pk, name in Person.objects.filter(pk__in=wanted, erased_at=None).values_list("pk", "name")
    }


def facts_of_organisations(wanted: Collection[UUID] | None = None) -> dict[UUID, OrganisationFacts]:
    """What the directory says of organisations (default: of all, merged ones too). Four queries."""
    rows = Organisation.objects.all() if wanted is None else Organisation.objects.filter(pk__in=wanted)
    aliases: dict[UUID, list[Name]] = {}
    for alias in OrganisationAlias.objects.filter(organisation__in=rows).order_by("start", "name"):
        aliases.setdefault(alias.organisation_id, []).append(Name(alias.name, alias.start, alias.until))
    outside: dict[UUID, list[tuple[str, str]]] = {}
    for known in ExternalId.objects.filter(organisation__in=rows).order_by("scheme", "value"):
        if known.organisation_id is not None:
            outside.setdefault(known.organisation_id, []).append((known.scheme, known.value))
    parents: dict[UUID, list[Parent]] = {}
    for link in Control.objects.filter(child__in=rows).order_by("start", "parent__slug"):
        parents.setdefault(link.child_id, []).append(Parent(link.parent_id, link.start, link.until, link.source))
    return {
        row.id: OrganisationFacts(
            row.name,
            row.homepage,
            row.country,
            row.synthetic,
            tuple(aliases.get(row.id, ())),
            tuple(outside.get(row.id, ())),
            tuple(parents.get(row.id, ())),
        )
        for row in rows
    }


def facts_of_people(wanted: Collection[UUID] | None = None) -> dict[UUID, PersonFacts]:
    """What the directory says of people (default: of all, merged and erased too). Four queries."""
    rows = Person.objects.all() if wanted is None else Person.objects.filter(pk__in=wanted)
    contacts: dict[UUID, list[Contact]] = {}
    for point in ContactPoint.objects.filter(person__in=rows).order_by("-primary", "kind", "value"):
        contacts.setdefault(point.person_id, []).append(Contact(point.kind, point.value, point.primary))
    outside: dict[UUID, list[tuple[str, str]]] = {}
    for known in ExternalId.objects.filter(person__in=rows).order_by("scheme", "value"):
        if known.person_id is not None:
            outside.setdefault(known.person_id, []).append((known.scheme, known.value))
    belongs: dict[UUID, list[Belonging]] = {}
    for row in Affiliation.objects.filter(person__in=rows).order_by("start", "organisation__slug"):
        belongs.setdefault(row.person_id, []).append(Belonging(row.organisation_id, row.title, row.start, row.until))
    return {
        person.id: PersonFacts(
            person.name,
            person.pronouns,
            person.bio,
            person.public,
            person.synthetic,
            person.language,
            person.time_zone,
            tuple(contacts.get(person.id, ())),
            tuple(outside.get(person.id, ())),
            tuple(belongs.get(person.id, ())),
        )
        for person in rows
    }


def facts_of_organisation(organisation: Organisation) -> OrganisationFacts:
    """What the directory says of one organisation."""
    return facts_of_organisations([organisation.id])[organisation.id]


def facts_of_person(person: Person) -> PersonFacts:
    """What the directory says of one person."""
    return facts_of_people([person.id])[person.id]


def public_names_of(people: Iterable[str]) -> dict[str, str]:
    """Names by id of those who agreed to be named in public."""
    wanted = [UUID(text) for text in people]
    rows = Person.objects.filter(pk__in=wanted, erased_at=None, public=True)
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}


def person_by_key(key: str) -> Person:
    """The person of a slug or an id, following merges; ``NotFound`` for nobody and for the forgotten."""
    found = _by_key(Person.objects.select_related("merged_into"), key)
    if found is not None and found.merged_into is not None:
        found = found.merged_into
    if found is None or found.erased_at is not None:
        raise NotFound(gettext("there is no such person"))
    return found


def organisation_by_key(key: str) -> Organisation:
    """The organisation of a slug or an id, following merges; ``NotFound`` for none."""
    found = _by_key(Organisation.objects.select_related("merged_into"), key)
    if found is None:
        raise NotFound(gettext("there is no such organisation"))
    return found.merged_into or found


def _by_key(rows: QuerySet[M], key: str) -> M | None:
    try:
        return rows.filter(pk=UUID(key)).first()
    except ValueError:
        return rows.filter(slug=key).first()


class Employed(TypedDict):
    """What the list of people shows beside each."""

    employer: str | None
    employer_slug: str | None


def people_with_employers(at: datetime | None = None) -> QuerySet[WithAnnotations[Person, Employed]]:
    """Living people, each with ``employer`` and ``employer_slug`` at an instant (the longest-standing one)."""
    current = Affiliation.objects.filter(in_force(at or clock.now()), person=OuterRef("pk")).order_by("start", "pk")
    return living_people().annotate(
        employer=Subquery(current.values("organisation__name")[:1]),
        employer_slug=Subquery(current.values("organisation__slug")[:1]),
    )


def organisations_with_counts(at: datetime | None = None) -> QuerySet[Organisation]:
    """Living organisations, each with ``people`` there at an instant and its ``parent`` then, if any."""
    moment = at or clock.now()
    parents = Control.objects.filter(in_force(moment), child=OuterRef("pk")).order_by("start", "pk")
    return living_organisations().annotate(
        people=Count("affiliations", filter=in_force(moment, "affiliations__"), distinct=True),
        parent=Subquery(parents.values("parent__name")[:1]),
    )


def affiliations_of(person: Person) -> list[Affiliation]:
    """Where a person belongs and belonged, newest first. One query."""
    rows = Affiliation.objects.filter(person=person).select_related("organisation")
    return sorted(rows, key=lambda row: (row.until is None, row.start is not None, row.start), reverse=True)


def people_at(organisation: Organisation, at: datetime | None = None, *, public: bool = False) -> QuerySet[Affiliation]:
    """Who belonged to an organisation at an instant; with ``public`` only those who show themselves."""
    rows = Affiliation.objects.filter(
        in_force(at or clock.now()),
        organisation=organisation,
        person__merged_into=None,
        person__erased_at=None,
    )
    if public:
        rows = rows.filter(person__public=True)
    return rows.select_related("person").order_by("person__name", "pk")


def control_of(organisation: Organisation) -> tuple[list[Control], list[Control]]:
    """Who controls an organisation, and whom it controls, then and now. Two queries."""
    above = Control.objects.filter(child=organisation).select_related("parent").order_by("start", "pk")
    below = Control.objects.filter(parent=organisation).select_related("child").order_by("child__name", "pk")
    return list(above), list(below)


def consents_of(person: Person) -> QuerySet[Consent]:
    """What a person agreed to, newest first."""
    return Consent.objects.filter(person=person).order_by("-given_at", "pk")


def merges(kind: str) -> QuerySet[Merge]:
    """Merges of one kind, newest first."""
    return Merge.objects.filter(kind=kind).order_by("-merged_at", "pk")
