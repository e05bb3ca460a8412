"""STAR and Bloc STAR: add up the scores, then let the two highest run off; ballot by ballot."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from quorate.decisions.counting.chances import FINALIST, RUNOFF, Chance
from quorate.decisions.counting.constraints import doomed_words
from quorate.decisions.counting.outcome import BY_LOT, Record, Stage, Tie
from quorate.decisions.counting.plain.seatable import seatable
from quorate.decisions.counting.plain.sums import ballots
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import STARS, Profile


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record) -> None:
    """Count ``profile`` by STAR, seat after seat, writing into ``record``."""
    _Star(profile, rule, chance, record).run(seats)


class _Star:
    def __init__(self, profile: Profile, rule: Preset, chance: Chance, record: Record) -> None:
        self.profile, self.chance, self.record = profile, chance, record
        self.ballots = ballots(profile, rule)
        self.top = (profile.scale or STARS)[1] if profile.is_scored else STARS[1]
        record.valid = sum(weight for _points, weight in self.ballots)
        self.sums = dict.fromkeys(profile.numbers, 0)
        self.fives = dict.fromkeys(profile.numbers, 0)
        for points, weight in self.ballots:
            for number, given in points.items():
                self.sums[number] += given * weight
                self.fives[number] += weight if given == self.top else 0

    def run(self, seats: int) -> None:
        left = list(self.profile.standing)
        gate = seatable(self.profile, seats, self.record)
        while left and len(self.record.elected) < (gate.places if gate else seats):
            out = gate.doomed(self.record.elected, left, left) if gate else []
            rules = self.profile.constraints.rules if self.profile.constraints else ()
            words = doomed_words(rules, self.record.elected, self.profile.candidates, out)
            left = [number for number in left if number not in out]
            self._stage("scores", (), {number: self.sums[number] for number in left}, 0)
            self.record.stages[-1] = replace(self.record.stages[-1], excluded=tuple(out), notes=words)
            winner = left[0] if len(left) == 1 else self._runoff(self._finalists(left))
            left.remove(winner)
            self.record.elected.append(winner)
            self.record.stages[-1] = replace(self.record.stages[-1], elected=(winner,))

    def _stage(self, kind: str, subjects: tuple[int, ...], totals: dict[int, int], rest: int) -> None:
        shown = tuple(Fraction(totals.get(number, 0)) for number in self.profile.numbers)
        self.record.stages.append(Stage(kind, subjects, shown, Fraction(rest)))

    def _prefer(self, one: int, other: int) -> int:
        return sum(weight for points, weight in self.ballots if points.get(one, 0) > points.get(other, 0))

    def _finalists(self, left: list[int]) -> list[int]:
        finalists: list[int] = []
        for level in sorted({self.sums[number] for number in left}, reverse=True):
            here = [number for number in left if self.sums[number] == level]
            finalists += self._break(here, 2 - len(finalists))
            if len(finalists) == 2:
                break
        return sorted(finalists)

    def _break(self, tied: list[int], places: int) -> list[int]:
        """``places`` out of ``tied``: fewest head-to-head losses, then most top scores, then lot."""
        if len(tied) <= places:
            return tied
        if not places:
            return []
        losses = {
            one: sum(self._prefer(other, one) > self._prefer(one, other) for other in tied if other != one)
            for one in tied
        }
        for how, key in (("head to head", losses), ("top scores", {one: -self.fives[one] for one in tied})):
            levels = sorted(set(key.values()))
            if len(levels) > 1:
                inside: list[int] = []
                for level in levels:
                    here = [one for one in tied if key[one] == level]
                    if len(inside) + len(here) > places:
                        break
                    inside += here
                rest = [one for one in tied if key[one] == level]
                self.record.ties.append(Tie(len(self.record.stages), FINALIST, tuple(tied), how, tuple(sorted(inside))))
                return inside + self._break(rest, places - len(inside))
        chosen = self.chance.pick(len(self.record.stages), FINALIST, tuple(tied))
        self.record.ties.append(Tie(len(self.record.stages), FINALIST, tuple(tied), BY_LOT, (chosen,)))
        return [chosen, *self._break([one for one in tied if one != chosen], places - 1)]

    def _runoff(self, finalists: list[int]) -> int:
        one, other = finalists
        first, second = self._prefer(one, other), self._prefer(other, one)
        self._stage("runoff", (one, other), {one: first, other: second}, self.record.valid - first - second)
        if first != second:
            return one if first > second else other
        stage = len(self.record.stages)
        for how, key in (("score", self.sums), ("top scores", self.fives)):
            if key[one] != key[other]:
                chosen = one if key[one] > key[other] else other
                self.record.ties.append(Tie(stage, RUNOFF, (one, other), how, (chosen,)))
                return chosen
        chosen = self.chance.pick(stage, RUNOFF, (one, other))
        self.record.ties.append(Tie(stage, RUNOFF, (one, other), BY_LOT, (chosen,)))
        return chosen
