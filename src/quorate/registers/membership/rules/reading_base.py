"""What every part of the reader of charters shares: the document, and the faults found in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import Key, YamlDoc

Data = Mapping[str, Any]


def amount_of(value: int | str) -> Decimal | None:
    """An amount of a file that the schema accepts; ``None`` for ``unknown``."""
    return None if value == "unknown" else Decimal(value)


class Base:
    """Turns a document that the schema accepts into values and notes what the schema cannot see."""

    def __init__(self, doc: YamlDoc) -> None:
        self.doc = doc
        self.problems: list[UserError] = []
        self.lines: dict[str, str] = {}

    def fault(self, what: str, *path: Key, mend: str = "") -> None:
        self.problems.append(self.doc.error(what, *path, mend=mend))

    def day(self, text: str | None, *path: Key) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.fault(
                gettext("“%s” is no day of the calendar") % text, *path, mend=gettext("write a day like 2026-01-31")
            )
            return None

    def place(self, key: str, path: tuple[Key, ...]) -> None:
        """Keep where something stands, so that a later finding can name its line."""
        self.lines[key] = self.doc.where(*path)

    def tiers(self, row: Data, known: set[str], path: tuple[Key, ...], key: str = "tiers") -> tuple[str, ...]:
        for n, slug in enumerate(row.get(key, ())):
            self.known(slug, known, *path, key, n)
        return tuple(row.get(key, ()))

    def known(self, slug: str, known: set[str], *path: Key) -> None:
        if slug not in known:
            self.fault(
                gettext("there is no tier “%s”") % slug,
                *path,
                mend=gettext("use one of: %s") % ", ".join(sorted(known)),
            )
