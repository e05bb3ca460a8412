"""Filing, claiming and amending."""

from __future__ import annotations

import pytest
from tests.engine.cast import ANSWERS, Cast, deliver, file_day

from quorate.access.actors import VISITOR
from quorate.engine import actions, queries
from quorate.kernel.errors import Conflict, UserError


def test_a_case_takes_its_number_and_its_place(cast: Cast) -> None:
    first = file_day(cast)
    second = file_day(cast, title="Bonn day", answers={"page": "https://days.example/bonn"})
    assert (first.key, second.key) == ("DAY-1", "DAY-2")
    assert first.stage == "intake"
    assert [line.position for line in queries.queue(VISITOR, cast.days)] == [1, 2]
    assert [line.sitting for line in queries.queue(VISITOR, cast.days)] == [1, 1]
    view = queries.case_view(cast.ana, first)
    assert view.line.title == "Lyon day"
    assert {item.id for item in view.answers} == {"page", "email", "plan", "budget"}
    assert {item.id for item in queries.case_view(VISITOR, first).answers} == {"page", "plan"}


def test_the_checks_run_and_are_seen(cast: Cast) -> None:
    case = file_day(cast)
    assert deliver("engine.checks") == 1
    board = queries.case_view(VISITOR, case).checks
    assert board is not None
    assert {point.criterion: point.result for point in board.points} == {
        "seats": "pass",
        "licence": "pass",
        "fame": "unknown",
    }


def test_the_same_key_gives_the_same_case(cast: Cast) -> None:
    one = actions.file_case(actor=cast.ana, program=cast.days, answers=ANSWERS, title="Lyon day", idempotency_key="k1")
    two = actions.file_case(actor=cast.ana, program=cast.days, answers=ANSWERS, title="Lyon day", idempotency_key="k1")
    assert one.case == two.case
    assert not two.created
    with pytest.raises(Conflict, match="another request"):
        actions.file_case(actor=cast.ana, program=cast.days, answers=ANSWERS, title="Other", idempotency_key="k1")


def test_what_is_missing_is_said_at_its_question(cast: Cast) -> None:
    with pytest.raises(UserError) as caught:
        actions.file_case(actor=cast.ana, program=cast.days, answers={"page": "https://x.example"}, title="Lyon")
    assert {problem.where for problem in caught.value.problems} == {"email", "plan"}
    with pytest.raises(UserError) as caught:
        actions.file_case(actor=cast.ana, program=cast.days, answers=ANSWERS)
    assert caught.value.where == "title"


def test_a_second_case_about_the_same_is_refused(cast: Cast) -> None:
    file_day(cast)
    with pytest.raises(UserError, match="DAY-1 is about the same") as caught:
        file_day(cast, who="ben", title="Another name", answers={"page": "http://www.days.example/lyon/"})
    assert caught.value.where == "page"


def test_a_visitor_claims_what_they_filed(cast: Cast) -> None:
    filed = actions.file_case(actor=VISITOR, program=cast.days, answers=ANSWERS, title="Lyon day")
    assert filed.claim
    with pytest.raises(UserError):
        actions.claim_case(actor=cast.ana, case=filed.case, token="wrong")
    claimed = actions.claim_case(actor=cast.ana, case=filed.case, token=filed.claim)
    assert claimed.applicant_id == cast.people["ana"].id
    with pytest.raises(UserError):
        actions.claim_case(actor=cast.ben, case=filed.case, token=filed.claim)
