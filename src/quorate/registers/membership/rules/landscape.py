"""Members as a landscape file lists them: items of a members' category, whose subcategory is the tier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from quorate.kernel.yamlfile import YamlDoc
from quorate.registers.membership.rules.members import Member


def landscape_items(doc: YamlDoc) -> Iterable[tuple[str, Mapping[str, Any], str]]:
    """(subcategory, item, ``file:line``) of every member in a landscape file, in either dialect."""
    top = "landscape" if "landscape" in doc.data else "categories"
    for c, category in _entries(doc.data[top]):
        for s, sub in _entries(category.get("subcategories")):
            for i, item in _entries(sub.get("items")):
                name = str(item.get("name") or "")
                group = str(category.get("name") or "").casefold()
                if name.endswith(" (member)") or item.get("joined") or group.endswith(" members"):
                    where = doc.where(top, c, "subcategories", s, "items", i, "name")
                    yield str(sub.get("name") or ""), item, where


def _entries(rows: Any) -> Iterable[tuple[int, Mapping[str, Any]]]:
    for n, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield n, row


def landscape_members(doc: YamlDoc) -> Iterable[Member]:
    """The members of a landscape file: the subcategory is their tier."""
    for tier, item, where in landscape_items(doc):
        joined = str(item.get("joined") or "")
        try:
            start = date.fromisoformat(joined) if joined else None
        except ValueError:
            start = None
        name = str(item.get("name") or "").removesuffix(" (member)")
        yield Member(name, tier.removesuffix(" Members").removesuffix(" Member"), start, where=where)
