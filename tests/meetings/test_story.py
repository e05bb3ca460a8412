"""A council's meeting from proposal to published minutes, through its actions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from tests.meetings.conftest import Council

from quorate.access.actors import system
from quorate.decisions.actions import cast, close_due
from quorate.decisions.queries import roll_call
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.queries import about
from quorate.ledger.sentences import sentences
from quorate.registers.meetings import actions
from quorate.registers.meetings.actions import ItemFacts, SeriesFacts
from quorate.registers.meetings.models import ActionItem, Meeting, Series
from quorate.registers.meetings.queries.calendar import agenda, open_items, planned_minutes, proposals, spent, upcoming
from quorate.registers.meetings.queries.meetings import attendance_by_seat, live, roll
from quorate.registers.meetings.reading.document import read
from quorate.registers.meetings.reading.report import report

DESK = system("desk")

pytestmark = pytest.mark.django_db
MONTHLY = SeriesFacts(
    title="Council meeting",
    zone="America/Los_Angeles",
    first_day=date(2026, 1, 13),
    wall=time(7),
    rrule="FREQ=MONTHLY;BYDAY=2TU",
    duration=60,
    place="https://video.example/council",
)
TWO_THIRDS = {"threshold": "2/3", "of": "represented"}
AUGUST = datetime(2026, 8, 11, 14, tzinfo=UTC)


def monthly(council: Council) -> Series:
    return actions.start_series(actor=council.actor("jo"), body=council.body, facts=MONTHLY)


def begun(council: Council, *present: tuple[str, set[str]]) -> Meeting:
    """The meeting of August, called to order by the secretary at the time that stands now."""
    meeting = actions.plan_occurrence(actor=council.actor("jo"), series=monthly(council), day=date(2026, 8, 11))
    meeting = actions.call_to_order(actor=council.actor("jo"), meeting=meeting)
    for seat, who in present:
        mark(council, meeting, seat, who)
    return meeting


def mark(council: Council, meeting: Meeting, seat: str, who: set[str]) -> None:
    place = meeting.places.get(seat=council.seats[seat])
    actions.mark_seat(actor=council.actor("jo"), place=place, present=who)


REP, ALT = {"representative"}, {"alternate"}
FOUR = (("beacon", ALT), ("harbour", REP | ALT), ("ember", REP), ("gold", REP), ("lantern", set()))


def test_from_the_proposal_to_published_minutes(council: Council) -> None:
    jo, bo = council.actor("jo"), council.actor("bo")
    with clock.travel(to=AUGUST - timedelta(days=9)):
        series = monthly(council)
        item = actions.propose_item(
            actor=council.actor("xan"),
            body=council.body,
            facts=ItemFacts("Host Lantern 2", "It is ready.", "decide", 30, "Xan", ("https://lantern.example/",)),
        )
        other = actions.propose_item(actor=bo, body=council.body, facts=ItemFacts("Reports", minutes=10))
        assert list(proposals(council.body)) == [item, other]
        meeting = actions.plan_occurrence(actor=jo, series=series, day=date(2026, 8, 11))
        assert (meeting.title, meeting.starts_at) == ("Council meeting, 2026-08-11", AUGUST)
        assert actions.plan_occurrence(actor=jo, series=series, day=date(2026, 8, 11)) == meeting
        for each in (item, other):
            actions.list_item(actor=jo, item=each, meeting=meeting)
        actions.order_items(actor=jo, meeting=meeting, order=[other.id])
        slots = agenda(meeting)
        assert [(slot.item.title, (slot.starts_at - AUGUST).seconds // 60) for slot in slots] == [
            ("Reports", 0),
            ("Host Lantern 2", 10),
        ]
        assert planned_minutes(slots) == 40
    with clock.travel(to=AUGUST):
        meeting = actions.call_to_order(actor=jo, meeting=meeting, presiding=council.people["bo"])
        assert [(row.place.label, row.state) for row in roll(meeting)][:2] == [("Beacon", ""), ("Harbour Works", "")]
        for seat, who in FOUR:
            mark(council, meeting, seat, who)
        quorum = live(meeting, roll(meeting))
        assert (quorum.seats, quorum.represented, quorum.needed, quorum.met) == (5, 4, 3, True)
        actions.read_antitrust(actor=jo, meeting=meeting)
        actions.welcome(actor=jo, meeting=meeting, name="Lee Ash", affiliation="Dune")
        actions.start_item(actor=jo, item=item)
    with clock.travel(to=AUGUST + timedelta(minutes=12)):
        actions.take_note(actor=jo, meeting=meeting, text="Xan presented *Lantern 2*.")
        gold = meeting.places.get(seat=council.seats["gold"])
        actions.stand_aside(actor=jo, item=item, place=gold, why="sponsor")
        carried = actions.put_motion(actor=jo, meeting=meeting, title="Host Lantern 2", rule=TWO_THIRDS, item=item)
        assert spent(item) == 720
    with clock.travel(to=AUGUST + timedelta(minutes=14)):
        answers = {place.id: "yes" for place in meeting.places.filter(seat__slug__in=["beacon", "harbour"])}
        answers[meeting.places.get(seat__slug="ember").id] = "no"
        motion = actions.call_roll(actor=jo, carried=carried, votes=answers)
        assert (motion.state, motion.result) == ("closed", "passed")
        assert [(line.elector.seat.slug, line.vote.by_alternate) for line in roll_call(motion) if line.vote] == [
            ("beacon", True),
            ("harbour", False),
            ("ember", False),
        ]  # fmt: skip
        given = actions.give(
            actor=jo, body=council.body, text="Write to Lantern", owner=council.people["cleo"],
            due=date(2026, 8, 20), meeting=meeting, item=item,
        )  # fmt: skip
    with clock.travel(to=AUGUST + timedelta(minutes=50)):
        meeting = actions.adjourn(actor=jo, meeting=meeting)
        item.refresh_from_db()
        assert (meeting.state, item.state, item.seconds) == ("adjourned", "done", 3000)
        drafted = actions.draft_minutes(actor=jo, meeting=meeting)
        assert "4 of 5 seats were represented; 3 are needed for quorum. The quorum was met." in drafted.text
        assert "- [x] Finn Roe (Beacon)" in drafted.text
        assert "Roll call: 2 yes, 1 no, 0 abstained. Result: Passed." in drafted.text
        assert "* Write to Lantern (Cleo Marsh, 2026-08-20)" in drafted.text
        assert "The next meeting is on 2026-09-08 at 07:00 America/Los_Angeles." in drafted.text
        again = report(read(drafted.text)).as_dict()
        assert (again["seats"], again["represented"], again["quorum"]["printed"]) == (5, 4, 3)
        corrected = actions.correct_minutes(
            actor=jo, meeting=meeting, text=drafted.text.replace("Xan pres", "Xan Outside pres"), why="the name"
        )
        assert (drafted.state, corrected.state, corrected.number) == ("draft", "corrected", 2)
        assert actions.correct_minutes(actor=jo, meeting=meeting, text=corrected.text) == corrected
        with pytest.raises(Conflict):
            actions.publish_minutes(actor=jo, minutes=corrected)
    with clock.travel(to=datetime(2026, 9, 8, 14, tzinfo=UTC)):
        september = actions.plan_occurrence(actor=jo, series=series, day=date(2026, 9, 8))
        with pytest.raises(Conflict):
            actions.adopt_minutes(actor=jo, minutes=corrected, adopted_in=september)
        september = actions.call_to_order(actor=jo, meeting=september)
        with pytest.raises(Conflict):
            actions.adopt_minutes(actor=jo, minutes=drafted, adopted_in=september)
        actions.adopt_minutes(actor=jo, minutes=corrected, adopted_in=september)
        with pytest.raises(Conflict):
            actions.correct_minutes(actor=jo, meeting=meeting, text="Other")
        assert actions.publish_minutes(actor=jo, minutes=corrected).state == "published"
        assert list(open_items(council.body)) == [given]
        actions.close_item(actor=council.actor("cleo"), item=given, outcome="written")
        assert not open_items(council.body).exists()
    told = [each.text for each in sentences(about("meeting", str(meeting.id), limit=100), private=True)]
    assert "Jo Reed published version 2 of the minutes of Council meeting, 2026-08-11" in told
    assert any("called the roll on “Host Lantern 2”" in each and "2 yes, 1 no" in each for each in told)
    public = [each.text for each in sentences(about("meeting", str(meeting.id), limit=100), public=True)]
    assert not any("a guest" in each or "took a note" in each for each in public)


def test_an_alternate_counts_only_while_the_representative_is_away_at_each_decision(council: Council) -> None:
    with clock.travel(to=AUGUST):
        meeting = begun(council, ("beacon", REP | ALT), ("harbour", REP), ("ember", REP))
        first = actions.put_motion(actor=council.actor("jo"), meeting=meeting, title="One", rule=TWO_THIRDS)
    with clock.travel(to=AUGUST + timedelta(minutes=5)):
        all_yes = {place.id: "yes" for place in meeting.places.filter(seat__slug__in=["beacon", "harbour", "ember"])}
        motion = actions.call_roll(actor=council.actor("jo"), carried=first, votes=all_yes)
        assert [line.vote.by_alternate for line in roll_call(motion) if line.vote] == [False, False, False]
        mark(council, meeting, "beacon", ALT)
        second = actions.put_motion(actor=council.actor("jo"), meeting=meeting, title="Two", rule=TWO_THIRDS)
    with clock.travel(to=AUGUST + timedelta(minutes=10)):
        motion = actions.call_roll(actor=council.actor("jo"), carried=second, votes=all_yes)
        assert [line.vote.by_alternate for line in roll_call(motion) if line.vote] == [True, False, False]
        assert live(meeting, roll(meeting)).represented == 3
        assert live(meeting, roll(meeting, AUGUST + timedelta(minutes=1))).represented == 3


def test_without_a_quorum_the_motion_goes_on_by_ballot_under_the_other_rule(council: Council) -> None:
    jo = council.actor("jo")
    with clock.travel(to=AUGUST):
        meeting = begun(council, ("beacon", REP), ("ember", REP))
        carried = actions.put_motion(actor=jo, meeting=meeting, title="Adopt it", rule=TWO_THIRDS, text="As written.")
    with clock.travel(to=AUGUST + timedelta(minutes=5)):
        answers = {place.id: "yes" for place in meeting.places.filter(seat__slug__in=["beacon", "ember"])}
        assert actions.call_roll(actor=jo, carried=carried, votes=answers).result == "no-decision"
        rule = {"threshold": "1/2", "strict": True, "of": "seats"}
        closes = AUGUST + timedelta(days=7)
        ballot = actions.continue_by_ballot(actor=jo, carried=carried, rule=rule, closes_at=closes, clause="§7")
        assert str(carried.motion_id) in ballot.motion.text
        assert (ballot.motion.rule, ballot.motion.closes_at) == ({**rule, "vacant": "stay"}, closes)
        assert ballot.motion.electors.count() == 5
        with pytest.raises(Conflict):
            actions.continue_by_ballot(actor=jo, carried=carried, rule=rule, closes_at=closes)
        actions.adjourn(actor=jo, meeting=meeting)
    with clock.travel(to=AUGUST + timedelta(days=1)):
        for name in ("bo", "cleo", "finn"):
            cast(actor=council.actor(name), motion=ballot.motion, choice="yes")
    with clock.travel(to=AUGUST + timedelta(days=8)):
        close_due()
    ballot.motion.refresh_from_db()
    assert ballot.motion.result == "passed"
    assert "is to be decided by ballot" not in actions.draft_minutes(actor=jo, meeting=Meeting.objects.get()).text


def test_a_motion_that_was_not_called_is_withdrawn_when_it_goes_on_by_ballot(council: Council) -> None:
    jo = council.actor("jo")
    with clock.travel(to=AUGUST):
        meeting = begun(council, *FOUR)
        item = actions.propose_item(actor=jo, body=council.body, facts=ItemFacts("It"))
        actions.list_item(actor=jo, item=item, meeting=meeting)
        actions.stand_aside(actor=jo, item=item, place=meeting.places.get(seat__slug="gold"))
        carried = actions.put_motion(actor=jo, meeting=meeting, title="Adopt it", rule=TWO_THIRDS, item=item)
        with pytest.raises(Conflict):
            actions.adjourn(actor=jo, meeting=meeting)
        ballot = actions.continue_by_ballot(
            actor=jo, carried=carried, rule=TWO_THIRDS, closes_at=AUGUST + timedelta(days=7)
        )
        actions.adjourn(actor=jo, meeting=meeting)
    carried.motion.refresh_from_db()
    assert carried.motion.state == "withdrawn"
    assert ballot.motion.electors.exclude(recused="").get().seat == council.seats["gold"]
    text = actions.draft_minutes(actor=jo, meeting=Meeting.objects.get()).text
    assert "is to be decided by ballot after the meeting" in text


def test_a_roll_call_needs_every_answer_and_no_other(council: Council) -> None:
    jo = council.actor("jo")
    with clock.travel(to=AUGUST):
        meeting = begun(council, ("beacon", REP), ("harbour", REP), ("ember", REP))
        carried = actions.put_motion(actor=jo, meeting=meeting, title="It", rule=TWO_THIRDS)
    places = {place.seat.slug: place.id for place in meeting.places.select_related("seat") if place.seat}
    three = {places[slug]: "abstain" for slug in ("beacon", "harbour", "ember")}
    with clock.travel(to=AUGUST + timedelta(minutes=1)):
        for votes, words in (
            ({places["beacon"]: "yes"}, "no answer from: Harbour Works, Ember"),
            (three | {places["gold"]: "yes"}, "nobody may vote for Gold members now"),
            (three | {places["ember"]: "maybe"}, "a vote is yes, no or abstain"),
        ):
            with pytest.raises(UserError, match=words):
                actions.call_roll(actor=jo, carried=carried, votes=votes)
        assert actions.call_roll(actor=jo, carried=carried, votes=three).state == "closed"
        with pytest.raises(Conflict):
            actions.call_roll(actor=jo, carried=carried, votes=three)
        with pytest.raises(Conflict, match="is decided"):
            closes = clock.now() + timedelta(days=1)
            actions.continue_by_ballot(actor=jo, carried=carried, rule=TWO_THIRDS, closes_at=closes)


def test_what_a_meeting_does_not_let_through(council: Council) -> None:
    jo = council.actor("jo")
    with clock.travel(to=AUGUST):
        meeting = begun(council)
        ember = meeting.places.get(seat__slug="ember")
        for act, words in (
            (lambda: actions.call_to_order(actor=jo, meeting=meeting), "only a planned meeting"),
            (lambda: actions.mark_seat(actor=jo, place=ember, present=ALT), "nobody is alternate of Ember"),
            (lambda: actions.mark_seat(actor=jo, place=ember, present={"dog"}), "not known"),
            (lambda: actions.welcome(actor=jo, meeting=meeting, name=" "), "name is empty"),
            (lambda: actions.welcome(actor=jo, meeting=meeting, name="A", role="king"), "not known"),
            (lambda: actions.take_note(actor=jo, meeting=meeting, text=" "), "note is empty"),
            (lambda: actions.put_motion(actor=jo, meeting=meeting, title=" ", rule=TWO_THIRDS), "motion is empty"),
            (
                lambda: actions.put_motion(actor=jo, meeting=meeting, title="A", rule={"threshold": "2/3"}),
                "fraction of",
            ),
            (lambda: actions.draft_minutes(actor=jo, meeting=meeting), "not over"),
            (lambda: actions.cancel_meeting(actor=jo, meeting=meeting), "already begun"),
            (lambda: actions.correct_minutes(actor=jo, meeting=meeting, text="A"), "no minutes to correct"),
        ):
            with pytest.raises(UserError, match=words):
                act()
        actions.adjourn(actor=jo, meeting=meeting)
        with pytest.raises(Conflict, match="not running"):
            actions.take_note(actor=jo, meeting=meeting, text="Late")
    empty = Council(type(council.body).objects.create(slug="empty", name="Empty", kind="council"))
    with pytest.raises(Refused, match="the chair of Empty"):
        actions.plan_meeting(actor=jo, body=empty.body, title="Alone", starts_at=AUGUST, zone="UTC")
    alone = actions.plan_meeting(actor=DESK, body=empty.body, title="Alone", starts_at=AUGUST, zone="UTC")
    with pytest.raises(UserError, match="no voting seat"):
        actions.call_to_order(actor=DESK, meeting=alone)


def test_proposals_that_cannot_stand(council: Council) -> None:
    bo, jo = council.actor("bo"), council.actor("jo")
    for facts, words in (
        (ItemFacts(" "), "title is empty"),
        (ItemFacts("A", minutes=0), "between 1 and"),
        (ItemFacts("A", wanted="sing"), "not known"),
        (ItemFacts("A", papers=("javascript:1",)), "no web address"),
    ):
        with pytest.raises(UserError, match=words):
            actions.propose_item(actor=bo, body=council.body, facts=facts)
    item = actions.propose_item(actor=bo, body=council.body, facts=ItemFacts("A"))
    with pytest.raises(UserError, match="say why"):
        actions.decline_item(actor=jo, item=item, reason=" ")
    assert actions.decline_item(actor=jo, item=item, reason="Not ours").answer == "Not ours"
    changed = actions.change_item(actor=jo, item=item, facts=ItemFacts("B", minutes=7))
    assert (changed.title, changed.minutes) == ("B", 7)


def test_promises_are_confirmed_carried_over_and_closed(council: Council) -> None:
    jo = council.actor("jo")
    promise = ActionItem.objects.create(body=council.body, text="Send the vote", state="proposed", line=3)
    with pytest.raises(Conflict):
        actions.close_item(actor=jo, item=promise)
    item = actions.confirm(actor=jo, item=promise, owner=council.people["bo"], due=date(2026, 8, 30))
    assert list(open_items(council.body)) == [item]
    actions.confirm(actor=jo, item=item, owner=council.people["cleo"], text="Send the ballot")
    assert open_items(council.body).get().text == "Send the ballot"
    actions.close_item(actor=council.actor("cleo"), item=item, state="dropped", outcome="overtaken")
    for act in (
        lambda: actions.close_item(actor=jo, item=item),
        lambda: actions.confirm(actor=jo, item=item, owner=council.people["bo"]),
    ):
        with pytest.raises(Conflict):
            act()


def test_single_meetings_of_a_series_are_moved_and_cancelled(council: Council) -> None:
    jo = council.actor("jo")
    series = monthly(council)
    later = datetime(2026, 9, 15, 14, tzinfo=UTC)
    with clock.travel(to=AUGUST - timedelta(days=1)):
        planned = actions.plan_occurrence(actor=jo, series=series, day=date(2026, 9, 8))
        assert (
            actions.move_meeting(actor=jo, meeting=planned, starts_at=later, reason="a conference").starts_at == later
        )
        actions.cancel_occurrence(actor=jo, series=series, day=date(2026, 10, 13))
        single = actions.plan_meeting(actor=jo, body=council.body, title="Extra", starts_at=later, zone="Asia/Kolkata")
        coming = upcoming([council.body], days=150)
        assert [(each.title, each.starts_at.isoformat()[:16], each.moved, each.cancelled) for each in coming] == [
            ("Council meeting", "2026-08-11T14:00", False, False),
            ("Council meeting", "2026-09-15T14:00", True, False),
            ("Extra", "2026-09-15T14:00", False, False),
            ("Council meeting", "2026-10-13T14:00", False, True),
            ("Council meeting", "2026-11-10T15:00", False, False),
            ("Council meeting", "2026-12-08T15:00", False, False),
        ]
        assert coming[1].meeting == planned
        for act, words in (
            (lambda: actions.cancel_occurrence(actor=jo, series=series, day=date(2026, 9, 9)), "no meeting on"),
            (lambda: actions.plan_occurrence(actor=jo, series=series, day=date(2026, 10, 13)), "is cancelled"),
        ):
            with pytest.raises(UserError, match=words):
                act()
        actions.move_meeting(actor=jo, meeting=single, starts_at=later + timedelta(days=1))
        assert actions.cancel_meeting(actor=jo, meeting=single).sequence == 2
        actions.end_series(actor=jo, series=series, until=datetime(2026, 11, 1, tzinfo=UTC))
        assert len(upcoming([council.body], days=150)) == 4
    change = series.changes.get(day=date(2026, 9, 8))
    assert (change.what, change.sequence, change.reason) == ("moved", 1, "a conference")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("zone", "Pacific", "no time zone"),
        ("rrule", "FREQ=MONTHLY;UNTIL=20270101T000000Z", "has no UNTIL"),
        ("rrule", "FREQ=SECONDLY", "no rule of recurrence"),
        ("rrule", "FREQ=MONTHLY;BYDAY=9XX", "no rule of recurrence"),
        ("rrule", "second Tuesday", "has no SECOND TUESDAY"),
        ("rrule", "FREQ=MONTHLY;INTERVAL=0", "no rule of recurrence"),
        ("first_day", date(2026, 1, 14), "the rule does not give"),
        ("duration", 0, "lasts between"),
        ("title", "…", "title is empty"),
    ],
)
def test_series_that_cannot_stand(council: Council, field: str, value: object, words: str) -> None:
    facts = SeriesFacts(**{**MONTHLY.__dict__, field: value})
    with pytest.raises(UserError, match=words) as caught:
        actions.start_series(actor=council.actor("jo"), body=council.body, facts=facts)
    assert caught.value.where == field
    assert caught.value.mend


def test_a_title_is_taken_once(council: Council) -> None:
    monthly(council)
    with pytest.raises(Conflict):
        monthly(council)


def test_attendance_over_time(council: Council) -> None:
    jo = council.actor("jo")
    series = monthly(council)
    for month, who in ((6, FOUR), (7, (("beacon", REP), ("lantern", REP))), (8, (("beacon", ALT),))):
        starts = datetime(2026, month, {6: 9, 7: 14, 8: 11}[month], 14, tzinfo=UTC)
        with clock.travel(to=starts):
            meeting = actions.plan_occurrence(actor=jo, series=series, day=starts.date())
            meeting = actions.call_to_order(actor=jo, meeting=meeting)
            for seat, present in who:
                mark(council, meeting, seat, present)
            actions.adjourn(actor=jo, meeting=meeting)
    found = {row.label: (row.meetings, row.representative, row.alternate, row.absent, row.missed_in_a_row)
             for row in attendance_by_seat(council.body)}  # fmt: skip
    assert found == {
        "Beacon": (3, 1, 2, 0, 0),
        "Harbour Works": (3, 1, 0, 2, 2),
        "Ember": (3, 1, 0, 2, 2),
        "Gold members": (3, 1, 0, 2, 2),
        "Lantern project": (3, 1, 0, 2, 1),
    }
