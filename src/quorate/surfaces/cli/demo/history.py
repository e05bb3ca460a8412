"""Reads ``history.yml`` of the example: what is to happen, checked against a schema, with ``file:line`` for faults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from quorate.kernel import yamlfile
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.schemas import plain
from quorate.toolkit.foundation import DAY, SLUG

FATES = (
    *("listed", "declined", "too-early", "highlight", "lapsed", "withdrawn", "void"),
    *("waiting", "triage", "asked", "review", "vote", "onboarding"),
)
HEALTHS = ("steady", "mends", "fades", "leaves", "slips")
_SLUG = {"type": "string", "pattern": SLUG}
_TEXT = {"type": "string", "minLength": 1}
_DAY = {"type": "string", "pattern": DAY}
_ITEM = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("title", "text", "note", "motion", "task", "done"), _TEXT),
        "by": _SLUG,
        "owner": _SLUG,
        "minutes": {"type": "integer", "minimum": 1, "maximum": 120},
        "by_ballot": {"type": "boolean"},
        "ahead": {"type": "boolean"},
        "liked": {"type": "number", "minimum": 0, "maximum": 1},
        "days": {"type": "integer", "minimum": 4},
    },
    "required": ["title", "by", "minutes"],
    "additionalProperties": False,
}
_COUNCIL = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("body", "secretary", "chair"), _SLUG),
        **dict.fromkeys(("zone", "rrule"), _TEXT),
        "wall": {"type": "string", "pattern": r"^\d\d:\d\d$"},
        "held": {"type": "integer", "minimum": 1},
        "quorum": {"type": "integer", "minimum": 1},
        "items": {"type": "array", "items": _ITEM},
    },
    "required": ["body", "secretary", "chair", "zone", "wall", "rrule", "held", "items"],
    "additionalProperties": False,
}
_VOTE = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("body", "slug", "officer"), _SLUG),
        **dict.fromkeys(("title", "text", "rule", "lot_source", "public_value"), _TEXT),
        **dict.fromkeys(("announced", "opens", "closes"), _DAY),
        "seats": {"type": "integer", "minimum": 1},
        "candidates": {"type": "array", "items": _SLUG, "minItems": 1},
        "statements": {"type": "array", "items": _TEXT},
    },
    "required": ["body", "slug", "officer", "title", "seats", "rule", "announced", "opens", "closes", "candidates"],
    "additionalProperties": False,
}
_JOINT = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("body", "officer"), _SLUG),
        **dict.fromkeys(("title", "text"), _TEXT),
        **dict.fromkeys(("opens", "closes"), _DAY),
        "rule": {"type": "object"},
        "liked": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["body", "officer", "title", "opens", "closes", "rule"],
    "additionalProperties": False,
}
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
        "councils": {"type": "array", "items": _COUNCIL},
        "elections": {"type": "array", "items": _VOTE},
        "joint": {"type": "array", "items": _JOINT},
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
class Item:
    """One invented item of a council's agenda, and what comes of it."""

    title: str
    by: str
    minutes: int
    text: str = ""
    note: str = ""
    motion: str = ""
    by_ballot: bool = False
    liked: float = 0.8
    task: str = ""
    owner: str = ""
    days: int = 21
    done: str = ""
    ahead: bool = False
    """Whether it waits for the meeting to come."""


@dataclass(frozen=True)
class Joint:
    """A motion to several bodies at once, by a compound rule."""

    body: str
    officer: str
    title: str
    opens: datetime
    closes: datetime
    rule: dict[str, Any]
    text: str = ""
    liked: float = 0.8


@dataclass(frozen=True)
class Council:
    """A council whose meetings are held: the last ``held`` before the history ends, and the agenda of the next."""

    body: str
    secretary: str
    chair: str
    zone: str
    wall: time
    rrule: str
    held: int
    quorum: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Vote:
    """An election of a body, by secret ballot."""

    body: str
    slug: str
    officer: str
    title: str
    text: str
    seats: int
    rule: str
    announced: datetime
    opens: datetime
    closes: datetime
    lot_source: str
    public_value: str
    candidates: tuple[str, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True)
class History:
    """What happened, moved so that it ends today."""

    program: str
    review: str
    begins: datetime
    ends: datetime
    applications: tuple[Application, ...]
    cast: tuple[tuple[str, str], ...] = ()
    councils: tuple[Council, ...] = ()
    elections: tuple[Vote, ...] = ()
    joint: tuple[Joint, ...] = ()


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
        tuple(_council(row) for row in doc.data.get("councils", ())),
        tuple(
            Vote(
                **{name: row.get(name, "") for name in ("text", "lot_source", "public_value")},
                **{name: row[name] for name in ("body", "slug", "officer", "title", "seats", "rule")},
                announced=moment(row["announced"]),
                opens=moment(row["opens"]),
                closes=moment(row["closes"], 17),
                candidates=tuple(row["candidates"]),
                statements=tuple(row.get("statements", ())),
            )
            for row in doc.data.get("elections", ())
        ),
        tuple(
            Joint(
                **{name: row[name] for name in ("body", "officer", "title", "rule")},
                **{name: row[name] for name in ("text", "liked") if name in row},
                opens=moment(row["opens"]),
                closes=moment(row["closes"], 17),
            )
            for row in doc.data.get("joint", ())
        ),
    )


def _council(row: dict[str, Any]) -> Council:
    return Council(
        **{name: row[name] for name in ("body", "secretary", "chair", "zone", "rrule", "held")},
        wall=time.fromisoformat(row["wall"]),
        quorum=row.get("quorum", 0),
        items=tuple(Item(**item) for item in row["items"]),
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
