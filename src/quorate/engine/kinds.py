"""What is written down about programs, cases, grants and obligations."""

from __future__ import annotations

from collections.abc import Mapping

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register


def _kind(name: str, sentence: object, fields: Mapping[str, type] | None = None, *private: str) -> None:
    register(Kind(name, sentence, fields=fields or {}, private=private))


register(
    Kind(
        "program.published",
        _("{actor} published version {number} of {program}"),
        fields={"number": int, "digest": str},
        public=True,
    )
)
register(Kind("program.closed", _("{actor} closed {program} for new cases"), private=("reason",), public=True))
register(Kind("program.opened", _("{actor} opened {program} for new cases again"), public=True))

_kind(
    "case.filed",
    _("{actor} filed {case}"),
    {"program": str, "version": str, "stage": str, "returning": bool, "source": str, "due_at": str},
    "title",
    "answers",
)
_kind("case.claimed", _("{actor} claimed {case} as its applicant"))
_kind("case.amended", _("{actor} amended {case}: {fields}"), {"fields": str}, "before", "after")
_kind(
    "case.moved",
    _("{actor}: {title} ({from_title} → {to_title})"),
    {
        "transition": str,
        "title": str,
        "from": str,
        "to": str,
        "from_title": str,
        "to_title": str,
        "due_at": str,
        "paused": bool,
        "timeout": bool,
        "motion": str,
    },
    "reason",
)
_kind("case.decided", _("{actor} recorded the decision: {title}"), {"outcome": str, "title": str})
_kind("case.closed", _("{case} closed: {title}"), {"outcome": str, "title": str, "good": bool})
_kind("case.invited", _("{actor} sent the applicant the means to claim {case}"))
_kind("case.prioritised", _("{actor} set the priority of {case} to {priority}"), {"priority": int})
_kind("case.assigned", _("{actor} made {assignee} owner of “{stage_title}”"), {"stage": str, "stage_title": str})
_kind(
    "case.unassigned",
    _("{assignee} no longer owns “{stage_title}”"),
    {"stage": str, "stage_title": str},
    "reason",
)
_kind(
    "case.delegated",
    _("{source} lets {delegate} act in “{stage_title}” until {until}"),
    {"stage": str, "stage_title": str, "until": str, "depth": int},
    "reason",
)
_kind("case.undelegated", _("{delegate} no longer acts for {source} in “{stage_title}”"), {"stage_title": str})
_kind("case.recused", _("{person} stands aside from {case}: {reason}"), {"reason": str}, "detail")
_kind("case.commented", _("{actor} commented"), {"audience": str, "comment": str}, "body")
_kind("comment.redacted", _("{actor} took a comment back"), {"comment": str})
_kind(
    "case.attached",
    _("{actor} attached a file ({content_type}, {size} bytes)"),
    {"attachment": str, "audience": str, "digest": str, "size": int, "content_type": str},
    "name",
)
_kind("attachment.removed", _("{actor} removed a file"), {"attachment": str, "digest": str}, "reason")
_kind(
    "case.checked",
    _("Checks ran: {passed} passed, {failed} failed, {unknown} unknown, {attested} attested"),
    {"run": str, "as_of": str, "passed": int, "failed": int, "unknown": int, "attested": int, "results": dict},
)
_kind("case.check-asked", _("{actor} asked for the checks to run"))
_kind("case.unchecked", _("The checks could not run"), {"run": str}, "error")
_kind(
    "case.attested",
    _("{actor} attested “{title}” as of {as_of}"),
    {"criterion": str, "title": str, "as_of": str},
    "found",
    "evidence",
)
_kind("case.waived", _("{actor} let “{title}” pass as it is"), {"criterion": str, "title": str}, "reason")
_kind(
    "case.breached",
    _("The clock of “{stage_title}” ran out"),
    {"stage": str, "stage_title": str, "due_at": str, "owner": str},
)
_kind("case.promise-breached", _("The time that {program} promises was over"), {"due_at": str})
_kind(
    "case.reminded",
    _("The owner of “{stage_title}” was reminded, {left} before the time is over"),
    {"stage": str, "stage_title": str, "left": str, "due_at": str},
)
_kind(
    "case.escalated",
    _("“{stage_title}” was brought before {role}"),
    {"stage": str, "stage_title": str, "role": str},
)
_kind("case.migrated", _("{actor} moved {case} to version {number}"), {"number": int, "digest": str, "stage": str})

_kind(
    "review.assigned",
    _("{reviewer} was asked to review {case}"),
    {"review": str, "stage": str, "due_at": str, "how": str},
)
_kind("review.released", _("{reviewer} no longer reviews {case}"), {"review": str, "reason": str})
_kind("review.submitted", _("A review was submitted ({n} of {needed})"), {"review": str, "n": int, "needed": int})
_kind("review.overdue", _("A review of {case} is overdue"), {"review": str, "due_at": str})
_kind("review.drafted", _("{actor} kept a draft of a review"), {"review": str})
_kind("review.written", _("{actor} wrote a review"), {"review": str}, "scores", "recommendation", "comment")

_kind("letter.sent", _("The letter “{letter}” went out"), {"letter": str, "recipients": int}, "subject", "to")
_kind("case.notified", _("{role} was told"), {"role": str, "recipients": int})

_kind(
    "grant.given",
    _("{case} gave: {title}"),
    {"grant": str, "kind": str, "title": str, "until": str, "next_review_at": str},
)
_kind("grant.renewed", _("“{title}” was renewed"), {"grant": str, "title": str, "until": str, "next_review_at": str})
_kind("grant.in-grace", _("The term of “{title}” is over; it still counts until {until}"), {"title": str, "until": str})
_kind("grant.lapsed", _("“{title}” lapsed"), {"grant": str, "title": str})
_kind("grant.revoked", _("“{title}” was revoked"), {"grant": str, "title": str}, "reason")
_kind("grant.review-due", _("“{title}” is due for review"), {"grant": str, "title": str, "due_at": str})

_kind(
    "obligation.opened",
    _("“{title}” is to be done by {due_at}"),
    {"obligation": str, "name": str, "title": str, "due_at": str, "period": int},
)
_kind("obligation.claimed", _("{actor} reported “{title}” as done"), {"obligation": str, "title": str}, "evidence")
_kind("obligation.done", _("“{title}” is done"), {"obligation": str, "title": str}, "evidence")
_kind("obligation.returned", _("{actor} asked for more on “{title}”"), {"obligation": str, "title": str}, "reason")
_kind("obligation.waived", _("{actor} waived “{title}”"), {"obligation": str, "title": str}, "reason")
_kind("obligation.missed", _("“{title}” was missed"), {"obligation": str, "title": str, "due_at": str})
_kind("obligation.dropped", _("“{title}” fell away"), {"obligation": str, "title": str})
