"""Commands about cases: list, show, file from an issue, check a repository."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from django.db import transaction

from quorate.access.actors import Actor, system
from quorate.engine import actions, forms, queries
from quorate.engine.cli.programs import published
from quorate.engine.definition import Check, find
from quorate.engine.definition import Program as Definition
from quorate.engine.models import Case, Program
from quorate.engine.queries import CaseLine, CaseView
from quorate.engine.versions import current, program_named
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.ports import PROBES, Criterion, Finding

ACTOR: Actor = system("cli")


def register(root: click.Group) -> None:
    """Add them."""
    case = noun(root, "case", _("Cases"))
    case.add_command(case_list)
    case.add_command(case_show)
    noun(root, "import", _("Take in files that others made")).add_command(import_issue)
    noun(root, "repo", _("Git repositories")).add_command(repo_check)


@click.command("list")
@click.option("--program", help="only cases of this program")
@click.option("--stage", help="only cases in this stage")
@click.option("--all", "everything", is_flag=True, help="closed cases too")
@json_option
def case_list(program: str | None, stage: str | None, everything: bool) -> None:
    """List cases with stage, owner, clock and place in the queue; open ones unless --all."""
    cases = queries.visible(ACTOR).order_by("program__slug", "number")
    if program:
        cases = cases.filter(program=program_named(program))
    if stage:
        cases = cases.filter(stage=stage)
    if not everything:
        cases = cases.filter(closed_at=None)
    lines = queries.lines(cases, ACTOR)
    show(
        {"cases": [_line(line) for line in lines]},
        lambda: columns([[line.key, line.outcome_title or line.stage_title, line.owner, line.title] for line in lines]),
    )


@click.command("show")
@click.argument("case")
@json_option
def case_show(case: str) -> None:
    """Show one case: where it stands, what was found, who said what, what happened."""
    view = queries.case_view(ACTOR, queries.case_named(ACTOR, case))
    show(_view(view), lambda: _in_words(view))


@click.command("issue")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--program", required=True, help="the program whose form the issue was made with")
@click.option("--title", default="", help="the issue's title, when the file does not hold it")
@click.option("--dry-run", is_flag=True, help="read and check, file nothing")
@json_option
def import_issue(file: Path, program: str, title: str, dry_run: bool) -> None:
    """File a case from an issue that was rendered from the program's form; fields are matched by label."""
    definition = _definition(program)
    if definition.form is None:
        raise UserError(gettext("%s takes no applications on a form") % definition.name, where="--program")
    text = _read(file)
    issue = forms.read_issue(definition.form, text, aliases=definition.aliases)
    warnings = [str(warning) for warning in issue.warnings]
    filed = None if dry_run else _file_issue(program, definition, issue, title, file.name, text)
    case = filed.case if filed is not None else None
    if filed is not None and not filed.created:
        warnings.append(gettext("this issue was imported before, as %s") % filed.case.key)
    document = {
        "case": case.key if case is not None else None,
        "fields": dict(issue.fields),
        "missing": list(issue.missing),
        "warnings": warnings,
    }
    missing = [gettext("no answer: %s") % label for label in issue.missing]
    show(document, lambda: [_filed(case, definition), *(f"  {line}" for line in (*missing, *warnings))])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be read"), where=str(file)) from error
    except UnicodeDecodeError as error:
        raise UserError(gettext("the file is not UTF-8"), where=str(file), mend=gettext("save it as UTF-8")) from error


def _file_issue(
    program: str, definition: Definition, issue: forms.Issue, title: str, name: str, text: str
) -> actions.Filed:
    """File the issue. The same text again gives the same case."""
    assert definition.form is not None  # the command asked
    digest = hashlib.sha256(f"{definition.digest}\n{title}\n{text}".encode()).hexdigest()
    with transaction.atomic():  # a program that was published for it goes with an issue that is refused
        return actions.file_case(
            actor=ACTOR,
            program=published(program),
            answers=issue.answers,
            title=definition.form.subject_of(title or issue.title),
            source="import",
            source_ref=f"#{issue.number}" if issue.number is not None else name[:200],
            idempotency_key=f"issue:{digest}",
        )


def _definition(name: str) -> Definition:
    """What a program says now: as it was published here, else as it ships with the product."""
    found = Program.objects.filter(slug=name, current__isnull=False).first()
    return current(found) if found is not None else find(name)


@click.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--program", required=True, help="the program whose criteria are asked")
@json_option
def repo_check(path: Path, program: str) -> None:
    """Measure a git clone, bare or not, against a program's criteria; nothing is stored."""
    definition = _definition(program)
    measured = [check for check in definition.checks if check.probe.startswith("repository.")]
    probe = PROBES.get("repository")
    assert probe.measure_at is not None  # the portfolio reads clones
    asked = [Criterion(each.criterion, each.title, each.probe, each.bar, each.params or {}) for each in measured]
    facts, findings = probe.measure_at(str(path), asked)
    by_name = {finding.criterion: finding for finding in findings}
    rows = [_finding(check, by_name.get(check.criterion)) for check in definition.checks]
    show(
        {**facts, "criteria": rows},
        lambda: columns([[row["result"], row["criterion"], str(row["evidence"])] for row in rows]),
    )


def _finding(check: Check, finding: Finding | None) -> dict[str, Any]:
    if finding is None:
        evidence = gettext("judged by people, against the rubric")
        return {
            "criterion": check.criterion,
            "result": "unknown",
            "found": None,
            "needed": check.needed,
            "evidence": evidence,
            "as_of": None,
        }
    return {
        "criterion": finding.criterion,
        "result": finding.result,
        "found": finding.found,
        "needed": finding.needed,
        "evidence": finding.evidence,
        "as_of": finding.as_of,
    }


def _filed(case: Case | None, definition: Definition) -> str:
    if case is None:
        return gettext("The issue can be read; nothing was filed.")
    return gettext("%(key)s in %(program)s") % {"key": case.key, "program": definition.name}


def _line(line: CaseLine) -> dict[str, Any]:
    return {
        "case": line.key,
        "title": line.title,
        "program": line.program_slug,
        "stage": line.stage,
        "stage_title": line.stage_title,
        "since": line.since,
        "owner": line.owner or None,
        "clock": {"due_at": line.due_at, "paused": line.paused},
        "position": line.position,
        "opened_at": line.opened_at,
        "closed_at": line.closed_at,
        "outcome": line.outcome or None,
        "subject": line.subject_label or None,
    }


def _view(view: CaseView) -> dict[str, Any]:
    checks = view.checks.points if view.checks else []
    return {
        **_line(view.line),
        "version": view.definition.version,
        "answers": {answer.label: answer.value for answer in view.answers},
        "checks": [
            {
                "criterion": check.criterion,
                "result": check.result,
                "found": check.found,
                "needed": check.needed,
                "evidence": check.evidence,
                "as_of": check.as_of,
            }
            for check in checks
        ],
        "reviews": [
            {"stage": board.stage, "needed": board.needed, "submitted": board.submitted} for board in view.reviews
        ],
        "motions": [
            {"id": motion.id, "state": motion.state, "result": motion.result or None} for motion in view.motions
        ],
        "obligations": [
            {"name": item.name, "title": item.title, "state": item.state, "due_at": item.due_at}
            for item in view.obligations
        ],
        "history": [{"seq": line.seq, "at": line.at, "kind": line.kind, "text": line.text} for line in view.history],
    }


def _in_words(view: CaseView) -> list[str]:
    line = view.line
    where = line.outcome_title if line.closed_at else line.stage_title
    facts: Mapping[str, object] = {
        str(_("Case")): f"{line.key} {line.title}",
        str(_("Program")): line.program_title,
        str(_("Stands at")): where,
        str(_("Next step by")): line.owner or "-",
        str(_("Due")): line.due_at or "-",
    }
    rows = columns([[str(label), str(value)] for label, value in facts.items()])
    return [*rows, "", *(f"{entry.at:%Y-%m-%d %H:%M}  {entry.text}" for entry in view.history)]
