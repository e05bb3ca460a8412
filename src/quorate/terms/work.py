"""What waits for the chair, vice chair and secretary of a body: seats to be filled, reports, by the charter's clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from quorate.access.actors import Actor
from quorate.kernel.i18n import _, gettext
from quorate.terms.groups import duties
from quorate.terms.models import Body, Term
from quorate.terms.queries import rosters, terms_of
from quorate.terms.standing import numbers_in_force, vacancies
from quorate.toolkit.work import WorkItem, work_source


def bodies_led(actor: Actor, at: datetime) -> dict[Body, str]:
    """The open bodies in which the actor is chair, vice chair or secretary, with that office in words. One query."""
    if actor.person_id is None:
        return {}
    rows = terms_of(actor.person_id, at).filter(role=Term.Role.REPRESENTATIVE, seat__body__closed_at=None)
    terms = rows.filter(Q(seat__chair=True) | ~Q(seat__office="")).order_by("seat__body__name", "seat__position")
    return {term.seat.body: term.seat.office_title for term in terms}


@work_source("vacancies")
def empty_seats(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Vacant voting seats of the bodies that the actor leads, where the charter sets a time. Four queries."""
    led = bodies_led(actor, at)
    if not led:
        return
    said = numbers_in_force(led, at)
    for body, places in rosters(list(led), at).items():
        if not said[body].fill_within:
            continue
        for vacancy in vacancies(places, said[body]):
            seat = vacancy.place.seat
            if seat.voting and vacancy.due_at is not None:
                yield WorkItem(
                    key=f"vacancy:{seat.id}",
                    title=gettext("%s is vacant") % seat.title,
                    why=gettext("You are %(office)s of %(body)s") % {"office": led[body], "body": body.name},
                    url=reverse("terms:seat", args=[body.slug, seat.slug]),
                    due_at=vacancy.due_at,
                    since=vacancy.place.vacant_since,
                    program=body.name,
                    verb=_("Fill the seat"),
                )


@work_source("reports")
def reports(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Reports that bodies which the actor leads owe, from two weeks before they are due. Four queries."""
    led = bodies_led(actor, at)
    if not led:
        return
    for body, duty in duties(led, numbers_in_force(led, at), at).items():
        if duty.due_at is not None and duty.due_at - timedelta(days=14) <= at:
            yield WorkItem(
                key=f"report:{body.id}:{duty.due_at.date()}",
                title=gettext("Report of %s") % body.name,
                why=gettext("You are %(office)s of %(body)s") % {"office": led[body], "body": body.name},
                url=reverse("terms:report", args=[body.slug]),
                due_at=duty.due_at,
                since=duty.last,
                program=body.name,
                verb=_("Report"),
            )
