"""Where signing in meets the rest: letters go through the outbox, and a verified address finds its person."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core import context as current
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from quorate.access.actors import system
from quorate.access.models import Account
from quorate.directory.actions import link_account
from quorate.directory.models import Person
from quorate.directory.queries import person_by_email
from quorate.toolkit import mail
from quorate.toolkit.identity import identity

log = logging.getLogger("quorate.sign-in")


@dataclass(frozen=True)
class Site:
    """What allauth's letters call the site."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types for it
    """Ours where the default is not enough."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Anybody may open an account, to apply for something, unless the installation is closed."""
        return bool(settings.SIGN_UP_OPEN)

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Promise the letter; the worker sends it. Codes stand in its body, so the subject is all a screen shows."""
        ours = identity()
        values = {
            "request": current.request,
            "email": email,
            "current_site": Site(ours.name, ours.domain or settings.PUBLIC_URL),
            **context,
        }
        letter = self.render_mail(template_prefix, email, values)
        with transaction.atomic():
            mail.send(email, str(letter.subject), str(letter.body))

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse | None:
        """An account that was opened for somebody has no address on allauth's books yet; a code proves it."""
        if isinstance(user, Account) and not EmailAddress.objects.filter(user=user).exists():
            records = get_authentication_records(request, user)
            proved = any(
                record.get("method") == "code" and str(record.get("email", "")).lower() == user.email
                for record in records
            )
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=proved)
        refused: HttpResponse | None = super().pre_login(request, user, **more)
        return refused

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        if isinstance(user, Account):
            find_person(user)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        done = bool(super().confirm_email(request, email_address))
        if done and isinstance(email_address.user, Account):
            find_person(email_address.user)
        return done


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types for it
    """Providers open accounts under the same rule."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return bool(settings.SIGN_UP_OPEN)


def find_person(account: Account) -> Person | None:
    """Connect the account with the person of the directory who is reached at one of its verified addresses.

    Nothing happens when the account has a person already, or when the person signs in otherwise.
    """
    present = Person.objects.filter(account=account).first()
    if present is not None:
        return present
    verified = EmailAddress.objects.filter(user=account, verified=True).order_by("-primary", "pk")
    for address in verified.values_list("email", flat=True):
        person = person_by_email(address)
        if person is not None and person.account_id is None:
            link_account(actor=system("sign-in"), person=person, account=account)
            log.info("an account was connected with its person", extra={"person": str(person.id)})
            return person
    return None
