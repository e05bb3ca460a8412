"""Signed checkpoints of the ledger: C2SP signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).

A note carries two lines of signature by the one Ed25519 key of the installation: the log's own (type 1) and a
timestamped one (type 4, c2sp.org/tlog-cosignature), which is what makes a checkpoint's time provable. Keys are
written as other tools of that family write them, so that common clients and witnesses read ours.
"""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PLAIN = 1
TIMESTAMPED = 4
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_MARK = "— "


class NoteError(ValueError):
    """A note, checkpoint or key that is malformed or not signed by a key that was asked for."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a tree: whose it is, how many leaves, and the root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a checkpoint from the text of a note. Extension lines are refused: we sign none."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0] or not _SIZE.fullmatch(lines[1]):
            raise NoteError("a checkpoint has three lines: origin, size, root")
        found = cls(lines[0], int(lines[1]), _base64(lines[2]))
        if len(found.root) != 32:
            raise NoteError("the root of a checkpoint has 32 bytes")
        return found


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checkpoints are checked with. Its text form is a `vkey`: `name+id+base64`."""

    name: str
    key: bytes

    def text(self) -> str:
        """The form to publish."""
        return f"{self.name}+{self.id(PLAIN).hex()}+{base64.b64encode(bytes([PLAIN]) + self.key).decode()}"

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """Read the published form; raises NoteError."""
        name, _, rest = text.strip().partition("+")
        identity, _, encoded = rest.partition("+")
        material = _base64(encoded)
        if not _NAME.fullmatch(name) or len(material) != 33 or material[0] != PLAIN:
            raise NoteError("a public key reads NAME+ID+BASE64, for Ed25519")
        key = cls(name, material[1:])
        if key.id(PLAIN).hex() != identity:
            raise NoteError("the id of the public key does not belong to it")
        return key

    def id(self, kind: int) -> bytes:
        """The four bytes that a signature line of `kind` starts with."""
        return sha256(self.name.encode() + b"\n" + bytes([kind]) + self.key).digest()[:4]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half. Its text form is that of Go's `note` package: `PRIVATE+KEY+name+id+base64`."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.name, self.private.public_key().public_bytes_raw())

    def text(self) -> str:
        """The form that is kept in the key file."""
        material = bytes([PLAIN]) + self.private.private_bytes_raw()
        return f"PRIVATE+KEY+{self.name}+{self.public.id(PLAIN).hex()}+{base64.b64encode(material).decode()}"

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read the kept form; raises NoteError."""
        parts = text.strip().split("+", 4)
        if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"] or not _NAME.fullmatch(parts[2]):
            raise NoteError("a signing key reads PRIVATE+KEY+NAME+ID+BASE64")
        material = _base64(parts[4])
        if len(material) != 33 or material[0] != PLAIN:
            raise NoteError("the signing key is not an Ed25519 key")
        key = cls(parts[2], Ed25519PrivateKey.from_private_bytes(material[1:]))
        if key.public.id(PLAIN).hex() != parts[3]:
            raise NoteError("the id of the signing key does not belong to it")
        return key

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        """A fresh key; `name` is the origin of the checkpoints it signs, such as `example.org/ledger`."""
        if not _NAME.fullmatch(name):
            raise NoteError("the name of a key holds no space and no plus")
        return cls(name, Ed25519PrivateKey.generate())

    def sign(self, checkpoint: Checkpoint, at: datetime) -> str:
        """The signed note of a checkpoint made `at` (whole seconds count)."""
        text = checkpoint.text()
        seconds = int(at.timestamp())
        plain = self.private.sign(text.encode())
        timed = seconds.to_bytes(8) + self.private.sign(_timed_text(text, seconds))
        lines = "".join(
            f"{_MARK}{self.name} {base64.b64encode(self.public.id(kind) + signature).decode()}\n"
            for kind, signature in ((PLAIN, plain), (TIMESTAMPED, timed))
        )
        return f"{text}\n{lines}"


@dataclass(frozen=True, slots=True)
class Opened:
    """A note whose signatures were checked: the checkpoint, the key, and the time that was signed."""

    checkpoint: Checkpoint
    key: PublicKey
    at: datetime | None


def open_note(note: str, keys: list[PublicKey]) -> Opened:
    """Check a signed checkpoint against the keys one trusts.

    Signatures by other keys (witnesses) are passed over; a wrong one by a trusted key refuses the whole note.
    Raises NoteError.
    """
    text, divider, tail = note.rpartition("\n\n")
    if not divider or not tail.endswith("\n"):
        raise NoteError("a signed note ends in an empty line and lines of signature")
    text += "\n"
    found: PublicKey | None = None
    at: datetime | None = None
    for line in tail[:-1].split("\n"):
        name, space, encoded = line.removeprefix(_MARK).partition(" ")
        if not line.startswith(_MARK) or not space:
            raise NoteError(f"{line!r} is no line of signature")
        signature = _base64(encoded)
        for key in keys:
            if key.name != name:
                continue
            if signature[:4] == key.id(PLAIN):
                _check(key, signature[4:], text.encode())
                found = key
            elif signature[:4] == key.id(TIMESTAMPED):
                seconds = int.from_bytes(signature[4:12])
                _check(key, signature[12:], _timed_text(text, seconds))
                at = datetime.fromtimestamp(seconds, UTC)
    if found is None:
        raise NoteError("the note is not signed by a key that is trusted")
    return Opened(Checkpoint.parse(text), found, at)


def write_key(path: Path, key: SigningKey) -> None:
    """Keep a new signing key in a file that only its owner can read; never replaces one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(key.text() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, path)  # whole or not at all, and FileExistsError when there is one
    finally:
        draft.unlink()


def read_key(path: Path) -> SigningKey:
    """The signing key kept in a file; raises FileNotFoundError and NoteError."""
    return SigningKey.parse(path.read_text(encoding="utf-8"))


def _timed_text(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _check(key: PublicKey, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise NoteError(f"the signature of {key.name} is wrong") from error


def _base64(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NoteError(f"{text!r} is not base64") from error
    if base64.b64encode(found).decode() != text:
        raise NoteError(f"{text!r} is not the one base64 form")
    return found
