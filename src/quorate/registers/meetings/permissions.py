"""Rights that meetings are guarded with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("meeting.propose", _("Propose an item for the agenda of a body"), of_body=True)
permission("meeting.schedule", _("Plan a body's meetings and set their agendas"), of_body=True)
permission("meeting.run", _("Run a meeting: roll call, motions, notes and its end"), of_body=True)
permission("meeting.import", _("Take in minutes written elsewhere"), of_body=True)
permission("minutes.write", _("Draft and correct minutes"), of_body=True)
permission("minutes.adopt", _("Record that minutes were adopted, and publish them"), of_body=True)
permission("action-item.assign", _("Give action items to people, with a date"), of_body=True)
permission("action-item.close", _("Close an action item"), of_body=True)
