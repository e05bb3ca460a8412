"""The tables of the books."""

from __future__ import annotations

from quorate.exchange.finance.models.books import Account, Book, ClosedPeriod, Commodity, Fund
from quorate.exchange.finance.models.journal import Balance, Description, Leg, Seal, Transaction

__all__ = [
    "Account",
    "Balance",
    "Book",
    "ClosedPeriod",
    "Commodity",
    "Description",
    "Fund",
    "Leg",
    "Seal",
    "Transaction",
]
