"""``quorate apply`` and ``quorate export foundation``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from quorate.access.actors import system
from quorate.kernel.commands import json_option, noun, show
from quorate.kernel.i18n import gettext, ngettext
from quorate.surfaces.cli.foundation.apply import carry_out
from quorate.surfaces.cli.foundation.export import export
from quorate.surfaces.cli.foundation.files import doubts as inspected
from quorate.surfaces.cli.foundation.files import read, sections
from quorate.surfaces.cli.foundation.plan import Plan, Step, make

SIGNS = {"create": "+", "change": "~", "remove": "-"}
REFUSED = 2
SHOWN = 60


def register(root: click.Group) -> None:
    """Add the commands."""
    root.add_command(apply)
    noun(root, "export", gettext("Write records as files in open formats")).add_command(export_foundation)


@click.command("apply")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show the plan, try it, and change nothing.")
@click.option("--allow-removal", is_flag=True, help="Let records go that the files no longer describe.")
@json_option
@click.pass_context
def apply(context: click.Context, directory: Path, dry_run: bool, allow_removal: bool) -> None:
    """Make the records agree with the foundation's directory of files."""
    known = sections()
    found = read(directory, known)
    doubts = inspected(found)
    plan = make(found, known, allow_removal=allow_removal)
    plan.doubts = doubts
    document = plan.as_dict() | {"dry_run": dry_run, "applied": False}
    if plan.refused:
        what = _refusal(plan)
        mend = gettext("put them back, or allow it with --allow-removal")
        document["error"] = {"where": str(directory), "what": what, "mend": mend}
        show(document, lambda: _lines(plan, dry_run=True))
        click.echo(f"{directory}: {what} ({mend})", err=True)
        context.exit(REFUSED)
    carry_out(actor=system("cli"), plan=plan, known=known, trial=dry_run)
    document["applied"] = not dry_run
    show(document, lambda: _lines(plan, dry_run=dry_run))


def _refusal(plan: Plan) -> str:
    count = len(plan.refused)
    names = ", ".join(f"{note.kind} {note.id}" for note in plan.refused[:3])
    more = gettext(" and others") if count > 3 else ""
    text = ngettext(
        "%(count)d record would be removed, so nothing was changed: %(names)s%(more)s",
        "%(count)d records would be removed, so nothing was changed: %(names)s%(more)s",
        count,
    )
    return str(text % {"count": count, "names": names, "more": more})


def _lines(plan: Plan, *, dry_run: bool) -> Iterator[str]:
    """The plan for people: one line for each record, what differs below it."""
    for step in plan.steps[:SHOWN]:
        yield f"{SIGNS[step.action]} {step.kind} {step.id}"
        if step.action == "change":
            yield from _differences(step)
    hidden = len(plan.steps) - SHOWN
    if hidden > 0:
        yield gettext("… and %d more; --json shows them all") % hidden
    for note in plan.refused[:SHOWN]:
        yield f"! {note.kind} {note.id}: {note.why}"
    for note in plan.kept[:SHOWN]:
        yield f"= {note.kind} {note.id}: {note.why}"
    for path in plan.unread:
        yield gettext("? %s: nothing reads this file") % path
    for doubt in plan.doubts:
        yield gettext("warning: %s") % f"{doubt.where}: {doubt.what}" + (f" ({doubt.mend})" if doubt.mend else "")
    yield _summary(plan, dry_run=dry_run)


def _differences(step: Step) -> Iterator[str]:
    for name, (before, after) in step.fields.items():
        yield f"    {name}: {_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    if value is None:
        return gettext("nothing")
    text = str(value).replace("\n", " ")
    return text if len(text) <= 70 else text[:67] + "…"


def _summary(plan: Plan, *, dry_run: bool) -> str:
    if plan.refused:
        return gettext("Nothing was changed.")
    if not plan.steps:
        return gettext("The records agree with the files; nothing to do.")
    count = {what: len([s for s in plan.steps if s.action == what]) for what in SIGNS}
    words = gettext("%(create)d to create, %(change)d to change, %(remove)d to remove") % count
    if dry_run:
        return words + ". " + gettext("Nothing was changed.")
    return gettext("%(create)d created, %(change)d changed, %(remove)d removed.") % count


@click.command("foundation")
@click.argument("directory", type=click.Path(path_type=Path))
@json_option
def export_foundation(directory: Path) -> None:
    """Write the whole foundation into a directory that apply reads."""
    known = sections()
    result = export(directory, known)
    document = {
        "directory": str(directory),
        "files": sorted([*result.written, *result.unchanged]),
        "written": result.written,
        "unchanged": result.unchanged,
    }

    def lines() -> Iterator[str]:
        yield from result.written
        text = ngettext("%(n)d file written", "%(n)d files written", len(result.written))
        yield f"{text % {'n': len(result.written)}}, " + (
            gettext("%d said the same and were left") % len(result.unchanged)
        )

    show(document, lines)
