"""What each criterion of a case has come to, from the latest machine findings and people's attestations.

A measurement stands where there is one. Where the machine could not know, or the criterion has no probe, an
attestation stands in as long as the program allows it and it is not too old; its found value must still clear the
bar. A waiver lets a criterion pass as it is, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quorate.engine.definition import Check, Comparison
from quorate.engine.definition import Program as Definition
from quorate.engine.models import Attestation, Case, CheckRun, Finding


@dataclass(frozen=True)
class Standpoint:
    """One criterion as it stands: ``result`` is pass, fail, unknown, attested or waived."""

    criterion: str
    title: str
    result: str
    found: Any
    needed: Any
    evidence: str
    as_of: datetime | None
    check: Check
    attestation: Attestation | None = None

    @property
    def met(self) -> bool:
        """Whether nothing is missing here."""
        return self.result in ("pass", "attested", "waived")


@dataclass(frozen=True)
class Rundown:
    """What is known of a case's criteria: the newest run that came to something, and what every criterion came to."""

    run: CheckRun | None
    answered: int
    points: list[Standpoint]


def rundown(case: Case, definition: Definition, at: datetime, *, runs: bool = True, words: bool = True) -> Rundown:
    """Every criterion in the program's order; ``answered`` is the last request that a run answered. Three queries.

    Without ``runs`` or ``words`` the caller knows that there are none, and they are not asked for.
    """
    if not definition.checks:
        return Rundown(None, 0, [])
    recent = list(case.check_runs.order_by("-at", "-asked", "-id")[:20]) if runs else []
    run = next((item for item in recent if not item.error), None)
    findings = {item.criterion: item for item in run.findings.all()} if run is not None else {}
    points = judge(definition, findings, attestations(case) if words else [], at)
    return Rundown(run, max((item.asked for item in recent), default=0), points)


def standpoints(case: Case, definition: Definition, at: datetime) -> list[Standpoint]:
    """Every criterion in the program's order. Three queries at most."""
    return rundown(case, definition, at).points


def attestations(case: Case) -> list[Attestation]:
    """What people said about the case's criteria, newest first."""
    return list(case.attestations.select_related("person").order_by("-made_at", "-id"))


def judge(
    definition: Definition, findings: Mapping[str, Finding], said: Sequence[Attestation], at: datetime
) -> list[Standpoint]:
    """Every criterion, from findings by criterion and attestations newest first. Pure."""
    return [_judge(check, findings.get(check.criterion), said, at) for check in definition.checks]


def _judge(check: Check, finding: Finding | None, said: Iterable[Attestation], at: datetime) -> Standpoint:
    own = [item for item in said if item.criterion == check.criterion]
    waiver = next((item for item in own if item.waives), None)
    needed = finding.needed if finding is not None else check.needed
    if finding is not None and finding.result == Finding.Result.PASS:
        return _point(check, "pass", finding.found, needed, finding.evidence, finding.as_of)
    if waiver is not None:
        found = finding.found if finding is not None else None
        return _point(check, "waived", found, needed, waiver.evidence, waiver.as_of, waiver)
    if finding is not None and finding.result == Finding.Result.FAIL:
        return _point(check, "fail", finding.found, needed, finding.evidence, finding.as_of)
    word = next((item for item in own if not item.waives and in_date(check, item, at)), None)
    if word is not None:
        result = "attested" if clears(check, word.found) else "fail"
        return _point(check, result, word.found, needed, word.evidence, word.as_of, word)
    if finding is not None:
        return _point(check, finding.result, finding.found, needed, finding.evidence, finding.as_of)
    return _point(check, "unknown", None, needed, "", None)


def _point(
    check: Check,
    result: str,
    found: Any,
    needed: Any,
    evidence: str,
    as_of: datetime | None,
    attestation: Attestation | None = None,
) -> Standpoint:
    return Standpoint(check.criterion, check.title, result, found, needed, evidence, as_of, check, attestation)


def in_date(check: Check, word: Attestation, at: datetime) -> bool:
    """Whether an attestation is allowed and not too old."""
    if check.attest is None:
        return False
    return check.attest.max_age is None or check.attest.max_age.after(word.as_of) > at


def clears(check: Check, found: Any) -> bool:
    """Whether a found value clears the bar; a judged criterion is cleared by the word of whoever may give it."""
    match check.comparison:
        case Comparison.AT_LEAST:
            return _number(found) and found >= check.at_least
        case Comparison.AT_MOST:
            return _number(found) and found <= check.at_most
        case Comparison.ONE_OF:
            return found in check.one_of
        case Comparison.ALL_OF:
            return isinstance(found, (list, tuple)) and set(check.all_of) <= set(found)
        case Comparison.PRESENT:
            return found not in (None, "", [], False)
    return found is not False


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
