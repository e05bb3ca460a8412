"""List pages: one declaration gives columns, filters, search, order, pages, and exports of what is shown.

A table costs one count and one page, whatever it holds: a query inside a column is a defect that the tests of list
pages find. Rows are a query set or a plain sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, Literal, TypeVar
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from quorate.access.actors import Actor
from quorate.toolkit import exports, pages, parts
from quorate.toolkit.columns import (
    Choice,
    Column,
    Empty,
    Flag,
    Head,
    Kind,
    RowAction,
    Rows,
    ShownFilter,
    ShownRow,
    Text,
    read,
)

Row = TypeVar("Row")


class Table(Generic[Row]):
    """A list page's table; subclass it and declare. See the module's words for the cost."""

    name: ClassVar[str]
    caption: ClassVar[Text]
    columns: ClassVar[Sequence[Column]]
    filters: ClassVar[Sequence[Choice | Flag]] = ()
    search: ClassVar[Sequence[str]] = ()
    search_label: ClassVar[Text] = ""
    order: ClassVar[str] = ""
    size: ClassVar[int] = 50
    empty: ClassVar[Empty]
    exports: ClassVar[Mapping[str, tuple[Text, Callable[[Rows], HttpResponse]]]] = {}
    rows_template: ClassVar[str] = "toolkit/components/table_rows.html"

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet[Any] | Sequence[Row],
        *,
        actor: Actor | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.request = request
        self.actor = actor
        self.extra = extra or {}
        self._source: Rows = rows

    def action(self, row: Row) -> RowAction | None:  # subclasses use the row
        """The row's next action, or ``None``."""
        return None

    # --- what was asked for ---

    @cached_property
    def text(self) -> str:
        """What is searched for."""
        return self.request.GET.get("q", "").strip()[:200] if self.search else ""

    @cached_property
    def shown_filters(self) -> list[ShownFilter]:
        """The filters with what was chosen; a value that is no option counts as none."""
        shown = []
        for each in self.filters:
            value = self.request.GET.get(each.key, "")
            if isinstance(each, Flag):
                shown.append(ShownFilter(each, "1" if value in ("1", "on", "true") else ""))
                continue
            options = each.options(self) if callable(each.options) else each.options
            shown.append(ShownFilter(each, value if value in {key for key, _label in options} else "", options))
        return shown

    @cached_property
    def sorted_by(self) -> tuple[Column | None, bool]:
        """The column sorted by, and whether it is descending."""
        for asked in (self.request.GET.get("sort", ""), self.order):
            key = asked.lstrip("-")
            for column in self.columns:
                if column.key == key and column.sort:
                    return column, asked.startswith("-")
        return None, False

    @property
    def narrowed(self) -> bool:
        """Whether a search or a filter hides rows."""
        return bool(self.text) or any(shown.value for shown in self.shown_filters)

    # --- rows ---

    @property
    def all_rows(self) -> Rows:
        """The rows before search and filters, for options that follow from them."""
        return self._source

    @cached_property
    def rows(self) -> Rows:
        """All rows that match, in order; not yet fetched when they are a query set."""
        rows = self._source
        for shown in self.shown_filters:
            if shown.value:
                rows = self._filtered(rows, shown)
        if self.text:
            rows = self.find(rows, self.text)
        return self._ordered(rows)

    def _filtered(self, rows: Rows, shown: ShownFilter) -> Rows:
        if isinstance(shown.filter, Flag):
            return shown.filter.apply(rows, self)
        return shown.filter.apply(rows, shown.value)

    def find(self, rows: Rows, text: str) -> Rows:
        """The rows that hold every word of ``text`` in one of the ``search`` paths; subclasses may know better."""
        words = text.split()[:8]
        if isinstance(rows, QuerySet):
            for word in words:
                match = Q()
                for path in self.search:
                    match |= Q(**{f"{path}__icontains": word})
                rows = rows.filter(match)
            return rows
        return [row for row in rows if all(word.lower() in self._words(row) for word in words)]

    def _words(self, row: Row) -> str:
        return " ".join(str(read(row, path)) for path in self.search).lower()

    def _ordered(self, rows: Rows) -> Rows:
        column, descending = self.sorted_by
        if isinstance(rows, QuerySet):
            if column is None:
                return rows if rows.ordered else rows.order_by("pk")
            paths = (column.sort,) if isinstance(column.sort, str) else column.sort
            keys = [F(path).desc(nulls_last=True) if descending else F(path).asc(nulls_last=True) for path in paths]
            return rows.order_by(*keys, "pk")
        if column is None:
            return rows
        known = [row for row in rows if column.of(row) is not None]
        blank = [row for row in rows if column.of(row) is None]
        return sorted(known, key=lambda row: _sort_key(column.of(row)), reverse=descending) + blank

    @cached_property
    def count(self) -> int:
        """How many rows match."""
        return self.rows.count() if isinstance(self.rows, QuerySet) else len(self.rows)

    @cached_property
    def pages(self) -> int:
        """How many pages that makes."""
        return max(1, -(-self.count // self.size))

    @cached_property
    def page(self) -> int:
        """The page shown, from 1; beyond the last is the last."""
        asked = self.request.GET.get("page", "1")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        return min(max(1, number), self.pages)

    @cached_property
    def page_rows(self) -> list[Row]:
        """The rows of this page."""
        start = (self.page - 1) * self.size
        return list(self.rows[start : start + self.size]) if self.count else []

    # --- what the template shows ---

    @property
    def visible(self) -> list[Column]:
        """Columns that are shown (others may still be exported)."""
        return [column for column in self.columns if column.show]

    @cached_property
    def shown(self) -> list[ShownRow]:
        """The page's rows, cells and actions made."""
        visible = self.visible
        made = []
        for row in self.page_rows:
            cells = tuple((column, column.html(row)) for column in visible)
            made.append(ShownRow(cells, self._action_html(row, cells), row))
        return made

    @cached_property
    def has_actions(self) -> bool:
        """Whether any row of this page has a next action."""
        return any(row.action is not None for row in self.shown)

    @property
    def body(self) -> SafeString:
        """The rows of the table's body. Put together here, because a template takes three times as long over it."""
        frames = [_frame(column) for column in self.visible]
        html: list[str] = []
        for row in self.shown:
            html.append('<tr role="row">')
            for (opening, blank, closing), (_column, cell) in zip(frames, row.cells, strict=True):
                html += (opening if cell else blank, cell, closing)
            if self.has_actions:
                html += ('<td role="cell" class="next">', row.action or "", "</td>")
            html.append("</tr>\n")
        return mark_safe("".join(html))  # noqa: S308  # every part is safe: cells, actions and escaped frames

    def _action_html(self, row: Row, cells: Sequence[tuple[Column, SafeString]]) -> SafeString | None:
        found = self.action(row)
        if found is None:
            return None
        primary = next((column for column, _html in cells if column.primary), None)
        about = str(primary.of(row)) if primary else ""
        if found.post is not None:
            tone: Literal["", "primary"] = "primary" if found.primary else ""
            return parts.act(self.request, found.label, found.url, tone=tone, fields=found.post, describe=about)
        return format_html(
            '<a class="button{}" href="{}">{} <span class="visually-hidden">{}</span></a>',
            " primary" if found.primary else "",
            found.url,
            found.label,
            about,
        )

    @cached_property
    def heads(self) -> list[Head]:
        """The column heads with where a click leads."""
        current, descending = self.sorted_by
        heads = []
        for column in self.visible:
            if not column.sort:
                heads.append(Head(column))
                continue
            here = column is current
            direction: Literal["", "ascending", "descending"] = ""
            if here:
                direction = "descending" if descending else "ascending"
            target = f"-{column.key}" if here and not descending else column.key
            heads.append(Head(column, self.url(sort=target, page=None), direction))
        return heads

    def url(self, **changes: str | int | None) -> str:
        """This page's address with some parameters changed; ``None`` removes one."""
        values = {key: value for key, value in self.request.GET.items() if key not in changes and value}
        values.update({key: str(value) for key, value in changes.items() if value is not None})
        return f"{self.request.path}?{urlencode(values)}" if values else self.request.path

    @property
    def clear_url(self) -> str:
        """This list without search and filters."""
        return self.url(q=None, page=None, **{each.key: None for each in self.filters})

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Parameters that the filter form has to carry along: the order, a date, what the page itself uses."""
        own = {"q", "page", "format", *(each.key for each in self.filters)}
        return [(key, str(value)) for key, value in self.request.GET.items() if key not in own and value]

    @property
    def previous_url(self) -> str:
        """The page before, or blank."""
        return self.url(page=self.page - 1 if self.page > 2 else None) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        """The page after, or blank."""
        return self.url(page=self.page + 1) if self.page < self.pages else ""

    @property
    def first_shown(self) -> int:
        """The number of the first row shown."""
        return (self.page - 1) * self.size + 1 if self.count else 0

    @property
    def last_shown(self) -> int:
        """The number of the last row shown."""
        return min(self.page * self.size, self.count)

    @property
    def downloads(self) -> list[tuple[Text, str]]:
        """The formats to take the list away in."""
        own = [(label, self.url(format=key, page=None)) for key, (label, _make) in self.exports.items()]
        return [("CSV", self.url(format="csv", page=None)), ("JSON", self.url(format="json", page=None)), *own]

    # --- answers ---

    def records(self) -> Iterator[dict[str, Any]]:
        """All matching rows as plain values by column key."""
        chosen = [column for column in self.columns if column.export]
        rows = self.rows.iterator(chunk_size=2000) if isinstance(self.rows, QuerySet) else iter(self.rows)
        for row in rows:
            yield {column.key: column.of(row) for column in chosen}

    def respond(self, template: str, context: Mapping[str, Any] | None = None, *, public: bool = False) -> HttpResponse:
        """The whole answer: an export, the table alone for htmx, or the page (``table`` in its context)."""
        wanted = self.request.GET.get("format", "")
        if wanted in self.exports:
            return self.exports[wanted][1](self.rows)
        keys = [column.key for column in self.columns if column.export]
        if wanted == "csv":
            return exports.csv_response(self.name, keys, self.records())
        if wanted == "json":
            return exports.json_response(self.name, self.records())
        if pages.target(self.request) == f"{self.name}-rows":
            html = render_to_string(self.rows_template, {"table": self}, self.request)
            return pages.fragment(html)
        answer = pages.public_render if public else pages.render
        return answer(self.request, template, {**(context or {}), "table": self})


def _frame(column: Column) -> tuple[str, str, str]:
    """What stands around a cell of a column: its opening, the opening when it is blank, its closing."""
    if column.primary:
        opening = format_html('<th role="rowheader" scope="row" class="{}">', column.css)
        return opening, opening, "</th>"
    opening = format_html('<td role="cell" class="{}" data-label="{}">', column.css, column.label)
    blank = format_html('<td role="cell" class="{} blank" data-label="{}">', column.css, column.label)
    return opening, blank, "</td>"


def _sort_key(value: Any) -> Any:
    return (
        value.casefold() if isinstance(value, str) else str(value).casefold() if isinstance(value, Promise) else value
    )


__all__ = ["Choice", "Column", "Empty", "Flag", "Kind", "RowAction", "Table"]
