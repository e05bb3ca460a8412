"""Commands about invoices: ``invoice issue`` and ``invoice check``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from quorate.exchange.finance.invoicing import attachment, papers, reading, schematron
from quorate.exchange.finance.invoicing.reckoning import reckon
from quorate.exchange.finance.invoicing.schematron import Verdict
from quorate.kernel.commands import json_option, show
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext


def register(group: click.Group) -> None:
    """Add the commands of invoices to their noun."""
    group.add_command(invoice_issue)
    group.add_command(invoice_check)


@click.command("issue")
@click.argument("file")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="the folder to write to")
@click.option("--replace", is_flag=True, help="write over files that are there")
@json_option
def invoice_issue(file: str, out: Path, replace: bool) -> None:
    """Make the Factur-X PDF and the UBL file of the invoice in a YAML or JSON file.

    Both are checked by the schema and the rules of EN 16931 before anything is written. The file gives the number.
    """
    invoice = reading.read(Path(file))
    made = papers.make(invoice)
    stem = papers.stem(invoice.number)
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
    sums = reckon(invoice)
    document = {
        "number": invoice.number,
        "files": {name: str(path) for name, path in files.items()},
        "currency": invoice.currency,
        "net": f"{sums.net:f} {invoice.currency}",
        "tax": f"{sums.tax:f} {invoice.currency}",
        "gross": f"{sums.gross:f} {invoice.currency}",
        "due": f"{sums.due:f} {invoice.currency}",
        "checks": [as_dict(verdict) for verdict in made.verdicts],
    }
    show(document, [str(path) for path in files.values()])


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
