"""Writes about accounts and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.models import Account, ApiToken
from quorate.access.permissions import ALL, PERMISSIONS, READ
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


def _ref(account: Account) -> list[Ref]:
    return [Ref("account", str(account.id))]


@action("account.manage", kinds=("account.created",))
def create_account(*, actor: Actor, email: str, operator: bool = False) -> Account:
    """Open an account; it signs in by a code to its address. Appends ``account.created``."""
    authority = authorise(actor, "account.manage")
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise UserError(gettext("this is not an e-mail address"), where="email") from None
    try:
        with transaction.atomic():
            account = Account.objects.create_user(address, is_operator=operator)
    except IntegrityError:
        raise Conflict(gettext("there is an account with this address"), where="email") from None
    append(
        "account.created",
        actor=actor,
        refs=_ref(account),
        data={"operator": operator},
        private={"email": address},
        authority=authority,
    )
    return account


@action("account.manage", kinds=("account.operator-granted", "account.operator-withdrawn"))
def set_operator(*, actor: Actor, account: Account, operator: bool) -> Account:
    """Let an account operate the installation, or no longer. Nothing is written when it is so already."""
    authority = authorise(actor, "account.manage")
    if account.is_operator != operator:
        account.is_operator = operator
        account.save(update_fields=["is_operator"])
        kind = "account.operator-granted" if operator else "account.operator-withdrawn"
        append(kind, actor=actor, refs=_ref(account), authority=authority)
    return account


@action("account.manage", kinds=("account.closed", "account.reopened"))
def set_active(*, actor: Actor, account: Account, active: bool) -> Account:
    """Close an account, which ends its sessions and tokens at once, or open it again."""
    authority = authorise(actor, "account.manage")
    if account.is_active == active:
        return account
    account.is_active = active
    account.save(update_fields=["is_active"])
    if not active:
        ApiToken.objects.filter(account=account, revoked_at=None).update(revoked_at=clock.now())
    append("account.reopened" if active else "account.closed", actor=actor, refs=_ref(account), authority=authority)
    return account


@action("account.manage", kinds=("account.link-issued",))
def record_link(*, actor: Actor, account: Account, minutes: int) -> None:
    """Put on record that somebody made a link which signs this account in."""
    authority = authorise(actor, "account.manage")
    append("account.link-issued", actor=actor, refs=_ref(account), data={"minutes": minutes}, authority=authority)


@action("token.manage", kinds=("token.created",))
def create_token(
    *, actor: Actor, account: Account, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make an API token; returns it with its secret, which is not kept and cannot be shown again."""
    authority = authorise(actor, "token.manage", account)
    title = " ".join(name.split())
    if not title or len(title) > 80:
        raise UserError(gettext("a name of 1 to 80 letters"), where="name", mend=gettext("say what it is for"))
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in (ALL, READ) and scope not in PERMISSIONS]
    if unknown or not wanted:
        what = gettext("there is no scope %s") % unknown[0] if unknown else gettext("choose at least one scope")
        raise UserError(what, where="scopes", mend=gettext("`all`, `read` or names of permissions"))
    if expires_at is not None and expires_at <= clock.now():
        raise UserError(gettext("this lies in the past"), where="expires_at")
    secret = ApiToken.new_secret()
    token = ApiToken.objects.create(
        account=account, name=title, hash=ApiToken.hash_of(secret), scopes=wanted, expires_at=expires_at
    )
    append(
        "token.created",
        actor=actor,
        refs=_ref(account),
        data={
            "token": str(token.id),
            "scopes": wanted,
            "expires": expires_at.isoformat() if expires_at is not None else None,
        },
        private={"name": title},
        authority=authority,
    )
    return token, secret


@action("token.manage", kinds=("token.revoked",))
def revoke_token(*, actor: Actor, token: ApiToken) -> ApiToken:
    """Make a token worthless. Revoking it twice is harmless."""
    authority = authorise(actor, "token.manage", token.account)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        append(
            "token.revoked",
            actor=actor,
            refs=_ref(token.account),
            data={"token": str(token.id)},
            private={"name": token.name},
            authority=authority,
        )
    return token
