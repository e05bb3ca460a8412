"""What a letter says: the values of its placeholders, looked up only where the letter names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import dateformat

from quorate.decisions.models import Motion
from quorate.engine.addressees import Addressee
from quorate.engine.definition import EffectKind, Outcome, Role
from quorate.engine.definition import Program as Definition
from quorate.engine.evidence import Standpoint
from quorate.engine.facts import CaseFacts
from quorate.engine.links import absolute, case_path, program_path, public_case_path
from quorate.engine.models import Grant, Obligation
from quorate.engine.parties import applicant_of, role_words
from quorate.kernel.i18n import gettext
from quorate.toolkit.identity import identity
from quorate.toolkit.ports import SUBJECTS
from quorate.toolkit.times import span_words


@dataclass
class Occasion:
    """A letter's reader, the case, and why it is written now. ``public``: for anybody, so offices stand for people."""

    facts: CaseFacts
    reader: Addressee
    at: datetime
    reason: str = ""
    outcome: Outcome | None = None
    public: bool = False

    def for_anybody(self) -> Occasion:
        """The same letter as anybody may read it."""
        return replace(self, reader=Addressee("", gettext("applicant")), public=True)

    @property
    def case(self) -> Any:
        """The case it is about."""
        return self.facts.case

    def value(self, name: str) -> Any:
        """The value of a placeholder; ``None`` when there is nothing to say."""
        return VALUES[name](self)


def fill_values(occasion: Occasion, names: tuple[str, ...]) -> dict[str, Any]:
    """The values of the placeholders that a letter names; unknown names are left empty."""
    return {name: occasion.value(name) for name in names if name in VALUES}


def telling_letters(definition: Definition) -> set[str]:
    """The letters that tell a decision, and may be public: those of outcomes, and those of the steps that decide."""
    found = {item.letter for item in definition.outcomes if item.letter}
    for step in definition.all_transitions:
        if any(effect.kind is EffectKind.DECIDE for effect in step.effects):
            found |= {effect.value for effect in step.effects if effect.kind is EffectKind.LETTER}
    return found


def day(at: datetime | None) -> str | None:
    """A date in words that no reader mistakes: 12 March 2026."""
    return dateformat.format(at, "j F Y") if at is not None else None


def subject_name(facts: CaseFacts) -> str:
    """What the case is about, by name."""
    case = facts.case
    declared = SUBJECTS.find(case.subject_kind)
    label = declared.label([case.subject_id]).get(case.subject_id) if declared and case.subject_id else None
    return label or str(facts.fields.get("name") or case.title)


def _subject_url(occasion: Occasion) -> str | None:
    declared = SUBJECTS.find(occasion.case.subject_kind)
    return absolute(declared.url(occasion.case.subject_id)) if declared and occasion.case.subject_id else None


def _case_url(occasion: Occasion) -> str:
    known = occasion.reader.person is not None
    return absolute(case_path(occasion.case) if known else public_case_path(occasion.case))


def _criterion(item: Standpoint) -> str:
    if item.result == "unknown" or item.found is None:
        return item.title
    return gettext("%(title)s: found %(found)s, needed %(needed)s") % {
        "title": item.title,
        "found": _shown(item.found),
        "needed": _shown(item.needed),
    }


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value) or gettext("none")
    return gettext("nothing") if value is None else str(value)


def _points(*results: str) -> Callable[[Occasion], list[str]]:
    return lambda occasion: [_criterion(item) for item in occasion.facts.checks if item.result in results]


def _vote(occasion: Occasion) -> str | None:
    motion = Motion.objects.filter(owner="engine", owner_ref=str(occasion.case.pk)).order_by("-opened_at").first()
    if motion is None or not motion.result:
        return None
    counts = motion.evaluation
    words = gettext("%(yes)d in favour, %(no)d against, %(abstain)d abstained.")
    return words % {key: int(counts.get(key, 0)) for key in ("yes", "no", "abstain")}


def _owed(occasion: Occasion) -> list[str]:
    case = occasion.case
    mine = Q(case=case) | Q(grant_id=case.grant_id) if case.grant_id else Q(case=case)
    rows = list(Obligation.objects.filter(mine, closed_at=None).order_by("due_at"))
    words = role_words({row.owner for row in rows}, occasion.facts.definition)
    return [
        gettext("%(title)s (%(owner)s, by %(day)s)")
        % {"title": row.title, "owner": words.get(row.owner, row.owner), "day": day(row.due_at)}
        for row in rows
    ]


def _grant(occasion: Occasion) -> Grant | None:
    return occasion.facts.grant


def _grant_title(occasion: Occasion) -> str | None:
    held = _grant(occasion)
    declared = occasion.facts.definition.grant
    return held.title if held is not None else (declared.title if declared is not None else None)


def _grant_until(occasion: Occasion) -> str | None:
    held = _grant(occasion)
    return day(held.until or held.next_review_at) if held is not None else None


def outcome_of(occasion: Occasion) -> Outcome | None:
    """How the case ended, or was decided."""
    if occasion.outcome is not None:
        return occasion.outcome
    name = occasion.case.outcome or occasion.case.decision
    return occasion.facts.definition.outcome(name) if name else None


def _reapply(occasion: Occasion) -> str | None:
    outcome = outcome_of(occasion)
    if outcome is None or outcome.good:
        return None
    wait = outcome.reapply_after or occasion.facts.definition.intake.reapply_after
    return day(wait.after(occasion.at)) if wait is not None else None


def _steward(occasion: Occasion) -> str:
    people = [] if occasion.public else occasion.facts.parties.people(Role("steward"))
    if people:
        return ", ".join(person.name for person in people)
    role = str(occasion.facts.definition.steward)
    return role_words([role])[role]


def _applicant(occasion: Occasion) -> str:
    person = applicant_of(occasion.case)
    named = person is not None and person.erased_at is None and not occasion.public
    return person.name if named and person is not None else gettext("applicant")


def _assignee(occasion: Occasion) -> str | None:
    parties = occasion.facts.parties
    if parties.assignee is None or not occasion.public:
        return parties.assignee.name if parties.assignee is not None else None
    role = parties.office(Role("owner"))
    return role_words([role], parties.definition)[role]


def _title(occasion: Occasion) -> str | None:
    outcome = outcome_of(occasion)
    return outcome.title if outcome is not None else None


def _stage(occasion: Occasion) -> str:
    return occasion.facts.definition.stage(occasion.case.stage).title


VALUES: Mapping[str, Callable[[Occasion], Any]] = {
    "applicant.name": _applicant,
    "assignee.name": _assignee,
    "case.age": lambda o: span_words(o.at - o.case.opened_at),
    "case.key": lambda o: o.case.key,
    "case.title": lambda o: o.case.title,
    "case.url": _case_url,
    "checks.failing": _points("fail"),
    "checks.passing": _points("pass", "attested", "waived"),
    "checks.unknown": _points("unknown"),
    "decision.summary": _vote,
    "due": lambda o: day(o.case.due_at),
    "foundation.name": lambda o: identity().name,
    "foundation.url": lambda o: absolute("/p/"),
    "grant.title": _grant_title,
    "grant.until": _grant_until,
    "obligations.open": _owed,
    "outcome.title": _title,
    "program.name": lambda o: o.facts.definition.name,
    "program.url": lambda o: absolute(program_path(o.facts.definition.program)),
    "reapply_from": _reapply,
    "reason": lambda o: o.reason or None,
    "recipient.name": lambda o: o.reader.name,
    "stage.title": _stage,
    "steward.name": _steward,
    "subject.name": lambda o: subject_name(o.facts),
    "subject.url": _subject_url,
}
