"""Words for what the engine's views hold as values: findings, bars, audiences, states."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import formats

from quorate.engine.definition import Check, Comparison, Order, Stage
from quorate.engine.definition import Program as Definition
from quorate.engine.queries import ReviewBoard, ReviewView
from quorate.engine.web.inputs import AUDIENCES
from quorate.kernel.i18n import _, gettext

register = template.Library()

REASONS = {
    "shared-employer": _("shares an employer"),
    "maintainer": _("maintains it"),
    "applicant": _("applied"),
    "declared": _("declared a conflict"),
}
STATES = {"active": _("in force"), "in-grace": _("term over, in grace"), "ended": _("ended")}


@register.filter
def value_words(value: Any) -> str:
    """A found or needed value for people: grouped numbers, yes and no, lists with commas."""
    if value is True:
        return gettext("yes")
    if value is False:
        return gettext("no")
    if isinstance(value, (int, float)):
        return str(formats.number_format(value, force_grouping=True))
    if isinstance(value, (list, tuple)):
        return ", ".join(value_words(item) for item in value)
    return "" if value is None else str(value)


@register.filter
def needed_words(check: Any) -> str:
    """The bar of a criterion for people; takes a check of a program or of a case."""
    if not isinstance(check, Check):
        needed = check.needed
        if isinstance(needed, bool):
            return gettext("present") if needed else ""
        if isinstance(needed, (int, float)):
            return gettext("%s or more") % value_words(needed)
        return gettext("one of %s") % value_words(needed) if isinstance(needed, (list, tuple)) else value_words(needed)
    words = value_words(check.needed)
    match check.comparison:
        case Comparison.AT_LEAST:
            return gettext("%s or more") % words
        case Comparison.AT_MOST:
            return gettext("%s or less") % words
        case Comparison.ONE_OF:
            return gettext("one of %s") % words
        case Comparison.ALL_OF:
            return gettext("all of %s") % words
        case Comparison.PRESENT:
            return gettext("present")
    return gettext("judged")


@register.filter
def how_words(check: Check) -> str:
    """How a criterion is found out."""
    if not check.is_measured:
        return gettext("by reviewers, against the rubric")
    if check.attest is not None:
        return gettext("measured; attested with evidence where it cannot be")
    return gettext("measured")


@register.filter
def audience_words(audience: str) -> str:
    """Who may read it."""
    return str(AUDIENCES.get(audience, audience))  # type: ignore[call-overload]  # keyed by a text enum


@register.filter
def reason_words(reason: str) -> str:
    """Why somebody stands aside."""
    return str(REASONS.get(reason, reason))


@register.filter
def grant_words(state: str) -> str:
    """The state of a grant."""
    return str(STATES.get(state, state))


@register.filter
def clock_words(stage: Stage) -> str:
    """How long a stage may take."""
    if stage.clock is not None:
        return str(stage.clock.within.words)
    return str(stage.timeout.after.words) if stage.timeout is not None else ""


@register.filter
def queue_words(definition: Definition) -> str:
    """The order in which a program takes its cases."""
    first = gettext("returning applications first, then ") if "returning" in definition.queue.first else ""
    order = (
        gettext("first in, first out")
        if definition.queue.order is Order.FIFO
        else gettext("by priority, then first in, first out")
    )
    words = f"{first}{order}"
    session = definition.queue.session
    if session is not None and session.most:
        words += gettext("; at most %d at a session") % session.most
    return words[:1].upper() + words[1:]


@register.filter
def marks(review: ReviewView, board: ReviewBoard) -> list[tuple[str, int]]:
    """The marks of a review beside the rubric's questions."""
    items = board.rubric.items if board.rubric is not None else ()
    return [(item.title, review.scores[item.name]) for item in items if item.name in review.scores]


@register.filter
def several(value: Any) -> bool:
    """Whether an answer is a list."""
    return isinstance(value, (list, tuple))


@register.filter
def motion_state(motion: Any) -> tuple[str, str]:
    """A motion's state in words, and its tone."""
    if motion.state == "open":
        return gettext("open"), "info"
    results = {"passed": (gettext("passed"), "good"), "failed": (gettext("not passed"), "done")}
    return results.get(motion.result, (gettext("no decision") if motion.result else gettext("withdrawn"), "done"))


@register.filter
def judged(check: Any) -> bool:
    """Whether people judge the criterion: no machine measures it and nobody has said anything of it yet."""
    return check.needed is None and check.result == "unknown"


@register.filter
def mendable(check: Any) -> bool:
    """Whether an attestation or a waiver would change what the criterion came to."""
    return check.needed is not None and check.result not in ("pass", "waived")
