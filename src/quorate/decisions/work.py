"""Votes that wait for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.decisions.queries import waiting_for
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.work import QuickForm, WorkItem, work_source


@work_source("votes")
def votes(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Open motions in which the actor has not voted; the vote can be given from the list."""
    if actor.person_id is None:
        return
    for elector in waiting_for(actor.person_id):
        motion = elector.motion
        stands_in = elector.person_id != actor.person_id
        why = gettext("You are the alternate; your vote counts while the representative is silent") if stands_in else ""
        if not why:
            why = gettext("You vote for %s") % elector.seat.title if elector.seat else gettext("You are an elector")
        url = reverse("decisions:vote", args=[motion.id])
        yield WorkItem(
            key=f"vote:{motion.id}",
            title=motion.title,
            why=why,
            url=reverse("decisions:motion", args=[motion.id]),
            due_at=motion.closes_at,
            since=motion.opened_at,
            program=motion.body.name if motion.body else gettext("Motion"),
            verb=_("Vote"),
            actions=[
                QuickForm(_("Yes"), url, {"choice": "yes", "next": "/"}),
                QuickForm(_("No"), url, {"choice": "no", "next": "/"}),
                QuickForm(_("Abstain"), url, {"choice": "abstain", "next": "/"}),
            ],
        )
