"""Rights that meetings are guarded with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("meeting.propose", _("Propose an item for the agenda of a body"))
permission("meeting.schedule", _("Plan a body's meetings and set their agendas"))
permission("meeting.run", _("Run a meeting: roll call, motions, notes and its end"))
permission("meeting.import", _("Take in minutes written elsewhere"))
permission("minutes.write", _("Draft and correct minutes"))
permission("minutes.adopt", _("Record that minutes were adopted, and publish them"))
permission("action-item.assign", _("Give action items to people, with a date"))
permission("action-item.close", _("Close an action item"))
