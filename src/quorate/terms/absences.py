"""What a charter makes of absence: who stays away too often loses the vote for a while, or is not waited for.

A charter keeps a list of such rules under ``attendance``::

    - {misses: 3, then: suspend, until_present: 2, clause: "4.2"}   no vote from the third miss in a row, until present at
                                                                    two in a row
    - {misses: 2, then: uncounted}                                  a quorum does not ask for the seat while it is away,
                                                                    until it came again
    - {misses: 3, then: election}                                   the seat goes to a new election
    - {present: 3, of_last: 4, then: suspend}                       a vote for who came to three of the last four

``by`` says whose presence counts: that of the ``seat``, by representative or alternate (the default), or of the
``representative`` alone. What a representative missed is not laid at the door of the next one, where ``by`` is the
representative and wherever an election follows. Meetings before the version of the charter count for nothing.
Pure functions on who came when; nothing here touches a database or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext, ngettext

THEN = ("suspend", "uncounted", "election")
BY = ("seat", "representative")
KEYS = ("misses", "present", "of_last", "then", "until_present", "by", "clause")
#: More meetings in a row than any charter counts.
MOST = 60


@dataclass(frozen=True)
class Absence:
    """One rule: ``misses`` in a row, or fewer than ``present`` of the last ``of_last``, and what follows then."""

    then: str
    misses: int = 0
    present: int = 0
    of_last: int = 0
    until_present: int = 1
    by: str = "seat"
    clause: str = ""

    @property
    def since_term(self) -> bool:
        """Whether only meetings of the present representative count."""
        return self.by == "representative" or self.then == "election"

    @property
    def when(self) -> str:
        """When it holds, in words."""
        if self.of_last:
            words = gettext("present at fewer than %(present)d of the last %(last)d meetings")
            return words % {"present": self.present, "last": self.of_last}
        words = ngettext("away from %(count)d meeting", "away from %(count)d meetings in a row", self.misses)
        return words % {"count": self.misses}

    @property
    def what(self) -> str:
        """What follows, in words."""
        return {
            "suspend": gettext("the vote is suspended"),
            "uncounted": gettext("a quorum does not ask for the seat while it is away"),
            "election": gettext("the seat goes to a new election"),
        }[self.then]

    @property
    def words(self) -> str:
        """The rule in one sentence, with its clause."""
        text = gettext("%(when)s: %(what)s") % {"when": self.when, "what": self.what}
        if self.until_present > 1:
            text += gettext(", until present at %d in a row") % self.until_present
        return text + (gettext(" (clause %s)") % self.clause if self.clause else "")

    def holds(self, came: Sequence[bool]) -> bool:
        """Whether it holds after these meetings, the earliest first."""
        if self.of_last:
            missed = [each for each in came[-self.of_last :] if not each]
            return len(missed) > self.of_last - self.present
        away = back = 0
        held = False
        for present in came:
            away, back = (0, back + 1) if present else (away + 1, 0)
            if held and self.then != "election" and back >= self.until_present:
                held = False
            held = held or away >= self.misses
        return held


@dataclass(frozen=True)
class Fate:
    """How a rule stands for a seat: whether it holds, how many more misses bring it, how many presences end it.

    ``None``: no number of them does.
    """

    rule: Absence
    holds: bool
    more_misses: int | None
    more_presences: int | None
    came: tuple[bool, ...]

    @property
    def near(self) -> bool:
        """Whether the next miss brings it."""
        return self.more_misses == 1

    @property
    def words(self) -> str:
        """What it means for the seat."""
        if self.holds:
            text = self.rule.words
            if self.more_presences is not None:
                text += ". " + ngettext(
                    "It ends after %(count)d more meeting with the seat present.",
                    "It ends after %(count)d more meetings in a row with the seat present.",
                    self.more_presences,
                ) % {"count": self.more_presences}
            return text
        if self.more_misses is None:
            return ""
        return ngettext(
            "%(count)d more miss, and %(what)s.", "%(count)d more misses, and %(what)s.", self.more_misses
        ) % {"count": self.more_misses, "what": self.rule.what}


def fate(rule: Absence, came: Sequence[bool]) -> Fate:
    """How a rule stands after these meetings, the earliest first."""
    held = rule.holds(came)
    more_misses = 0 if held else _until(lambda more: rule.holds([*came, *[False] * more]))
    more_presences = _until(lambda more: not rule.holds([*came, *[True] * more])) if held else 0
    return Fate(rule, held, more_misses, more_presences, tuple(came))


def _until(reached: Callable[[int], bool]) -> int | None:
    return next((more for more in range(1, MOST + 1) if reached(more)), None)


def parse(data: Any, where: str) -> tuple[Absence, ...]:
    """The rules that JSON says. ``UserError`` names what cannot stand."""
    if not isinstance(data, list) or len(data) > 20:
        raise UserError(gettext("a list is wanted"), where=where, mend=gettext("write each item after a dash"))
    return tuple(_parse(item, where) for item in data)


def _parse(data: Any, where: str) -> Absence:
    if not isinstance(data, Mapping):
        raise UserError(gettext("names with values are wanted"), where=where)
    for key in data:
        if key not in KEYS:
            raise UserError(
                gettext("there is no number “%s”") % str(key)[:60],
                where=where,
                mend=gettext("use one of: %s") % ", ".join(KEYS),
            )
    row = "misses" in data
    if row == ("of_last" in data) or ("of_last" in data) != ("present" in data):
        raise UserError(
            gettext("it is not said when absence has a consequence"),
            where=where,
            mend=gettext("give misses, or present and of_last"),
        )
    if not row and "until_present" in data:
        raise UserError(
            gettext("a rule about the last meetings ends by itself"),
            where=where,
            mend=gettext("leave out until_present"),
        )
    counts = {
        key: _count(data[key], f"{where}.{key}")
        for key in ("misses", "present", "of_last", "until_present")
        if key in data
    }
    if not row and counts["present"] > counts["of_last"]:
        raise UserError(gettext("nobody can be present at more meetings than there were"), where=f"{where}.present")
    then, by, clause = data.get("then"), data.get("by", "seat"), data.get("clause", "")
    for value, known, key in ((then, THEN, "then"), (by, BY, "by")):
        if value not in known:
            raise UserError(
                gettext("“%s” is not known") % str(value)[:40],
                where=f"{where}.{key}",
                mend=gettext("use one of: %s") % ", ".join(known),
            )
    return Absence(then=str(then), by=str(by), clause=str(clause)[:80], **counts)


def _count(data: Any, where: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or not 0 < data < MOST:
        raise UserError(gettext("a whole number above 0 is wanted"), where=where)
    return data
