"""Filing, claiming and amending."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.engine.cast import ANSWERS, START, Cast, definition, deliver, file_day

from quorate.access.actors import VISITOR
from quorate.engine import actions, queries
from quorate.engine.definition import Window
from quorate.engine.durations import Duration
from quorate.engine.models import Contact
from quorate.engine.versions import Tampered, parse
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.ledger.models import Message


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


def test_what_comes_from_the_past_writes_to_nobody(cast: Cast) -> None:
    filed = actions.file_case(
        actor=cast.petra, program=cast.days, answers={"page": "https://days.example/old"}, title="Old", source="import"
    )
    assert filed.case.applicant is None
    assert not Message.objects.filter(topic="mail").exists()
    with pytest.raises(Conflict):
        actions.invite_applicant(actor=cast.petra, case=filed.case)
    answers = {**ANSWERS, "page": "https://days.example/older"}
    other = actions.file_case(actor=cast.petra, program=cast.days, answers=answers, title="Older", source="import").case
    assert Contact.objects.get(case=other).email == "ana@people.example"
    actions.invite_applicant(actor=cast.petra, case=other)
    body = Message.objects.get(topic="mail").payload["body"]
    token = re.search(r"/claim/([^/]+)/", body)
    assert token is not None
    assert actions.claim_case(actor=cast.ana, case=other, token=token[1]).applicant_id == cast.people["ana"].id


def test_the_same_subject_under_another_address_is_the_same(cast: Cast) -> None:
    file_day(cast)
    with pytest.raises(UserError, match="DAY-1 is about the same"):
        file_day(cast, who="ben", title="Lyon day", answers={"page": "https://elsewhere.example/"})
    assert cast.days.cases.count() == 1


def test_answers_are_amended_on_record(cast: Cast) -> None:
    case = file_day(cast)
    seen = case.revision
    with pytest.raises(UserError):
        actions.amend_answers(actor=cast.ana, case=case, answers={"plan": ""})
    case = actions.amend_answers(
        actor=cast.ana, case=case, answers={"plan": "More talks.", "budget": "9"}, revision=seen
    )
    assert case.answers["plan"] == "More talks."
    assert "budget" not in case.answers
    told = [item.text for item in queries.history(VISITOR, case)]
    assert told[-1].endswith("amended DAY-1 Lyon day: Budget, Plan")
    with pytest.raises(Conflict):
        actions.amend_answers(actor=cast.ana, case=case, answers={"plan": "Late."}, revision=seen)
    assert actions.amend_answers(actor=cast.ana, case=case, answers={"plan": "More talks."}).revision == case.revision


def test_a_program_can_be_closed_for_new_cases(cast: Cast) -> None:
    actions.close_program(actor=cast.chris, program=cast.days, reason="Enough.")
    with pytest.raises(UserError, match="takes no new cases"):
        file_day(cast)
    actions.open_program(actor=cast.petra, program=cast.days)
    assert file_day(cast).key == "DAY-1"


def test_windows_open_and_close(cast: Cast) -> None:
    zone = "America/Los_Angeles"
    window = Window(opens=datetime(2026, 5, 18), closes=datetime(2026, 6, 19), zone=zone, late="Next year.")  # noqa: DTZ001  # the zone is beside them
    known = definition("days")
    program = replace(known, intake=replace(known.intake, windows=(window,)))
    actions.publish_program(actor=cast.petra, definition=program)
    cast.days.refresh_from_db()
    with pytest.raises(UserError, match="it opens on 18 May 2026"):
        file_day(cast)
    opening = datetime(2026, 5, 18, 7, tzinfo=UTC)
    with clock.travel(to=opening - timedelta(microseconds=1)), pytest.raises(UserError):
        file_day(cast)
    with clock.travel(to=opening):
        assert file_day(cast).key == "DAY-1"
    with clock.travel(to=datetime(2026, 6, 19, 7, tzinfo=UTC)), pytest.raises(UserError, match="Next year"):
        file_day(cast, title="Bonn", answers={"page": "https://days.example/bonn"})


def test_open_cases_move_to_a_new_version_only_when_told(cast: Cast) -> None:
    case, other = file_day(cast), file_day(cast, title="Bonn", answers={"page": "https://days.example/bonn"})
    actions.move(actor=cast.petra, case=other, transition="take")
    known = definition("days")
    stages = tuple(
        replace(stage, clock=replace(stage.clock, within=Duration.parse("P5D")))
        if stage.name == "intake" and stage.clock is not None
        else stage
        for stage in known.stages
    )
    version = actions.publish_program(actor=cast.petra, definition=replace(known, stages=stages))
    assert version.number == 2
    case.refresh_from_db()
    assert case.due_at == START + timedelta(days=14), "a case keeps the version under which it was opened"
    cast.days.refresh_from_db()
    would = actions.migrate_cases(actor=cast.petra, program=cast.days, preview=True)
    assert would.moved == ("DAY-1", "DAY-2")
    actions.migrate_cases(actor=cast.petra, program=cast.days)
    case.refresh_from_db()
    assert (case.version_id, case.due_at) == (version.pk, START + timedelta(days=5))
    assert actions.migrate_cases(actor=cast.petra, program=cast.days).moved == ()


def test_a_version_that_was_changed_by_hand_is_noticed(cast: Cast) -> None:
    row = cast.days.current
    assert row is not None
    with pytest.raises(TypeError):
        row.save()
    spec = {**row.spec, "program": {**row.spec["program"], "name": "Another"}}
    with pytest.raises(Tampered):
        parse(spec, row.digest)


def test_a_visitor_claims_what_they_filed(cast: Cast) -> None:
    filed = actions.file_case(actor=VISITOR, program=cast.days, answers=ANSWERS, title="Lyon day")
    assert filed.claim
    with pytest.raises(UserError):
        actions.claim_case(actor=cast.ana, case=filed.case, token="wrong")
    claimed = actions.claim_case(actor=cast.ana, case=filed.case, token=filed.claim)
    assert claimed.applicant_id == cast.people["ana"].id
    with pytest.raises(UserError):
        actions.claim_case(actor=cast.ben, case=filed.case, token=filed.claim)
