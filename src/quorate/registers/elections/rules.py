"""Decisions on values: when an election may open, what its manifest says, and what a ballot of it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from quorate.decisions.balloting import ballots
from quorate.decisions.balloting.ballots import Ballot, BallotError
from quorate.decisions.balloting.bundle import digest
from quorate.decisions.counting import Profile, preset
from quorate.decisions.counting.constraints import COUNT, MODES, read
from quorate.decisions.counting.counts import unmeetable
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.notes import NoteError, PublicKey

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
    constraints: tuple[Mapping[str, Any], ...] = ()
    resolve: str = COUNT
    term_months: tuple[int, ...] = ()
    second_registrar: Mapping[str, Any] | None = None
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
        if self.resolve not in MODES:
            raise UserError(gettext("constraints hold in the count or at seating"), where="resolve")
        if self.term_months and (len(self.term_months) != self.seats or min(self.term_months) < 1):
            raise UserError(gettext("give as many lengths of terms as seats, or none"), where="term_months")
        check_constraints(self.constraints, self.seats)
        if self.second_registrar is not None:
            check_registrar(self.second_registrar)
            if self.level != "C":
                raise UserError(gettext("only level C has registrars"), where="second_registrar")


SELECTOR = re.compile("(employer|candidate|body|seat|chair|vice-chair|secretary):[^\\s|]+")
MOST_CONSTRAINTS = 40


def check_constraints(constraints: Sequence[Mapping[str, Any]], seats: int) -> None:
    """Raise UserError for what a notice cannot declare; whether those who stand can meet it is asked at opening."""
    if len(constraints) > MOST_CONSTRAINTS:
        raise UserError(gettext("these are too many constraints"), where="constraints")
    for place, item in enumerate(constraints, 1):
        name, least, most, members = (item.get(key) for key in ("name", "least", "most", "members"))
        where = gettext("line %d") % place
        named = isinstance(name, str) and 0 < len(name) <= 120
        if not named or not isinstance(least, int) or not (most is None or isinstance(most, int)):
            raise _no_constraint(gettext("%s: a constraint has a name, a number and members") % where)
        if not isinstance(members, list) or not members:
            raise _no_constraint(gettext("%s: a constraint has a name, a number and members") % where)
        if not 0 <= least <= seats or (most is not None and most < least) or (least == 0 and most is None):
            raise _no_constraint(gettext("%s: at least, at most, or both, and no more than there are seats") % where)
        for text in members:
            if not isinstance(text, str) or not SELECTOR.fullmatch(text):
                raise _no_constraint(gettext("%(where)s: “%(text)s” names no members") % {"where": where, "text": text})
    if len({item["name"] for item in constraints}) != len(constraints):
        raise _no_constraint(gettext("two constraints have the same name"))


def read_constraints(text: str) -> tuple[dict[str, Any], ...]:
    """The constraints of a notice, one on a line: ``NAME | at least 1 | at most 3 | body:council candidate:ada``."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, *bounds = (part.strip() for part in line.split("|"))
        item: dict[str, Any] = {
            "name": name,
            "least": 0,
            "most": None,
            "members": bounds.pop().split() if bounds else [],
        }
        for bound in bounds:
            said = re.fullmatch("at (least|most) ([0-9]{1,4})", bound.lower())
            if said is None:
                raise _no_constraint(gettext("“%s” is neither “at least N” nor “at most N”") % bound)
            item[said[1]] = int(said[2])
        found.append(item)
    return tuple(found)


def written_constraints(constraints: Sequence[Mapping[str, Any]]) -> str:
    """The text that `read_constraints` reads."""
    lines = []
    for item in constraints:
        least = [f"at least {item['least']}"] if item["least"] else []
        most = [f"at most {item['most']}"] if item["most"] is not None else []
        lines.append(" | ".join([item["name"], *least, *most, " ".join(item["members"])]))
    return "\n".join(lines)


def _no_constraint(what: str) -> UserError:
    return UserError(
        what, where="constraints", mend=gettext("write: name | at least 1 | at most 3 | body:council candidate:slug")
    )


def impossible(constraints: Mapping[str, Any] | None, ids: Sequence[str], seats: int) -> tuple[str, ...]:
    """Why no choice of the candidates satisfies the constraints; empty if one does."""
    if constraints is None:
        return ()
    return unmeetable(read(constraints, ids=ids, names=ids), range(1, len(ids) + 1), seats)


@dataclass(frozen=True)
class Standing:
    """A candidate as frozen: id on ballots and name."""

    id: str
    name: str


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
    constraints: Mapping[str, Any] | None,
    terms: Sequence[int],
    lot_secret: bytes,
    lot_source: str,
    key: str,
    log: str,
    sealing_key: str,
    registrars: Sequence[Mapping[str, Any]],
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
        "constraints": None if constraints is None else dict(constraints),
        "terms": list(terms),
        "key": key,
        "log": log,
        "sealing_key": sealing_key,
        "registrars": [dict(item) for item in registrars],
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


def profile(
    manifest: Mapping[str, Any], cast: Sequence[Any], gone: Sequence[str] = (), *, constrained: bool = True
) -> Profile:
    """Ballots as the counters read them, with the constraints of the manifest; who is `gone` has withdrawn or left."""
    number = {item["id"]: place for place, item in enumerate(manifest["candidates"], 1)}
    names = [item["name"] for item in manifest["candidates"]]
    more: dict[str, Any] = {"withdrawn": [number[name] for name in gone], "ids": list(number)}
    if constrained and manifest.get("constraints") is not None:
        more["constraints"] = read(manifest["constraints"], ids=list(number), names=names)
    if manifest["ballot"] == "scores":
        scored = [(tuple(ballot.get(name, 0) for name in number), 1) for ballot in cast]
        return Profile.scored(names, manifest["seats"], scored, scale=(0, manifest["largest_score"]), **more)
    ranked = [([tuple(number[name] for name in rank) for rank in ballot], 1) for ballot in cast]
    return Profile.ranked(names, manifest["seats"], ranked, **more)


def ids_of(manifest: Mapping[str, Any]) -> list[str]:
    """The ids of the candidates, in the order of the ballot."""
    return [item["id"] for item in manifest["candidates"]]


def unsuitable(constraints: Mapping[str, Any] | None, kept: Sequence[str], others: Sequence[str]) -> list[str]:
    """Those of the others who may not take one vacancy beside those who keep their seats.

    First whoever would go over a cap. Then, rule by rule in their order, whoever is outside a group that is short of its
    reserved seats, as long as somebody inside is left.
    """
    rules = constraints["rules"] if constraints else []
    left = list(others)
    for rule in rules:
        if rule["most"] is not None and len(set(kept) & set(rule["candidates"])) >= rule["most"]:
            left = [name for name in left if name not in rule["candidates"]]
    for rule in rules:
        inside = [name for name in left if name in rule["candidates"]]
        if len(set(kept) & set(rule["candidates"])) < rule["least"] and inside:
            left = inside
    return [name for name in others if name not in left]


REGISTRAR_BITS = 2048


def check_registrar(given: Any) -> None:
    """Raise UserError for what is no public key of a second registrar (`quorate election registrar make` prints one)."""
    try:
        n, key = int(given["n"], 16), PublicKey.parse(given["key"])
        shaped = set(given) == {"name", "n", "e", "key"} and f"{n:x}" == given["n"] and 0 < len(given["name"]) <= 120
        good = (
            shaped and n.bit_length() >= REGISTRAR_BITS and given["e"] == PUBLIC_EXPONENT and key.text() == given["key"]
        )
    except (KeyError, TypeError, ValueError, NoteError):
        good = False
    if not good:
        raise UserError(
            gettext("this is not the public key of a second registrar"),
            where="second_registrar",
            mend="quorate election registrar make",
        )


PUBLIC_EXPONENT = 65537


def registrars_of(n: int, e: int, second: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Who must sign each token: the server that runs the election, and perhaps an office apart."""
    own = {"name": "server", "n": f"{n:x}", "e": e, "key": ""}
    return [own] if second is None else [own, dict(second)]


def read_registrar(text: str) -> dict[str, Any] | None:
    """The public key of a second registrar as it was pasted; None for nothing."""
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    check_registrar(found)
    return dict(found)


def whole_numbers(text: str) -> tuple[int, ...]:
    """Months as they were typed: ``24 24 12``."""
    words = text.split()
    if any(re.fullmatch("[1-9][0-9]{0,3}", word) is None for word in words):
        raise UserError(gettext("write whole numbers of months, separated by spaces"), where="term_months")
    return tuple(map(int, words))
