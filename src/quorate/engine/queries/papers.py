"""Words, files and letters on a case, for whoever may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from quorate.access.actors import Actor
from quorate.engine.definition import Program as Definition
from quorate.engine.letters import telling_letters
from quorate.engine.models import Attachment, Case, Letter
from quorate.engine.queries.latest import Latest
from quorate.engine.rights import Rights
from quorate.engine.visibility import Sight, sight
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.toolkit.files import path_of


@dataclass(frozen=True)
class CommentView:
    """Something said."""

    id: UUID
    author: str
    author_url: str
    body: str
    audience: str
    created_at: datetime
    redacted: bool
    may_redact: bool


@dataclass(frozen=True)
class AttachmentView:
    """A file."""

    id: UUID
    name: str
    url: str
    size: int
    content_type: str
    audience: str
    created_at: datetime
    may_remove: bool


@dataclass(frozen=True)
class LetterView:
    """A letter as it went out; the body is Markdown."""

    name: str
    to: str
    subject: str
    body: str
    sent_at: datetime


def comment_views(case: Case, seen: Sight, rights: Rights, newest: int | None = None) -> Latest[CommentView]:
    """The newest of what was said to audiences of which the reader is one."""
    found: Latest[CommentView] = Latest()
    if not seen.audiences:
        return found
    # Few people write many comments: each person is read once, not once beside each comment.
    written = case.comments.filter(audience__in=seen.audiences).prefetch_related("person")
    rows = list(written.order_by("-created_at", "-pk")[: None if newest is None else newest + 1])
    found.more = newest is not None and len(rows) > newest
    redacts = rights.may("case.redact")
    me = rights.actor.id
    for row in rows[:newest][::-1]:
        named = row.person is not None and row.person.erased_at is None and (seen.involved or row.person.public)
        found.append(
            CommentView(
                id=row.pk,
                author=row.person.name if named and row.person is not None else gettext("somebody"),
                author_url=f"/people/{row.person.slug}/" if named and row.person is not None and seen.involved else "",
                body="" if row.redacted_at is not None else row.body,
                audience=row.audience,
                created_at=row.created_at,
                redacted=row.redacted_at is not None,
                may_redact=row.redacted_at is None and (redacts or row.by == me),
            )
        )
    return found


def attachment_views(case: Case, seen: Sight, rights: Rights) -> list[AttachmentView]:
    """Files for audiences of which the reader is one."""
    if not seen.audiences:
        return []
    rows = case.attachments.filter(audience__in=seen.audiences, removed_at=None)
    redacts = rights.may("case.redact")
    return [
        AttachmentView(
            id=row.pk,
            name=row.name,
            url=f"/attachments/{row.pk}/",
            size=row.size,
            content_type=row.content_type,
            audience=row.audience,
            created_at=row.created_at,
            may_remove=redacts or row.by == rights.actor.id,
        )
        for row in rows
    ]


def letter_views(case: Case, definition: Definition, seen: Sight, rights: Rights) -> list[LetterView]:
    """Letters that went out: all for the staff, for everybody else their own.

    Where the program makes letters public, the one that told the decision is there for anybody, once and without the
    names of people.
    """
    if not seen.letters:
        return []
    rows = list(case.letters.select_related("person"))
    staff = bool(seen.parts & {"staff", "operator", "assignee"})
    mine = [row for row in rows if staff or _is_own(row, seen, rights)]
    found = {row.pk: _letter(row, to=staff) for row in mine}
    shown = definition.public_at(case.stage)
    if shown.case and shown.letter:
        told = {row.name for row in mine}
        for row in rows:
            if row.name in telling_letters(definition) and row.name not in told and row.public_body:
                told.add(row.name)
                found[row.pk] = LetterView(row.name, "", row.public_subject, row.public_body, row.sent_at)
    return [found[row.pk] for row in rows if row.pk in found]


def _is_own(row: Letter, seen: Sight, rights: Rights) -> bool:
    me = rights.actor.person_id
    if row.person_id is not None:
        return me is not None and row.person_id == me
    return "applicant" in seen.parts


def _letter(row: Letter, *, to: bool) -> LetterView:
    return LetterView(row.name, _reader(row.person, row.to) if to else "", row.subject, row.body, row.sent_at)


def _reader(person: Any, address: str) -> str:
    return str(person.name) if person is not None and person.erased_at is None else address


def attachment_for(actor: Actor, attachment: UUID) -> Attachment:
    """The file, or ``NotFound`` when the reader may not know of it or it was removed."""
    found = Attachment.objects.filter(pk=attachment, removed_at=None).select_related("case").first()
    if found is None or found.audience not in sight(actor, found.case).audiences:
        raise NotFound(gettext("there is no such file"), where="attachment")
    return found


def attachment_bytes(attachment: Attachment) -> BinaryIO:
    """The file's bytes, open for reading. ``NotFound`` when the store has lost them."""
    path: Path = path_of("cases", attachment.digest)
    try:
        return path.open("rb")
    except OSError:
        raise NotFound(gettext("the file is not in the store any more"), where="attachment") from None
