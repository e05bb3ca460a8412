"""Letters of motions: that one opened, and that it closes soon. Keyed, so that no repeat writes twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Coalesce
from django.urls import reverse

from quorate.decisions.models import Elector, Motion
from quorate.decisions.queries import roll_call
from quorate.directory.models import ContactPoint, Person
from quorate.kernel.i18n import gettext
from quorate.toolkit import mail


def addresses(people: Collection[UUID]) -> dict[UUID, str]:
    """The e-mail address of each person who has one: the primary, or any, or the account's. Two queries."""
    accounts = Person.objects.filter(pk__in=people, account__isnull=False).values_list("pk", "account__email")
    found: dict[UUID, str] = dict(accounts)
    points = ContactPoint.objects.filter(person_id__in=people, kind=ContactPoint.Kind.EMAIL)
    # The best comes last, so that it is what stays.
    for person, value in points.order_by("primary", "-id").values_list("person_id", "value"):
        found[person] = value
    return found


def announce_opening(motion: Motion) -> int:
    """Write to every elector, and to no alternate of one, that a motion opened; returns to how many."""
    speaking = motion.electors.filter(recused="", suspended="")
    # An alternate is written to where the seat has no representative.
    first = Coalesce("person_id", "alternate_id")
    people = [one for one in speaking.order_by().values_list(first, flat=True).distinct() if one is not None]
    asks = {
        Motion.Kind.LAZY.value: gettext("It passes unless somebody objects before %(when)s."),
        Motion.Kind.CONSENT.value: gettext("It is decided once enough have signed, until %(when)s."),
    }.get(motion.kind, gettext("You can vote until %(when)s."))
    body = _body(motion, asks)
    return _send(motion, gettext("“%s” is open") % motion.title, body, set(people), "opened")


def remind_silent(motion: Motion, hours: int) -> int:
    """Write to everybody who could still vote for a silent seat; returns to how many."""
    silent = [line.elector for line in roll_call(motion) if line.silent]
    people = {person for elector in silent for person in _voices(elector)}
    if motion.kind == Motion.Kind.LAZY and not motion.objections.filter(withdrawn_at=None).exists():
        subject = gettext("“%s” passes soon unless you object") % motion.title
        body = _body(motion, gettext("It passes unless somebody objects before %(when)s."))
    else:
        subject = gettext("“%s”: your vote is missing") % motion.title
        body = _body(motion, gettext("You can vote until %(when)s."))
    return _send(motion, subject, body, people, f"remind:{_stamp(motion.closes_at)}:{hours}")


def _voices(elector: Elector) -> list[UUID]:
    return [one for one in (elector.person_id, elector.alternate_id) if one is not None]


def _send(motion: Motion, subject: str, body: str, people: Collection[UUID], occasion: str) -> int:
    found = addresses(people)
    for person in sorted(found):
        mail.send(found[person], subject, body, key=f"motion:{motion.id}:{occasion}:{person}")
    return len(found)


def _body(motion: Motion, asks: str) -> str:
    link = settings.PUBLIC_URL + reverse("decisions:motion", args=[motion.id])
    when = motion.closes_at.strftime("%Y-%m-%d %H:%M UTC") if motion.closes_at else ""
    return "\n\n".join(part for part in (motion.title, motion.text, asks % {"when": when}, link) if part) + "\n"


def _stamp(at: datetime | None) -> str:
    return at.strftime("%Y%m%dT%H%M%S") if at else ""
