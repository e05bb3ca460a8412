"""What is written on cases, over the API: comments and files."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Status, UploadedFile

from quorate.access.identity import actor_from
from quorate.engine import actions, queries
from quorate.engine.api.shapes import AttachmentOut, CommentIn, CommentOut
from quorate.engine.api.shown import attachment_out, case_in, comment_in
from quorate.toolkit.rest import PUBLIC

router = Router(tags=["Comments and files"])


@router.post("/cases/{slug:key}/comments", response={201: CommentOut})
def comment_on_case(request: HttpRequest, key: str, body: CommentIn) -> Status[dict[str, object]]:
    """Comment for an audience."""
    made = actions.comment(
        actor=actor_from(request), case=case_in(request, key), body=body.body, audience=body.audience
    )
    return Status(201, {"id": made.id, "audience": made.audience, "created_at": made.created_at})


@router.delete("/comments/{uuid:comment_id}", response={204: None})
def redact_comment(request: HttpRequest, comment_id: UUID) -> Status[None]:
    """Take a comment's text back: your own, or any as staff."""
    actions.redact_comment(actor=actor_from(request), comment=comment_in(request, comment_id))
    return Status(204, None)


@router.post("/cases/{slug:key}/attachments", response={201: AttachmentOut})
def attach(
    request: HttpRequest,
    key: str,
    file: File[UploadedFile],
    audience: Form[Literal["public", "participants", "reviewers", "staff"]] = "participants",
) -> Status[dict[str, object]]:
    """Put a file to a case, for an audience."""
    made = actions.attach(
        actor=actor_from(request),
        case=case_in(request, key),
        name=file.name or "file",
        content=file.read(),
        audience=audience,
    )
    return Status(201, attachment_out(made))


@router.get("/attachments/{uuid:attachment_id}", response=AttachmentOut, auth=PUBLIC)
def get_attachment(request: HttpRequest, attachment_id: UUID) -> dict[str, object]:
    """Show what a file is."""
    return attachment_out(queries.attachment_for(actor_from(request), attachment_id))


@router.get("/attachments/{uuid:attachment_id}/content", response={200: str}, auth=PUBLIC)
def get_attachment_content(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Give a file's bytes."""
    found = queries.attachment_for(actor_from(request), attachment_id)
    with queries.attachment_bytes(found) as stream:
        return HttpResponse(stream.read(), content_type=found.content_type)


@router.delete("/attachments/{uuid:attachment_id}", response={204: None})
def remove_attachment(request: HttpRequest, attachment_id: UUID) -> Status[None]:
    """Take a file from its case: your own, or any as staff."""
    actor = actor_from(request)
    actions.remove_attachment(actor=actor, attachment=queries.attachment_for(actor, attachment_id))
    return Status(204, None)
