"""The roll: requests to be on it, reminders, and the order of its rows, which must tell nothing."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.queries import email_of
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.elections.models import Box, Election, RollEntry, RollRequest
from quorate.toolkit import mail

CHUNK = 500


@action("election.enrol", kinds=("election.roll-asked",))
def ask_for_roll(*, actor: Actor, election: Election, reason: str) -> RollRequest:
    """Ask to be put on the roll before voting opens. Appends ``election.roll-asked``."""
    election = Election.objects.select_for_update(of=("self",)).defer("bundle").get(pk=election.pk)
    authority = authorise(actor, "election.enrol", election)
    assert actor.person_id is not None  # only a person of the directory may ask
    if election.state != Election.State.ANNOUNCED:
        raise Conflict(gettext("the roll was frozen when voting opened"), where="election")
    if not reason.strip():
        raise UserError(gettext("say why you should be on the roll"), where="reason")
    if RollRequest.objects.filter(election=election, person_id=actor.person_id).exists():
        raise Conflict(gettext("you have asked before"), where="election")
    found = RollRequest.objects.create(election=election, person_id=actor.person_id, reason=reason.strip())
    append(
        "election.roll-asked",
        actor=actor,
        refs=[Ref("election", str(election.pk))],
        private={"reason": reason.strip()},
        authority=authority,
    )
    return found


@action("election.manage", kinds=("election.roll-decided",))
def decide_request(*, actor: Actor, request: RollRequest, granted: bool, reason: str) -> RollRequest:
    """Grant or refuse a request, with a reason. Appends ``election.roll-decided``."""
    request = RollRequest.objects.select_for_update(of=("self",)).select_related("election__body").get(pk=request.pk)
    authority = authorise(actor, "election.manage", request.election.body)
    if request.state != RollRequest.State.PENDING or request.election.state != Election.State.ANNOUNCED:
        raise Conflict(gettext("this request can no longer be decided"), where="request")
    if not reason.strip():
        raise UserError(gettext("say why"), where="reason")
    request.state = RollRequest.State.GRANTED if granted else RollRequest.State.REFUSED
    request.decision = reason.strip()
    request.save(update_fields=["state", "decision"])
    append(
        "election.roll-decided",
        actor=actor,
        refs=[Ref("election", str(request.election_id)), Ref("person", str(request.person_id), "elector")],
        data={"decision": request.state},
        private={"reason": reason.strip()},
        authority=authority,
    )
    return request


@action("election.manage", kinds=("election.reminded",))
def remind(*, actor: Actor, election: Election) -> int:
    """Write to those who have not taken part, at most once a day. Appends ``election.reminded``; returns how many.

    The letter says that the reader has not voted; who gets none has. It is sent to all of them at one time.
    """
    election = Election.objects.select_for_update(of=("self",)).select_related("body").get(pk=election.pk)
    authority = authorise(actor, "election.manage", election.body)
    now = clock.now()
    if not election.voting() or (election.reminded_at and now - election.reminded_at < timedelta(days=1)):
        return 0
    rows = RollEntry.objects.filter(election=election, voted=False).select_related("person__account").order_by("pk")
    link = settings.PUBLIC_URL + reverse("elections:vote", args=[election.slug])
    count = 0
    for row in rows:
        address = email_of(row.person)
        if address:
            subject = gettext("“%s”: your vote is missing") % election.title
            body = gettext("Voting closes at %(when)s.\n\n%(link)s\n") % {
                "when": election.closes_at.strftime("%Y-%m-%d %H:%M UTC"),
                "link": link,
            }
            mail.send(address, subject, body, key=f"election:{election.pk}:{now.date()}:{row.person_id}")
            count += 1
    election.reminded_at = now
    election.save(update_fields=["reminded_at"])
    append(
        "election.reminded",
        actor=actor,
        refs=[Ref("election", str(election.pk))],
        data={"count": count},
        authority=authority,
    )
    return count


def shuffle_roll(election: Election) -> None:
    """Write the rows of the roll anew, in random order and in one transaction.

    PostgreSQL keeps with each row the number of the transaction that wrote it last and its place in the file; both
    would otherwise tell the order in which electors voted, and the log tells the order of commitments.
    """
    with transaction.atomic():
        Box.objects.select_for_update().filter(pk=election.pk).first()  # nobody casts meanwhile
        rows = list(RollEntry.objects.filter(election=election))
        secrets.SystemRandom().shuffle(rows)
        RollEntry.objects.filter(election=election).delete()
        RollEntry.objects.bulk_create(rows, batch_size=CHUNK)
