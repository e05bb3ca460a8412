"""Reads of the books."""

from __future__ import annotations

from quorate.exchange.finance.queries.balances import Line, balance_of, trial_balance
from quorate.exchange.finance.queries.books import accounts, book_by, visible

__all__ = ["Line", "accounts", "balance_of", "book_by", "trial_balance", "visible"]
