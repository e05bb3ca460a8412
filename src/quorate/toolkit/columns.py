"""What a list page declares: columns and how their values become cells, filters, the next action, empty words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quorate.kernel.i18n import gettext
from quorate.toolkit import parts, times

Kind = Literal["text", "number", "when", "day", "age", "clock", "person", "organisation", "pill"]
Text = str | Promise
Rows = Any  #: a QuerySet or a sequence; Django's query sets are generic in ways a filter cannot name


def read(row: Any, how: Callable[[Any], Any] | str) -> Any:
    """A value of a row: by function, by attribute path (``a__b``), or by key of a mapping."""
    if callable(how):
        return how(row)
    value = row
    for name in how.split("__"):
        if value is None:
            return None
        value = value[name] if isinstance(value, Mapping) else getattr(value, name)
        if callable(value):
            value = value()
    return value


def cell_html(kind: Kind, value: Any, url: str = "") -> SafeString:
    """The default cell of a kind; ``None`` is "unknown" for facts and a blank for words."""
    if kind == "number":
        shown = parts.num(value)
    elif kind == "when":
        shown = times.when(value)
    elif kind == "day":
        shown = times.when(value, style="day")
    elif kind == "age":
        shown = times.age(value)
    elif kind == "clock":
        return times.clock(value)
    elif kind in ("person", "organisation"):
        return parts.person(value, url, org=kind == "organisation")
    elif kind == "pill":
        shown = parts.pill(value) if value else SafeString("")
    elif isinstance(value, bool):
        shown = format_html("{}", gettext("yes") if value else gettext("no"))
    else:
        shown = format_html("{}", "" if value is None else value)
    return format_html('<a href="{}">{}</a>', url, shown) if url else shown


@dataclass(frozen=True)
class Column:
    """One column.

    ``value`` reads the plain value (sorted on, exported); by default the attribute ``key``. ``cell`` gives safe
    HTML instead of the default for ``kind``. ``sort`` names what to order by: an ORM path, or for plain sequences
    just anything true. ``sub`` is a quiet second line. One column is ``primary``: the row's name
    and link. A ``low`` column gives way when the list is narrow.
    """

    key: str
    label: Text
    kind: Kind = "text"
    value: Callable[[Any], Any] | str = ""
    cell: Callable[[Any], SafeString] | None = None
    url: Callable[[Any], str] | str | None = None
    sub: Callable[[Any], object] | None = None
    sort: str | tuple[str, ...] = ""
    primary: bool = False
    export: bool = True
    show: bool = True
    low: bool = False

    def of(self, row: Any) -> Any:
        """The plain value for a row."""
        return read(row, self.value or self.key)

    def html(self, row: Any) -> SafeString:
        """The cell's content."""
        if self.cell is not None:
            shown = self.cell(row)
        else:
            address = read(row, self.url) if self.url else ""
            shown = cell_html(self.kind, self.of(row), str(address or ""))
        if self.sub is not None and (more := self.sub(row)):
            return format_html('{} <span class="sub">{}</span>', shown, more)
        return shown

    @property
    def css(self) -> str:
        """Classes of its cells."""
        kinds = {"clock": "clock-cell", "pill": "pill-cell", "person": "person-cell"}
        more = ["name"] * self.primary + ["low"] * self.low
        return " ".join((kinds.get(self.kind, self.kind), *more))


@dataclass(frozen=True)
class Choice:
    """A filter by one of several values. ``options`` is a list of (value, label), or gives it for the table."""

    key: str
    label: Text
    options: Sequence[tuple[str, Text]] | Callable[[Any], Sequence[tuple[str, Text]]]
    apply: Callable[[Rows, str], Rows]
    kind: Literal["choice"] = "choice"


@dataclass(frozen=True)
class Flag:
    """A filter that is on or off. ``apply(rows, table)`` narrows when it is on."""

    key: str
    label: Text
    apply: Callable[[Rows, Any], Rows]
    kind: Literal["flag"] = "flag"


@dataclass(frozen=True)
class RowAction:
    """The one next thing to do with a row."""

    label: Text
    url: str
    post: Mapping[str, object] | None = None
    primary: bool = False


@dataclass(frozen=True)
class Empty:
    """What an empty list says: what would be here and what to do first."""

    title: Text
    text: Text = ""
    action: tuple[Text, str] | None = None


@dataclass(frozen=True)
class Head:
    """A column's head as shown: where a click leads and how the column is sorted now."""

    column: Column
    url: str = ""
    direction: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True)
class ShownFilter:
    """A filter with its current value and its options."""

    filter: Choice | Flag
    value: str
    options: Sequence[tuple[str, Text]] = ()


@dataclass(frozen=True)
class ShownRow:
    """A row ready to be shown."""

    cells: tuple[tuple[Column, SafeString], ...]
    action: SafeString | None
    row: Any = field(repr=False, default=None)
