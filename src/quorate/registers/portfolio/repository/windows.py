"""Counting inside a window of time that ends at the head, and the measures built on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from quorate.registers.portfolio.repository.history import DAY, LAST_SECOND, History
from quorate.registers.portfolio.repository.identities import organisation
from quorate.registers.portfolio.repository.policy import Policy

_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Window:
    """What was counted from `start` to `end` (seconds since 1970, both included: `end` is the head's time).

    `covered` is false when the clone does not reach back to `start`; `why` then says so, and the counts are of what
    is there, no more than a lower bound. `per_contributor` holds the human contributions of each person, most first,
    `samples` the newest commit of several people. `later` counts commits dated after the window's end and left out.
    """

    days: int
    start: int
    end: int
    covered: bool
    why: str
    commits: int
    commits_human: int
    merges: int
    contributors: int
    contributors_human: int
    per_contributor: tuple[int, ...]
    per_organisation: tuple[tuple[str, int, int], ...]
    samples: tuple[str, ...]
    later: int

    @property
    def absence_factor(self) -> int | None:
        """The least number of people who made half of the human contributions; None when there are none."""
        return least_for_half(self.per_contributor)

    @property
    def organisation_factor(self) -> int | None:
        """The same over organisations, among contributions whose organisation is known."""
        return least_for_half(commits for _, commits, _ in self.per_organisation)

    @property
    def organisation_coverage(self) -> float | None:
        """The share, 0 to 1, of human contributions whose organisation is known."""
        known = sum(commits for _, commits, _ in self.per_organisation)
        return round(known / self.commits_human, 4) if self.commits_human else None


def least_for_half(contributions: Iterable[int]) -> int | None:
    """Contributor absence factor (CHAOSS): how many of the largest together reach half; exactly half counts.

    1000, 202, 90, 33, 332, 343, 42 and 433 give 2; eight times the same gives 4. None without contributions.
    """
    ranked = sorted((number for number in contributions if number > 0), reverse=True)
    total = sum(ranked)
    reached = 0
    for count, number in enumerate(ranked, 1):
        reached += number
        if 2 * reached >= total:
            return count
    return None


def window(history: History, policy: Policy, days: int) -> Window:
    """The window of `days` days that ends at the head of `history`."""
    end = history.head_time
    start = end - days * DAY
    last = end + policy.skew_seconds
    counts: Counter[int] = Counter()
    later = 0
    for time, index in history.recent:
        if time > last:
            later += 1
        elif time >= start:
            counts[index] += 1
    people = history.contributors
    human = {index: number for index, number in counts.items() if not people[index].bot}
    by_organisation: dict[str, list[int]] = {}
    for index, number in human.items():
        name = organisation(people[index].domain, policy)
        if name:
            entry = by_organisation.setdefault(name, [0, 0])
            entry[0] += number
            entry[1] += 1
    newest = sorted(
        (-people[index].latest, people[index].commit) for index in human if start <= people[index].latest <= last
    )
    covered, why = _coverage(history, policy, days, start)
    return Window(
        days=days,
        start=start,
        end=end,
        covered=covered,
        why=why,
        commits=sum(counts.values()),
        commits_human=sum(human.values()),
        merges=sum(1 for time in history.merge_times if start <= time <= last),
        contributors=len(counts),
        contributors_human=len(human),
        per_contributor=tuple(sorted(human.values(), reverse=True)),
        per_organisation=tuple(
            (name, commits, persons)
            for name, (commits, persons) in sorted(by_organisation.items(), key=lambda item: (-item[1][0], item[0]))
        ),
        samples=tuple(commit for _, commit in newest[:_SAMPLES] if commit),
        later=later,
    )


def _coverage(history: History, policy: Policy, days: int, start: int) -> tuple[bool, str]:
    if days > policy.horizon_days:
        return False, f"this scan keeps single commits for {policy.horizon_days} days only"
    if history.cut_newest is not None and history.cut_newest >= start:
        return False, f"the clone is shallow: its history is cut at {day(history.cut_newest)}, inside the window"
    return True, ""


def new_contributors(history: History, policy: Policy) -> dict[str, int] | None:
    """How many people made their first contribution in each month (`YYYY-MM`, UTC); None in a shallow clone."""
    if history.cut:
        return None
    months = Counter(
        day(who.first)[:7]
        for who in history.contributors
        if not who.bot and who.first <= history.head_time + policy.skew_seconds
    )
    return dict(sorted(months.items()))


def moment(seconds: int) -> datetime:
    """The time in UTC; times outside the years 1970 to 9999 are brought to the nearest end."""
    return datetime.fromtimestamp(min(max(seconds, 0), LAST_SECOND), UTC)


def stamp(seconds: int) -> str:
    """ISO 8601 in UTC, to the second."""
    return moment(seconds).isoformat().replace("+00:00", "Z")


def day(seconds: int) -> str:
    """The day in UTC, `YYYY-MM-DD`."""
    return moment(seconds).date().isoformat()
