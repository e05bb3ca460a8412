"""What meetings show on the page of a body: when the next one is, and where to read about the last."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.registers.meetings.queries.calendar import upcoming
from quorate.registers.meetings.queries.meetings import meetings_of
from quorate.toolkit.panels import Asked, RecordPanel, record_panel


@record_panel("body", "meetings", order=30)
def meetings(asked: Asked) -> RecordPanel | None:
    """The next meetings of a body and its last ones; of a private body only where its meetings may be seen."""
    body = asked.record
    if asked.public and not body.public:
        return None
    coming = upcoming([body], limit=3) if body.public else []
    past = list(meetings_of(body).filter(state="adjourned")[:3]) if body.public else []
    if asked.public and not coming and not past:
        return None
    context = {"body": body, "coming": coming, "past": past, "public": asked.public}
    return RecordPanel("meetings", _("Meetings"), "meetings/parts/body_panel.html", context)
