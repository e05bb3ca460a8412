"""Programs over the API: what they ask, who waits, and applying."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from quorate.access.identity import actor_from
from quorate.engine import actions, queries
from quorate.engine.api.shapes import (
    CaseOut,
    FiledOut,
    FileIn,
    MaybeReasonIn,
    MigratedOut,
    MigrateIn,
    ProgramDetail,
    ProgramOut,
)
from quorate.engine.api.shown import line_out, program_out
from quorate.engine.models import Program
from quorate.engine.versions import current, program_named
from quorate.toolkit.rest import PUBLIC

router = Router(tags=["Programs"])


@router.get("/programs", response=list[ProgramOut], auth=PUBLIC)
def list_programs(request: HttpRequest) -> list[dict[str, object]]:
    """List programs."""
    return [program_out(each) for each in queries.programs(actor_from(request))]


@router.get("/programs/{slug:slug}", response=ProgramDetail, auth=PUBLIC)
def get_program(request: HttpRequest, slug: str) -> dict[str, object]:
    """Show what a program asks and promises, and its form."""
    return _program(request, program_named(slug))


@router.get("/programs/{slug:slug}/queue", response=list[CaseOut], auth=PUBLIC)
def get_queue(request: HttpRequest, slug: str) -> list[dict[str, object]]:
    """List the waiting cases in the order in which they are taken."""
    return [line_out(line) for line in queries.queue(actor_from(request), program_named(slug))]


@router.post("/programs/{slug:slug}/cases", response={201: FiledOut, 200: FiledOut}, auth=PUBLIC)
def file_case(request: HttpRequest, response: HttpResponse, slug: str, body: FileIn) -> Status[dict[str, object]]:
    """File a case on the program's form. With an Idempotency-Key a repeat gives the same case."""
    filed = actions.file_case(
        actor=actor_from(request),
        program=program_named(slug),
        answers=body.answers,
        title=body.title,
        subject_id=body.subject_id,
        contact_email=body.contact_email,
        idempotency_key=request.headers.get("Idempotency-Key", "")[:200],
        source="api",
    )
    case = filed.case
    if filed.claim:
        response["Cache-Control"] = "no-store"  # an answer that holds a secret is not kept for repeats
    document = {"case": case.key, "id": case.id, "created": filed.created, "claim": filed.claim or None}
    return Status(201 if filed.created else 200, document)


@router.post("/programs/{slug:slug}/closing", response=ProgramDetail)
def close_program(request: HttpRequest, slug: str, body: MaybeReasonIn) -> dict[str, object]:
    """Take no new cases; open ones go on."""
    return _program(
        request, actions.close_program(actor=actor_from(request), program=program_named(slug), reason=body.reason)
    )


@router.post("/programs/{slug:slug}/opening", response=ProgramDetail)
def open_program(request: HttpRequest, slug: str) -> dict[str, object]:
    """Take new cases again."""
    return _program(request, actions.open_program(actor=actor_from(request), program=program_named(slug)))


@router.post("/programs/{slug:slug}/migration", response=MigratedOut)
def migrate_cases(request: HttpRequest, slug: str, body: MigrateIn) -> dict[str, object]:
    """Move open cases to the program's current version, where it still has the stages that they were in."""
    done = actions.migrate_cases(actor=actor_from(request), program=program_named(slug), preview=body.preview)
    return {"moved": list(done.moved), "refused": dict(done.refused)}


def _program(request: HttpRequest, found: Program) -> dict[str, object]:
    definition = current(found)
    view = queries.program_view(actor_from(request), found)
    questions = definition.form.questions if definition.form is not None else ()
    return {
        **program_out(view.line),
        "version": definition.version,
        "open": view.line.open,
        "accountable": view.line.accountable,
        "steward": view.line.steward,
        "stages": [
            {
                "name": stage.name,
                "title": stage.title,
                "kind": stage.kind.value,
                "owner": str(stage.owner or "") or None,
                "open_cases": each.cases,
            }
            for each in view.stages
            for stage in (each.stage,)
        ],
        "criteria": [
            {"criterion": check.criterion, "title": check.title, "needed": check.needed, "probe": check.probe or None}
            for check in definition.checks
        ],
        "questions": [
            {
                "id": question.id,
                "kind": question.kind.value,
                "label": question.label,
                "description": question.description,
                "required": question.required,
                "multiple": question.takes_many,
                "options": list(question.choices),
                "private": question.id in definition.private_questions,
            }
            for question in questions
        ],
    }
