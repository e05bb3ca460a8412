"""What terms ask of the packages below: nobody is forgotten while they hold a seat."""

from __future__ import annotations

from uuid import UUID

from quorate.directory.referrers import ERASURE_GUARDS
from quorate.kernel.i18n import gettext
from quorate.terms.queries import terms_of


def _holds_a_seat(person: UUID) -> str:
    term = terms_of(person).first()
    if term is None:
        return ""
    return gettext("the person holds the seat “%(seat)s” of %(body)s") % {
        "seat": term.seat.title,
        "body": term.seat.body.name,
    }


ERASURE_GUARDS.register("terms", _holds_a_seat)
