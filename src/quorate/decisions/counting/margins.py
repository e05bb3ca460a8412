"""How many ballots decide: a bound from below that is proved, and one from above that is shown by example.

The margin is the smallest number of ballots which, filled in otherwise by the same voters, would leave somebody else
elected or a seat open. To find it for transferable votes is hard in general, so this gives two honest bounds. ``upper``
is a number for which a change was found and counted. ``lower`` is a number below which no change can do it, by an
argument that ``because`` states; where there is no argument it is 1, which only says that the result stands as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from quorate.decisions.counting.counts import count
from quorate.decisions.counting.outcome import Count
from quorate.decisions.counting.presets import PAIRWISE, SUMS, preset
from quorate.decisions.counting.profile import STARS, Profile, Ranking

#: How many changed elections are counted at most in the search for an upper bound.
TRIALS = 600


@dataclass(frozen=True, slots=True)
class Margin:
    """The bounds, the argument for the lower, and the change that shows the upper (``None``: none was found)."""

    rule: str
    lower: int
    because: str
    upper: int | None
    change: str
    elected: tuple[int, ...]
    trials: int

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "lower": self.lower,
            "lower_because": self.because,
            "upper": self.upper,
            "upper_change": self.change,
            "upper_elected": list(self.elected),
            "exact": self.lower == self.upper,
            "trials": self.trials,
            "meaning": "the fewest ballots which, filled in otherwise, change who is elected or leave a seat open",
        }


def margin(profile: Profile, rule: str, *, seats: int | None = None, trials: int = TRIALS) -> Margin:
    """Bounds on how many changed ballots change the result, by one counter and a search that counts ``trials`` times."""
    base = count(profile, rule, seats=seats)
    if not base.is_decided:
        return Margin(rule, 0, "the result is not decided: a tie is open", 0, "none is needed", base.elected, 0)
    lower, because = _lower(profile, rule, base)
    if len(base.elected) == len(profile.standing):
        return Margin(rule, lower, "everybody is elected", None, "no change can elect others", (), 0)
    search = _Search(profile, rule, base, trials)
    upper, change, elected = search.best()
    return Margin(rule, lower, because, upper, change, elected, search.counted)


def _lower(profile: Profile, rule: str, base: Count) -> tuple[int, str]:
    chosen = preset(rule)
    losers = [number for number in profile.standing if number not in base.elected]
    if not losers:
        return 1, "everybody is elected"
    if chosen.family == SUMS:
        totals = base.stages[0].totals
        gap = min(totals[number - 1] for number in base.elected) - max(totals[number - 1] for number in losers)
        least, most = (profile.scale or STARS) if profile.is_scored else STARS
        one = 2 * (most - min(0, least)) if rule == "score" else 2
        return max(1, -(-gap.numerator // one)), f"a ballot moves the gap of {gap} for the last seat by at most {one}"
    if chosen.family == PAIRWISE and base.seats == 1 and base.details["condorcet_winner"]:
        winner = base.details["condorcet_winner"]
        matrix = base.details["pairwise"]
        gap = min(matrix[winner - 1][other - 1] - matrix[other - 1][winner - 1] for other in losers)
        return max(
            1, -(-gap // 2)
        ), f"the winner beats everybody, by {gap} at least, and a ballot moves that by at most 2"
    if rule == "irv" and base.seats == 1:
        return _lower_irv(profile, base)
    return 1, "no better bound is claimed for this rule"


def _lower_irv(profile: Profile, base: Count) -> tuple[int, str]:
    """Every exclusion, and the winner's quota, must stay as they are for the winner to be another."""
    gaps: list[int] = []
    out: set[int] = set()
    for stage in base.stages:
        for number in stage.excluded:
            rest = [other for other in profile.standing if other not in out and other != number]
            gap = min(stage.totals[other - 1] for other in rest) - stage.totals[number - 1]
            gaps.append(-(-gap.numerator // 2))
            out.add(number)
    winner = base.elected[0]
    last = base.stages[-1].totals[winner - 1]
    if base.quota is not None and last >= base.quota:
        gaps.append(int(last - base.quota) + 1)
    return max(
        1, min(gaps)
    ) if gaps else 1, "with fewer, everybody is excluded in the same order and the winner reaches the same end"


class _Search:
    """Takes ballots that prefer somebody elected to somebody not, and hands them to the latter, as few as will do."""

    def __init__(self, profile: Profile, rule: str, base: Count, trials: int) -> None:
        self.profile, self.rule, self.base, self.trials = profile, rule, base, trials
        self.counted = 0

    def best(self) -> tuple[int | None, str, tuple[int, ...]]:
        found: tuple[int | None, str, tuple[int, ...]] = (None, "none was found", ())
        for winner, loser, words, changed, enough in self._ways():
            least, elected = self._fewest(changed, enough if found[0] is None else min(enough, found[0] - 1))
            if least is not None:
                name = self.profile.name
                found = (least, words.format(winner=name(winner), loser=name(loser), ballots=least), elected)
            if self.counted >= self.trials:
                break
        return found

    def _ways(self) -> Iterator[tuple[int, int, str, Callable[[int], Profile], int]]:
        """For every pair and manner: the change as a function of the number of ballots, and how many there are."""
        losers = [number for number in self.profile.standing if number not in self.base.elected]
        # The last elected and the strongest losers are the likeliest to change places.
        strength = [max(stage.totals[number - 1] for stage in self.base.stages) for number in self.profile.numbers]
        for loser in sorted(losers, key=lambda number: -strength[number - 1]):
            for winner in reversed(self.base.elected):
                if self.profile.is_scored:
                    yield self._scored(winner, loser)
                else:
                    yield self._ranked(winner, loser, alone=True)
                    yield self._ranked(winner, loser, alone=False)

    def _ranked(self, winner: int, loser: int, *, alone: bool) -> tuple[int, int, str, Callable[[int], Profile], int]:
        ranked = [(_place(ranking, winner), ranking, weight) for ranking, weight in self.profile.rankings]
        willing = sorted(
            ((place, ranking, weight) for place, ranking, weight in ranked if place < _place(ranking, loser)),
            key=lambda item: item[0],
        )
        others = [(ranking, weight) for place, ranking, weight in ranked if place >= _place(ranking, loser)]

        def changed(ballots: int) -> Profile:
            kept: list[tuple[Ranking, int]] = list(others)
            for _rank, ranking, weight in willing:
                taken = min(weight, ballots)
                ballots -= taken
                rest = () if alone else tuple(tuple(n for n in rank if n != loser) for rank in ranking)
                kept += [(ranking, weight - taken), (((loser,), *(rank for rank in rest if rank)), taken)]
            return self.profile.but(rankings=kept)

        words = "{ballots} ballots that prefer {winner} to {loser} name {loser} " + ("alone" if alone else "first")
        return winner, loser, words, changed, sum(weight for _rank, _ranking, weight in willing)

    def _scored(self, winner: int, loser: int) -> tuple[int, int, str, Callable[[int], Profile], int]:
        least, most = self.profile.scale or STARS
        lean = [((scores[winner - 1] or 0) - (scores[loser - 1] or 0), scores, n) for scores, n in self.profile.scores]
        willing = sorted((item for item in lean if item[0] > 0), key=lambda item: (-item[0], str(item[1])))
        others = [(scores, weight) for by, scores, weight in lean if by <= 0]
        turned = tuple(most if number == loser else least for number in self.profile.numbers)

        def changed(ballots: int) -> Profile:
            kept = list(others)
            for _by, scores, weight in willing:
                taken = min(weight, ballots)
                ballots -= taken
                kept += [(scores, weight - taken), (turned, taken)]
            return self.profile.but(scores=kept)

        words = "{ballots} ballots that score {winner} above {loser} give {loser} all and others nothing"
        return winner, loser, words, changed, sum(weight for _by, _scores, weight in willing)

    def _fewest(self, changed: Callable[[int], Profile], most: int) -> tuple[int | None, tuple[int, ...]]:
        """The fewest ballots, up to ``most``, for which the change works, by halving; each answer has been counted."""
        best: int | None = None
        elected: tuple[int, ...] = ()
        low, high = 1, most
        while low <= high and self.counted < self.trials:
            # The end first: where all of them do not suffice, fewer are not tried.
            middle = high if best is None and high == most else (low + high) // 2
            self.counted += 1
            result = count(changed(middle), self.rule, seats=self.base.seats)
            if set(result.elected) != set(self.base.elected):
                best, elected, high = middle, result.elected, middle - 1
            elif middle == most:
                break
            else:
                low = middle + 1
        return best, elected


def _place(ranking: Ranking, number: int) -> int:
    """The rank at which a candidate stands, or the end of the ballot."""
    return next((at for at, rank in enumerate(ranking) if number in rank), len(ranking))
