"""Mail: promised in the transaction of a change, sent by the worker, repeated only under the same Message-ID."""

from __future__ import annotations

from smtplib import SMTPDataError, SMTPRecipientsRefused
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from quorate.ledger import delivery
from quorate.ledger.actions import enqueue
from quorate.ledger.outbox import Delivery, Undeliverable, handler
from quorate.toolkit.identity import identity

TOPIC = "mail"
PERMANENT = 500
"""SMTP replies from here on say that a repetition will not help (RFC 5321, 4.2.1)."""


def send(to: str, subject: str, body: str, key: str | None = None) -> UUID:
    """Promise a mail to one address in the caller's transaction; with ``key`` at most once.

    Returns the message's id, of which the Message-ID is made; its other half is fixed now, so that a foundation that
    changes its name between two attempts does not make two letters of one.
    """
    line = " ".join(subject.split())
    return enqueue(TOPIC, {"to": to, "subject": line, "body": body, "domain": _domain()}, key=key)


def forget(address: str) -> int:
    """Empty every letter to an address, whether it waits, went out or failed; those that wait are not sent."""
    return delivery.forget(TOPIC, "to", address)


@handler(TOPIC, timeout=90)
def deliver(given: Delivery) -> None:
    """Hand one mail to the mail server. A repeat carries the same Message-ID, by which it can be recognised."""
    payload = given.payload
    message = EmailMessage(
        subject=payload["subject"],
        body=payload["body"],
        from_email=identity().mail_from or settings.DEFAULT_FROM_EMAIL,
        to=[payload["to"]],
        headers={
            "Message-ID": f"<{given.id}@{payload.get('domain') or _domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        replies = [code for code, _text in error.recipients.values()]
        if replies and all(code >= PERMANENT for code in replies):
            raise Undeliverable(f"the mail server refused the address: {error.recipients}") from error
        raise
    except SMTPDataError as error:
        if error.smtp_code >= PERMANENT:
            raise Undeliverable(f"the mail server refused the letter: {error}") from error
        raise
    except ValueError as error:
        raise Undeliverable(f"the letter cannot be written: {error}") from error


def _domain() -> str:
    return identity().domain or settings.DEFAULT_FROM_EMAIL.rpartition("@")[2] or "localhost"
