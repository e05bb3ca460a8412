"""Openings of commitments, kept sealed until the count: whoever copies the database meanwhile reads no ballot.

X25519 with a fresh key for each ballot, HKDF-SHA256, ChaCha20-Poly1305. The private half is made when voting opens, stands
in a file outside the database and outside of backups, and is destroyed when the result is published.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = bytes(12)
PADDED = 256
"""Openings are padded to a multiple of this, so that the length of a ballot is not told by its seal."""


def seal(public: bytes, opening: bytes, commitment: bytes) -> bytes:
    """Seal an opening to the election's key; the commitment is bound to it."""
    fresh = X25519PrivateKey.generate()
    sender = fresh.public_key().public_bytes_raw()
    key = _key(fresh.exchange(X25519PublicKey.from_public_bytes(public)), sender + public)
    padding = b" " * (-len(opening) % PADDED)
    return sender + ChaCha20Poly1305(key).encrypt(_NONCE, opening + padding, commitment)


def unseal(private: bytes, sealed: bytes, commitment: bytes) -> bytes:
    """The opening; ValueError when it was not sealed to this key, or not beside this commitment."""
    key = X25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes_raw()
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(sealed[:32]))
        opened = ChaCha20Poly1305(_key(shared, sealed[:32] + public)).decrypt(_NONCE, sealed[32:], commitment)
    except InvalidTag:
        raise ValueError("the seal of a ballot is broken") from None
    return opened.rstrip(b" ")


def _key(shared: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"quorate/sealed ballot/1").derive(shared)
