"""Schulze and ranked pairs by hand: one pair at a time, widest paths from each candidate, cycles by walking."""

from __future__ import annotations

from fractions import Fraction

from quorate.decisions.counting.chances import Chance
from quorate.decisions.counting.outcome import Record, Stage
from quorate.decisions.counting.plain.seating import seat
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import Profile, Ranking

Pair = tuple[int, int]


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record) -> None:
    """Count ``profile`` by comparing every two candidates, writing into ``record``."""
    standing = profile.standing
    prefer: dict[Pair, int] = {(one, other): 0 for one in standing for other in standing if one != other}
    for ranking, weight in profile.rankings:
        place = _places(ranking, profile.withdrawn)
        if not place:
            continue
        record.valid += weight
        for one, other in prefer:
            if rule.silent and not (one in place and other in place):
                continue
            # The unranked stand below all ranked: their place is after the last.
            if place.get(one, len(ranking)) < place.get(other, len(ranking)):
                prefer[one, other] += weight
    if rule.strength == "locked":
        locked = _locked(prefer)
        below = _links(locked)
        reached = {one: _reach(below, one) for one in standing}
        record.details["locked"] = sorted(list(pair) for pair in locked)
        above = {(one, other) for one in standing for other in reached[one]}
    else:
        links = {
            (one, other): votes if rule.strength == "winning" else votes - prefer[other, one]
            for (one, other), votes in prefer.items()
            if votes > prefer[other, one]
        }
        width = {one: _widest(standing, links, one) for one in standing}
        record.details["paths"] = [
            [width[one].get(other, 0) if one in width and one != other else 0 for other in profile.numbers]
            for one in profile.numbers
        ]
        above = {(one, other) for one, other in prefer if width[one].get(other, 0) > width[other].get(one, 0)}
    _describe(profile, prefer, record)
    wins = {number: sum((number, other) in above for other in standing) for number in profile.numbers}
    record.stages.append(
        Stage(
            "locked" if rule.strength == "locked" else "paths",
            (),
            tuple(Fraction(wins[number]) for number in profile.numbers),
            Fraction(0),
        )
    )
    seat(standing, above, wins, seats, chance, record, profile)


def _places(ranking: Ranking, withdrawn: frozenset[int]) -> dict[int, int]:
    place: dict[int, int] = {}
    for at, rank in enumerate(ranking):
        for number in rank:
            if number not in withdrawn:
                place.setdefault(number, at)
    return place


def _widest(standing: tuple[int, ...], links: dict[Pair, int], start: int) -> dict[int, int]:
    """The width of the widest path from ``start`` to each other that it reaches (Dijkstra, widest first)."""
    width: dict[int, int] = {}
    edge = {other: links[start, other] for other in standing if (start, other) in links}
    while edge:
        nearest = max(edge, key=lambda number: edge[number])
        width[nearest] = edge.pop(nearest)
        for other in standing:
            if other != start and other not in width and (nearest, other) in links:
                through = min(width[nearest], links[nearest, other])
                edge[other] = max(edge.get(other, 0), through)
    return width


def _locked(prefer: dict[Pair, int]) -> set[Pair]:
    """The pairs that are locked: strongest first, equally strong ones together, none that closes a cycle."""
    strength: dict[tuple[int, int], list[Pair]] = {}
    for (one, other), votes in prefer.items():
        if votes > prefer[other, one]:
            strength.setdefault((-votes, prefer[other, one]), []).append((one, other))
    locked: set[Pair] = set()
    for level in sorted(strength):
        together = _links(locked.union(strength[level]))
        locked = locked.union(pair for pair in strength[level] if pair[0] not in _reach(together, pair[1]))
    return locked


def _links(pairs: set[Pair]) -> dict[int, list[int]]:
    """Whom each is locked above."""
    links: dict[int, list[int]] = {}
    for one, other in pairs:
        links.setdefault(one, []).append(other)
    return links


def _reach(links: dict[int, list[int]], start: int) -> set[int]:
    """Everyone whom a walk along ``links`` leads to."""
    found: set[int] = set()
    todo = [start]
    while todo:
        for other in links.get(todo.pop(), ()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def _describe(profile: Profile, prefer: dict[Pair, int], record: Record) -> None:
    """The matrix, the Condorcet winner and loser, the Smith set."""
    numbers, standing = profile.numbers, profile.standing

    def beats(one: int, other: int) -> bool:
        return prefer[one, other] > prefer[other, one]

    record.details["pairwise"] = [[prefer.get((one, other), 0) for other in numbers] for one in numbers]
    winners = [one for one in standing if all(beats(one, other) for other in standing if other != one)]
    losers = [one for one in standing if all(beats(other, one) for other in standing if other != one)]
    record.details["condorcet_winner"] = winners[0] if winners else None
    record.details["condorcet_loser"] = losers[0] if losers and len(standing) > 1 else None
    record.details["smith"] = []
    # Members of the Smith set have higher Copeland scores than others, so it is a beginning of that order.
    points = {
        one: sum(
            2 * beats(one, other) + (not beats(one, other) and not beats(other, one))
            for other in standing
            if other != one
        )
        for one in standing
    }
    for least in sorted(set(points.values()), reverse=True):
        inside = [one for one in standing if points[one] >= least]
        if all(beats(one, other) for one in inside for other in standing if other not in inside):
            record.details["smith"] = sorted(inside)
            return
