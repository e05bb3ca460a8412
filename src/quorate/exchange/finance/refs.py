"""How books and transactions appear in the ledger's sentences, and how rights on a book are looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.access.actors import Actor
from quorate.access.objects import OBJECTS
from quorate.access.policy import may
from quorate.exchange.finance.models import Book, Invoice, Transaction
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.ledger.refs import RefKind, register


def _books(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Book.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _transactions(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Transaction.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "number")
    return {str(pk): str(number) for pk, number in rows}


def _none(_ids: Sequence[str]) -> Mapping[str, str]:
    return {}


def _invoices(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Invoice.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "number")
    return {str(pk): number for pk, number in rows}


def _find(actor: Actor, key: str) -> Book:
    found = Book.objects.filter(slug=key).first()
    if found is None or not may(actor, "finance.read", found):
        raise NotFound(gettext("there are no such books"))
    return found


register(RefKind("book", _books, lambda ref: f"/books/by-id/{ref}/", public_label=_none))
register(RefKind("transaction", _transactions, lambda ref: f"/books/transactions/{ref}/", public_label=_none))
register(RefKind("invoice", _invoices, public_label=_none))
OBJECTS.register("book", _find)
