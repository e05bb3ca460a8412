"""What a list shows, as files other tools read: CSV that a spreadsheet cannot be tricked by, and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise

from quorate.toolkit.times import iso


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


def plain(value: Any) -> Any:
    """A JSON value: times in ISO 8601 UTC, decimals and ids as strings, lists kept."""
    if isinstance(value, (date, datetime)):
        return iso(value)
    if isinstance(value, (Decimal, UUID, Promise)):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def csv_cell(value: Any) -> str:
    """A CSV cell. Text that a spreadsheet would run as a formula is led by an apostrophe."""
    made = plain(value)
    if made is None:
        return ""
    if isinstance(made, bool):
        return "yes" if made else "no"
    if isinstance(made, (list, dict)):
        made = "; ".join(str(item) for item in made)
    text = str(made)
    if isinstance(value, (int, float, Decimal)):
        return text
    return f"'{text}" if text.lstrip(" \t\r\n")[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r") else text


def csv_response(name: str, keys: Sequence[str], records: Iterable[Mapping[str, Any]]) -> HttpResponse:
    """A CSV file with a head of column keys."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield writer.writerow(keys)
        for record in records:
            yield writer.writerow([csv_cell(record.get(key)) for key in keys])

    return _download(f"{name}.csv", "text/csv; charset=utf-8", lines())


def json_response(name: str, records: Iterable[Mapping[str, Any]]) -> HttpResponse:
    """A JSON list of objects by column key, one row a line."""

    def lines() -> Iterator[str]:
        before = "[\n"
        for record in records:
            yield before + json.dumps(plain(record), ensure_ascii=False)
            before = ",\n"
        yield "[]\n" if before == "[\n" else "\n]\n"

    return _download(f"{name}.json", "application/json", lines())


def _download(name: str, kind: str, lines: Iterator[str]) -> HttpResponse:
    response: HttpResponseBase = StreamingHttpResponse(lines, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response  # type: ignore[return-value]  # a streaming answer is an answer; Django types them apart
