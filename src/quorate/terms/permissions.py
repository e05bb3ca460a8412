"""Rights that terms guard with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("body.edit", _("Set up bodies and their seats"), of_body=True)
permission("body.propose", _("Propose a working group"))
permission("body.report", _("Record a report of a body"), of_body=True)
permission("term.appoint", _("Appoint people to seats and end their terms"), of_body=True)
permission("term.alternate", _("Name the alternate of a seat"), of_body=True)
permission("foundation.apply", _("Make the records agree with the foundation's files"))
