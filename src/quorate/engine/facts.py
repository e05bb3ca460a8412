"""The facts that guards ask for, read from a case only as far as a guard names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q

from quorate.decisions.models import Motion
from quorate.engine.definition import FieldKind, Rubric
from quorate.engine.durations import Duration
from quorate.engine.evidence import Rundown, Standpoint, rundown
from quorate.engine.forms import answer
from quorate.engine.models import Case, Grant, Obligation, PrivateAnswer, Review
from quorate.engine.parties import Parties
from quorate.engine.rules import PRIORITIES
from quorate.kernel import clock
from quorate.toolkit.ports import SUBJECTS


class CaseFacts(Mapping[str, Any]):
    """All facts of a case at an instant, computed when asked and kept. Unknown facts are ``None``."""

    def __init__(
        self,
        case: Case,
        at: datetime | None = None,
        *,
        parties: Parties | None = None,
        there: frozenset[str] | None = None,
    ) -> None:
        """``there`` names what the case is known to have (see ``queries.presence``); without it all is asked for."""
        self.case = case
        self.at = at or clock.now()
        self.parties = parties or Parties(case, self.at)
        self.definition = self.parties.definition
        self._kept: dict[str, Any] = {}
        self._there = there

    def _has(self, name: str) -> bool:
        return self._there is None or name in self._there

    def __getitem__(self, name: str) -> Any:
        if name not in self._kept:
            self._kept[name] = self._find(name)
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(READERS)

    def __len__(self) -> int:
        return len(READERS)

    def _find(self, name: str) -> Any:
        reader = READERS.get(name)
        if reader is not None:
            return reader(self)
        head, _dot, tail = name.partition(".")
        if head == "answers":
            return self._mapped(tail)
        if head == "form":
            return self.answers.get(tail)
        if head == "check":
            return next((item.result for item in self.checks if item.criterion == tail), None)
        return None

    # --- answers ------------------------------------------------------------------------------------------------

    @cached_property
    def _private(self) -> Mapping[tuple[str, bool], Any]:
        if not self._has("private"):
            return {}
        rows = PrivateAnswer.objects.filter(case=self.case).values_list("name", "mapped", "value")
        return {(name, mapped): value for name, mapped, value in rows}

    @cached_property
    def answers(self) -> Mapping[str, Any]:
        """Answers by element id, private ones among them."""
        hidden = {name: value for (name, mapped), value in self._private.items() if not mapped}
        return {**self.case.answers, **hidden}

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """Mapped answers by name, private ones among them."""
        hidden = {name: value for (name, mapped), value in self._private.items() if mapped}
        return {**self.case.fields, **hidden}

    def _mapped(self, name: str) -> Any:
        kind = next((item.kind for item in self.definition.intake.fields if item.name == name), FieldKind.LINE)
        value = self.fields.get(name)
        if kind is FieldKind.NUMBER and isinstance(value, str):
            return Decimal(value) if value.strip().replace(".", "", 1).lstrip("-").isdigit() else None
        if kind is FieldKind.DATE and isinstance(value, str):
            try:
                return datetime.fromisoformat(value).date()
            except ValueError:
                return None
        return value if value not in ("", []) else None

    # --- judgement ----------------------------------------------------------------------------------------------

    @cached_property
    def rundown(self) -> Rundown:
        """The newest run of the checks and what every criterion came to."""
        runs, words = self._has("runs"), self._has("attestations")
        return rundown(self.case, self.definition, self.at, runs=runs, words=words)

    @property
    def checks(self) -> list[Standpoint]:
        """What every criterion came to."""
        return self.rundown.points

    @cached_property
    def reviews(self) -> list[Review]:
        """The reviews of the present stage's review, else all of the case."""
        rows = self.case.reviews.all() if self._has("reviews") else []
        found = [item for item in rows if item.state != Review.State.RELEASED]
        here = [item for item in found if item.stage == self.case.stage]
        return here or found

    @property
    def submitted(self) -> list[Review]:
        """Those that are in."""
        return [item for item in self.reviews if item.state == Review.State.SUBMITTED]

    @cached_property
    def obligations(self) -> list[Obligation]:
        """What is still owed for the case or the grant that it reviews."""
        if not self._has("obligations"):
            return []
        owed = Q(case=self.case) | Q(grant_id=self.case.grant_id) if self.case.grant_id else Q(case=self.case)
        return list(Obligation.objects.filter(owed, closed_at=None).order_by("due_at"))

    @cached_property
    def grant(self) -> Grant | None:
        """The grant that the case reviews, else the subject's running grant of this program."""
        if self.case.grant_id:
            return self.case.grant
        if not self.case.subject_id:
            return None
        return (
            Grant.objects.filter(
                program_id=self.case.program_id,
                subject_kind=self.case.subject_kind,
                subject_id=self.case.subject_id,
            )
            .exclude(state=Grant.State.ENDED)
            .first()
        )


def days(length: Any) -> Duration:
    """A span as a duration of whole days."""
    return Duration(days=max(0, length.days))


def _named(items: Iterable[Standpoint], *results: str) -> list[str]:
    return [item.criterion for item in items if item.result in results]


def _checks_done(facts: CaseFacts) -> bool:
    """Whether the checks that were asked for last have come to something."""
    if not any(check.is_measured for check in facts.definition.checks):
        return True
    run = facts.rundown.run
    return run is not None and run.asked >= facts.case.checks_asked


def _unknown(facts: CaseFacts) -> list[str]:
    """What a machine should know or somebody may attest, and nobody did; what reviewers judge is not among it."""
    return [
        item.criterion
        for item in facts.checks
        if item.result == "unknown" and (item.check.is_measured or item.check.attest is not None)
    ]


def _blocking(facts: CaseFacts) -> list[str]:
    blocking = {check.criterion for check in facts.definition.checks if check.blocking}
    return [item.criterion for item in facts.checks if item.criterion in blocking and not item.met]


def _duplicates(facts: CaseFacts) -> int:
    if not facts.case.identity_key:
        return 0
    others = Case.objects.filter(program_id=facts.case.program_id, identity_key=facts.case.identity_key)
    return others.filter(closed_at=None).exclude(pk=facts.case.pk).count()


def _complete(facts: CaseFacts) -> bool:
    form = facts.definition.form
    return form is None or answer(form, facts.answers).ok


def _needed(facts: CaseFacts) -> int | None:
    review = facts.definition.review_in(facts.case.stage)
    return review.reviewers if review else None


def _enough(facts: CaseFacts) -> bool | None:
    review = facts.definition.review_in(facts.case.stage)
    return len(facts.submitted) >= review.enough if review else None


def mean_mark(reviews: Iterable[Review], rubric: Rubric | None) -> Decimal | None:
    """The weighted mean mark over all reviews; unknown when nothing was marked."""
    weights = {item.name: item.weight for item in rubric.items} if rubric else {}
    total = weight = 0
    for review in reviews:
        for name, mark in review.scores.items():
            if isinstance(mark, int) and weights.get(name, 0):
                total += mark * weights[name]
                weight += weights[name]
    return Decimal(total) / Decimal(weight) if weight else None


def _mean(facts: CaseFacts) -> Decimal | None:
    review = facts.definition.review_in(facts.case.stage) or next(iter(facts.definition.reviews), None)
    return mean_mark(facts.submitted, facts.definition.rubric(review) if review else None)


def _result(facts: CaseFacts) -> str | None:
    motion = Motion.objects.filter(owner="engine", owner_ref=str(facts.case.pk)).order_by("-opened_at").first()
    return motion.result if motion is not None and motion.result else None


def _as_of(facts: CaseFacts) -> datetime | None:
    known = [item.as_of for item in facts.checks if item.as_of is not None]
    return min(known) if known else None


def _status(facts: CaseFacts) -> str | None:
    declared = SUBJECTS.find(facts.case.subject_kind)
    status = getattr(declared, "status", None)
    return str(status(facts.case.subject_id, facts.at)) if status and facts.case.subject_id else None


def _holds(facts: CaseFacts) -> bool:
    return facts.grant is not None and facts.grant.state != Grant.State.ENDED


READERS: Mapping[str, Callable[[CaseFacts], Any]] = {
    "today": lambda facts: facts.at.date(),
    "case.opened": lambda facts: facts.case.opened_at,
    "case.age": lambda facts: days(facts.at - facts.case.opened_at),
    "case.stage_since": lambda facts: facts.case.stage_entered_at,
    "case.stage_age": lambda facts: days(facts.at - facts.case.stage_entered_at),
    "case.visits": lambda facts: facts.case.visits.filter(stage=facts.case.stage).count(),
    "case.returning": lambda facts: facts.case.returning,
    "case.duplicates": _duplicates,
    "case.priority": lambda facts: next((k for k, v in PRIORITIES.items() if v == facts.case.priority), None),
    "case.assigned": lambda facts: facts.parties.assignee is not None,
    "form.complete": _complete,
    "checks.done": _checks_done,
    "checks.as_of": _as_of,
    "checks.passing": lambda facts: _named(facts.checks, "pass", "attested", "waived"),
    "checks.failing": lambda facts: _named(facts.checks, "fail"),
    "checks.unknown": _unknown,
    "checks.blocking": _blocking,
    "reviews.needed": _needed,
    "reviews.assigned": lambda facts: len(facts.reviews),
    "reviews.submitted": lambda facts: len(facts.submitted),
    "reviews.enough": _enough,
    "reviews.recommendations": lambda facts: [item.recommendation for item in facts.submitted if item.recommendation],
    "reviews.mean": _mean,
    "decision.result": _result,
    "obligations.open": lambda facts: [item.name for item in facts.obligations],
    "obligations.required": lambda facts: [item.name for item in facts.obligations if item.required],
    "obligations.overdue": lambda facts: [item.name for item in facts.obligations if item.missed_after <= facts.at],
    "grant.active": _holds,
    "grant.until": lambda facts: facts.grant.until if facts.grant else None,
    "subject.status": _status,
    "linked.open": lambda facts: facts.case.children.filter(closed_at=None).count(),
    "linked.closed": lambda facts: not facts.case.children.filter(closed_at=None).exists(),
}
