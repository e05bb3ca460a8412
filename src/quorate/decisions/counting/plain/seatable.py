"""Whether a choice of candidates that satisfies all constraints is still possible: by trying, group by group.

Candidates who stand in the same rules are the same to constraints, so it is enough to try how many of each such class are
taken; what was found once not to work is remembered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from quorate.decisions.counting.constraints import COUNT, MOST_STATES, Constraints, Unmet
from quorate.decisions.counting.outcome import Record
from quorate.decisions.counting.profile import Profile
from quorate.kernel.errors import UserError


def seatable(profile: Profile, seats: int, record: Record) -> Seatable | None:
    """The constraints that the count itself applies; ``None`` if there are none that could make a difference."""
    if profile.constraints is None or profile.constraints.mode != COUNT:
        return None
    held = Seatable(profile.constraints, profile.standing, seats)
    record.places = held.places
    record.unmet = tuple(held.unmet)
    return held if held.binds else None


class Seatable:
    """The constraints of one election, made as weak as those who stand force them to be.

    Caps are never weakened. Then each minimum in the order of its declaration is lowered as far as needed, then the
    number of seats (``places``). What was lowered stands in ``unmet``.
    """

    def __init__(self, constraints: Constraints, standing: Sequence[int], seats: int) -> None:
        self.rules = constraints.rules
        everybody = self.everybody = min(seats, len(standing))
        self.least = [0] * len(self.rules)
        self.unmet: list[Unmet] = []
        self.seen: list[set[int]] = []
        self.places = everybody
        for index, rule in enumerate(self.rules):
            for least in range(rule.least, -1, -1):
                self.least[index] = least
                if any(self._possible([], standing, places) for places in range(everybody, -1, -1)):
                    break
            if self.least[index] < rule.least:
                self.unmet.append(Unmet(index, self.least[index]))
        while not self._possible([], standing, self.places):
            self.places -= 1
        self.seen = []
        self.binds = self._binds(standing)

    def _binds(self, standing: Sequence[int]) -> bool:
        """Whether some choice of as many as there are places would break a rule."""
        for index, rule in enumerate(self.rules):
            inside = len([number for number in standing if number in rule.members])
            outside = len(standing) - inside
            if max(0, self.places - outside) < self.least[index]:
                return True
            if rule.most is not None and min(self.places, inside) > rule.most:
                return True
        return bool(self.unmet) or self.places < self.everybody

    def possible(self, elected: Collection[int], others: Collection[int]) -> bool:
        """Whether ``elected`` and some of ``others`` fill all places and satisfy every rule."""
        # A choice that was found before may still do.
        both = {*elected, *others}
        if any(choice.issuperset(elected) and choice.issubset(both) for choice in self.seen):
            return True
        return self._possible(elected, others, self.places)

    def doomed(self, elected: Collection[int], pool: Sequence[int], among: Sequence[int]) -> list[int]:
        """Those ``among`` the pool who cannot be seated beside those elected."""
        known: dict[tuple[int, ...], bool] = {}
        for number in among:
            kind = self._kind(number)
            if kind not in known:
                known[kind] = self.possible([*elected, number], [other for other in pool if other != number])
        return [number for number in among if not known[self._kind(number)]]

    def guarded(self, elected: Collection[int], pool: Sequence[int]) -> list[int]:
        """Those of the pool without whom the places cannot be filled."""
        known: dict[tuple[int, ...], bool] = {}
        for number in pool:
            kind = self._kind(number)
            if kind not in known:
                known[kind] = self.possible(elected, [other for other in pool if other != number])
        return [number for number in pool if not known[self._kind(number)]]

    def _kind(self, number: int) -> tuple[int, ...]:
        return tuple(index for index, rule in enumerate(self.rules) if number in rule.members)

    def _possible(self, elected: Collection[int], others: Collection[int], places: int) -> bool:
        free = places - len(elected)
        if free < 0:
            return False
        need, room = [], []
        for index, rule in enumerate(self.rules):
            have = sum(number in rule.members for number in elected)
            need.append(max(0, self.least[index] - have))
            room.append(free if rule.most is None else rule.most - have)
        if min(room, default=0) < 0:
            return False
        classes: dict[tuple[int, ...], list[int]] = {}
        for number in others:
            classes.setdefault(self._kind(number), []).append(number)
        order = sorted(classes, reverse=True)
        search = _Search([(kind, len(classes[kind])) for kind in order])
        if not search.fits(free, tuple(need), tuple(room)):
            return False
        chosen = set(elected)
        for kind, taken in zip(reversed(order), search.taken, strict=False):
            chosen.update(classes[kind][:taken])
        self.seen = [chosen, *self.seen[:40]]
        return True


class _Search:
    """Tries how many of each class are taken."""

    def __init__(self, classes: list[tuple[tuple[int, ...], int]]) -> None:
        self.classes = classes
        self.failed: set[tuple[int, int, tuple[int, ...], tuple[int, ...]]] = set()
        #: How many of each class, the last first, once it fits.
        self.taken: list[int] = []

    def fits(self, free: int, need: tuple[int, ...], room: tuple[int, ...], at: int = 0) -> bool:
        if at == len(self.classes):
            return free == 0 and not any(need)
        rest = self.classes[at:]
        if self._ceiling(rest, room) < free:
            return False
        inside = [sum(size for kind, size in rest if index in kind) for index in range(len(need))]
        if any(wanted > there for wanted, there in zip(need, inside, strict=True)):
            return False
        # What a rule has left that nobody of the rest belongs to makes no difference any more.
        room = tuple(min(left, there, free) for left, there in zip(room, inside, strict=True))
        state = (at, free, need, room)
        if state in self.failed:
            return False
        kind, size = self.classes[at]
        most = min([size, free, *(room[index] for index in kind)])
        for taken in range(most, -1, -1):
            after_need = tuple(max(0, wanted - taken) if i in kind else wanted for i, wanted in enumerate(need))
            after_room = tuple(left - taken if i in kind else left for i, left in enumerate(room))
            if self.fits(free - taken, after_need, after_room, at + 1):
                self.taken.append(taken)
                return True
        self.failed.add(state)
        if len(self.failed) > MOST_STATES:
            raise UserError("the constraints overlap too much to be followed", "constraints", "declare fewer")
        return False

    def _ceiling(self, rest: list[tuple[tuple[int, ...], int]], room: tuple[int, ...]) -> int:
        """More than this cannot be taken of the rest, seen from the rule of each class that has the least room."""
        outside = 0
        under: dict[int, int] = {}
        for kind, size in rest:
            if not kind:
                outside += size
                continue
            narrow = min(kind, key=lambda index: room[index])
            under[narrow] = under.get(narrow, 0) + size
        return outside + sum(min(room[index], size) for index, size in under.items())
