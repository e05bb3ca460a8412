"""The register of decisions: entering them, and ending them by repeal, replacement or their own words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor, system
from quorate.access.policy import authorise, may
from quorate.decisions.citing import FORM, cited_clauses
from quorate.decisions.models import DecisionPeriod, DecisionRecord, Motion
from quorate.decisions.register import IN_FORCE, expired_by, next_number
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.terms.models import Body

REPLACED = (DecisionPeriod.State.AMENDED, DecisionPeriod.State.SUPERSEDED)


@action("decision.record", kinds=("decision.recorded", "decision.ended"))
def record_decision(
    *,
    actor: Actor,
    body: Body,
    title: str,
    text: str = "",
    adopted_at: datetime | None = None,
    effective_from: datetime | None = None,
    effective_until: datetime | None = None,
    motion: Motion | None = None,
    source: str = "",
    reconstructed: bool = False,
    clauses: Sequence[str] = (),
    replaces: DecisionRecord | None = None,
    replaced_as: str = DecisionPeriod.State.SUPERSEDED,
    public: bool | None = None,
    subject_refs: Sequence[Ref] = (),
    authority: Sequence[str] | None = None,
) -> DecisionRecord:
    """Enter a decision of a body, made by a motion or known from a source; what it replaces ends when it begins.

    A meeting or an election that decides without a motion says so in ``source``. A motion is entered once:
    doing it again returns the record. Locks the body, whose decisions of a year are numbered without a gap.
    """
    found = authorise(actor, "decision.record", body) if authority is None else list(authority)
    if replaces is not None and replaces.body_id != body.pk and authority is None:
        _check_other(actor, replaces)
    Body.objects.select_for_update().get(pk=body.pk)
    if motion is not None and (entered := DecisionRecord.objects.filter(motion=motion).first()) is not None:
        return entered
    _check(title, motion, source, clauses, replaced_as)
    adopted = adopted_at or clock.now()
    start = effective_from or adopted
    if adopted > clock.now():
        raise UserError(gettext("a decision cannot have been made in the future"), where="adopted_at")
    if effective_until is not None and effective_until <= start:
        raise UserError(gettext("the decision would end before it begins"), where="effective_until")
    record = DecisionRecord.objects.create(
        body=body,
        year=adopted.year,
        number=next_number(body.pk, adopted.year),
        title=title.strip()[:200],
        text=text,
        public=body.public if public is None else public,
        adopted_at=adopted,
        effective_from=start,
        effective_until=effective_until,
        motion=motion,
        source=source.strip(),
        reconstructed=reconstructed,
        replaces=replaces,
        clauses=list(clauses),
    )
    DecisionPeriod.objects.create(record=record, state=DecisionPeriod.State.ADOPTED, start=start)
    append(
        "decision.recorded",
        actor=actor,
        refs=[
            Ref("decision", str(record.id)),
            Ref("body", str(body.id)),
            *([Ref("motion", str(motion.id))] if motion is not None else []),
            *subject_refs,
        ],
        data={"number": record.label, "clauses": list(clauses)},
        authority=found,
        at=adopted,
        reconstructed=reconstructed,
    )
    if replaces is not None:
        _turn(actor, replaces, replaced_as, start, found, by=record)
    return record


@action("decision.end", kinds=("decision.ended",))
def repeal_decision(*, actor: Actor, record: DecisionRecord, reason: str, at: datetime | None = None) -> DecisionRecord:
    """End a decision without another in its place; the reason stands in the ledger."""
    authority = authorise(actor, "decision.end", record)
    if not reason.strip():
        raise UserError(gettext("a repeal needs a reason"), where="reason", mend=gettext("say why"))
    return _turn(actor, record, DecisionPeriod.State.REPEALED, at or clock.now(), authority, reason=reason.strip())


@action("decision.end", kinds=("decision.limited", "decision.ended"))
def limit_decision(*, actor: Actor, record: DecisionRecord, until: datetime, reason: str) -> DecisionRecord:
    """Say when a decision expires that did not say so itself, or says another day; a day that is past ends it then.

    Appends ``decision.limited``. ``Conflict`` for a decision that is no longer in force.
    """
    authority = authorise(actor, "decision.end", record)
    if not reason.strip():
        raise UserError(gettext("it is not said why it expires"), where="reason", mend=gettext("say why"))
    running = record.periods.select_for_update().filter(until=None).first()
    if running is None or running.state not in IN_FORCE:
        raise Conflict(gettext("this decision is no longer in force"), where="record")
    if until <= running.start:
        raise UserError(
            gettext("that is before the decision took effect"), where="until", mend=gettext("give a later day")
        )
    record.effective_until = until
    record.save(update_fields=["effective_until"])
    append(
        "decision.limited",
        actor=actor,
        refs=[Ref("decision", str(record.id)), Ref("body", str(record.body_id))],
        data={"until": instant(until)},
        private={"reason": reason.strip()},
        authority=authority,
    )
    if until <= clock.now():
        return _turn(actor, record, DecisionPeriod.State.EXPIRED, until, authority)
    return record


def expire_due() -> int:
    """End every decision whose own words have ended it; returns how many. Each in its own transaction."""
    records = list(expired_by(clock.now()))
    for record in records:
        expire_decision(actor=system("decisions"), record=record)
    return len(records)


@action("decision.end", kinds=("decision.ended",))
def expire_decision(*, actor: Actor, record: DecisionRecord) -> DecisionRecord:
    """End a decision at the time that it says itself. ``Conflict`` before that time."""
    authority = authorise(actor, "decision.end", record)
    if record.effective_until is None or record.effective_until > clock.now():
        raise Conflict(gettext("this decision has not expired"), where="record")
    return _turn(actor, record, DecisionPeriod.State.EXPIRED, record.effective_until, authority)


def enter_passed(motion: Motion, subject_refs: Sequence[Ref]) -> None:
    """Enter what a body's motion decided, in the transaction that closes it."""
    if motion.result != Motion.Result.PASSED or motion.body is None:
        return
    record_decision(
        actor=system("motions"),
        body=motion.body,
        title=motion.title,
        text=motion.text,
        adopted_at=motion.closed_at,
        motion=motion,
        clauses=cited_clauses(motion),
        public=motion.public and motion.body.public,
        subject_refs=subject_refs,
        authority=("system:motions",),
    )


def _turn(
    actor: Actor,
    record: DecisionRecord,
    state: str,
    at: datetime,
    authority: Sequence[str],
    *,
    reason: str = "",
    by: DecisionRecord | None = None,
) -> DecisionRecord:
    """Close the running period at an instant and open one of another state."""
    running = record.periods.select_for_update().filter(until=None).first()
    if running is None or running.state not in IN_FORCE:
        raise Conflict(gettext("this decision is no longer in force"), where="record")
    if at <= running.start:
        raise UserError(
            gettext("that is before the decision took effect"), where="at", mend=gettext("give a later time")
        )
    running.until = at
    running.save(update_fields=["until"])
    DecisionPeriod.objects.create(record=record, state=state, start=at)
    append(
        "decision.ended",
        actor=actor,
        refs=[
            Ref("decision", str(record.id)),
            Ref("body", str(record.body_id)),
            *([Ref("decision", str(by.id), "replacement")] if by is not None else []),
        ],
        data={"state": state},
        private={"reason": reason},
        authority=authority,
        at=at,
    )
    return record


def _check_other(actor: Actor, replaces: DecisionRecord) -> None:
    """One body's register ends a decision of another only by who may end that one."""
    if not may(actor, "decision.end", replaces):
        raise Refused(
            gettext("you may not end decisions of %s") % replaces.body.name,
            where="replaces",
            mend=gettext("let that body decide, or ask who keeps its register"),
        )


def _check(title: str, motion: Motion | None, source: str, clauses: Sequence[str], replaced_as: str) -> None:
    if not title.strip():
        raise UserError(gettext("the decision has no title"), where="title")
    if motion is None and not source.strip():
        raise UserError(
            gettext("it is not said where the decision is known from"),
            where="source",
            mend=gettext("name the minutes or the document"),
        )
    for clause in clauses:
        if not FORM.fullmatch(clause):
            raise UserError(
                gettext("“%s” is no clause of a policy") % clause, where="clauses", mend=gettext("write policy#anchor")
            )
    if replaced_as not in REPLACED:
        raise UserError(
            gettext("%s is not what a replacement does") % replaced_as, where="replaced_as", mend=", ".join(REPLACED)
        )
