"""Writes about the record and the outbox, for whoever may."""

from __future__ import annotations

from uuid import UUID

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.ledger import actions as ledger


@action("outbox.manage", kinds=("outbox.retried",))
def retry_message(*, actor: Actor, message_id: UUID) -> None:
    """Try a message that failed for good again. Appends ``outbox.retried``; queues the message."""
    authority = authorise(actor, "outbox.manage")
    ledger.retry_message(actor=actor, message_id=message_id, authority=authority)


@action("outbox.manage", kinds=("outbox.discarded",))
def discard_message(*, actor: Actor, message_id: UUID) -> None:
    """Give a message that failed for good up. Appends ``outbox.discarded``."""
    authority = authorise(actor, "outbox.manage")
    ledger.discard_message(actor=actor, message_id=message_id, authority=authority)


@action("ledger.shred", kinds=("ledger.shredded",))
def forget_words(*, actor: Actor, entry: UUID, reason: str) -> int:
    """Remove the private values beside one entry, for good. Appends ``ledger.shredded``; says how many went."""
    authority = authorise(actor, "ledger.shred")
    return ledger.shred(actor=actor, entries=[entry], reason=reason, authority=authority)
