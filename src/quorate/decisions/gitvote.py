"""Reading ``.gitvote.yml``: each profile as a motion of ours, with a warning for all that has no exact meaning.

gitvote passes a vote when yes / allowed voters × 100, a binary floating-point number, is at least ``pass_threshold``. It has no quorum
and no abstention that counts, and reads the team anew when it counts. Here the threshold becomes an exact fraction of all
seats, and the seats are frozen when the motion opens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from quorate.kernel import yamlfile
from quorate.kernel.yamlfile import YamlDoc

#: Minutes in each unit that gitvote knows.
_UNITS = {"m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1, "h": 60, "hr": 60, "hrs": 60, "hour": 60, "hours": 60}
_UNITS |= {"d": 1440, "day": 1440, "days": 1440, "w": 10080, "week": 10080, "weeks": 10080}
_DURATION = re.compile(r"\s*(?:[0-9]{1,6}\s*[a-z]+\s*)+", re.IGNORECASE)
_KNOWN = {"duration", "pass_threshold", "allowed_voters", "periodic_status_check", "close_on_passing"}
_KNOWN |= {"close_on_passing_min_wait", "announcements"}
_LONGEST = 365
#: What people mean by the percentages that they write for it.
_MEANT = {Fraction(2, 3): ("66.6", "66.7"), Fraction(1, 3): ("33.3", "33.4"), Fraction(3, 4): ("75", "75")}


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile: the document that ``quorate motion open`` takes once it has a title, and what to look at first."""

    name: str
    line: int
    document: dict[str, Any]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "line": self.line, "document": self.document, "warnings": list(self.warnings)}


def read(path: Path, body: str, seats: int) -> tuple[list[Profile], list[str]]:
    """The profiles for a body of so many voting seats, and what the whole file says besides. Errors name file and line."""
    document = yamlfile.load(path)
    data = document.data
    if not isinstance(data, dict) or not isinstance(data.get("profiles"), dict) or not data["profiles"]:
        raise document.error("there are no profiles", mend="this is not a configuration of gitvote")
    notes = ["voters are the seats of the body, frozen when a motion opens; gitvote reads the team anew when it counts"]
    automation, audit = data.get("automation") or {}, data.get("audit") or {}
    if isinstance(automation, dict) and automation.get("enabled"):
        notes.append(f"{document.where('automation')}: votes are not opened by files of a pull request here")
    if isinstance(audit, dict) and audit.get("enabled"):
        notes.append(f"{document.where('audit')}: the register of decisions is the audit page; nothing is to be set")
    notes += [f"{document.where(key)}: {key} is not known" for key in set(data) - {"profiles", "automation", "audit"}]
    return [_profile(document, str(name), name, body, seats) for name in data["profiles"]], notes


def _profile(document: YamlDoc, name: str, key: Any, body: str, seats: int) -> Profile:
    place = ("profiles", key)
    said = document.data["profiles"][key]
    if not isinstance(said, dict):
        raise document.error("a profile holds duration and pass_threshold", *place)
    for needed in ("duration", "pass_threshold"):
        if needed not in said:
            raise document.error(f"the profile {name} has no {needed}", *place, mend="gitvote asks for it too")
    warnings: list[str] = []
    threshold = _threshold(document, said["pass_threshold"], (*place, "pass_threshold"), seats, warnings)
    days = _days(document, said["duration"], (*place, "duration"), warnings)
    closes = said.get("close_on_passing") or False
    if not isinstance(closes, bool):
        raise document.error("true or false is wanted", *place, "close_on_passing")
    if closes:
        warnings.append(
            f"{document.where(*place, 'close_on_passing')}: gitvote looks once a day and closes what has passed; here a motion"
            " closes as soon as nothing left can change the outcome, whichever it is"
        )
    if said.get("close_on_passing_min_wait"):
        where = document.where(*place, "close_on_passing_min_wait")
        warnings.append(
            f"{where}: a least wait before closing early has no counterpart; leave early_close out if it matters"
        )
    if said.get("periodic_status_check"):
        where = document.where(*place, "periodic_status_check")
        warnings.append(
            f"{where}: those who have not voted are reminded by our own clock, and the state is on the page"
        )
    if said.get("announcements"):
        warnings.append(f"{document.where(*place, 'announcements')}: results are announced on the body's page and feed")
    warnings += _voters(document, said.get("allowed_voters"), (*place, "allowed_voters"), body, seats)
    warnings += [f"{document.where(*place, extra)}: {extra} is not known" for extra in set(said) - _KNOWN]
    warnings.append(
        f"{document.where(*place)}: gitvote has no quorum, and none is set; of all {seats} seats the threshold asks for votes in"
        " favour, so who stays silent counts against"
    )
    rule = {
        "threshold": f"{threshold.numerator}/{threshold.denominator}",
        "of": "seats",
        "strict": False,
        "abstain": "both",
    }
    return Profile(
        name,
        document.line_of(place),
        {"body": body, "rule": rule, "days": days, "early_close": closes},
        tuple(warnings),
    )


def _threshold(document: YamlDoc, said: Any, place: tuple[str, ...], seats: int, warnings: list[str]) -> Fraction:
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said <= 100:
        raise document.error(f"{said!r} is no percentage", *place, mend="a number above 0, 100 at most")
    # As it is written, not as a binary number: 66.67 is 6667/10000.
    exact = Fraction(Decimal(str(said))) / 100
    where = document.where(*place)
    if isinstance(said, float):
        warnings.append(f"{where}: gitvote compares {said} as a binary number; here it is exactly {exact}")
    for meant, (low, high) in _MEANT.items():
        if (exact != meant and Fraction(low) / 100 <= exact <= Fraction(high) / 100) or (
            said == 66 and meant == Fraction(2, 3)
        ):
            here, there = (
                -(-exact.numerator * seats // exact.denominator),
                -(-meant.numerator * seats // meant.denominator),
            )
            other = "" if here == there else f": of {seats} seats it asks for {here}, {meant} for {there}"
            warnings.append(f"{where}: {said} % is not {meant}{other}; write {meant} if that is what the charter says")
    if (exact * seats).denominator == 1:
        needed = (exact * seats).numerator
        more = ", so a tie passes" if 2 * needed == seats else ""
        warnings.append(
            f"{where}: at least {said} % of {seats} seats is {needed}{more}; if the charter says more than, set strict"
        )
    return exact


def _days(document: YamlDoc, said: Any, place: tuple[str, ...], warnings: list[str]) -> int:
    text = said if isinstance(said, str) else ""
    parts = re.findall(r"([0-9]+)\s*([a-z]+)", text.lower())
    if not _DURATION.fullmatch(text) or any(unit not in _UNITS for _number, unit in parts):
        raise document.error(f"{said!r} is no duration", *place, mend="such as 5m, 1hour 30mins, 2 weeks")
    minutes = sum(int(number) * _UNITS[unit] for number, unit in parts)
    days = -(-minutes // 1440)
    if minutes % 1440:
        warnings.append(f"{document.where(*place)}: {text} is made {days} whole days")
    if not 1 <= days <= _LONGEST:
        raise document.error(f"{text} is no time to vote", *place, mend=f"up to {_LONGEST} days")
    return days


def _voters(document: YamlDoc, said: Any, place: tuple[str, ...], body: str, seats: int) -> list[str]:
    where = document.where(*place)
    if said is not None and not isinstance(said, dict):
        raise document.error("allowed_voters holds teams and users", *place)
    teams, users = ((said or {}).get(key) or [] for key in ("teams", "users"))
    if not isinstance(teams, list) or not isinstance(users, list):
        raise document.error("teams and users are lists", *place)
    if not teams and not users:
        return [
            f"{where}: without voters gitvote lets every collaborator of the repository vote; here {body} does, {seats} seats"
        ]
    named = ", ".join([*(f"team {team}" for team in teams), *(f"user {user}" for user in users)])
    found = [f"{where}: {named} became the {seats} voting seats of {body}; compare the two before the first motion"]
    if "exclude_team_maintainers" in (said or {}):
        found.append(f"{where}: exclude_team_maintainers has no counterpart: whoever holds a seat votes")
    return found
