"""Commands about bank statements: ``statement read``, ``import``, ``match`` and ``settle``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from quorate.access.actors import system
from quorate.exchange.finance import actions
from quorate.exchange.finance.matching import Proposal
from quorate.exchange.finance.models import BankLine, Invoice
from quorate.exchange.finance.queries import invoices as queries
from quorate.exchange.finance.queries.books import book_by
from quorate.exchange.finance.statements import reading, table
from quorate.exchange.finance.statements.statement import Statement
from quorate.kernel.commands import columns, json_option, show
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.ids import is_uuid


def register(group: click.Group) -> None:
    """Add the commands of statements to their noun."""
    group.add_command(statement_read)
    group.add_command(statement_import)
    group.add_command(statement_match)
    group.add_command(statement_settle)


@click.command("read")
@click.argument("file")
@click.option("--profile", help="how the bank writes its CSV (YAML)")
@json_option
def statement_read(file: str, profile: str | None) -> None:
    """Read a bank's file (camt.053, or CSV with a profile), check that it adds up, and show it; nothing is stored."""
    found = reading.read(content_of(file), file, table.profile(Path(profile)) if profile else None)
    show({"statements": [as_dict(each) for each in found]}, lambda: _table(found))


@click.command("import")
@click.argument("file")
@click.option("--book", required=True, help="the books")
@click.option("--profile", help="how the bank writes its CSV (YAML)")
@click.option("--account", default="@bank", show_default=True, help="the account of the books: its code, or @role")
@json_option
def statement_import(file: str, book: str, profile: str | None, account: str) -> None:
    """Take in the lines of a bank's file; what is known already stays as it is."""
    found = actions.import_statement(
        actor=system("cli"),
        book=book_by(system("cli"), book),
        content=content_of(file),
        name=file,
        profile=table.profile(Path(profile)) if profile else None,
        account=account,
    )
    show(
        {"lines": found.lines, "new": found.new},
        [gettext("%(new)d of %(lines)d lines are new") % {"new": found.new, "lines": found.lines}],
    )


@click.command("match")
@click.option("--book", required=True, help="the books")
@json_option
def statement_match(book: str) -> None:
    """Show for each line that came in and settles nothing what it could settle, and why. Nothing is stored."""
    rows = list(queries.unsettled(book_by(system("cli"), book)))
    found = queries.proposals(rows[0].book, rows) if rows else []
    numbers = queries.numbers_of(found)
    document = [_proposal(row, each, numbers) for row, each in zip(rows, found, strict=True)]
    show(
        {"proposals": document},
        lambda: columns(
            [
                each["day"],
                each["amount"],
                f"{each['certainty']} {each['outcome']}",
                ", ".join(share["invoice"] for share in each["shares"]) or "-",
                "; ".join(each["reasons"]),
            ]
            for each in document
        ),
    )


@click.command("settle")
@click.argument("line")
@click.option(
    "--invoice", "shares", multiple=True, metavar="NUMBER=AMOUNT", help="what of the line settles which invoice"
)
@click.option("--fee", default="0", help="what banks took from it on the way")
@click.option("--keep-rest", is_flag=True, help="keep what is left as an unapplied receipt")
@json_option
def statement_settle(line: str, shares: tuple[str, ...], fee: str, keep_rest: bool) -> None:
    """Settle invoices by a line of the bank (its id from "match"), and post it."""
    row = BankLine.objects.select_related("book").filter(pk=line).first() if is_uuid(line) else None
    if row is None:
        raise NotFound(gettext("there is no such line"), where=line)
    named = [_share(row, text) for text in shares]
    made = actions.settle(actor=system("cli"), line=row, shares=named, fee=_amount(fee, "--fee"), keep_rest=keep_rest)
    show({"payment": made.pk, "transaction": made.transaction.number}, [str(made.pk)])


def _share(row: BankLine, text: str) -> tuple[Invoice, Decimal]:
    number, _, amount = text.rpartition("=")
    found = Invoice.objects.filter(book=row.book, number=number).select_related("currency", "buyer").first()
    if found is None:
        raise NotFound(gettext("there is no such invoice"), where="--invoice", mend="--invoice 2026-0001=100.00")
    return found, _amount(amount, "--invoice")


def _amount(text: str, where: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise UserError(gettext("%(text)r is not a number") % {"text": text}, where=where) from error


def _proposal(row: BankLine, each: Proposal, numbers: Mapping[str, str]) -> dict[str, Any]:
    """The stable JSON form of a proposal."""
    return {
        "line": row.pk,
        "day": row.day,
        "amount": f"{each.line.amount:f} {each.line.currency}",
        "party": row.party,
        "outcome": each.outcome.value,
        "certainty": each.certainty.value,
        "shares": [{"invoice": numbers[key], "amount": f"{share:f}"} for key, share in each.shares],
        "rest": f"{each.rest:f}",
        "fee": f"{each.fee:f}",
        "reasons": list(each.reasons),
        "others": [numbers[key] for key in each.others],
    }


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
