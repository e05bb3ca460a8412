"""How amounts and the places of a book are shown."""

from __future__ import annotations

from django.urls import reverse
from django.utils.safestring import SafeString

from quorate.exchange.finance.models import Book
from quorate.exchange.finance.reporting import REPORTS
from quorate.kernel import money
from quorate.kernel.i18n import _
from quorate.toolkit.components import Tab
from quorate.toolkit.parts import num

TITLES = {
    "trial-balance": _("Balances"),
    "income-statement": _("Income"),
    "balance-sheet": _("Net assets"),
    "funds": _("Funds"),
}


def amount(minor: int, digits: int, code: str = "") -> SafeString:
    """An amount with all its digits."""
    return num(money.from_minor(minor, digits), code)


def tabs(book: Book, current: str) -> list[Tab]:
    """The places of a book."""
    places = [
        ("book", _("Balances"), reverse("finance:book", args=[book.slug])),
        ("journal", _("Journal"), reverse("finance:journal", args=[book.slug])),
    ]
    places += [
        (name, TITLES[name], reverse("finance:report", args=[book.slug, name]))
        for name in REPORTS
        if name != "trial-balance"
    ]
    places.append(("periods", _("Closed periods"), reverse("finance:periods", args=[book.slug])))
    return [Tab(label, url, current=key == current) for key, label, url in places]
