"""Commands about invoices: ``invoice issue``, ``series``, ``papers``, ``list`` and ``check``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from django.db import transaction

from quorate.access.actors import system
from quorate.directory.models import Organisation
from quorate.exchange.finance import actions
from quorate.exchange.finance.invoicing import attachment, papers, reading, schematron
from quorate.exchange.finance.invoicing.document import Invoice as Document
from quorate.exchange.finance.invoicing.reckoning import reckon
from quorate.exchange.finance.invoicing.schematron import Verdict
from quorate.exchange.finance.models import Series
from quorate.exchange.finance.queries import invoices as queries
from quorate.exchange.finance.queries.books import book_by
from quorate.kernel import clock, money
from quorate.kernel.commands import columns, json_option, show
from quorate.kernel.errors import Conflict, NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import load


def register(group: click.Group) -> None:
    """Add the commands of invoices to their noun."""
    group.add_command(invoice_issue)
    group.add_command(invoice_series)
    group.add_command(invoice_papers)
    group.add_command(invoice_list)
    group.add_command(invoice_check)


@click.command("issue")
@click.argument("file")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="the folder to write to")
@click.option("--book", help="the books to post it to; without them the file gives the number and nothing is stored")
@click.option("--series", help="the series of those books that gives the number")
@click.option("--buyer", help="the organisation in the directory that is billed")
@click.option("--replace", is_flag=True, help="write over files that are there")
@json_option
def invoice_issue(file: str, out: Path, book: str | None, series: str | None, buyer: str | None, replace: bool) -> None:
    """Make the Factur-X PDF and the UBL file of the invoice in a YAML or JSON file.

    Both are checked by the schema and the rules of EN 16931 before anything is written. With --book and --series the
    invoice gets the next number, is posted and kept; the file then has "postings", which say what each line credits.
    """
    if bool(book) != bool(series):
        raise UserError(gettext("--book and --series go together"), where="--series" if book else "--book")
    with (
        transaction.atomic() if book else nullcontext()
    ):  # where the papers cannot be made or written, no number is used
        invoice = _issued(file, book, series, buyer) if book and series else reading.read(Path(file))
        made = papers.make(invoice)
        files = _write(invoice.number, made, out, replace)
    sums = reckon(invoice)
    document = {
        "number": invoice.number,
        "files": files,
        "currency": invoice.currency,
        "net": f"{sums.net:f} {invoice.currency}",
        "tax": f"{sums.tax:f} {invoice.currency}",
        "gross": f"{sums.gross:f} {invoice.currency}",
        "due": f"{sums.due:f} {invoice.currency}",
        "checks": [as_dict(verdict) for verdict in made.verdicts],
    }
    show(document, files.values())


@click.command("series")
@click.argument("file")
@click.option("--book", required=True, help="the books")
@click.option("--name", required=True, help="the short name of the series")
@click.option("--pattern", default="{year}-{serial:04}", show_default=True, help="how its numbers are written")
@json_option
def invoice_series(file: str, book: str, name: str, pattern: str) -> None:
    """Open a series of numbers; the YAML file says who sells, and the means of payment and notes of each invoice."""
    loaded = load(Path(file))
    if not isinstance(loaded.data, dict):
        raise loaded.error(gettext("keys and values are expected"))
    who = system("cli")
    made = actions.open_series(actor=who, book=book_by(who, book), slug=name, seller=loaded.data, pattern=pattern)
    show({"series": made.slug, "pattern": made.pattern}, [made.slug])


@click.command("papers")
@click.argument("number")
@click.option("--book", required=True, help="the books that it was issued in")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="the folder to write to")
@click.option("--replace", is_flag=True, help="write over files that are there")
@json_option
def invoice_papers(number: str, book: str, out: Path, replace: bool) -> None:
    """Make the Factur-X PDF and the UBL file of an invoice that was issued."""
    found = queries.invoices(system("cli"), book_by(system("cli"), book)).filter(number=number).first()
    if found is None:
        raise NotFound(gettext("there is no such invoice"), where=number)
    files = _write(found.number, papers.make(queries.document_of(found)), out, replace)
    show({"number": found.number, "files": files}, files.values())


@click.command("list")
@click.option("--book", required=True, help="the books")
@click.option("--standing", type=click.Choice([each.value for each in queries.Standing]), help="only these")
@json_option
def invoice_list(book: str, standing: str | None) -> None:
    """List the invoices of the books, newest first, with what is open of each."""
    rows = list(queries.invoices(system("cli"), book_by(system("cli"), book)))
    left = queries.open_amounts(rows)
    standings = queries.standings(rows, left, clock.today())
    found = [
        {
            "number": row.number,
            "kind": row.kind,
            "issued": row.issued,
            "due": row.due,
            "buyer": row.document["buyer"]["name"],
            "gross": money.show(row.gross, row.currency.digits, row.currency_id),
            "open": money.show(left.get(row.pk, 0), row.currency.digits, row.currency_id),
            "standing": standings.get(row.pk),
            "reference": row.reference,
        }
        for row in rows
        if standing is None or standings.get(row.pk) == standing
    ]
    show(
        {"invoices": found},
        lambda: columns(
            [each["number"], each["issued"], each["buyer"], each["gross"], each["standing"] or each["kind"]]
            for each in found
        ),
    )


def _issued(file: str, book: str, series: str, buyer: str | None) -> Document:
    """The invoice that was issued of a file. Runs in the caller's transaction."""
    who = system("cli")
    books = book_by(who, book)
    row = Series.objects.select_related("book").filter(book=books, slug=series).first()
    if row is None:
        raise NotFound(gettext("there is no such series"), where=series)
    organisation = Organisation.objects.filter(slug=buyer).first() if buyer else None
    if buyer and organisation is None:
        raise NotFound(gettext("there is no such organisation"), where=buyer)
    loaded = load(Path(file))
    if not isinstance(loaded.data, dict):
        raise loaded.error(gettext("is no invoice: keys and values are expected"))
    data = dict(loaded.data)
    postings = data.pop("postings", None)
    if not isinstance(postings, list) or not all(isinstance(each, dict) for each in postings):
        raise loaded.error(
            gettext("postings say for each line what it credits"), "postings", mend="postings: [{role: dues}]"
        )
    texts = [{str(key): str(value) for key, value in each.items()} for each in postings]
    draft = actions.draft_invoice(actor=who, series=row, document=data, postings=texts, buyer=organisation)
    return queries.document_of(actions.issue_invoice(actor=who, draft=draft))


def _write(number: str, made: papers.Papers, out: Path, replace: bool) -> dict[str, str]:
    """Both files, or neither where one is there already."""
    stem = papers.stem(number)
    files = {"pdf": out / f"{stem}.pdf", "ubl": out / f"{stem}.ubl.xml"}
    for path in files.values():
        if path.exists() and not replace:
            raise Conflict(gettext("is there already"), where=str(path), mend=gettext("--replace writes over it"))
    try:
        out.mkdir(parents=True, exist_ok=True)
        files["pdf"].write_bytes(made.pdf)
        files["ubl"].write_bytes(made.ubl)
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be written"), where=str(error.filename or out)) from error
    return {name: str(path) for name, path in files.items()}


@click.command("check")
@click.argument("file")
@json_option
def invoice_check(file: str) -> None:
    """Check an invoice by the schema and the rules of EN 16931: CII, UBL 2.1, or a PDF that carries one.

    Exits 1 when a rule does not hold.
    """
    path = Path(file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be read"), where=file) from error
    if content.lstrip()[:5] == b"%PDF-":
        content = attachment.extract(content, file)
    verdict = schematron.check(content, file)
    show({"file": file, **as_dict(verdict)}, lambda: _said(file, verdict))
    if not verdict.good:
        click.get_current_context().exit(1)


def as_dict(verdict: Verdict) -> dict[str, Any]:
    """The stable JSON form of what the rules say."""
    return {
        "ok": verdict.good,
        "syntax": verdict.syntax,
        "rules": verdict.fired,
        "failed": [each.as_dict() for each in verdict.failed],
    }


def _said(file: str, verdict: Verdict) -> Iterator[str]:
    for each in verdict.failed:
        yield f"{each.flag} {each.rule} {each.place}: {each.words}"
    if verdict.good:
        yield gettext("%(file)s (%(syntax)s): no rule is broken") % {"file": file, "syntax": verdict.syntax}
