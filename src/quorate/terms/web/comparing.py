"""The page on which a roster file is held against the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.terms.comparing import LARGEST, compare, read
from quorate.terms.queries import body_by_key
from quorate.terms.recorded_rosters import names_by_slug, recorded
from quorate.toolkit.asof import as_of
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


class RosterFileForm(forms.Form):
    """A file that says who sits where."""

    source = forms.FileField(label=_("Roster file"), help_text=_("CSV, YAML or Markdown such as minutes."))


@login_required
def compared(request: HttpRequest, key: str) -> HttpResponse:
    """Where a file and the record disagree about a roster. Nothing is changed."""
    body = body_by_key(key)
    authorise(actor_from(request), "body.edit", body)
    form = RosterFileForm(request.POST or None, request.FILES or None)
    asked = as_of(request)
    context: dict[str, Any] = {"form": form, "body": body, "as_of": asked, "differences": None}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["source"]
        try:
            if file.size > LARGEST:
                raise UserError(gettext("the file is too large"), where="source")
            text = file.read().decode("utf-8-sig")
            context["differences"] = compare(recorded(body, asked.at), read(file.name, text, names_by_slug()))
            context["source"] = file.name
        except UnicodeDecodeError:
            form.add_error("source", gettext("the file is not text"))
        except UserError as error:
            blame(form, error)
    failed = request.method == "POST" and context["differences"] is None
    return render(request, "terms/compare.html", context, status=422 if failed else 200)
