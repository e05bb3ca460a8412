"""Reading an election of elekto: ``election.yaml``, ``voters.yaml`` and the candidates' files, as a notice of ours.

What elekto says and has no counterpart, or another meaning, is a warning with its file and line. People are matched by
their GitHub name where the directory knows it; nobody is created, nominated or put on a roll.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from quorate.directory.models import ExternalId, Person
from quorate.kernel import yamlfile
from quorate.kernel.errors import UserError
from quorate.kernel.yamlfile import YamlDoc
from quorate.registers.elections.rules import ElectionFacts
from quorate.terms.models import Body
from quorate.terms.queries import holders

_NEEDED = ("name", "start_datetime", "end_datetime", "no_winners")
_KNOWN = {*_NEEDED, "organization", "allow_no_opinion", "delete_after", "show_candidate_fields", "election_officers"}
_KNOWN |= {"eligibility", "exception_description", "exception_due"}
_FRONT = re.compile(r"-{3,}[ \t]*\n(.*?)\n-{3,}[ \t]*(?:\n(.*))?", re.DOTALL)
_HANDLE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")


@dataclass(frozen=True)
class Candidate:
    """A candidate's file: name, GitHub name, what else it says of them, their statement."""

    name: str
    handle: str
    info: dict[str, str]
    statement: str
    person: str | None


@dataclass(frozen=True)
class Draft:
    """A notice to be announced, the candidates, how the roll compares, and what to look at before."""

    facts: ElectionFacts
    candidates: list[Candidate]
    roll: dict[str, Any]
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        notice = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in vars(self.facts).items()
        }
        return {
            "notice": notice,
            "candidates": [vars(each) for each in self.candidates],
            "roll": self.roll,
            "warnings": self.warnings,
        }


def read(folder: Path, body: Body) -> Draft:
    """The draft of the election in a folder; ``UserError`` names file and line."""
    document = yamlfile.load(folder / "election.yaml")
    data = document.data
    if not isinstance(data, dict):
        raise document.error("an election is a map of keys")
    for key in _NEEDED:
        if data.get(key) in (None, ""):
            raise document.error(f"{key} is missing", mend="elekto asks for it too")
    warnings: list[str] = []

    def say(key: str, text: str) -> None:
        warnings.append(f"{document.where(key)}: {text}")

    opens, closes = (_moment(document, key) for key in ("start_datetime", "end_datetime"))
    seats = data["no_winners"]
    if isinstance(seats, bool) or not isinstance(seats, int) or not 1 <= seats <= 200:
        raise document.error("no_winners is no number of seats", "no_winners")
    silent = _flag(document, "allow_no_opinion", default=True)
    say("no_winners", f"elekto shows it to officers; here {seats} seats are filled from the top of Schulze's order, which is"
        " not proportional")  # fmt: skip
    if silent:
        say("allow_no_opinion", "a candidate without a rank is compared with nobody, as in elekto; to have the unranked stand"
            " below all ranked choose schulze-winning, which can elect somebody else")  # fmt: skip
    else:
        say(
            "allow_no_opinion",
            "elekto asks for a rank for everybody; here a ballot may leave people out, and they stand below",
        )
    say("start_datetime", "elekto has no end of nominations: they end when voting opens")
    say("start_datetime", "times are UTC, as in elekto")
    if not _flag(document, "delete_after", default=True):
        say("delete_after", "elekto would keep the links between voters and ballots; here they never exist")
    if data.get("show_candidate_fields"):
        fields = ", ".join(map(str, _list(document, "show_candidate_fields")))
        say(
            "show_candidate_fields",
            f"{fields}: candidates write them into their statement; an employer is an affiliation",
        )
    if data.get("election_officers"):
        officers = ", ".join(map(str, _list(document, "election_officers")))
        say("election_officers", f"{officers}: give election.manage to a seat that they hold")
    if data.get("exception_due") and _moment(document, "exception_due") > opens:
        say("exception_due", "the roll is frozen when voting opens; later requests are not decided here")
    if data.get("organization"):
        say("organization", f"{data['organization']} is held by the body {body.slug}")
    for key in set(data) - _KNOWN:
        say(key, f"{key} is not known")
    facts = ElectionFacts(
        slug=slugify(str(data["name"]))[:60].strip("-"),
        title=str(data["name"])[:160],
        seats=seats,
        nominations_until=opens,
        opens_at=opens,
        closes_at=closes,
        text=_text(folder, data),
        rule="schulze-no-opinion" if silent else "schulze-winning",
        level="B",
        equal_ranks=True,
        roll_roles=(f"body:{body.slug}",),
    )
    try:
        facts.check()
    except UserError as error:
        raise document.error(error.what, mend=error.mend) from error
    candidates = list(_candidates(folder, warnings))
    return Draft(facts, candidates, _roll(folder, body, warnings), warnings)


def _moment(document: YamlDoc, key: str) -> datetime:
    said = document.data[key]
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError:
            said = None
    if isinstance(said, date) and not isinstance(said, datetime):
        said = datetime.combine(said, time())
    if not isinstance(said, datetime):
        raise document.error(f"{key} is no time", key, mend="such as 2027-08-29 00:00:01")
    return said if said.tzinfo is not None else said.replace(tzinfo=UTC)


def _flag(document: YamlDoc, key: str, *, default: bool) -> bool:
    said = document.data.get(key, default)
    if not isinstance(said, bool):
        raise document.error("True or False is wanted", key)
    return said


def _list(document: YamlDoc, key: str) -> list[Any]:
    said = document.data.get(key)
    if not isinstance(said, list):
        raise document.error("a list is wanted", key)
    return said


def _text(folder: Path, data: dict[str, Any]) -> str:
    described = folder / "election_desc.md"
    parts = [described.read_text("utf-8").strip()] if described.is_file() else []
    parts += [str(data[key]).strip() for key in ("eligibility", "exception_description") if data.get(key)]
    return "\n\n".join(parts)[:20_000]


def _candidates(folder: Path, warnings: list[str]) -> Iterator[Candidate]:
    files = sorted([*folder.glob("candidate-*.md"), *folder.glob("nominees/*.md"), *folder.glob("nominees/*/*.md")])
    known = _people([path.stem.removeprefix("candidate-") for path in files])
    for path in files:
        if path.name.lower() == "readme.md":
            continue
        found = _FRONT.fullmatch(path.read_text("utf-8").lstrip("\ufeff").replace("\r\n", "\n"))
        if found is None:
            warnings.append(f"{path}:1: it does not begin with a block between two lines of dashes, and is left out")
            continue
        # A line before, so that the lines of the block are those of the file.
        front = yamlfile.load("\n" + found[1], name=str(path))
        said = front.data
        if not isinstance(said, dict) or not said.get("name") or not said.get("ID"):
            raise front.error("a candidate's file begins with name and ID")
        info: dict[str, str] = {}
        for item in said.get("info") or []:
            if not isinstance(item, dict):
                raise front.error("info is a list of single keys", "info")
            info |= {str(key): str(value) for key, value in item.items()}
        handle, who = str(said["ID"]), known.get(str(said["ID"]).lower())
        if who is None:
            warnings.append(
                f"{front.where('ID')}: nobody in the directory has the GitHub name {handle}; they nominate themselves"
            )
        yield Candidate(str(said["name"]), handle, info, (found[2] or "").strip(), None if who is None else who.slug)
    if not files:
        warnings.append(f"{folder}: there are no candidates' files")


def _roll(folder: Path, body: Body, warnings: list[str]) -> dict[str, Any]:
    """How the voters of elekto and the members of the body compare; the roll itself follows the body."""
    path = folder / "voters.yaml"
    if not path.is_file():
        warnings.append(f"{path}:1: there are no voters; the members of {body.slug} vote")
        return {"listed": 0, "known": 0, "outside": [], "unknown": 0}
    document = yamlfile.load(path)
    listed = (document.data or {}).get("eligible_voters") if isinstance(document.data, dict) else None
    if not isinstance(listed, list):
        raise document.error("eligible_voters is a list of GitHub names")
    handles = []
    for place, item in enumerate(listed):
        if not isinstance(item, str) or not _HANDLE.fullmatch(item):
            raise document.error(
                f"{item!r} is no GitHub name", "eligible_voters", place, mend="put a name of digits in quotes"
            )
        if item.lower() in handles:
            warnings.append(f"{document.where('eligible_voters', place)}: {item} is listed twice")
            continue
        handles.append(item.lower())
    known = _people(handles)
    members = {person.pk for person in holders(f"body:{body.slug}")}
    outside = sorted(person.slug for person in known.values() if person.pk not in members)
    if outside:
        warnings.append(f"{document.where('eligible_voters')}: {len(outside)} of them are not members of {body.slug}: they ask to be on"
            " the roll, or another role votes")  # fmt: skip
    missing = len(handles) - len(known)
    if missing:
        warnings.append(
            f"{document.where('eligible_voters')}: the directory knows nobody for {missing} of {len(handles)} GitHub names"
        )
    return {"listed": len(handles), "known": len(known), "outside": outside, "unknown": missing}


def _people(handles: list[str]) -> dict[str, Person]:
    """Who has these GitHub names, by name in small letters. One query."""
    wanted = {handle.lower() for handle in handles}
    rows = ExternalId.objects.filter(scheme="github", person__isnull=False).select_related("person")
    return {row.value.lower(): row.person for row in rows if row.person is not None and row.value.lower() in wanted}
