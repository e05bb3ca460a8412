"""A candidate leaves while voting is open, or after it closed and before the count."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.queries import email_of
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.registers.elections.actions.conduct import locked
from quorate.registers.elections.models import Election, Nomination, RollEntry
from quorate.registers.elections.queries import withdrawn
from quorate.registers.elections.rules import ids_of
from quorate.toolkit import mail


@action("election.answer", kinds=("election.withdrew",))
def withdraw(*, actor: Actor, nomination: Nomination, reason: str = "") -> Election:
    """Withdraw one's own candidature after voting opened; ballots are then read without one's name.

    All electors are written to, whether they voted or not. Appends ``election.withdrew``.
    """
    election = locked(nomination.election)
    authority = authorise(actor, "election.answer", nomination)
    return _withdrawn(actor, election, nomination, reason, authority)


@action("election.manage", kinds=("election.withdrew",))
def strike_candidate(*, actor: Actor, nomination: Nomination, reason: str) -> Election:
    """Write down that a candidate can no longer be elected, for a reason; as `withdraw`, but an officer's act.

    Appends ``election.withdrew``.
    """
    election = locked(nomination.election)
    authority = authorise(actor, "election.manage", election.body)
    if not reason.strip():
        raise UserError(gettext("say why"), where="reason")
    return _withdrawn(actor, election, nomination, reason, authority)


def _withdrawn(actor: Actor, election: Election, nomination: Nomination, reason: str, authority: list[str]) -> Election:
    if election.state not in (Election.State.OPEN, Election.State.CLOSED) or election.manifest is None:
        raise Conflict(
            gettext("a candidate withdraws between the opening of the vote and its count"),
            where="election",
            mend=gettext("before it opens, answer the nomination; after the count, use the count-back"),
        )
    if nomination.slug not in ids_of(election.manifest) or nomination.slug in withdrawn(election):
        raise Conflict(gettext("this candidate does not stand"), where="nomination")
    now = clock.now()
    Nomination.objects.filter(pk=nomination.pk).update(state=Nomination.State.WITHDRAWN)
    entry = append(
        "election.withdrew",
        actor=actor,
        refs=[
            Ref("election", str(election.pk)),
            Ref("body", str(election.body_id)),
            Ref("person", str(nomination.person_id), "nominee"),
        ],
        data={"candidate": nomination.slug, "voting": election.state == Election.State.OPEN},
        private={"reason": reason.strip()},
        authority=authority,
    )
    item = {"candidate": nomination.slug, "at": instant(now), "entry": str(entry.uid)}
    election.withdrawals = [*election.withdrawals, item]
    election.save(update_fields=["withdrawals"])
    _tell_electors(election, nomination)
    return election


def _tell_electors(election: Election, nomination: Nomination) -> None:
    """One letter to everybody on the roll: who gets it tells nothing of who voted."""
    link = settings.PUBLIC_URL + reverse("elections:vote", args=[election.slug])
    subject = gettext("“%(title)s”: %(name)s withdrew") % {"title": election.title, "name": nomination.person.name}
    body = gettext(
        "%(name)s no longer stands. Ballots are read without this name, and whoever is ranked after it moves up; nobody"
        " has to vote again. While voting is open a ballot can be replaced with its change code.\n\n%(link)s\n"
    ) % {"name": nomination.person.name, "link": link}
    rows = RollEntry.objects.filter(election=election).select_related("person__account").order_by("pk")
    for row in rows:
        address = email_of(row.person)
        if address:
            mail.send(address, subject, body, key=f"election:{election.pk}:gone:{nomination.pk}:{row.person_id}")
