"""Elections made up for the tests of what is published: nobody in them exists."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from quorate.decisions.balloting import ballots, blind, bundle
from quorate.decisions.balloting.ballots import Ballot
from quorate.decisions.balloting.bundle import Cast, Token
from quorate.decisions.counting import Lot, Profile, count
from quorate.ledger.notes import SigningKey

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES = ["ada", "bo", "cy", "dee", "eli", "fay"]
KEY = SigningKey.generate("vote.example/ledger/0a1b2c3d")
REGISTRAR = blind.generate(2048)


@dataclass
class Counted:
    """A count as `bundle.seated` reads it."""

    elected: list[str]
    document: dict[str, Any]


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


def profile(manifest: dict[str, Any], cast: list[Any], struck: list[str]) -> Profile:
    """The ballots as the counters read them."""
    number = {candidate["id"]: place for place, candidate in enumerate(manifest["candidates"], 1)}
    rankings = [([tuple(number[name] for name in rank) for rank in ballot], 1) for ballot in cast]
    return Profile.ranked(
        [candidate["name"] for candidate in manifest["candidates"]],
        manifest["seats"],
        rankings,
        withdrawn=[number[name] for name in struck],
        ids=list(number),
    )


def election(
    number: int = 24,
    *,
    rule: str = "scottish-stv",
    level: str = "B",
    seats: int = 2,
    caps: dict[str, Any] | None = None,
    voids: int = 2,
    seed: int = 7,
) -> dict[str, Any]:
    """The bundle of a whole election."""
    public = REGISTRAR.public_key().public_numbers()
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
        "caps": caps,
        "log": f"{KEY.name}/election/e1",
        "key": KEY.public.text(),
        "registrar": {"n": f"{public.n:x}", "e": public.e} if level == "C" else None,
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
            hidden = blind.blind(public, prepared)
            signature = blind.finalize(public, prepared, blind.blind_sign(REGISTRAR, hidden.message), hidden.inverse)
            tokens.append(Token(token, prepared[:32], signature))
    voted = roll[:number]
    published: list[Any] | None
    if level == "A":
        published, proof = [{"voter": who, "ballot": ballot} for who, ballot in zip(voted, drawn, strict=True)], None
        counted = [item["ballot"] for item in published]
    else:
        published, proof = bundle.prove(manifest, casts)
        counted = list(published)
    lot = Lot.of_parts(*bundle.lot_parts(manifest, secret, "4321.09"))

    def run(struck: list[str]) -> Counted:
        found = count(profile(manifest, counted, struck), rule, lot=lot, counter="plain")
        return Counted([NAMES[place - 1] for place in found.elected], found.as_json())

    struck, found = bundle.seated(caps, run)
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
        lot={"secret": secret.hex(), "public_value": "4321.09", "seed": lot.seed.hex()},
        result={
            "elected": found.elected,
            "struck": struck,
            "count": found.document if published is not None else None,
        },
    )
