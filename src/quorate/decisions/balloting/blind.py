"""Blind signatures by RFC 9474 (RSABSSA): the registrar signs a token that it does not see.

The variant is RSABSSA-SHA384-PSS-Randomized: SHA-384, salt of 48 bytes, and 32 random bytes before the message. Numbers are
big-endian octets of the length of the modulus. The private operation is blinded once more by the registrar and
checked before it leaves (RFC 9474, section 4.3), against faults and timing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha384
from hmac import compare_digest
from math import gcd

from cryptography.hazmat.primitives.asymmetric import rsa

SALT_BYTES = 48
PREFIX_BYTES = 32
DIGEST_BYTES = 48


class BlindError(ValueError):
    """An input that is malformed, or a signature that does not hold."""


@dataclass(frozen=True)
class Blinded:
    """What goes to the registrar, and the inverse that stays with the voter."""

    message: bytes
    inverse: int


def generate(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A registrar's key for one election."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def prepare(message: bytes, prefix: bytes | None = None) -> bytes:
    """Randomised preparation (RFC 9474, 4.1)."""
    chosen = secrets.token_bytes(PREFIX_BYTES) if prefix is None else prefix
    if len(chosen) != PREFIX_BYTES:
        raise BlindError("the random prefix has 32 bytes")
    return chosen + message


def blind(
    key: rsa.RSAPublicNumbers, prepared: bytes, *, salt: bytes | None = None, factor: int | None = None
) -> Blinded:
    """The voter's first step (4.2). `salt` and `factor` are given by tests alone."""
    n = key.n
    number = int.from_bytes(_encode(prepared, n.bit_length() - 1, salt))
    if gcd(number, n) != 1:
        raise BlindError("the message cannot be signed with this key")
    while factor is None or gcd(factor, n) != 1:
        factor = secrets.randbelow(n - 1) + 1
    sealed = number * pow(factor, key.e, n) % n
    return Blinded(sealed.to_bytes(_length(n)), pow(factor, -1, n))


def blind_sign(key: rsa.RSAPrivateKey, blinded: bytes) -> bytes:
    """The registrar's step (4.3); raises BlindError."""
    numbers = key.private_numbers()
    n, e, d = numbers.public_numbers.n, numbers.public_numbers.e, numbers.d
    number = int.from_bytes(blinded)
    if len(blinded) != _length(n) or number >= n:
        raise BlindError("the blinded message does not fit the key")
    cover = secrets.randbelow(n - 2) + 2
    signed = pow(number * pow(cover, e, n) % n, d, n) * pow(cover, -1, n) % n
    if pow(signed, e, n) != number:
        raise BlindError("the signature failed")
    return signed.to_bytes(_length(n))


def check_blinded(n: int, blinded: bytes) -> None:
    """Raise BlindError for what no holder of a key with this modulus could sign."""
    if len(blinded) != _length(n) or not 0 < int.from_bytes(blinded) < n:
        raise BlindError("the blinded message does not fit the key")


def finalize(key: rsa.RSAPublicNumbers, prepared: bytes, signed: bytes, inverse: int) -> bytes:
    """The voter's last step (4.4): the signature under the message itself; raises BlindError."""
    if len(signed) != _length(key.n):
        raise BlindError("the blind signature has the wrong length")
    found = (int.from_bytes(signed) * inverse % key.n).to_bytes(_length(key.n))
    if not verify(key, prepared, found):
        raise BlindError("the registrar's signature does not hold")
    return found


def verify(key: rsa.RSAPublicNumbers, prepared: bytes, signature: bytes) -> bool:
    """RSASSA-PSS-VERIFY (RFC 8017, 8.1.2) with SHA-384 and a salt of 48 bytes."""
    n = key.n
    number = int.from_bytes(signature)
    if len(signature) != _length(n) or number >= n:
        return False
    bits = n.bit_length() - 1
    length = (bits + 7) // 8
    opened = pow(number, key.e, n)
    if opened.bit_length() > bits:
        return False
    encoded = opened.to_bytes(length)
    masked, digest = encoded[: length - DIGEST_BYTES - 1], encoded[length - DIGEST_BYTES - 1 : -1]
    free = 8 * length - bits
    if encoded[-1] != 0xBC or masked[0] >> (8 - free):
        return False
    block = bytearray(_xor(masked, _mask(digest, len(masked))))
    block[0] &= 0xFF >> free
    start = len(block) - SALT_BYTES
    if any(block[: start - 1]) or block[start - 1] != 1:
        return False
    expected = sha384(bytes(8) + sha384(prepared).digest() + block[start:]).digest()
    return compare_digest(expected, digest)


def _encode(message: bytes, bits: int, salt: bytes | None) -> bytes:
    """EMSA-PSS-ENCODE (RFC 8017, 9.1.1)."""
    chosen = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    length = (bits + 7) // 8
    digest = sha384(bytes(8) + sha384(message).digest() + chosen).digest()
    block = bytes(length - SALT_BYTES - DIGEST_BYTES - 2) + b"\x01" + chosen
    masked = bytearray(_xor(block, _mask(digest, len(block))))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 with SHA-384."""
    rounds = range((length + DIGEST_BYTES - 1) // DIGEST_BYTES)
    return b"".join(sha384(seed + count.to_bytes(4)).digest() for count in rounds)[:length]


def _xor(one: bytes, two: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, two, strict=True))


def _length(n: int) -> int:
    return (n.bit_length() + 7) // 8
