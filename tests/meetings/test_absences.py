"""What a charter makes of absence reaches rolls, quorums, motions, pages and letters; and who presides, by which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.meetings.conftest import Council
from tests.meetings.test_api import Caller
from tests.meetings.test_story import ALT, AUGUST, MONTHLY, REP, begun, mark

from quorate.access.actors import system
from quorate.decisions.actions import electorate_of, open_motion
from quorate.decisions.queries import standing
from quorate.kernel import clock
from quorate.ledger.models import Entry, Message
from quorate.registers.meetings import actions
from quorate.registers.meetings.models import Attendance, Meeting, Place
from quorate.registers.meetings.queries.absences import fates
from quorate.registers.meetings.queries.meetings import live, roll
from quorate.terms.models import Charter, Seat, Term

pytestmark = pytest.mark.django_db
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
#: Three misses suspend the vote until present at two in a row; two and the quorum does not ask; four and it is elected.
RULES: list[dict[str, Any]] = [
    {"misses": 3, "then": "suspend", "until_present": 2, "clause": "4.2"},
    {"misses": 2, "then": "uncounted", "clause": "4.1"},
    {"misses": 4, "then": "election"},
]


def client_of(council: Council, name: str) -> Client:
    return Caller(council, name).client


def charter(council: Council, **numbers: Any) -> Charter:
    numbers = {"attendance": RULES, **numbers}
    return Charter.objects.create(body=council.body, version="2026.1", start=SINCE, numbers=numbers)


def past(council: Council, number: int, *present: str, role: str = "representative") -> Meeting:
    """A meeting that took place so many months after January, with these seats there."""
    at = SINCE + timedelta(days=30 * number, hours=1)
    meeting = Meeting.objects.create(
        body=council.body, title=f"Meeting {number}", starts_at=at, zone="UTC", state="adjourned", called_at=at,
        adjourned_at=at + timedelta(hours=1),
    )  # fmt: skip
    for position, (slug, seat) in enumerate(council.seats.items()):
        place = Place.objects.create(meeting=meeting, seat=seat, label=seat.title, position=position)
        if slug in present:
            Attendance.objects.create(meeting=meeting, place=place, role=role, start=at, until=meeting.adjourned_at)
    return meeting


ALL = ("beacon", "harbour", "ember", "gold", "lantern")


def without(*gone: str) -> list[str]:
    return [slug for slug in ALL if slug not in gone]


def states(council: Council, at: datetime | None = None) -> dict[str, list[str]]:
    found = fates(council.body, at or AUGUST)
    slugs = {seat.id: slug for slug, seat in council.seats.items()}
    return {slugs[seat]: [each.rule.then for each in one.fates if each.holds] for seat, one in found.items()}


def test_misses_are_counted_by_seat_from_the_version_of_the_charter_on(council: Council) -> None:
    past(council, -1, *without("ember"))  # before the charter: counts for nothing
    for number in (1, 2):
        past(council, number, *without("ember", "gold"))
    assert states(council) == {}, "without a rule there is nothing to say"
    charter(council)
    assert states(council)["ember"] == ["uncounted"]
    past(council, 3, *without("ember"))
    assert states(council) == {
        "beacon": [],
        "harbour": [],
        "ember": ["suspend", "uncounted"],
        "gold": [],
        "lantern": [],
    }
    before = SINCE + timedelta(days=85)
    assert states(council, before)["gold"] == ["uncounted"], "as of a day in the past"
    for number in (4, 5):
        past(council, number, *ALL)
    assert states(council)["ember"] == []


def test_an_alternate_in_the_room_is_the_seat_there(council: Council) -> None:
    charter(
        council, attendance=[{"misses": 1, "then": "suspend"}, {"misses": 1, "then": "suspend", "by": "representative"}]
    )
    past(council, 1, *ALL, role="alternate")
    assert [each.holds for each in fates(council.body, AUGUST)[council.seats["beacon"].id].fates] == [False, True]


def test_a_new_representative_owes_nothing_for_an_election_of_before(council: Council) -> None:
    charter(council)
    for number in range(1, 5):
        past(council, number, *without("gold"))
    assert "election" in states(council)["gold"]
    Term.objects.filter(seat=council.seats["gold"]).update(until=SINCE + timedelta(days=140))
    Term.objects.create(seat=council.seats["gold"], person=council.people["xan"], start=SINCE + timedelta(days=140))
    assert states(council)["gold"] == ["suspend", "uncounted"], "the seat's own absence still counts for its vote"


def test_the_roll_the_quorum_and_the_motion_of_a_meeting_follow_the_charter(council: Council) -> None:
    charter(council, quorum={"fraction": "1/2", "strict": True})
    for number in (1, 2):
        past(council, number, *without("ember", "gold"))
    past(council, 3, *without("ember"))
    past(council, 4, *without("lantern", "ember"))
    past(council, 5, *without("lantern", "ember"))
    with clock.travel(to=AUGUST):
        meeting = begun(council, ("beacon", REP), ("harbour", REP), ("ember", REP))
        places = {slug: meeting.places.get(seat=seat) for slug, seat in council.seats.items()}
        assert places["ember"].suspended.endswith("until present at 2 in a row (clause 4.2)")
        assert "clause 4.1" in places["lantern"].uncounted
        assert meeting.quorum == {"fraction": "1/2", "strict": True, "charter": "2026.1"}
        quorum = live(meeting, roll(meeting))
        # Ember is no seat for now, Lantern is not asked for while it is away: three seats are left.
        assert (quorum.seats, quorum.represented, quorum.needed, quorum.met) == (3, 2, 2, True)
        mark(council, meeting, "lantern", REP)
        quorum = live(meeting, roll(meeting))
        assert (quorum.seats, quorum.represented, quorum.needed) == (4, 3, 3), "it is there, so it counts"
        rule = {"threshold": "1/2", "strict": True, "of": "seats"}
        carried = actions.put_motion(actor=council.actor("jo"), meeting=meeting, title="Adopt it", rule=rule)
    with clock.travel(to=AUGUST + timedelta(minutes=5)):
        votes = {places[slug].id: "yes" for slug in ("beacon", "harbour", "lantern")}
        motion = actions.call_roll(actor=council.actor("jo"), carried=carried, votes=votes)
        assert (motion.result, motion.evaluation["seats"]) == ("passed", 4)
        page = client_of(council, "jo").get(f"/motions/{motion.id}/").content.decode()
        assert "Suspended" in page
        assert "(clause 4.2)" in page
        shown = client_of(council, "jo").get(reverse("meetings:meeting", args=[meeting.id])).content.decode()
        assert "by the charter, version 2026.1" in shown
        assert "(clause 4.2)" in shown


def test_a_suspended_seat_cannot_vote_by_ballot_either(council: Council) -> None:
    charter(council)
    for number in (1, 2, 3):
        past(council, number, *without("ember"))
    with clock.travel(to=AUGUST):
        motion = open_motion(
            actor=system("test"), title="Shall we?", body=council.body, electorate=electorate_of(council.body),
            rule={"threshold": "2/3", "strict": False, "of": "seats"}, closes_at=AUGUST + timedelta(days=7),
        )  # fmt: skip
        assert standing(motion).evaluation.bar["denominator"] == 4
        vote = reverse("decisions:vote", args=[motion.id])
        assert client_of(council, "cleo").post(vote, {"choice": "yes"}).status_code == 403
        assert client_of(council, "bo").post(vote, {"choice": "yes"}).status_code == 302
        past(council, 6, *ALL)
        past(council, 7, *ALL)
        assert "suspend" not in states(council, AUGUST + timedelta(days=1))["ember"]
        assert standing(motion).evaluation.bar["denominator"] == 4, "the roll of a motion does not move"


def test_the_end_of_a_meeting_tells_the_seats_that_it_concerns(council: Council) -> None:
    charter(council)
    past(council, 1, *without("gold"))
    for number in (2, 3):
        past(council, number, *without("ember"))
    with clock.travel(to=AUGUST):
        meeting = begun(council, *((slug, REP) for slug in ("beacon", "harbour", "lantern")))
    Message.objects.filter(topic="mail").delete()
    with clock.travel(to=AUGUST + timedelta(hours=1)):
        actions.adjourn(actor=council.actor("jo"), meeting=meeting)
    told = [
        (entry.data["place"], entry.data["what"], entry.data["holds"])
        for entry in Entry.objects.filter(kind="seat.absence").order_by("seq")
    ]
    assert told == [("Ember", "suspend", True)]
    letters = {row.payload["to"]: row.payload["body"] for row in Message.objects.filter(topic="mail")}
    assert set(letters) == {"cleo-marsh@people.example", "dov-pell@people.example"}
    assert "the vote is suspended, until present at 2 in a row (clause 4.2)" in letters["cleo-marsh@people.example"]
    assert "1 more miss, and a quorum does not ask for the seat" in letters["dov-pell@people.example"]


def test_everybody_can_see_who_is_near_a_consequence(council: Council, django_assert_num_queries: Any) -> None:
    charter(council)
    past(council, 1, *without("gold"))
    page = reverse("meetings:public-body", args=["council"])
    client = client_of(council, "xan")
    answer = client.get(page).content.decode()
    assert "One miss away" in answer
    assert "away from 3 meetings in a row: the vote is suspended" in answer
    with CaptureQueriesContext(connection) as first:
        client.get(page)
    for number in (2, 3, 4):
        past(council, number, *without("ember", "lantern"))
    with django_assert_num_queries(len(first)):
        answer = client.get(page).content.decode()
    assert "Suspended" in answer
    status, rows = Caller(council, "").get("/bodies/council/attendance")
    ember = next(row for row in rows if row["seat"] == "Ember")
    assert (status, ember["absent"], [each["holds"] for each in ember["consequences"]]) == (200, 3, [True, True, False])
    assert ember["consequences"][0]["more_presences"] == 2
    council.body.public = False
    council.body.save()
    assert Caller(council, "xan").get("/bodies/council/attendance")[0] == 404


def test_who_presides_is_the_next_of_the_charters_order_that_is_there(council: Council) -> None:
    Seat.objects.filter(pk=council.seats["harbour"].pk).update(office="vice-chair")
    charter(council, presides=["chair", "vice-chair", "seat:council/secretary"])
    with clock.travel(to=AUGUST):
        meeting = begun(council)
        assert (meeting.presiding, meeting.presiding_as) == (council.people["ada"], "chair")
        mark(council, meeting, "beacon", ALT)
        meeting.refresh_from_db()
        assert (meeting.presiding, meeting.presiding_as) == (council.people["bo"], "vice-chair")
        page = client_of(council, "jo").get(reverse("meetings:run", args=[meeting.id])).content.decode()
        assert "Bo Tarn presides (Vice chair)" in page
        mark(council, meeting, "harbour", set())
        meeting.refresh_from_db()
        assert meeting.presiding == council.people["jo"]
        mark(council, meeting, "beacon", REP)
        meeting.refresh_from_db()
        assert meeting.presiding == council.people["ada"], "the chair came late"


def test_who_was_said_by_hand_presides_whatever_the_roll_shows(council: Council) -> None:
    charter(council)
    with clock.travel(to=AUGUST):
        jo = council.actor("jo")
        series = actions.start_series(actor=jo, body=council.body, facts=MONTHLY)
        meeting = actions.plan_occurrence(actor=jo, series=series, day=AUGUST.date())
        meeting = actions.call_to_order(actor=jo, meeting=meeting, presiding=council.people["dov"])
        mark(council, meeting, "gold", set())
        meeting.refresh_from_db()
        assert (meeting.presiding, meeting.presiding_as) == (council.people["dov"], "")


@pytest.mark.parametrize(
    ("numbers", "needed"),
    [
        ({"printed": 4, "fraction": "1/2", "strict": True}, 4),
        ({"fraction": "3/4"}, 4),
        ({"fraction": "1/2", "strict": True}, 3),
        ({}, 3),
    ],
)
def test_the_charter_gives_the_quorum_where_the_series_names_none(
    council: Council, numbers: dict[str, Any], needed: int
) -> None:
    charter(council, **({"quorum": numbers} if numbers else {}))
    with clock.travel(to=AUGUST):
        meeting = begun(council)
        assert live(meeting, roll(meeting)).needed == needed


def test_drafts_are_for_the_members_and_series_for_officers(council: Council) -> None:
    with clock.travel(to=AUGUST):
        meeting = begun(council, ("beacon", REP))
        actions.adjourn(actor=council.actor("jo"), meeting=meeting)
    jo, bo, xan, visitor = (Caller(council, name) for name in ("jo", "bo", "xan", ""))
    path = f"/meetings/{meeting.id}/minutes"
    for caller, status in ((visitor, 401), (xan, 403), (bo, 403), (jo, 201)):
        assert caller.post(path)[0] == status
    assert [len(caller.get(path)[1]) for caller in (visitor, xan, bo, jo)] == [0, 0, 1, 1]
    web = reverse("meetings:minutes", args=[meeting.id])
    assert "Minutes of the 2026-08-11" not in client_of(council, "xan").get(web).content.decode()
    assert "Minutes of the 2026-08-11" in client_of(council, "bo").get(web).content.decode()
    assert jo.post(path, text="# Minutes\n\nShorter.", why="shorter")[1]["number"] == 2
    assert jo.post(f"{path}/adopt", adopted_in=str(meeting.id))[0] == 422
    assert jo.post(f"{path}/publish")[0] == 409
    later = past(council, 9, *ALL)
    assert xan.post(f"{path}/adopt", adopted_in=str(later.id))[0] == 403
    assert jo.post(f"{path}/adopt", adopted_in=str(later.id))[1]["adopted_in"] == str(later.id)
    assert bo.post(f"{path}/publish")[0] == 403
    assert jo.post(f"{path}/publish")[0] == 200
    assert visitor.get(path)[1][0]["text"].endswith("Shorter.\n")
    given = {"title": "Office hours", "zone": "Asia/Seoul", "first_day": "2026-09-01", "wall": "09:00:00"}
    given["rrule"] = "FREQ=WEEKLY;BYDAY=TU"
    for caller, status in ((visitor, 401), (xan, 403), (bo, 403), (jo, 201)):
        assert caller.post("/bodies/council/series", **given)[0] == status
    assert jo.post("/bodies/council/series", **{**given, "title": "Other", "zone": "Mars/Base"})[0] == 422
    slugs = [row["slug"] for row in visitor.get("/bodies/council/series")[1]]
    assert "office-hours" in slugs
    day = "/bodies/council/series/office-hours/days/2026-09-08"
    with clock.travel(to=AUGUST):
        assert xan.post(day, what="cancel")[0] == 403
        assert jo.post(day, what="move")[0] == 422
        assert jo.post(day, what="cancel", reason="A holiday.")[0] == 200
        made = jo.post("/bodies/council/series/office-hours/days/2026-09-15", what="plan")[1]
        assert made["starts_at"] == "2026-09-15T00:00:00Z"
        assert xan.post(f"/meetings/{made['id']}/change", what="cancel")[0] == 403
        assert jo.post(f"/meetings/{made['id']}/change", what="move", starts_at="2026-09-16T00:00:00Z")[0] == 200
        single = {"title": "Retreat", "starts_at": "2026-10-01T09:00:00Z", "zone": "Europe/Berlin"}
        assert bo.post("/bodies/council/meetings", **single)[0] == 403
        assert jo.post("/bodies/council/meetings", **single)[0] == 201
        assert xan.post("/bodies/council/series/office-hours/end")[0] == 403
        assert jo.post("/bodies/council/series/office-hours/end")[0] == 200
