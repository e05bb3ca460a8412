"""The numbers that a charter's words come to, as exact values: quorum, clocks, caps, and who presides.

A charter keeps them as JSON beside its text, all optional::

    quorum:        {printed: 12, fraction: 1/2, strict: true}   the figure in the text, and the rule in words
    fill_within:   P90D                                         how long a seat may stay vacant
    end_at_once:   1/2                                          the share of terms that may end on one day
    related_group: [{at_most: 1/3, hard: true, clause: "2.4"}]  seats that one related group may hold
    presides:      [chair, vice-chair, seat:staff/manager]      who presides, in order
    report_every:  P3M                                          how often the body reports
    dormant_after: P6M                                          silence after which it counts as dormant
    vacant_seats:  leave                                        whether vacant seats stay among "all seats", or leave
    attendance:    [{misses: 3, then: suspend}]                 what follows from absence, see :mod:`absences`
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import isodate

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.terms import absences
from quorate.terms.absences import Absence

PRESIDES = re.compile(r"^(chair|vice-chair|longest-serving|(chair|vice-chair):[a-z0-9-]+|seat:[a-z0-9-]+/[a-z0-9-]+)$")
KEYS = (
    "quorum",
    "fill_within",
    "end_at_once",
    "related_group",
    "presides",
    "report_every",
    "dormant_after",
    "vacant_seats",
    "attendance",
)
VACANT = ("stay", "leave")


@dataclass(frozen=True)
class Cap:
    """How many seats one related group may hold: a count, or a fraction of the voting seats."""

    count: int | None = None
    fraction: Fraction | None = None
    hard: bool = True
    clause: str = ""

    def limit(self, seats: int) -> int:
        """The largest number of seats that is still within the cap, in a body of so many."""
        if self.count is not None:
            return self.count
        fraction = self.fraction or Fraction(0)
        return fraction.numerator * seats // fraction.denominator

    @property
    def words(self) -> str:
        if self.count is not None:
            return str(self.count)
        return gettext("%s of the voting seats") % self.fraction


@dataclass(frozen=True)
class Numbers:
    """All that a charter's numbers say; what it leaves open is empty."""

    printed_quorum: int | None = None
    quorum: Fraction | None = None
    strict: bool = False
    fill_within: str = ""
    end_at_once: Fraction | None = None
    caps: tuple[Cap, ...] = ()
    presides: tuple[str, ...] = ()
    report_every: str = ""
    dormant_after: str = ""
    vacant_seats: str = ""
    attendance: tuple[Absence, ...] = ()

    def quorum_by_rule(self, seats: int) -> int | None:
        """What the rule in words comes to in a body of so many voting seats."""
        if self.quorum is None:
            return None
        product = self.quorum.numerator * seats
        return product // self.quorum.denominator + 1 if self.strict else -(-product // self.quorum.denominator)

    @property
    def rule_words(self) -> str:
        """The rule of the quorum in words."""
        if self.quorum is None:
            return ""
        form = (
            gettext("more than %s of the voting seats") if self.strict else gettext("at least %s of the voting seats")
        )
        return form % self.quorum


def after(at: datetime, span: str) -> datetime | None:
    """The instant that lies an ISO 8601 span later; ``None`` for an empty span or one past the calendar's end."""
    if not span:
        return None
    try:
        found = at + isodate.parse_duration(span)
    except (OverflowError, ValueError):
        return None
    return found if isinstance(found, datetime) else None


def disagreement(numbers: Numbers, seats: int) -> str:
    """The warning that the printed quorum and its rule differ in a body of so many voting seats; else empty."""
    by_rule = numbers.quorum_by_rule(seats)
    if by_rule is None or numbers.printed_quorum is None or by_rule == numbers.printed_quorum:
        return ""
    return gettext(
        "The charter prints a quorum of %(printed)d, but %(rule)s is %(reckoned)d when there are %(seats)d."
    ) % {
        "printed": numbers.printed_quorum,
        "rule": numbers.rule_words,
        "reckoned": by_rule,
        "seats": seats,
    }


def parse(data: Mapping[str, Any], where: str = "numbers") -> Numbers:
    """The numbers that JSON says. ``UserError`` names the key that cannot stand."""
    _known(data, KEYS, where)
    quorum = _mapping(data.get("quorum", {}), f"{where}.quorum")
    _known(quorum, ("printed", "fraction", "strict"), f"{where}.quorum")
    caps = data.get("related_group", [])
    presides = data.get("presides", [])
    if not isinstance(caps, list) or not isinstance(presides, list):
        raise UserError(gettext("a list is wanted"), where=where, mend=gettext("write each item after a dash"))
    for role in presides:
        if not isinstance(role, str) or not PRESIDES.match(role):
            raise UserError(
                gettext("“%s” does not say who presides") % str(role)[:60],
                where=f"{where}.presides",
                mend=gettext("write chair, vice-chair, longest-serving, or seat:BODY/SEAT"),
            )
    return Numbers(
        _count(quorum["printed"], f"{where}.quorum.printed") if "printed" in quorum else None,
        _share(quorum["fraction"], f"{where}.quorum.fraction") if "fraction" in quorum else None,
        _flag(quorum.get("strict", False), f"{where}.quorum.strict"),
        _span(data.get("fill_within", ""), f"{where}.fill_within"),
        _share(data["end_at_once"], f"{where}.end_at_once") if "end_at_once" in data else None,
        tuple(_cap(item, f"{where}.related_group") for item in caps),
        tuple(presides),
        _span(data.get("report_every", ""), f"{where}.report_every"),
        _span(data.get("dormant_after", ""), f"{where}.dormant_after"),
        _word(data.get("vacant_seats", ""), VACANT, f"{where}.vacant_seats"),
        absences.parse(data.get("attendance", []), f"{where}.attendance"),
    )


def _word(data: Any, known: tuple[str, ...], where: str) -> str:
    if data == "" or data in known:
        return str(data)
    raise UserError(
        gettext("“%s” is not known") % str(data)[:40], where=where, mend=gettext("use one of: %s") % ", ".join(known)
    )


def _cap(data: Any, where: str) -> Cap:
    said = _mapping(data, where)
    _known(said, ("at_most", "hard", "clause"), where)
    at_most = said.get("at_most")
    hard, clause = _flag(said.get("hard", True), where), str(said.get("clause", ""))[:80]
    if isinstance(at_most, int) and not isinstance(at_most, bool):
        return Cap(count=_count(at_most, where), hard=hard, clause=clause)
    return Cap(fraction=_share(at_most, where), hard=hard, clause=clause)


def _known(data: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in data:
        if key not in keys:
            raise UserError(
                gettext("there is no number “%s”") % str(key)[:60],
                where=where,
                mend=gettext("use one of: %s") % ", ".join(keys),
            )


def _mapping(data: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise UserError(gettext("names with values are wanted"), where=where)
    return data


def _flag(data: Any, where: str) -> bool:
    if not isinstance(data, bool):
        raise UserError(gettext("true or false is wanted"), where=where)
    return data


def _count(data: Any, where: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or not 0 < data < 10_000:
        raise UserError(gettext("a whole number above 0 is wanted"), where=where)
    return data


def _share(data: Any, where: str) -> Fraction:
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", data) if isinstance(data, str) else None
    if found is None or int(found[2]) == 0 or not 0 < int(found[1]) <= int(found[2]):
        raise UserError(
            gettext("“%s” is not a fraction up to 1") % str(data)[:40], where=where, mend=gettext("write it like 1/3")
        )
    return Fraction(int(found[1]), int(found[2]))


def _span(data: Any, where: str) -> str:
    if data == "":
        return ""
    try:
        span = isodate.parse_duration(data) if isinstance(data, str) and len(data) <= 20 else None
        start = datetime(2000, 1, 1, tzinfo=UTC)
        lasting = span is not None and start < start + span < start + timedelta(days=366 * 50)
    except (isodate.ISO8601Error, OverflowError, ValueError):
        lasting = False
    if not lasting:
        raise UserError(
            gettext("“%s” is not a span of time") % str(data)[:40],
            where=where,
            mend=gettext("write it like P90D or P3M"),
        )
    assert isinstance(data, str)
    return data
