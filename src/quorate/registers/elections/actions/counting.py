"""From the closed box to the published result, the seats, and a vacancy later."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import connection, transaction

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.decisions.balloting import bundle, sealing
from quorate.decisions.balloting.ballots import Ballot, commit
from quorate.decisions.balloting.bundle import FEWEST, Cast, Token
from quorate.decisions.counting import Disagreement, Lot, Profile, agreed
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.keys import signing_key
from quorate.registers.elections import keyring
from quorate.registers.elections.actions.conduct import locked, refs
from quorate.registers.elections.models import Box, Election, Nomination, RollEntry, SealedBallot, UsedToken
from quorate.registers.elections.queries import checked, cosigned, named_ballots, registrars, withdrawn
from quorate.registers.elections.rules import ids_of, profile, read_ballot, unsuitable
from quorate.terms.actions import appoint
from quorate.terms.models import Seat, Term
from quorate.terms.rules import TermFacts


@dataclass(frozen=True)
class Counted:
    """A count by candidate id."""

    elected: list[str]
    struck: list[str]
    document: dict[str, Any]


@dataclass(frozen=True)
class Tally:
    """A bundle that is ready to be published, and the state of the election that it was made from."""

    bundle: dict[str, Any]
    digest: str
    ballots: int
    value: str
    made_from: tuple[object, ...]


def count_and_publish(*, actor: Actor, election: Election, public_value: str = "") -> Election:
    """Count with both counters, prove, and publish everything at once; then forget how to open ballots.

    Nobody sees a result before everybody does. `public_value` is what the source named in the notice said after the
    close. Counting and proving take seconds for each thousand ballots and hold no lock; only the writing is a
    transaction (`publish_result`). ``Conflict`` when the counters differ: then nothing is published.
    """
    election = Election.objects.select_related("body").get(pk=election.pk)
    authorise(actor, "election.manage", election.body)
    return publish_result(actor=actor, election=election, tally=tally(election, public_value))


def tally(election: Election, public_value: str) -> Tally:
    """Open the box, count, prove and sign, without writing anything. The caller has authorised it."""
    if election.state != Election.State.CLOSED or election.manifest is None:
        raise Conflict(gettext("an election is counted once, after it closed"), where="election")
    value = public_value.strip()
    if election.lot_source and not value:
        raise UserError(gettext("the lot needs the value of: %s") % election.lot_source, where="public_value")
    made_from = _state(election)
    key = signing_key(may_create=False)
    if key.public.text() != election.manifest["key"]:
        raise Conflict(
            gettext("another key signs now than when voting opened, and the receipts are by that one"),
            where="election",
            mend=gettext("put the former key back (keys/ledger.key) until the result is published"),
        )
    ring = keyring.read(election.pk)
    lot = Lot.of_parts(*bundle.lot_parts(election.manifest, ring.lot, value))
    casts, proof = _opened(election, ring.opening), None
    if election.secret:
        ballots, proof = bundle.prove(election.manifest, casts)
        counted: list[Any] = list(ballots)
        published: list[Any] = counted
    else:
        named = named_ballots(election)
        counted = [row.ballot for row in named]
        published = [{"voter": str(row.elector), "ballot": row.ballot} for row in named]
    try:
        found = _count(election, profile(election.manifest, counted, withdrawn(election)), lot)
    except Disagreement as error:
        raise Conflict(
            gettext("the two counters do not agree: %s") % error,
            where="election",
            mend=gettext("nothing was published; report this defect"),
        ) from error
    few = election.secret and len(counted) < FEWEST
    whole = bundle.assemble(
        key,
        clock.now(),
        manifest=election.manifest,
        roll=_electors(election),
        voted=_electors(election, voted=True),
        casts=casts,
        ballots=None if few else published,
        proof=None if few else proof,
        tokens=_tokens(election),
        issued=_issued(election),
        withdrawn=election.withdrawals,
        lot={"secret": ring.lot.hex(), "public_value": value, "seed": lot.seed.hex()},
        result={
            "elected": found.elected,
            "struck": found.struck,
            "count": None if few else found.document,
            "checked": checked(election)[0],
        },
    )
    return Tally(whole, bundle.digest(whole["sections"]).hex(), len(counted), value, made_from)


@action("election.manage", kinds=("election.published",))
def publish_result(*, actor: Actor, election: Election, tally: Tally) -> Election:
    """Publish what was counted, in one short transaction, if nothing changed since; then forget the openings.

    Appends ``election.published``. ``Conflict`` if a candidate withdrew meanwhile, or somebody else published.
    """
    election = locked(election)
    authority = authorise(actor, "election.manage", election.body)
    if election.state != Election.State.CLOSED:
        raise Conflict(gettext("an election is counted once, after it closed"), where="election")
    if _state(election) != tally.made_from:
        raise Conflict(gettext("something changed during the count"), where="election", mend=gettext("count again"))
    election.bundle = tally.bundle
    election.state = Election.State.PUBLISHED
    election.published_at = clock.now()
    election.save(update_fields=["bundle", "state", "published_at"])
    _forget_openings(election)
    append(
        "election.published",
        actor=actor,
        refs=refs(election),
        data={
            "count": len(tally.bundle["result"]["elected"]),
            "ballots": tally.ballots,
            "bundle": tally.digest,
            "public_value": tally.value or None,
        },
        authority=authority,
    )
    return election


@action("election.manage", kinds=("election.seated",))
def seat_elected(*, actor: Actor, election: Election, start: datetime, until: datetime | None = None) -> list[Term]:
    """Give the named seats to those elected, in the order of election; a present holder's term ends as theirs begins.

    Where the notice staggers the terms, each ends after its own number of months, unless `until` says otherwise for all.
    Appends ``election.seated``, and what appointing appends. Whoever does this must also be allowed to appoint.
    """
    election = locked(election)
    authority = authorise(actor, "election.manage", election.body)
    if election.bundle is None or not election.seat_slugs:
        raise Conflict(gettext("there is no result, or the notice named no seats"), where="election")
    seats = {seat.slug: seat for seat in Seat.objects.filter(body=election.body, slug__in=election.seat_slugs)}
    people = {row.slug: row.person for row in Nomination.objects.filter(election=election).select_related("person")}
    terms, months = [], list(election.term_months)
    for slug, candidate in zip(election.seat_slugs, election.bundle["result"]["elected"], strict=False):
        if slug not in seats:
            raise UserError(gettext("%(body)s has no seat “%(seat)s”") % {"body": election.body.name, "seat": slug})
        ends = start + relativedelta(months=months.pop(0)) if months and until is None else until
        facts = TermFacts(start, ends, appointed_by=f"election {election.slug}")
        terms.append(appoint(actor=actor, seat=seats[slug], person=people[candidate], facts=facts, succeed=True))
    append("election.seated", actor=actor, refs=refs(election), data={"count": len(terms)}, authority=authority)
    return terms


@action("election.manage", kinds=("election.counted-back",))
def count_back(*, actor: Actor, election: Election, left: str) -> str:
    """Who takes the place of an elected candidate who left: the published ballots are counted without them.

    Those who kept their seats keep them; the first newly elected fills the vacancy. Whoever a cap shuts out beside
    those who kept theirs is struck before, and where the vacancy was reserved, everybody else. Returns their id, or nothing.
    Appends ``election.counted-back``.
    """
    election = locked(election)
    authority = authorise(actor, "election.manage", election.body)
    if election.bundle is None or election.manifest is None or election.bundle["ballots"] is None:
        raise Conflict(gettext("there are no published ballots to count again"), where="election")
    gone = [item["left"] for item in election.countbacks]
    serving = [name for name in election.bundle["result"]["elected"] if name not in gone]
    serving += [item["filled"] for item in election.countbacks if item["filled"] and item["filled"] not in gone]
    if left not in serving:
        raise UserError(gettext("this candidate holds no seat of this election"), where="left")
    ballots = election.bundle["ballots"]
    cast = [item["ballot"] for item in ballots] if not election.secret else ballots
    lot = Lot.of_hex(election.bundle["lot"]["seed"])
    out = [*withdrawn(election), *gone, left]
    kept = [name for name in serving if name != left]
    out += unsuitable(
        election.manifest["constraints"], kept, [name for name in ids_of(election.manifest) if name not in out]
    )
    # Those who may not take this seat are struck already, so the constraints have no more to say.
    found = _count(election, profile(election.manifest, cast, out, constrained=False), lot)
    filled = next((name for name in found.elected if name not in serving), "")
    election.countbacks = [*election.countbacks, {"left": left, "filled": filled, "count": found.document}]
    election.save(update_fields=["countbacks"])
    append(
        "election.counted-back",
        actor=actor,
        refs=refs(election),
        data={"outcome": filled or "nobody", "left": left},
        authority=authority,
    )
    return filled


def _count(election: Election, ballots: Profile, lot: Lot) -> Counted:
    found = agreed(ballots, election.rule, lot=lot)
    elected, struck = ([ballots.id_of(number) for number in numbers] for numbers in (found.elected, found.struck))
    return Counted(elected, struck, found.as_json())


def _opened(election: Election, private: bytes) -> list[Cast]:
    """The log with every standing ballot opened, each held against its commitment."""
    assert election.manifest is not None  # it has been opened
    hashed = bytes.fromhex(election.manifest_hash)
    casts = []
    for row in SealedBallot.objects.filter(election=election).order_by("place"):
        commitment, code = bytes.fromhex(row.commitment), bytes.fromhex(row.code) or None
        opening: tuple[Ballot, int] | None = None
        if code is None:
            try:
                held = json.loads(sealing.unseal(private, bytes(row.sealed or b""), commitment))
            except ValueError as error:
                raise Conflict(
                    gettext("the ballot at place %d cannot be opened") % row.place,
                    where="election",
                    mend=gettext("restore the database and the key from before"),
                ) from error
            opening = (read_ballot(election.manifest, held["ballot"]), int(held["r"], 16))
            if commit(hashed, *opening) != commitment:
                raise Conflict(gettext("the ballot at place %d is not the one committed to") % row.place)
        casts.append(Cast(commitment, bytes.fromhex(row.anchor), code, opening))
    return casts


def _state(election: Election) -> tuple[object, ...]:
    """What a tally was made from; after the close only a withdrawal, or the second registrar, can change it."""
    held = Box.objects.get(pk=election.pk)
    return election.manifest_hash, held.size, bytes(held.edge), str(election.withdrawals), election.second_note


def _electors(election: Election, **more: Any) -> list[str]:
    rows = RollEntry.objects.filter(election=election, **more)
    return sorted(str(elector) for elector in rows.values_list("elector", flat=True))


def _issued(election: Election) -> list[bundle.Issued]:
    """To whom each registrar issued a token (level C)."""
    if election.level != Election.Level.C:
        return []
    found = [bundle.Issued(_electors(election, voted=True))]
    if len(registrars(election)) > 1:
        if not election.second_note:
            raise Conflict(
                gettext("the second registrar has not yet stated to whom they issued tokens"),
                where="election",
                mend="quorate election registrar state",
            )
        found.append(bundle.Issued(cosigned(election), election.second_note))
    return found


def _tokens(election: Election) -> list[Token]:
    return [
        Token(bytes.fromhex(row.token), bytes.fromhex(row.prefix), tuple(map(bytes.fromhex, row.signatures)))
        for row in UsedToken.objects.filter(election=election)
    ]


def _forget_openings(election: Election) -> None:
    """Remove what is sealed, and the key that opens it; from here on nobody can tell which commitment held what."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    SealedBallot.objects.filter(election=election).update(sealed=None)
    RollEntry.objects.filter(election=election).update(second_blinded="", second_signed="")
    transaction.on_commit(lambda: keyring.destroy(election.pk))
