"""The second registrar (level C): an office apart, whose key the server never holds.

Its file holds an RSA key for tokens and an Ed25519 key for the list of those it issued to, and beside it a register of whom it
signed for, which is on disk before a signature leaves. It runs as a command of its own, under another account or on another
machine, against the database of the election. `docs/explanation/secret-ballots.md` says what that protects and what not.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from quorate.access.actors import Actor
from quorate.decisions.balloting import blind
from quorate.decisions.balloting.bundle import issued_checkpoint
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.ledger.notes import NoteError, SigningKey
from quorate.registers.elections.actions.casting import cosign, state_issued
from quorate.registers.elections.models import Election
from quorate.registers.elections.queries import cosigned, registrars, waiting_for_second
from quorate.registers.elections.rules import REGISTRAR_BITS


@dataclass
class Office:
    """A registrar's file: its name, its two keys, and for which election it is used."""

    path: Path
    name: str
    tokens: rsa.RSAPrivateKey
    statements: SigningKey

    @classmethod
    def make(cls, path: Path, name: str) -> Office:
        """Fresh keys, in a file that is readable by its owner alone; one that is there is never replaced."""
        if not 0 < len(name) <= 120:
            raise UserError("an office has a name of at most 120 characters", where="--name")
        made = cls(path, name, blind.generate(REGISTRAR_BITS), SigningKey.generate("registrar/" + os.urandom(4).hex()))
        pem = made.tokens.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise UserError(error.strerror or "cannot be written", where=str(path), mend="name another file") from error
        with os.fdopen(handle, "w") as stream:
            json.dump({"name": name, "tokens": pem, "statements": made.statements.text()}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        return made

    @classmethod
    def read(cls, path: Path) -> Office:
        """The office of a file that `make` wrote."""
        try:
            held = json.loads(path.read_text("utf-8"))
            key = load_pem_private_key(held["tokens"].encode(), None)
            assert isinstance(key, rsa.RSAPrivateKey)  # as it was made
            return cls(path, held["name"], key, SigningKey.parse(held["statements"]))
        except OSError as error:
            raise UserError(error.strerror or "cannot be read", where=str(path)) from error
        except (AssertionError, KeyError, TypeError, ValueError, NoteError) as error:
            raise UserError("this is no file of a registrar", str(path), "quorate election registrar make") from error

    def public(self) -> dict[str, Any]:
        """What the notice of the election names, and its manifest freezes."""
        numbers = self.tokens.public_key().public_numbers()
        return {"name": self.name, "n": f"{numbers.n:x}", "e": numbers.e, "key": self.statements.public.text()}

    @property
    def register(self) -> Path:
        """Whom this office signed for: a line for each, in JSON."""
        return self.path.with_name(self.path.name + ".issued.jsonl")

    def issued(self, election: Election) -> dict[str, str]:
        """Each elector signed for, with the hash of the blinded token; refused where the file served another election."""
        found: dict[str, str] = {}
        if not self.register.exists():
            return found
        for line in self.register.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["election"] != str(election.pk):
                raise Conflict(
                    "this key has signed tokens of another election",
                    where=str(self.register),
                    mend="make a key for each election",
                )
            found[row["elector"]] = row["mark"]
        return found

    def sign_waiting(self, actor: Actor, election: Election) -> int:
        """Sign every token that waits, each elector's once, and hand the signatures in. How many."""
        self.check_named(election)
        known = self.issued(election)
        count = 0
        for elector, blinded in waiting_for_second(election):
            mark = sha256(blinded).hexdigest()
            if known.setdefault(str(elector), mark) != mark:
                raise Conflict("another token was signed for this elector before", where=str(elector))
            signed = blind.blind_sign(self.tokens, blinded)
            self._write(election, elector, mark)
            count += cosign(actor=actor, election=election, elector=elector, signed=signed)
        return count

    def state(self, actor: Actor, election: Election) -> int:
        """After the close: sign the list of those whom this office issued to, from its own register. How many."""
        self.check_named(election)
        assert election.manifest is not None  # it names this office
        own, theirs = sorted(self.issued(election)), cosigned(election)
        if own != theirs:
            strange = sorted(set(own) ^ set(theirs))
            raise Conflict(
                f"the election names {len(theirs)} electors and this register {len(own)}: {', '.join(strange[:5])}",
                where=str(self.register),
                mend="do not sign; tell the officers and somebody outside",
            )
        note = self.statements.sign(issued_checkpoint(election.manifest["log"], own), clock.now())
        state_issued(actor=actor, election=election, note=note)
        return len(own)

    def check_named(self, election: Election) -> None:
        """Refuse an election whose manifest does not name this office's keys."""
        if registrars(election)[1:] != [self.public()]:
            raise Conflict(
                "the manifest of this election does not name this registrar",
                where=election.slug,
                mend="the officers put the public key into the notice before voting opens",
            )

    def _write(self, election: Election, elector: UUID, mark: str) -> None:
        """Append to the register; on disk before the signature leaves. A repeat after a crash writes the same again."""
        line = json.dumps({"election": str(election.pk), "elector": str(elector), "mark": mark})
        handle = os.open(self.register, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a") as stream:
            stream.write(line + "\n")
            stream.flush()
            os.fsync(stream.fileno())
