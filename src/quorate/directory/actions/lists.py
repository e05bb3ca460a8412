"""Makes the rows of a list agree with the values wanted: rows that already say it stay as they are, with their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)
V = TypeVar("V", bound=Hashable)


def agree(rows: Iterable[M], wanted: Iterable[V], value: Callable[[M], V], make: Callable[[V], M]) -> None:
    """Delete rows whose value is not wanted, then add those missing. Two statements at most for each kind."""
    missing = Counter(wanted)
    gone: list[M] = []
    model: type[M] | None = None
    for row in rows:
        model = type(row)
        if missing[value(row)] > 0:
            missing[value(row)] -= 1
        else:
            gone.append(row)
    if gone and model is not None:
        model._default_manager.filter(pk__in=[row.pk for row in gone]).delete()
    fresh = [make(item) for item, count in missing.items() for _ in range(count)]
    if fresh:
        type(fresh[0])._default_manager.bulk_create(fresh)
