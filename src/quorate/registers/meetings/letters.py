"""Letters to a seat about what its absence leads to by the charter, or will at the next miss."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from quorate.decisions.letters import addresses
from quorate.kernel.i18n import gettext
from quorate.registers.meetings.models import Meeting, Place
from quorate.terms.absences import Fate
from quorate.toolkit import mail


def absence_letter(meeting: Meeting, place: Place, fates: Sequence[Fate]) -> int:
    """Write to representative and alternate of a seat, once for a meeting; returns to how many."""
    people = {one for one in (place.representative_id, place.alternate_id) if one is not None}
    if not fates or not people:
        return 0
    lines = [_line(each) for each in fates]
    link = settings.PUBLIC_URL + reverse("meetings:body", args=[meeting.body.slug]) + "#attendance"
    opening = gettext("After %(meeting)s this holds for %(seat)s by the charter of %(body)s:") % {
        "meeting": meeting.title,
        "seat": place.label,
        "body": meeting.body.name,
    }
    body = "\n\n".join([opening, *lines, link]) + "\n"
    subject = gettext("%(body)s: attendance of %(seat)s") % {"body": meeting.body.name, "seat": place.label}
    found = addresses(people)
    for person in sorted(found):
        mail.send(found[person], subject, body, key=f"meeting:{meeting.id}:absence:{place.id}:{person}")
    return len(found)


def _line(each: Fate) -> str:
    if each.holds or each.near:
        return f"* {each.words}"
    return "* " + gettext("%s. This has ended.") % each.rule.words
