"""The tables of the books."""

from __future__ import annotations

from quorate.exchange.finance.models.books import Account, Book, ClosedPeriod, Commodity, Fund
from quorate.exchange.finance.models.invoices import Allocation, BankLine, Invoice, InvoiceDraft, Payment, Series
from quorate.exchange.finance.models.journal import Balance, Description, Leg, Seal, Transaction
from quorate.exchange.finance.models.schedules import Schedule

__all__ = [
    "Account",
    "Allocation",
    "Balance",
    "BankLine",
    "Book",
    "ClosedPeriod",
    "Commodity",
    "Description",
    "Fund",
    "Invoice",
    "InvoiceDraft",
    "Leg",
    "Payment",
    "Schedule",
    "Seal",
    "Series",
    "Transaction",
]
