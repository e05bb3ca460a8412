"""``quorate members …``: lists of members compared, and moved from the tiers of one charter version to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from quorate.kernel import yamlfile
from quorate.kernel.commands import columns, json_option, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.schemas import plain
from quorate.registers.membership.rules import entries, identity, migration, reading, rolls
from quorate.registers.membership.rules.amounts import written
from quorate.registers.membership.rules.members import Member, day_asked
from quorate.toolkit.yamltext import dump


@click.command("compare")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--organisations", type=click.Path(path_type=Path), help="an organisations.yml that knows aliases and identifiers"
)
@click.option(
    "--answers", type=click.Path(path_type=Path), help="a YAML list of {before, after} that answers what was asked"
)
@json_option
def members_compare(old: Path, new: Path, organisations: Path | None, answers: Path | None) -> None:
    """Tell who was renamed, who joined and who left between two lists of members or landscape files.

    Nothing is merged: what is not sure is asked. Answer in a file and give it with --answers.
    """
    before, after = entries.load(old), entries.load(new)
    said = entries.load_answers(answers) if answers is not None else []
    entries.check_answers(said, before, after, str(answers))
    if organisations is not None:
        before, after = (entries.with_directory(rows, organisations) for rows in (before, after))
    found = identity.compare(before, after, said)

    def lines() -> Iterator[str]:
        for pair in found.renamed:
            yield gettext("renamed: %(before)s → %(after)s (%(confidence).2f: %(why)s)") % {
                "before": pair.before.name,
                "after": pair.after.name,
                "confidence": pair.confidence,
                "why": "; ".join(pair.why),
            }
        for entry in found.joined:
            yield gettext("joined: %s") % entry.name
        for entry in found.left:
            yield gettext("left: %s") % entry.name
        for pair in found.ask:
            yield gettext("the same? %(before)s → %(after)s (%(confidence).2f: %(why)s)") % {
                "before": pair.before.name,
                "after": pair.after.name,
                "confidence": pair.confidence,
                "why": "; ".join(pair.why),
            }
        for pair in found.moved:
            yield gettext("tier: %(name)s, %(before)s → %(after)s") % {
                "name": pair.after.name,
                "before": ", ".join(pair.before.tiers),
                "after": ", ".join(pair.after.tiers),
            }
        yield gettext("%d the same") % len(found.same)

    show(found.as_dict(), lines)


@click.command("migrate")
@click.option("--charter", "charter_name", required=True, help="a charter.yaml, or the name of a shipped charter")
@click.option("--members", "members_path", required=True, type=click.Path(path_type=Path), help="a members.yml")
@click.option("--moves", "moves_path", required=True, type=click.Path(path_type=Path), help="which tier becomes which")
@click.option("--on", "--date", "on_text", required=True, help="the day on which the new version begins")
@click.option("--projects", "projects_path", type=click.Path(path_type=Path), help="projects with their status")
@click.option("--out", type=click.Path(path_type=Path), help="write the list after the migration; wants a decision")
@click.option("--reverse", is_flag=True, help="undo: write the list as it was before")
@json_option
def members_migrate(
    charter_name: str,
    members_path: Path,
    moves_path: Path,
    on_text: str,
    projects_path: Path | None,
    out: Path | None,
    reverse: bool,
) -> None:
    """Plan how members move to the tiers of a new charter version: dues, seats and rights of each, before and after.

    Nothing is changed without --out. What it writes is applied like any other change of the foundation directory.
    """
    on = day_asked(on_text, "--on")
    charter = reading.load(reading.find(charter_name))
    doc = plain(yamlfile.load(reading.read_text(moves_path), name=str(moves_path)))
    moves = migration.moves_of(doc.data, str(moves_path))
    roll = rolls.load(members_path)
    if projects_path is not None:
        roll = replace(roll, projects=rolls.load_projects(projects_path))
    if out is not None and not moves.decision:
        raise UserError(
            gettext("no decision stands behind the moves"),
            where=str(moves_path),
            mend=gettext("add a line: decision: who decided it, and when"),
        )
    if reverse:
        rows = migration.undone_rows(charter.on(on - migration.DAY), roll.members, moves, on)
        if out is not None:
            out.write_text(_rewritten(members_path, roll.members, rows, on), "utf-8")
        n = sum(len(row) != 1 for row in rows)
        show({"on": on.isoformat(), "undone": n}, [gettext("%d members are back in their former tiers") % n])
        return
    found = migration.plan(charter, roll, moves, on)
    if out is not None:
        rows = migration.moved_rows(found.old, found.new, roll.members, moves, on)
        out.write_text(_rewritten(members_path, roll.members, rows, on), "utf-8")
    show(found.as_dict(), lambda: _plan_lines(found))


def _plan_lines(found: migration.Plan) -> Iterator[str]:
    words = {"n": len(found.effects), "day": found.on.isoformat(), "old": found.old.version, "new": found.new.version}
    yield gettext("%(n)d members on %(day)s, from version %(old)s to %(new)s") % words
    for (before, after), n in found.counts.items():
        yield f"  {n:>4}  {before} → {after}" if before != after else f"  {n:>4}  {before}, " + gettext("unchanged")
    yield from columns(
        (
            f"  {effect.organisation}",
            f"{effect.before} → {effect.after}",
            _paid(effect),
            "; ".join(
                [
                    *(f"+ {t}" for t in effect.gained),
                    *(f"- {t}" for t in effect.lost),
                    *(f"? {t}" for t in effect.not_said),
                ]
            ),
        )
        for effect in found.effects
        if effect.changed
    )
    for body, one, other in found.bodies:
        before, after = (gettext("not said") if seated is None else str(seated.n) for seated in (one, other))
        yield gettext("%(body)s: %(before)s voting seats before, %(after)s after") % {
            "body": body,
            "before": before,
            "after": after,
        }
    for conflict in found.conflicts:
        yield gettext("conflict: %s") % conflict.what


def _paid(effect: migration.Effect) -> str:
    sums = [
        written(row.price.amount, row.price.currency) if row is not None else "unknown"
        for row in (effect.dues_before, effect.dues_after)
    ]
    return " → ".join(sums)


def _rewritten(path: Path, members: Sequence[Member], rows: Sequence[Sequence[Member]], on: date) -> str:
    """The list as text again: the rows of its file with other days and tiers, below the comment at its head."""
    text = reading.read_text(path)
    data = plain(yamlfile.load(text, name=str(path))).data
    if not isinstance(data, list) or len(data) != len(members):
        raise UserError(
            gettext("only a list like members.yml can be written again"),
            where=str(path),
            mend=gettext("give the members.yml of a foundation directory"),
        )
    written_rows: list[dict[str, Any]] = []
    for raw, member, found in zip(data, members, rows, strict=True):
        for each in found:
            written_rows.append(dict(raw) if each == member else _row(raw, member, each, on))
    head = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        head.append(line)
    return "\n".join([*head, "", dump(written_rows)]) if head else dump(written_rows)


def _row(raw: Mapping[str, Any], member: Member, each: Member, on: date) -> dict[str, Any]:
    """One row with the tier and the days of another membership, under the keys that the file uses."""
    start, end = ("joined" if "joined" in raw else "from"), ("left" if "left" in raw else "until")
    made: dict[str, Any] = {}
    for key, value in raw.items():
        if key in (start, end) or (key == "dates" and each.joined == on):
            continue
        made[key] = each.tier if key == "tier" and each.tier != member.tier else value
        if key == "tier":
            made |= {start: raw[start]} if each.joined == member.joined and start in raw else {}
            made |= {start: each.joined.isoformat()} if each.joined != member.joined and each.joined else {}
            made |= {end: each.left.isoformat()} if each.left else {}
    return made
