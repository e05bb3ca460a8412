"""The whole story of a community day, through the actions alone, to both ends of its half-yearly look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.engine.cast import REGISTER, START, Cast, definition, deliver, file_day

from quorate.access.actors import VISITOR, system
from quorate.decisions.actions import cast as vote
from quorate.decisions.models import Motion
from quorate.engine import actions, queries
from quorate.engine.models import Case, Grant, Obligation, Review, StageVisit
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.models import Entry
from quorate.terms.models import Term

MARKS = {"reach": 4, "care": 5}


def review(cast: Cast, who: str, recommendation: str = "approve") -> None:
    mine = Review.objects.get(person=cast.people[who], state=Review.State.OPEN)
    actions.submit_review(
        actor=cast.actors[who],
        review=mine,
        scores=MARKS,
        recommendation=recommendation,
        comment="A good plan.",
        declared=True,
    )


def motion_of(case: Case) -> Motion:
    return Motion.objects.get(owner_ref=str(case.pk))


def to_vote(cast: Cast) -> Case:
    case = file_day(cast)
    deliver("engine.checks")
    case = actions.move(actor=cast.petra, case=case, transition="take")
    case = actions.move(actor=cast.petra, case=case, transition="refer")
    people = [cast.people["ben"], cast.people["cleo"]]
    actions.assign_reviewers(actor=cast.petra, case=case, people=people)
    review(cast, "ben")
    review(cast, "cleo")
    return actions.move(actor=cast.petra, case=case, transition="ballot")


def accepted(cast: Cast) -> Case:
    case = to_vote(cast)
    for name in ("ben", "cleo", "dan"):
        vote(actor=cast.actors[name], motion=motion_of(case), choice="yes")
    case.refresh_from_db()
    return case


def onboarded(cast: Cast) -> Case:
    case = accepted(cast)
    logo = Obligation.objects.get(case=case, name="logo")
    insurance = Obligation.objects.get(case=case, name="insurance")
    actions.fulfil_obligation(actor=cast.ana, obligation=logo, evidence="https://days.example/logo.svg")
    actions.fulfil_obligation(actor=cast.ana, obligation=insurance, evidence="Policy 7")
    actions.confirm_obligation(actor=cast.petra, obligation=insurance)
    case.refresh_from_db()
    return case


def test_the_way_to_acceptance(cast: Cast) -> None:
    case = to_vote(cast)
    motion = motion_of(case)
    aside = {elector.person.slug: elector.recused for elector in motion.electors.select_related("person")}
    assert aside == {"olga": "shared-employer", "ben": "", "cleo": "", "dan": "", "eve": ""}
    with pytest.raises(Refused):
        vote(actor=cast.olga, motion=motion, choice="yes")
    for name in ("ben", "cleo"):
        vote(actor=cast.actors[name], motion=motion, choice="yes")
    case.refresh_from_db()
    assert case.stage == "vote"
    vote(actor=cast.dan, motion=motion, choice="yes")
    case.refresh_from_db()
    assert (case.stage, case.decision, case.outcome) == ("setup", "approved", "")
    assert REGISTER.notices[-1].change == "granted"
    grant = Grant.objects.get(case=case)
    assert grant.next_review_at == START.replace(month=7)
    letter = case.letters.get()
    assert letter.subject == "Lyon day is approved"
    assert "3 in favour, 0 against, 0 abstained." in letter.body
    assert "- Send the logo (the applicant, by 19 January 2026)" in letter.body


def test_the_end_comes_when_what_is_owed_is_done(cast: Cast) -> None:
    case = onboarded(cast)
    assert (case.stage, case.outcome) == ("approved", "approved")
    assert case.letters.count() == 1, "the decision was told when it was made"
    visits = StageVisit.objects.filter(case=case).order_by("ordinal")
    assert [visit.stage for visit in visits] == ["intake", "screen", "review", "vote", "setup", "approved"]
    assert not visits.filter(left_at=None).exists()
    view = queries.case_view(VISITOR, case)
    assert "Lyon day" in " ".join(item.text for item in view.history) or view.history
    assert view.letters and view.motions == []


def test_a_failed_vote_declines_and_sets_the_time_to_come_again(cast: Cast) -> None:
    case = to_vote(cast)
    for name in ("ben", "cleo"):
        vote(actor=cast.actors[name], motion=motion_of(case), choice="no")
    case.refresh_from_db()
    assert (case.stage, case.outcome) == ("declined", "declined")
    assert "You may come again from 5 April 2026." in case.letters.get().body
    with pytest.raises(UserError, match="5 April 2026"):
        file_day(cast, title="Lyon day")
    with clock.travel(to=START.replace(month=4)):
        again = file_day(cast, title="Lyon day")
        assert again.returning


def chaired(cast: Cast, name: str) -> Case:
    """A case at its vote, in a program whose chair decides a tie; the chair is one of those who vote."""
    Term.objects.filter(seat__chair=True).update(person=cast.people[name])
    given = definition("days")
    changed = replace(given, decisions=(replace(given.decisions[0], tie="chair"),))
    actions.publish_program(actor=system("test"), definition=changed)
    cast.days.refresh_from_db()
    return to_vote(cast)


@pytest.mark.parametrize(("chair", "outcome"), [("ben", "approved"), ("dan", "declined")])
def test_the_chair_decides_exactly_at_the_bar(cast: Cast, chair: str, outcome: str) -> None:
    case = chaired(cast, chair)
    motion = motion_of(case)
    assert motion.electors.get(casting=True).person == cast.people[chair], "by the office beside the seats"
    votes = [("dan", "no"), ("eve", "no"), ("cleo", "yes"), ("ben", "yes")]
    for number, (name, choice) in enumerate(votes, 1):
        vote(actor=cast.actors[name], motion=motion, choice=choice)
        motion.refresh_from_db()
        # With two of four against, a tie is all that can come: the chair's own no settles it, a yes is waited for.
        assert (motion.state == "closed") == (number == 4 or (chair == "dan" and number >= 2))
        if motion.state == "closed":
            break
    case.refresh_from_db()
    assert (case.stage == "setup") == (outcome == "approved")
    assert motion.result == ("passed" if outcome == "approved" else "failed")


def test_the_chair_makes_no_majority_of_seats_out_of_few_votes(cast: Cast) -> None:
    """As many yes as no is no tie where the bar is of all seats: one of four is not half of them."""
    case = chaired(cast, "ben")
    for name, choice in (("ben", "yes"), ("cleo", "no"), ("dan", "abstain"), ("eve", "abstain")):
        motion = motion_of(case)
        if motion.state == "open":
            vote(actor=cast.actors[name], motion=motion, choice=choice)
    assert motion_of(case).result == "failed"
    case.refresh_from_db()
    assert case.outcome == "declined"


def test_a_vote_that_nobody_casts_ends_when_its_time_is_over(cast: Cast) -> None:
    case = to_vote(cast)
    with clock.travel(to=START + timedelta(days=9)):
        actions.tick()
        case.refresh_from_db()
        assert case.outcome == "declined"
        assert case.closed_at == START + timedelta(days=7), "it takes effect when the vote closed"


def test_half_a_year_later_all_is_well(cast: Cast) -> None:
    case = onboarded(cast)
    grant = Grant.objects.get(case=case)
    with clock.travel(to=START.replace(month=6, day=22)):
        actions.tick()
        look = Case.objects.get(grant=grant)
        assert look.opened_at == START.replace(month=6, day=21), "two weeks before it is due"
        assert look.stage == "measure"
        deliver("engine.checks")
        look.refresh_from_db()
        assert look.outcome == "renewed"
        grant.refresh_from_db()
        assert grant.next_review_at == clock.now().replace(month=12)
        assert REGISTER.notices[-1].change == "renewed"
        actions.tick()
        assert Case.objects.filter(grant=grant).count() == 1


def test_half_a_year_later_something_is_missing_and_mended(cast: Cast) -> None:
    case = onboarded(cast)
    grant = Grant.objects.get(case=case)
    REGISTER.found["seats"] = 20
    with clock.travel(to=START.replace(month=6, day=22)):
        actions.tick()
        deliver("engine.checks")
        look = Case.objects.get(grant=grant)
        assert look.stage == "remedy"
        assert "Seats in the room: found 20, needed 50" in look.letters.get().body
        assert look.due_at == clock.now() + timedelta(days=30)
        assert [item.why for item in queries_work(cast, "ana")] != []
    with clock.travel(to=START.replace(month=7, day=10)):
        REGISTER.found["seats"] = 60
        actions.request_checks(actor=cast.ana, case=look)
        deliver("engine.checks")
        look.refresh_from_db()
        assert look.outcome == "renewed"


def queries_work(cast: Cast, who: str) -> list[object]:
    from quorate.toolkit.work import gather  # noqa: PLC0415  # only this test asks for it

    return list(gather(cast.actors[who], clock.now()))


def test_half_a_year_later_something_is_missing_and_nobody_mends_it(cast: Cast) -> None:
    case = onboarded(cast)
    grant = Grant.objects.get(case=case)
    REGISTER.found["seats"] = 20
    with clock.travel(to=START.replace(month=6, day=22)):
        actions.tick()
        deliver("engine.checks")
        look = Case.objects.get(grant=grant)
        entered = clock.now()
    with clock.travel(to=entered + timedelta(days=17)):
        actions.tick()
        actions.tick()
        assert Entry.objects.filter(kind="case.reminded", index__ref=str(look.pk)).count() == 1
    with clock.travel(to=entered + timedelta(days=45)):
        actions.tick()
        look.refresh_from_db()
        assert (look.outcome, look.closed_at) == ("retired", entered + timedelta(days=30))
        grant.refresh_from_db()
        assert (grant.state, grant.ended_by, grant.ended_at) == ("ended", "revoked", look.closed_at)
        assert REGISTER.notices[-1].change == "revoked"
        assert Obligation.objects.get(case=case, name="report").state == "dropped"
        assert "retired" in look.letters.order_by("-sent_at").first().subject  # type: ignore[union-attr]


def test_a_question_stops_the_clocks_exactly(cast: Cast) -> None:
    case = file_day(cast)
    promised = case.running_due_at
    assert promised == START + timedelta(days=60)
    with clock.travel(to=START + timedelta(days=1)):
        case = actions.move(actor=cast.petra, case=case, transition="take")
        assert case.due_at == START + timedelta(days=11)
    with clock.travel(to=START + timedelta(days=4)):
        with pytest.raises(UserError, match="say why"):
            actions.move(actor=cast.petra, case=case, transition="ask")
        case = actions.move(actor=cast.petra, case=case, transition="ask", reason="Where is it?")
        assert case.paused
        assert case.due_at == START + timedelta(days=34)
    with clock.travel(to=START + timedelta(days=9, hours=5)):
        with pytest.raises(Refused):
            actions.move(actor=cast.xavier, case=case, transition="answer", reason="Here")
        case = actions.move(actor=cast.ana, case=case, transition="answer", reason="In the hall.")
        assert case.stage == "screen"
        assert case.due_at == START + timedelta(days=16, hours=5), "seven days were left, and seven are"
        assert case.running_due_at == START + timedelta(days=65, hours=5)


def test_a_question_that_nobody_answers_withdraws_the_case(cast: Cast) -> None:
    case = file_day(cast)
    case = actions.move(actor=cast.petra, case=case, transition="take")
    case = actions.move(actor=cast.petra, case=case, transition="ask", reason="Where is it?")
    with clock.travel(to=START + timedelta(days=40)):
        actions.tick()
        case.refresh_from_db()
        assert (case.outcome, case.closed_at) == ("withdrawn", START + timedelta(days=30))
        kinds = list(Entry.objects.filter(index__ref=str(case.pk)).values_list("kind", "at"))
        assert ("case.moved", START + timedelta(days=30)) in kinds


def test_a_clock_that_runs_out_is_written_down_once(cast: Cast) -> None:
    case = file_day(cast)
    with clock.travel(to=START + timedelta(days=15)):
        actions.tick()
        actions.tick()
        breaches = Entry.objects.filter(kind="case.breached", index__ref=str(case.pk))
        assert [entry.at for entry in breaches] == [START + timedelta(days=14)]
    late = file_day(cast, title="Bonn day", answers={"page": "https://days.example/bonn"})
    with clock.travel(to=START + timedelta(days=20)):
        actions.move(actor=cast.petra, case=late, transition="take")
        actions.tick()
        breaches = Entry.objects.filter(kind="case.breached", index__ref=str(late.pk))
        assert [entry.at for entry in breaches] == [START + timedelta(days=14)], "nobody's tick had seen it"


def test_a_guard_says_which_clause_failed(cast: Cast) -> None:
    REGISTER.found["seats"] = 10
    case = file_day(cast)
    deliver("engine.checks")
    case = actions.move(actor=cast.petra, case=case, transition="take")
    with pytest.raises(UserError, match="checks.blocking is seats") as caught:
        actions.move(actor=cast.petra, case=case, transition="refer")
    assert caught.value.mend == "Mend what is missing first."
    actions.waive(actor=cast.chris, case=case, criterion="seats", reason="It is outdoors.")
    assert actions.move(actor=cast.petra, case=case, transition="refer").stage == "review"


def test_two_at_once_cannot_both_have_it(cast: Cast) -> None:
    case = file_day(cast)
    seen = case.revision
    actions.move(actor=cast.petra, case=case, transition="take", revision=seen)
    with pytest.raises(Conflict, match="changed since"):
        actions.move(actor=cast.petra, case=case, transition="take", revision=seen)
    with pytest.raises(Conflict, match="cannot be taken"):
        actions.move(actor=cast.petra, case=case, transition="take")


def test_the_system_publishes_the_same_once(cast: Cast) -> None:
    version = cast.days.current
    assert version is not None
    from tests.engine.cast import definition  # noqa: PLC0415  # beside its one use

    again = actions.publish_program(actor=system("test"), definition=definition("days"))
    assert again == version
