"""The tables of the books."""

from __future__ import annotations

from quorate.exchange.finance.models.books import Account, Book, ClosedPeriod, Commodity, Fund
from quorate.exchange.finance.models.journal import Balance, Description, Leg, Seal, Transaction
from quorate.exchange.finance.models.schedules import Schedule

__all__ = [
    "Account",
    "Balance",
    "Book",
    "ClosedPeriod",
    "Commodity",
    "Description",
    "Fund",
    "Leg",
    "Schedule",
    "Seal",
    "Transaction",
]
