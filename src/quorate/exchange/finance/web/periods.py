"""Closing and reopening periods."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.exchange.finance import actions, queries
from quorate.exchange.finance.models import ClosedPeriod
from quorate.exchange.finance.web.forms import CloseForm
from quorate.exchange.finance.web.shown import tabs
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


@login_required
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    """What is closed, and closing more."""
    actor = actor_from(request)
    book = queries.book_by(actor, slug)
    form = CloseForm(request.POST or None)
    if request.method == "POST":
        authorise(actor, "finance.close", book)
        if form.is_valid():
            try:
                actions.close_period(actor=actor, book=book, **form.cleaned_data)
                messages.success(request, gettext("The period is closed."))
                return redirect("finance:periods", slug)
            except UserError as error:
                blame(form, error)
    context = {
        "book": book,
        "tabs": tabs(book, "periods"),
        "periods": list(ClosedPeriod.objects.filter(book=book)[:200]),
        "may_close": may(actor, "finance.close", book),
        "form": form,
    }
    return render(request, "finance/periods.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def reopen(request: HttpRequest, slug: str, period_id: UUID) -> HttpResponse:
    """Reopen a period for a reason."""
    actor = actor_from(request)
    book = queries.book_by(actor, slug)
    authorise(actor, "finance.close", book)
    found = ClosedPeriod.objects.filter(book=book, pk=period_id).select_related("book").first()
    if found is None:
        raise NotFound(gettext("there is no such period"))
    try:
        actions.reopen_period(actor=actor, period=found, reason=request.POST.get("reason", "")[:2000])
        messages.success(request, gettext("The period is open again."))
    except UserError as error:
        messages.error(request, f"{error.what} {error.mend}".strip())
    return redirect("finance:periods", slug)
