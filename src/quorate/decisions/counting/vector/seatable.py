"""Whether a choice that satisfies all constraints is still possible: by looking for one, led by the rule that is shortest.

A choice that was found is kept: as long as it fits it answers for everybody in it (they can be seated) and for everybody who is
not in it (they need not be).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from quorate.decisions.counting.constraints import COUNT, MOST_STATES, Constraints, Unmet
from quorate.decisions.counting.outcome import Record
from quorate.decisions.counting.profile import Profile
from quorate.kernel.errors import UserError


def gate(profile: Profile, seats: int, record: Record) -> Seatable | None:
    """What the count must ask before it seats or excludes somebody; ``None`` where no rule can make a difference."""
    if profile.constraints is None or profile.constraints.mode != COUNT:
        return None
    found = Seatable(profile.constraints, profile.standing, seats)
    record.places, record.unmet = found.places, tuple(found.unmet)
    return found if found.binds else None


class Seatable:
    """Constraints, relaxed as far as those who stand force it: never a cap; minima in their order; then the places."""

    def __init__(self, constraints: Constraints, standing: Sequence[int], seats: int) -> None:
        self.members = [rule.members for rule in constraints.rules]
        self.caps = [len(standing) if rule.most is None else rule.most for rule in constraints.rules]
        self.floors = [0 for _rule in constraints.rules]
        self.unmet: list[Unmet] = []
        self.found: list[frozenset[int]] = []
        top = self.places = min(seats, len(standing))
        for index, rule in enumerate(constraints.rules):
            asked = min(rule.least, len(rule.members.intersection(standing)), top)
            self.floors[index] = asked
            while self._largest(standing, top) is None:
                self.floors[index] -= 1
            if self.floors[index] != rule.least:
                self.unmet.append(Unmet(index, self.floors[index]))
        largest = self._largest(standing, top)
        self.places = 0 if largest is None else largest  # the empty choice satisfies every cap
        self.found.clear()
        self.binds = bool(self.unmet) or self.places < top or not self._anything_goes(standing)

    def _largest(self, standing: Sequence[int], top: int) -> int | None:
        """How many can be seated at most, with the floors as they are."""
        for places in range(top, -1, -1):
            self.places = places
            if self._search(frozenset(), frozenset(standing)) is not None:
                return places
        return None

    def _anything_goes(self, standing: Sequence[int]) -> bool:
        for members, cap, floor in zip(self.members, self.caps, self.floors, strict=True):
            inside = len(members.intersection(standing))
            if min(inside, self.places) > cap or (self.places - (len(standing) - inside) < floor and floor > 0):
                return False
        return True

    def possible(self, elected: Collection[int], others: Collection[int]) -> bool:
        """Whether ``elected`` and some of ``others`` fill all places and satisfy every rule."""
        must, may = frozenset(elected), frozenset((*elected, *others))
        if any(must <= choice <= may for choice in self.found):
            return True
        choice = self._search(must, may - must)
        if choice is not None:
            self.found = [choice, *self.found[:50]]
        return choice is not None

    def doomed(self, elected: Collection[int], pool: Collection[int], among: Collection[int]) -> list[int]:
        """Those ``among`` the pool who cannot be seated beside those elected."""
        found = []
        for group in self._alike(among):
            if not self.possible((*elected, group[0]), {*pool} - {group[0]}):
                found += group
        return sorted(found)

    def guarded(self, elected: Collection[int], pool: Collection[int]) -> list[int]:
        """Those of the pool without whom the places cannot be filled."""
        found = []
        for group in self._alike(pool):
            if not self.possible(elected, {*pool} - {group[0]}):
                found += group
        return sorted(found)

    def _alike(self, numbers: Collection[int]) -> list[list[int]]:
        """Candidates who stand in the same rules, together."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for number in sorted(numbers):
            groups.setdefault(self._marks(number), []).append(number)
        return list(groups.values())

    def _marks(self, number: int) -> tuple[int, ...]:
        return tuple(index for index, members in enumerate(self.members) if number in members)

    def _search(self, elected: frozenset[int], others: frozenset[int]) -> frozenset[int] | None:
        have = [len(members & elected) for members in self.members]
        if len(elected) > self.places or any(now > cap for now, cap in zip(have, self.caps, strict=True)):
            return None
        groups = {self._marks(group[0]): group for group in self._alike(others)}
        taken = self._choose(groups, have, self.places - len(elected), set())
        return None if taken is None else elected.union(taken)

    def _choose(
        self, groups: dict[tuple[int, ...], list[int]], have: list[int], free: int, failed: set[object]
    ) -> list[int] | None:
        """``free`` members of the groups that satisfy the rules beside what is there already."""
        groups = {
            marks: group
            for marks, group in groups.items()
            if group and all(have[index] < self.caps[index] for index in marks)
        }
        short = [index for index, floor in enumerate(self.floors) if have[index] < floor]
        spare = {}
        for index in short:
            there = sum(len(group) for marks, group in groups.items() if index in marks)
            spare[index] = min(there, free) - (self.floors[index] - have[index])
        if min(spare.values(), default=0) < 0 or self._at_most(groups, have) < free:
            return None
        if not free:
            return []
        state = (free, tuple(have), tuple((marks, len(group)) for marks, group in sorted(groups.items())))
        if state in failed:
            return None
        # First whoever serves the rule with the least to spare, then whoever stands in the fewest rules.
        leading = min(short, key=lambda index: spare[index], default=-1)
        line = sorted(
            (marks for marks in groups if leading < 0 or leading in marks),
            key=lambda marks: (-sum(index in marks for index in short), len(marks), marks),
        )
        left = dict(groups)
        for marks in line:
            now = [count + (index in marks) for index, count in enumerate(have)]
            first, *rest = left.pop(marks)
            found = self._choose({**left, marks: rest}, now, free - 1, failed)
            if found is not None:
                return [first, *found]
        failed.add(state)
        if len(failed) > MOST_STATES:
            raise UserError("the constraints overlap too much to be followed", "constraints", "declare fewer")
        return None

    def _at_most(self, groups: dict[tuple[int, ...], list[int]], have: list[int]) -> int:
        """No more than this many can be taken: everybody is counted in one of their rules, and no rule above its cap."""
        sums: dict[int, int] = {}
        total = 0
        for marks, group in groups.items():
            if marks:
                tightest = min(marks, key=lambda index: (self.caps[index] - have[index], index))
                sums[tightest] = sums.get(tightest, 0) + len(group)
            else:
                total += len(group)
        return total + sum(min(size, self.caps[index] - have[index]) for index, size in sums.items())
