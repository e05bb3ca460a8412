"""The journal of a book, and the register of an account with its running balance."""

from __future__ import annotations

from typing import TypedDict

from django.db.models import F, QuerySet, Sum, Window
from django_stubs_ext import WithAnnotations

from quorate.exchange.finance.models import Account, Book, Leg, Transaction


class Running(TypedDict):
    """What `register` adds to a leg: the balance of its commodity after it, in minor units."""

    running: int


def journal(book: Book) -> QuerySet[Transaction]:
    """All transactions of a book, newest first, with what was written about them."""
    rows = Transaction.objects.filter(book=book).select_related("description", "reverses", "reversed_by")
    return rows.order_by("-date", "-number")


def register(account: Account) -> QuerySet[WithAnnotations[Leg, Running]]:
    """The legs of an account, newest first, each with the balance that it left behind."""
    running = Window(Sum("amount"), partition_by=[F("commodity")], order_by=["date", "id"])
    return (
        Leg.objects.filter(account=account)
        .select_related("transaction__description", "commodity", "fund")
        .annotate(running=running)
        .order_by("-date", "-id")
    )


def transaction_by(book: Book, number: int) -> Transaction | None:
    """A transaction with everything its page shows, in three queries."""
    rows = Transaction.objects.filter(book=book, number=number).select_related(
        "book__currency", "description", "reverses", "reversed_by", "follows"
    )
    return rows.prefetch_related(
        "legs__account", "legs__commodity", "legs__priced_in", "legs__fund", "legs__counterparty", "followed_by"
    ).first()
