"""Writes about policies: written rules with versions."""

from __future__ import annotations

import hashlib
from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.terms.models import Body, Policy


@action("body.edit", kinds=("policy.adopted", "policy.changed"))
def put_policy(
    *,
    actor: Actor,
    slug: str,
    version: str,
    title: str,
    text: str,
    body: Body | None = None,
    adopted: datetime | None = None,
) -> Policy:
    """Put a version of a policy on record, or mend it. Appends ``policy.adopted`` or ``policy.changed``."""
    authority = authorise(actor, "body.edit", body)
    if not text.strip():
        raise UserError(gettext("the policy has no text"), where="text", mend=gettext("write the text"))
    row = Policy.objects.filter(slug=slug, version=version).first()
    fresh = row is None
    row = row or Policy(slug=slug, version=version)
    same = (row.title, row.text, row.body_id, row.adopted) == (title, text, body and body.id, adopted)
    if not fresh and same:
        return row
    row.title, row.text, row.body, row.adopted = title, text, body, adopted
    row.save()
    append(
        "policy.adopted" if fresh else "policy.changed",
        actor=actor,
        refs=[Ref("policy", str(row.id)), *([Ref("body", str(body.id))] if body else [])],
        data={
            "slug": slug,
            "title": title,
            "version": version,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        },
        authority=authority,
    )
    return row


@action("body.edit", kinds=("policy.removed",))
def remove_policy(*, actor: Actor, policy: Policy) -> None:
    """Remove a version of a policy. Appends ``policy.removed``."""
    authority = authorise(actor, "body.edit", policy.body)
    ref = Ref("policy", str(policy.id))
    data = {"slug": policy.slug, "title": policy.title, "version": policy.version}
    policy.delete()
    append("policy.removed", actor=actor, refs=[ref], data=data, authority=authority)
