"""``quorate charter …``: what follows from a charter and a list of members. None of it needs the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from quorate.kernel import clock
from quorate.kernel.commands import columns, json_option, noun, show, to_json
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.registers.membership.lists import members_compare, members_migrate
from quorate.registers.membership.rules import linting, reading, rolls
from quorate.registers.membership.rules.charter import Charter
from quorate.registers.membership.rules.dues import dues
from quorate.registers.membership.rules.members import Roll, day_asked, key_of
from quorate.registers.membership.rules.rights import rights
from quorate.registers.membership.rules.schema import SCHEMA
from quorate.registers.membership.rules.seat_results import Seats
from quorate.registers.membership.rules.seats import seats


def register(root: click.Group) -> None:
    """Add the commands."""
    charter = noun(root, "charter", _("Charters as data: seats, dues and rights that follow from them"))
    members = noun(root, "members", _("Members and lists of them"))
    for command in (members_compare, members_migrate):
        members.add_command(command)
    for command in (charter_seats, charter_dues, charter_rights, charter_lint, charter_list, charter_schema):
        charter.add_command(command)


_charter = click.option(
    "--charter", "charter_name", required=True, help="a charter.yaml, or the name of a shipped charter"
)
_members = click.option("--members", "members_path", required=True, type=click.Path(path_type=Path), help="YAML or CSV")
_on = click.option("--on", "--date", "on_text", default="", help="the day, like 2026-01-31; today when left out")


def _read(charter_name: str, members_path: Path, projects_path: Path | None = None) -> tuple[Charter, Roll]:
    charter = reading.load(reading.find(charter_name))
    roll = rolls.load(members_path)
    if projects_path is not None:
        roll = replace(roll, projects=rolls.load_projects(projects_path))
    return charter, roll


def _day(text: str) -> date:
    return day_asked(text, "--on") if text else clock.today()


@click.command("seats")
@_charter
@_members
@click.option("--body", required=True, help="the body: its slug or its name in the charter")
@_on
@click.option("--projects", "projects_path", type=click.Path(path_type=Path), help="projects with their status")
@json_option
def charter_seats(charter_name: str, members_path: Path, body: str, on_text: str, projects_path: Path | None) -> None:
    """Say how many seats a body has on a day, by which rule and clause, and what its quorum is."""
    charter, roll = _read(charter_name, members_path, projects_path)
    found = seats(charter, roll, body, _day(on_text))
    show({**found.as_dict(), "warnings": list(roll.warnings)}, lambda: _seat_lines(found, roll))


def _seat_lines(found: Seats, roll: Roll) -> Iterator[str]:
    words = {"body": found.body.name, "n": found.n, "day": found.on.isoformat(), "version": found.version.version}
    yield gettext("%(body)s: %(n)d voting seats on %(day)s, by version %(version)s of the charter") % words
    rows = []
    for rule in found.rules:
        vote = "" if rule.voting else gettext(" (no vote)")
        rows.append((f"  {rule.n}", rule.title + vote, "; ".join(step.what for step in rule.steps), rule.clause))
    yield from columns(rows)
    if found.quorum is not None:
        yield gettext("quorum: %(needed)s (%(why)s)") % {
            "needed": gettext("not said") if found.quorum.needed is None else found.quorum.needed,
            "why": "; ".join(found.quorum.reasons),
        }
    for share in found.thresholds:
        needed = "" if share.needed is None else f" = {share.needed}"
        yield f"{share.matter}: {share.words} ({share.of}){needed} [{share.clause}]"
    yield from _remarks([conflict.as_dict() for conflict in found.conflicts], roll.warnings)


def _remarks(conflicts: list[dict[str, Any]], warnings: tuple[str, ...] = ()) -> Iterator[str]:
    for conflict in conflicts:
        texts = "; ".join(conflict["clauses"])
        yield gettext("conflict: %s") % conflict["what"] + (f" [{texts}]" if texts else "")
    for warning in warnings:
        yield gettext("warning: %s") % warning


@click.command("dues")
@_charter
@_members
@_on
@json_option
def charter_dues(charter_name: str, members_path: Path, on_text: str) -> None:
    """Say what every member owes for a year by the charter in force on a day, and the administrative fee on it."""
    charter, roll = _read(charter_name, members_path)
    found = dues(charter, roll, _day(on_text)).as_dict()

    def lines() -> Iterator[str]:
        yield from columns(
            (row["organisation"], row["tier"], row["amount"], row["derivation"][-1]["what"], row["clause"])
            for row in found["by_member"]
        )
        yield gettext("total: %s") % found["total"]
        if found["unknown"]:
            yield gettext("known part: %(sum)s; not known for %(n)d members") % {
                "sum": found["known_total"],
                "n": len(found["unknown"]),
            }
        if found["ga_fee"] is not None:
            yield gettext("administrative fee: %(fee)s [%(clause)s]") % {
                "fee": found["ga_fee"],
                "clause": found["ga_fee_clause"],
            }
        yield from _remarks(found["conflicts"], roll.warnings)

    show({**found, "warnings": list(roll.warnings)}, lines)


@click.command("rights")
@_charter
@_members
@click.option("--organisation", default="", help="one member; all when left out")
@_on
@json_option
def charter_rights(charter_name: str, members_path: Path, organisation: str, on_text: str) -> None:
    """Say what members may do on a day, by which clause, and what they lost."""
    charter, roll = _read(charter_name, members_path)
    day = _day(on_text)
    names = {member.key: member.organisation for member in roll.on(day)}
    if organisation:
        if key_of(organisation) not in names:
            raise UserError(
                gettext("%(name)s is no member on %(day)s") % {"name": organisation, "day": day.isoformat()},
                where="--organisation",
                mend=gettext("see the list of members"),
            )
        names = {key_of(organisation): names[key_of(organisation)]}
    found = [rights(charter, roll.members, name, day) for name in names.values()]

    def lines() -> Iterator[str]:
        for each in found:
            yield f"{each.organisation} ({', '.join(each.tiers)})"
            yield from columns(
                (
                    f"  {right.state.value}",
                    right.title,
                    "; ".join(right.reasons),
                    "; ".join(filter(None, right.clauses)),
                )
                for right in each.rights
            )

    show({"on": day.isoformat(), "members": [each.as_dict() for each in found]}, lines)


@click.command("lint")
@click.argument("charter_name", metavar="FILE")
@json_option
def charter_lint(charter_name: str) -> None:
    """Check a charter: its form, gaps and overlaps of bands, rules that cannot hold, clauses left out.

    Exit status 1 when something has to be mended before the charter can be used.
    """
    path = reading.find(charter_name)
    charter = reading.load(path)
    found = linting.lint(charter)
    errors = sum(finding.level == "error" for finding in found)
    document = {
        "file": str(path),
        "foundation": charter.foundation,
        "versions": [version.version for version in charter.versions],
        "ok": not errors,
        "findings": [finding.as_dict() for finding in found],
    }

    def lines() -> Iterator[str]:
        for finding in found:
            mend = f" ({finding.mend})" if finding.mend else ""
            yield f"{finding.where}: {finding.level}: {finding.what}{mend}"
        yield gettext("%(n)d versions, %(errors)d errors") % {"n": len(charter.versions), "errors": errors}

    show(document, lines)
    if errors:
        click.get_current_context().exit(1)


@click.command("list")
@json_option
def charter_list() -> None:
    """List the charters that come with the product."""
    found = [(name, reading.load(reading.find(name))) for name in reading.shipped()]
    document = [
        {
            "name": name,
            "foundation": charter.foundation,
            "versions": [
                {
                    "version": v.version,
                    "from": v.start.isoformat(),
                    "source": v.source,
                    "bodies": [b.slug for b in v.bodies],
                }
                for v in charter.versions
            ],
        }
        for name, charter in found
    ]
    show(
        {"charters": document},
        lambda: columns((name, c.foundation, ", ".join(v.version for v in c.versions)) for name, c in found),
    )


@click.command("schema")
@json_option
def charter_schema() -> None:
    """Print the JSON Schema of charter.yaml, for editors and other tools; with --json or without, it is JSON."""
    show(SCHEMA, [to_json(SCHEMA)])
