"""Counting: runs a counter, looks whether a tie matters when nothing settles it, and compares two counters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from quorate.decisions.counting.chances import Chance, Drawn, Idle, Open, Supposed
from quorate.decisions.counting.constraints import COUNT, Constraints, doomed_words, unmet_words
from quorate.decisions.counting.lots import Lot
from quorate.decisions.counting.outcome import BY_LOT, BY_ORDER, NO_EFFECT, UNRESOLVED, Count, Record, Tie, decimal
from quorate.decisions.counting.plain import meek as plain_meek
from quorate.decisions.counting.plain import pairwise as plain_pairwise
from quorate.decisions.counting.plain import star as plain_star
from quorate.decisions.counting.plain import sums as plain_sums
from quorate.decisions.counting.plain import transferable as plain_transferable
from quorate.decisions.counting.plain.seatable import Seatable as PlainSeatable
from quorate.decisions.counting.presets import MEEK, PAIRWISE, STAR, SUMS, TRANSFERABLE, Preset, preset
from quorate.decisions.counting.profile import Profile
from quorate.decisions.counting.vector import meek as vector_meek
from quorate.decisions.counting.vector import pairwise as vector_pairwise
from quorate.decisions.counting.vector import sums as vector_sums
from quorate.decisions.counting.vector import transferable as vector_transferable
from quorate.decisions.counting.vector.packing import TooLarge, pack
from quorate.decisions.counting.vector.seatable import Seatable as VectorSeatable
from quorate.kernel.errors import UserError

VECTOR, PLAIN = "vector", "plain"
#: How many ways to break ties are followed before a count says that it has not followed them all: the most, the
#: fewest, and how many rows times candidates all ways together may go through in between.
WAYS, FEWEST_WAYS, ROWS = 200, 8, 8_000_000

Run = Callable[[Chance, Record], None]


class Disagreement(Exception):
    """The two counters do not agree: a defect, and a reason not to publish. Says where they part."""


def count(
    profile: Profile, rule: str | Preset, *, seats: int | None = None, lot: Lot | None = None, counter: str = VECTOR
) -> Count:
    """Count ``profile`` under ``rule`` (a name, or a preset of one's own) with one counter (``vector`` or ``plain``).

    A tie is broken by the rule, then by ``lot``, then by the order that the profile declares. With neither lot nor
    order all ways are followed: if they elect the same the tie has no effect, otherwise the count is undecided from
    there. Numbers too large for the vectors are left to the plain counter, as ``counters`` then says. ``UserError``
    for an unknown rule and for no seats.
    """
    chosen = rule if isinstance(rule, Preset) else preset(rule)
    places = profile.seats if seats is None else seats
    if places < 1:
        raise UserError("there must be at least one seat", "seats", "say how many seats are filled")
    try:
        record = _recorded(profile, chosen, places, lot, counter)
    except TooLarge:
        counter = PLAIN
        record = _recorded(profile, chosen, places, lot, counter)
    return Count(
        rule=chosen.name,
        version=chosen.version,
        names=profile.candidates,
        seats=places,
        valid=record.valid,
        total=profile.total,
        quota=record.quota,
        stages=tuple(record.stages),
        elected=tuple(record.elected),
        ties=tuple(record.ties),
        unresolved=tuple(record.unresolved),
        lot=None if lot is None else lot.published(profile, len(record.stages)),
        counters=(counter,),
        notes=_notes(profile, chosen, places),
        details=record.details,
        constraints=_constraint_facts(profile, record, places),
        struck=tuple(record.struck),
    )


def agreed(profile: Profile, rule: str | Preset, *, seats: int | None = None, lot: Lot | None = None) -> Count:
    """Count with both counters. :class:`Disagreement` tells the first place where they differ."""
    first = count(profile, rule, seats=seats, lot=lot, counter=VECTOR)
    second = count(profile, rule, seats=seats, lot=lot, counter=PLAIN)
    compare(first, second)
    return Count(**{**vars(first), "counters": tuple(dict.fromkeys((*first.counters, *second.counters)))})


def compare(first: Count, second: Count) -> None:
    """Nothing if two counts say the same, else :class:`Disagreement` with the stage, the candidate and both totals."""
    for what in ("valid", "quota"):
        if getattr(first, what) != getattr(second, what):
            raise Disagreement(f"{what}: {getattr(first, what)} and {getattr(second, what)}")
    for number, (one, other) in enumerate(zip(first.stages, second.stages, strict=False), 1):
        for candidate, (here, there) in enumerate(zip(one.totals, other.totals, strict=True), 1):
            if here != there:
                raise Disagreement(
                    f"stage {number}, candidate {candidate}: {decimal(here)} votes in one count, {decimal(there)} in the other"
                )
        if one != other:
            raise Disagreement(f"stage {number}: {one} and {other}")
    for what in ("stages", "ties", "elected", "unresolved", "struck", "constraints", "details"):
        if getattr(first, what) != getattr(second, what):
            raise Disagreement(f"{what}: {getattr(first, what)} and {getattr(second, what)}")


def _recorded(profile: Profile, rule: Preset, places: int, lot: Lot | None, counter: str) -> Record:
    """One count; where constraints hold at seating, as many as it takes until everybody elected can be seated."""
    make = _vector if counter == VECTOR else _plain
    if profile.constraints is None or profile.constraints.mode == COUNT:
        return _settled(make(profile, rule, places), profile, places, lot)
    limits: VectorSeatable | PlainSeatable
    limits = (VectorSeatable if counter == VECTOR else PlainSeatable)(profile.constraints, profile.standing, places)
    struck: list[int] = []
    words: tuple[str, ...] = ()
    while True:
        left = profile.but(withdrawn=profile.withdrawn.union(struck), constraints=None)
        record = _settled(make(left, rule, places), left, places, lot)
        seated: list[int] = []
        over: list[tuple[int, tuple[int, ...]]] = []
        for number in record.elected if not record.unresolved else ():
            others = [other for other in left.standing if other != number and other not in seated]
            if limits.possible([*seated, number], others):
                seated.append(number)
            else:
                over.append((number, tuple(seated)))
        if not over:
            break
        last, beside = over[-1]
        struck.append(last)
        words += doomed_words(profile.constraints.rules, beside, profile.candidates, (last,))
    record.places, record.unmet, record.struck = limits.places, tuple(limits.unmet), struck
    if record.stages:
        record.stages[0] = replace(record.stages[0], notes=(*record.stages[0].notes, *words))
    return record


def unmeetable(constraints: Constraints, standing: Sequence[int], seats: int) -> tuple[str, ...]:
    """What of the constraints no choice among those who stand can meet, in words; empty if all can be met."""
    held = PlainSeatable(constraints, standing, seats)
    return unmet_words(constraints, held.unmet, held.places, min(seats, len(standing)))


def _constraint_facts(profile: Profile, record: Record, seats: int) -> dict[str, Any]:
    """What was declared, and what came of it, for the record."""
    if profile.constraints is None:
        return {}
    unmet = [{"rule": profile.constraints.rules[item.rule].name, "met": item.met} for item in record.unmet]
    notes = list(_constraint_notes(profile, record, seats))
    facts = {"places": record.places, "unmet": unmet, "struck": record.struck, "notes": notes}
    return {**profile.constraints.as_json(), **facts}


def _constraint_notes(profile: Profile, record: Record, seats: int) -> tuple[str, ...]:
    if profile.constraints is None:
        return ()
    places = record.places if record.places is not None else seats
    words = unmet_words(profile.constraints, record.unmet, places, min(seats, len(profile.standing)))
    if record.unresolved and profile.constraints.mode != COUNT:
        words += ("A tie is open, so the constraints were not applied.",)
    return words


def _vector(profile: Profile, rule: Preset, seats: int) -> Run:
    packed = pack(profile, ends=rule.family == TRANSFERABLE)
    return lambda chance, record: _VECTOR[rule.family](profile, rule, seats, chance, record, packed)


def _plain(profile: Profile, rule: Preset, seats: int) -> Run:
    return lambda chance, record: _PLAIN[rule.family](profile, rule, seats, chance, record)


_VECTOR: dict[str, Callable[..., None]] = {
    TRANSFERABLE: vector_transferable.count,
    MEEK: vector_meek.count,
    PAIRWISE: vector_pairwise.count,
    SUMS: vector_sums.count,
    STAR: vector_sums.star,
}
_PLAIN: dict[str, Callable[..., None]] = {
    TRANSFERABLE: plain_transferable.count,
    MEEK: plain_meek.count,
    PAIRWISE: plain_pairwise.count,
    SUMS: plain_sums.count,
    STAR: plain_star.count,
}


# Ties that nothing settles -------------------------------------------------------------------------------------


def _settled(run: Run, profile: Profile, places: int, lot: Lot | None) -> Record:
    if lot is not None or profile.tie_order:
        record = Record()
        run(Drawn(profile, lot), record)
        _say(record, BY_LOT if lot is not None else BY_ORDER)
        return record
    if places >= len(profile.standing) and profile.constraints is None:
        # Everybody has a seat, so no tie can matter.
        record = Record()
        run(Idle(), record)
    else:
        record = _Ways(run, profile).follow()
    _say(record, NO_EFFECT)
    return record


def _say(record: Record, how: str) -> None:
    """Name what has picked where a counter left the choice to chance."""
    record.ties = [
        Tie(tie.stage, tie.kind, tie.candidates, how, tie.chosen) if tie.how == BY_LOT else tie for tie in record.ties
    ]


class _TooMany(Exception):
    pass


class _Ways:
    """Follows every way to break the ties of a count, to see whether any of them matters."""

    def __init__(self, run: Run, profile: Profile) -> None:
        self.run, self.profile = run, profile
        rows = len(profile.matrix[0]) if profile.matrix is not None else len(profile.scores or profile.rankings)
        self.ways = max(FEWEST_WAYS, min(WAYS, ROWS // max(1, rows * len(profile.candidates))))
        self.left = self.ways

    def follow(self) -> Record:
        try:
            return self._from(())[1]
        except _TooMany:
            return self._given_up()

    def _from(self, picks: tuple[int, ...]) -> tuple[frozenset[frozenset[int]], Record]:
        """Who may be elected after these picks (each way a set), and the record as far as it is certain."""
        self.left -= 1
        if self.left < 0:
            raise _TooMany
        record = Record()
        try:
            self.run(Supposed(picks), record)
        except Open as tie:
            ways = [self._from((*picks, number)) for number in tie.candidates]
            if len({outcomes for outcomes, _record in ways}) == 1:
                return ways[0]
            every = frozenset(way for outcomes, _record in ways for way in outcomes)
            certain = frozenset.intersection(*every)
            self._leave_open(record, tie, certain, frozenset.union(*every), ways[0][1].elected)
            return every, record
        return frozenset({frozenset(record.elected)}), record

    def _given_up(self) -> Record:
        record = Record()
        try:
            self.run(Supposed(()), record)
        except Open as tie:
            seated = frozenset(_seated(record))
            out = {number for stage in record.stages for number in stage.excluded}
            possible = frozenset(self.profile.standing) - out
            self._leave_open(record, tie, seated, possible | seated, [])
            record.details["ways"] = f"more than {self.ways} ways to break the ties; they were not all followed"
        return record

    def _leave_open(
        self, record: Record, tie: Open, certain: frozenset[int], possible: frozenset[int], order: list[int]
    ) -> None:
        record.ties.append(Tie(tie.stage, tie.kind, tie.candidates, UNRESOLVED))
        first = [number for number in _seated(record) if number in certain]
        rest = [number for number in order if number in certain and number not in first]
        record.elected = first + rest + sorted(certain.difference(first, rest))
        record.unresolved = sorted(possible - certain)


def _seated(record: Record) -> list[int]:
    return list(dict.fromkeys(number for stage in record.stages for number in stage.elected))


def _notes(profile: Profile, rule: Preset, seats: int) -> tuple[str, ...]:
    notes: list[str] = []
    if seats > 1 and not rule.proportional:
        notes.append("With several seats this rule is not proportional: one majority can fill them all.")
    if rule.ballot == "scores" and not profile.is_scored:
        notes.append("The ballots are rankings: ranks are read as stars, five for the first, none from the sixth on.")
    if rule.ballot == "approvals" and not profile.is_scored:
        notes.append("The ballots are rankings: whoever is ranked is approved.")
    if rule.ballot == "ranks" and profile.is_scored:
        notes.append("The ballots are scores: higher scores are read as better ranks, equal ones as equal.")
    return tuple(notes)
