"""``quorate motion open`` and ``motion attend``: putting motions from a file, and recording who is away from one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from quorate.access.actors import system
from quorate.decisions.actions import attend, electorates_of, open_motion
from quorate.decisions.models import Motion
from quorate.decisions.queries import public_of, roll_call, standing
from quorate.decisions.rules import lint_rule
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.commands import json_option, show
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.ids import is_uuid
from quorate.terms.queries import body_by_key

ACTOR = system("cli")
KEYS = ("body", "title", "text", "kind", "rule", "clause", "closes_at", "days", "days_to_vote", "early_close")


def register(group: click.Group, document: Callable[[str], Any]) -> None:
    """Add the commands to ``quorate motion``; ``document`` reads the JSON of a file or of standard input."""

    @click.command("open")
    @click.argument("file")
    @json_option
    def motion_open(file: str) -> None:
        """Put the motion of a JSON file ("-": standard input) to a body, or to several by a compound rule.

        The file holds body, title and rule, and may hold text, kind (vote, lazy, consent), clause, closes_at or days,
        days_to_vote (after an objection) and early_close.
        """
        made = _open(document(file))
        doubts = [
            each.what
            for part in standing(made).parts
            for each in lint_rule(part.rule, part.counts.seats)
            if each.level == "warning"
        ]
        roll = roll_call(made)
        answer = {
            "id": made.id,
            "title": made.title,
            "closes_at": made.closes_at,
            "rule": made.rule,
            "electors": sum(1 for line in roll if line.elector.may_speak),
            "vacant": sum(1 for line in roll if line.elector.vacant),
            "warnings": doubts,
        }
        show(
            answer,
            lambda: [
                *(gettext("warning: %s") % each for each in doubts),
                gettext("%(id)s is open; %(electors)d may vote, %(vacant)d seats are vacant") % answer,
            ],
        )

    @click.command("attend")
    @click.argument("motion")
    @click.argument("person")
    @click.option("--away/--back", default=True, help="away from the motion (the default), or back")
    @json_option
    def motion_attend(motion: str, person: str, away: bool) -> None:
        """Record that a representative (by address) is away from an open motion, so that an alternate may speak."""
        found = Motion.objects.filter(pk=motion).first() if is_uuid(motion) else None
        if found is None:
            raise NotFound(f"there is no motion {motion}", where="MOTION", mend="quorate motion list")
        who = Person.objects.filter(slug=person).first()
        if who is None or not found.electors.filter(person=who).exists():
            raise NotFound(
                f"{person} is no elector of this motion", where="PERSON", mend=f"quorate motion show {motion}"
            )
        attend(actor=ACTOR, motion=found, person=who.id, away=away)
        show({"motion": found.id, "person": who.slug, "away": away}, lambda: [gettext("recorded")])

    group.add_command(motion_open)
    group.add_command(motion_attend)


def _open(data: Any) -> Motion:
    if not isinstance(data, Mapping):
        raise UserError("the document is not an object", mend="give an object with body, title and rule")
    for key in data:
        if key not in KEYS:
            raise UserError(f"unknown key {key!r}", str(key), f"known: {', '.join(KEYS)}")
    for key in ("body", "title"):
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise UserError(f"the {key} is missing", key)
    for key in ("text", "clause", "kind"):
        if not isinstance(data.get(key, ""), str):
            raise UserError("a text is wanted", key)
    if not isinstance(data.get("rule"), Mapping):
        raise UserError("the rule is missing", "rule", "give rule with threshold and of, or all")
    if not isinstance(data.get("early_close", False), bool):
        raise UserError("true or false is wanted", "early_close")
    if data.get("kind", Motion.Kind.VOTE) == Motion.Kind.VOTE and not data.keys() & {"closes_at", "days"}:
        raise UserError("a vote needs an end", "closes_at", "give days, or closes_at")
    body = body_by_key(data["body"])
    return open_motion(
        actor=ACTOR,
        title=data["title"].strip(),
        text=data.get("text", ""),
        kind=data.get("kind", Motion.Kind.VOTE),
        rule=data["rule"],
        electorate=electorates_of(data["rule"], body),
        body=body,
        public=public_of(data["rule"], body),
        closes_at=_closing(data),
        clause=data.get("clause", "").strip(),
        early_close=data.get("early_close", False),
        window=timedelta(days=_days(data, "days_to_vote", 7)),
    )


def _closing(data: Mapping[str, Any]) -> datetime | None:
    if "closes_at" not in data:
        return clock.now() + timedelta(days=_days(data, "days", 0)) if "days" in data else None
    try:
        found = datetime.fromisoformat(data["closes_at"])
    except (TypeError, ValueError):
        raise UserError("not a time", "closes_at", "write it like 2026-03-01T12:00:00Z") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _days(data: Mapping[str, Any], key: str, default: int) -> int:
    days = data.get(key, default)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 365:
        raise UserError("a number of days from 1 to 365 is wanted", key)
    return days
