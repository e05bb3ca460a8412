"""An invoice from YAML or JSON, strictly: nothing is guessed, and every error names its line.

The keys are the fields of :mod:`quorate.exchange.finance.invoicing.document`. Amounts may be written as numbers or in
quotes; a number with more digits than a reader of YAML keeps must be in quotes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from quorate.exchange.finance.invoicing.document import Invoice, Kind
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import Key, YamlDoc, load

T = TypeVar("T")
#: Decimal digits that a binary number keeps for certain.
CERTAIN = 15
MOST_BYTES = 2 * 1024 * 1024
#: What people write instead of the codes of the standard.
KINDS = {"invoice": Kind.INVOICE, "credit-note": Kind.CREDIT_NOTE, "correction": Kind.CORRECTION}


def read(source: Path | str, *, name: str | None = None, given: Mapping[str, Any] | None = None) -> Invoice:
    """The invoice in a file (``Path``) or a text. ``given`` are fields that the caller knows better (its number).

    ``UserError`` with ``file:line`` for whatever is missing, unknown or of the wrong form.
    """
    if isinstance(source, Path) and source.is_file() and source.stat().st_size > MOST_BYTES:
        raise UserError(gettext("is larger than %(most)d MB") % {"most": MOST_BYTES >> 20}, where=str(source))
    document = load(source, name=name)
    if not isinstance(document.data, dict):
        raise document.error(gettext("is no invoice: keys and values are expected"))
    return build(Invoice, {**document.data, **(given or {})}, document)


def build(kind: type[T], data: Any, document: YamlDoc, *path: Key) -> T:
    """A dataclass from a mapping: unknown and missing keys are errors."""
    if not isinstance(data, dict):
        raise document.error(
            gettext("%(name)s is a group of keys") % {"name": kind.__name__.lower()},
            *path,
            mend=gettext("its keys: %(keys)s") % {"keys": ", ".join(_keys(kind))},
        )
    known = _keys(kind)
    for key in data:
        if key not in known:
            raise document.error(
                gettext("%(key)r is not known here") % {"key": str(key)},
                *path,
                key,
                mend=gettext("known: %(keys)s") % {"keys": ", ".join(known)},
            )
    hints = get_type_hints(kind)
    values = {}
    for name, field in known.items():
        if data.get(name) is not None:
            values[name] = _value(hints[name], data[name], document, (*path, name))
        elif field.default is MISSING and field.default_factory is MISSING:
            raise document.error(gettext("%(key)s is missing") % {"key": ".".join(map(str, (*path, name)))}, *path)
    return kind(**values)


def _keys(kind: type) -> dict[str, Field[Any]]:
    assert is_dataclass(kind)
    return {field.name: field for field in fields(kind)}


def _value(hint: Any, value: Any, document: YamlDoc, path: tuple[Key, ...]) -> Any:
    if get_origin(hint) in (Union, UnionType):
        hint = next(each for each in get_args(hint) if each is not type(None))
    if get_origin(hint) is tuple:
        return _many(hint, value, document, path)
    if is_dataclass(hint):
        return build(hint, value, document, *path)  # type: ignore[arg-type]  # a class: it came from a type hint
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint, value, document, path)
    if hint is Decimal:
        return decimal(value, document, path)
    if hint is date:
        return _day(value, document, path)
    if hint is bool:
        if isinstance(value, bool):
            return value
        raise document.error(gettext("true or false is expected"), *path)
    return _text(value, document, path)


def _many(hint: Any, value: Any, document: YamlDoc, path: tuple[Key, ...]) -> tuple[Any, ...]:
    inner = get_args(hint)[0]
    if get_origin(inner) is tuple and isinstance(value, dict):
        # Attributes: a mapping of names to values.
        return tuple((str(key), _text(each, document, (*path, key))) for key, each in value.items() if each is not None)
    if not isinstance(value, list):
        raise document.error(gettext("a list is expected"), *path)
    if get_origin(inner) is tuple:
        raise document.error(gettext("names and their values are expected"), *path)
    return tuple(_value(inner, each, document, (*path, at)) for at, each in enumerate(value))


def _enum(hint: type[Enum], value: Any, document: YamlDoc, path: tuple[Key, ...]) -> Enum:
    if hint is Kind and value in KINDS:
        return KINDS[value]
    try:
        return hint(str(value))
    except ValueError as error:
        known = list(KINDS) if hint is Kind else [each.value for each in hint]
        raise document.error(
            gettext("%(text)r is not known here") % {"text": str(value)},
            *path,
            mend=gettext("known: %(keys)s") % {"keys": ", ".join(known)},
        ) from error


def decimal(value: Any, document: YamlDoc, path: tuple[Key, ...]) -> Decimal:
    """An exact amount. A number of YAML is exact up to fifteen digits; more must be in quotes."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise document.error(gettext("a number is expected"), *path)
    try:
        number = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except InvalidOperation as error:
        raise document.error(
            gettext("%(text)r is not a number") % {"text": str(value)},
            *path,
            mend=gettext("write it with a point and without spaces: 1234.50"),
        ) from error
    if not number.is_finite():
        raise document.error(gettext("%(text)r is not a number") % {"text": str(value)}, *path)
    if isinstance(value, float) and len(number.as_tuple().digits) > CERTAIN:
        raise document.error(gettext("has more digits than a number keeps"), *path, mend=gettext("put it in quotes"))
    return number


def _day(value: Any, document: YamlDoc, path: tuple[Key, ...]) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise document.error(
            gettext("%(text)r is not a day") % {"text": str(value)}, *path, mend=gettext("for example 2026-01-08")
        ) from error


def _text(value: Any, document: YamlDoc, path: tuple[Key, ...]) -> str:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    # A number would lose its leading zeros (postcodes, accounts), so it is never taken for words.
    raise document.error(gettext("words are expected"), *path, mend=gettext("put it in quotes"))
