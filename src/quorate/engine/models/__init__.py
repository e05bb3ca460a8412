"""The engine's tables: programs and their versions, cases and what belongs to them, grants and obligations."""

from quorate.engine.models.case import Case, Contact, IdempotencyKey, PrivateAnswer, StageVisit
from quorate.engine.models.evidence import Attestation, CheckRun, Finding
from quorate.engine.models.grant import Grant, Obligation
from quorate.engine.models.paper import Attachment, Comment, Letter
from quorate.engine.models.program import Program, ProgramVersion
from quorate.engine.models.work import Assignment, Recusal, Review, TimerMark

__all__ = [
    "Assignment",
    "Attachment",
    "Attestation",
    "Case",
    "CheckRun",
    "Comment",
    "Contact",
    "Finding",
    "Grant",
    "IdempotencyKey",
    "Letter",
    "Obligation",
    "PrivateAnswer",
    "Program",
    "ProgramVersion",
    "Recusal",
    "Review",
    "StageVisit",
    "TimerMark",
]
