"""What the API of programs and cases takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from quorate.toolkit.rest import Body

Reason = Field(min_length=1, max_length=20000)
MaybeReason = Field(default="", max_length=20000)


class ProgramOut(Schema):
    """A program as lists show it."""

    slug: str
    name: str
    summary: str
    open_cases: int


class QuestionOut(Schema):
    """One question of a program's form."""

    id: str
    kind: str
    label: str
    description: str
    required: bool
    multiple: bool
    options: list[str]
    private: bool


class ProgramDetail(ProgramOut):
    """What a program asks and promises, with its form."""

    version: str
    open: bool
    accountable: str
    steward: str
    stages: list[dict[str, Any]]
    criteria: list[dict[str, Any]]
    questions: list[QuestionOut]


class CaseOut(Schema):
    """A case as lists show it."""

    id: UUID
    case: str
    title: str
    program: str
    stage: str
    stage_title: str
    since: datetime
    owner: str | None
    due_at: datetime | None
    paused: bool
    position: int | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    subject: str | None
    returning: bool
    revision: int


class AnswerOut(Schema):
    """One answer of the application."""

    id: str
    label: str
    value: str | list[str] | None
    private: bool


class FindingOut(Schema):
    """What one criterion came to."""

    criterion: str
    title: str
    result: str | None
    found: Any = None
    needed: Any = None
    evidence: str
    as_of: datetime | None


class ReviewOut(Schema):
    """A review as far as the reader may see it."""

    id: UUID
    reviewer: str | None
    state: str
    recommendation: str | None
    comment: str | None
    due_at: datetime | None
    submitted_at: datetime | None
    mine: bool


class ObligationOut(Schema):
    """Something owed."""

    id: UUID
    name: str
    title: str
    owner: str
    due_at: datetime | None
    state: str
    evidence: str | None


class GrantOut(Schema):
    """What the subject of a case holds."""

    id: UUID
    title: str
    kind: str
    state: str
    start: datetime
    until: datetime | None
    next_review_at: datetime | None
    ended_at: datetime | None


class CommentView(Schema):
    """Something said."""

    id: UUID
    author: str
    audience: str
    body: str | None
    created_at: datetime


class AttachmentOut(Schema):
    """A file. Its bytes are at ``/attachments/{id}/content``."""

    id: UUID
    name: str
    size: int
    content_type: str
    audience: str
    created_at: datetime


class LetterOut(Schema):
    """A letter as it went out, in Markdown."""

    name: str
    to: str | None
    subject: str
    body: str
    sent_at: datetime


class RecusalOut(Schema):
    """Who stands aside, and why."""

    person: str
    reason: str


class DelegationOut(Schema):
    """Who may act for whom in a stage, until when."""

    id: UUID
    source: str
    delegate: str
    stage_title: str
    until: datetime | None


class MoveOut(Schema):
    """A step that the reader may take; ``blocked`` says what is still missing."""

    name: str
    title: str
    to: str
    reason: str
    blocked: str | None


class SentenceOut(Schema):
    """What happened, in words."""

    seq: int
    at: datetime
    kind: str
    text: str


class CaseDetail(CaseOut):
    """A case with everything that the reader may see."""

    version: str
    answers: list[AnswerOut]
    checks: list[FindingOut]
    reviews: list[ReviewOut]
    motions: list[UUID]
    obligations: list[ObligationOut]
    grants: list[GrantOut]
    comments: list[CommentView]
    attachments: list[AttachmentOut]
    letters: list[LetterOut]
    recusals: list[RecusalOut]
    delegations: list[DelegationOut]
    moves: list[MoveOut]
    history: list[SentenceOut]


class FileIn(Body):
    """An application: answers by the form's element ids."""

    answers: dict[str, str | list[str]] = Field(default_factory=dict, max_length=200)
    title: str = Field(default="", max_length=200)
    contact_email: str = Field(default="", max_length=254)
    subject_id: str = Field(default="", max_length=80)


class FiledOut(Schema):
    """The case that was filed; ``claim`` is shown once, to a visitor, to take the case over later."""

    case: str
    id: UUID
    created: bool
    claim: str | None


class MoveIn(Body):
    """A step to take."""

    transition: str = Field(max_length=60)
    reason: str = Field(default="", max_length=20000)
    revision: int | None = Field(default=None, ge=0, le=2**31 - 1)


class AmendIn(Body):
    """Answers that change, by element id, and the title if it changes."""

    answers: dict[str, str | list[str]] = Field(max_length=200)
    title: str | None = Field(default=None, max_length=200)
    revision: int | None = Field(default=None, ge=0, le=2**31 - 1)


class CommentIn(Body):
    """A comment."""

    body: str = Field(min_length=1, max_length=20000)
    audience: Literal["public", "participants", "reviewers", "staff"] = "participants"


class CommentOut(Schema):
    """A comment that was made."""

    id: UUID
    audience: str
    created_at: datetime


class PersonIn(Body):
    """One person."""

    person: UUID


class PeopleIn(Body):
    """Several people."""

    people: list[UUID] = Field(min_length=1, max_length=50)


class DelegateIn(PersonIn):
    """Somebody who may act instead, until when."""

    until: datetime
    reason: str = Field(default="", max_length=2000)


class RecuseIn(Body):
    """Why somebody stands aside; only the program's staff can read it. Without a person: you."""

    person: UUID | None = None
    detail: str = Field(default="", max_length=20000)


class ReviewIn(Body):
    """A review: marks by the rubric's items. ``submit`` makes it final; else it stays a draft."""

    scores: dict[str, int] = Field(default_factory=dict, max_length=100)
    recommendation: str = Field(default="", max_length=40)
    comment: str = Field(default="", max_length=20000)
    declared: bool = False
    submit: bool = False


class AttestIn(Body):
    """What somebody found about a criterion, when, and the evidence."""

    found: int | str | bool | list[str] | None
    evidence: str = Field(min_length=1, max_length=20000)
    as_of: datetime


class ReasonIn(Body):
    """A reason."""

    reason: str = Reason


class MaybeReasonIn(Body):
    """A reason, if there is one to give."""

    reason: str = MaybeReason


class PriorityIn(Body):
    """How urgent a case is; ``null`` takes the priority away."""

    priority: Literal["low", "normal", "high", "urgent"] | None


class EvidenceIn(Body):
    """What shows that something is done."""

    evidence: str = Field(default="", max_length=20000)


class ClaimIn(Body):
    """The secret that was given when the case was filed."""

    token: str = Field(max_length=200)


class MigrateIn(Body):
    """Whether to say only which cases would move."""

    preview: bool = False


class MigratedOut(Schema):
    """The cases that moved to the current version, and why others did not, by their keys."""

    moved: list[str]
    refused: dict[str, str]


class Asked(Schema):
    """Something was asked for and will happen soon."""

    message: UUID
