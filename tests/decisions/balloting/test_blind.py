"""Blind signatures against the vectors of RFC 9474, and against another implementation of PSS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from quorate.decisions.balloting import blind

VECTOR = json.loads(Path(__file__).with_name("rfc9474.json").read_text())


def _key() -> rsa.RSAPrivateKey:
    p, q = (int(VECTOR[name], 16) for name in "pq")
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    ).private_key()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return _key()


def _bytes(name: str) -> bytes:
    return bytes.fromhex(VECTOR[name])


def test_the_vectors_of_the_rfc(key: rsa.RSAPrivateKey) -> None:
    public = key.public_key().public_numbers()
    prepared = blind.prepare(_bytes("msg"), _bytes("msg_prefix"))
    factor = pow(int(VECTOR["inv"], 16), -1, public.n)
    blinded = blind.blind(public, prepared, salt=_bytes("salt"), factor=factor)
    assert (blinded.message, blinded.inverse) == (_bytes("blinded_msg"), int(VECTOR["inv"], 16))
    assert blind.blind_sign(key, blinded.message) == _bytes("blind_sig")
    assert blind.finalize(public, prepared, _bytes("blind_sig"), blinded.inverse) == _bytes("sig")
    assert blind.verify(public, prepared, _bytes("sig"))


@pytest.mark.parametrize("bits", [2048, 2049, 2055])
def test_what_we_sign_others_verify(bits: int) -> None:
    key = blind.generate(bits)
    public = key.public_key().public_numbers()
    prepared = blind.prepare(b"token")
    blinded = blind.blind(public, prepared)
    signature = blind.finalize(public, prepared, blind.blind_sign(key, blinded.message), blinded.inverse)
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    key.public_key().verify(signature, prepared, pss, hashes.SHA384())
    theirs = key.sign(prepared, pss, hashes.SHA384())
    assert blind.verify(public, prepared, theirs)


def test_what_is_wrong_is_refused(key: rsa.RSAPrivateKey) -> None:
    public = key.public_key().public_numbers()
    prepared, signature = blind.prepare(_bytes("msg"), _bytes("msg_prefix")), _bytes("sig")
    wrong: list[tuple[Any, bytes]] = [
        (prepared + b"!", signature),
        (prepared, signature[:-1] + bytes([signature[-1] ^ 1])),
        (prepared, signature[:-1]),
        (prepared, b"\xff" * len(signature)),
    ]
    assert not any(blind.verify(public, message, given) for message, given in wrong)
    with pytest.raises(blind.BlindError):
        blind.blind_sign(key, b"\xff" * len(signature))
    with pytest.raises(blind.BlindError):
        blind.blind_sign(key, b"\x01")
    with pytest.raises(blind.BlindError):
        blind.finalize(public, prepared, _bytes("blind_sig"), 12345)
