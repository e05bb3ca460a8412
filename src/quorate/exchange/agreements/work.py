"""Agreements that wait for somebody's name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.access.policy import may
from quorate.exchange.agreements.models import Agreement
from quorate.exchange.agreements.queries import to_countersign, waiting_for
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.work import Text, WorkItem, work_source


@work_source("agreements")
def agreements(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """What the actor is named to sign, and what they may sign for the foundation."""
    for agreement in waiting_for(actor):
        yield _item(agreement, gettext("You are named to sign for %s") % agreement.organisation.name, _("Sign"))
    if may(actor, "agreement.countersign"):
        for agreement in to_countersign():
            yield _item(
                agreement, gettext("%s signed; the foundation did not yet") % agreement.organisation.name, _("Sign")
            )


def _item(agreement: Agreement, why: str, verb: Text) -> WorkItem:
    return WorkItem(
        key=f"agreement:{agreement.pk}",
        title=str(agreement),
        why=why,
        url=reverse("agreements:agreement", args=[agreement.pk]),
        due_at=agreement.due_at,
        since=agreement.sent_at,
        program=agreement.organisation.name,
        verb=verb,
    )
