"""Votes that wait for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.decisions.models import Motion
from quorate.decisions.queries import noticed_to, waiting_for
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
            verb=_("Sign") if motion.kind == Motion.Kind.CONSENT else _("Vote"),
            actions=_answers(motion, url),
        )


@work_source("notices")
def notices(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Lazy consensus that passes unless the actor, or somebody else, objects."""
    if actor.person_id is None:
        return
    for motion in {elector.motion_id: elector.motion for elector in noticed_to(actor.person_id)}.values():
        yield WorkItem(
            key=f"notice:{motion.id}",
            title=motion.title,
            why=gettext("It passes by silence unless somebody objects"),
            url=reverse("decisions:motion", args=[motion.id]),
            due_at=motion.closes_at,
            since=motion.opened_at,
            program=motion.body.name if motion.body else gettext("Motion"),
            verb=_("Read"),
        )


def _answers(motion: Motion, url: str) -> list[QuickForm]:
    if motion.kind == Motion.Kind.CONSENT:
        return [
            QuickForm(_("Sign"), url, {"choice": "yes", "next": "/"}),
            QuickForm(_("Decline"), url, {"choice": "no", "next": "/"}),
        ]
    return [
        QuickForm(_("Yes"), url, {"choice": "yes", "next": "/"}),
        QuickForm(_("No"), url, {"choice": "no", "next": "/"}),
        QuickForm(_("Abstain"), url, {"choice": "abstain", "next": "/"}),
    ]
