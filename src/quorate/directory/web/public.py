"""Public pages of people who show themselves, and of organisations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from quorate.directory.models import Organisation, Person
from quorate.directory.queries import (
    affiliations_of,
    control_of,
    organisation_by_key,
    organisations_with_counts,
    people_at,
    people_with_employers,
    person_by_key,
)
from quorate.directory.web.organisations import OrganisationTable
from quorate.directory.web.people import PeopleTable
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.asof import as_of
from quorate.toolkit.columns import Column
from quorate.toolkit.history import history
from quorate.toolkit.pages import public_render
from quorate.toolkit.panels import Asked, panels_of


class PublicPeople(PeopleTable):
    """People with a public page."""

    columns = (
        Column(
            "name",
            _("Name"),
            kind="person",
            sort="name",
            primary=True,
            url=lambda row: reverse("directory:public-person", args=[row.slug]),
        ),
        Column("employer", _("Belongs to"), sort="employer"),
    )
    filters = ()


class PublicOrganisations(OrganisationTable):
    """Organisations, for everybody."""

    columns = (
        Column(
            "name",
            _("Name"),
            kind="organisation",
            sort="name",
            primary=True,
            url=lambda row: reverse("directory:public-organisation", args=[row.slug]),
        ),
        Column("parent", _("Controlled by"), sort="parent"),
        Column("homepage", _("Homepage"), low=True, url="homepage"),
    )


def people(request: HttpRequest) -> HttpResponse:
    """Those who show themselves."""
    asked = as_of(request)
    rows = people_with_employers(asked.at).filter(public=True)
    return PublicPeople(request, rows).respond("directory/public_people.html", {"as_of": asked}, public=True)


def person(request: HttpRequest, key: str) -> HttpResponse:
    """One person who shows themselves; nobody else is confirmed to exist."""
    found: Person = person_by_key(key)
    if not found.public:
        raise NotFound(gettext("there is no such person"))
    if key != found.slug:
        return redirect("directory:public-person", found.slug)
    asked = as_of(request)
    context = {
        "person": found,
        "as_of": asked,
        "affiliations": affiliations_of(found),
        "panels": panels_of("person", Asked(request, found, asked.at, public=True)),
    }
    return public_render(request, "directory/public_person.html", context)


def organisations(request: HttpRequest) -> HttpResponse:
    """Every organisation."""
    asked = as_of(request)
    table = PublicOrganisations(request, organisations_with_counts(asked.at))
    return table.respond("directory/public_organisations.html", {"as_of": asked}, public=True)


def organisation(request: HttpRequest, key: str) -> HttpResponse:
    """One organisation: names, who controls whom, who belongs to it and shows themselves."""
    found: Organisation = organisation_by_key(key)
    if key != found.slug:
        return redirect("directory:public-organisation", found.slug)
    asked = as_of(request)
    above, below = control_of(found)
    context = {
        "organisation": found,
        "as_of": asked,
        "aliases": found.aliases.order_by("start", "name"),
        "above": above,
        "below": below,
        "people": people_at(found, asked.at, public=True),
        "panels": panels_of("organisation", Asked(request, found, asked.at, public=True)),
        "history": history("organisation", str(found.id), public=True),
    }
    return public_render(request, "directory/public_organisation.html", context)
