"""Single transferable votes counted by piles of papers, as a returning officer would: Scottish, WIGM, Wright, IRV.

Values are whole numbers of the last decimal place that the rule keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from quorate.decisions.counting.chances import EXCLUSION, SEAT, SURPLUS, Chance
from quorate.decisions.counting.constraints import doomed_words, guarded_words
from quorate.decisions.counting.outcome import BY_LOT, Record, Stage, Tie
from quorate.decisions.counting.plain.seatable import Seatable, seatable
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import Profile, Ranking


@dataclass(slots=True)
class Paper:
    """Ballots that say the same: the candidates in order, how many, and what one is worth now."""

    order: tuple[int, ...]
    count: int
    value: int


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record) -> None:
    """Count ``profile`` under one of the rules with transferable votes, writing into ``record``."""
    gate = seatable(profile, seats, record)
    papers = [(order, weight) for ranking, weight in profile.rankings if (order := _order(ranking, profile.withdrawn))]
    record.valid = sum(weight for _order, weight in papers)
    if not rule.repeats:
        _Hand(papers, profile, rule, seats, chance, record, gate).run()
        return
    left = list(profile.standing)
    for seat in range(1, (gate.places if gate else seats) + 1):
        if not left:
            break
        fresh = [(tuple(n for n in order if n in left), weight) for order, weight in papers]
        before = len(record.elected)
        _Hand(fresh, profile, rule, 1, chance, record, gate, left=left, again=seat > 1).run()
        for number in record.elected[before:]:
            left.remove(number)


def _order(ranking: Ranking, withdrawn: frozenset[int]) -> tuple[int, ...]:
    """The candidates in order, as far as the ballot says who is next."""
    order: list[int] = []
    for rank in ranking:
        here = [number for number in dict.fromkeys(rank) if number not in withdrawn and number not in order]
        if len(here) > 1:
            break
        order += here
    return tuple(order)


class _Hand:
    """One count by hand."""

    def __init__(
        self,
        papers: Iterable[tuple[tuple[int, ...], int]],
        profile: Profile,
        rule: Preset,
        seats: int,
        chance: Chance,
        record: Record,
        gate: Seatable | None,
        left: Sequence[int] | None = None,
        again: bool = False,
    ) -> None:
        self.unit = 10**rule.places
        self.ballots = list(papers)
        self.profile, self.rule, self.seats = profile, rule, seats
        self.chance, self.record, self.gate = chance, record, gate
        # Seats of which the quota is made, and seats that are filled: constraints may leave some empty.
        self.places = gate.places if gate is not None and not rule.repeats else seats
        self.continuing = list(profile.standing if left is None else left)
        self.seated_before = list(record.elected)
        self.again = again
        self.elected: list[int] = []
        self.waiting: list[int] = []
        self.history: list[dict[int, int]] = []
        self.doomed: list[int] = []
        self.gate_rules = profile.constraints.rules if profile.constraints else ()

    def run(self) -> None:
        subjects = tuple(self.seated_before) if self.again else ()
        self._begin("again" if self.again else "first", subjects)
        while not self._complete():
            if self.doomed:
                self._exclude_doomed()
                continue
            surplus = self._largest_surplus()
            if surplus is not None:
                self._transfer_surplus(surplus)
                continue
            lowest = self._lowest()
            self.continuing.remove(lowest)
            self.record.stages[-1] = replace(self.record.stages[-1], excluded=(lowest,))
            if self.rule.name == "wright-stv":
                self._begin("restart", (lowest,))
            elif self.rule.name == "wigm-prf" and self._fills():
                # D.3 is tested before the papers of a defeated candidate are moved.
                self._seat_the_rest()
            else:
                self._move([lowest])
                self._close("exclusion", (lowest,))
        self.record.elected += self.elected

    def _move(self, out: list[int]) -> None:
        """Pass on all papers of the excluded at the value they have."""
        piles = [self.piles[number] for number in out]
        for number in out:
            self.piles[number], self.totals[number] = [], 0
        for pile in piles:
            for paper in pile:
                self._give(paper)

    def _exclude_doomed(self) -> None:
        """Whoever can no longer be seated goes out, all together, before any other step."""
        out = self.doomed
        self.continuing = [number for number in self.continuing if number not in out]
        last = self.record.stages[-1]
        self.record.stages[-1] = replace(last, excluded=(*last.excluded, *out))
        if self.rule.name == "wright-stv":
            self._begin("restart", tuple(out))
        elif self.rule.name == "wigm-prf" and self._fills():
            self._seat_the_rest()
        else:
            self._move(out)
            self._close("doomed", tuple(out))

    def _doomed(self, among: list[int]) -> list[int]:
        """Those of the hopeful who cannot be seated beside those who are."""
        return [] if self.gate is None else self.gate.doomed(self.seated_before + self.elected, self._pool(), among)

    def _begin(self, kind: str, subjects: tuple[int, ...]) -> None:
        """Sort all papers by their first continuing candidate, at full value."""
        self.elected, self.waiting, self.history = [], [], []
        self.piles: dict[int, list[Paper]] = {number: [] for number in self.profile.numbers}
        self.totals = dict.fromkeys(self.profile.numbers, 0)
        self.lost = 0
        self.exhausted = 0
        in_play = 0
        self.open = list(self.continuing)
        for order, weight in self.ballots:
            if any(number in self.open for number in order):
                in_play += weight
            self._give(Paper(order, weight, self.unit))
        if self.rule.quota == "whole":
            self.quota = (in_play // (self.seats + 1) + 1) * self.unit
        else:
            self.quota = in_play * self.unit // (self.seats + 1) + 1
        if self.record.quota is None:
            self.record.quota = Fraction(self.quota, self.unit)
        self._close(kind, subjects)

    def _give(self, paper: Paper) -> None:
        """Put papers on the pile of the next continuing candidate."""
        for number in paper.order:
            if number in self.continuing and number not in self.elected:
                self.piles[number].append(paper)
                self.totals[number] += paper.value * paper.count
                return
        self.exhausted += paper.value * paper.count

    def _hopeful(self) -> list[int]:
        return [number for number in self.continuing if number not in self.elected]

    def _fills(self) -> bool:
        hopeful = self._hopeful()
        return len(hopeful) - len(self._doomed(hopeful)) <= self.places - len(self.elected)

    def _complete(self) -> bool:
        return len(self.elected) >= self.places or not self._hopeful()

    def _close(self, kind: str, subjects: tuple[int, ...], amount: int | None = None) -> None:
        """End a stage: elect who has the quota, or everybody when no more are left than seats."""
        self.history.append(dict(self.totals))
        self.record.stages.append(
            Stage(
                kind,
                subjects,
                tuple(Fraction(self.totals[number], self.unit) for number in self.profile.numbers),
                Fraction(self.exhausted + self.lost, self.unit),
                (),
                (),
                Fraction(self.quota, self.unit) if self.rule.name in ("wright-stv", "irv") else None,
                None if amount is None else Fraction(amount, self.unit),
            )
        )
        reached = self._by_votes([number for number in self._hopeful() if self.totals[number] >= self.quota])
        self.doomed = []
        if self.gate is None:
            self._seat(reached, waiting=True)
        else:
            self._seat_where_possible(reached, self.gate)
        if len(self.elected) < self.places and self._fills():
            self._seat_the_rest()

    def _seat_where_possible(self, reached: list[int], gate: Seatable) -> None:
        """One after the other, as long as constraints leave room; equal ones together where there is room for all."""
        self._find_doomed(reached)
        while reached := [number for number in reached if number not in self.doomed]:
            most = self.totals[reached[0]]
            first = [number for number in reached if self.totals[number] == most]
            rest = [number for number in self._pool() if number not in first]
            if len(first) > 1 and not gate.possible(self.seated_before + self.elected + first, rest):
                first = [self._choose(SEAT, first)]
            self._seat(first, waiting=True)
            reached = [number for number in reached if number not in first]
            self._find_doomed(reached)
        if len(self.elected) < self.places:
            self._find_doomed(self._hopeful())

    def _find_doomed(self, among: list[int]) -> None:
        """Write down who of them can no longer be seated, and why."""
        found = [number for number in self._doomed(among) if number not in self.doomed]
        seated = self.seated_before + self.elected
        self._note(doomed_words(self.gate_rules, seated, self.profile.candidates, sorted(found)))
        self.doomed = sorted(self.doomed + found)

    def _seat(self, numbers: list[int], waiting: bool = False) -> None:
        self.elected += numbers
        self.waiting += numbers if waiting else []
        last = self.record.stages[-1]
        self.record.stages[-1] = replace(last, elected=(*last.elected, *numbers))

    def _seat_the_rest(self) -> None:
        hopeful = self._hopeful()
        hopeless = self._doomed(hopeful)
        self._seat(self._by_votes([number for number in hopeful if number not in hopeless]))

    def _pool(self) -> list[int]:
        """Those of whom constraints think as not yet decided."""
        if self.rule.repeats:
            seated = self.seated_before + self.elected
            # An exclusion within one seat is not for good.
            return [number for number in self.profile.standing if number not in seated]
        return self._hopeful()

    def _note(self, words: tuple[str, ...]) -> None:
        last = self.record.stages[-1]
        self.record.stages[-1] = replace(last, notes=(*last.notes, *words))

    def _by_votes(self, numbers: list[int]) -> list[int]:
        return sorted(numbers, key=lambda number: (-self.totals[number], number))

    def _largest_surplus(self) -> int | None:
        if self.rule.name != "wigm-prf":
            self.waiting = [number for number in self.waiting if self.totals[number] > self.quota]
        if not self.waiting:
            return None
        most = max(self.totals[number] for number in self.waiting)
        tied = [number for number in self.waiting if self.totals[number] == most]
        return self._choose(SURPLUS, tied)

    def _lowest(self) -> int:
        hopeful = self._hopeful()
        guarded = [] if self.gate is None or self.rule.repeats else self.gate.guarded(self.elected, hopeful)
        loose = [number for number in hopeful if number not in guarded]
        least = min(self.totals[number] for number in loose)
        tied = [number for number in loose if self.totals[number] == least]
        kept = sorted(number for number in guarded if self.totals[number] <= least)
        if kept:
            self._note(guarded_words(self.gate_rules, self.elected, self.profile.candidates, kept))
        empty = least == 0 and len(hopeful) - len(tied) >= self.seats - len(self.elected)
        # Where an exclusion is for good, it matters to constraints who goes first.
        empty = empty and (self.gate is None or self.rule.repeats)
        return self._choose(EXCLUSION, tied, harmless=empty and self.rule.name != "wright-stv")

    def _choose(self, kind: str, tied: list[int], harmless: bool = False) -> int:
        """The one of equal candidates: by the most recent earlier stage where they differed, else by lot."""
        if len(tied) == 1:
            return tied[0]
        stage = len(self.record.stages)
        at_first = tuple(sorted(tied))
        best = min if kind == EXCLUSION else max
        back = len(self.history) - 2
        while self.rule.history and back >= 0:
            then = self.history[back]
            wanted = best(then[number] for number in tied)
            narrowed = [number for number in tied if then[number] == wanted]
            if len(narrowed) == 1:
                earlier = stage - (len(self.history) - 1 - back)
                self.record.ties.append(Tie(stage, kind, at_first, f"earlier stage {earlier}", (narrowed[0],)))
                return narrowed[0]
            # Fewer may still be equal; the search goes on among them.
            tied = narrowed
            back -= 1
        chosen = self.chance.pick(stage, kind, tuple(sorted(tied)), harmless=harmless)
        self.record.ties.append(Tie(stage, kind, at_first, BY_LOT, (chosen,)))
        return chosen

    def _transfer_surplus(self, number: int) -> None:
        """Every paper goes to the next continuing candidate at the surplus' share of its value, cut off."""
        total, self.waiting = self.totals[number], [other for other in self.waiting if other != number]
        surplus = total - self.quota
        pile, self.piles[number] = self.piles[number], []
        before = sum(self.totals.values()) + self.exhausted
        for paper in pile:
            if self.rule.name == "wigm-prf":
                # D.4: each multiplication and each division is cut off to four places.
                value = (paper.value * surplus // self.unit) * self.unit // total
            else:
                value = surplus * paper.value // total
            self._give(Paper(paper.order, paper.count, value))
        self.totals[number] = self.quota
        self.lost += before - sum(self.totals.values()) - self.exhausted
        self._close("surplus", (number,), surplus)
