"""Half-open periods ``[start, end)``: the only way the product writes down how long something holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise


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
    always = datetime.min.replace(tzinfo=UTC)
    ordered = sorted(periods, key=lambda period: period.start or always)
    for earlier, later in pairwise(ordered):
        if earlier.overlaps(later):
            return earlier, later
    return None
