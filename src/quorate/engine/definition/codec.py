"""Turns plain data into the program's dataclasses and back, led by the dataclasses themselves.

One declaration serves four purposes: the Python type, the reading of YAML (with the path of every fault), the
canonical form that is hashed, and the published JSON Schema. A field is declared with ``spec(doc, …)``:

* ``named="name"``: in YAML a mapping from that attribute to the rest; in Python a tuple in the order written.
* ``several=True``: in YAML one item or a list of them.
* a scalar type is any class with ``parse(text)`` and ``__str__``; an enum is written by its value.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, Union, get_args, get_origin

from quorate.kernel.i18n import gettext

Path = tuple[str | int, ...]


def spec(
    doc: str,
    *,
    default: Any = dataclasses.MISSING,
    named: str = "",
    several: bool = False,
    pattern: str = "",
    examples: tuple[Any, ...] = (),
    key: str = "",
) -> Any:
    """A dataclass field with its description; without a ``default`` it must be written."""
    metadata = {
        "doc": doc,
        "named": named,
        "several": several,
        "pattern": pattern,
        "examples": examples,
        "key": key,
    }
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class Fault:
    """One thing wrong in the data: where (a path of keys and indexes), what, and how to mend it."""

    path: Path
    what: str
    mend: str = ""


@dataclasses.dataclass(frozen=True)
class Attribute:
    """What the codec knows of one field of a dataclass."""

    name: str
    key: str
    type: Any
    doc: str
    named: str
    several: bool
    pattern: str
    examples: tuple[Any, ...]
    default: Any

    @property
    def required(self) -> bool:
        """Whether it must be written."""
        return self.default is dataclasses.MISSING


@cache
def attributes(kind: type) -> tuple[Attribute, ...]:
    """The fields of a dataclass in order of declaration."""
    hints = typing.get_type_hints(kind)
    found = []
    for item in dataclasses.fields(kind):
        meta = item.metadata
        found.append(
            Attribute(
                name=item.name,
                key=meta.get("key") or item.name.rstrip("_"),
                type=hints[item.name],
                doc=meta.get("doc", ""),
                named=meta.get("named", ""),
                several=meta.get("several", False),
                pattern=meta.get("pattern", ""),
                examples=meta.get("examples", ()),
                default=item.default,
            )
        )
    return tuple(found)


def optional(kind: Any) -> tuple[Any, bool]:
    """The type without ``None``, and whether ``None`` was among its members."""
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        if len(members) < len(get_args(kind)):
            return (members[0] if len(members) == 1 else Union[tuple(members)]), True  # noqa: UP007  # built at run time
    return kind, False


def is_scalar(kind: Any) -> bool:
    """Whether the type is written as one text: it has ``parse``."""
    return isinstance(kind, type) and hasattr(kind, "parse")


# --- reading --------------------------------------------------------------------------------------------------


class Reader:
    """Reads plain data into dataclasses, gathering every fault on the way."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: Path, what: str, mend: str = "") -> None:
        """Note a fault."""
        self.faults.append(Fault(path, what, mend))

    def record(self, kind: type, data: Any, path: Path, given: Mapping[str, Any] | None = None) -> Any:
        """An instance of ``kind`` from a mapping, or ``None`` when it cannot be built."""
        if not isinstance(data, Mapping):
            self.fault(path, gettext("a mapping is expected here, not %(kind)s") % {"kind": plain_kind(data)})
            return None
        given = given or {}
        known = {item.key: item for item in attributes(kind)}
        for key in data:
            if key not in known or known[key].name in given:
                self.fault((*path, key), gettext("“%(key)s” is not known here") % {"key": key}, near(str(key), known))
        values: dict[str, Any] = {}
        whole = True
        for item in attributes(kind):
            if item.name in given:
                values[item.name] = given[item.name]
            elif item.key in data and (data[item.key] is not None or item.required):
                before = len(self.faults)
                values[item.name] = self.value(item, data[item.key], (*path, item.key))
                whole = whole and len(self.faults) == before
            elif item.required:
                self.fault(
                    path,
                    gettext("“%(key)s” is missing") % {"key": item.key},
                    gettext("add it: %(doc)s") % {"doc": item.doc},
                )
                whole = False
        return kind(**values) if whole else None

    def value(self, item: Attribute, data: Any, path: Path) -> Any:
        """The value of one field."""
        kind, _null = optional(item.type)
        if item.named:
            return self.named(get_args(kind)[0], item.named, data, path)
        if item.several:
            member = get_args(kind)[0]
            if not isinstance(data, list):
                return (self.of(member, data, path, item),)
            return self.items(member, data, path, item)
        found = self.of(kind, data, path, item)
        if item.pattern and isinstance(found, str) and not re.search(item.pattern, found):
            mend = gettext("it must match %(pattern)s") % {"pattern": item.pattern}
            self.fault(path, gettext("“%(value)s” cannot stand here") % {"value": found}, mend)
        return found

    def named(self, kind: type, name: str, data: Any, path: Path) -> Any:
        """A tuple of records from a mapping of names to records, or from a list whose items carry the name."""
        if isinstance(data, list):
            return self.items(kind, data, path, None)
        if not isinstance(data, Mapping):
            self.fault(
                path, gettext("a mapping from names is expected here, not %(kind)s") % {"kind": plain_kind(data)}
            )
            return ()
        records = []
        for key, body in data.items():
            records.append(self.record(kind, {} if body is None else body, (*path, key), {name: str(key)}))
        return tuple(record for record in records if record is not None)

    def items(self, kind: Any, data: list[Any], path: Path, item: Attribute | None) -> tuple[Any, ...]:
        """A tuple from a list."""
        return tuple(self.of(kind, entry, (*path, index), item) for index, entry in enumerate(data))

    def of(self, kind: Any, data: Any, path: Path, item: Attribute | None) -> Any:
        """A value of a type."""
        kind, null = optional(kind)
        if data is None and null:
            return None
        origin = get_origin(kind)
        if dataclasses.is_dataclass(kind) and not is_scalar(kind):
            return self.record(typing.cast(type, kind), data, path)
        if origin is tuple:
            if not isinstance(data, list):
                self.fault(path, gettext("a list is expected here, not %(kind)s") % {"kind": plain_kind(data)})
                return ()
            return self.items(get_args(kind)[0], data, path, item)
        if origin in (Mapping, dict) or kind in (Mapping, dict):
            return self.mapping(kind, data, path)
        return self.scalar(kind, data, path)

    def mapping(self, kind: Any, data: Any, path: Path) -> Any:
        """A mapping from text to values of one type."""
        if not isinstance(data, Mapping):
            self.fault(path, gettext("a mapping is expected here, not %(kind)s") % {"kind": plain_kind(data)})
            return {}
        member = get_args(kind)[1] if get_args(kind) else Any
        return {str(key): self.of(member, value, (*path, key), None) for key, value in data.items()}

    def scalar(self, kind: Any, data: Any, path: Path) -> Any:
        """A single value."""
        if kind is Any:
            return plain(data)
        if get_origin(kind) in (Union, types.UnionType):
            for member in get_args(kind):
                trial = Reader()
                value = trial.of(member, data, path, None)
                if not trial.faults:
                    return value
            self.fault(path, gettext("“%(value)s” does not fit here") % {"value": data})
            return None
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self.choice(kind, data, path)
        if is_scalar(kind) or kind is Fraction:
            return self.parsed(kind, data, path)
        return self.primitive(kind, data, path)

    def choice(self, kind: type[Enum], data: Any, path: Path) -> Any:
        """A member of an enum."""
        for member in kind:
            if member.value == data:
                return member
        values = [str(member.value) for member in kind]
        self.fault(
            path,
            gettext("“%(value)s” is not one of %(values)s") % {"value": data, "values": ", ".join(values)},
            near(str(data), values),
        )
        return None

    def parsed(self, kind: Any, data: Any, path: Path) -> Any:
        """A value written as text in a small grammar of its own."""
        if isinstance(data, Mapping) and len(data) == 1 and hasattr(kind, "written_as_pair"):
            ((key, value),) = data.items()
            data = f"{key}: {value}"
        if isinstance(data, bool) or not isinstance(data, (str, int)):
            self.fault(path, gettext("a text is expected here, not %(kind)s") % {"kind": plain_kind(data)})
            return None
        try:
            return Fraction(str(data)) if kind is Fraction else kind.parse(str(data))
        except (ValueError, ZeroDivisionError) as error:
            self.fault(path, str(error), getattr(kind, "mend", ""))
            return None

    def primitive(self, kind: Any, data: Any, path: Path) -> Any:
        """Text, number, truth value or time."""
        if kind is str and isinstance(data, (int, float)) and not isinstance(data, bool):
            return str(data)
        if kind is str and isinstance(data, (date, datetime)):
            return data.isoformat()
        if kind is datetime:
            return self.instant(data, path)
        fits = isinstance(data, kind) and (kind is bool or not isinstance(data, bool))
        if kind is float and isinstance(data, int) and not isinstance(data, bool):
            return float(data)
        if not fits:
            self.fault(
                path,
                gettext("%(wanted)s is expected here, not %(kind)s")
                % {"wanted": KIND_WORDS.get(kind, kind.__name__), "kind": plain_kind(data)},
            )
            return None
        return data

    def instant(self, data: Any, path: Path) -> Any:
        """A date or a time; without a zone it is read in UTC by the caller's rules."""
        if isinstance(data, datetime):
            return data
        if isinstance(data, date):
            return datetime(data.year, data.month, data.day)  # noqa: DTZ001  # the window's zone is applied later
        try:
            return datetime.fromisoformat(str(data))
        except ValueError:
            self.fault(path, gettext("“%(value)s” is not a date or a time") % {"value": data}, "2026-05-18T00:00")
            return None


KIND_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def plain_kind(data: Any) -> str:
    """The kind of a plain value, in words."""
    if data is None:
        return gettext("nothing")
    if isinstance(data, bool):
        return gettext("true or false")
    if isinstance(data, Mapping):
        return gettext("a mapping")
    if isinstance(data, list):
        return gettext("a list")
    if isinstance(data, (int, float)):
        return gettext("a number")
    if isinstance(data, (date, datetime)):
        return gettext("a date")
    return gettext("a text")


def near(word: str, known: Any) -> str:
    """``did you mean …`` when a known word is close, else the list of known words."""
    names = [str(name) for name in known]
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return gettext("did you mean “%(name)s”?") % {"name": close[0]}
    return gettext("known here: %(names)s") % {"names": ", ".join(sorted(names))} if names else ""


# --- writing --------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """The value as JSON types; defaults are left out of records, so that a new field changes no old hash."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if is_scalar(type(value)):
            return str(value)
        body: dict[str, Any] = {}
        for item in attributes(type(value)):
            held = getattr(value, item.name)
            if item.required or held != item.default:
                body[item.key] = plain(held)
        return body
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(held) for held in value]
    return str(value) if is_scalar(type(value)) else value
