"""Rights that follow from terms: a seat's and its body's, for as long as the term runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from quorate.access.actors import Actor
from quorate.access.policy import SOURCES, Reason
from quorate.directory.queries import in_force
from quorate.kernel.i18n import gettext
from quorate.terms.models import Body, Seat, Term
from quorate.terms.queries import terms_of
from quorate.terms.reach import lists, reaches


class Seats:
    """A seat may do what its own and its body's ``permissions`` list, as far as that body's list reaches."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if actor.person_id is None:
            return
        for term in terms_of(actor.person_id, at):
            if term.role != Term.Role.REPRESENTATIVE:
                continue
            seat = term.seat
            if lists(seat, permission) and reaches(seat.body, permission, obj):
                text = gettext("you hold the seat “%(seat)s” of %(body)s") % {
                    "seat": seat.title,
                    "body": seat.body.name,
                }
                yield Reason(text, f"seat:{seat.body.slug}/{seat.slug}", term.start, term.until)

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        for seat in Seat.objects.filter(in_force(at)).select_related("body"):
            far = reaches(seat.body, permission, obj)
            if not lists(seat, permission) or not (far or obj is None):
                continue
            names = {"seat": seat.title, "body": seat.body.name}
            if permission in seat.permissions:
                words = gettext("%(seat)s of %(body)s") if far else gettext("%(seat)s of %(body)s, for that body")
            else:
                words = gettext("a member of %(body)s") if far else gettext("a member of %(body)s, for that body")
            yield words % names


class OwnSeat:
    """Whoever holds a seat may name its alternate."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if permission != "term.alternate" or not isinstance(obj, Seat) or actor.person_id is None:
            return
        for term in terms_of(actor.person_id, at):
            if term.seat_id == obj.id and term.role == Term.Role.REPRESENTATIVE:
                code = f"seat:{term.seat.body.slug}/{term.seat.slug}"
                yield Reason(gettext("you hold this seat"), code, term.start, term.until)

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if permission == "term.alternate" and isinstance(obj, Seat):
            yield gettext("whoever holds the seat")


class Anybody:
    """Everybody whom the directory knows may propose a working group."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if permission == "body.propose" and actor.person_id is not None:
            yield Reason(gettext("you are signed in"), "signed-in")

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if permission == "body.propose":
            yield gettext("everybody who is signed in")


class Leading:
    """Whoever is chair, vice chair or secretary of a body records its reports."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if permission != "body.report" or not isinstance(obj, Body) or actor.person_id is None:
            return
        for term in terms_of(actor.person_id, at):
            seat = term.seat
            if seat.body_id == obj.id and seat.office_title and term.role == Term.Role.REPRESENTATIVE:
                text = gettext("you are %(office)s of %(body)s") % {"office": seat.office_title, "body": obj.name}
                yield Reason(text, f"seat:{seat.body.slug}/{seat.slug}", term.start, term.until)

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if permission == "body.report":
            yield gettext("the chair, vice chair or secretary of the body")


SOURCES.register("terms", Seats())
SOURCES.register("anybody", Anybody())
SOURCES.register("leading", Leading())
SOURCES.register("own-seat", OwnSeat())
