"""Mail: promised in the transaction of a change, sent by the worker, repeated only under the same Message-ID."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from quorate.ledger.actions import enqueue
from quorate.ledger.outbox import Delivery, handler
from quorate.toolkit.identity import identity

TOPIC = "mail"


def send(to: str, subject: str, body: str, key: str | None = None) -> UUID:
    """Promise a mail in the caller's transaction; with ``key`` at most once. Returns the message's id."""
    line = " ".join(subject.split())
    return enqueue(TOPIC, {"to": to, "subject": line, "body": body}, key=key)


@handler(TOPIC)
def deliver(delivery: Delivery) -> None:
    """Hand one mail to the mail server. A repeat carries the same Message-ID, by which it can be recognised."""
    ours = identity()
    domain = ours.domain or settings.DEFAULT_FROM_EMAIL.rpartition("@")[2] or "localhost"
    EmailMessage(
        subject=delivery.payload["subject"],
        body=delivery.payload["body"],
        from_email=ours.mail_from or settings.DEFAULT_FROM_EMAIL,
        to=[delivery.payload["to"]],
        headers={"Message-ID": f"<{delivery.id}@{domain}>", "Auto-Submitted": "auto-generated"},
    ).send()
