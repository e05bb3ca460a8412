"""Files that are lists of maps: their schema and how two of them are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quorate.toolkit.foundation import DAY_SCHEMA, tidy

TEXT: Mapping[str, Any] = {"type": "string"}
PERIOD: Mapping[str, Any] = {"from": DAY_SCHEMA, "until": DAY_SCHEMA, "dates": {"const": "synthetic"}}


def listed(properties: Mapping[str, Any], required: Sequence[str]) -> dict[str, Any]:
    """The schema of a list of maps with these keys and no others."""
    item = {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }
    return {"type": "array", "items": item}


def tidied(rows: Iterable[Mapping[str, Any]], *keys: str) -> list[dict[str, Any]]:
    """The maps without what says nothing, in the order of some keys."""
    return sorted((tidy(row) for row in rows), key=lambda row: tuple(str(row.get(key, "")) for key in keys))
