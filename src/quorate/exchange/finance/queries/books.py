"""Who sees which books, and what stands in them."""

from __future__ import annotations

from django.db.models import QuerySet

from quorate.access.actors import Actor
from quorate.access.policy import may
from quorate.exchange.finance.models import Account, Book
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext


def visible(actor: Actor) -> QuerySet[Book]:
    """The books that an actor may read; rights on the books are rights on all of them."""
    rows = Book.objects.select_related("currency")
    return rows if may(actor, "finance.read") else rows.none()


def book_by(actor: Actor, slug: str) -> Book:
    """Books by their short name; ``NotFound`` also for those that the actor may not read."""
    found = visible(actor).filter(slug=slug).first()
    if found is None:
        raise NotFound(gettext("there are no such books"), where=slug)
    return found


def accounts(book: Book) -> list[Account]:
    """All accounts of a book by code, each with the one above it."""
    return list(Account.objects.filter(book=book).select_related("parent").order_by("code"))
