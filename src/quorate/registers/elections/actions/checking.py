"""Looking up a receipt: what is kept is that somebody did, for a place of the log; never who, and never when."""

from __future__ import annotations

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.registers.elections.models import Election, SealedBallot


@action("receipt.check", kinds=())
def check_receipt(*, actor: Actor, election: Election, commitment: str) -> bool:
    """Mark the entry of the log with this commitment as looked up; whether there is one. Twice is harmless.

    Nothing of it goes to the ledger, which would keep a time. The caller passes no session on.
    """
    authorise(actor, "receipt.check", election)
    found = SealedBallot.objects.filter(election=election, commitment=commitment)
    found.filter(checked=False).update(checked=True)
    return found.exists()
