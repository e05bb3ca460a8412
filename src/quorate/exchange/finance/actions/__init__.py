"""Writes about the books."""

from __future__ import annotations

from quorate.exchange.finance.actions.books import change_account, define_commodity, open_account, open_book, open_fund
from quorate.exchange.finance.actions.periods import close_period, reopen_period
from quorate.exchange.finance.actions.posting import forget_description, post, reverse

__all__ = [
    "change_account",
    "close_period",
    "define_commodity",
    "forget_description",
    "open_account",
    "open_book",
    "open_fund",
    "post",
    "reopen_period",
    "reverse",
]
