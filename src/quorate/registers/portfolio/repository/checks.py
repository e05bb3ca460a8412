"""A program's criteria against a scan and what people attest: one finding for each criterion.

The order of evidence: what was measured stands. Only where nothing could be measured does an attestation speak: it
must say when it was made and on what evidence, not be older than the criterion allows, and meet the bar. Otherwise
the result is `unknown`, which is never a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from quorate.kernel.errors import UserError
from quorate.registers.portfolio.repository.policy import Policy
from quorate.registers.portfolio.repository.probes import PROBES, Measurement, number
from quorate.registers.portfolio.repository.scan import Scan

COMPARISONS = ("at_least", "at_most", "one_of", "all_of", "present")
FAMILY = "repository."


@dataclass(frozen=True, slots=True)
class Attestation:
    """A statement by a person about one criterion: `value` on the day `at`, with `evidence` to look at, by `by`."""

    criterion: str
    value: Any
    at: date
    evidence: str
    by: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class _Criterion:
    name: str
    title: str
    probe: str
    comparison: str
    needed: Any
    params: Mapping[str, Any]
    max_age_days: int | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    result: str
    found: Any
    evidence: str
    as_of: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)


def check(
    criteria: Sequence[Mapping[str, Any]],
    scan: Scan | None,
    attestations: Iterable[Attestation | Mapping[str, Any]] = (),
    *,
    today: date | None = None,
    why_no_scan: str = "the repository was not read",
) -> list[dict[str, Any]]:
    """One finding for each criterion: criterion, title, result, found, needed, evidence, as_of, facts, probe.

    A criterion is a mapping as a program file declares it: `criterion`, `title`, `probe`, one of `at_least`,
    `at_most`, `one_of`, `all_of`, `present` (beside it or under `bar`), `params`, and `attest: {max_age_days}`.
    `scan` is None when the repository could not be read, `why_no_scan` then says why: all becomes unknown or attested.
    `today` is the day on which the age of attestations is reckoned, by default that of the head commit.
    Raises `UserError` for a criterion that cannot be understood.
    """
    given: dict[str, list[Attestation]] = {}
    for entry in attestations:
        attested = entry if isinstance(entry, Attestation) else _attestation(entry)
        given.setdefault(attested.criterion, []).append(attested)
    findings = []
    for spec in criteria:
        criterion = _criterion(spec)
        verdict = _verdict(criterion, scan, given.get(criterion.name, []), today, why_no_scan)
        findings.append(
            {
                "criterion": criterion.name,
                "title": criterion.title,
                "result": verdict.result,
                "found": verdict.found,
                "needed": criterion.needed,
                "comparison": criterion.comparison,
                "evidence": verdict.evidence,
                "as_of": verdict.as_of,
                "probe": criterion.probe,
                "facts": dict(verdict.facts),
            }
        )
    return findings


def policy_for(criteria: Iterable[Mapping[str, Any]], policy: Policy | None = None) -> Policy:
    """A policy whose scans reach back as far as the windows of `criteria` ask, and read what these allow to be read.

    Files are not read unless a criterion on the licence says `params: {read_text: true}`, or `policy` allows it.
    """
    asked = [dict(spec.get("params") or {}) for spec in criteria if str(spec.get("probe")) in PROBES]
    windows = [number(params, "window_days", 90) for params in asked if "window_days" in params]
    reading = (policy or Policy()).covering(windows)
    return replace(reading, read_blobs=reading.read_blobs or any(params.get("read_text") is True for params in asked))


def _criterion(spec: Mapping[str, Any]) -> _Criterion:
    name = str(spec.get("criterion") or spec.get("name") or "")
    if not name:
        raise UserError("a criterion has no name", where="checks", mend="give it `criterion: some-slug`")
    bars = {**(spec.get("bar") or {}), **{key: spec[key] for key in COMPARISONS if spec.get(key) not in (None, ())}}
    bars = {key: value for key, value in bars.items() if not (key == "present" and value is False)}
    probe = str(spec.get("probe") or "")
    if probe.startswith(FAMILY) and probe not in PROBES:
        raise UserError(f"there is no probe “{probe}”", where=name, mend=f"one of {', '.join(sorted(PROBES))}")
    if len(bars) > 1:
        raise UserError(f"it has several bars: {', '.join(sorted(bars))}", where=name, mend="keep one of them")
    comparison, needed = next(iter(bars.items()), ("judged", None))
    if probe in PROBES and comparison not in PROBES[probe].comparisons:
        allowed = " or ".join(PROBES[probe].comparisons)
        raise UserError(f"{probe} cannot be compared with “{comparison}”", where=name, mend=f"use {allowed}")
    if comparison in ("at_least", "at_most") and (isinstance(needed, bool) or not isinstance(needed, int | float)):
        raise UserError(f"{comparison} needs a number, not {needed!r}", where=name)
    if comparison in ("one_of", "all_of"):
        needed = [needed] if isinstance(needed, str) else list(needed or [])
    attest = spec.get("attest") or {}
    params = dict(spec.get("params") or {})
    if probe in PROBES:
        strange = sorted(params.keys() - PROBES[probe].params.keys() - {"max_age_days"})
        if strange:
            allowed = ", ".join(sorted(PROBES[probe].params)) or "none"
            raise UserError(f"{probe} has no parameter “{strange[0]}”", where=name, mend=f"it has: {allowed}")
    if probe == "repository.files" and comparison in ("one_of", "all_of"):
        params.setdefault("names", needed)
    age = attest.get("max_age_days") if isinstance(attest, Mapping) else None
    return _Criterion(
        name, str(spec.get("title") or name), probe, comparison, needed, params, age or params.get("max_age_days")
    )


def _attestation(entry: Mapping[str, Any]) -> Attestation:
    where = f"attestation of {entry.get('criterion', '?')}"
    try:
        at = _day(entry.get("at") or entry.get("date"))
        expires = _day(entry["expires"]) if entry.get("expires") else None
    except (TypeError, ValueError):
        raise UserError("it needs the day on which it was made, as YYYY-MM-DD", where=where) from None
    return Attestation(
        criterion=str(entry.get("criterion", "")),
        value=entry.get("value", entry.get("found")),
        at=at,
        evidence=str(entry.get("evidence") or ""),
        by=str(entry.get("by") or ""),
        expires=expires,
    )


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.astimezone(UTC).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    return datetime.fromisoformat(str(value).replace("Z", "+00:00")).date()


def _verdict(
    criterion: _Criterion, scan: Scan | None, given: Sequence[Attestation], today: date | None, why_no_scan: str
) -> _Verdict:
    measured = _measure(criterion, scan, why_no_scan)
    as_of = scan.as_of if scan else None
    if measured.known:
        met = _meets(criterion, measured)
        if met is not None:
            return _Verdict("pass" if met else "fail", measured.found, measured.sentence, as_of, measured.facts)
        sentence = f"{measured.sentence} Whether one may choose among them is not known."
        measured = Measurement(measured.found, sentence, False, measured.facts)
    reckoned = today or (_day(scan.as_of) if scan else None)
    refusals = []
    for attested in sorted(given, key=lambda one: one.at, reverse=True):
        refusal = _refusal(criterion, attested, reckoned)
        if not refusal and today and attested.at > today + timedelta(days=1):
            refusal = f"The attestation is dated {attested.at}, which is still to come."
        if not refusal:
            return _attested(criterion, attested)
        refusals.append(refusal)
    sentence = " ".join([measured.sentence, *refusals[:1]])
    return _Verdict("unknown", measured.found, sentence, as_of, measured.facts)


def _measure(criterion: _Criterion, scan: Scan | None, why_no_scan: str) -> Measurement:
    if criterion.probe not in PROBES:
        return Measurement(None, "Not measured by machine.", False)
    if scan is None:
        return Measurement(None, f"Not known: {why_no_scan}.", False)
    return PROBES[criterion.probe].measure(scan, criterion.params)


def _meets(criterion: _Criterion, measured: Measurement) -> bool | None:
    """Whether the bar is met; None when some of several alternatives meet it and some do not."""
    found, needed = measured.found, criterion.needed
    match criterion.comparison:
        case "at_least":
            return bool((len(found) if isinstance(found, list) else found) >= needed)
        case "at_most":
            return bool(found <= needed)
        case "all_of":
            return {_fold(one) for one in needed} <= {_fold(one) for one in found}
        case "present":
            names = criterion.params.get("names") if criterion.probe == "repository.files" else None
            return len(found) == len(names) if isinstance(names, list | tuple) and found else bool(found)
        case "one_of":
            accepted = {_fold(one) for one in needed}
            hits = [_fold(one) in accepted for one in found]
            if criterion.probe == "repository.files":
                return any(hits)
            if measured.choices and any(hits) and not all(hits):
                return None
            return bool(hits) and all(hits)
    return None


def _fold(value: Any) -> str:
    return str(value).strip().lower()


def _refusal(criterion: _Criterion, attested: Attestation, today: date | None) -> str:
    """Why an attestation does not count, "" when it does."""
    if not attested.evidence.strip():
        return f"The attestation of {attested.at} gives no evidence."
    if today is None:
        return ""
    if attested.expires and attested.expires <= today:
        return f"The attestation of {attested.at} expired on {attested.expires}."
    if criterion.max_age_days and today - attested.at > timedelta(days=criterion.max_age_days):
        age = (today - attested.at).days
        return f"The attestation of {attested.at} is {age} days old; at most {criterion.max_age_days} are allowed."
    return ""


def _attested(criterion: _Criterion, attested: Attestation) -> _Verdict:
    value = attested.value
    as_measured = Measurement(
        [value] if criterion.comparison in ("one_of", "all_of") and isinstance(value, str) else value, ""
    )
    try:
        met = bool(value) if criterion.comparison in ("present", "judged") else bool(_meets(criterion, as_measured))
    except TypeError:
        met = False
    who = f" by {attested.by}" if attested.by else ""
    sentence = f"{value} attested{who} on {attested.at}: {attested.evidence}"
    facts = {"evidence": attested.evidence, "by": attested.by, "at": attested.at.isoformat()}
    stamp = f"{attested.at.isoformat()}T00:00:00Z"
    if met:
        return _Verdict("attested", value, sentence, stamp, facts)
    return _Verdict("fail", value, f"{sentence}. It does not meet the bar.", stamp, facts)
