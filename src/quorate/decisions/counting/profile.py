"""The ballots of one election, whatever file or ballot box they came from: canonical and immutable.

Candidates are numbered from 1 in the order of the ballot paper. A ranking is a tuple of ranks, best first; a rank is
a tuple of candidates, because two may stand equal, and an empty one is a rank that the voter skipped. Nothing is
mended here: a candidate who stands twice or has withdrawn stays where the voter wrote them, and the rule that counts
says what that means (``quorate.decisions.counting.presets``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from quorate.decisions.counting.arrays import NDArray, np
from quorate.decisions.counting.constraints import Constraints
from quorate.kernel.errors import UserError

Rank = tuple[int, ...]
Ranking = tuple[Rank, ...]
#: One score for each candidate, ``None`` where the voter gave none.
Scores = tuple[int | None, ...]

#: Five stars, none to five.
STARS = (0, 5)
#: More candidates or ballots than these are a broken file, not an election; the arrays hold as many.
MOST_CANDIDATES, MOST_BALLOTS = 2_000, 10**12


@dataclass(frozen=True, slots=True)
class Notes:
    """What a file says beside its ballots; it never changes a count."""

    title: str = ""
    source: str = ""
    comment: str = ""


class Profile:
    """Candidates, seats, and distinct ballots with their weights.

    Made of rankings (:meth:`ranked`), of scores (:meth:`scored`) or of a matrix of strict rankings
    (:meth:`of_matrix`, for a million ballots at a time). Two profiles are equal when candidates, seats, withdrawn,
    ballots, tie order and notes are.

    ``ids`` are what lots are drawn on; without them, the candidates' numbers. ``tie_order`` is an order of
    candidates that was published with the ballots to break ties, the favoured first. ``constraints`` are what the result
    must satisfy besides the votes.
    """

    __slots__ = (
        "_matrix",
        "_rankings",
        "_scores",
        "candidates",
        "constraints",
        "ids",
        "notes",
        "scale",
        "seats",
        "tie_order",
        "withdrawn",
    )

    def __init__(
        self,
        candidates: Iterable[str],
        seats: int,
        *,
        rankings: Iterable[tuple[Ranking, int]] | None = None,
        scores: Iterable[tuple[Scores, int]] | None = None,
        matrix: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
        scale: tuple[int, int] | None = None,
        withdrawn: Iterable[int] = (),
        ids: Iterable[str] = (),
        tie_order: Iterable[int] = (),
        notes: Notes | None = None,
        constraints: Constraints | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "candidates", tuple(candidates))
        put(self, "seats", seats)
        put(self, "withdrawn", frozenset(withdrawn))
        put(self, "ids", tuple(ids))
        put(self, "tie_order", tuple(tie_order))
        put(self, "notes", notes or Notes())
        put(self, "scale", scale)
        put(self, "constraints", constraints)
        put(self, "_matrix", matrix)
        put(self, "_rankings", None if rankings is None else _canonical(rankings))
        put(self, "_scores", None if scores is None else _canonical(scores, _scores_order))
        self._check()

    # What mypy reads of the slots above.
    candidates: tuple[str, ...]
    seats: int
    withdrawn: frozenset[int]
    ids: tuple[str, ...]
    tie_order: tuple[int, ...]
    notes: Notes
    scale: tuple[int, int] | None
    constraints: Constraints | None
    _matrix: tuple[NDArray[np.int64], NDArray[np.int64]] | None
    _rankings: tuple[tuple[Ranking, int], ...] | None
    _scores: tuple[tuple[Scores, int], ...] | None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a profile does not change; make another with .but()")

    # Making one ------------------------------------------------------------------------------------------------

    @classmethod
    def ranked(
        cls,
        candidates: Iterable[str],
        seats: int,
        ballots: Iterable[tuple[Sequence[int | Sequence[int]], int]],
        **more: Any,
    ) -> Profile:
        """A profile of rankings: ``([2, (1, 3)], 5)`` is five ballots with 2 first, then 1 and 3 equal."""
        return cls(candidates, seats, rankings=((_ranking(ranking), weight) for ranking, weight in ballots), **more)

    @classmethod
    def scored(
        cls,
        candidates: Iterable[str],
        seats: int,
        ballots: Iterable[tuple[Sequence[int | None], int]],
        *,
        scale: tuple[int, int] = STARS,
        **more: Any,
    ) -> Profile:
        """A profile of scores from ``scale[0]`` to ``scale[1]``, one for each candidate."""
        return cls(
            candidates, seats, scores=((tuple(scores), weight) for scores, weight in ballots), scale=scale, **more
        )

    @classmethod
    def of_matrix(
        cls,
        candidates: Iterable[str],
        seats: int,
        matrix: NDArray[Any],
        weights: NDArray[Any] | None = None,
        **more: Any,
    ) -> Profile:
        """A profile of strict rankings: row by row candidate numbers, best first, then zeros. [ballots, ranks]"""
        held = np.array(matrix, copy=True)
        held.setflags(write=False)
        counts = np.ones(len(held), dtype=np.int64) if weights is None else np.array(weights, dtype=np.int64)
        return cls(candidates, seats, matrix=(held, counts), **more)

    def but(self, **changes: Any) -> Profile:
        """The same profile with other ``seats``, ``withdrawn``, ``rankings``, … ."""
        kept: dict[str, Any] = {
            "candidates": self.candidates,
            "seats": self.seats,
            "rankings": self._rankings,
            "scores": self._scores,
            "matrix": self._matrix,
            "scale": self.scale,
            "withdrawn": self.withdrawn,
            "ids": self.ids,
            "tie_order": self.tie_order,
            "notes": self.notes,
            "constraints": self.constraints,
        }
        if {"rankings", "scores", "matrix"} & changes.keys():
            kept.update(rankings=None, scores=None, matrix=None)
        return Profile(**{**kept, **changes})

    # Reading it ------------------------------------------------------------------------------------------------

    @property
    def is_scored(self) -> bool:
        """Whether the ballots carry scores instead of ranks."""
        return self._scores is not None

    @property
    def rankings(self) -> tuple[tuple[Ranking, int], ...]:
        """Distinct rankings with their weights, in canonical order. Scores give the ranking they imply."""
        if self._rankings is not None:
            return self._rankings
        if self._scores is not None:
            return _canonical((ranking_of(scores), weight) for scores, weight in self._scores)
        assert self._matrix is not None
        rows, weights = self._matrix
        read = _canonical(
            (tuple((number,) for number in row if number), weight)
            for row, weight in zip(rows.tolist(), weights.tolist(), strict=True)
        )
        object.__setattr__(self, "_rankings", read)
        return read

    @property
    def scores(self) -> tuple[tuple[Scores, int], ...]:
        """Distinct score ballots with their weights, in canonical order; empty for a profile of rankings."""
        return self._scores or ()

    @property
    def matrix(self) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """The matrix and weights it was made of, if it was."""
        return self._matrix

    @property
    def numbers(self) -> range:
        """The candidates' numbers, withdrawn ones too."""
        return range(1, len(self.candidates) + 1)

    @property
    def standing(self) -> tuple[int, ...]:
        """The numbers of those who have not withdrawn."""
        return tuple(number for number in self.numbers if number not in self.withdrawn)

    @property
    def total(self) -> int:
        """How many ballots there are, blank ones too."""
        if self._matrix is not None:
            return int(self._matrix[1].sum())
        return sum(weight for _ballot, weight in (self._scores if self._scores is not None else self.rankings))

    def name(self, number: int) -> str:
        """A candidate's name."""
        return self.candidates[number - 1]

    def id_of(self, number: int) -> str:
        """What stands for a candidate in a lot."""
        return self.ids[number - 1] if self.ids else str(number)

    def _key(self) -> tuple[Any, ...]:
        ballots = self._scores if self._scores is not None else self.rankings
        return (
            self.candidates,
            self.seats,
            self.withdrawn,
            self.ids,
            self.tie_order,
            self.notes,
            self.scale,
            self.constraints,
            self.is_scored,
            ballots,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        kind = "scores" if self.is_scored else "rankings"
        return f"<Profile of {self.total} {kind}, {len(self.candidates)} candidates for {self.seats} seats>"

    def _check(self) -> None:
        if self.seats < 1:
            raise UserError("there must be at least one seat", "seats", "say how many seats are filled")
        check_size(len(self.candidates))
        if self.total > MOST_BALLOTS:
            raise UserError(f"there are more than {MOST_BALLOTS:,} ballots", "ballots", "look at the weights")
        if self.ids and (len(self.ids) != len(self.candidates) or len(set(self.ids)) != len(self.ids)):
            raise UserError("each candidate needs one id, and no two the same", "ids")
        strange = sorted(number for number in self.withdrawn if number not in self.numbers)
        if strange:
            raise UserError(f"there is no candidate {strange[0]} to withdraw", "withdrawn")
        if self.tie_order and sorted(self.tie_order) != list(self.numbers):
            raise UserError("the order for ties does not name each candidate once", "tie order")
        if self.constraints is not None:
            self.constraints.check(self.numbers)
        count = len(self.candidates)
        for rank in {rank for ranking, _weight in self._rankings or () for rank in ranking}:
            if any(number < 1 or number > count for number in rank):
                raise UserError(f"a ballot names a candidate who is not there: {rank}", "ballots")
        for scores, weight in self._scores or ():
            _check_scores(scores, weight, count, self.scale or STARS)
        if self._matrix is not None:
            rows, weights = self._matrix
            if rows.ndim != 2 or len(rows) != len(weights):
                raise UserError("the matrix has one row for each weight", "ballots")
            if rows.size and (int(rows.min()) < 0 or int(rows.max()) > count):
                raise UserError("a ballot names a candidate who is not there", "ballots")


def numbered(text: str) -> list[tuple[int, str]]:
    """The lines of a file, stripped, each with its number.

    Only line feeds and carriage returns end a line: ``str.splitlines`` would also cut a name or a title at a next-line
    or paragraph character that it may well hold.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(number, line.strip()) for number, line in enumerate(lines, 1)]


def check_size(candidates: int, where: str = "candidates") -> None:
    """``UserError`` for no candidates and for more than anybody could rank."""
    if candidates < 1:
        raise UserError("there are no candidates", where)
    if candidates > MOST_CANDIDATES:
        raise UserError(f"there are more than {MOST_CANDIDATES:,} candidates", where, "look at the first line")


def ranking_of(scores: Scores) -> Ranking:
    """The ranking that scores imply: higher before lower, equal scores equal; without a score, unranked."""
    levels: dict[int, list[int]] = {}
    for number, score in enumerate(scores, 1):
        if score is not None:
            levels.setdefault(score, []).append(number)
    return tuple(tuple(levels[score]) for score in sorted(levels, reverse=True))


def _ranking(ranks: Sequence[int | Sequence[int]]) -> Ranking:
    return tuple((rank,) if isinstance(rank, int) else tuple(sorted(rank)) for rank in ranks)


def _canonical(
    ballots: Iterable[tuple[Any, int]], order: Callable[[tuple[Any, int]], Any] | None = None
) -> tuple[tuple[Any, int], ...]:
    """Equal ballots together, in an order that depends on the ballots alone."""
    together: Counter[Any] = Counter()
    for ballot, weight in ballots:
        if weight < 0:
            raise UserError(f"a ballot has the weight {weight}", "ballots", "weights are whole and not negative")
        together[ballot] += weight
    return tuple(sorted(((ballot, weight) for ballot, weight in together.items() if weight), key=order))


def _scores_order(pair: tuple[Scores, int]) -> tuple[tuple[bool, int], ...]:
    """No score before all scores."""
    return tuple((score is not None, score or 0) for score in pair[0])


def _check_scores(scores: Scores, weight: int, count: int, scale: tuple[int, int]) -> None:
    if len(scores) != count:
        raise UserError(f"a ballot has {len(scores)} scores for {count} candidates", "ballots")
    wrong = [score for score in scores if score is not None and not scale[0] <= score <= scale[1]]
    if wrong:
        raise UserError(f"the score {wrong[0]} is not between {scale[0]} and {scale[1]}", "ballots")
