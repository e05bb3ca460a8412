"""The secrets of an election while it runs: a file of its own, outside the database and outside backups.

`QUORATE_HOME/elections/<id>.json`, readable by its owner alone. It holds the key that opens sealed ballots, the
registrar's key (level C) and the secret half of the lot. It is made when voting opens and destroyed when the result is
published. A backup does not take it: a copy of the database is then no copy of the ballots. Officers who want to
survive the loss of the machine keep it elsewhere, by hand.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings

from quorate.decisions.balloting import blind
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.ids import is_uuid

REGISTRAR_BITS = 2048


@dataclass(frozen=True)
class Keyring:
    """What the file holds."""

    opening: bytes
    lot: bytes
    registrar: rsa.RSAPrivateKey | None

    @property
    def sealing_key(self) -> bytes:
        """The public half, to which ballots are sealed."""
        return X25519PrivateKey.from_private_bytes(self.opening).public_key().public_bytes_raw()


def path_of(election: UUID) -> Path:
    """Where the secrets of an election stand."""
    return Path(settings.HOME) / "elections" / f"{election}.json"


def make(election: UUID, *, blind_tokens: bool) -> Keyring:
    """Make fresh secrets and keep them. An election that failed to open leaves a file that this replaces."""
    registrar = blind.generate(REGISTRAR_BITS) if blind_tokens else None
    ring = Keyring(X25519PrivateKey.generate().private_bytes_raw(), secrets.token_bytes(32), registrar)
    pem = (
        "" if registrar is None else registrar.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    )
    path = path_of(election)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        json.dump({"opening": ring.opening.hex(), "lot": ring.lot.hex(), "registrar": pem}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name too outlives a loss of power: without this file the ballots are lost
    finally:
        os.close(folder)
    return ring


def read(election: UUID) -> Keyring:
    """The secrets of an election that runs; UserError says what to do without the file."""
    path = path_of(election)
    try:
        held = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(
            gettext("the key of this election is not here: its ballots cannot be opened"),
            where=str(path),
            mend=gettext("put the file back from where the officers kept it"),
        ) from None
    pem = held["registrar"]
    key = load_pem_private_key(pem.encode(), None) if pem else None
    registrar = key if isinstance(key, rsa.RSAPrivateKey) else None
    return Keyring(bytes.fromhex(held["opening"]), bytes.fromhex(held["lot"]), registrar)


def destroy(election: UUID) -> None:
    """Overwrite and remove the file. What the medium keeps of overwritten blocks is beyond a program."""
    path = path_of(election)
    if not path.exists():
        return
    with path.open("r+b") as stream:
        stream.write(secrets.token_bytes(path.stat().st_size))
        stream.flush()
        os.fsync(stream.fileno())
    path.unlink()


def kept() -> list[UUID]:
    """The elections whose secrets are still here."""
    folder = Path(settings.HOME) / "elections"
    return [UUID(path.stem) for path in folder.glob("*.json") if is_uuid(path.stem)] if folder.is_dir() else []
