"""Commands on the books: ``quorate books …`` and ``quorate export beancount``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from quorate.access.actors import system
from quorate.exchange.finance import plaintext, proof
from quorate.exchange.finance.actions import import_transactions, open_book
from quorate.exchange.finance.actions.importing import MAX_BYTES
from quorate.exchange.finance.queries import book_by, visible
from quorate.exchange.finance.reporting import REPORTS
from quorate.exchange.finance.rules import year_start
from quorate.kernel import clock
from quorate.kernel.commands import columns, json_asked, json_option, noun, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

ACTOR = system("cli")
DAY = click.DateTime(formats=["%Y-%m-%d"])


def register(root: click.Group) -> None:
    """Add the commands."""
    books = noun(root, "books", gettext("Double-entry books"))
    for command in (books_open, books_list, books_import, books_verify, books_report):
        books.add_command(command)
    noun(root, "export", gettext("Write records as files in open formats")).add_command(export_beancount)


@click.command("open")
@click.argument("slug")
@click.option("--name", required=True, help="Whose books they are.")
@click.option("--currency", required=True, help="The code of the currency they are kept in.")
@click.option("--year-starts", type=int, default=1, show_default=True, help="The month with which a year starts.")
@json_option
def books_open(slug: str, name: str, currency: str, year_starts: int) -> None:
    """Open the books of an entity, with the usual accounts of a foundation and a general fund."""
    made = open_book(actor=ACTOR, slug=slug, name=name, currency=currency, year_starts=year_starts)
    document = {"slug": made.slug, "name": made.name, "currency": made.currency_id, "accounts": made.accounts.count()}
    show(document, [gettext("%(slug)s: %(accounts)d accounts in %(currency)s") % document])


@click.command("list")
@json_option
def books_list() -> None:
    """List the books that are kept here."""
    found = [
        {"slug": row.slug, "name": row.name, "currency": row.currency_id, "synthetic": row.synthetic}
        for row in visible(ACTOR)
    ]
    show({"books": found}, lambda: columns((row["slug"], row["currency"], row["name"]) for row in found))


@click.command("import")
@click.argument("book")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def books_import(book: str, file: Path) -> None:
    """Post the transactions of a CSV file: all of them, or none and every fault with its line."""
    found = book_by(ACTOR, book)
    try:
        data = file.read_bytes() if file.stat().st_size <= MAX_BYTES else b"x" * (MAX_BYTES + 1)
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be read"), where=str(file)) from error
    made = import_transactions(actor=ACTOR, book=found, data=data, name=str(file))
    numbers = [row.number for row in made]
    show({"book": found.slug, "transactions": numbers}, [gettext("%d transactions") % len(numbers)])


@click.command("verify")
@click.argument("book", required=False)
@json_option
def books_verify(book: str | None) -> None:
    """Compute every sum, balance, number and digest of books anew and hold them against the ledger."""
    found = []
    for row in [book_by(ACTOR, book)] if book else visible(ACTOR):
        verdict = proof.verify(row)
        found.append(
            {
                "book": row.slug,
                "ok": verdict.ok,
                "transactions": verdict.transactions,
                "legs": verdict.legs,
                "faults": verdict.faults,
                "more_faults": verdict.more,
            }
        )
    ok = all(each["ok"] for each in found)

    def lines() -> Iterator[str]:
        for each in found:
            words = gettext("good") if each["ok"] else gettext("NOT good")
            yield gettext("%(book)s: %(transactions)d transactions, %(legs)d legs: ") % each + words
            for fault in each["faults"]:  # type: ignore[attr-defined]  # a list of faults
                number = f"{fault['transaction']}: " if fault["transaction"] is not None else ""
                yield f"  {number}{fault['what']}"

    show({"ok": ok, "books": found}, lines)
    if not ok:
        click.get_current_context().exit(1)


@click.command("report")
@click.argument("name", type=click.Choice(sorted(REPORTS)))
@click.argument("book")
@click.option("--from", "since", type=DAY, help="First day; without it the start of the financial year.")
@click.option("--on", "at", type=DAY, help="Last day; without it today.")
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values instead of columns.")
@json_option
def books_report(name: str, book: str, since: datetime | None, at: datetime | None, as_csv: bool) -> None:
    """Print a report of a book: its balances, income, net assets or funds."""
    found = book_by(ACTOR, book)
    last = at.date() if at else clock.today()
    first = since.date() if since else year_start(found.year_starts, last)
    if first > last:
        raise UserError(gettext("the first day is after the last"), where="--from")
    table = REPORTS[name](found, first, last)
    if as_csv and not json_asked():
        click.echo(table.as_csv(), nl=False)
        return
    document = {"report": name, "book": found.slug, "from": first, "on": last, "rows": table.as_dicts()}
    show(document, lambda: columns([table.columns, *table.rows]))


@click.command("beancount")
@click.argument("book")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
@json_option
def export_beancount(book: str, out: Path | None) -> None:
    """Write a book as a plain-text ledger that beancount and Fava open, our balances asserted in it."""
    found = book_by(ACTOR, book)
    text = "".join(f"{line}\n" for line in plaintext.lines(found))
    if out is not None:
        try:
            out.write_text(text, "utf-8")
        except OSError as error:
            raise UserError(error.strerror or gettext("cannot be written"), where=str(out)) from error
        document = {"file": str(out), "bytes": len(text.encode()), "book": found.slug}
        show(document, [gettext("%(file)s: %(bytes)d bytes") % document])
    elif json_asked():
        show({"book": found.slug, "text": text}, [])
    else:
        click.echo(text, nl=False)
