"""Reads ``history.yml`` of the example: what is to happen, checked against a schema, with ``file:line`` for faults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from jsonschema import Draft202012Validator

from quorate.kernel import yamlfile
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.surfaces.cli.foundation.files import plain
from quorate.toolkit.foundation import DAY, SLUG

FATES = (
    *("listed", "declined", "too-early", "highlight", "lapsed", "withdrawn", "void"),
    *("waiting", "triage", "asked", "review", "vote", "onboarding"),
)
HEALTHS = ("steady", "mends", "fades", "leaves", "slips")
_SLUG = {"type": "string", "pattern": SLUG}
_TEXT = {"type": "string", "minLength": 1}
SCHEMA = {
    "type": "object",
    "properties": {
        "program": _SLUG,
        "review": _SLUG,
        "begins": {"type": "string", "pattern": DAY},
        "ends": {"type": "string", "pattern": DAY},
        "cast": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"person": _SLUG, "as": _TEXT},
                "required": ["person", "as"],
                "additionalProperties": False,
            },
        },
        "applications": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "filed": {"type": "string", "pattern": DAY},
                    "name": _TEXT,
                    "by": {"type": "array", "items": _SLUG, "minItems": 1},
                    "summary": _TEXT,
                    "category": {"type": "string", "pattern": " / "},
                    "fate": {"enum": list(FATES)},
                    "health": {"enum": list(HEALTHS)},
                    "asked": {"type": "boolean"},
                    "stands_aside": _SLUG,
                },
                "required": ["filed", "name", "by", "summary", "category", "fate"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["program", "review", "begins", "ends", "applications"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Application:
    """One invented application and what becomes of it."""

    number: int
    filed: datetime
    name: str
    by: tuple[str, ...]
    summary: str
    category: str
    fate: str
    health: str
    asked: bool
    stands_aside: str

    @property
    def slug(self) -> str:
        """The project's name in addresses."""
        return "-".join(self.name.lower().split())


@dataclass(frozen=True)
class History:
    """What happened, moved so that it ends today."""

    program: str
    review: str
    begins: datetime
    ends: datetime
    applications: tuple[Application, ...]
    cast: tuple[tuple[str, str], ...] = ()


def read(path: Path, today: date) -> History:
    """The history of a file, all its days moved by whole weeks so that it ends in the week before ``today``.

    A history that would end later than today is not moved: what lies ahead simply has not happened yet.
    """
    doc = plain(yamlfile.load(path))
    faults = list(Draft202012Validator(SCHEMA).iter_errors(doc.data))
    if faults:
        where = tuple(faults[0].absolute_path)
        raise doc.error(faults[0].message[:200], *where, mend=gettext("see the head of the file"))
    ends = date.fromisoformat(doc.data["ends"])
    shift = timedelta(weeks=max(0, (today - ends).days // 7))

    def moment(text: str, hour: int = 9) -> datetime:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC) + shift + timedelta(hours=hour)

    return History(
        doc.data["program"],
        doc.data["review"],
        moment(doc.data["begins"]),
        moment(doc.data["ends"], 18),
        tuple(
            Application(
                number,
                moment(row["filed"], 8 + number % 9),
                row["name"],
                tuple(row["by"]),
                row["summary"],
                row["category"],
                row["fate"],
                row.get("health", "steady"),
                row.get("asked", False),
                row.get("stands_aside", ""),
            )
            for number, row in enumerate(doc.data["applications"])
        ),
        tuple((row["person"], row["as"]) for row in doc.data.get("cast", ())),
    )


def beside(foundation: Path) -> Path:
    """Where a foundation's invented history lies; ``UserError`` when it has none."""
    path = foundation / "history.yml"
    if not path.is_file():
        raise UserError(
            gettext("this foundation has no invented history"),
            where=str(path),
            mend=gettext("name the directory of the example: quorate demo seed --directory examples/…"),
        )
    return path
