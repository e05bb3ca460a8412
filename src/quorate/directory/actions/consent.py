"""Consent: given to a purpose and a text, withdrawn at any time."""

from __future__ import annotations

from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Consent, Person
from quorate.kernel import clock
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


@action("person.consent", kinds=("consent.given",))
def give_consent(
    *, actor: Actor, person: Person, purpose: str, text_version: str, expires_at: datetime | None = None
) -> Consent:
    """Record that the person agreed. An earlier standing consent to the purpose ends; the same text: no-op.

    Appends ``consent.given``. Only the person may give it.
    """
    authority = authorise(actor, "person.consent", person)
    moment = clock.now()
    standing = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).first()
    if standing is not None:
        if standing.text_version == text_version and standing.expires_at == expires_at:
            return standing
        standing.withdrawn_at = moment
        standing.save(update_fields=["withdrawn_at"])
    row = Consent.objects.create(
        person=person, purpose=purpose, text_version=text_version, given_at=moment, expires_at=expires_at
    )
    append(
        "consent.given",
        actor=actor,
        refs=[Ref("person", str(person.id))],
        data={
            "purpose": purpose,
            "text_version": text_version,
            "expires": expires_at.isoformat() if expires_at else None,
        },
        authority=authority,
    )
    return row


@action("person.consent", kinds=("consent.withdrawn",))
def withdraw_consent(*, actor: Actor, person: Person, purpose: str) -> bool:
    """End a standing consent. Appends ``consent.withdrawn``; ``False`` when there was none."""
    authority = authorise(actor, "person.consent", person)
    ended = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).update(withdrawn_at=clock.now())
    if ended:
        append(
            "consent.withdrawn",
            actor=actor,
            refs=[Ref("person", str(person.id))],
            data={"purpose": purpose},
            authority=authority,
        )
    return bool(ended)
