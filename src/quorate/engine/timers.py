"""What time brings: which deadlines, reminders, reviews of grants and repeated duties are due at an instant.

Only finding is done here; ``actions.timing`` does what is found, one item in one transaction, in order of the instants
at which they fell due. An item carries everything needed to find it again, so that doing it twice does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import F, Max, Q

from quorate.decisions.models import Motion
from quorate.engine.models import Case, Grant, Obligation, Review, StageVisit, TimerMark
from quorate.engine.versions import definition, definition_of

#: No program's review opens earlier than this before it is due.
LONGEST_LEAD = timedelta(days=400)


class What(StrEnum):
    """The kinds of thing that time brings. Of two at the same instant the first of this list goes first."""

    BREACH = "breach"
    PROMISE = "promise"
    REVIEW_OVERDUE = "review-overdue"
    REMINDER = "reminder"
    MISSED = "missed"
    MOTION = "motion"
    TIMEOUT = "timeout"
    AGAIN = "again"
    GRACE = "grace"
    LAPSE = "lapse"
    GRANT_REVIEW = "grant-review"


_RANK = {what: rank for rank, what in enumerate(What)}


@dataclass(frozen=True)
class Due:
    """One thing that fell due: what, when, on which row, and a word that tells two of a kind apart."""

    at: datetime
    what: What
    id: UUID
    word: str = ""

    @property
    def key(self) -> str:
        """Names it once and for all."""
        return f"{self.what}:{self.id}:{self.word or self.at.isoformat()}"

    @property
    def order(self) -> tuple[datetime, int, str]:
        """By instant, then by kind, then by id, so that every run does the same in the same order."""
        return (self.at, _RANK[self.what], str(self.id))


def due(at: datetime) -> list[Due]:
    """Everything that fell due by an instant and is not done, in order. About ten queries."""
    found = [
        *_visits(at),
        *_reminders(at),
        *_promises(at),
        *_reviews(at),
        *_obligations(at),
        *_repeated(at),
        *_grants(at),
        *_motions(at),
    ]
    marks = set(TimerMark.objects.filter(key__in=[item.key for item in found]).values_list("key", flat=True))
    return sorted((item for item in found if item.key not in marks), key=lambda item: item.order)


def _visits(at: datetime) -> Iterator[Due]:
    running = StageVisit.objects.filter(left_at=None)
    for pk, moment in running.filter(due_at__lte=at, breached_at=None).values_list("pk", "due_at"):
        yield from _one(moment, What.BREACH, pk)
    for pk, moment in running.filter(timeout_at__lte=at).values_list("pk", "timeout_at"):
        yield from _one(moment, What.TIMEOUT, pk)


def _reminders(at: datetime) -> Iterator[Due]:
    """The latest reminder that is due of each visit; earlier ones that nobody sent in time are left out."""
    rows = StageVisit.objects.filter(left_at=None, timeout_at__gt=at).values_list(
        "pk", "stage", "entered_at", "timeout_at", "case__version"
    )
    for pk, stage, entered, timeout, version in rows:
        if timeout is None:
            continue
        declared = definition(version).stage(stage).timeout
        moments = sorted((length.before(timeout), length) for length in (declared.remind if declared else ()))
        passed = [(moment, length) for moment, length in moments if entered < moment <= at]
        if passed:
            yield Due(passed[-1][0], What.REMINDER, pk, str(passed[-1][1]))


def _promises(at: datetime) -> Iterator[Due]:
    rows = Case.objects.filter(closed_at=None, paused=False, running_due_at__lte=at)
    for pk, moment in rows.values_list("pk", "running_due_at"):
        yield from _one(moment, What.PROMISE, pk, "once")


def _reviews(at: datetime) -> Iterator[Due]:
    rows = Review.objects.filter(state=Review.State.OPEN, due_at__lte=at, breached_at=None, case__closed_at=None)
    for pk, moment in rows.filter(stage=F("case__stage")).values_list("pk", "due_at"):
        yield from _one(moment, What.REVIEW_OVERDUE, pk)


def _obligations(at: datetime) -> Iterator[Due]:
    rows = Obligation.objects.filter(state=Obligation.State.OPEN, missed_after__lte=at)
    for pk, moment in rows.values_list("pk", "missed_after"):
        yield from _one(moment, What.MISSED, pk)


def _repeated(at: datetime) -> Iterator[Due]:
    """The next period of every repeated obligation whose grant still runs."""
    running = Obligation.objects.filter(grant__isnull=False).exclude(grant__state=Grant.State.ENDED)
    last = running.values("case", "name").annotate(period=Max("period")).order_by()
    names = {(row["case"], row["name"]): row["period"] for row in last}
    if not names:
        return
    cases = {case.pk: case for case in Case.objects.filter(pk__in={case for case, _name in names})}
    rows = running.filter(case__in=cases).values_list("pk", "case", "name", "period", "opened_at")
    for pk, case, name, period, opened in rows:
        if names[(case, name)] != period:
            continue
        declared = next((item for item in definition_of(cases[case]).obligations if item.name == name), None)
        if declared is not None and declared.every is not None and declared.every.after(opened) <= at:
            yield Due(declared.every.after(opened), What.AGAIN, pk)


def _grants(at: datetime) -> Iterator[Due]:
    live = Grant.objects.exclude(state=Grant.State.ENDED)
    over = live.filter(Q(until__lte=at) | Q(grace_until__lte=at))
    for grant in over:
        if grant.state == Grant.State.IN_GRACE and grant.grace_until is not None:
            if grant.grace_until <= at:
                yield Due(grant.grace_until, What.LAPSE, grant.pk)
        elif grant.until is not None:
            yield Due(grant.until, What.GRACE, grant.pk)
    for grant in live.filter(next_review_at__lte=at + LONGEST_LEAD).select_related("case"):
        declared = definition_of(grant.case).grant
        if declared is None or declared.renewal is None or grant.next_review_at is None:
            continue
        lead = declared.renewal.lead
        moment = lead.before(grant.next_review_at) if lead is not None else grant.next_review_at
        if moment <= at:
            word = grant.next_review_at.isoformat()
            yield Due(max(moment, grant.renewed_at or grant.start), What.GRANT_REVIEW, grant.pk, word)


def _motions(at: datetime) -> Iterator[Due]:
    rows = Motion.objects.filter(owner="engine", state=Motion.State.OPEN, closes_at__lte=at)
    for pk, moment in rows.values_list("pk", "closes_at"):
        yield from _one(moment, What.MOTION, pk)


def _one(at: datetime | None, what: What, pk: UUID, word: str = "") -> Iterator[Due]:
    if at is not None:
        yield Due(at, what, pk, word)
