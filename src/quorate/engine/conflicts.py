"""Who may not judge a case: the applicant, those who speak for the subject, and whoever shares an employer with them.

Employers count as one when they were under common control at the instant. Who stood aside by their own word stays
aside, and the program's separation of duties is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from quorate.decisions.models import Elector, Motion
from quorate.directory.queries import employers, related_group
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import Recusal as Rule
from quorate.engine.models import Case, Review
from quorate.engine.models import Recusal as Recused
from quorate.engine.parties import applicant_of, backers, speakers
from quorate.engine.rules import opposed
from quorate.kernel.i18n import gettext


def conflicts(
    case: Case, definition: Definition, people: Iterable[UUID], rule: Rule, at: datetime, *, part: str = ""
) -> dict[UUID, str]:
    """Those of the people who may not judge, each with the reason's code. At most eight queries, whatever the number.

    ``part`` is ``reviewers`` or ``electorate``: what they would become, for the separation of duties.
    """
    wanted = list(dict.fromkeys(people))
    found: dict[UUID, str] = {}
    if rule.shared_employer:
        found |= dict.fromkeys(sharing_employer(case, wanted, at), Recused.Reason.SHARED_EMPLOYER.value)
    if rule.maintainer:
        behind = speakers(case.subject_kind, case.subject_id, at)
        found |= {person: Recused.Reason.MAINTAINER.value for person in wanted if person in behind}
    applicant = applicant_of(case)
    if rule.applicant and applicant is not None and applicant.pk in wanted:
        found[applicant.pk] = Recused.Reason.APPLICANT.value
    barred = took_part(case, opposed(definition, part)) if part else set()
    found |= {person: "duties" for person in wanted if person in barred and person not in found}
    declared = Recused.objects.filter(case=case, person__in=wanted).values_list("person_id", "reason")
    return found | dict(declared)


def sharing_employer(case: Case, people: Iterable[UUID], at: datetime) -> set[UUID]:
    """Those of the people who work in the related group of the applicant, the maintainers or the subject itself."""
    applicant = applicant_of(case)
    theirs = speakers(case.subject_kind, case.subject_id, at) | ({applicant.pk} if applicant is not None else set())
    organisations = backers(case.subject_kind, case.subject_id, at)
    for employed in employers(theirs, at).values():
        organisations |= employed
    if not organisations:
        return set()
    group = related_group(organisations, at)
    return {person for person, works_for in employers(people, at).items() if works_for & group}


def sharing_with_each_other(people: Iterable[UUID], at: datetime) -> list[tuple[UUID, UUID]]:
    """Pairs of the people whose employers are one group."""
    wanted = list(dict.fromkeys(people))
    works_for = employers(wanted, at)
    groups = {person: related_group(orgs, at) if orgs else set() for person, orgs in works_for.items()}
    return [
        (one, other)
        for number, one in enumerate(wanted)
        for other in wanted[number + 1 :]
        if groups[one] & groups[other]
    ]


def took_part(case: Case, parts: Iterable[str]) -> set[UUID]:
    """The people who had one of the parts in a case: applicant, reviewers, electorate, or a stage's name."""
    found: set[UUID] = set()
    stages: list[str] = []
    for part in parts:
        if part == "applicant":
            applicant = applicant_of(case)
            found |= {applicant.pk} if applicant is not None else set()
        elif part == "reviewers":
            rows = case.reviews.exclude(state=Review.State.RELEASED)
            found |= set(rows.values_list("person_id", flat=True))
        elif part == "electorate":
            motions = Motion.objects.filter(owner="engine", owner_ref=str(case.pk))
            found |= set(Elector.objects.filter(motion__in=motions, recused="").values_list("person_id", flat=True))
        else:
            stages.append(part)
    if stages:
        rows_left = case.visits.filter(stage__in=stages).values_list("left_by", flat=True)
        found |= {UUID(text.removeprefix("person:")) for text in rows_left if text.startswith("person:")}
    return found


def reason_words(code: str) -> str:
    """Why somebody stands aside, in words."""
    return {
        "shared-employer": gettext("shares an employer with the applicant or the subject"),
        "maintainer": gettext("speaks for what the case is about"),
        "applicant": gettext("filed the case"),
        "declared": gettext("stood aside on their own word"),
        "duties": gettext("had another part in the case that may not be joined with this one"),
    }.get(code, code)
