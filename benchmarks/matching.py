"""Matching 50,000 lines of bank statements to 5,000 open invoices, and looking for every number in every text.

CPU seconds of this process. The baseline, a scan of all open invoices for each line as a spreadsheet or a first version
would do it, is measured on every 50th line and multiplied: whole it would take minutes. Everything is synthetic.
"""

from __future__ import annotations

import random
import time
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from quorate.exchange.finance.matching import Certainty, Open, propose, reference_for
from quorate.exchange.finance.statements.statement import Line

LINES, INVOICES, SAMPLE = 50_000, 5_000, 50


def run() -> list[dict[str, Any]]:
    """Ours, the scan, and how many lines each of them settles as they are meant."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
    lines, invoices, meant = _made(random.Random(20261123))
    start = time.process_time()
    proposals = propose(lines, invoices)
    ours = time.process_time() - start
    right = sum(
        1
        for proposal, wanted in zip(proposals, meant, strict=True)
        if proposal.certainty in (Certainty.CERTAIN, Certainty.LIKELY) and [key for key, _ in proposal.shares] == wanted
    )
    wrong = sum(
        1
        for proposal, wanted in zip(proposals, meant, strict=True)
        if proposal.certainty in (Certainty.CERTAIN, Certainty.LIKELY) and proposal.shares
        if [key for key, _ in proposal.shares] != wanted
    )
    sample = lines[::SAMPLE]
    start = time.process_time()
    for line in sample:
        _scan(line, invoices)
    scan = (time.process_time() - start) * SAMPLE
    settled = sum(1 for wanted in meant if wanted)
    return [
        {
            "name": f"match {LINES:,} lines to {INVOICES:,} open invoices",
            "ours": ours,
            "unit": "CPU s",
            "baseline": scan,
            "baseline_name": f"scan of all invoices for each line (1 of {SAMPLE} measured)",
            "ratio": scan / ours,
            "target": "ratio ≥ 10",
            "met": scan / ours >= 10,
        },
        {
            "name": f"of {settled:,} lines that settle something: found",
            "ours": right,
            "unit": "lines",
            "note": f"{wrong} settle another than meant",
            "target": "none wrong",
            "met": wrong == 0,
        },
    ]


def _scan(line: Line, invoices: list[Open]) -> list[Open]:
    """Every invoice whose number or reference is in the text, or else whose amount is equal."""
    text = f"{line.structured} {line.words}".upper()
    found = [each for each in invoices if each.number in text or each.reference in text]
    return found or [each for each in invoices if each.open == line.amount]


def _made(rng: random.Random) -> tuple[list[Line], list[Open], list[list[str]]]:
    """Open invoices, lines in every form that payers use, and what each line is meant to settle."""
    invoices = [
        Open(
            id=f"i{at}",
            number=f"2026-{at:05}",
            currency="EUR",
            open=Decimal(rng.randrange(10_000, 50_000_000)) / 100,
            reference=reference_for(f"2026-{at:05}"),
            buyer=f"Synthetic Company {at // 2} GmbH",
        )
        for at in range(INVOICES)
    ]
    lines: list[Line] = []
    meant: list[list[str]] = []
    unpaid = invoices[:]
    rng.shuffle(unpaid)
    for at in range(LINES):
        if at % 10 == 0 and unpaid:
            invoice = unpaid.pop()
            form = rng.randrange(4)
            words = ("", f"Invoice {invoice.number}", f"inv {invoice.number.replace('-', ' / ')} thank you", "dues")[
                form
            ]
            lines.append(
                Line(
                    date(2026, 1, 1 + at % 28),
                    invoice.open,
                    "EUR",
                    f"bank:{at}",
                    structured=invoice.reference if form == 0 else "",
                    words=words,
                    party=invoice.buyer.upper(),
                )
            )
            meant.append([invoice.id])
        else:
            amount = Decimal(rng.randrange(100, 9_999)) / 100
            words = f"card {rng.randrange(10**9)} ticket {rng.randrange(10**6)} donation {rng.randrange(2000, 2030)}"
            lines.append(
                Line(date(2026, 1, 1 + at % 28), amount, "EUR", f"bank:{at}", words=words, party=f"Donor {at}")
            )
            meant.append([])
    return lines, invoices, meant
