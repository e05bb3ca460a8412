"""Taking ballots. Nothing here writes to the ledger or the outbox about a secret ballot, nor keeps a time.

Whoever casts holds the box's row, so the log has one order and no ballot is lost or doubled: the ballot, the mark on the
roll and the new edge of the log commit together or not at all. A repeat of the same commitment is answered with its
receipt and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.decisions.balloting import blind, sealing
from quorate.decisions.balloting.ballots import anchor as anchor_of
from quorate.decisions.balloting.ballots import ballot_bytes, commit, leaf
from quorate.decisions.balloting.bundle import Token, issued_checkpoint
from quorate.decisions.balloting.group import ORDER
from quorate.decisions.balloting.receipts import Receipt, path_of, path_of_last
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.keys import signing_key
from quorate.ledger.merkle import Frontier, leaf_hash
from quorate.ledger.notes import Checkpoint, NoteError, PublicKey, open_note
from quorate.registers.elections import keyring
from quorate.registers.elections.actions.conduct import locked, refs
from quorate.registers.elections.models import Box, Election, NamedBallot, RollEntry, SealedBallot, UsedToken
from quorate.registers.elections.queries import box, cosigned, leaves, registrars
from quorate.registers.elections.rules import read_ballot

BYTES = 32


@dataclass(frozen=True)
class Paper:
    """A ballot as it arrives: the choice, its blinding, the anchor of its change code.

    `commitment` is what the voter's device computed, and must be what we compute. `replaces` is the change code of
    the ballot that this one takes the place of.
    """

    ballot: Any
    r: int
    anchor: bytes
    commitment: bytes | None = None
    replaces: bytes | None = None

    @classmethod
    def read(cls, value: Any) -> Paper:
        """From JSON: ``{"ballot", "r", "anchor", "commitment"?, "replaces"?}``, bytes in hexadecimal."""
        try:
            r = int.from_bytes(_hex(value["r"]), "little")
            given, code = value.get("commitment"), value.get("replaces")
            return cls(
                value["ballot"],
                r,
                _hex(value["anchor"]),
                _hex(given) if given else None,
                _hex(code) if code else None,
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise UserError(gettext("this is not a ballot that this box takes"), where="ballot") from error


@action("ballot.cast", kinds=())
def cast_ballot(*, actor: Actor, election: Election, paper: Paper) -> Receipt:
    """Take a secret ballot of an elector who is signed in (level B); the receipt says that it is in the box.

    With the change code of their earlier ballot it takes that one's place. ``Conflict`` after the close, and for an
    elector who voted and shows no code.
    """
    election, held = _open_box(election, Election.Level.B)
    authorise(actor, "ballot.cast", election)
    assert actor.person_id is not None  # only a person is on a roll
    commitment = _committed(election, paper)
    known = SealedBallot.objects.filter(election=election, commitment=commitment.hex()).first()
    if known is not None:
        return _receipt_again(election, known)
    entry = RollEntry.objects.select_for_update().get(election=election, person_id=actor.person_id)
    if entry.voted:
        _void(election, paper)
    elif paper.replaces is not None:
        raise Conflict(gettext("there is no ballot of yours to replace"), where="replaces")
    else:
        entry.voted = True
        entry.save(update_fields=["voted"])
    return _append(election, held, paper, commitment)


@action("ballot.cast", kinds=())
def issue_token(*, actor: Actor, election: Election, blinded: Sequence[bytes]) -> list[bytes | None]:
    """Sign a blinded token for an elector who is signed in, once (level C); the same one again if the answer was lost.

    The token comes blinded once for each registrar. What a second registrar signs is kept for them, and None until they
    did: ask again. ``Conflict`` for a second, different token.
    """
    election, _held = _open_box(election, Election.Level.C)
    authorise(actor, "ballot.cast", election)
    assert actor.person_id is not None  # only a person is on a roll
    entry = RollEntry.objects.select_for_update().get(election=election, person_id=actor.person_id)
    mark = sha256(b"".join(blinded)).hexdigest()
    if entry.voted and entry.blinded != mark:
        raise Conflict(
            gettext("your token was issued before"),
            where="election",
            mend=gettext("vote on the device on which you asked for it"),
        )
    registrar = keyring.read(election.pk).registrar
    if registrar is None:
        raise UserError(gettext("the registrar's key is not here"), where="election")
    try:
        first, *others = blinded
        signed = blind.blind_sign(registrar, first)
        apart = registrars(election)[1:]
        for number, item in zip([int(other["n"], 16) for other in apart], others, strict=True):
            blind.check_blinded(number, item)
    except (blind.BlindError, ValueError) as error:
        raise UserError(gettext("this is not a blinded token of this election"), where="blinded") from error
    if not entry.voted:
        entry.voted, entry.blinded = True, mark
        entry.second_blinded = others[0].hex() if others else ""
        entry.save(update_fields=["voted", "blinded", "second_blinded"])
    return [signed, *(bytes.fromhex(entry.second_signed) or None for _other in others)]


@action("election.cosign", kinds=())
def cosign(*, actor: Actor, election: Election, elector: UUID, signed: bytes) -> bool:
    """Hand in the second registrar's signature over a token that waits for it; whether it was still wanted.

    It is checked against the key in the manifest, so nobody but who holds that key can hand in one that is taken.
    """
    election, _held = _open_box(election, Election.Level.C)
    authorise(actor, "election.cosign", election)
    apart = registrars(election)[1:]
    entry = RollEntry.objects.select_for_update().filter(election=election, elector=elector).first()
    if not apart or entry is None or not entry.second_blinded:
        raise Conflict(gettext("no token waits for a second registrar"), where="election")
    n, e = int(apart[0]["n"], 16), apart[0]["e"]
    if pow(int.from_bytes(signed), e, n) != int(entry.second_blinded, 16) or len(signed) != (n.bit_length() + 7) // 8:
        raise Refused(gettext("this is no signature by the second registrar"), where="signed")
    if entry.second_signed:
        return False
    entry.second_signed = signed.hex()
    entry.save(update_fields=["second_signed"])
    return True


@action("election.cosign", kinds=("election.issued",))
def state_issued(*, actor: Actor, election: Election, note: str) -> Election:
    """Hand in the second registrar's signed list of those to whom they issued. Appends ``election.issued``.

    It must be over the list that stands here: a registrar who signed for others than these refuses, and so do we.
    """
    election = locked(election)
    authority = authorise(actor, "election.cosign", election)
    apart = registrars(election)[1:]
    if election.state != Election.State.CLOSED or not apart or election.manifest is None:
        raise Conflict(gettext("a list of issued tokens is handed in after the close"), where="election")
    listed = cosigned(election)
    try:
        said = open_note(note, [PublicKey.parse(apart[0]["key"])]).checkpoint
    except NoteError as error:
        raise Refused(gettext("this is no signature by the second registrar"), where="note") from error
    if said != issued_checkpoint(election.manifest["log"], listed):
        raise Conflict(gettext("this is another list than the one that stands here"), where="note")
    election.second_note = note
    election.save(update_fields=["second_note"])
    append(
        "election.issued",
        actor=actor,
        refs=refs(election),
        data={"registrar": apart[0]["name"], "count": len(listed)},
        authority=authority,
    )
    return election


@action("ballot.drop", kinds=())
def drop_ballot(*, actor: Actor, election: Election, paper: Paper, token: Token | None) -> Receipt:
    """Take a ballot with a signed token, from whoever brings it (level C). The caller passes no session on.

    Each token brings one ballot; a later one takes its place by the change code, without a token.
    """
    election, held = _open_box(election, Election.Level.C)
    authorise(actor, "ballot.drop", election)
    commitment = _committed(election, paper)
    known = SealedBallot.objects.filter(election=election, commitment=commitment.hex()).first()
    if known is not None:
        return _receipt_again(election, known)
    if paper.replaces is not None:
        _void(election, paper)
        return _append(election, held, paper, commitment)
    if token is None or not _signed(election, token):
        raise Refused(gettext("the registrars did not sign this token"), where="token")
    if UsedToken.objects.filter(election=election, token=token.token.hex()).exists():
        raise Conflict(gettext("this token was used before"), where="token", mend=gettext("show the change code"))
    UsedToken.objects.create(
        election=election,
        token=token.token.hex(),
        prefix=token.prefix.hex(),
        signatures=[signature.hex() for signature in token.signatures],
    )
    return _append(election, held, paper, commitment)


@action("ballot.cast", kinds=("election.voted",))
def cast_named(*, actor: Actor, election: Election, ballot: Any) -> NamedBallot:
    """Vote by name in a roll call (level A); a later vote supersedes it. Appends ``election.voted``."""
    election, _held = _open_box(election, Election.Level.A)
    authority = authorise(actor, "ballot.cast", election)
    assert election.manifest is not None  # it is open
    assert actor.person_id is not None  # only a person is on a roll
    read = read_ballot(election.manifest, ballot)
    entry = RollEntry.objects.select_for_update().get(election=election, person_id=actor.person_id)
    now = clock.now()
    standing = NamedBallot.objects.filter(election=election, person_id=actor.person_id, superseded_at=None)
    before = standing.first()
    if before is not None and before.ballot == read:
        return before
    standing.update(superseded_at=now)
    found = NamedBallot.objects.create(
        election=election, person_id=entry.person_id, elector=entry.elector, ballot=read, cast_at=now
    )
    entry.voted = True
    entry.save(update_fields=["voted"])
    said = read if isinstance(read, list) else [[name, str(score)] for name, score in read.items()]
    append("election.voted", actor=actor, refs=refs(election), data={"ballot": said}, authority=authority)
    return found


def receipt_for(election: Election, place: int) -> Receipt:
    """The receipt of an entry of the log under its present head, for whoever asks: it is public."""
    rows = box(election)
    if not 0 <= place < len(rows):
        raise UserError(gettext("the log has no such place"), where="place")
    return _receipt_again(election, rows[place])


def _open_box(election: Election, level: str) -> tuple[Election, Box]:
    held = Box.objects.select_for_update().filter(pk=election.pk).first()
    found = Election.objects.select_related("body").defer("bundle").get(pk=election.pk)
    if found.level != level:
        raise Conflict(gettext("ballots of this election are cast in another way"), where="election")
    if held is None or not found.voting():
        raise Conflict(gettext("no ballots are taken now"), where="election", mend=_when(found))
    return found, held


def _when(election: Election) -> str:
    days = {"opens": instant(election.opens_at), "closes": instant(election.closes_at)}
    return gettext("voting is from %(opens)s to %(closes)s") % days


def _committed(election: Election, paper: Paper) -> bytes:
    assert election.manifest is not None  # it is open
    ballot = read_ballot(election.manifest, paper.ballot)
    if not 0 < paper.r < ORDER or len(paper.anchor) != BYTES:
        raise UserError(gettext("this is not a ballot that this box takes"), where="ballot")
    found = commit(bytes.fromhex(election.manifest_hash), ballot, paper.r)
    if paper.commitment is not None and paper.commitment != found:
        raise UserError(
            gettext("the commitment that your device made is not one to this ballot"),
            where="ballot",
            mend=gettext("load the page again; if this happens again, tell the officers"),
        )
    return found


def _void(election: Election, paper: Paper) -> None:
    if paper.replaces is None:
        raise Conflict(
            gettext("you have voted"),
            where="election",
            mend=gettext("to change it, show the change code that came with your receipt"),
        )
    shown = anchor_of(paper.replaces).hex()
    changed = SealedBallot.objects.filter(election=election, anchor=shown, code="").update(code=paper.replaces.hex())
    if not changed:
        raise Conflict(gettext("this change code belongs to no ballot that counts"), where="replaces")


def _append(election: Election, held: Box, paper: Paper, commitment: bytes) -> Receipt:
    assert election.manifest is not None  # it is open
    if SealedBallot.objects.filter(election=election, anchor=paper.anchor.hex()).exists():
        raise Conflict(gettext("this change code was used before"), where="ballot", mend=gettext("load the page again"))
    ballot = read_ballot(election.manifest, paper.ballot)
    opening = json.dumps({"ballot": json.loads(ballot_bytes(ballot)), "r": f"{paper.r:064x}"}).encode()
    before = Frontier(held.size, bytes(held.edge))
    path = path_of_last(before)
    SealedBallot.objects.create(
        election=election,
        place=held.size,
        commitment=commitment.hex(),
        anchor=paper.anchor.hex(),
        sealed=sealing.seal(bytes.fromhex(election.manifest["sealing_key"]), opening, commitment),
    )
    place = held.size
    before.append(leaf_hash(leaf(commitment, paper.anchor)))
    held.size, held.edge = before.size, bytes(before)
    held.save(update_fields=["size", "edge"])
    return _receipt(election, place, before.size, before.root(), commitment, paper.anchor, path)


def _receipt_again(election: Election, row: SealedBallot) -> Receipt:
    hashes = leaves(box(election))
    whole = Frontier()
    whole.extend(hashes)
    commitment, anchored = bytes.fromhex(row.commitment), bytes.fromhex(row.anchor)
    return _receipt(election, row.place, whole.size, whole.root(), commitment, anchored, path_of(hashes, row.place))


def _receipt(
    election: Election, place: int, size: int, root: bytes, commitment: bytes, anchored: bytes, path: tuple[bytes, ...]
) -> Receipt:
    assert election.manifest is not None  # it has been opened
    head = signing_key(may_create=False).sign(Checkpoint(election.manifest["log"], size, root), clock.now())
    return Receipt(str(election.pk), election.manifest_hash, place, size, commitment, anchored, path, head)


def _signed(election: Election, token: Token) -> bool:
    """Whether every registrar of the manifest signed it."""
    keys = [RSAPublicNumbers(item["e"], int(item["n"], 16)) for item in registrars(election)]
    shaped = len(token.token) == BYTES and len(token.prefix) == BYTES and len(token.signatures) == len(keys)
    said = token.prefix + token.token
    return shaped and all(blind.verify(key, said, held) for key, held in zip(keys, token.signatures, strict=True))


def _hex(text: Any) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != BYTES:
        raise ValueError("32 bytes were expected")
    return found
