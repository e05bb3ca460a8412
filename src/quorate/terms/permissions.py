"""Rights that terms guard with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("body.edit", _("Set up bodies and their seats"))
permission("body.propose", _("Propose a working group"))
permission("body.report", _("Record a report of a body"))
permission("term.appoint", _("Appoint people to seats and end their terms"))
permission("term.alternate", _("Name the alternate of a seat"))
permission("foundation.apply", _("Make the records agree with the foundation's files"))
