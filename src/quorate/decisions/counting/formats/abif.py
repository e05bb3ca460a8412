"""ABIF, the Aggregated Ballot Information Format: ``27:Anna/5>Bela/3=Cleo/3``.

``#`` begins a comment line, ``{"key": value}`` tells something of the election, ``=A:[Anna Example]`` declares a
candidate. With ratings on every mention the ballots are scores, else rankings.
"""

from __future__ import annotations

import json
import re
from typing import Any

from quorate.decisions.counting.profile import STARS, Notes, Profile, Ranking, numbered
from quorate.kernel.errors import UserError

_DECLARED = re.compile(r"=\s*(?P<token>[^\s:\[\]]+)\s*:\s*\[(?P<name>[^\]]*)\]")
_BALLOT = re.compile(r"(?P<count>\d+)\s*[:*]\s*(?P<order>.*)")
_MENTION = re.compile(r"\s*(?:\[(?P<name>[^\]]*)\]|(?P<token>[^\s>=,/\[\]]+))\s*(?:/\s*(?P<score>-?\d+))?\s*")


def read(text: str, where: str = "") -> Profile:
    """The profile in an ABIF file; one seat unless ``{"seats": n}`` says more."""
    told: dict[str, Any] = {}
    tokens: dict[str, int] = {}
    numbers: dict[str, int] = {}
    names: list[str] = []
    read_ballots: list[tuple[list[list[tuple[int, int | None]]], int]] = []

    def number_of(word: str) -> int:
        """The candidate of a token or a name; whoever is not declared is one more."""
        if word in tokens:
            return tokens[word]
        if word not in numbers:
            names.append(word)
            numbers[word] = len(names)
        return numbers[word]

    lines = numbered(text)
    for number, line in lines:
        if line.startswith("{"):
            told.update(_checked(_told(line, where, number), where, number))
        elif found := _DECLARED.fullmatch(line):
            names.append(found["name"])
            tokens[found["token"]] = len(names)
            numbers.setdefault(found["name"], len(names))
    for number, line in lines:
        if not line or line[0] in "#{" or _DECLARED.fullmatch(line):
            continue
        found = _BALLOT.fullmatch(line.partition("#")[0].strip() if "[" not in line else line)
        if found is None:
            raise _error(where, number, f"cannot read {line[:40]!r}", "a ballot is like 27:A>B=C")
        ranks: list[list[tuple[int, int | None]]] = []
        at, order, join = 0, found["order"], ">"
        while at < len(order):
            mention = _MENTION.match(order, at)
            if mention is None:
                raise _error(where, number, f"cannot read {order[at : at + 20]!r}", "names are joined by >, = or ,")
            word = mention["name"] if mention["name"] is not None else mention["token"]
            one = (number_of(word), None if mention["score"] is None else int(mention["score"]))
            if join == ">" or not ranks:
                ranks.append([one])
            else:
                ranks[-1].append(one)
            at = mention.end()
            join = order[at : at + 1]
            if join and join not in ">=,":
                raise _error(where, number, f"cannot read {order[at : at + 20]!r}", "names are joined by >, = or ,")
            at += 1
        read_ballots.append((ranks, int(found["count"])))
    seats = told.get("seats", 1)
    more: dict[str, Any] = {
        "withdrawn": told.get("withdrawn", ()),
        "notes": Notes(str(told.get("title", "")), str(told.get("source", "")), str(told.get("description", ""))),
    }
    mentions = [one for ranks, _count in read_ballots for rank in ranks for one in rank]
    scores = [score for _number, score in mentions if score is not None]
    if "max_rating" not in told and (not scores or len(scores) < len(mentions)):
        rankings: list[tuple[Ranking, int]] = [
            (tuple(tuple(sorted(number for number, _score in rank)) for rank in ranks), count)
            for ranks, count in read_ballots
        ]
        return Profile(names, seats, rankings=rankings, **more)
    ballots = []
    for ranks, count in read_ballots:
        given = {number: score for rank in ranks for number, score in rank}
        ballots.append((tuple(given.get(number) for number in range(1, len(names) + 1)), count))
    top = max([told.get("max_rating", STARS[1]), *scores])
    least = min([told.get("min_rating", STARS[0]), *scores])
    return Profile(names, seats, scores=ballots, scale=(least, top), **more)


def write(profile: Profile) -> str:
    """The ABIF of a profile, with short tokens and the names declared."""
    if profile.ids or profile.tie_order:
        raise UserError("ABIF cannot hold ids or an order for ties", "format", "convert to blt or manifest")
    if any("]" in name or len(name.splitlines()) != 1 or name != name.strip() for name in profile.candidates):
        raise UserError("a name has a bracket or a line break", "format", "convert to blt or manifest")
    if len({*profile.candidates}) != len(profile.candidates):
        raise UserError("two candidates have the same name", "format", "convert to blt or manifest")
    told: dict[str, Any] = {"version": "0.1", "seats": profile.seats}
    notes = (("title", profile.notes.title), ("source", profile.notes.source), ("description", profile.notes.comment))
    told.update((key, value) for key, value in notes if value)
    if profile.withdrawn:
        told["withdrawn"] = sorted(profile.withdrawn)
    if profile.is_scored:
        told["min_rating"], told["max_rating"] = profile.scale or STARS
    lines = [json.dumps({key: value}, ensure_ascii=False) for key, value in told.items()]
    lines += [f"=C{number}:[{name}]" for number, name in enumerate(profile.candidates, 1)]
    if profile.is_scored:
        for scores, weight in profile.scores:
            given = (f"C{number}/{score}" for number, score in enumerate(scores, 1) if score is not None)
            lines.append(f"{weight}:{','.join(given)}")
    else:
        for ranking, weight in profile.rankings:
            if any(not rank for rank in ranking):
                raise UserError("ABIF cannot hold skipped ranks", "format", "convert to blt or manifest")
            ranks = ("=".join(f"C{number}" for number in rank) for rank in ranking)
            lines.append(f"{weight}:{'>'.join(ranks)}")
    return "\n".join(lines) + "\n"


def _told(line: str, where: str, number: int) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except (json.JSONDecodeError, TypeError, ValueError):
        # The lines of the drafts have bare keys: {title: "…"}.
        found = re.fullmatch(r"\{\s*\"?([\w ]+)\"?\s*:\s*\"?([^\"}]*)\"?\s*\}", line)
        if found is None:
            raise _error(where, number, "this line is no JSON object", 'like {"title": "…"}') from None
        return {found[1].strip(): int(found[2]) if found[2].strip().isdecimal() else found[2].strip()}


def _checked(told: dict[str, Any], where: str, number: int) -> dict[str, Any]:
    """What a line tells, where its numbers are numbers."""
    for key in ("seats", "min_rating", "max_rating"):
        if key in told and type(told[key]) is not int:
            raise _error(where, number, f"{key} is not a whole number", f'like {{"{key}": 3}}')
    withdrawn = told.get("withdrawn", [])
    if not isinstance(withdrawn, list) or any(type(each) is not int for each in withdrawn):
        raise _error(where, number, "withdrawn is not a list of numbers", 'like {"withdrawn": [2]}')
    return told


def _error(where: str, line: int, what: str, mend: str) -> UserError:
    return UserError(what, f"{where}:{line}" if where else f"line {line}", mend)
