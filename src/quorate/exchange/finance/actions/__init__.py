"""Writes about the books."""

from __future__ import annotations

from quorate.exchange.finance.actions.books import change_account, define_commodity, open_account, open_book, open_fund
from quorate.exchange.finance.actions.importing import import_transactions
from quorate.exchange.finance.actions.invoices import (
    credit_invoice,
    discard_draft,
    draft_invoice,
    issue_invoice,
    open_series,
)
from quorate.exchange.finance.actions.payments import import_statement, settle, take_back
from quorate.exchange.finance.actions.periods import close_period, reopen_period
from quorate.exchange.finance.actions.posting import forget_description, post, reverse
from quorate.exchange.finance.actions.recognising import (
    accrue_administration,
    defer_revenue,
    recognise_revenue,
    release_funds,
    set_fee,
)

__all__ = [
    "accrue_administration",
    "change_account",
    "close_period",
    "credit_invoice",
    "defer_revenue",
    "define_commodity",
    "discard_draft",
    "draft_invoice",
    "forget_description",
    "import_statement",
    "import_transactions",
    "issue_invoice",
    "open_account",
    "open_book",
    "open_fund",
    "open_series",
    "post",
    "recognise_revenue",
    "release_funds",
    "reopen_period",
    "reverse",
    "set_fee",
    "settle",
    "take_back",
]
