"""Writes about people."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.models import Account
from quorate.access.policy import authorise
from quorate.directory.actions.lists import agree
from quorate.directory.actions.naming import slug_for
from quorate.directory.models import Affiliation, ContactPoint, ExternalId, Person
from quorate.directory.queries import facts_of_person
from quorate.directory.rules import Belonging, Contact, PersonFacts, as_json, check_person, differences
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref

_PLAIN = ("name", "pronouns", "bio", "public", "synthetic", "language", "time_zone")


@action("person.edit", kinds=("person.added",))
def add_person(*, actor: Actor, facts: PersonFacts, slug: str = "") -> Person:
    """Add a person. Appends ``person.added``; ``Conflict`` when the slug, an address or an id is taken."""
    authority = authorise(actor, "person.edit")
    check_person(facts)
    person = Person(slug=slug_for(Person, facts.name, slug))
    for name in _PLAIN:
        setattr(person, name, getattr(facts, name))
    person.save(force_insert=True)
    _write_lists(person, facts)
    append(
        "person.added",
        actor=actor,
        refs=[Ref("person", str(person.id))],
        private={"slug": person.slug, "facts": as_json(facts)},
        authority=authority,
    )
    return person


@action("person.edit", kinds=("person.changed",))
def change_person(*, actor: Actor, person: Person, facts: PersonFacts) -> Person:
    """Make the record say this. Appends ``person.changed`` with the names of the fields; values stand beside it."""
    authority = authorise(actor, "person.edit", person)
    if person.merged_into_id is not None or person.erased_at is not None:
        raise Conflict(
            gettext("this record was merged into another or forgotten"),
            mend=gettext("change the record that stands"),
        )
    check_person(facts)
    changes = differences(facts_of_person(person), facts)
    if not changes:
        return person
    for name in _PLAIN:
        setattr(person, name, getattr(facts, name))
    person.save(update_fields=list(_PLAIN))
    if changes.keys() & {"contacts", "external_ids", "affiliations"}:
        _write_lists(person, facts)
    append(
        "person.changed",
        actor=actor,
        refs=[Ref("person", str(person.id))],
        data={"fields": sorted(changes)},
        private={"changes": changes},
        authority=authority,
    )
    return person


@action("person.edit", kinds=("person.removed",))
def remove_person(*, actor: Actor, person: Person) -> None:
    """Remove a record that nothing refers to (a mistake). Whoever ever acted is forgotten instead, not removed."""
    authority = authorise(actor, "person.edit")
    ref = Ref("person", str(person.id))
    try:
        with transaction.atomic():
            person.delete()
    except ProtectedError as error:
        raise Conflict(
            gettext("%(name)s is still referred to by %(count)d records")
            % {"name": person.name, "count": len(error.protected_objects)},
            where=person.slug,
            mend=gettext("forget the person instead; the records then stay whole"),
        ) from error
    append("person.removed", actor=actor, refs=[ref], authority=authority)


@action("person.edit", kinds=("person.account-linked",))
def link_account(*, actor: Actor, person: Person, account: Account) -> Person:
    """Connect an account with the person it signs in. ``Conflict`` when either is connected elsewhere."""
    authority = authorise(actor, "person.edit", person)
    if person.account_id == account.id:
        return person
    taken = Person.objects.filter(account=account).exclude(pk=person.pk).exists()
    if person.account_id is not None or taken:
        raise Conflict(
            gettext("the person or the account is already connected"),
            where="account",
            mend=gettext("merge the two records of the person first"),
        )
    person.account = account
    person.save(update_fields=["account"])
    append("person.account-linked", actor=actor, refs=[Ref("person", str(person.id))], authority=authority)
    return person


def _write_lists(person: Person, facts: PersonFacts) -> None:
    verified = {
        (kind, value.casefold()): at for kind, value, at in person.contacts.values_list("kind", "value", "verified_at")
    }
    try:
        with transaction.atomic():
            agree(
                person.contacts.all(),
                facts.contacts,
                lambda row: Contact(row.kind, row.value, row.primary),
                lambda item: ContactPoint(
                    person=person,
                    kind=item.kind,
                    value=item.value,
                    primary=item.primary,
                    verified_at=verified.get((item.kind, item.value.casefold())),
                ),
            )
            agree(
                person.external_ids.all(),
                facts.external_ids,
                lambda row: (row.scheme, row.value),
                lambda item: ExternalId(person=person, scheme=item[0], value=item[1]),
            )
            agree(
                person.affiliations.all(),
                facts.affiliations,
                lambda row: Belonging(row.organisation_id, row.title, row.start, row.until),
                lambda item: Affiliation(
                    person=person,
                    organisation_id=item.organisation,
                    title=item.title,
                    start=item.start,
                    until=item.until,
                ),
            )
    except IntegrityError as error:
        raise Conflict(
            gettext("an address or an identifier of %s is already that of somebody else") % facts.name,
            where="contacts",
            mend=gettext("remove the repetition, or merge the two records"),
        ) from error
