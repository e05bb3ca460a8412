"""Deny by default: every action of the books refuses the outsider, the visitor, and who has another right only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from tests.finance.scene import DAY, Scene

from quorate.access.action import ACTIONS
from quorate.access.actors import VISITOR
from quorate.exchange.finance.charts import AccountFacts
from quorate.exchange.finance.models import ClosedPeriod, Transaction
from quorate.exchange.finance.rules import LegSpec
from quorate.kernel.errors import Refused
from quorate.ledger.models import Entry

#: Invoices, e-invoices and bank statements have tests of their own.
OURS = {
    item.function.__name__: item
    for item in ACTIONS
    if item.module.removeprefix("quorate.exchange.finance.actions.")
    in ("books", "importing", "periods", "posting", "recognising")
}

GIVEN: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "post": lambda scene: {
        "book": scene.book,
        "date": DAY,
        "description": "Mine",
        "legs": [LegSpec("5010", Decimal(1)), LegSpec("1010", Decimal(-1))],
    },
    "reverse": lambda scene: {"transaction": Transaction.objects.get(), "date": DAY, "reason": "Mine"},
    "forget_description": lambda scene: {"transaction": Transaction.objects.get(), "reason": "Mine"},
    "define_commodity": lambda scene: {"code": "MINE", "name": "Mine", "kind": "unit", "digits": 0},
    "open_book": lambda scene: {"slug": "mine", "name": "Mine", "currency": "EUR"},
    "open_account": lambda scene: {"book": scene.book, "facts": AccountFacts("1999", "Mine", "asset")},
    "change_account": lambda scene: {"account": scene.account("1010"), "changes": {"name": "Mine"}},
    "open_fund": lambda scene: {"book": scene.book, "slug": "mine", "name": "Mine"},
    "defer_revenue": lambda scene: {
        "book": scene.book,
        "source": "invoice:1",
        "price": Decimal(365),
        "start": DAY,
        "until": date(2027, 7, 15),
    },
    "import_transactions": lambda scene: {
        "book": scene.book,
        "data": b"transaction,date,description,account,amount\n1,2026-07-15,Mine,5010,1\n1,,,1010,-1\n",
    },
    "recognise_revenue": lambda scene: {"book": scene.book, "through": DAY},
    "release_funds": lambda scene: {"book": scene.book, "through": DAY},
    "accrue_administration": lambda scene: {"book": scene.book, "through": DAY},
    "set_fee": lambda scene: {"book": scene.book, "tiers": [["0", "0.5"]]},
    "close_period": lambda scene: {"book": scene.book, "start": DAY, "until": date(2026, 8, 1)},
    "reopen_period": lambda scene: {"period": ClosedPeriod.objects.get(), "reason": "Mine"},
}


def test_no_action_is_forgotten() -> None:
    assert set(GIVEN) == set(OURS)


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_the_outsider_is_refused(scene: Scene, name: str) -> None:
    scene.post(("5010", "1"), ("1010", "-1"))
    ClosedPeriod.objects.create(book=scene.book, start=date(2025, 1, 1), until=date(2026, 1, 1))
    outsiders = [scene.outsider, VISITOR, replace(scene.treasurer, scopes=frozenset({"finance.read"}))]
    if OURS[name].permission != "finance.post":
        outsiders.append(scene.keeper)
    before = (Entry.objects.count(), Transaction.objects.count())
    for actor in outsiders:
        with pytest.raises(Refused), transaction.atomic():
            OURS[name].function(actor=actor, **GIVEN[name](scene))
    assert (Entry.objects.count(), Transaction.objects.count()) == before


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_who_has_the_right_may(scene: Scene, name: str) -> None:
    """What is refused above is refused for want of a right, and for nothing else."""
    scene.post(("5010", "1"), ("1010", "-1"))
    ClosedPeriod.objects.create(book=scene.book, start=date(2025, 1, 1), until=date(2026, 1, 1))
    with transaction.atomic():
        OURS[name].function(actor=scene.treasurer, **GIVEN[name](scene))
