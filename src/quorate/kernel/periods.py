"""Half-open periods ``[start, end)``: the only way the product writes down how long something holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` (``None``: always was) until just before ``end`` (``None``: still is). Aware instants."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(f"a period must end after it starts: {self.start} .. {self.end}")

    def contains(self, at: datetime) -> bool:
        """Whether the instant lies inside; the start does, the end does not."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether some instant lies in both."""
        starts_before_other_ends = other.end is None or self.start is None or self.start < other.end
        ends_after_other_starts = self.end is None or other.start is None or other.start < self.end
        return starts_before_other_ends and ends_after_other_starts


def first_overlap(periods: Iterable[Period]) -> tuple[Period, Period] | None:
    """The first two periods of the lot that share an instant, or ``None``."""
    ordered: Sequence[Period] = sorted(periods, key=lambda p: (p.start is not None, p.start or datetime.min))
    for earlier, later in zip(ordered, ordered[1:], strict=False):
        if earlier.overlaps(later):
            return earlier, later
    return None
