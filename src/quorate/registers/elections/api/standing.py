"""Standing in an election over the API: nominations, answers, endorsements, leaving, and asking for the roll."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.directory.queries import person_by_key
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.registers.elections import actions
from quorate.registers.elections.api.office import ReasonIn, RequestOut
from quorate.registers.elections.api.reading import ElectionOut, find, router, summary
from quorate.registers.elections.models import Nomination
from quorate.toolkit.rest import Body as ApiBody


class NominateIn(ApiBody):
    """Whom to put forward; a statement only for oneself."""

    person: str = Field(max_length=80)
    statement: str = Field(default="", max_length=8000)


class AnswerIn(ApiBody):
    """Accept with a statement in Markdown, or decline."""

    accept: bool
    statement: str = Field(default="", max_length=8000)


class LeaveIn(ApiBody):
    """Why they leave; an officer who strikes somebody must say."""

    reason: str = Field(default="", max_length=2000)


class NominationOut(Schema):
    """A nomination."""

    candidate: str
    state: str


@router.post("/elections/{slug:slug}/nominations", response={201: NominationOut})
def nominate(request: HttpRequest, slug: str, body: NominateIn) -> Status[dict[str, object]]:
    """Put somebody forward."""
    made = actions.nominate(
        actor=actor_from(request),
        election=find(request, slug),
        person=person_by_key(body.person),
        statement=body.statement,
    )
    return Status(201, _shown(made))


@router.post("/elections/{slug:slug}/nominations/{slug:candidate}/answer", response=NominationOut)
def answer(request: HttpRequest, slug: str, candidate: str, body: AnswerIn) -> dict[str, object]:
    """Accept or decline your nomination."""
    nomination = _nomination(request, slug, candidate)
    actor = actor_from(request)
    made = actions.answer(actor=actor, nomination=nomination, accept=body.accept, statement=body.statement)
    return _shown(made)


@router.post("/elections/{slug:slug}/nominations/{slug:candidate}/endorse", response=NominationOut)
def endorse(request: HttpRequest, slug: str, candidate: str) -> dict[str, object]:
    """Support a nomination."""
    nomination = _nomination(request, slug, candidate)
    actions.endorse(actor=actor_from(request), nomination=nomination)
    return _shown(nomination)


@router.post("/elections/{slug:slug}/nominations/{slug:candidate}/withdraw", response=ElectionOut)
def withdraw(request: HttpRequest, slug: str, candidate: str, body: LeaveIn) -> dict[str, object]:
    """Leave the election after voting opened."""
    nomination = _nomination(request, slug, candidate)
    return summary(actions.withdraw(actor=actor_from(request), nomination=nomination, reason=body.reason))


@router.post("/elections/{slug:slug}/nominations/{slug:candidate}/strike", response=ElectionOut)
def strike(request: HttpRequest, slug: str, candidate: str, body: ReasonIn) -> dict[str, object]:
    """Strike a candidate who can no longer be elected, as an officer."""
    nomination = _nomination(request, slug, candidate)
    return summary(actions.strike_candidate(actor=actor_from(request), nomination=nomination, reason=body.reason))


@router.post("/elections/{slug:slug}/roll-requests", response={201: RequestOut})
def ask_for_roll(request: HttpRequest, slug: str, body: ReasonIn) -> Status[dict[str, object]]:
    """Ask to be on the roll."""
    made = actions.ask_for_roll(actor=actor_from(request), election=find(request, slug), reason=body.reason)
    return Status(201, {"person": made.person.slug, "state": made.state})


def _nomination(request: HttpRequest, slug: str, candidate: str) -> Nomination:
    rows = Nomination.objects.filter(election=find(request, slug), slug=candidate)
    found = rows.select_related("election", "person").first()
    if found is None:
        raise NotFound(gettext("there is no such nomination"))
    return found


def _shown(nomination: Nomination) -> dict[str, object]:
    return {"candidate": nomination.slug, "state": nomination.state}
