"""Everything that can be asked about programs, cases, grants and what waits for whom."""

from quorate.engine.queries.boards import AnswerView, CheckBoard, CheckView, MotionView, ReviewBoard, ReviewView
from quorate.engine.queries.cases import (
    CaseLine,
    case_named,
    case_to_claim,
    cases_about,
    late,
    lines,
    queue,
    queued,
    visible,
)
from quorate.engine.queries.consequences import GrantView, ObligationView
from quorate.engine.queries.history import history
from quorate.engine.queries.latest import LONGEST
from quorate.engine.queries.papers import (
    AttachmentView,
    CommentView,
    LetterView,
    attachment_bytes,
    attachment_for,
)
from quorate.engine.queries.people import DelegationView, RecusalView
from quorate.engine.queries.programs import ProgramLine, ProgramView, intake_open, program_view, programs
from quorate.engine.queries.view import (
    CaseView,
    ClockView,
    May,
    MoveView,
    OwnerView,
    case_view,
    explain,
    explain_step,
    grants_of,
)
from quorate.engine.visibility import Sight, sight

__all__ = [
    "LONGEST",
    "AnswerView",
    "AttachmentView",
    "CaseLine",
    "CaseView",
    "CheckBoard",
    "CheckView",
    "ClockView",
    "CommentView",
    "DelegationView",
    "GrantView",
    "LetterView",
    "May",
    "MotionView",
    "MoveView",
    "ObligationView",
    "OwnerView",
    "ProgramLine",
    "ProgramView",
    "RecusalView",
    "ReviewBoard",
    "ReviewView",
    "Sight",
    "attachment_bytes",
    "attachment_for",
    "case_named",
    "case_to_claim",
    "case_view",
    "cases_about",
    "explain",
    "explain_step",
    "grants_of",
    "history",
    "intake_open",
    "late",
    "lines",
    "program_view",
    "programs",
    "queue",
    "queued",
    "sight",
    "visible",
]
