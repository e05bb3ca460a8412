"""Everything that can be done to programs, cases, reviews, grants and obligations."""

from quorate.engine.actions import corresponding, voting
from quorate.engine.actions.checking import attest, record_checks, request_checks, run_checks, waive
from quorate.engine.actions.discussing import attach, comment, redact_comment, remove_attachment
from quorate.engine.actions.filing import Filed, amend_answers, claim_case, file_case, invite_applicant, may_file
from quorate.engine.actions.granting import renew_grant, revoke_grant
from quorate.engine.actions.migrating import Migrated, migrate_cases
from quorate.engine.actions.moving import assign, delegate, end_delegation, move, prioritise, unassign, withdraw
from quorate.engine.actions.opening import open_review
from quorate.engine.actions.owing import (
    confirm_obligation,
    fulfil_obligation,
    return_obligation,
    waive_obligation,
)
from quorate.engine.actions.programs import close_program, open_program, publish_program
from quorate.engine.actions.recusing import declare_recusal
from quorate.engine.actions.reviewing import (
    assign_reviewers,
    draw_reviewers,
    release_reviewer,
    submit_review,
    volunteer,
    write_review,
)
from quorate.engine.actions.timing import pass_time, tick

__all__ = [
    "Filed",
    "Migrated",
    "amend_answers",
    "assign",
    "assign_reviewers",
    "attach",
    "attest",
    "claim_case",
    "close_program",
    "comment",
    "confirm_obligation",
    "corresponding",
    "declare_recusal",
    "delegate",
    "draw_reviewers",
    "end_delegation",
    "file_case",
    "fulfil_obligation",
    "invite_applicant",
    "may_file",
    "migrate_cases",
    "move",
    "open_program",
    "open_review",
    "pass_time",
    "prioritise",
    "publish_program",
    "record_checks",
    "redact_comment",
    "release_reviewer",
    "remove_attachment",
    "renew_grant",
    "request_checks",
    "return_obligation",
    "revoke_grant",
    "run_checks",
    "submit_review",
    "tick",
    "unassign",
    "volunteer",
    "voting",
    "waive",
    "waive_obligation",
    "withdraw",
    "write_review",
]
