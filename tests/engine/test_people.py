"""Who may judge, who acts for whom, who stands aside, who is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.engine.cast import REGISTER, START, Cast, deliver, file_day
from tests.engine.test_story import MARKS, accepted, motion_of, review, to_vote

from quorate.access.actors import VISITOR, system
from quorate.decisions.actions import cast as vote
from quorate.directory.actions import erase_person, merge_people
from quorate.directory.models import Affiliation, Organisation, Person
from quorate.engine import actions, queries
from quorate.engine.models import Assignment, Attachment, Case, Comment, Letter, PrivateAnswer, Recusal, Review
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, NotFound, Refused, UserError
from quorate.toolkit.files import path_of
from quorate.toolkit.work import gather


def in_review(cast: Cast) -> Case:
    case = file_day(cast)
    deliver("engine.checks")
    case = actions.move(actor=cast.petra, case=case, transition="take")
    return actions.move(actor=cast.petra, case=case, transition="refer")


def test_whoever_shares_an_employer_is_not_asked(cast: Cast) -> None:
    case = in_review(cast)
    with pytest.raises(UserError, match="Olga Invented may not review this: shares an employer") as caught:
        actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["olga"], cast.people["ben"]])
    assert caught.value.problems[0].where == "olga"
    assert not Review.objects.filter(case=case).exists(), "all or none"
    with pytest.raises(UserError, match="not among those who review"):
        actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["xavier"]])
    with pytest.raises(UserError, match="Dan Invented and Eve Invented share an employer"):
        actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["dan"], cast.people["eve"]])
    REGISTER.days[case.subject_id].organisations = [str(Organisation.objects.get(slug="cedar").pk)]
    with pytest.raises(UserError, match="Cleo"):
        actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["cleo"]])
    REGISTER.days[case.subject_id].people.append(str(cast.people["ben"].pk))
    with pytest.raises(UserError, match="speaks for what the case is about"):
        actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["ben"]])


def test_drawing_takes_those_with_the_least_to_do(cast: Cast) -> None:
    first = in_review(cast)
    drawn = {row.person.slug for row in actions.draw_reviewers(actor=cast.petra, case=first)}
    assert len(drawn) == 2
    assert "olga" not in drawn
    assert drawn != {"dan", "eve"}
    assert actions.draw_reviewers(actor=cast.petra, case=first) == []


def test_a_new_job_in_between_ends_a_review(cast: Cast) -> None:
    case = in_review(cast)
    actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["ben"]])
    Affiliation.objects.create(
        person=cast.people["ben"], organisation=Organisation.objects.get(slug="oak"), start=clock.now()
    )
    with pytest.raises(Refused, match="shares an employer"):
        review(cast, "ben")


def test_a_review_says_what_is_missing(cast: Cast) -> None:
    case = in_review(cast)
    actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["ben"]])
    mine = Review.objects.get()
    actions.write_review(actor=cast.ben, review=mine, scores={"reach": 3}, comment="So far")
    with pytest.raises(UserError) as caught:
        actions.submit_review(actor=cast.ben, review=mine, scores={"reach": 9, "wit": 1}, recommendation="perhaps")
    assert [item.where for item in caught.value.problems] == [
        "wit",
        "reach",
        "care",
        "recommendation",
        "comment",
    ]
    with pytest.raises(UserError, match="declare that you have no conflict"):
        actions.submit_review(actor=cast.ben, review=mine, scores=MARKS, recommendation="approve", comment="Good.")
    review(cast, "ben")
    with pytest.raises(Conflict, match="not open"):
        actions.write_review(actor=cast.ben, review=mine, comment="Changed my mind")
    with pytest.raises(Conflict, match="is in"):
        actions.release_reviewer(actor=cast.petra, review=mine)


def test_standing_aside_takes_review_and_vote_away(cast: Cast) -> None:
    case = in_review(cast)
    people = [cast.people["ben"], cast.people["cleo"]]
    actions.assign_reviewers(actor=cast.petra, case=case, people=people)
    actions.declare_recusal(actor=cast.ben, case=case, detail="We are friends.")
    assert Review.objects.get(person=cast.people["ben"]).state == "released"
    with pytest.raises(UserError, match="stood aside on their own word"):
        actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["ben"]])
    with pytest.raises(Refused):
        actions.declare_recusal(actor=cast.cleo, case=case, person=cast.people["dan"])
    actions.declare_recusal(actor=cast.petra, case=case, person=cast.people["dan"], detail="Told me so.")
    detail = {
        who: [item.detail for item in queries.case_view(cast.actors[who], case).recusals] for who in ("ben", "cleo")
    }
    assert detail["ben"] == ["We are friends.", ""]
    assert detail["cleo"] == ["", ""]
    assert queries.case_view(VISITOR, case).recusals == []
    actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["eve"]])
    review(cast, "cleo")
    review(cast, "eve")
    case = actions.move(actor=cast.petra, case=case, transition="ballot")
    motion = motion_of(case)
    assert {e.person.slug for e in motion.electors.select_related("person") if e.recused} == {"olga", "ben", "dan"}
    actions.declare_recusal(actor=cast.cleo, case=case)
    with pytest.raises(Refused):
        vote(actor=cast.cleo, motion=motion, choice="yes")
    assert Recusal.objects.filter(case=case).count() == 3


def test_acting_for_somebody_has_limits(cast: Cast) -> None:
    case = file_day(cast)
    case = actions.move(actor=cast.petra, case=case, transition="take")
    soon = clock.now() + timedelta(days=20)
    with pytest.raises(UserError, match="to body:council only"):
        actions.delegate(actor=cast.petra, case=case, to=cast.people["xavier"], until=soon)
    with pytest.raises(UserError, match="at most"):
        actions.delegate(actor=cast.petra, case=case, to=cast.people["ben"], until=soon + timedelta(days=300))
    with pytest.raises(Refused):
        actions.delegate(actor=cast.ana, case=case, to=cast.people["ben"], until=soon)
    with pytest.raises(Refused):
        actions.move(actor=cast.ben, case=case, transition="ask", reason="Where?")
    given = actions.delegate(actor=cast.petra, case=case, to=cast.people["ben"], until=soon)
    assert any(item.key == f"case:{case.pk}" for item in gather(cast.ben, clock.now()))
    with pytest.raises(Refused):
        actions.delegate(actor=cast.ben, case=case, to=cast.people["cleo"], until=soon)
    with clock.travel(to=soon), pytest.raises(Refused):
        actions.move(actor=cast.ben, case=case, transition="ask", reason="Where?")
    case = actions.move(actor=cast.ben, case=case, transition="ask", reason="Where?")
    assert case.stage == "question"
    actions.end_delegation(actor=cast.ben, delegation=given)
    assert Assignment.objects.get(pk=given.pk).until == clock.now()


def test_one_person_does_not_do_both(cast: Cast) -> None:
    """Whoever screened a case does not review it."""
    case = file_day(cast)
    deliver("engine.checks")
    case = actions.move(actor=cast.petra, case=case, transition="take")
    actions.delegate(actor=cast.petra, case=case, to=cast.people["ben"], until=clock.now() + timedelta(days=20))
    case = actions.move(actor=cast.ben, case=case, transition="ask", reason="Where?")
    case = actions.move(actor=cast.ana, case=case, transition="answer", reason="There.")
    case = actions.move(actor=cast.petra, case=case, transition="refer")
    with pytest.raises(UserError, match="another part in the case"):
        actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["ben"]])


def test_files_are_what_their_bytes_say(cast: Cast) -> None:
    case = file_day(cast)
    row = actions.attach(actor=cast.ana, case=case, name="../../etc/plan.pdf", content=b"%PDF-1.7 plan")
    assert (row.name, row.content_type) == ("plan.pdf", "application/pdf")
    assert actions.attach(actor=cast.ana, case=case, name="plan.pdf", content=b"%PDF-1.7 plan") == row
    for name, content in (
        ("a.png", b"<svg onload=x>"),
        ("a.html", b"<script>"),
        ("a.txt", b"\x00\x01"),
        ("a.svg", b"<svg/>"),
    ):
        with pytest.raises(UserError, match="not taken"):
            actions.attach(actor=cast.ana, case=case, name=name, content=content)
    with pytest.raises(UserError, match="empty"):
        actions.attach(actor=cast.ana, case=case, name="a.txt", content=b"")
    with pytest.raises(UserError, match="larger than"):
        actions.attach(actor=cast.ana, case=case, name="a.txt", content=b"x" * (11 * 1024 * 1024))
    with queries.attachment_bytes(queries.attachment_for(cast.petra, row.pk)) as stream:
        assert stream.read() == b"%PDF-1.7 plan"
    for actor in (VISITOR, cast.xavier):
        with pytest.raises(NotFound):
            queries.attachment_for(actor, row.pk)
    actions.remove_attachment(actor=cast.ana, attachment=row)
    with pytest.raises(NotFound):
        queries.attachment_for(cast.petra, row.pk)


def test_who_is_forgotten_leaves_no_words(cast: Cast) -> None:
    case = accepted(cast)
    actions.comment(actor=cast.ana, case=case, body="My number is 0123.")
    file = actions.attach(actor=cast.ana, case=case, name="ana.txt", content=b"Ana's own file.")
    before = [item.seq for item in queries.history(cast.petra, case)]
    erase_person(actor=system("test"), person=Person.objects.get(slug="ana"))
    assert not PrivateAnswer.objects.filter(case=case).exists()
    assert set(Letter.objects.filter(case=case).values_list("subject", "body", "to")) == {("", "", "")}
    assert set(Comment.objects.filter(case=case).values_list("body", flat=True)) == {""}
    assert Attachment.objects.get(pk=file.pk).name == ""
    assert path_of("cases", file.digest).is_file(), "bytes go when the transaction is through"
    told = queries.history(cast.petra, case)
    assert [item.seq for item in told if item.seq in before] == before
    assert "Ana" not in " ".join(item.text for item in told)
    view = queries.case_view(cast.petra, case)
    assert view.line.applicant == ""


def test_two_records_of_one_person_become_one(cast: Cast) -> None:
    case = to_vote(cast)
    twin = Person.objects.create(slug="benjamin", name="Benjamin Invented", synthetic=True)
    Case.objects.filter(pk=case.pk).update(subject_kind="person", subject_id=str(twin.pk))
    merge_people(actor=system("test"), kept=cast.people["ben"], absorbed=twin)
    case.refresh_from_db()
    assert case.subject_id == str(cast.people["ben"].pk)


def test_a_stage_can_be_given_to_somebody(cast: Cast) -> None:
    case = file_day(cast)
    actions.assign(actor=cast.petra, case=case, person=cast.people["eve"])
    case.refresh_from_db()
    view = queries.case_view(cast.petra, case)
    assert (view.line.owner, view.owner.assigned) == ("Eve Invented", True)
    assert queries.case_view(VISITOR, case).line.owner_person == "", "the public sees the office"
    actions.assign(actor=cast.petra, case=case, person=cast.people["dan"])
    assert list(Assignment.objects.filter(role="owner", until=None).values_list("person__slug", flat=True)) == ["dan"]
    actions.unassign(actor=cast.petra, case=case)
    assert not Assignment.objects.filter(role="owner", until=None).exists()


def test_time_before_the_beginning_is_refused(cast: Cast) -> None:
    case = file_day(cast)
    deliver("engine.checks")
    with pytest.raises(UserError, match="before it happened"):
        actions.attest(
            actor=cast.petra, case=case, criterion="fame", found=300, evidence="x", as_of=START + timedelta(days=1)
        )
    with pytest.raises(UserError, match="older than"):
        old = START - timedelta(days=200)
        actions.attest(actor=cast.petra, case=case, criterion="fame", found=300, evidence="x", as_of=old)
    for found in ("many", "nan", "inf"):
        with pytest.raises(UserError, match="a number"):
            actions.attest(actor=cast.petra, case=case, criterion="fame", found=found, evidence="x")
    actions.attest(actor=cast.petra, case=case, criterion="fame", found="150", evidence="Seen.")
    board = queries.case_view(VISITOR, case).checks
    assert board is not None
    assert {point.criterion: point.result for point in board.points}["fame"] == "fail", "a word must clear the bar too"
    actions.attest(actor=cast.petra, case=case, criterion="fame", found="1,500", evidence="Seen.")
    with clock.travel(to=START + timedelta(days=200)):
        board = queries.case_view(VISITOR, case).checks
        assert board is not None
        assert {point.criterion: point.result for point in board.points}["fame"] == "unknown", "a word grows old"
