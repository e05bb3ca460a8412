"""Rights that motions are guarded with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("motion.open", _("Put a motion to a body"))
permission("motion.vote", _("Vote on a motion"), sensitive=True)
permission("motion.recuse", _("Record that an elector stands aside"))
permission("motion.close", _("Close or withdraw a motion"))
permission("motion.object", _("Object to lazy consensus"))
permission("motion.attend", _("Record that an elector is away or back"))
permission("motion.remind", _("Remind electors of an open motion"))
permission("decision.record", _("Enter decisions in the register"))
permission("decision.end", _("Repeal decisions in the register"))
