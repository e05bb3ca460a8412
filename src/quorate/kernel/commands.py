"""What every command has in common: nouns that several packages share, ``--json``, and one way to print.

It stands in the kernel because every package above may bring commands, the ledger included. How a package
brings them is written at the top of ``quorate.surfaces.cli.main``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click
from django.utils.functional import Promise

from quorate.kernel import discovery

F = TypeVar("F", bound=Callable[..., Any])

#: Where the root keeps, for the time of one call, whether ``--json`` was given.
JSON_ASKED = "quorate.json"


def noun(parent: click.Group, name: str, summary: object) -> click.Group:
    """The group of commands on one noun (``case``, ``import``), made by whoever asks for it first."""
    present = parent.commands.get(name)
    if present is None:
        present = click.Group(name, help=str(summary))
        parent.add_command(present)
    if not isinstance(present, click.Group):
        raise ValueError(f"the command {name!r} is not a noun that takes commands")
    return present


class LateNoun(click.Group):
    """A noun whose commands are imported when one of them is looked for, so that other commands do not wait."""

    def __init__(self, name: str, summary: str, module: str) -> None:
        super().__init__(name, help=summary)
        self.module: str | None = module

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        module, self.module = self.module, None
        if module is not None:
            discovery.part(module).register(self)


def late_noun(parent: click.Group, name: str, summary: object, module: str) -> None:
    """A noun of one package, whose ``module`` has ``register(group)`` and is imported when it is needed."""
    if name in parent.commands:
        raise ValueError(f"the noun {name!r} is there already")
    parent.add_command(LateNoun(name, str(summary), module))


def json_option(function: F) -> F:
    """Add ``--json``. The command's function gets no argument for it: :func:`show` knows."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        expose_value=False,
        callback=_remember,
        help="Print one JSON document on standard output and nothing else.",
    )(function)


def _remember(context: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    context.meta[JSON_ASKED] = value
    return value


def json_asked() -> bool:
    """Whether the running command was asked for JSON."""
    context = click.get_current_context(silent=True)
    return bool(context is not None and context.meta.get(JSON_ASKED))


def show(document: Any, lines: Callable[[], Iterable[str]] | Iterable[str]) -> None:
    """Print the result: ``document`` as JSON when ``--json`` was given, else the lines for people.

    ``lines`` may be a function, so that words are not made in vain.
    """
    if json_asked():
        click.echo(to_json(document))
        return
    for line in lines() if callable(lines) else lines:
        click.echo(line)


def to_json(document: Any) -> str:
    """One JSON document. Times are ISO 8601 in UTC, money and other decimals are strings."""
    return json.dumps(document, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID, Promise, Path)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r}")


def columns(rows: Iterable[Iterable[object]], *, gap: int = 2) -> list[str]:
    """Rows of cells as lines with aligned columns; the last column is not padded."""
    table = [[str(cell) for cell in row] for row in rows]
    if not table:
        return []
    widths = [max(len(row[at]) for row in table if at < len(row)) for at in range(max(map(len, table)))]
    return [
        (" " * gap).join(cell.ljust(widths[at]) if at < len(row) - 1 else cell for at, cell in enumerate(row)).rstrip()
        for row in table
    ]
