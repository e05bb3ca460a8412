"""Reads of the books."""

from __future__ import annotations

from quorate.exchange.finance.queries.balances import Line, balance_of, held_by, trial_balance, usable
from quorate.exchange.finance.queries.books import accounts, book_by, visible
from quorate.exchange.finance.queries.journal import journal, register, transaction_by
from quorate.exchange.finance.queries.reports import (
    account_at,
    balance_sheet,
    fund_movements,
    income_statement,
)

__all__ = [
    "Line",
    "account_at",
    "accounts",
    "balance_of",
    "balance_sheet",
    "book_by",
    "fund_movements",
    "held_by",
    "income_statement",
    "journal",
    "register",
    "transaction_by",
    "trial_balance",
    "usable",
    "visible",
]
