"""Announcing, opening, closing and cancelling elections."""

from __future__ import annotations

from django.db import transaction

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.decisions.balloting.bundle import digest, manifest_hash
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.keys import signing_key
from quorate.ledger.merkle import Frontier
from quorate.ledger.refs import Ref
from quorate.registers.elections import keyring
from quorate.registers.elections.actions.roll import shuffle_roll
from quorate.registers.elections.models import Box, Election, RollEntry
from quorate.registers.elections.queries import constraints, eligible, standings, turnout
from quorate.registers.elections.rules import ElectionFacts, impossible, manifest, registrars_of
from quorate.terms.models import Body


def refs(election: Election) -> list[Ref]:
    """What every entry about an election refers to."""
    return [Ref("election", str(election.pk)), Ref("body", str(election.body_id))]


def locked(election: Election) -> Election:
    """The election as it is now; on PostgreSQL nobody else changes it until this transaction ends."""
    return Election.objects.select_for_update(of=("self",)).select_related("body").get(pk=election.pk)


@action("election.manage", kinds=("election.announced",))
def announce(*, actor: Actor, body: Body, facts: ElectionFacts) -> Election:
    """Give notice of an election. Appends ``election.announced``."""
    authority = authorise(actor, "election.manage", body)
    facts.check()
    if Election.objects.filter(slug=facts.slug).exists():
        raise Conflict(gettext("there is an election with this address"), where="slug")
    election = Election(body=body)
    _write(election, facts)
    election.save(force_insert=True)
    append(
        "election.announced",
        actor=actor,
        refs=refs(election),
        data={
            "seats": facts.seats,
            "rule": facts.rule,
            "level": facts.level,
            "opens_at": instant(facts.opens_at),
            "closes_at": instant(facts.closes_at),
        },
        authority=authority,
    )
    return election


@action("election.manage", kinds=("election.announced",))
def change_notice(*, actor: Actor, election: Election, facts: ElectionFacts) -> Election:
    """Correct the notice before voting opens; it is announced again. Appends ``election.announced``."""
    election = locked(election)
    authority = authorise(actor, "election.manage", election.body)
    if election.state != Election.State.ANNOUNCED:
        raise Conflict(gettext("voting has opened: nothing of it changes any more"), where="election")
    facts.check()
    _write(election, facts)
    election.save()
    append(
        "election.announced",
        actor=actor,
        refs=refs(election),
        data={
            "seats": facts.seats,
            "rule": facts.rule,
            "level": facts.level,
            "opens_at": instant(facts.opens_at),
            "closes_at": instant(facts.closes_at),
        },
        authority=authority,
    )
    return election


@action("election.manage", kinds=("election.opened",))
def open_election(*, actor: Actor, election: Election) -> Election:
    """Freeze candidates, roll, rule and level in a manifest, make the keys, and take ballots from now on.

    Appends ``election.opened`` with the hashes of manifest and roll. Raises UserError without candidates or electors.
    """
    election = locked(election)
    authority = authorise(actor, "election.manage", election.body)
    now = clock.now()
    if election.state != Election.State.ANNOUNCED:
        raise Conflict(gettext("this election is not waiting to be opened"), where="election")
    if now < election.opens_at or now >= election.closes_at:
        raise Conflict(gettext("voting opens at %s") % instant(election.opens_at), where="opens_at")
    electors, standing = eligible(election, now), standings(election)
    if not electors:
        raise UserError(gettext("nobody is on the roll"), where="roll", mend=gettext("say whose members vote"))
    if not standing:
        raise UserError(gettext("nobody stands"), where="candidates", mend=gettext("wait for nominations"))
    limits = constraints(election, now)
    broken = impossible(limits, [item.id for item in standing], election.seats)
    if broken:
        raise UserError(
            gettext("no choice of these candidates satisfies the constraints: %s") % "; ".join(broken),
            where="constraints",
            mend=gettext("correct the notice, or wait for more nominations"),
        )
    key = signing_key(may_create=True)
    ring = keyring.make(election.pk, blind_tokens=election.level == Election.Level.C)
    public = ring.registrar.public_key().public_numbers() if ring.registrar is not None else None
    roll = sorted(str(person.pk) for person in electors)
    days = {
        name: instant(getattr(election, name))
        for name in ("announced_at", "nominations_until", "opens_at", "closes_at")
    }
    election.manifest = manifest(
        election=str(election.pk),
        title=election.title,
        body=election.body.slug,
        seats=election.seats,
        rule=election.rule,
        level=election.level,
        equal_ranks=election.equal_ranks,
        candidates=standing,
        roll=roll,
        days=days,
        constraints=limits,
        terms=election.term_months,
        lot_secret=ring.lot,
        lot_source=election.lot_source,
        key=key.public.text(),
        log=f"{key.name}/election/{election.pk}",
        sealing_key=ring.sealing_key.hex(),
        registrars=[] if public is None else registrars_of(public.n, public.e, election.second_registrar),
    )
    election.manifest_hash = manifest_hash(election.manifest).hex()
    election.state = Election.State.OPEN
    election.save(update_fields=["manifest", "manifest_hash", "state"])
    RollEntry.objects.bulk_create(RollEntry(election=election, person=person, elector=person.pk) for person in electors)
    Box.objects.create(election=election)
    append(
        "election.opened",
        actor=actor,
        refs=refs(election),
        data={
            "candidates": len(standing),
            "electors": len(electors),
            "manifest": election.manifest_hash,
            "roll": digest(roll).hex(),
        },
        authority=authority,
    )
    return election


@action("election.manage", kinds=("election.closed",))
def close_election(*, actor: Actor, election: Election) -> Election:
    """Take no more ballots, and write down how many took part and the root of the log. Closing twice is harmless.

    Appends ``election.closed``. Never before its time.
    """
    election = locked(election)
    authority = authorise(actor, "election.manage", election.body)
    if election.state != Election.State.OPEN:
        return election
    now = clock.now()
    if now < election.closes_at:
        raise Conflict(gettext("voting closes at %s, not before") % instant(election.closes_at), where="closes_at")
    held = Box.objects.select_for_update().get(pk=election.pk)
    shuffle_roll(election)
    voted, electors = turnout(election)
    election.state = Election.State.CLOSED
    election.closed_at = election.closes_at
    election.save(update_fields=["state", "closed_at"])
    append(
        "election.closed",
        actor=actor,
        refs=refs(election),
        data={
            "voted": voted,
            "electors": electors,
            "log": held.size,
            "root": Frontier(held.size, bytes(held.edge)).root().hex(),
        },
        authority=authority,
    )
    return election


@action("election.manage", kinds=("election.cancelled",))
def cancel(*, actor: Actor, election: Election, reason: str) -> Election:
    """Give an election up before its result, for a reason that is written down. Its ballots stay sealed for good.

    Appends ``election.cancelled``; destroys the key that would open them.
    """
    election = locked(election)
    authority = authorise(actor, "election.manage", election.body)
    if election.state in (Election.State.PUBLISHED, Election.State.CANCELLED):
        raise Conflict(gettext("this election is over"), where="election")
    if not reason.strip():
        raise UserError(gettext("say why"), where="reason")
    election.state = Election.State.CANCELLED
    election.save(update_fields=["state"])
    append("election.cancelled", actor=actor, refs=refs(election), private={"reason": reason}, authority=authority)
    transaction.on_commit(lambda: keyring.destroy(election.pk))
    return election


def _write(election: Election, facts: ElectionFacts) -> None:
    for name, value in vars(facts).items():
        setattr(election, name, list(value) if isinstance(value, tuple) else value)
    election.roll_roles = list(facts.roll_roles) or [f"body:{election.body.slug}"]
