"""What meetings write into the ledger."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

register(
    Kind(
        "series.started",
        _("{actor} began the series of meetings “{title}” of {body}"),
        fields={"title": str, "zone": str, "first_day": str, "wall": str, "rrule": str, "duration": int},
        public=True,
    )
)
register(
    Kind(
        "series.ended",
        _("{actor} ended the series of meetings “{title}” of {body}"),
        fields={"title": str, "until": str},
        public=True,
    )
)
register(
    Kind(
        "meeting.planned",
        _("{actor} planned {meeting} of {body}"),
        fields={"starts_at": str, "zone": str, "duration": int},
        public=True,
    )
)
register(
    Kind(
        "meeting.moved",
        _("{actor} moved a meeting of {body} from {before} to {after}"),
        fields={"before": str, "after": str, "sequence": int},
        private=("reason",),
        public=True,
    )
)
register(
    Kind(
        "meeting.cancelled",
        _("{actor} cancelled the meeting of {body} on {day}"),
        fields={"day": str, "sequence": int},
        private=("reason",),
        public=True,
    )
)
register(
    Kind(
        "meeting.imported",
        _("{actor} took in the minutes of {meeting}: {represented} of {seats} seats represented"),
        fields={"date": str, "seats": int, "represented": int, "needed": int, "sha256": str},
        public=True,
    )
)
register(
    Kind(
        "meeting.called",
        _("{actor} called {meeting} to order with {seats} seats on the roll"),
        fields={"seats": int, "needed": int},
        public=True,
    )
)
register(
    Kind(
        "meeting.attended",
        _("{actor} noted who is there for {place} at {meeting}: {present}"),
        fields={"place": str, "present": list, "represented": int},
    )
)
register(
    Kind(
        "meeting.guest",
        _("{actor} noted a guest at {meeting}"),
        fields={"role": str},
        private=("name", "affiliation"),
    )
)
register(Kind("meeting.antitrust", _("{actor} read the antitrust notice at {meeting}"), public=True))
register(Kind("meeting.noted", _("{actor} took a note at {meeting}"), fields={"note": str}, private=("text",)))
register(
    Kind(
        "meeting.adjourned",
        _("{actor} adjourned {meeting} with {represented} of {seats} seats represented"),
        fields={"seats": int, "represented": int},
        public=True,
    )
)
register(
    Kind(
        "agenda-item.proposed",
        _("{actor} proposed “{title}” for {body}, {minutes} minutes"),
        fields={"title": str, "minutes": int, "wanted": str},
    )
)
register(
    Kind(
        "agenda-item.listed",
        _("{actor} put “{title}” on the agenda of {meeting}"),
        fields={"title": str, "minutes": int, "position": int},
        public=True,
    )
)
register(
    Kind(
        "agenda-item.changed",
        _("{actor} changed “{title}” on the agenda of {meeting}"),
        fields={"title": str, "fields": list},
        public=True,
    )
)
register(
    Kind(
        "agenda-item.declined",
        _("{actor} did not take up “{title}”"),
        fields={"title": str},
        private=("reason",),
    )
)
register(
    Kind(
        "agenda-item.timed",
        _("“{title}” of {meeting}: {what}"),
        fields={"title": str, "what": str, "seconds": int},
    )
)
register(
    Kind(
        "agenda-item.recused",
        _("{actor} noted that {place} stands aside from “{title}” at {meeting}"),
        fields={"title": str, "place": str},
        private=("why",),
        public=True,
    )
)
register(
    Kind(
        "motion.put",
        _("{actor} put “{motion}” in {meeting} with {represented} seats represented"),
        fields={"represented": int, "recused": int},
        public=True,
    )
)
register(
    Kind(
        "seat.absence",
        _("What the charter of {body} makes of absence changed for {place} after {meeting}: {what}"),
        fields={"place": str, "what": str, "holds": bool, "clause": str},
        public=True,
    )
)
register(
    Kind(
        "motion.called",
        _("{actor} called the roll on “{motion}” at {meeting}: {yes} yes, {no} no, {abstain} abstained"),
        fields={"yes": int, "no": int, "abstain": int, "votes": list},
        public=True,
    )
)
register(
    Kind(
        "motion.continued",
        _("{actor} continued “{motion}” by ballot after {meeting}"),
        fields={"first": str, "closes_at": str},
        public=True,
    )
)
register(
    Kind(
        "action-item.given",
        _("{actor} gave an action item of {body} to {owner}, due {due}"),
        fields={"item": str, "due": str},
        private=("text",),
    )
)
register(
    Kind(
        "action-item.closed",
        _("{actor} closed an action item of {body}: {state}"),
        fields={"item": str, "state": str},
        private=("outcome",),
    )
)
register(
    Kind(
        "minutes.written",
        _("{actor} wrote version {number} of the minutes of {meeting}"),
        fields={"number": int, "sha256": str},
        private=("why",),
        public=True,
    )
)
register(
    Kind(
        "minutes.adopted",
        _("{actor} recorded that version {number} of the minutes of {meeting} was adopted"),
        fields={"number": int, "in": str},
        public=True,
    )
)
register(
    Kind(
        "minutes.published",
        _("{actor} published version {number} of the minutes of {meeting}"),
        fields={"number": int},
        public=True,
    )
)
