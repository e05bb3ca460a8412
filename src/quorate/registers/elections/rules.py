"""Decisions on values: when an election may open, what its manifest says, and what a ballot of it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from quorate.decisions.balloting import ballots
from quorate.decisions.balloting.ballots import Ballot, BallotError
from quorate.decisions.balloting.bundle import digest
from quorate.decisions.counting import Profile, preset
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

STARS = 5
MANIFEST = "quorate-election/1"


@dataclass(frozen=True)
class ElectionFacts:
    """What a notice says."""

    slug: str
    title: str
    seats: int
    nominations_until: datetime
    opens_at: datetime
    closes_at: datetime
    text: str = ""
    rule: str = "scottish-stv"
    level: str = "B"
    equal_ranks: bool = False
    seat_slugs: tuple[str, ...] = ()
    roll_roles: tuple[str, ...] = ()
    endorsers_needed: int = 0
    cap: int | None = None
    lot_source: str = ""

    def check(self) -> None:
        """Raise UserError for what cannot be held."""
        rule = preset(self.rule)
        if self.level not in ("A", "B", "C"):
            raise UserError(gettext("the level of secrecy is A, B or C"), where="level")
        if not 1 <= self.seats <= 200:
            raise UserError(gettext("there is at least one seat to fill"), where="seats")
        if self.seat_slugs and len(self.seat_slugs) != self.seats:
            raise UserError(gettext("name as many seats as are filled, or none"), where="seat_slugs")
        if not self.nominations_until <= self.opens_at < self.closes_at:
            raise UserError(
                gettext("nominations end, then voting opens, then it closes"),
                where="closes_at",
                mend=gettext("put the days in this order"),
            )
        if self.equal_ranks and rule.ballot == "ranks" and not rule.shares and rule.family == "transferable":
            raise UserError(
                gettext("a ballot ends at equal ranks under %s") % rule.title,
                where="equal_ranks",
                mend=gettext("choose another rule, or ask for strict ranks"),
            )
        if self.cap is not None and self.cap < 1:
            raise UserError(gettext("a cap is at least one seat"), where="cap")


@dataclass(frozen=True)
class Standing:
    """A candidate as frozen: id on ballots, name, and the groups of organisations that a cap counts."""

    id: str
    name: str
    groups: tuple[str, ...] = ()


def manifest(
    *,
    election: str,
    title: str,
    body: str,
    seats: int,
    rule: str,
    level: str,
    equal_ranks: bool,
    candidates: Sequence[Standing],
    roll: Sequence[str],
    days: Mapping[str, str],
    cap: int | None,
    lot_secret: bytes,
    lot_source: str,
    key: str,
    log: str,
    sealing_key: str,
    registrar: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What is frozen when voting opens. Its hash is in every commitment and on every ballot."""
    chosen = preset(rule)
    return {
        "format": MANIFEST,
        "id": election,
        "title": title,
        "body": body,
        "seats": seats,
        "rule": {
            "name": chosen.name,
            "version": chosen.version,
            "title": chosen.title,
            "source": chosen.source,
            "unranked": chosen.unranked,
            "equal": chosen.equal,
            "ties": chosen.ties,
        },
        "ballot": chosen.ballot,
        "largest_score": STARS if chosen.ballot == "scores" else 0,
        "equal_ranks": equal_ranks,
        "level": level,
        "candidates": [{"id": item.id, "name": item.name} for item in sorted(candidates, key=lambda item: item.id)],
        "roll": {"hash": digest(sorted(roll)).hex(), "size": len(roll)},
        "days": dict(days),
        "lot": {"commitment": sha256(lot_secret).hexdigest(), "source": lot_source},
        "caps": None if cap is None else {"limit": cap, "groups": {item.id: list(item.groups) for item in candidates}},
        "key": key,
        "log": log,
        "sealing_key": sealing_key,
        "registrar": None if registrar is None else dict(registrar),
    }


def read_ballot(manifest: Mapping[str, Any], value: Any) -> Ballot:
    """The ballot that a client sent, in its one form; UserError for the voter."""
    try:
        return ballots.parse(
            value,
            candidates=[item["id"] for item in manifest["candidates"]],
            equal=manifest["equal_ranks"],
            largest_score=manifest["largest_score"],
            one_rank=manifest["ballot"] == "approvals",
        )
    except BallotError as error:
        raise UserError(str(error), where="ballot") from error


def profile(manifest: Mapping[str, Any], cast: Sequence[Any], struck: Sequence[str] = ()) -> Profile:
    """Ballots as the counters read them; `struck` candidates have left."""
    number = {item["id"]: place for place, item in enumerate(manifest["candidates"], 1)}
    names = [item["name"] for item in manifest["candidates"]]
    more: dict[str, Any] = {"withdrawn": [number[name] for name in struck], "ids": list(number)}
    if manifest["ballot"] == "scores":
        scored = [(tuple(ballot.get(name, 0) for name in number), 1) for ballot in cast]
        return Profile.scored(names, manifest["seats"], scored, scale=(0, manifest["largest_score"]), **more)
    ranked = [([tuple(number[name] for name in rank) for rank in ballot], 1) for ballot in cast]
    return Profile.ranked(names, manifest["seats"], ranked, **more)
