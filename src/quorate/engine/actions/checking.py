"""Machine checks and people's attestations.

Measuring may take seconds, so it never happens inside a transaction: it is asked for through the outbox, the worker
measures, and what was found is then recorded in one short transaction. The message's id keeps a repeated delivery from
recording twice.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.engine.actions.course import EFFECTS, ENGINE, Hand, Turn, held, refs_of, settle, swap
from quorate.engine.definition import Check, Comparison
from quorate.engine.definition import Program as Definition
from quorate.engine.evidence import standpoints
from quorate.engine.models import Attestation, Case, CheckRun
from quorate.engine.models import Finding as FindingRow
from quorate.engine.rules import Criterion
from quorate.engine.versions import definition_of
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, enqueue, instant
from quorate.ledger.outbox import Delivery, handler
from quorate.toolkit.ports import PROBES, Finding, Subject
from quorate.toolkit.ports import Criterion as Asked

TOPIC = "engine.checks"
LONGEST = 4000


@action("case.check", kinds=("case.check-asked",))
def request_checks(*, actor: Actor, case: Case) -> UUID:
    """Ask the worker to run the case's checks. Asking again while a request waits gives the same request."""
    case = held(case)
    authority = authorise(actor, "case.check", case)
    _open(case)
    last = case.check_runs.order_by("-asked").values_list("asked", flat=True).first() or 0
    if case.checks_asked > last:
        return _promise(case)
    message = ask(case)
    append("case.check-asked", actor=actor, refs=refs_of(case), authority=authority)
    return message


def ask(case: Case) -> UUID:
    """Count one more request, and promise the measurement."""
    swap(case, checks_asked=case.checks_asked + 1)
    return _promise(case)


def _promise(case: Case) -> UUID:
    return enqueue(TOPIC, {"case": str(case.pk)}, key=f"checks:{case.pk}:{case.checks_asked}")


def run_checks(*, actor: Actor, case: Case, message: UUID | None = None) -> CheckRun:
    """Measure now and record what was found. Must be called outside a transaction when probes are slow."""
    asked = Case.objects.values_list("checks_asked", flat=True).get(pk=case.pk)
    found, error = measure(case, definition_of(case))
    return record_checks(actor=actor, case=case, findings=found, message=message, error=error, asked=asked)


def measure(case: Case, definition: Definition) -> tuple[list[Finding], str]:
    """What every probe finds, and the words of the first that could not measure at all."""
    by_family: dict[str, list[Asked]] = {}
    for check in definition.checks:
        if check.is_measured:
            asked = Asked(check.criterion, check.title, check.probe, check.bar, check.params or {})
            by_family.setdefault(check.probe.partition(".")[0], []).append(asked)
    found: list[Finding] = []
    error = ""
    for family, asked_for in by_family.items():
        probe = PROBES.find(family)
        try:
            if probe is None or not case.subject_id:
                raise UserError(gettext("nobody measures “%(name)s” here") % {"name": family})
            found += probe.measure(Subject(case.subject_kind, case.subject_id), asked_for)
        except (UserError, OSError) as failure:
            words = failure.line if isinstance(failure, UserError) else str(failure)
            error = error or words
            found += [_unknown(asked, definition.check(asked.name), words) for asked in asked_for]
    return found, error


@action("case.check", kinds=("case.checked", "case.unchecked"))
def record_checks(
    *,
    actor: Actor,
    case: Case,
    findings: Sequence[Finding],
    message: UUID | None = None,
    error: str = "",
    asked: int | None = None,
) -> CheckRun:
    """Record what the probes found, and let the system take the steps that wait for it.

    With ``message`` a second recording of the same request gives the first run back. A case that closed meanwhile
    keeps the findings and goes nowhere.
    """
    case = held(case)
    authority = authorise(actor, "case.check", case)
    if message is not None and (present := CheckRun.objects.filter(message=message).first()) is not None:
        return present
    definition = definition_of(case)
    now = clock.now()
    known = [item.as_of for item in findings if item.as_of is not None]
    run = CheckRun.objects.create(
        case=case,
        message=message,
        asked=case.checks_asked if asked is None else asked,
        at=now,
        as_of=min(known) if known else None,
        by=actor.id,
        error=error[:LONGEST],
    )
    FindingRow.objects.bulk_create(
        FindingRow(
            run=run,
            criterion=item.criterion,
            result=item.result,
            found=item.found,
            needed=item.needed,
            evidence=item.evidence[:LONGEST],
            as_of=item.as_of,
        )
        for item in findings
    )
    hand = Hand(actor, authority, now)
    if error:
        append("case.unchecked", actor=actor, refs=refs_of(case), data={"run": str(run.pk)}, private={"error": error})
    else:
        _write_checked(case, definition, run, hand)
    if case.closed_at is None:
        settle(case, hand)
    return run


@action("case.attest", kinds=("case.attested",))
def attest(
    *, actor: Actor, case: Case, criterion: str, found: Any, evidence: str, as_of: date | datetime | None = None
) -> Attestation:
    """Say, by name, what was found about a criterion, on which day and by what evidence."""
    case = held(case)
    definition = definition_of(case)
    check = _criterion(definition, criterion)
    authority = authorise(actor, "case.attest", Criterion(case, criterion))
    _open(case)
    if check.attest is None:
        raise UserError(gettext("“%(title)s” is measured, not attested") % {"title": check.title}, where="criterion")
    now = clock.now()
    moment = _instant(as_of) if as_of is not None else now
    if moment > now:
        raise UserError(gettext("it cannot be seen before it happened"), where="as_of")
    if check.attest.max_age is not None and check.attest.max_age.after(moment) <= now:
        words = gettext("the evidence is older than %(age)s") % {"age": check.attest.max_age.words}
        raise UserError(words, where="as_of", mend=gettext("look again and give today's date"))
    text = _text(evidence, "evidence")
    word = Attestation.objects.create(
        case=case,
        criterion=criterion,
        found=_found(check, found),
        evidence=text,
        as_of=moment,
        person_id=actor.person_id,
        by=actor.id,
        made_at=now,
    )
    append(
        "case.attested",
        actor=actor,
        refs=refs_of(case),
        data={"criterion": criterion, "title": check.title, "as_of": moment.date().isoformat()},
        private={"found": _plain(word.found), "evidence": text},
        authority=authority,
    )
    settle(case, Hand(actor, authority, now))
    return word


@action("case.waive", kinds=("case.waived",))
def waive(*, actor: Actor, case: Case, criterion: str, reason: str) -> Attestation:
    """Let a criterion pass as it is, for a reason that everybody who works on the case can read."""
    case = held(case)
    check = _criterion(definition_of(case), criterion)
    authority = authorise(actor, "case.waive", case)
    _open(case)
    text = _text(reason, "reason")
    now = clock.now()
    word = Attestation.objects.create(
        case=case,
        criterion=criterion,
        evidence=text,
        as_of=now,
        waives=True,
        person_id=actor.person_id,
        by=actor.id,
        made_at=now,
    )
    append(
        "case.waived",
        actor=actor,
        refs=refs_of(case),
        data={"criterion": criterion, "title": check.title},
        private={"reason": text},
        authority=authority,
    )
    settle(case, Hand(actor, authority, now))
    return word


@handler(TOPIC, timeout=600)
def deliver(delivery: Delivery) -> None:
    """The worker measures a case. A case that closed meanwhile is left alone."""
    case = Case.objects.filter(pk=delivery.payload["case"]).first()
    if case is None or case.closed_at is not None or CheckRun.objects.filter(message=delivery.id).exists():
        return
    run_checks(actor=ENGINE, case=case, message=delivery.id)


def _write_checked(case: Case, definition: Definition, run: CheckRun, hand: Hand) -> None:
    points = standpoints(case, definition, hand.at)
    counts = Counter(item.result for item in points)
    append(
        "case.checked",
        actor=hand.actor,
        refs=refs_of(case),
        data={
            "run": str(run.pk),
            "as_of": instant(run.as_of) if run.as_of else None,
            "passed": counts["pass"],
            "failed": counts["fail"],
            "unknown": counts["unknown"],
            "attested": counts["attested"] + counts["waived"],
            "results": {item.criterion: item.result for item in points},
        },
        authority=hand.authority,
        at=hand.at,
    )


def _unknown(asked: Asked, check: Check, words: str) -> Finding:
    return Finding(asked.name, "unknown", None, check.needed, words, None)


def _criterion(definition: Definition, name: str) -> Check:
    try:
        return definition.check(name)
    except KeyError:
        raise NotFound(gettext("the program has no criterion “%(name)s”") % {"name": name}, where="criterion") from None


def _open(case: Case) -> None:
    if case.closed_at is not None:
        raise Conflict(gettext("%(case)s is closed") % {"case": case.key}, where="case")


def _text(value: str, where: str) -> str:
    text = value.strip()
    if not text:
        raise UserError(gettext("say what shows it"), where=where)
    if len(text) > LONGEST:
        raise UserError(gettext("keep it below %(n)d characters") % {"n": LONGEST}, where=where)
    return text


def _instant(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=clock.now().tzinfo)


def _found(check: Check, value: Any) -> Any:
    """The found value in the type of the bar."""
    if check.comparison in (Comparison.AT_LEAST, Comparison.AT_MOST):
        try:
            number = float(str(value).replace(",", "").strip())
        except ValueError:
            raise UserError(gettext("a number is needed here"), where="found") from None
        if not math.isfinite(number):
            raise UserError(gettext("a number is needed here"), where="found")
        return int(number) if number.is_integer() else number
    if check.comparison is Comparison.ALL_OF and isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _plain(found: Any) -> Any:
    """The found value as the ledger takes it: no floats."""
    return str(found) if isinstance(found, float) else found


def _checks(turn: Turn) -> None:
    """``checks: run``: asked for through the outbox, once for each time the stage is entered."""
    ask(turn.case)


EFFECTS.register("checks", _checks)
