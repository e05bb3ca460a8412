"""Commands about bank statements: ``statement read``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from quorate.exchange.finance.statements import reading, table
from quorate.exchange.finance.statements.statement import Statement
from quorate.kernel.commands import columns, json_option, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext


def register(group: click.Group) -> None:
    """Add the commands of statements to their noun."""
    group.add_command(statement_read)


@click.command("read")
@click.argument("file")
@click.option("--profile", help="how the bank writes its CSV (YAML)")
@json_option
def statement_read(file: str, profile: str | None) -> None:
    """Read a bank's file (camt.053, or CSV with a profile), check that it adds up, and show it; nothing is stored."""
    found = reading.read(content_of(file), file, table.profile(Path(profile)) if profile else None)
    show({"statements": [as_dict(each) for each in found]}, lambda: _table(found))


def content_of(file: str) -> bytes:
    """The bytes of a file. ``UserError`` when it cannot be read."""
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be read"), where=file) from error


def as_dict(statement: Statement) -> dict[str, Any]:
    """The stable JSON form."""
    currency = statement.currency
    return {
        "account": statement.account,
        "currency": currency,
        "number": statement.number,
        "opening": None if statement.opening is None else f"{statement.opening:f} {currency}",
        "closing": None if statement.closing is None else f"{statement.closing:f} {currency}",
        "proved": statement.proved,
        "pending": statement.pending,
        "lines": [
            {
                "key": line.key,
                "day": line.day,
                "amount": f"{line.amount:f} {currency}",
                "party": line.party,
                "reference": line.structured or line.end_to_end,
                "words": line.words,
                "where": line.where,
            }
            for line in statement.lines
        ],
    }


def _table(statements: list[Statement]) -> Iterator[str]:
    for statement in statements:
        yield f"{statement.account} {statement.currency} {statement.number}".rstrip()
        yield from columns(
            [line.day, f"{line.amount:f}", line.party, " ".join(filter(None, (line.structured, line.words)))]
            for line in statement.lines
        )
        if statement.proved:
            yield gettext("%(opening)s to %(closing)s: it adds up") % {
                "opening": f"{statement.opening:f}",
                "closing": f"{statement.closing:f}",
            }
        else:
            yield gettext("no balances: nothing proves that it is whole")
