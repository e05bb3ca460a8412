"""What is said on a case, and the files that are put to it."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.engine.actions.course import held, refs_of
from quorate.engine.models import Attachment, Case, Comment
from quorate.engine.models.paper import Audience
from quorate.engine.rules import Remark
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.toolkit.files import check_size, clean_name, sniff, store

LONGEST = 20_000
MOST_FILES = 50


@action("case.comment", kinds=("case.commented",))
def comment(*, actor: Actor, case: Case, body: str, audience: str = "participants") -> Comment:
    """Say something on a case to an audience: public, participants, reviewers or staff."""
    case = held(case)
    authority = authorise(actor, "case.comment", Remark(case, _audience(audience)))
    text = body.strip()
    if not text:
        raise UserError(gettext("say something"), where="body")
    if len(text) > LONGEST:
        raise UserError(gettext("keep it below %(n)d characters") % {"n": LONGEST}, where="body")
    row = Comment.objects.create(
        case=case, person_id=actor.person_id, by=actor.id, audience=audience, body=text, created_at=clock.now()
    )
    append(
        "case.commented",
        actor=actor,
        refs=refs_of(case),
        data={"audience": audience, "comment": str(row.pk)},
        private={"body": text},
        authority=authority,
    )
    return row


@action("case.redact", kinds=("comment.redacted",))
def redact_comment(*, actor: Actor, comment: Comment) -> Comment:
    """Take a comment's text back: one's own, or any as staff. That there was one stays."""
    case = held(comment.case)
    row = Comment.objects.get(pk=comment.pk)
    authority = ["author"] if actor.known and row.by == actor.id else authorise(actor, "case.redact", case)
    if row.redacted_at is None:
        row.body, row.redacted_at = "", clock.now()
        row.save(update_fields=["body", "redacted_at"])
        append("comment.redacted", actor=actor, refs=refs_of(case), data={"comment": str(row.pk)}, authority=authority)
    return row


@action("case.attach", kinds=("case.attached",))
def attach(*, actor: Actor, case: Case, name: str, content: bytes, audience: str = "participants") -> Attachment:
    """Put a file to a case. What it is, is told from its bytes; the same file under the same name is kept once."""
    case = held(case)
    authority = authorise(actor, "case.attach", Remark(case, _audience(audience)))
    check_size(content)
    shown = clean_name(name)
    kind = sniff(shown, content)
    if case.attachments.filter(removed_at=None).count() >= MOST_FILES:
        raise UserError(gettext("a case takes %(n)d files at most") % {"n": MOST_FILES}, where="file")
    digest = store("cases", content)
    present = case.attachments.filter(digest=digest, name=shown, removed_at=None).first()
    if present is not None and present.audience == audience:
        return present
    try:
        with transaction.atomic():
            row = Attachment.objects.create(
                case=case,
                person_id=actor.person_id,
                by=actor.id,
                audience=audience,
                name=shown,
                digest=digest,
                size=len(content),
                content_type=kind,
                created_at=clock.now(),
            )
    except IntegrityError:
        raise UserError(gettext("this file is here already"), where="file") from None
    append(
        "case.attached",
        actor=actor,
        refs=refs_of(case),
        data={
            "attachment": str(row.pk),
            "audience": audience,
            "digest": digest,
            "size": row.size,
            "content_type": kind,
        },
        private={"name": shown},
        authority=authority,
    )
    return row


@action("case.redact", kinds=("attachment.removed",))
def remove_attachment(*, actor: Actor, attachment: Attachment, reason: str = "") -> Attachment:
    """Take a file from a case: one's own, or any as staff. Its digest stays on record."""
    case = held(attachment.case)
    row = Attachment.objects.get(pk=attachment.pk)
    authority = ["author"] if actor.known and row.by == actor.id else authorise(actor, "case.redact", case)
    if row.removed_at is None:
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])
        append(
            "attachment.removed",
            actor=actor,
            refs=refs_of(case),
            data={"attachment": str(row.pk), "digest": row.digest},
            private={"reason": reason},
            authority=authority,
        )
    return row


def _audience(audience: str) -> str:
    if audience not in Audience.values:
        words = ", ".join(Audience.values)
        raise UserError(gettext("there is no such audience"), where="audience", mend=words)
    return audience
