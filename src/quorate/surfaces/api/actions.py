"""Writes about webhooks."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.models import Account
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.feed import next_place
from quorate.ledger.kinds import KINDS
from quorate.ledger.refs import Ref
from quorate.surfaces.api.models import Webhook
from quorate.surfaces.api.outbound import examine, public_address

MOST = 20
"""Webhooks of one account."""


@action("webhook.manage", kinds=("webhook.registered",))
def register_webhook(
    *, actor: Actor, account: Account, url: str, kinds: Sequence[str] = (), description: str = ""
) -> Webhook:
    """Ask that entries sealed from now on be told to ``url``. Appends ``webhook.registered``."""
    authority = authorise(actor, "webhook.manage", account)
    host, port, _path = examine(url)
    public_address(host, port)
    nouns = {name.partition(".")[0] for name, _kind in KINDS.items()}
    for kind in kinds:
        if kind not in KINDS and not (kind.endswith(".*") and kind[:-2] in nouns):
            raise UserError(gettext("there is no kind %s") % kind, where="kinds", mend="case.filed, case.*")
    if Webhook.objects.filter(account=account).count() >= MOST:
        raise Conflict(gettext("an account has at most %d webhooks") % MOST, mend=gettext("remove one"))
    webhook = Webhook.objects.create(
        account=account,
        url=url,
        kinds=sorted(set(kinds)),
        description=description,
        secret=Webhook.new_secret(),
        place=next_place(),
    )
    append(
        "webhook.registered",
        actor=actor,
        refs=[Ref("account", str(account.id))],
        data={"webhook": str(webhook.id), "kinds": webhook.kinds},
        private={"url": url},
        authority=authority,
    )
    return webhook


@action("webhook.manage", kinds=("webhook.removed",))
def remove_webhook(*, actor: Actor, webhook: Webhook) -> None:
    """Tell it nothing any more. Appends ``webhook.removed``."""
    authority = authorise(actor, "webhook.manage", webhook.account)
    append(
        "webhook.removed",
        actor=actor,
        refs=[Ref("account", str(webhook.account_id))],
        data={"webhook": str(webhook.id)},
        private={"url": webhook.url},
        authority=authority,
    )
    webhook.delete()


@action("webhook.manage", kinds=("webhook.switched-off",))
def switch_off(*, actor: Actor, webhook: Webhook) -> None:
    """Stop telling a webhook that does not answer. Appends ``webhook.switched-off`` once."""
    authority = authorise(actor, "webhook.manage", webhook.account)
    if Webhook.objects.filter(pk=webhook.pk, active=True).update(active=False):
        append(
            "webhook.switched-off",
            actor=actor,
            refs=[Ref("account", str(webhook.account_id))],
            data={"webhook": str(webhook.id)},
            private={"url": webhook.url},
            authority=authority,
        )


@action("webhook.manage", kinds=("webhook.switched-on",))
def switch_on(*, actor: Actor, webhook: Webhook) -> Webhook:
    """Tell it again, from where it stopped. Appends ``webhook.switched-on`` unless it was on."""
    authority = authorise(actor, "webhook.manage", webhook.account)
    if Webhook.objects.filter(pk=webhook.pk, active=False).update(active=True, failing_since=None, last_error=""):
        append(
            "webhook.switched-on",
            actor=actor,
            refs=[Ref("account", str(webhook.account_id))],
            data={"webhook": str(webhook.id)},
            private={"url": webhook.url},
            authority=authority,
        )
    webhook.refresh_from_db()
    return webhook


def told(webhook: Webhook, error: str = "") -> None:
    """Note how a delivery went; bookkeeping, not an act of anybody."""
    now = clock.now()
    if not error:
        Webhook.objects.filter(pk=webhook.pk).update(last_success_at=now, failing_since=None, last_error="")
        return
    Webhook.objects.filter(pk=webhook.pk).update(last_error=error[:200])
    Webhook.objects.filter(pk=webhook.pk, failing_since=None).update(failing_since=now)
