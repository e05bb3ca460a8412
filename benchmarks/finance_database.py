"""The part of ``benchmarks.finance`` that needs a database; prints its rows as JSON. It has no ``run`` of its own."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from quorate.access.actors import system  # noqa: E402
from quorate.exchange.finance import actions, balances, proof, queries  # noqa: E402
from quorate.exchange.finance.actions.posting import store  # noqa: E402
from quorate.exchange.finance.models import Balance, Book, Leg  # noqa: E402
from quorate.exchange.finance.rules import Draft, LegSpec, Posting  # noqa: E402
from quorate.ledger.models import Lease  # noqa: E402

LEGS = int(sys.argv[1])
FIRST, DAYS = date(2021, 1, 1), 5 * 365
BATCH = 2000
POSTS = 500
TARGET = 300
ACTOR = system("bench")


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    book = actions.open_book(actor=ACTOR, slug="bench", name="Bench", currency="USD")
    rows = [*_fill(book), _post(book), *_trial(book), *_verify(book)]
    json.dump(rows, sys.stdout)


def _wall(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _drafts(book: Book) -> Iterator[Draft]:
    """Two or three legs each, over five years, all accounts, four funds and six programs; the same in every run."""
    chance = random.Random(25)
    accounts = [each for each in queries.accounts(book) if not each.heading]
    funds = [
        *book.funds.all(),
        *(actions.open_fund(actor=ACTOR, book=book, slug=f"fund-{n}", name=f"Fund {n}") for n in range(3)),
    ]
    programs = ["", "mentors", "events", "ci", "training", "community"]
    usd = book.currency
    left = LEGS
    number = 0
    while left > 0:
        count = min(2 + number % 2, max(left, 2))
        day = FIRST + timedelta(days=chance.randrange(DAYS))
        amounts = [chance.randrange(1, 10**7) for _ in range(count - 1)]
        amounts.append(-sum(amounts))
        fund, program = chance.choice(funds), chance.choice(programs)
        legs = [Posting(chance.choice(accounts), usd, each, usd, each, fund, program) for each in amounts]
        yield Draft(day, "A payment", legs)
        left -= count
        number += 1


def _fill(book: Book) -> list[dict[str, Any]]:
    batch: list[Draft] = []
    begun = time.perf_counter()
    for draft in _drafts(book):
        batch.append(draft)
        if len(batch) == BATCH:
            _store(book, batch)
            batch = []
    if batch:
        _store(book, batch)
    spent = time.perf_counter() - begun
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    legs = Leg.objects.count()
    note = f"{legs:,} legs, {Balance.objects.count():,} sums kept; all guards on"
    return [{"name": "fill, 2,000 transactions to a commit", "ours": legs / spent, "unit": "legs per s", "note": note}]


def _store(book: Book, batch: list[Draft]) -> None:
    with transaction.atomic():
        store(book, batch)


def _post(book: Book) -> dict[str, Any]:
    legs = [LegSpec("5010", Decimal("12.50"), program="events"), LegSpec("1010", Decimal("-12.50"))]

    def work() -> None:
        for _ in range(POSTS):
            actions.post(actor=ACTOR, book=book, date=FIRST, description="A payment", legs=legs)

    def plain() -> None:
        for number in range(POSTS):
            Lease.objects.create(name=f"bench-{number}")

    ours, baseline = POSTS / _wall(work), POSTS / _wall(plain)
    return {
        "name": "post, one commit and one entry each",
        "ours": ours,
        "unit": "per s (wall)",
        "baseline": baseline,
        "baseline_name": "one plain row",
        "ratio": ours / baseline,
    }


def _trial(book: Book) -> list[dict[str, Any]]:
    """The end of a month needs the kept sums alone; any other day the legs of that month as well."""
    rows = []
    for name, day in (("at the end of a month", date(2025, 12, 31)), ("in the middle of a month", date(2025, 6, 17))):
        found = queries.trial_balance(book, day)
        ours = min(_wall(lambda day=day: queries.trial_balance(book, day)) for _ in range(5))
        summed: dict[str, int] = {}
        baseline = min(_wall(lambda day=day, into=summed: into.update(_from_legs(book, day))) for _ in range(2))
        if {line.account: line.balance for line in found} != summed:
            raise RuntimeError("the trial balance is not the sum of the legs")
        if sum(line.balance for line in found):
            raise RuntimeError("the books do not balance")
        rows.append(
            {
                "name": f"trial balance {name}",
                "ours": ours * 1000,
                "unit": "ms (wall)",
                "baseline": baseline * 1000,
                "baseline_name": "summed from the legs",
                "ratio": baseline / ours,
                "target": TARGET,
                "met": ours * 1000 < TARGET,
            }
        )
    return rows


def _from_legs(book: Book, day: date) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, SUM(l.amount) FROM finance_leg l JOIN finance_account a ON a.id = l.account_id"
            " WHERE a.book_id = %s AND l.date <= %s GROUP BY a.code",
            [
                book.pk if connection.features.has_native_uuid_field else book.pk.hex,
                connection.ops.adapt_datefield_value(day),
            ],
        )
        return {code: int(amount) for code, amount in cursor.fetchall()}


def _verify(book: Book) -> list[dict[str, Any]]:
    spent = _wall(lambda: _same(balances.kept(book), balances.recomputed(book)))
    found: list[proof.Verdict] = []
    whole = _wall(lambda: found.append(proof.verify(book, ledger=False)))
    if not found[0].ok:
        raise RuntimeError(str(found[0].faults))
    return [
        {"name": "all sums computed anew", "ours": spent, "unit": "s (wall)"},
        {
            "name": "every transaction and digest computed anew",
            "ours": whole,
            "unit": "s (wall)",
            "note": f"{found[0].transactions:,} transactions balance",
        },
    ]


def _same(kept: object, recomputed: object) -> None:
    if kept != recomputed:
        raise RuntimeError("the sums that are kept are not those of the legs")


if __name__ == "__main__":
    main()
    connection.close()
