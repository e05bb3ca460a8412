"""Elections that wait for somebody: a vote, or an answer to a nomination."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.kernel.i18n import _, gettext
from quorate.registers.elections.queries import unanswered, waiting_for
from quorate.toolkit.work import WorkItem, work_source


@work_source("elections")
def elections(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Elections in which the actor has not voted, and nominations that they have not answered."""
    if actor.person_id is None:
        return
    for entry in waiting_for(actor.person_id):
        election = entry.election
        yield WorkItem(
            key=f"election:{election.pk}",
            title=election.title,
            why=gettext("You are on the roll"),
            url=reverse("elections:vote", args=[election.slug]),
            due_at=election.closes_at,
            since=election.opens_at,
            program=election.body.name,
            verb=_("Vote"),
        )
    for nomination in unanswered(actor.person_id):
        yield WorkItem(
            key=f"nomination:{nomination.pk}",
            title=nomination.election.title,
            why=gettext("%s nominated you") % nomination.nominated_by.name,
            url=reverse("elections:election", args=[nomination.election.slug]),
            due_at=nomination.election.nominations_until,
            since=nomination.nominated_at,
            verb=_("Answer"),
        )
