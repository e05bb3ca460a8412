"""Invoices on the books of :mod:`tests.finance.scene`, and who may do what with them. Everything is invented."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from tests.finance.banks import IBAN
from tests.finance.scene import DESK, Scene, scene, signed_in

from quorate.access.actors import Actor
from quorate.directory.models import Organisation
from quorate.exchange.finance import actions
from quorate.exchange.finance.models import Invoice, InvoiceDraft, Series
from quorate.kernel import clock

NOW = datetime(2026, 7, 15, 9, tzinfo=UTC)
TODAY = date(2026, 7, 15)
SELLER = {
    "seller": {
        "name": "Example Foundation ASBL",
        "vat_id": "BE0123456749",
        "registration": {"value": "0123456749", "scheme": "0208"},
        "address": {"street": "Rue de l'Exemple 1", "city": "Bruxelles", "postcode": "1000", "country": "BE"},
    },
    "means": {"code": "58", "accounts": [{"number": IBAN}]},
}
DUES: dict[str, Any] = {
    "currency": "EUR",
    "buyer": {"name": "Muster GmbH", "vat_id": "DE123456789", "address": {"city": "Berlin", "country": "DE"}},
    "order": "4500012345",
    "due": "2026-08-14",
    "lines": [
        {
            "name": "Gold membership",
            "price": "50000.00",
            "vat": {"category": "AE"},
            "period": {"start": "2026-07-01", "end": "2027-06-30"},
        },
        {"name": "Passes", "price": "100.00", "quantity": "2", "vat": {"category": "S", "rate": "21"}},
    ],
    "exemptions": [{"category": "AE", "reason": "Reverse charge", "code": "VATEX-EU-AE"}],
}
POSTINGS = [{"role": "deferred-dues", "program": "membership", "through": "20000.00"}, {"role": "events"}]


@dataclass
class Billing:
    """The scene, a series, a buyer, and who bills."""

    scene: Scene
    series: Series
    buyer: Organisation
    biller: Actor
    reader: Actor

    def draft(
        self, document: dict[str, Any] | None = None, postings: list[dict[str, str]] | None = None
    ) -> InvoiceDraft:
        return actions.draft_invoice(
            actor=self.biller,
            series=self.series,
            document=DUES if document is None else document,
            postings=POSTINGS if postings is None else postings,
            buyer=self.buyer,
        )

    def issue(self, on: date | None = None, **more: Any) -> Invoice:
        return actions.issue_invoice(actor=self.biller, draft=self.draft({**DUES, **more}), on=on)


def billing() -> Billing:
    """Books in USD that bill in EUR."""
    clock.set_now(NOW)
    made = scene()
    actions.define_commodity(actor=DESK, code="EUR", name="Euro", kind="currency", digits=2)
    series = actions.open_series(actor=made.treasurer, book=made.book, slug="dues", seller=SELLER)
    buyer = Organisation.objects.create(slug="muster", name="Muster")
    biller = signed_in("bo", "Bo Biller", ["invoice.read", "invoice.draft", "invoice.issue", "invoice.settle"])
    return Billing(made, series, buyer, biller, signed_in("rita", "Rita Reader", ["invoice.read"]))


def scoped(actor: Actor, *scopes: str) -> Actor:
    """The same person by a token that may do less."""
    return replace(actor, scopes=frozenset(scopes))
