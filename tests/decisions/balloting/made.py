"""Elections made up for the tests of what is published: nobody in them exists."""

from __future__ import annotations

import random
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from quorate.decisions.balloting import ballots, blind, bundle
from quorate.decisions.balloting.ballots import Ballot
from quorate.decisions.balloting.bundle import Cast, Token
from quorate.decisions.counting import Lot, Profile, count
from quorate.decisions.counting.constraints import read
from quorate.ledger.notes import SigningKey

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES = ["ada", "bo", "cy", "dee", "eli", "fay"]
KEY = SigningKey.generate("vote.example/ledger/0a1b2c3d")
REGISTRAR, COSIGNER = blind.generate(2048), blind.generate(2048)
KEY_APART = SigningKey.generate("registrar.example/two")
APART = [
    {"name": name, "n": f"{key.public_key().public_numbers().n:x}", "e": 65537, "key": text}
    for name, key, text in (("office", REGISTRAR, ""), ("second office", COSIGNER, KEY_APART.public.text()))
]


def signed(key: RSAPrivateKey, prepared: bytes) -> bytes:
    """A signature as a voter gets it from a registrar."""
    public = key.public_key().public_numbers()
    hidden = blind.blind(public, prepared)
    return blind.finalize(public, prepared, blind.blind_sign(key, hidden.message), hidden.inverse)


def draw(number: int, rule: str, *, equal: bool = True, seed: int = 7) -> list[Ballot]:
    """Random ballots that the rule reads."""
    rng = random.Random(seed)
    found: list[Ballot] = []
    for _ in range(number):
        order = rng.sample(NAMES, k=rng.randint(0, len(NAMES)))
        order.sort(key=lambda name: NAMES.index(name) * rng.random())
        ranks = [[name] for name in order]
        if rule == "approval":
            ranks = [sorted(order)] if order else []
        elif equal and rng.random() < 0.1 and len(ranks) > 2:
            ranks[1:3] = [sorted(ranks[1] + ranks[2])]
        found.append(ranks)
    return found


def profile(manifest: dict[str, Any], cast: list[Any], gone: list[str]) -> Profile:
    """The ballots as the counters read them."""
    names = [candidate["name"] for candidate in manifest["candidates"]]
    number = {candidate["id"]: place for place, candidate in enumerate(manifest["candidates"], 1)}
    rankings = [([tuple(number[name] for name in rank) for rank in ballot], 1) for ballot in cast]
    return Profile.ranked(
        names,
        manifest["seats"],
        rankings,
        withdrawn=[number[name] for name in gone],
        ids=list(number),
        constraints=read(manifest["constraints"], ids=list(number), names=names) if manifest["constraints"] else None,
    )


def election(
    number: int = 24,
    *,
    rule: str = "scottish-stv",
    level: str = "B",
    seats: int = 2,
    constraints: dict[str, Any] | None = None,
    withdrawn: tuple[str, ...] = (),
    registrars: int = 1,
    voids: int = 2,
    seed: int = 7,
) -> dict[str, Any]:
    """The bundle of a whole election."""
    roll = sorted(f"00000000-0000-4000-8000-{place:012d}" for place in range(number + 3))
    secret = sha256(b"lot").digest()
    manifest: dict[str, Any] = {
        "id": "e1",
        "title": "Council (synthetic)",
        "seats": seats,
        "level": level,
        "rule": {"name": rule, "version": 1},
        "ballot": "approvals" if rule == "approval" else "ranks",
        "equal_ranks": True,
        "largest_score": 0,
        "candidates": [{"id": name, "name": name.title()} for name in NAMES],
        "roll": {"hash": bundle.digest(roll).hex(), "size": len(roll)},
        "lot": {"commitment": sha256(secret).hexdigest(), "source": "the close of an index"},
        "constraints": constraints,
        "log": f"{KEY.name}/election/e1",
        "key": KEY.public.text(),
        "registrars": APART[:registrars] if level == "C" else [],
    }
    hashed = bundle.manifest_hash(manifest)
    drawn = draw(number + (voids if level != "A" else 0), rule, seed=seed)
    casts, tokens = [], []
    for place, ballot in enumerate(drawn if level != "A" else []):
        r, code = ballots.blinding(), secrets.token_bytes(32)
        void = code if place < voids else None
        casts.append(Cast(ballots.commit(hashed, ballot, r), ballots.anchor(code), void, (ballot, r)))
        if level == "C" and void is None:
            token = secrets.token_bytes(32)
            prepared = blind.prepare(token)
            signatures = tuple(signed(key, prepared) for key in (REGISTRAR, COSIGNER)[:registrars])
            tokens.append(Token(token, prepared[:32], signatures))
    voted = roll[:number]
    published: list[Any] | None
    if level == "A":
        published, proof = [{"voter": who, "ballot": ballot} for who, ballot in zip(voted, drawn, strict=True)], None
        counted = [item["ballot"] for item in published]
    else:
        published, proof = bundle.prove(manifest, casts)
        counted = list(published)
    lot = Lot.of_parts(*bundle.lot_parts(manifest, secret, "4321.09"))

    found = count(profile(manifest, counted, list(withdrawn)), rule, lot=lot, counter="plain")
    if number < bundle.FEWEST:
        published = proof = None
    return bundle.assemble(
        KEY,
        AT,
        manifest=manifest,
        roll=roll,
        voted=voted,
        casts=casts,
        ballots=published,
        proof=proof,
        tokens=tokens,
        issued=[
            bundle.Issued(
                voted, KEY_APART.sign(bundle.issued_checkpoint(manifest["log"], voted), AT) if apart else None
            )
            for apart in range(registrars if level == "C" else 0)
        ],
        withdrawn=[{"candidate": name, "at": "2026-03-01T12:00:00Z", "entry": 7} for name in withdrawn],
        lot={"secret": secret.hex(), "public_value": "4321.09", "seed": lot.seed.hex()},
        result={
            "elected": [NAMES[place - 1] for place in found.elected],
            "struck": [NAMES[place - 1] for place in found.struck],
            "count": found.as_json() if published is not None else None,
        },
    )
