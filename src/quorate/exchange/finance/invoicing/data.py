"""An invoice as JSON and back: what is kept of one that was issued, and what a draft is written as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from quorate.exchange.finance.invoicing.document import Invoice
from quorate.exchange.finance.invoicing.reading import build
from quorate.kernel.yamlfile import YamlDoc


def as_data(value: Any) -> Any:
    """Plain data: amounts and days as strings, and nothing that is as it would be anyway."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _pairs(each) if field.name == "attributes" else as_data(each)
            for field in fields(value)
            if (each := getattr(value, field.name)) != field.default or field.default is MISSING
        }
    if isinstance(value, tuple):
        return [as_data(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value


def of_data(data: Mapping[str, Any], name: str) -> Invoice:
    """The invoice that plain data say. ``UserError`` for what is missing, unknown or of the wrong form."""
    return build(Invoice, dict(data), YamlDoc(dict(data), name, {}))


def _pairs(value: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return dict(value)
