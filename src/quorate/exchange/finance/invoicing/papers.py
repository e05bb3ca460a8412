"""The files of one invoice, made and checked together: none leaves unless every rule of EN 16931 holds for both."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quorate.exchange.finance.invoicing import cii, facturx, findings, schematron, ubl
from quorate.exchange.finance.invoicing.document import Invoice
from quorate.exchange.finance.invoicing.schematron import Verdict
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext


@dataclass(frozen=True)
class Papers:
    """A Factur-X document, the same invoice in UBL, and what the rules say of the data in each."""

    pdf: bytes
    ubl: bytes
    verdicts: tuple[Verdict, Verdict]


def make(invoice: Invoice) -> Papers:
    """Both documents of an invoice. ``UserError`` with every rule that does not hold; nothing is made then."""
    findings.check(invoice)
    data, other = cii.write(invoice), ubl.write(invoice)
    verdicts = (schematron.check(data, "factur-x.xml"), schematron.check(other, "ubl.xml"))
    for verdict in verdicts:
        problems = [
            UserError(f"{each.words} [{each.rule}]", where=f"{verdict.syntax}{each.place}")
            for each in verdict.failed
            if each.flag == "fatal"
        ]
        if problems:
            raise UserError(
                problems[0].what, where=problems[0].where, mend=gettext("mend the invoice's data"), problems=problems
            )
    return Papers(facturx.pdf(invoice), other, verdicts)


def stem(number: str) -> str:
    """A name for the files of an invoice: its number, without what a file system could take for a path."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", number).strip(".-") or "invoice"
