"""Finding what a request names, and showing it as its caller may see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest

from quorate.access.identity import actor_from
from quorate.directory.models import Person
from quorate.directory.queries import living_people
from quorate.engine import queries
from quorate.engine.models import Assignment, Case, Comment, Grant, Obligation, Review
from quorate.engine.queries import CaseLine
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.sentences import Sentence
from quorate.toolkit.rest import precondition

T = TypeVar("T", Obligation, Grant, Review, Comment, Assignment)


def case_in(request: HttpRequest, key: str) -> Case:
    """The case, if the caller may know of it. With ``If-Match`` it must still be as they read it."""
    case = queries.case_named(actor_from(request), key)
    if "If-Match" in request.headers:
        precondition(request, version_of(detail(request, case)))
    return case


def version_of(document: Mapping[str, Any]) -> str:
    """What tells two readings of a case apart: all that is shown of it."""
    return json.dumps(document, default=str, sort_keys=True)


def obligation_in(request: HttpRequest, obligation_id: UUID) -> Obligation:
    """The obligation, if the caller may know of its case."""
    found = Obligation.objects.select_related("case").filter(pk=obligation_id).first()
    return _of_case(request, found, gettext("there is no such obligation"))


def grant_in(request: HttpRequest, grant_id: UUID) -> Grant:
    """The grant, if the caller may know of its case."""
    found = Grant.objects.select_related("case").filter(pk=grant_id).first()
    return _of_case(request, found, gettext("there is no such grant"))


def review_in(request: HttpRequest, review_id: UUID) -> Review:
    """The review, if the caller may know of its case."""
    found = Review.objects.select_related("case").filter(pk=review_id).first()
    return _of_case(request, found, gettext("there is no such review"))


def comment_in(request: HttpRequest, comment_id: UUID) -> Comment:
    """The comment, if the caller is of its audience."""
    found = Comment.objects.select_related("case").filter(pk=comment_id).first()
    what = gettext("there is no such comment")
    comment = _of_case(request, found, what)
    if comment.audience not in queries.sight(actor_from(request), comment.case).audiences:
        raise NotFound(what)
    return comment


def delegation_in(request: HttpRequest, delegation_id: UUID) -> Assignment:
    """The delegation, if the caller may know of its case."""
    rows = Assignment.objects.select_related("case").filter(role=Assignment.Role.DELEGATE)
    return _of_case(request, rows.filter(pk=delegation_id).first(), gettext("there is no such delegation"))


def _of_case(request: HttpRequest, found: T | None, what: str) -> T:
    if found is None:
        raise NotFound(what)
    try:
        queries.case_named(actor_from(request), found.case.key)
    except NotFound:
        raise NotFound(what) from None
    return found


def person_named(person_id: UUID) -> Person:
    """A living person of the directory."""
    found = living_people().filter(pk=person_id).first()
    if found is None:
        raise UserError(gettext("there is no such person"), where="person")
    return found


def aware(at: datetime) -> datetime:
    """A time with its zone."""
    if at.tzinfo is None:
        raise UserError(gettext("the time needs its zone"), where="body", mend="2026-05-18T12:00:00Z")
    return at


def program_out(view: Any) -> dict[str, object]:
    """A program as lists show it."""
    return {"slug": view.slug, "name": view.name, "summary": view.summary, "open_cases": view.open_cases}


def line_out(line: CaseLine) -> dict[str, object]:
    """A case as lists show it."""
    return {
        "id": line.id,
        "case": line.key,
        "title": line.title,
        "program": line.program_slug,
        "stage": line.stage,
        "stage_title": line.stage_title,
        "since": line.since,
        "owner": line.owner or None,
        "due_at": line.due_at,
        "paused": line.paused,
        "position": line.position,
        "opened_at": line.opened_at,
        "closed_at": line.closed_at,
        "outcome": line.outcome or None,
        "subject": line.subject_label or None,
        "returning": line.returning,
        "revision": line.revision,
    }


def _sentence(sentence: Sentence) -> dict[str, object]:
    return {"seq": sentence.seq, "at": sentence.at, "kind": sentence.kind, "text": sentence.text}


def detail(request: HttpRequest, case: Case) -> dict[str, object]:
    """A case with everything that the caller may see, as it is now."""
    case.refresh_from_db()
    view = queries.case_view(actor_from(request), case)
    reviews = [each for board in view.reviews for each in board.all]
    return {
        **line_out(view.line),
        "version": view.definition.version,
        "answers": [
            {"id": each.id, "label": each.label, "value": each.value, "private": each.private} for each in view.answers
        ],
        "checks": [
            {
                "criterion": each.criterion,
                "title": each.title,
                "result": each.result or None,
                "found": each.found,
                "needed": each.needed,
                "evidence": each.evidence,
                "as_of": each.as_of,
            }
            for each in (view.checks.points if view.checks else ())
        ],
        "reviews": [
            {
                "id": each.id,
                "reviewer": each.person or None,
                "state": each.state,
                "recommendation": (each.recommendation or None) if each.visible else None,
                "comment": (each.comment or None) if each.visible else None,
                "due_at": each.due_at,
                "submitted_at": each.submitted_at,
                "mine": each.mine,
            }
            for each in reviews
        ],
        "motions": [each.id for each in view.motions],
        "obligations": [
            {
                "id": each.id,
                "name": each.name,
                "title": each.title,
                "owner": each.owner,
                "due_at": each.due_at,
                "state": each.state,
                "evidence": each.evidence or None,
            }
            for each in view.obligations
        ],
        "grants": [grant_out(each) for each in view.grants],
        "comments": [
            {
                "id": each.id,
                "author": each.author,
                "audience": each.audience,
                "body": None if each.redacted else each.body,
                "created_at": each.created_at,
            }
            for each in view.comments
        ],
        "attachments": [attachment_out(each) for each in view.attachments],
        "letters": [
            {
                "name": each.name,
                "to": each.to or None,
                "subject": each.subject,
                "body": each.body,
                "sent_at": each.sent_at,
            }
            for each in view.letters
        ],
        "recusals": [{"person": each.name, "reason": each.reason} for each in view.recusals],
        "delegations": [
            {
                "id": each.id,
                "source": each.source,
                "delegate": each.delegate,
                "stage_title": each.stage_title,
                "until": each.until,
            }
            for each in view.delegations
        ],
        "moves": [
            {
                "name": each.name,
                "title": each.title,
                "to": each.to_title,
                "reason": each.reason,
                "blocked": each.blocked or None,
            }
            for each in view.moves
        ],
        "history": [_sentence(each) for each in view.history],
    }


def grant_out(grant: Any) -> dict[str, object]:
    """A grant as a row or as a view."""
    names = ("id", "title", "kind", "state", "start", "until", "next_review_at", "ended_at")
    return {name: getattr(grant, name) for name in names}


def attachment_out(file: Any) -> dict[str, object]:
    """A file as a row or as a view."""
    return {name: getattr(file, name) for name in ("id", "name", "size", "content_type", "audience", "created_at")}
