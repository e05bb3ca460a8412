"""Signed notes: the published examples of other implementations, and every byte of ours."""

from __future__ import annotations

import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from quorate.ledger import verifier
from quorate.ledger.notes import (
    Checkpoint,
    NoteError,
    PublicKey,
    SigningKey,
    open_note,
    read_key,
    write_key,
)

# From the documentation of Go's golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
AT = datetime(2026, 11, 22, 21, 15, 7, tzinfo=UTC)
KEY = SigningKey.generate("example.org/ledger")
NOTE = KEY.sign(Checkpoint("example.org/ledger", 7, b"r" * 32), AT)


def test_keys_read_and_write_as_other_tools_do() -> None:
    assert PublicKey.parse(PETER).text() == PETER
    key = SigningKey.parse(PETER_PRIVATE)
    assert key.text() == PETER_PRIVATE
    assert key.public.text() == PETER
    assert verifier.read_keys([PETER])[0].key == key.public.key


def test_a_note_opens_with_its_key_alone() -> None:
    opened = open_note(NOTE, [PublicKey.parse(PETER), KEY.public])
    assert opened.checkpoint == Checkpoint("example.org/ledger", 7, b"r" * 32)
    assert (opened.key, opened.at) == (KEY.public, AT)
    with pytest.raises(NoteError, match="not signed"):
        open_note(NOTE, [PublicKey.parse(PETER)])


def test_signatures_of_witnesses_are_passed_over() -> None:
    witness = SigningKey.generate("witness.example")
    line = witness.sign(Checkpoint("example.org/ledger", 7, b"r" * 32), AT).split("\n\n")[1].split("\n")[1]
    assert open_note(f"{NOTE}{line}\n", [KEY.public]).at == AT


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_note_can_change(place: int, change: int) -> None:
    raw = bytearray(NOTE.encode())
    raw[place] ^= change
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    opened = None
    with suppress(NoteError):
        opened = open_note(text, [KEY.public])
    # At most the timed line is no longer seen as ours; the row of a checkpoint must have both.
    assert opened is None or opened.at is None
    public = verifier.read_keys([KEY.public.text()])
    if opened is None:
        with pytest.raises(verifier.Bad):
            verifier.read_note(text, public)


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\n01\nAAAA\n", "\n1\nAAAA\n", "a\n1\nAAAA\n", "a\n1\n" + "A" * 43 + "=\nmore\n", "a\n-1\nAAAA\n"],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


@pytest.mark.parametrize("text", ["", "a+b+c", PETER.replace("c7", "c8"), PETER[:-2], PETER.replace("ARpc", "Ahpc")])
def test_a_malformed_public_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        PublicKey.parse(text)


@pytest.mark.parametrize("text", ["", PETER, PETER_PRIVATE[:-3], PETER_PRIVATE.replace("c74f", "c75f")])
def test_a_malformed_signing_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        SigningKey.parse(text)


def test_a_key_file_is_for_its_owner_and_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ledger.key"
    write_key(path, KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path).text() == KEY.text()
    with pytest.raises(FileExistsError):
        write_key(path, SigningKey.generate("other"))
    assert read_key(path).text() == KEY.text()


@given(st.binary(max_size=80))
def test_plain_ed25519_agrees_with_the_library(message: bytes) -> None:
    private = Ed25519PrivateKey.generate()
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verifier.plain_ed25519_verify(public, message, signature)
    assert not verifier.plain_ed25519_verify(public, message + b"x", signature)
    for place in (0, 31, 32, 63):
        wrong = bytearray(signature)
        wrong[place] ^= 1
        assert not verifier.plain_ed25519_verify(public, message, bytes(wrong))


def test_ed25519_vector_of_rfc_8032() -> None:
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verifier.plain_ed25519_verify(public, b"\x72", signature)
    # S plus the group order is the same signature to a careless verifier.
    raised = int.from_bytes(signature[32:], "little") + verifier.ORDER
    assert not verifier.plain_ed25519_verify(public, b"\x72", signature[:32] + raised.to_bytes(32, "little"))
