"""A named place where packages declare things to one another without importing upward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Keys to declarations, filled at start-up, refusing two different declarations under one key."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._items: dict[str, T] = {}

    def register(self, key: str, item: T) -> T:
        """Declare ``item`` under ``key``. Declaring it twice is harmless; declaring another is a defect."""
        present = self._items.get(key)
        if present is not None and present != item:
            raise ValueError(f"{self.noun} {key!r} is declared twice")
        self._items[key] = item
        return item

    def get(self, key: str) -> T:
        """The declaration, or ``KeyError`` naming what there is."""
        try:
            return self._items[key]
        except KeyError:
            known = ", ".join(sorted(self._items)) or "none"
            raise KeyError(f"no {self.noun} {key!r}; known: {known}") from None

    def find(self, key: str) -> T | None:
        """The declaration or ``None``."""
        return self._items.get(key)

    def items(self) -> list[tuple[str, T]]:
        """All declarations in alphabetical order of key."""
        return sorted(self._items.items())

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[T]:
        return iter(item for _key, item in self.items())

    def __len__(self) -> int:
        return len(self._items)
