"""Judging cases over the API: checks and attestations, reviewers and reviews, standing aside."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from quorate.access.identity import actor_from
from quorate.engine import actions
from quorate.engine.api.shapes import (
    Asked,
    AttestIn,
    CaseDetail,
    PeopleIn,
    ReasonIn,
    RecuseIn,
    ReviewIn,
)
from quorate.engine.api.shown import aware, case_in, detail, person_named, review_in
from quorate.engine.models import Review
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext

router = Router(tags=["Reviews and checks"])


@router.post("/cases/{slug:key}/checks", response={202: Asked})
def request_checks(request: HttpRequest, key: str) -> Status[dict[str, object]]:
    """Ask for the machine checks to run; the worker measures soon."""
    return Status(202, {"message": actions.request_checks(actor=actor_from(request), case=case_in(request, key))})


@router.post("/cases/{slug:key}/criteria/{slug:criterion}/attestations", response=CaseDetail)
def attest(request: HttpRequest, key: str, criterion: str, body: AttestIn) -> dict[str, object]:
    """Attest a criterion with evidence and date."""
    case = case_in(request, key)
    actions.attest(
        actor=actor_from(request),
        case=case,
        criterion=criterion,
        found=body.found,
        evidence=body.evidence,
        as_of=aware(body.as_of),
    )
    return detail(request, case)


@router.post("/cases/{slug:key}/criteria/{slug:criterion}/waiver", response=CaseDetail)
def waive(request: HttpRequest, key: str, criterion: str, body: ReasonIn) -> dict[str, object]:
    """Let a criterion pass as it is, with the reason."""
    case = case_in(request, key)
    actions.waive(actor=actor_from(request), case=case, criterion=criterion, reason=body.reason)
    return detail(request, case)


@router.post("/cases/{slug:key}/recusals", response=CaseDetail)
def recuse(request: HttpRequest, key: str, body: RecuseIn) -> dict[str, object]:
    """Stand aside from a case, or record that somebody else does."""
    case = case_in(request, key)
    person = person_named(body.person) if body.person is not None else None
    actions.declare_recusal(actor=actor_from(request), case=case, person=person, detail=body.detail)
    return detail(request, case)


@router.post("/cases/{slug:key}/reviewers", response=CaseDetail)
def assign_reviewers(request: HttpRequest, key: str, body: PeopleIn) -> dict[str, object]:
    """Ask people to review; who shares an employer with the applicant is refused."""
    case = case_in(request, key)
    people = [person_named(each) for each in body.people]
    actions.assign_reviewers(actor=actor_from(request), case=case, people=people)
    return detail(request, case)


@router.post("/cases/{slug:key}/reviewers/draw", response=CaseDetail)
def draw_reviewers(request: HttpRequest, key: str) -> dict[str, object]:
    """Draw the reviewers that are missing from those who may judge, the least burdened first."""
    case = case_in(request, key)
    actions.draw_reviewers(actor=actor_from(request), case=case)
    return detail(request, case)


@router.post("/cases/{slug:key}/volunteers", response=CaseDetail)
def volunteer(request: HttpRequest, key: str) -> dict[str, object]:
    """Volunteer to review."""
    case = case_in(request, key)
    actions.volunteer(actor=actor_from(request), case=case)
    return detail(request, case)


@router.put("/cases/{slug:key}/review", response=CaseDetail)
def write_review(request: HttpRequest, key: str, body: ReviewIn) -> dict[str, object]:
    """Write your review, as a draft or for good."""
    actor, case = actor_from(request), case_in(request, key)
    mine = Review.objects.filter(case=case, person=actor.person_id, state=Review.State.OPEN).first()
    if mine is None or actor.person_id is None:
        raise NotFound(gettext("nobody asked you to review this, or your review is in"))
    write = actions.submit_review if body.submit else actions.write_review
    write(
        actor=actor,
        review=mine,
        scores=body.scores,
        recommendation=body.recommendation,
        comment=body.comment,
        declared=body.declared,
    )
    return detail(request, case)


@router.post("/reviews/{uuid:review_id}/release", response=CaseDetail)
def release_reviewer(request: HttpRequest, review_id: UUID, body: ReasonIn) -> dict[str, object]:
    """Let a reviewer go whose review is not in yet."""
    found = review_in(request, review_id)
    actions.release_reviewer(actor=actor_from(request), review=found, reason=body.reason)
    return detail(request, found.case)
