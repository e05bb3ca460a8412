"""Approval, score and plurality: add up, ballot by ballot."""

from __future__ import annotations

from fractions import Fraction

from quorate.decisions.counting.chances import Chance
from quorate.decisions.counting.outcome import Record, Stage
from quorate.decisions.counting.plain.seating import seat
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import STARS, Profile


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record) -> None:
    """Count ``profile`` by sums, writing into ``record``."""
    sums = dict.fromkeys(profile.numbers, 0)
    for points, weight in ballots(profile, rule):
        record.valid += weight
        for number, given in points.items():
            sums[number] += given * weight
    kind = {"approval": "approvals", "score": "scores"}.get(rule.name, "votes")
    record.stages.append(Stage(kind, (), tuple(Fraction(sums[number]) for number in profile.numbers), Fraction(0)))
    standing = profile.standing
    above = {(one, other) for one in standing for other in standing if sums[one] > sums[other]}
    seat(standing, above, sums, seats, chance, record, profile)


def ballots(profile: Profile, rule: Preset) -> list[tuple[dict[int, int], int]]:
    """What each valid ballot gives to whom, and how many such ballots there are."""
    gone = profile.withdrawn
    read: list[tuple[dict[int, int], int]] = []
    if profile.is_scored and rule.name != "plurality":
        least = (profile.scale or STARS)[0]
        for scores, weight in profile.scores:
            given = {
                number: score for number, score in enumerate(scores, 1) if score is not None and number not in gone
            }
            if rule.name == "approval":
                approved = {number: 1 for number, score in given.items() if score > least}
                given = {number: approved.get(number, 0) for number in given}
            if given:
                read.append((given, weight))
        return read
    for ranking, weight in profile.rankings:
        seen: set[int] = set()
        ranks: list[list[int]] = []
        for rank in ranking:
            here = [number for number in dict.fromkeys(rank) if number not in gone and number not in seen]
            seen.update(here)
            if here:
                ranks.append(here)
        if not ranks:
            continue
        if rule.name == "approval":
            read.append((dict.fromkeys(seen, 1), weight))
        elif rule.name == "plurality":
            if len(ranks[0]) == 1:
                read.append(({ranks[0][0]: 1}, weight))
        else:
            # Ranks read as stars: five for the first, four for the second, none from the sixth on.
            read.append(({n: max(0, STARS[1] - at) for at, rank in enumerate(ranks) for n in rank}, weight))
    return read
