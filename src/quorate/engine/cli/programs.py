"""Commands about programs: write a new one, examine it, publish it, list and show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from quorate.access.actors import Actor, system
from quorate.engine import actions, queries, scaffold
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import built_in, examine, find
from quorate.engine.definition.loader import raise_all
from quorate.engine.models import Program
from quorate.engine.queries import ProgramView
from quorate.engine.versions import program_named
from quorate.engine.world import Foundation
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.discovery import ROOT
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext, ngettext

ACTOR: Actor = system("cli")


def register(root: click.Group) -> None:
    """Add them."""
    program = noun(root, "program", _("Programs: what can be applied for, and by which rules"))
    for command in (program_list, program_show, program_new, program_lint, program_publish, program_migrate):
        program.add_command(command)


def published(name: str) -> Program:
    """The program as it was published here. One that ships with the product is published when it is first needed.

    The program that reviews its grants comes along, so that half a year later there is one. Offices that nobody holds
    yet do not stop it: whoever imports cases has not always told who runs the foundation.
    """
    found = Program.objects.filter(slug=name, current__isnull=False).first()
    if found is not None:
        return found
    definition = find(name)
    actions.publish_program(actor=ACTOR, definition=definition, strict=False)
    renewal = definition.grant.renewal if definition.grant is not None else None
    if renewal is not None and renewal.program in built_in():
        published(renewal.program)
    return program_named(name)


@click.command("list")
@json_option
def program_list() -> None:
    """List the programs that are published, and those that ship with the product and are not."""
    lines = queries.programs(ACTOR)
    known = {line.slug for line in lines}
    rows = [
        {
            "program": line.slug,
            "name": line.name,
            "published": True,
            "version": line.version,
            "open": line.open,
            "open_cases": line.open_cases,
        }
        for line in lines
    ]
    for slug in sorted(built_in().keys() - known):
        definition = find(slug)
        rows.append(
            {
                "program": slug,
                "name": definition.name,
                "published": False,
                "version": definition.version,
                "open": False,
                "open_cases": 0,
            }
        )
    show({"programs": rows}, lambda: columns([[row["program"], _state(row), row["name"]] for row in rows]))


@click.command("show")
@click.argument("name")
@json_option
def program_show(name: str) -> None:
    """Show one program: its stages with owners and clocks, its criteria, and where its cases are."""
    found = Program.objects.filter(slug=name, current__isnull=False).first()
    view = queries.program_view(ACTOR, found) if found is not None else None
    definition = view.definition if view is not None else find(name)
    document = _document(definition, view)
    show(document, lambda: _in_words(definition, document))


@click.command("new")
@click.argument("name")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="Where to put it; else programs/ if it is here.")
@click.option("--title", default="", help="What people call it.")
@click.option("--prefix", default="", help="The start of its cases' keys, such as TALK.")
@json_option
def program_new(name: str, folder: Path | None, title: str, prefix: str) -> None:
    """Write a folder with a small program that works as it is, to be changed into the one you want."""
    here = Path("programs")
    target = folder if folder is not None else (here if here.is_dir() else Path())
    try:
        written = scaffold.new(name, target, title=title, prefix=prefix)
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be written"), where=str(error.filename or target)) from error
    document = {"program": name, "folder": written.folder, "files": list(written.files)}
    following = gettext("Next: change program.yaml, then `quorate program lint %s`.") % written.folder
    show(document, lambda: [*(str(path) for path in written.files), following])


@click.command("lint")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--here", is_flag=True, help="Also against this installation: offices nobody holds, quorums, policies.")
@json_option
def program_lint(path: Path, here: bool) -> None:
    """Read a program strictly: every fault with its line and how to mend it. Exits 1 when there is an error.

    PATH is a program's folder, its program.yaml, or the name of one that ships with the product.
    """
    definition, errors, warnings = _examine(path, here=here)
    document = {
        "program": definition.program if definition is not None else None,
        "ok": not errors,
        "errors": [error.as_dict() for error in errors],
        "warnings": [warning.as_dict() for warning in warnings],
    }
    show(document, lambda: _verdict(path, errors, warnings))
    if errors:
        click.get_current_context().exit(1)


@click.command("publish")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="Publish although offices are vacant or policies are not adopted yet.")
@json_option
def program_publish(path: Path, draft: bool) -> None:
    """Publish a program, or its next version. Open cases stay with the version under which they were opened.

    PATH is a program's folder, its program.yaml, or the name of one that ships with the product. A folder that only
    changes one of those is laid over it.
    """
    definition, errors, warnings = _examine(path, here=not draft)
    raise_all(errors)
    assert definition is not None  # else there were errors
    before = Program.objects.filter(slug=definition.program).values_list("current", flat=True).first()
    version = actions.publish_program(actor=ACTOR, definition=definition, strict=not draft)
    changed = version.pk != before
    document = {
        "program": definition.program,
        "number": version.number,
        "version": definition.version,
        "published": changed,
        "warnings": [warning.as_dict() for warning in warnings],
    }
    words = gettext("%(name)s: version %(number)d is published") if changed else gettext("%(name)s: nothing changed")
    line = words % {"name": definition.name, "number": version.number}
    show(document, lambda: [*(_told(_("warning"), each) for each in warnings), line])


@click.command("migrate")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Only say which cases would move.")
@json_option
def program_migrate(name: str, dry_run: bool) -> None:
    """Move open cases to the program's current version, where it still has the stages that they were in."""
    done = actions.migrate_cases(actor=ACTOR, program=program_named(name), preview=dry_run)
    document = {"moved": list(done.moved), "refused": dict(done.refused)}
    show(document, lambda: [*done.moved, *(f"{key}: {why}" for key, why in done.refused.items())])


def _examine(path: Path, *, here: bool) -> tuple[Definition | None, list[UserError], list[UserError]]:
    world = Foundation() if here else None
    ours = built_in()
    roots: tuple[Path, ...] = (ROOT / "programs",)
    if not path.exists():
        if str(path) in ours:
            return examine(ours[str(path)], world=world, roots=roots)
        known = ", ".join(sorted(ours))
        mend = gettext("a folder with program.yaml, or one of: %(names)s") % {"names": known}
        raise NotFound(gettext("there is no such folder"), where=str(path), mend=mend)
    folder = path if path.is_dir() else path.parent
    base = ours.get(folder.resolve().name.replace("_", "-"))
    roots = (*roots, folder.resolve().parent)
    if base is not None and base.resolve() != folder.resolve():
        return examine(base, overrides=folder, world=world, roots=roots)
    return examine(path, world=world, roots=roots)


def _verdict(path: Path, errors: list[UserError], warnings: list[UserError]) -> list[str]:
    lines = [_told(_("error"), each) for each in errors] + [_told(_("warning"), each) for each in warnings]
    if errors:
        return [*lines, ngettext("%d error", "%d errors", len(errors)) % len(errors)]
    return [*lines, gettext("%s: good") % path]


def _told(kind: object, problem: UserError) -> str:
    return f"{kind}: {problem.line}"


def _state(row: dict[str, Any]) -> str:
    if not row["published"]:
        return gettext("not published")
    count = int(row["open_cases"])
    return ngettext("%d open case", "%d open cases", count) % count


def _document(definition: Definition, view: ProgramView | None) -> dict[str, Any]:
    counts = {each.stage.name: each.cases for each in view.stages} if view is not None else {}
    return {
        "program": definition.program,
        "name": definition.name,
        "summary": definition.summary,
        "version": definition.version,
        "published": view is not None,
        "accountable": str(definition.accountable),
        "steward": str(definition.steward),
        "stages": [
            {
                "name": stage.name,
                "title": stage.title,
                "kind": stage.kind.value,
                "owner": str(stage.owner) if stage.owner is not None else None,
                "within": str(stage.clock.within) if stage.clock is not None else None,
                "open_cases": counts.get(stage.name, 0),
            }
            for stage in definition.stages
        ],
        "criteria": [
            {"criterion": check.criterion, "title": check.title, "needed": check.needed, "probe": check.probe or None}
            for check in definition.checks
        ],
    }


def _in_words(definition: Definition, document: dict[str, Any]) -> list[str]:
    rows = [
        [stage["title"], stage["kind"], stage["owner"] or "-", stage["within"] or "-", str(stage["open_cases"])]
        for stage in document["stages"]
    ]
    criteria = [f"  {check.title}" for check in definition.checks]
    return [
        f"{definition.name} ({definition.program}, {definition.version})",
        definition.summary,
        "",
        *columns(rows),
    ] + (["", *criteria] if criteria else [])
