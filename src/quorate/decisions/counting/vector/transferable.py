"""Single transferable votes with arrays: one holder, one place on the ballot and one value for each distinct ballot."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from quorate.decisions.counting.arrays import Integers, np
from quorate.decisions.counting.chances import EXCLUSION, SURPLUS, Chance
from quorate.decisions.counting.outcome import BY_LOT, Record, Stage, Tie
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import Profile
from quorate.decisions.counting.vector.packing import Packed, TooLarge, summed

OUT, HOPEFUL, SEATED = 0, 1, 2


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record, packed: Packed) -> None:
    """Count ``packed`` (of ``profile``, ballots ending at equal ranks) under a rule with transferable votes."""
    record.valid = packed.valid
    scale = 10**rule.places
    if packed.valid * scale * scale >= 2**62:
        raise TooLarge
    status = np.zeros(len(profile.candidates) + 1, dtype=np.int8)
    status[list(profile.standing)] = HOPEFUL
    if not rule.repeats:
        _Count(packed, status, rule, seats, chance, record).run("first", ())
        return
    for seat in range(seats):
        if not (status == HOPEFUL).any():
            return
        seated = tuple(record.elected)
        _Count(packed, status.copy(), rule, 1, chance, record).run("again" if seat else "first", seated)
        status[record.elected[-1]] = OUT


class _Count:
    def __init__(
        self, packed: Packed, status: np.ndarray, rule: Preset, seats: int, chance: Chance, record: Record
    ) -> None:
        self.order, self.weights = packed.order, packed.weights
        self.status, self.rule, self.seats = status, rule, seats
        self.chance, self.record = chance, record
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
            open_seats = self.seats - len(self.seated)
            hopeful = np.flatnonzero(self.status == HOPEFUL)
            if open_seats <= 0 or not len(hopeful):
                break
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
        hopeful = np.flatnonzero(self.status == HOPEFUL)
        winners = hopeful[self.totals[hopeful] >= self.quota]
        news = self.sorted(winners)
        self.status[winners] = SEATED
        self.seated += news
        self.pending += news
        rest = np.flatnonzero(self.status == HOPEFUL)
        if len(self.seated) < self.seats and len(rest) <= self.seats - len(self.seated):
            deemed = self.sorted(rest)
            self.status[rest] = SEATED
            self.seated += deemed
            news = news + deemed
        self.past.append(self.totals.copy())
        shown = self.rule.name in ("wright-stv", "irv")
        self.record.stages.append(
            Stage(
                kind,
                subjects,
                tuple(Fraction(total, self.scale) for total in self.totals[1:].tolist()),
                Fraction(self.all - int(self.totals.sum()), self.scale),
                tuple(news),
                (),
                Fraction(self.quota, self.scale) if shown else None,
                None if amount is None else Fraction(amount, self.scale),
            )
        )

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
        votes = self.totals[hopeful]
        low = hopeful[votes == votes.min()]
        nothing_moves = int(votes.min()) == 0 and len(hopeful) - len(low) >= open_seats and not self.restarts
        out = self.choose(EXCLUSION, low, nothing_moves)
        self.status[out] = OUT
        last = replace(self.record.stages[-1], excluded=(out,))
        done = self.wigm and len(hopeful) - 1 <= open_seats
        if done:
            # The rule tests whether the count is complete before it moves the papers of the defeated.
            rest = self.sorted(hopeful[hopeful != out])
            self.seated += rest
            last = replace(last, elected=(*last.elected, *rest))
        self.record.stages[-1] = last
        if self.restarts:
            self.start("restart", (out,))
        elif not done:
            self.totals[out] = 0
            self.forward(np.flatnonzero(self.holder == out))
            self.finish("exclusion", (out,))
        else:
            self.status[hopeful[hopeful != out]] = SEATED

    def choose(self, kind: str, tied: np.ndarray, harmless: bool = False) -> int:
        if len(tied) == 1:
            return int(tied[0])
        stage = len(self.record.stages)
        everyone = tuple(sorted(int(n) for n in tied))
        if self.rule.history:
            for back, then in enumerate(reversed(self.past[:-1]), 1):
                votes = then[tied]
                tied = tied[votes == (votes.max() if kind == SURPLUS else votes.min())]
                if len(tied) == 1:
                    how = f"earlier stage {stage - back}"
                    self.record.ties.append(Tie(stage, kind, everyone, how, (int(tied[0]),)))
                    return int(tied[0])
        chosen = self.chance.pick(stage, kind, tuple(sorted(int(n) for n in tied)), harmless=harmless)
        self.record.ties.append(Tie(stage, kind, everyone, BY_LOT, (chosen,)))
        return chosen
