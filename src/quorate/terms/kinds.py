"""What terms write into the ledger."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

FOUNDATION_CHANGED = register(
    Kind(
        "foundation.changed",
        _("{actor} changed what the foundation says of itself: {fields}"),
        fields={"fields": list, "changes": dict},
        public=True,
    )
)
FOUNDATION_APPLIED = register(
    Kind(
        "foundation.applied",
        _("{actor} applied the foundation's files: {created} created, {changed} changed, {removed} removed"),
        fields={"created": int, "changed": int, "removed": int, "kinds": dict},
        public=True,
    )
)
BODY_SET_UP = register(
    Kind("body.set-up", _("{actor} set up {body}"), fields={"slug": str, "facts": dict}, public=True)
)
BODY_CHANGED = register(
    Kind(
        "body.changed",
        _("{actor} changed {body}: {fields}"),
        fields={"fields": list, "changes": dict},
        public=True,
    )
)
BODY_CLOSED = register(Kind("body.closed", _("{actor} closed {body}"), public=True))
BODY_REMOVED = register(
    Kind(
        "body.removed",
        _("{actor} removed {name}, which never had a seat"),
        fields={"slug": str, "name": str},
        public=True,
    )
)
SEAT_ADDED = register(
    Kind(
        "seat.added",
        _("{actor} added the seat {seat} to {body}"),
        fields={"slug": str, "facts": dict},
        public=True,
    )
)
SEAT_CHANGED = register(
    Kind(
        "seat.changed",
        _("{actor} changed the seat {seat} of {body}: {fields}"),
        fields={"fields": list, "changes": dict},
        public=True,
    )
)
SEAT_CLOSED = register(
    Kind("seat.closed", _("{actor} closed the seat {seat} of {body}"), fields={"until": str}, public=True)
)
SEAT_REMOVED = register(
    Kind(
        "seat.removed",
        _("{actor} removed the seat {title} of {body}, which nobody ever held"),
        fields={"slug": str, "title": str},
        public=True,
    )
)
TERM_BEGAN = register(
    Kind(
        "term.began",
        _("{person} took the seat {seat} of {body} as {role}, from {start}"),
        fields={"role": str, "start": str, "until": str, "appointed_by": str, "how": str},
        private=("note",),
        public=True,
    )
)
TERM_ENDED = register(
    Kind(
        "term.ended",
        _("{person} left the seat {seat} of {body} on {until}"),
        fields={"role": str, "until": str, "ended_by": str},
        public=True,
    )
)
TERM_CORRECTED = register(
    Kind(
        "term.corrected",
        _("{actor} corrected the term of {person} in the seat {seat} of {body}: {fields}"),
        fields={"fields": list, "changes": dict},
        private=("note",),
        public=True,
    )
)
TERM_STRUCK = register(
    Kind(
        "term.struck",
        _("{actor} struck out a term of {person} in the seat {seat} of {body} that never was"),
        fields={"role": str, "start": str, "until": str},
        public=True,
    )
)
POLICY_ADOPTED = register(
    Kind(
        "policy.adopted",
        _("{actor} put version {version} of “{title}” on record"),
        fields={"slug": str, "title": str, "version": str, "sha256": str},
        public=True,
    )
)
POLICY_CHANGED = register(
    Kind(
        "policy.changed",
        _("{actor} changed the text of “{title}”, version {version}"),
        fields={"slug": str, "title": str, "version": str, "sha256": str},
        public=True,
    )
)
POLICY_REMOVED = register(
    Kind(
        "policy.removed",
        _("{actor} removed version {version} of “{title}”"),
        fields={"slug": str, "title": str, "version": str},
        public=True,
    )
)
CHARTER_ADOPTED = register(
    Kind(
        "charter.adopted",
        _("{actor} put version {version} of the charter of {body} in force, from {start}"),
        fields={"version": str, "start": str, "adopted_by": str, "numbers": dict, "sha256": str},
        public=True,
    )
)
CHARTER_CORRECTED = register(
    Kind(
        "charter.corrected",
        _("{actor} corrected version {version} of the charter of {body}: {fields}"),
        fields={"version": str, "fields": list, "changes": dict},
        public=True,
    )
)
CHARTER_REMOVED = register(
    Kind(
        "charter.removed",
        _("{actor} removed version {version} of the charter of {body}"),
        fields={"version": str, "facts": dict},
        public=True,
    )
)
BODY_PROPOSED = register(
    Kind("body.proposed", _("{actor} proposed {body}"), fields={"slug": str, "name": str}, public=True)
)
BODY_MOVED = register(
    Kind(
        "body.moved",
        _("{actor} moved {body} from {before} to {after}"),
        fields={"before": str, "after": str, "by": str},
        public=True,
    )
)
BODY_REPORTED = register(
    Kind(
        "body.reported",
        _("{actor} recorded a report of {body}"),
        fields={"report": str},
        private=("title",),
        public=True,
    )
)
