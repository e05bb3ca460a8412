"""Rights that motions are guarded with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("motion.open", _("Put a motion to a body"), of_body=True)
permission("motion.vote", _("Vote on a motion"), sensitive=True)
permission("motion.recuse", _("Record that an elector stands aside"), of_body=True)
permission("motion.close", _("Close or withdraw a motion"), of_body=True)
permission("motion.object", _("Object to lazy consensus"), of_body=True)
permission("motion.attend", _("Record that an elector is away or back"), of_body=True)
permission("motion.remind", _("Remind electors of an open motion"), of_body=True)
permission("decision.record", _("Enter decisions in the register"), of_body=True)
permission("decision.end", _("Repeal decisions in the register"), of_body=True)
