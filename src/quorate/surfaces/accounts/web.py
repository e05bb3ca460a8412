"""Pages about one's own account, and the page that answers "why may I do this?"."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.utils import perform_login
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quorate.access.actions import create_token, revoke_token
from quorate.access.identity import actor_from
from quorate.access.models import ApiToken
from quorate.access.objects import find_object
from quorate.access.permissions import ALL, PERMISSIONS, READ
from quorate.access.policy import who_could, why
from quorate.access.ratelimit import Limit, spend
from quorate.kernel import clock
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.surfaces.accounts.links import read
from quorate.surfaces.accounts.terms import DAYS, expiry
from quorate.toolkit import pages
from quorate.toolkit.forms import blame
from quorate.toolkit.navigation import Nav

app_name = "accounts"
SETTINGS_NAV = [
    Nav("sessions", _("Where you are signed in"), "usersessions_list", order=10),
    Nav("tokens", _("API tokens"), "accounts:tokens", order=20),
    Nav("rights", _("What you may do, and why"), "accounts:why", order=30),
]
LINK_TRIES = Limit("sign-in-link", 20, 300)


# Signing in by a link ----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a link. A link that is good for one use asks first: programs that read mail follow links too."""
    spend(LINK_TRIES, str(request.META.get("REMOTE_ADDR", "")))
    found = read(token)
    if request.method == "GET" and not found.again:
        context = {"account": found.account, "next": pages.back(request, "/")}
        return pages.render(request, "accounts/link.html", context)
    if request.user.is_authenticated:
        logout(request)
    answer: HttpResponse = perform_login(
        request, found.account, email_verification="none", redirect_url=pages.back(request, "/")
    )
    return answer


# Tokens ------------------------------------------------------------------------------------------------------


class TokenForm(forms.Form):
    """What a new token is for, what it may do and until when."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What uses it, so that you know it again."))
    reach = forms.ChoiceField(
        label=_("It may"),
        choices=[
            (READ, _("read what you may see")),
            (ALL, _("do everything that you may do")),
            ("some", _("do only what you choose below")),
        ],
        initial=READ,
        widget=forms.RadioSelect,
    )
    scopes = forms.MultipleChoiceField(
        label=_("Chosen rights"), required=False, widget=forms.CheckboxSelectMultiple, choices=[]
    )
    days = forms.TypedChoiceField(label=_("It ends"), coerce=int, choices=DAYS, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(permission.name, f"{permission.title} ({permission.name})") for permission in PERMISSIONS]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]  # a choice field has them

    def chosen(self) -> list[str]:
        """The scopes that were asked for."""
        reach = self.cleaned_data["reach"]
        return list(self.cleaned_data["scopes"]) if reach == "some" else [reach]


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens of the reader's account, and a form for a new one, whose secret is shown this once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    secret = ""
    status = 200
    account = request.user
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _made, secret = create_token(
                    actor=actor_from(request),
                    account=account,  # type: ignore[arg-type]  # login_required: it is an account
                    name=form.cleaned_data["name"],
                    scopes=form.chosen(),
                    expires_at=expiry(form.cleaned_data["days"]),
                )
                form, status = TokenForm(), 200
            except UserError as error:
                blame(form, error)
    now = clock.now()
    rows = [
        (token, "revoked" if token.revoked_at else "over" if token.expires_at and token.expires_at <= now else "good")
        for token in ApiToken.objects.filter(account=account.pk).order_by("-created_at")
    ]
    context = {"form": form, "rows": rows, "secret": secret, "choosing": form["reach"].value() == "some"}
    return pages.render(request, "accounts/tokens.html", context, status=status)


@login_required
@require_POST
def revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """Make a token worthless."""
    token = ApiToken.objects.filter(pk=token_id, account=request.user.pk).first()
    if token is None:
        raise NotFound(gettext("there is no such token"))
    revoke_token(actor=actor_from(request), token=token)
    messages.success(request, gettext("The token “%s” no longer works.") % token.name)
    return HttpResponseRedirect(reverse("accounts:tokens"))


# Why may I do this? ------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
def why_page(request: HttpRequest) -> HttpResponse:
    """Why the reader may do something, or who could; without a question, everything and whether they may."""
    actor = actor_from(request)
    name = request.GET.get("permission", "")
    if not name:
        answers = [(permission, why(actor, permission.name)) for permission in PERMISSIONS]
        return pages.render(request, "accounts/rights.html", {"answers": answers})
    permission = PERMISSIONS.find(name)
    if permission is None:
        raise NotFound(gettext("there is no permission %s") % name, where="permission")
    about = request.GET.get("object", "")
    thing = find_object(actor, about) if about else None
    context = {
        "permission": permission,
        "about": "" if thing is None else str(thing),
        "answer": why(actor, name, thing),
        "could": who_could(name, thing),
        "next": pages.back(request, ""),
    }
    return pages.render(request, "accounts/why.html", context)


urlpatterns = [
    path("sign-in/link/<str:token>/", link, name="link"),
    path("settings/tokens/", tokens, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", revoke, name="revoke-token"),
    path("why/", why_page, name="why"),
]
