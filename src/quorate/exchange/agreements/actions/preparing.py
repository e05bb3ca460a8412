"""Making an agreement, sending it and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Organisation, Person
from quorate.directory.queries import email_of
from quorate.exchange.agreements.clauses import Document, compose
from quorate.exchange.agreements.models import Agreement, Template
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.toolkit import mail


def held(agreement: Agreement) -> Agreement:
    """The agreement, locked for the rest of the transaction."""
    return (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("organisation", "signatory")
        .get(pk=agreement.pk)
    )


def refs_of(agreement: Agreement) -> list[Ref]:
    """What an entry about an agreement refers to."""
    return [Ref("agreement", str(agreement.pk)), Ref("organisation", str(agreement.organisation_id))]


@action("agreement.prepare", kinds=("agreement.prepared",))
def prepare(
    *,
    actor: Actor,
    template: Template,
    organisation: Organisation,
    signatory: Person,
    values: Mapping[str, str],
    variants: Mapping[str, str] | None = None,
    purpose: str = "",
    subject: str = "",
) -> Agreement:
    """Make a draft. Appends ``agreement.prepared``.

    ``values`` by the template's names, ``variants`` maps the anchor of a clause to the wording chosen. ``UserError`` names
    the value or clause; ``Conflict`` for a retired template and for records that no longer stand.
    """
    authority = authorise(actor, "agreement.prepare")
    if template.retired_at is not None:
        raise Conflict(gettext("this template was retired"), where="template")
    _check_standing(organisation, signatory)
    row = Agreement(template=template, organisation=organisation, signatory=signatory, purpose=purpose, subject=subject)
    return _written(actor, row, _composed(template, values, variants), authority)


@action("agreement.prepare", kinds=("agreement.prepared",))
def revise(
    *,
    actor: Actor,
    agreement: Agreement,
    values: Mapping[str, str],
    variants: Mapping[str, str] | None = None,
    signatory: Person | None = None,
) -> Agreement:
    """Change a draft. Appends ``agreement.prepared`` anew; nothing when it says the same. ``Conflict`` once it was sent."""
    row = held(agreement)
    authority = authorise(actor, "agreement.prepare", row)
    if row.state != Agreement.State.DRAFT:
        mend = gettext("withdraw it and prepare another")
        raise Conflict(gettext("what was sent does not change"), where="agreement", mend=mend)
    if signatory is not None:
        _check_standing(row.organisation, signatory)
        row.signatory = signatory
    document = _composed(row.template, values, variants)
    if document.digest == row.digest and signatory is None:
        return row
    return _written(actor, row, document, authority)


@action("agreement.prepare", kinds=("agreement.sent",))
def send(*, actor: Actor, agreement: Agreement, due_at: datetime | None = None) -> Agreement:
    """Send a draft to its signatory, by mail with the address of the page. Appends ``agreement.sent``; twice is harmless.

    ``due_at`` is when it should be signed. ``UserError`` when the signatory cannot be reached or cannot sign in.
    """
    row = held(agreement)
    authority = authorise(actor, "agreement.prepare", row)
    if row.state == Agreement.State.SENT:
        return row
    if row.state != Agreement.State.DRAFT:
        raise Conflict(gettext("only a draft can be sent"), where="agreement")
    now = clock.now()
    if due_at is not None and due_at <= now:
        raise UserError(gettext("that time is past"), where="due_at")
    _check_standing(row.organisation, row.signatory)
    address = email_of(row.signatory)
    if not address:
        mend = gettext("add a contact point to the record of the person")
        raise UserError(gettext("there is no address of %s") % row.signatory.name, where="signatory", mend=mend)
    row.state, row.sent_at, row.due_at = Agreement.State.SENT, now, due_at
    row.save(update_fields=["state", "sent_at", "due_at"])
    append(
        "agreement.sent",
        actor=actor,
        refs=[*refs_of(row), Ref("person", str(row.signatory_id))],
        data={"digest": row.digest, "due_at": due_at.isoformat() if due_at else ""},
        authority=authority,
    )
    url = settings.PUBLIC_URL + reverse("agreements:agreement", args=[row.pk])
    body = gettext("Please read “%(title)s” and sign it, or decline:") % {"title": str(row)}
    mail.send(address, gettext("To sign: %s") % str(row), f"{body}\n\n{url}\n", key=f"agreement:{row.pk}:sent")
    return row


@action("agreement.prepare", kinds=("agreement.withdrawn",))
def withdraw(*, actor: Actor, agreement: Agreement, reason: str = "") -> Agreement:
    """Take back a draft, or what was sent and is not in force. Appends ``agreement.withdrawn``; twice is harmless."""
    row = held(agreement)
    authority = authorise(actor, "agreement.prepare", row)
    if row.state == Agreement.State.WITHDRAWN:
        return row
    if row.state not in (Agreement.State.DRAFT, Agreement.State.SENT, Agreement.State.SIGNED):
        raise Conflict(gettext("this agreement can no longer be withdrawn"), where="agreement")
    row.state, row.ended_at = Agreement.State.WITHDRAWN, clock.now()
    row.save(update_fields=["state", "ended_at"])
    data, private = {"digest": row.digest}, {"reason": reason.strip()}
    append("agreement.withdrawn", actor=actor, refs=refs_of(row), data=data, private=private, authority=authority)
    return row


def _composed(template: Template, values: Mapping[str, str], variants: Mapping[str, str] | None) -> Document:
    return compose(
        template.source,
        title=template.title,
        template=template.slug,
        version=template.version,
        language=template.language,
        values=values,
        variants=variants,
    )


def _written(actor: Actor, row: Agreement, document: Document, authority: list[str]) -> Agreement:
    row.document, row.digest = document.as_dict(), document.digest
    row.save()
    append(
        "agreement.prepared",
        actor=actor,
        refs=refs_of(row),
        data={
            "digest": row.digest,
            "template": row.template.slug,
            "version": row.template.version,
            "departures": [f"{clause.anchor}/{clause.variant}" for clause in document.departures],
        },
        authority=authority,
    )
    return row


def _check_standing(organisation: Organisation, signatory: Person) -> None:
    if organisation.merged_into_id is not None:
        raise Conflict(gettext("this record of an organisation no longer stands"), where="organisation")
    if signatory.erased_at is not None or signatory.merged_into_id is not None:
        raise Conflict(gettext("this record of a person no longer stands"), where="signatory")
