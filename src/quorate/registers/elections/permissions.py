"""Rights that elections are guarded with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("election.manage", _("Announce and run elections"), of_body=True)
permission("election.nominate", _("Nominate and endorse in an election"), sensitive=True)
permission("election.answer", _("Accept or decline a nomination"), sensitive=True)
permission("election.enrol", _("Ask to be on the roll of an election"), sensitive=True)
permission("ballot.cast", _("Vote in an election"), sensitive=True)
permission("election.cosign", _("Hand in signatures of the second registrar"), sensitive=True)
permission("receipt.check", _("Look up a receipt in the log of an election"), sensitive=True)
permission("ballot.drop", _("Put a ballot with a signed token into the box"), sensitive=True)
