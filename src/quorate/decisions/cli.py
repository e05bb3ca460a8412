"""Commands about motions (``motion evaluate``, ``lint``, ``list``, ``show``, ``open``, ``attend``) and elections."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from quorate.decisions import counting_cli, gitvote, opening_cli
from quorate.decisions.models import Motion
from quorate.decisions.queries import roll_call
from quorate.decisions.rules import evaluate_document, lint
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.kernel.ids import is_uuid
from quorate.terms.queries import body_by_key, seats_in_force


def register(root: click.Group) -> None:
    """Add the commands of this package."""
    group = noun(root, "motion", _("Motions"))
    group.add_command(motion_evaluate)
    group.add_command(motion_lint)
    group.add_command(motion_list)
    group.add_command(motion_show)
    group.add_command(motion_import)
    opening_cli.register(group, _document)
    counting_cli.register(root)


@click.command("evaluate")
@click.argument("file")
@json_option
def motion_evaluate(file: str) -> None:
    """Decide a motion from a JSON file of rule and counts ("-": standard input); nothing is stored."""
    data = _document(file)
    evaluation = evaluate_document(data)
    show(evaluation.as_dict(), lambda: [evaluation.result, *evaluation.derivation])


@click.command("lint")
@click.argument("file")
@json_option
def motion_lint(file: str) -> None:
    """Say what is doubtful about a rule in a JSON file ("-": standard input) before anybody votes by it.

    The file holds a rule, or what "motion evaluate" reads, with "charter": {"quorum": 12, "bar": "two thirds"} for
    what is printed. Exits 1 when a finding is an error, 0 when there is none or only warnings.
    """
    found = lint(_document(file))
    errors = sum(1 for each in found if each.level == "error")
    document = {"findings": [each.as_dict() for each in found], "errors": errors, "warnings": len(found) - errors}
    show(
        document,
        lambda: (
            [f"{each.level} {each.code} {each.where}: {each.what} ({each.mend})" for each in found]
            or [gettext("nothing to say against it")]
        ),
    )
    if errors:
        click.get_current_context().exit(1)


@click.group("import")
def motion_import() -> None:
    """Read how another system decides."""


@motion_import.command("gitvote")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--body", required=True, help="the body whose seats vote")
@json_option
def motion_import_gitvote(file: Path, body: str) -> None:
    """Turn the profiles of a .gitvote.yml into documents for "motion open"; nothing is stored.

    Each document lacks its title. Everything without an exact meaning here is a warning with its line.
    """
    found = body_by_key(body)
    seats = seats_in_force(found).filter(voting=True).count()
    profiles, notes = gitvote.read(file, found.slug, seats)
    document = {"body": found.slug, "seats": seats, "profiles": [each.as_json() for each in profiles], "notes": notes}
    show(
        document,
        lambda: [
            *notes,
            *(
                line
                for each in profiles
                for line in (
                    f"{each.name}: {json.dumps(each.document)}",
                    *(f"  {warning}" for warning in each.warnings),
                )
            ),
        ],
    )


@click.command("list")
@click.option("--state", type=click.Choice(Motion.State.values), help="only motions in this state")
@json_option
def motion_list(state: str | None) -> None:
    """List motions, newest first."""
    motions = Motion.objects.select_related("body")
    if state:
        motions = motions.filter(state=state)
    rows = [_summary(motion) for motion in motions]
    show({"motions": rows}, lambda: columns([[row["id"], row["state"], row["result"], row["title"]] for row in rows]))


@click.command("show")
@click.argument("motion")
@json_option
def motion_show(motion: str) -> None:
    """Show a motion with its roll call and how it stands."""
    found = Motion.objects.select_related("body").filter(pk=motion).first() if is_uuid(motion) else None
    if found is None:
        raise NotFound(f"there is no motion {motion}", where="MOTION", mend="quorate motion list")
    lines = [
        {
            "person": line.name or None,
            "seat": line.elector.seat.title if line.elector.seat else None,
            "vote": line.vote.choice if line.vote else None,
            "recused": line.elector.recused or None,
        }
        for line in roll_call(found)
    ]
    document = {**_summary(found), "rule": found.rule, "evaluation": found.evaluation, "roll_call": lines}
    show(
        document,
        lambda: columns(
            [
                [line["person"] or gettext("vacant"), line["seat"] or "", line["vote"] or line["recused"] or ""]
                for line in lines
            ]
        ),
    )


def _document(file: str) -> Any:
    """The JSON of a file or of standard input; ``UserError`` with the line."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as error:
        raise UserError(error.strerror or "cannot be read", where=file) from error
    except UnicodeDecodeError as error:
        raise UserError("the file is not UTF-8", where=file) from error
    except json.JSONDecodeError as error:
        raise UserError(error.msg, where=f"{file}:{error.lineno}", mend="mend the JSON at this line") from error


def _summary(motion: Motion) -> dict[str, Any]:
    return {
        "id": motion.id,
        "title": motion.title,
        "body": motion.body.slug if motion.body else None,
        "state": motion.state,
        "result": motion.result or None,
        "opened_at": motion.opened_at,
        "closes_at": motion.closes_at,
    }
