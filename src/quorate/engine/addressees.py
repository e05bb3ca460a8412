"""Whom a role means when something is written to them: people with an address, or an applicant known by one only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from quorate.directory.models import Person
from quorate.directory.queries import email_of
from quorate.engine.definition import Role
from quorate.engine.models import Contact
from quorate.engine.parties import Parties, applicant_of
from quorate.kernel.i18n import gettext


@dataclass(frozen=True)
class Addressee:
    """Somebody who can be written to."""

    email: str
    name: str
    person: Person | None = None


def addressees(parties: Parties, roles: Iterable[Role]) -> list[Addressee]:
    """Everybody whom the roles mean and who has an address, each address once."""
    found: dict[str, Addressee] = {}
    for role in roles:
        for person in parties.people(role):
            email = email_of(person)
            if email and person.erased_at is None:
                found.setdefault(email.casefold(), Addressee(email, person.name, person))
        meant = parties.office(role)
        if meant == "applicant" or (meant == "holder" and parties.applicant_holds):
            unknown = unknown_applicant(parties)
            if unknown is not None:
                found.setdefault(unknown.email.casefold(), unknown)
    return list(found.values())


def unknown_applicant(parties: Parties) -> Addressee | None:
    """The applicant's address when the directory does not know them as a person."""
    case = parties.case
    if applicant_of(case) is not None:
        return None
    if case.applicant_account is not None:
        return Addressee(case.applicant_account.email, gettext("applicant"))
    cases = [case.pk, case.grant.case_id] if case.grant is not None else [case.pk]
    contact = Contact.objects.filter(case__in=cases).exclude(email="").first()
    return Addressee(contact.email, gettext("applicant")) if contact is not None else None
