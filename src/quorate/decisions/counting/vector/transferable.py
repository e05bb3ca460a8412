"""Single transferable votes with arrays: one holder, one place on the ballot and one value for each distinct ballot."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from quorate.decisions.counting.arrays import Integers, Status, np
from quorate.decisions.counting.chances import EXCLUSION, SEAT, SURPLUS, Chance
from quorate.decisions.counting.constraints import doomed_words, guarded_words
from quorate.decisions.counting.outcome import BY_LOT, Record, Stage, Tie
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import Profile
from quorate.decisions.counting.vector.packing import Packed, TooLarge, summed
from quorate.decisions.counting.vector.seatable import Seatable, gate

OUT, HOPEFUL, SEATED = 0, 1, 2


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record, packed: Packed) -> None:
    """Count ``packed`` (of ``profile``, ballots ending at equal ranks) under a rule with transferable votes."""
    record.valid = packed.valid
    scale = 10**rule.places
    if packed.valid * scale * scale >= 2**62:
        raise TooLarge
    status = np.zeros(len(profile.candidates) + 1, dtype=np.int8)
    status[list(profile.standing)] = HOPEFUL
    limits = gate(profile, seats, record)
    if not rule.repeats:
        _Count(packed, status, profile, rule, seats, chance, record, limits).run("first", ())
        return
    for seat in range(seats if limits is None else limits.places):
        if not (status == HOPEFUL).any():
            return
        seated = tuple(record.elected)
        one = _Count(packed, status.copy(), profile, rule, 1, chance, record, limits)
        one.run("again" if seat else "first", seated)
        status[record.elected[-1]] = OUT


class _Count:
    def __init__(
        self,
        packed: Packed,
        status: Status,
        profile: Profile,
        rule: Preset,
        seats: int,
        chance: Chance,
        record: Record,
        limits: Seatable | None,
    ) -> None:
        self.order, self.weights = packed.order, packed.weights
        self.status, self.rule, self.seats = status, rule, seats
        self.chance, self.record, self.limits = chance, record, limits
        self.names = profile.candidates
        self.laws = profile.constraints.rules if profile.constraints is not None else ()
        self.fill = seats if limits is None or rule.repeats else limits.places
        self.before = list(record.elected)
        #: Of whom constraints think as undecided; within one seat of several, an exclusion is not for good.
        self.always = [n for n in profile.standing if n not in self.before] if rule.repeats else None
        self.barred: list[int] = []
        self.scale = 10**rule.places
        self.wigm = rule.name == "wigm-prf"
        self.restarts = rule.name == "wright-stv"
        self.size = len(status)
        self.seated: list[int] = []
        self.pending: list[int] = []
        self.past: list[Integers] = []
        self.quota = 0

    def run(self, kind: str, subjects: tuple[int, ...]) -> None:
        self.start(kind, subjects)
        while True:
            open_seats = self.fill - len(self.seated)
            hopeful = np.flatnonzero(self.status == HOPEFUL)
            if open_seats <= 0 or not len(hopeful):
                break
            if self.barred:
                self.leave("doomed", self.barred, open_seats)
                continue
            if not self.wigm:
                self.pending = [n for n in self.pending if self.totals[n] > self.quota]
            if self.pending:
                self.surplus()
            else:
                self.exclude(hopeful, open_seats)
        self.record.elected.extend(self.seated)

    def start(self, kind: str, subjects: tuple[int, ...]) -> None:
        ballots = len(self.order)
        self.place = np.zeros(ballots, dtype=np.int64)
        self.value: Integers = np.full(ballots, self.scale, dtype=np.int64)
        self.holder = np.zeros(ballots, dtype=np.int64)
        self.seated, self.pending, self.past = [], [], []
        self.totals: Integers = np.zeros(self.size, dtype=np.int64)
        self.status[self.status == SEATED] = HOPEFUL
        self.forward(np.arange(ballots))
        self.base = int(self.weights[self.holder > 0].sum())
        self.all = self.record.valid * self.scale
        if self.rule.quota == "whole":
            self.quota = (self.base // (self.seats + 1) + 1) * self.scale
        else:
            self.quota = self.base * self.scale // (self.seats + 1) + 1
        if self.record.quota is None:
            self.record.quota = Fraction(self.quota, self.scale)
        self.finish(kind, subjects)

    def forward(self, rows: Integers) -> None:
        """Move ballots on to the next hopeful candidate and credit them."""
        usable = self.status == HOPEFUL
        usable[0] = True
        place = self.place[rows]
        found = self.order[rows, place]
        todo = np.flatnonzero(~usable[found])
        while len(todo):
            place[todo] += 1
            found[todo] = self.order[rows[todo], place[todo]]
            todo = todo[~usable[found[todo]]]
        self.place[rows] = place
        self.holder[rows] = found
        self.totals += summed(found, self.value[rows] * self.weights[rows], self.size)
        self.totals[0] = 0

    def finish(self, kind: str, subjects: tuple[int, ...], amount: int | None = None) -> None:
        self.past.append(self.totals.copy())
        shown = self.rule.name in ("wright-stv", "irv")
        self.record.stages.append(
            Stage(
                kind,
                subjects,
                tuple(Fraction(total, self.scale) for total in self.totals[1:].tolist()),
                Fraction(self.all - int(self.totals.sum()), self.scale),
                (),
                (),
                Fraction(self.quota, self.scale) if shown else None,
                None if amount is None else Fraction(amount, self.scale),
            )
        )
        hopeful = np.flatnonzero(self.status == HOPEFUL)
        winners = self.sorted(hopeful[self.totals[hopeful] >= self.quota])
        self.barred = []
        if self.limits is None:
            self.seat(winners)
        else:
            self.admit(winners, self.limits)
        self.pending += [number for number in winners if self.status[number] == SEATED]
        free = self.fill - len(self.seated)
        if free > 0 and int((self.status == HOPEFUL).sum()) - len(self.barred) <= free:
            self.seat_rest()

    def seat(self, numbers: list[int]) -> None:
        self.status[numbers] = SEATED
        self.seated += numbers
        last = self.record.stages[-1]
        self.record.stages[-1] = replace(last, elected=(*last.elected, *numbers))

    def seat_rest(self) -> None:
        """Everybody left of whom constraints allow it has a seat."""
        self.seat([n for n in self.sorted(np.flatnonzero(self.status == HOPEFUL)) if n not in self.barred])

    def admit(self, winners: list[int], limits: Seatable) -> None:
        """Seat those who reached the quota, highest first; after each it is asked again who still can be."""
        line = winners
        self.bar(line, limits)
        while line := [number for number in line if number not in self.barred]:
            level = [number for number in line if self.totals[number] == self.totals[line[0]]]
            others = {number for number in self.undecided() if number not in level}
            if len(level) > 1 and not limits.possible([*self.before, *self.seated, *level], others):
                level = [self.choose(SEAT, np.array(level))]
            self.seat(level)
            line = [number for number in line if number not in level]
            self.bar(line, limits)
        if len(self.seated) < self.fill:
            self.bar(np.flatnonzero(self.status == HOPEFUL).tolist(), limits)

    def bar(self, numbers: list[int], limits: Seatable) -> None:
        """Note who of them cannot be seated any more."""
        elected = [*self.before, *self.seated]
        fresh = [n for n in limits.doomed(elected, self.undecided(), numbers) if n not in self.barred]
        self.note(doomed_words(self.laws, elected, self.names, fresh))
        self.barred = sorted([*self.barred, *fresh])

    def undecided(self) -> list[int]:
        if self.always is not None:
            return [number for number in self.always if number not in self.seated]
        return [int(number) for number in np.flatnonzero(self.status == HOPEFUL)]

    def note(self, words: tuple[str, ...]) -> None:
        last = self.record.stages[-1]
        self.record.stages[-1] = replace(last, notes=(*last.notes, *words))

    def sorted(self, numbers: np.ndarray) -> list[int]:
        return [int(n) for n in numbers[np.lexsort((numbers, -self.totals[numbers]))]]

    def surplus(self) -> None:
        waiting = np.array(self.pending)
        top = waiting[self.totals[waiting] == self.totals[waiting].max()]
        giver = self.choose(SURPLUS, top)
        self.pending.remove(giver)
        total = int(self.totals[giver])
        over = total - self.quota
        rows = np.flatnonzero(self.holder == giver)
        if self.wigm:
            self.value[rows] = (self.value[rows] * over // self.scale) * self.scale // total
        else:
            self.value[rows] = self.value[rows] * over // total
        self.totals[giver] = self.quota
        self.forward(rows)
        self.finish("surplus", (giver,), over)

    def exclude(self, hopeful: Integers, open_seats: int) -> None:
        loose = hopeful
        if self.limits is not None and self.always is None:
            guarded = self.limits.guarded(self.seated, hopeful.tolist())
            loose = hopeful[~np.isin(hopeful, guarded)]
            kept = [number for number in guarded if self.totals[number] <= self.totals[loose].min()]
            self.note(guarded_words(self.laws, self.seated, self.names, kept))
        votes = self.totals[loose]
        low = loose[votes == votes.min()]
        nothing_moves = int(votes.min()) == 0 and len(hopeful) - len(low) >= open_seats and not self.restarts
        out = self.choose(EXCLUSION, low, nothing_moves and (self.limits is None or self.always is not None))
        self.leave("exclusion", [out], open_seats)

    def leave(self, kind: str, out: list[int], open_seats: int) -> None:
        """Exclude, and pass the papers on at their value."""
        self.status[out] = OUT
        last = self.record.stages[-1]
        self.record.stages[-1] = replace(last, excluded=(*last.excluded, *out))
        self.barred = []
        if self.restarts:
            self.start("restart", tuple(out))
            return
        if self.wigm and self.limits is not None:
            self.barred = self.limits.doomed(self.seated, self.undecided(), self.undecided())
        if self.wigm and int((self.status == HOPEFUL).sum()) - len(self.barred) <= open_seats:
            # The rule tests whether the count is complete before it moves the papers of the defeated.
            self.seat_rest()
            return
        self.totals[out] = 0
        held = self.holder == out[0] if len(out) == 1 else np.isin(self.holder, out)
        self.forward(np.flatnonzero(held))
        self.finish(kind, tuple(out))

    def choose(self, kind: str, tied: np.ndarray, harmless: bool = False) -> int:
        if len(tied) == 1:
            return int(tied[0])
        stage = len(self.record.stages)
        everyone = tuple(sorted(int(n) for n in tied))
        if self.rule.history:
            for back, then in enumerate(reversed(self.past[:-1]), 1):
                votes = then[tied]
                tied = tied[votes == (votes.min() if kind == EXCLUSION else votes.max())]
                if len(tied) == 1:
                    how = f"earlier stage {stage - back}"
                    self.record.ties.append(Tie(stage, kind, everyone, how, (int(tied[0]),)))
                    return int(tied[0])
        chosen = self.chance.pick(stage, kind, tuple(sorted(int(n) for n in tied)), harmless=harmless)
        self.record.ties.append(Tie(stage, kind, everyone, BY_LOT, (chosen,)))
        return chosen
