"""``?as_of=``: the day or instant about which a page is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from django.http import HttpRequest
from pydantic import AfterValidator, AwareDatetime

from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

#: Years that both databases and every time zone can hold.
YEARS = range(1900, 2200)


def _in_range(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError("the year is out of range")
    return at


#: An instant that an API takes: aware, of a year that databases and time zones can hold.
Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]


@dataclass(frozen=True, slots=True)
class AsOf:
    """The instant a page speaks of. ``text`` is what was asked, blank for now."""

    at: datetime
    text: str = ""

    @property
    def past(self) -> bool:
        """Whether another time than now was asked for."""
        return bool(self.text)

    @property
    def query(self) -> str:
        """The parameter to carry along in links, with its question mark; blank for now."""
        return f"?as_of={self.text}" if self.text else ""


def parse(text: str) -> datetime:
    """The instant that a date (its last moment, UTC) or an ISO 8601 time means. ``UserError`` at ``as_of``."""
    try:
        if len(text) == 10:
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return _in_range(day) + timedelta(days=1, microseconds=-1)
        moment = _in_range(datetime.fromisoformat(text.replace(" ", "+")))
    except (ValueError, OverflowError):
        raise UserError(
            gettext("“%s” is not a day") % text[:40], where="as_of", mend=gettext("write a day like 2026-01-31")
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_of(request: HttpRequest) -> AsOf:
    """What the request asks for; now when it asks for nothing."""
    text = request.GET.get("as_of", "").strip()
    return AsOf(parse(text), text) if text else AsOf(clock.now())
