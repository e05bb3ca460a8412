"""Reads: what each of the cast sees, and that queries do not grow with what there is to see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.engine.cast import START, Cast, deliver, file_day
from tests.engine.test_story import motion_of, onboarded, review, to_vote

from quorate.access.actors import VISITOR, Actor, system
from quorate.access.policy import may
from quorate.decisions.actions import cast as vote
from quorate.engine import actions, queries
from quorate.engine.models import Case, Obligation, Review
from quorate.engine.rights import RIGHTS, Rights
from quorate.engine.rules import Criterion, Remark, StageOf, Step
from quorate.engine.versions import definition_of
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.toolkit.search import find
from quorate.toolkit.work import gather


def count(what: object) -> int:
    """Queries that a call makes."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        what()  # type: ignore[operator]  # a call is given
    return len(seen)


def three_more(cast: Cast) -> list[Case]:
    return [
        file_day(cast, who="chris", title=f"{name} day", answers={"page": f"https://days.example/{name}"})
        for name in ("Ulm", "Bern", "Graz")
    ]


@pytest.mark.parametrize("who", ["petra", "ben", "ana", "xavier", "visitor"])
def test_lists_make_constant_queries(cast: Cast, who: str) -> None:
    actor = VISITOR if who == "visitor" else cast.actors[who]
    file_day(cast)

    def read() -> None:
        queries.lines(queries.visible(actor), actor)
        queries.queue(actor, cast.days)
        list(gather(actor, clock.now()))
        find(actor, "day")
        queries.programs(actor)
        queries.program_view(actor, cast.days)

    read()
    one = count(read)
    three_more(cast)
    assert count(read) <= one


def test_a_case_makes_constant_queries(cast: Cast) -> None:
    case = onboarded(cast)
    for actor in (cast.petra, cast.ben, cast.ana, VISITOR):
        queries.case_view(actor, case)
        before = count(lambda actor=actor: queries.case_view(actor, queries.case_named(actor, case.key)))
        assert before < 70, (actor.label, before)
        for number in range(3):
            actions.comment(actor=cast.petra, case=case, body=f"Word {number}", audience="public")
        assert count(lambda actor=actor: queries.case_view(actor, queries.case_named(actor, case.key))) <= before + 2


def test_what_each_sees(cast: Cast) -> None:
    case = to_vote(cast)
    actions.comment(actor=cast.petra, case=case, body="Among us.", audience="staff")
    actions.comment(actor=cast.ben, case=case, body="Among judges.", audience="reviewers")
    actions.comment(actor=cast.ana, case=case, body="To you all.", audience="participants")
    actions.comment(actor=cast.xavier, case=case, body="I like it.", audience="public")
    said = {
        name: {item.body for item in queries.case_view(actor, case).comments}
        for name, actor in {**cast.actors, "visitor": VISITOR}.items()
    }
    assert said["petra"] == {"Among us.", "Among judges.", "To you all.", "I like it."}
    assert said["eve"] == {"Among judges.", "To you all.", "I like it."}
    assert said["ana"] == {"To you all.", "I like it."}
    assert said["visitor"] == said["xavier"] == {"I like it."}
    budget = {
        name: "budget" in {item.id for item in queries.case_view(actor, case).answers}
        for name, actor in {**cast.actors, "visitor": VISITOR}.items()
    }
    assert {name for name, seen in budget.items() if seen} == {"petra", "chris", "ben", "cleo", "ana"}
    operator = Actor("account", "account:x", "root", operator=True)
    assert not queries.sight(operator, case).private


def test_blind_reviews_stay_apart(cast: Cast) -> None:
    case = file_day(cast)
    deliver("engine.checks")
    case = actions.move(actor=cast.petra, case=case, transition="take")
    case = actions.move(actor=cast.petra, case=case, transition="refer")
    people = [cast.people["ben"], cast.people["cleo"]]
    actions.assign_reviewers(actor=cast.petra, case=case, people=people)
    review(cast, "ben")
    for name in ("cleo", "dan"):
        board = queries.case_view(cast.actors[name], case).reviews[0]
        assert board.hidden
        assert all(not item.comment and not item.recommendation for item in board.all if item.state == "submitted")
    assert any(item.comment for item in queries.case_view(cast.petra, case).reviews[0].all)
    assert queries.case_view(cast.ana, case).reviews == []
    review(cast, "cleo")
    board = queries.case_view(cast.dan, case).reviews[0]
    assert not board.hidden
    assert [item.comment for item in board.all] == ["A good plan.", "A good plan."]
    words = " ".join(item.text for item in queries.history(cast.ana, case))
    assert "Ben" not in words
    assert "Cleo" not in words


def test_votes_are_told_as_the_program_says(cast: Cast) -> None:
    case = to_vote(cast)
    vote(actor=cast.ben, motion=motion_of(case), choice="yes")
    seen = queries.case_view(VISITOR, case).motions[0]
    assert (seen.voted, seen.yes, seen.roll) == (1, None, None), "the public sees totals when it is over"
    seen = queries.case_view(cast.dan, case).motions[0]
    assert seen.yes == 1
    assert ("Ben Invented", "yes") in (seen.roll or [])
    assert seen.may_vote
    assert not queries.case_view(cast.olga, case).motions[0].may_vote
    for name in ("cleo", "dan"):
        vote(actor=cast.actors[name], motion=motion_of(case), choice="yes")
    case.refresh_from_db()
    assert "Ben" not in " ".join(item.text for item in queries.history(VISITOR, case))


def test_a_case_that_is_not_public_is_not_there(cast: Cast) -> None:
    case = onboarded(cast)
    look = actions.open_review(actor=cast.chris, grant=case.grants.get())
    assert queries.case_named(VISITOR, look.key) == look
    with pytest.raises(NotFound):
        queries.case_named(VISITOR, "DAY-99")


def test_everybody_finds_their_work(cast: Cast) -> None:
    case = file_day(cast)

    def todo(name: str) -> set[str]:
        return {item.key.partition(":")[0] for item in gather(cast.actors[name], clock.now())}

    assert todo("petra") == {"case"}
    assert todo("ana") == {"followed"}
    assert todo("xavier") == todo("ben") == set()
    deliver("engine.checks")
    case = actions.move(actor=cast.petra, case=case, transition="take")
    actions.assign(actor=cast.petra, case=case, person=cast.people["eve"])
    assert todo("petra") == set()
    assert todo("eve") == {"case"}
    actions.unassign(actor=cast.petra, case=case)
    case = actions.move(actor=cast.petra, case=case, transition="ask", reason="Where?")
    assert todo("ana") == {"case"}
    case = actions.move(actor=cast.ana, case=case, transition="answer", reason="There.")
    case = actions.move(actor=cast.petra, case=case, transition="refer")
    actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["ben"], cast.people["cleo"]])
    assert todo("ben") == todo("cleo") == {"review"}
    review(cast, "ben")
    review(cast, "cleo")
    case = actions.move(actor=cast.petra, case=case, transition="ballot")
    assert todo("dan") == {"vote"}
    assert todo("olga") == set()
    for name in ("ben", "cleo", "dan"):
        vote(actor=cast.actors[name], motion=motion_of(case), choice="yes")
    assert todo("ana") == {"obligation", "followed"}


def test_the_page_and_the_policy_agree(cast: Cast) -> None:
    """The rights that a page computes at once are those that each action asks for."""
    case = to_vote(cast)
    definition = definition_of(case)
    owed = Obligation(
        case=case, name="insurance", owner="applicant", title="x", due_at=START, missed_after=START + timedelta(days=1)
    )
    things: list[object] = [case, StageOf(case, case.stage), StageOf(case, "review"), StageOf(case, "screen"), owed]
    things += [Step(case, step) for step in definition.all_transitions]
    things += [Remark(case, audience) for audience in ("public", "participants", "reviewers", "staff")]
    things += [Criterion(case, item.criterion) for item in definition.checks]
    things += list(Review.objects.filter(case=case))
    asked = {
        StageOf: ("case.assign", "case.assign-reviewers", "case.volunteer", "case.delegate"),
        Step: ("case.move",),
        Remark: ("case.comment", "case.attach"),
        Criterion: ("case.attest",),
        Obligation: ("obligation.fulfil", "obligation.confirm", "obligation.waive"),
        Review: ("case.review",),
    }
    on_case = [name for name in (*RIGHTS, "case.claim") if name not in sum(asked.values(), ())]
    operator = Actor("account", "account:x", "root", operator=True)
    narrow = Actor("person", cast.petra.id, person_id=cast.petra.person_id, scopes=frozenset({"case.read"}))
    everybody = [*cast.actors.values(), VISITOR, system("x"), operator, narrow]
    for actor in everybody:
        rights = Rights(actor, case)
        for thing in things:
            for permission in asked.get(type(thing), on_case):
                assert rights.may(permission, thing) == may(actor, permission, thing), (actor, permission, thing)
