"""Pages of the books."""

from __future__ import annotations

from django.urls import path

from quorate.exchange.finance.web import books, entry, periods
from quorate.kernel.i18n import _
from quorate.toolkit.navigation import Nav

__all__ = ["NAV", "app_name", "urlpatterns"]

app_name = "finance"
NAV = [Nav("books", _("Books"), "finance:books", section="operations", order=20, permission="finance.read")]

urlpatterns = [
    path("books/", books.listed, name="books"),
    path("books/by-id/<uuid:book_id>/", books.by_id, name="by-id"),
    path("books/transactions/<uuid:transaction_id>/", books.transaction_by_id, name="transaction-by-id"),
    path("books/<slug:slug>/", books.overview, name="book"),
    path("books/<slug:slug>/journal/", books.listed_transactions, name="journal"),
    path("books/<slug:slug>/journal/new/", entry.new, name="new"),
    path("books/<slug:slug>/journal/<int:number>/", books.transaction, name="transaction"),
    path("books/<slug:slug>/journal/<int:number>/reverse/", entry.reverse, name="reverse"),
    path("books/<slug:slug>/accounts/<str:code>/", books.account, name="account"),
    path("books/<slug:slug>/reports/<slug:name>/", books.report, name="report"),
    path("books/<slug:slug>/periods/", periods.listed, name="periods"),
    path("books/<slug:slug>/periods/<uuid:period_id>/reopen/", periods.reopen, name="reopen"),
]
