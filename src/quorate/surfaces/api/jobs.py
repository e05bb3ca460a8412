"""Telling webhooks: the record is followed in its sealed order, and each telling is a message of the outbox.

An entry is told after it was sealed, within about half a minute. What an account may not read it is not told. The form
is that of Standard Webhooks (standardwebhooks.com): ``webhook-id`` stays the same over repeats, by which the other
side knows a repeat; ``webhook-signature`` is an HMAC over id, time and body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

from django.db import transaction

from quorate.access.actors import Actor, system
from quorate.access.identity import actor_of
from quorate.access.policy import may
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.ledger.actions import enqueue
from quorate.ledger.feed import public_kinds, sealed_from
from quorate.ledger.outbox import Delivery, Undeliverable, every, handler
from quorate.ledger.sentences import sentences
from quorate.surfaces.api import outbound
from quorate.surfaces.api.actions import switch_off, told
from quorate.surfaces.api.ledger import entry_out
from quorate.surfaces.api.models import Webhook
from quorate.toolkit.tellers import told_to

TOPIC = "webhook"
SYSTEM = system("webhooks")
PATIENCE = timedelta(days=5)
GONE = 410


@every(seconds=10, name="webhooks.follow")
def follow() -> None:
    """Promise each webhook what was sealed since, and switch off those that failed for days."""
    for webhook in Webhook.objects.filter(active=True).select_related("account"):
        if webhook.failing_since is not None and clock.now() - webhook.failing_since > PATIENCE:
            switch_off(actor=SYSTEM, webhook=webhook)
        else:
            _follow(webhook)


def _follow(webhook: Webhook) -> None:
    with transaction.atomic():
        reader = actor_of(webhook.account)
        allowed = None if may(reader, "ledger.read") else public_kinds()
        found = sealed_from(webhook.place)
        for place, entry in found:
            data = _as_told_to(reader, entry, allowed) if webhook.wants(entry.kind) else None
            if data is not None:
                body = {"type": entry.kind, "timestamp": clock.now().isoformat(), "data": data}
                text = json.dumps(body, default=str, ensure_ascii=False)
                enqueue(TOPIC, {"webhook": str(webhook.id), "body": text}, key=f"webhook:{webhook.id}:{place}")
        if found:
            Webhook.objects.filter(pk=webhook.pk, place=webhook.place).update(place=found[-1][0] + 1)


def _as_told_to(reader: Actor, entry: Any, allowed: frozenset[str] | None) -> dict[str, Any] | None:
    """What a reader is told of an entry: all of it, or its sentence when they know of it by a part in its case."""
    if allowed is None or entry.kind in allowed:
        return entry_out(entry) | {"sentence": sentences([entry], public=allowed is not None, links=False)[0].text}
    told = told_to(reader, entry)
    if told is None:
        return None
    cases = [{"kind": kind, "id": key, "role": role} for kind, key, role in entry.refs if kind == "case"]
    return {
        "seq": entry.seq,
        "uid": entry.uid,
        "kind": entry.kind,
        "at": entry.at,
        "refs": cases,
        "sentence": told.text,
    }


@handler(TOPIC, timeout=45)
def deliver(delivery: Delivery) -> None:
    """Send one telling. An address that says it is gone is not told again."""
    webhook = Webhook.objects.select_related("account").filter(pk=delivery.payload["webhook"], active=True).first()
    if webhook is None or not webhook.account.is_active:
        raise Undeliverable("the webhook was removed or switched off")
    body = str(delivery.payload["body"]).encode()
    try:
        status = outbound.post(webhook.url, body, headers(str(delivery.id), body, webhook.secret))
    except UserError as error:
        told(webhook, error.what)
        raise Undeliverable(error.what) from error
    except OSError as error:
        told(webhook, f"{type(error).__name__}: {error.strerror or error}")
        raise
    if status == GONE:
        switch_off(actor=SYSTEM, webhook=webhook)
        raise Undeliverable("the other side says that it is gone")
    if not 200 <= status < 300:
        told(webhook, f"answered {status}")
        raise OSError(f"the webhook answered {status}")
    told(webhook)


def headers(message_id: str, body: bytes, secret: str) -> dict[str, str]:
    """The headers of a telling, signed as of now."""
    at = str(int(clock.now().timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Quorate-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": at,
        "webhook-signature": sign(message_id, at, body, secret),
    }


def sign(message_id: str, at: str, body: bytes, secret: str) -> str:
    """The signature of Standard Webhooks, version 1."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([message_id.encode(), at.encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
