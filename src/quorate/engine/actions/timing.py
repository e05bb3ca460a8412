"""Letting time pass: everything that falls due by itself, each in its own transaction, at its own instant.

Safe to run late, often and twice: an item looks again whether it is still due when it holds its case, and what cannot
be told from the rows is marked as done. What happened takes effect when it fell due, not when the worker came by.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor, system
from quorate.access.policy import authorise
from quorate.decisions.actions import close_motion
from quorate.decisions.models import Motion
from quorate.engine.actions.corresponding import remind, tell_overdue
from quorate.engine.actions.course import ENGINE, Hand, enter, held, note_breach, note_promise, refs_of
from quorate.engine.actions.granting import end
from quorate.engine.actions.opening import open_review_of
from quorate.engine.actions.owing import declared_for, open_obligation
from quorate.engine.definition import Breach, Role
from quorate.engine.models import Case, Grant, Obligation, Program, Review, StageVisit, TimerMark
from quorate.engine.parties import role_words
from quorate.engine.timers import Due, What, due
from quorate.engine.versions import definition_of
from quorate.kernel import clock
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.toolkit.times import span_words

log = logging.getLogger(__name__)
#: Deadlines that follow from deadlines are done in the same run, but not without end.
MOST_ROUNDS = 200


class TimersFailed(RuntimeError):
    """Some items could not be done; the others were. The worker shows it and tries again."""


def tick(at: datetime | None = None) -> int:
    """Do everything that fell due by ``at`` (default: now), oldest first; returns how much was done.

    An item that fails is logged and left for the next run, the others go on; ``TimersFailed`` is raised at the end.
    """
    done = 0
    failed: dict[str, str] = {}
    for _round in range(MOST_ROUNDS):
        todo = [item for item in due(at or clock.now()) if item.key not in failed]
        if not todo:
            break
        # What was found may be overtaken by what is done first: only the first instant's items are sure.
        for item in [each for each in todo if each.at == todo[0].at]:
            try:
                if pass_time(actor=ENGINE, item=item):
                    done += 1
                else:
                    failed[item.key] = ""
            except Exception as error:  # one broken case must not stop the clocks of all others
                log.exception("timer %s failed", item.key)
                failed[item.key] = str(error) or type(error).__name__
    broken = {key: words for key, words in failed.items() if words}
    if broken:
        raise TimersFailed("; ".join(f"{key}: {words}" for key, words in sorted(broken.items())))
    return done


@action(
    "case.time",
    kinds=(
        "case.breached",
        "case.escalated",
        "case.reminded",
        "case.promise-breached",
        "case.moved",
        "review.overdue",
        "obligation.missed",
        "obligation.opened",
        "grant.in-grace",
        "grant.lapsed",
        "grant.review-due",
        "case.filed",
    ),
)
def pass_time(*, actor: Actor, item: Due) -> bool:
    """Do one thing that fell due, if it still is. Returns whether anything was done."""
    authorise(actor, "case.time")
    return DEEDS[item.what](item)


def _breach(item: Due) -> bool:
    visit = StageVisit.objects.select_related("case").get(pk=item.id)
    case = held(visit.case)
    visit.refresh_from_db()
    definition = definition_of(case)
    if visit.left_at is not None or not note_breach(case, definition, visit, clock.now()):
        return False
    stage = definition.stage(visit.stage)
    rule = stage.clock.on_breach if stage.clock is not None else Breach("none")
    _follow_breach(case, rule, stage.owner or Role("steward"), visit.stage, stage.title, f"breach:{visit.pk}", item.at)
    return True


def _follow_breach(case: Case, rule: Breach, owner: Role, stage: str, title: str, key: str, at: datetime) -> None:
    """Tell the owner, and whom the program says, that a time is over."""
    if rule.text == "none":
        return
    definition = definition_of(case)
    subject = gettext("%(case)s is late: %(title)s") % {"case": case.key, "title": title}
    text = gettext("The time for “%(title)s” of %(case)s (%(name)s) is over.") % {
        "title": title,
        "case": case.key,
        "name": case.title,
    }
    remind(case, definition, owner, subject, text, key)
    told = rule.escalates_to
    if told is None:
        return
    remind(case, definition, told, subject, text, f"{key}:up")
    append(
        "case.escalated",
        actor=ENGINE,
        refs=refs_of(case),
        data={"stage": stage, "stage_title": title, "role": role_words([told.text], definition)[told.text]},
        at=at,
    )


def _promise(item: Due) -> bool:
    case = held(Case(pk=item.id))
    if case.closed_at is not None or case.paused or case.running_due_at is None or case.running_due_at > clock.now():
        return False
    return note_promise(case, case.running_due_at)


def _reminder(item: Due) -> bool:
    visit = StageVisit.objects.select_related("case").get(pk=item.id)
    case = held(visit.case)
    visit.refresh_from_db()
    if visit.left_at is not None or visit.timeout_at is None or visit.timeout_at <= clock.now():
        return False
    _mark(item)
    definition = definition_of(case)
    stage = definition.stage(visit.stage)
    left = span_words(visit.timeout_at - clock.now())
    subject = gettext("%(case)s waits for you: %(left)s left") % {"case": case.key, "left": left}
    text = gettext("“%(title)s” (%(name)s) waits for you. %(summary)s") % {
        "title": stage.title,
        "name": case.title,
        "summary": stage.summary,
    }
    remind(case, definition, stage.owner or Role("steward"), subject, text, f"remind:{visit.pk}:{item.word}")
    append(
        "case.reminded",
        actor=ENGINE,
        refs=refs_of(case),
        data={
            "stage": stage.name,
            "stage_title": stage.title,
            "left": left,
            "due_at": instant(visit.timeout_at),
        },
    )
    return True


def _timeout(item: Due) -> bool:
    visit = StageVisit.objects.select_related("case").get(pk=item.id)
    case = held(visit.case)
    visit.refresh_from_db()
    timeout = definition_of(case).stage(visit.stage).timeout
    if visit.left_at is not None or timeout is None or visit.timeout_at is None or visit.timeout_at > clock.now():
        return False
    enter(case, timeout.to, Hand(ENGINE, ("system:engine",), visit.timeout_at), timeout=True)
    return True


def _review_overdue(item: Due) -> bool:
    review = Review.objects.select_related("case", "person").get(pk=item.id)
    case = held(review.case)
    review.refresh_from_db()
    if review.state != Review.State.OPEN or review.breached_at is not None or review.due_at is None:
        return False
    review.breached_at = review.due_at
    review.save(update_fields=["breached_at"])
    append(
        "review.overdue",
        actor=ENGINE,
        refs=refs_of(case, Ref("person", str(review.person_id), "reviewer")),
        data={"review": str(review.pk), "due_at": instant(review.due_at)},
        at=review.due_at,
    )
    tell_overdue(case, review)
    return True


def _missed(item: Due) -> bool:
    owed = Obligation.objects.select_related("case").get(pk=item.id)
    case = held(owed.case)
    owed.refresh_from_db()
    if owed.state != Obligation.State.OPEN or owed.missed_after > clock.now():
        return False
    owed.state = Obligation.State.MISSED
    owed.save(update_fields=["state"])
    append(
        "obligation.missed",
        actor=ENGINE,
        refs=refs_of(case),
        data={"obligation": str(owed.pk), "title": owed.title, "due_at": instant(owed.due_at)},
        at=owed.missed_after,
    )
    declared = declared_for(owed)
    rule = declared.on_miss if declared is not None else Breach()
    _follow_breach(case, rule, Role(owed.owner), case.stage, owed.title, f"missed:{owed.pk}", item.at)
    return True


def _again(item: Due) -> bool:
    last = Obligation.objects.select_related("case", "grant").get(pk=item.id)
    case = held(last.case)
    declared = declared_for(last)
    if declared is None or declared.every is None:
        return False
    if last.grant is None or last.grant.state == Grant.State.ENDED:
        return False
    start = declared.every.after(last.opened_at)
    if start > clock.now():
        return False
    return open_obligation(case, last.grant, declared, last.period + 1, start, Hand(ENGINE, ("system:engine",), start))


def _grace(item: Due) -> bool:
    """A grant's term is over: it counts on for its grace, or lapses."""
    grant = Grant.objects.select_related("case").get(pk=item.id)
    case = held(grant.case)
    grant.refresh_from_db()
    if grant.state != Grant.State.ACTIVE or grant.until is None or grant.until > clock.now():
        return False
    declared = definition_of(case).grant
    if declared is None or declared.grace is None:
        end(case, grant, "lapsed", Hand(ENGINE, ("system:engine",), grant.until))
        return True
    grant.state, grant.grace_until = Grant.State.IN_GRACE, declared.grace.after(grant.until)
    grant.save(update_fields=["state", "grace_until"])
    append(
        "grant.in-grace",
        actor=ENGINE,
        refs=refs_of(case, Ref("grant", str(grant.pk))),
        data={"title": grant.title, "until": instant(grant.grace_until)},
        at=grant.until,
    )
    return True


def _lapse(item: Due) -> bool:
    grant = Grant.objects.select_related("case").get(pk=item.id)
    case = held(grant.case)
    grant.refresh_from_db()
    if grant.state != Grant.State.IN_GRACE or grant.grace_until is None or grant.grace_until > clock.now():
        return False
    end(case, grant, "lapsed", Hand(ENGINE, ("system:engine",), grant.grace_until))
    return True


def _grant_review(item: Due) -> bool:
    grant = Grant.objects.select_related("case").get(pk=item.id)
    case = held(grant.case)
    grant.refresh_from_db()
    declared = definition_of(case).grant
    if grant.state == Grant.State.ENDED or grant.next_review_at is None or declared is None or declared.renewal is None:
        return False
    if Case.objects.filter(grant=grant, closed_at=None).exists():
        _mark(item)
        return False
    program = Program.objects.filter(slug=declared.renewal.program).exclude(current=None).first()
    if program is None:
        return False
    _mark(item)
    hand = Hand(ENGINE, ("system:engine",), item.at)
    append(
        "grant.review-due",
        actor=ENGINE,
        refs=refs_of(case, Ref("grant", str(grant.pk))),
        data={"grant": str(grant.pk), "title": grant.title, "due_at": instant(grant.next_review_at)},
        at=item.at,
    )
    open_review_of(grant, program.slug, hand)
    return True


def _motion(item: Due) -> bool:
    motion = Motion.objects.get(pk=item.id)
    if motion.state != Motion.State.OPEN:
        return False
    case = Case.objects.filter(pk=motion.owner_ref).first()
    if case is not None:
        held(case)
    close_motion(actor=system("motions"), motion=motion)
    return True


def _mark(item: Due) -> None:
    TimerMark.objects.create(key=item.key, at=item.at)


DEEDS: Mapping[What, Callable[[Due], bool]] = {
    What.BREACH: _breach,
    What.PROMISE: _promise,
    What.REVIEW_OVERDUE: _review_overdue,
    What.REMINDER: _reminder,
    What.MISSED: _missed,
    What.MOTION: _motion,
    What.TIMEOUT: _timeout,
    What.AGAIN: _again,
    What.GRACE: _grace,
    What.LAPSE: _lapse,
    What.GRANT_REVIEW: _grant_review,
}
