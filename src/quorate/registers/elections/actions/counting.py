"""From the closed box to the published result, the seats, and a vacancy later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.decisions.balloting import bundle, sealing
from quorate.decisions.balloting.ballots import Ballot, commit
from quorate.decisions.balloting.bundle import FEWEST, Cast, Token
from quorate.decisions.counting import Disagreement, Lot, agreed
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.keys import signing_key
from quorate.registers.elections import keyring
from quorate.registers.elections.actions.conduct import locked, refs
from quorate.registers.elections.models import Election, Nomination, RollEntry, SealedBallot, UsedToken
from quorate.registers.elections.queries import named_ballots
from quorate.registers.elections.rules import profile, read_ballot
from quorate.terms.actions import appoint
from quorate.terms.models import Seat, Term
from quorate.terms.rules import TermFacts


@dataclass(frozen=True)
class Counted:
    """A count by candidate id."""

    elected: list[str]
    unresolved: list[str]
    document: dict[str, Any]


@action("election.manage", kinds=("election.published",))
def count_and_publish(*, actor: Actor, election: Election, public_value: str = "") -> Election:
    """Open the box, count with both counters, sign and publish everything at once; then forget how to open ballots.

    Nobody sees a result before everybody does. `public_value` is what the source named in the notice said after the
    close. Appends ``election.published``. ``Conflict`` when the counters differ: then nothing is published.
    """
    election = locked(election)
    authority = authorise(actor, "election.manage", election.body)
    if election.state != Election.State.CLOSED or election.manifest is None:
        raise Conflict(gettext("an election is counted once, after it closed"), where="election")
    value = public_value.strip()
    if election.lot_source and not value:
        raise UserError(gettext("the lot needs the value of: %s") % election.lot_source, where="public_value")
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
        struck, found = bundle.seated(election.manifest["caps"], lambda out: _count(election, counted, out, lot))
    except Disagreement as error:
        raise Conflict(
            gettext("the two counters do not agree: %s") % error,
            where="election",
            mend=gettext("nothing was published; report this defect"),
        ) from error
    roll = [str(elector) for elector in _electors(election)]
    few = election.secret and len(counted) < FEWEST
    election.bundle = bundle.assemble(
        key,
        clock.now(),
        manifest=election.manifest,
        roll=roll,
        voted=[str(elector) for elector in _electors(election, voted=True)],
        casts=casts,
        ballots=None if few else published,
        proof=None if few else proof,
        tokens=_tokens(election),
        lot={"secret": ring.lot.hex(), "public_value": value, "seed": lot.seed.hex()},
        result={"elected": found.elected, "struck": struck, "count": None if few else found.document},
    )
    election.state = Election.State.PUBLISHED
    election.published_at = clock.now()
    election.save(update_fields=["bundle", "state", "published_at"])
    _forget_openings(election)
    append(
        "election.published",
        actor=actor,
        refs=refs(election),
        data={
            "count": len(found.elected),
            "ballots": len(counted),
            "bundle": bundle.digest(election.bundle["sections"]).hex(),
            "public_value": value or None,
        },
        authority=authority,
    )
    return election


@action("election.manage", kinds=("election.seated",))
def seat_elected(*, actor: Actor, election: Election, start: datetime, until: datetime | None = None) -> list[Term]:
    """Give the named seats to those elected, in the order of election; a present holder's term ends as theirs begins.

    Appends ``election.seated``, and what appointing appends. Whoever does this must also be allowed to appoint.
    """
    election = locked(election)
    authority = authorise(actor, "election.manage", election.body)
    if election.bundle is None or not election.seat_slugs:
        raise Conflict(gettext("there is no result, or the notice named no seats"), where="election")
    seats = {seat.slug: seat for seat in Seat.objects.filter(body=election.body, slug__in=election.seat_slugs)}
    people = {row.slug: row.person for row in Nomination.objects.filter(election=election).select_related("person")}
    terms = []
    for slug, candidate in zip(election.seat_slugs, election.bundle["result"]["elected"], strict=False):
        if slug not in seats:
            raise UserError(gettext("%(body)s has no seat “%(seat)s”") % {"body": election.body.name, "seat": slug})
        facts = TermFacts(start, until, appointed_by=f"election {election.slug}")
        terms.append(appoint(actor=actor, seat=seats[slug], person=people[candidate], facts=facts, succeed=True))
    append("election.seated", actor=actor, refs=refs(election), data={"count": len(terms)}, authority=authority)
    return terms


@action("election.manage", kinds=("election.counted-back",))
def count_back(*, actor: Actor, election: Election, left: str) -> str:
    """Who takes the place of an elected candidate who left: the published ballots are counted without them.

    Those who kept their seats keep them; the first newly elected fills the vacancy. Returns their id, or nothing.
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
    out = [*election.bundle["result"]["struck"], *gone, left]
    found = _count(election, cast, out, lot)
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


def _count(election: Election, cast: Sequence[Any], struck: list[str], lot: Lot) -> Counted:
    assert election.manifest is not None  # it has been opened
    found = agreed(profile(election.manifest, cast, struck), election.rule, lot=lot)
    names = [item["id"] for item in election.manifest["candidates"]]
    ids = [names[number - 1] for number in found.elected]
    return Counted(ids, [names[number - 1] for number in found.unresolved], found.as_json())


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


def _electors(election: Election, *, voted: bool | None = None) -> list[Any]:
    rows = RollEntry.objects.filter(election=election)
    if voted is not None:
        rows = rows.filter(voted=voted)
    return list(rows.values_list("elector", flat=True))


def _tokens(election: Election) -> list[Token]:
    return [
        Token(bytes.fromhex(row.token), bytes.fromhex(row.prefix), bytes.fromhex(row.signature))
        for row in UsedToken.objects.filter(election=election)
    ]


def _forget_openings(election: Election) -> None:
    """Remove what is sealed, and the key that opens it; from here on nobody can tell which commitment held what."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    SealedBallot.objects.filter(election=election).update(sealed=None)
    transaction.on_commit(lambda: keyring.destroy(election.pk))
