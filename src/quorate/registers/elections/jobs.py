"""What time brings: voting opens and closes on its day, the roll is shuffled, and electors are reminded."""

from __future__ import annotations

import logging
from datetime import timedelta

from quorate.access.actors import system
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.ledger.outbox import every
from quorate.registers.elections import keyring
from quorate.registers.elections.actions.conduct import close_election, open_election
from quorate.registers.elections.actions.roll import remind, shuffle_roll
from quorate.registers.elections.models import Election
from quorate.registers.elections.queries import due_to_close, due_to_open

log = logging.getLogger("quorate.elections")
CLOCK = system("elections")


@every(seconds=15, name="elections.days")
def pass_days() -> None:
    """Open and close elections whose time has come."""
    now = clock.now()
    for election in due_to_close(now):
        close_election(actor=CLOCK, election=election)
    for election in due_to_open(now):
        try:
            open_election(actor=CLOCK, election=election)
        except UserError as error:  # nobody stands, or nobody may vote: the officers see it on the page
            log.warning("election %s cannot open: %s", election.slug, error)


@every(seconds=600, name="elections.forget")
def forget_keys() -> None:
    """Destroy keys that a crash between the publication and their destruction left behind."""
    over = (Election.State.PUBLISHED, Election.State.CANCELLED)
    for election in Election.objects.filter(state__in=over, pk__in=keyring.kept()).values_list("pk", flat=True):
        keyring.destroy(election)


@every(seconds=300, name="elections.shuffle")
def shuffle_rolls() -> None:
    """Write the rolls of open elections anew, so that no order of writes stays in them."""
    for election in Election.objects.filter(state=Election.State.OPEN).exclude(level=Election.Level.A).defer("bundle"):
        shuffle_roll(election)


@every(seconds=3600, name="elections.remind")
def remind_electors() -> None:
    """Remind those who have not voted, in the last two days."""
    soon = clock.now() + timedelta(days=2)
    for election in Election.objects.filter(state=Election.State.OPEN, closes_at__lte=soon).defer("bundle"):
        remind(actor=CLOCK, election=election)
