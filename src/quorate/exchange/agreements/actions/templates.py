"""Putting templates on record and retiring them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.exchange.agreements.clauses import Place, parse
from quorate.exchange.agreements.models import Template
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


@action("agreement.prepare", kinds=("agreement-template.put",))
def put_template(
    *, actor: Actor, slug: str, version: str, title: str, text: str, language: str = "en", fields: Sequence[Place] = ()
) -> Template:
    """Put a version of a template on record, or mend one that nothing was sent from.

    Appends ``agreement-template.put``; nothing when it says the same already. ``Conflict`` when an agreement was sent from
    this version: what people signed under a version must stay what the version says. ``UserError`` names the line of the text.
    """
    authority = authorise(actor, "agreement.prepare")
    parse(text, fields)
    if not title.strip() or not version.strip():
        raise UserError(gettext("a template needs a title and a version"), where="title")
    row = Template.objects.select_for_update().filter(slug=slug, version=version).first() or Template(
        slug=slug, version=version
    )
    asked = [{"name": place.name, "label": place.label, "required": place.required} for place in fields]
    same = (row.title, row.text, row.language, row.fields) == (title, text, language, asked)
    if not row._state.adding and same and row.retired_at is None:
        return row
    if not row._state.adding and not same and row.agreements.exclude(sent_at=None).exists():
        mend = gettext("give the changed text a new version")
        raise Conflict(gettext("agreements were sent from this version"), where="version", mend=mend)
    row.title, row.text, row.language, row.fields, row.retired_at = title, text, language, asked, None
    row.save()
    data = {"slug": slug, "version": version, "title": title, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    append(
        "agreement-template.put",
        actor=actor,
        refs=[Ref("agreement-template", str(row.pk))],
        data=data,
        authority=authority,
    )
    return row


@action("agreement.prepare", kinds=("agreement-template.retired",))
def retire_template(*, actor: Actor, template: Template) -> Template:
    """Let nothing new be made from a version; what was made from it stays. Appends ``agreement-template.retired``."""
    authority = authorise(actor, "agreement.prepare")
    row = Template.objects.select_for_update().get(pk=template.pk)
    if row.retired_at is None:
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
        append(
            "agreement-template.retired",
            actor=actor,
            refs=[Ref("agreement-template", str(row.pk))],
            data={"version": str(row)},
            authority=authority,
        )
    return row
