"""Writing a transaction, and reversing one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.exchange.finance import actions, queries
from quorate.exchange.finance.web.books import find, transaction_page
from quorate.exchange.finance.web.forms import EntryForm, ReverseForm
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


@login_required
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Post a transaction."""
    actor = actor_from(request)
    book = queries.book_by(actor, slug)
    authorise(actor, "finance.post", book)
    form = EntryForm(request.POST or None, book=book, initial={"date": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.post(
                actor=actor,
                book=book,
                date=form.cleaned_data["date"],
                description=form.cleaned_data["description"],
                source=form.cleaned_data["source"],
                legs=[leg for _line, leg in form.legs],
            )
        except UserError as error:
            form.blame(error)
        else:
            messages.success(request, gettext("Posted as transaction %d.") % made.number)
            again = "again" in request.POST
            return redirect("finance:new", slug) if again else redirect("finance:transaction", slug, made.number)
    status = 422 if request.method == "POST" else 200
    return render(request, "finance/entry.html", {"form": form, "book": book}, status=status)


@login_required
@require_POST
def reverse(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Reverse a transaction."""
    found = find(request, slug, number)
    actor = actor_from(request)
    authorise(actor, "finance.post", found.book)
    form = ReverseForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.reverse(actor=actor, transaction=found, date=given["date"], reason=given["reason"])
        except UserError as error:
            blame(form, error)
        else:
            messages.success(request, gettext("Reversed by transaction %d.") % made.number)
            return redirect("finance:transaction", slug, made.number)
    return transaction_page(request, find(request, slug, number), form=form, status=422)
