"""Commands on the books: ``quorate books …`` and ``quorate export beancount``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from quorate.access.actors import system
from quorate.exchange.finance import plaintext, proof
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
    for command in (books_list, books_verify, books_report):
        books.add_command(command)
    noun(root, "export", gettext("Write records as files in open formats")).add_command(export_beancount)


@click.command("list")
@json_option
def books_list() -> None:
    """List the books that are kept here."""
    found = [
        {"slug": row.slug, "name": row.name, "currency": row.currency_id, "synthetic": row.synthetic}
        for row in visible(ACTOR)
    ]
    show({"books": found}, lambda: columns((row["slug"], row["currency"], row["name"]) for row in found))


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
