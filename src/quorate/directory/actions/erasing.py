"""Forgetting a person: the record is emptied, the id stays, and history stays whole."""

from __future__ import annotations

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Person
from quorate.directory.referrers import ERASERS, ERASURE_GUARDS
from quorate.kernel import clock
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, shred
from quorate.ledger.refs import Ref
from quorate.toolkit import mail
from quorate.toolkit.applied import forget


@action("person.erase", kinds=("ledger.shredded", "person.erased"))
def erase_person(*, actor: Actor, person: Person) -> Person:
    """Forget a person. Name, addresses, employers, consents and the sign-in go; the id stays in history.

    So do letters to the person's addresses, and what was typed by or about the person beside the ledger's entries.
    Appends ``ledger.shredded`` when there was such, and ``person.erased``. ``Conflict`` while a package
    above says what must end first, such as a term.
    """
    authority = authorise(actor, "person.erase", person)
    if person.erased_at is not None:
        return person
    if person.merged_into_id is not None:
        raise Conflict(gettext("this record was merged into another"), mend=gettext("forget the one that stands"))
    for guard in ERASURE_GUARDS:
        obstacle = guard(person.id)
        if obstacle:
            raise Conflict(obstacle, where="person", mend=gettext("end that first"))
    account = person.account
    addresses = {contact.value for contact in person.contacts.all() if contact.kind == "email"}
    if account is not None:
        addresses.add(account.email)
    for address in addresses:
        mail.forget(address)
    removed = sum(erase(actor, person.pk) for erase in ERASERS)
    for rows in (person.contacts, person.external_ids, person.affiliations, person.consents):
        rows.all().delete()
    for row in [person, *person.merged.all()]:
        forget("person", row.slug)
        subject = Ref("person", str(row.pk))
        removed += shred(actor=actor, subject=subject, reason="erased", authority=authority)
        row.name, row.slug, row.account = "", f"forgotten-{str(row.pk)[-12:]}", None
        row.pronouns = row.bio = row.language = row.time_zone = ""
        row.public = False
        row.erased_at = clock.now()
        row.save()
    if account is not None:
        account.delete()
    append(
        "person.erased",
        actor=actor,
        refs=[Ref("person", str(person.id))],
        data={"values": removed},
        authority=authority,
    )
    return person
