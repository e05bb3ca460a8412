"""Pages of meetings: what anybody sees, what members and officers do there, who is refused, and at what cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from tests.meetings.conftest import PRINTED, Council
from tests.meetings.test_story import AUGUST, FOUR, MONTHLY, TWO_THIRDS, begun, monthly

from quorate.access.actors import system
from quorate.kernel import clock
from quorate.registers.meetings import actions
from quorate.registers.meetings.actions import ItemFacts, take_in
from quorate.registers.meetings.models import ActionItem, AgendaItem, Meeting, Series
from quorate.toolkit.work import gather

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(council: Council) -> Callable[[str], Client]:
    """A signed-in browser of somebody; ``""`` is a visitor's."""

    def make(name: str) -> Client:
        client = Client()
        if name:
            client.force_login(council.people[name].account, settings.AUTHENTICATION_BACKENDS[0])
        return client

    return make


def held(council: Council) -> Meeting:
    """The meeting of August, held and adjourned, with a decision and an action item."""
    jo = council.actor("jo")
    with clock.travel(to=AUGUST):
        meeting = begun(council, *FOUR)
        item = actions.propose_item(actor=jo, body=council.body, facts=ItemFacts("Host Lantern 2", "**Now**", "decide"))
        actions.list_item(actor=jo, item=item, meeting=meeting)
        actions.start_item(actor=jo, item=item)
        carried = actions.put_motion(actor=jo, meeting=meeting, title="Host it", rule=TWO_THIRDS, item=item)
    with clock.travel(to=AUGUST + timedelta(minutes=20)):
        votes = {place.id: "yes" for place in meeting.places.exclude(seat__slug="lantern")}
        actions.call_roll(actor=jo, carried=carried, votes=votes)
        actions.give(actor=jo, body=council.body, text="Tell them", owner=council.people["bo"], meeting=meeting)
        return actions.adjourn(actor=jo, meeting=meeting)


def published(council: Council, meeting: Meeting) -> None:
    jo = council.actor("jo")
    drafted = actions.draft_minutes(actor=jo, meeting=meeting)
    assert meeting.series is not None
    with clock.travel(to=datetime(2026, 9, 8, 14, tzinfo=UTC)):
        later = actions.plan_occurrence(actor=jo, series=meeting.series, day=date(2026, 9, 8))
        later = actions.call_to_order(actor=jo, meeting=later)
        actions.adopt_minutes(actor=jo, minutes=drafted, adopted_in=later)
        actions.publish_minutes(actor=jo, minutes=drafted)


def test_what_anybody_sees(council: Council, browser: Callable[[str], Client]) -> None:
    visitor = browser("")
    meeting = held(council)
    page = visitor.get(f"/p/meetings/{meeting.id}/").content.decode()
    for words in ("Host Lantern 2", "<strong>Now</strong>", "Host it", "Passed", "Alternate, standing in", "Finn Roe",
                  "07:00 America/Los_Angeles"):  # fmt: skip
        assert words in page
    assert "Tell them" not in page
    assert visitor.get(f"/p/meetings/{meeting.id}/minutes/").status_code == 404
    assert visitor.get(f"/p/meetings/{meeting.id}/minutes.md").status_code == 404
    published(council, meeting)
    page = visitor.get(f"/p/meetings/{meeting.id}/minutes/").content.decode()
    assert "Roll call: 4 yes, 0 no, 0 abstained." in page
    text = visitor.get(f"/p/meetings/{meeting.id}/minutes.md")
    assert text["Content-Type"].startswith("text/markdown")
    assert text.content.decode().startswith("# Minutes of the 2026-08-11 meeting of Council")
    assert text["Cache-Control"].startswith("public")
    for path in ("/p/meetings/", "/p/bodies/council/meetings/", "/p/bodies/council/"):
        assert meeting.title in visitor.get(path).content.decode()


def test_printed_names_of_people_we_do_not_know_are_for_who_is_signed_in(
    council: Council, browser: Callable[[str], Client]
) -> None:
    text = PRINTED.replace("Cleo Marsh (Dune", "Celia Marsh (Dune")
    meeting = take_in(actor=system("desk"), name="council", text=text, file="m.md").meeting
    assert meeting is not None
    for path, shown in ((f"/p/meetings/{meeting.id}/", False), (f"/meetings/{meeting.id}/", True)):
        assert ("Celia Marsh" in browser("bo").get(path).content.decode()) is shown
    assert "Jo Reed" not in browser("").get(f"/p/meetings/{meeting.id}/").content.decode().split("What happened")[0]


def test_calendars_are_public_and_those_of_private_bodies_are_not(
    council: Council, browser: Callable[[str], Client]
) -> None:
    series = monthly(council)
    visitor = browser("")
    paths = ("/p/meetings.ics", "/p/bodies/council/meetings.ics", f"/p/bodies/council/meetings/{series.slug}.ics")
    for path in paths:
        answer = visitor.get(path)
        assert answer["Content-Type"].startswith("text/calendar")
        assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 1
        assert visitor.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    council.body.public = False
    council.body.save()
    assert [visitor.get(path).status_code for path in paths] == [200, 404, 404]
    assert not Calendar.from_ical(visitor.get("/p/meetings.ics").content).walk("VEVENT")


def test_the_pages_of_a_private_body_are_for_its_members(council: Council, browser: Callable[[str], Client]) -> None:
    meeting = held(council)
    council.body.public = False
    council.body.save()
    paths = [f"/meetings/{meeting.id}/", f"/meetings/{meeting.id}/minutes/", "/meetings/of/council/",
             "/meetings/of/council/action-items/", "/meetings/of/council/propose/"]  # fmt: skip
    for path in paths:
        assert browser("bo").get(path).status_code == 200, path
        assert browser("xan").get(path).status_code == 404, path
        assert browser("").get(path).status_code == 302, path
    for path in (f"/p/meetings/{meeting.id}/", "/p/bodies/council/meetings/"):
        assert browser("").get(path).status_code == 404
    assert meeting.title not in browser("xan").get("/meetings/").content.decode()


def test_officers_pages_refuse_everybody_else(council: Council, browser: Callable[[str], Client]) -> None:
    meeting = held(council)
    series = Series.objects.get()
    item = AgendaItem.objects.get()
    todo = ActionItem.objects.get()
    jo = council.actor("jo")
    planned = actions.plan_occurrence(actor=jo, series=series, day=date(2026, 10, 13))
    there = f"/meetings/of/council/series/{series.slug}"
    paths = [
        f"/meetings/{planned.id}/run/",
        f"/meetings/{planned.id}/agenda/",
        f"/meetings/{planned.id}/change/",
        f"/meetings/{meeting.id}/agenda/{item.id}/",
        "/meetings/of/council/series/new/",
        "/meetings/of/council/new/",
        f"{there}/2026-11-10/",
        f"/meetings/action-items/{todo.id}/confirm/",
        f"/meetings/proposals/{item.id}/decline/",
    ]
    for path in paths:
        assert browser("jo").get(path).status_code == 200, path
        assert browser("cleo").get(path).status_code == 403, path
        assert browser("").get(path).status_code == 302, path
    posts = [
        (f"{there}/2026-11-10/plan/", {}, 403),
        (f"{there}/end/", {}, 403),
        (f"/meetings/{planned.id}/run/call/", {}, 403),
        (f"/meetings/{meeting.id}/minutes/", {"what": "draft"}, 403),
        (f"/meetings/{meeting.id}/minutes/", {"what": "correct", "text": "x"}, 403),
    ]
    before = Meeting.objects.count()
    for path, data, status in posts:
        assert browser("cleo").post(path, data).status_code == status, path
        assert browser("").post(path, data).status_code == 302, path
    browser("cleo").post(f"/meetings/action-items/{todo.id}/close/", {"state": "done"})
    todo.refresh_from_db()
    assert (Meeting.objects.count(), todo.state) == (before, "open")


def test_a_meeting_is_run_with_plain_forms(council: Council, browser: Callable[[str], Client]) -> None:
    jo, xan = browser("jo"), browser("xan")
    said = {"title": "Monthly", "zone": "America/Los_Angeles", "first_day": "2026-01-13", "wall": "07:00",
            "rrule": "FREQ=MONTHLY;BYDAY=2TU", "duration": "60", "place": "", "quorum": "4"}  # fmt: skip
    wrong = jo.post("/meetings/of/council/series/new/", said | {"zone": "Pacific"})
    assert wrong.status_code >= 400
    assert "is no time zone" in wrong.content.decode()
    assert jo.post("/meetings/of/council/series/new/", said).status_code == 302
    assert Series.objects.get().quorum == {"count": 4}
    with clock.travel(to=AUGUST - timedelta(days=3)):
        proposal = {
            "title": "Lantern",
            "text": "",
            "wanted": "decide",
            "minutes": "90",
            "presenter": "Xan",
            "papers": "",
        }
        assert xan.post("/meetings/of/council/propose/", proposal | {"papers": "javascript:1"}).status_code in (
            400,
            422,
        )
        assert xan.post("/meetings/of/council/propose/", proposal).status_code == 302
        xan.post("/meetings/of/council/propose/", proposal | {"title": "Reports", "minutes": "5"})
        assert "Lantern" in jo.get("/meetings/of/council/").content.decode()
        jo.post("/meetings/of/council/series/monthly/2026-08-11/plan/")
        meeting = Meeting.objects.get()
        agenda = f"/meetings/{meeting.id}/agenda/"
        lantern, reports = AgendaItem.objects.order_by("proposed_at")
        for item in (lantern, reports):
            jo.post(agenda, {"what": "add", "item": str(item.id)})
        jo.post(agenda, {"what": "up", "item": str(reports.id)})
        assert "35 minutes too long" in jo.get(agenda).content.decode()
        jo.post(f"{agenda}{lantern.id}/", proposal | {"minutes": "30"})
        assert [str(item) for item in meeting.items.order_by("position")] == ["Reports", "Lantern"]
    run = f"/meetings/{meeting.id}/run/"
    with clock.travel(to=AUGUST):
        assert "Call to order" in jo.get(run).content.decode()
        jo.post(f"{run}call/")
        for place in meeting.places.all():
            state = "alternate" if place.label == "Beacon" else "representative"
            jo.post(f"{run}seat/", {"place": str(place.id), "state": state})
        swapped = jo.post(
            f"{run}seat/", {"place": str(place.id), "state": "absent"}, headers={"HX-Request": "true"}
        ).content.decode()
        assert "4 of 5 seats represented" in swapped
        assert 'hx-swap-oob="true"' in swapped
        assert "<html" not in swapped
        jo.post(f"{run}antitrust/")
        jo.post(f"{run}guest/", {"guest-name": "Lee Ash", "guest-affiliation": "", "guest-role": "guest"})
        jo.post(f"{run}start/")
        jo.post(f"{run}start/")
        jo.post(f"{run}note/", {"text": "It is ready."})
        gold = meeting.places.get(label="Gold members")
        jo.post(f"{run}aside/", {"place": str(gold.id), "why": "sponsor"})
        jo.post(
            f"{run}motion/", {"motion-title": "Host it", "motion-rule": "two-thirds-represented", "motion-clause": ""}
        )
        assert "still open" in jo.post(f"{run}adjourn/", follow=True).content.decode()
    with clock.travel(to=AUGUST + timedelta(minutes=9)):
        page = jo.get(run).content.decode()
        assert page.count("<fieldset") == 3
        carried = meeting.motions.get()
        answers = {
            f"vote-{place.id}": "yes" for place in meeting.places.filter(seat__slug__in=["beacon", "harbour", "ember"])
        }
        assert "no answer from" in jo.post(f"{run}votes/", {"motion": str(carried.id)}, follow=True).content.decode()
        jo.post(f"{run}votes/", {"motion": str(carried.id), **answers})
        carried.motion.refresh_from_db()
        # Three of five seats voted and the meeting asks for four, so nothing is decided and it goes on by ballot.
        assert carried.motion.result == "no-decision"
        jo.post(f"{run}ballot/", {"motion": str(carried.id), "ballot-rule": "majority-seats", "ballot-days": "7"})
        assert meeting.motions.count() == 2
        owner = str(council.people["bo"].id)
        assert "This field is required" in jo.post(f"{run}todo/", {"todo-text": "Tell"}, follow=True).content.decode()
        jo.post(f"{run}todo/", {"todo-text": "Tell them", "todo-owner": owner, "todo-due": "2026-08-20"})
        assert jo.post(f"{run}adjourn/")["Location"] == f"/meetings/{meeting.id}/"
        minutes = f"/meetings/{meeting.id}/minutes/"
        jo.post(minutes, {"what": "draft"})
        assert jo.post(minutes, {"what": "correct", "text": ""}).status_code == 422
        jo.post(minutes, {"what": "correct", "text": "# Minutes\n\nAll went well.", "why": "shorter"})
        assert "All went well." in jo.get(minutes).content.decode()
        assert jo.post(minutes, {"what": "dance"}).status_code == 404
        works = [item for item in gather(council.actor("bo"), clock.now()) if item.key.startswith("action-item")]
        assert [item.title for item in works] == ["Tell them"]
    bo = browser("bo")
    answer = bo.post(works[0].actions[0].url, {"state": "done", "next": "/"})
    assert (answer["Location"], ActionItem.objects.get().state) == ("/", "done")
    for change in ({"what": "cancel"}, {"what": "move", "day": "2026-12-15", "wall": "08:00"}):
        assert jo.post("/meetings/of/council/series/monthly/2026-12-08/", change).status_code == 302
    assert jo.post("/meetings/of/council/series/monthly/2026-12-08/", {"what": "move"}).status_code == 422
    assert jo.get("/meetings/of/council/series/monthly/2026-12-09/").status_code == 404
    assert jo.get("/meetings/of/council/series/monthly/someday/").status_code == 404
    assert Series.objects.get().changes.get().starts_at == datetime(2026, 12, 15, 16, tzinfo=UTC)


def test_promises_are_confirmed_on_their_page(council: Council, browser: Callable[[str], Client]) -> None:
    take_in(actor=system("desk"), name="council", text=PRINTED, file="m.md")
    jo = browser("jo")
    page = jo.get("/meetings/of/council/action-items/").content.decode()
    assert "Cleo Marsh agreed to follow up" in page
    promise = ActionItem.objects.get(text__startswith="Cleo")
    said = {"text": promise.text, "owner": str(council.people["cleo"].id), "due": "2026-09-01"}
    assert jo.post(f"/meetings/action-items/{promise.id}/confirm/", said).status_code == 302
    promise.refresh_from_db()
    assert (promise.state, promise.due) == ("open", date(2026, 9, 1))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/meetings/", "bo"),
        ("/meetings/of/council/", "jo"),
        ("/meetings/of/council/action-items/", "jo"),
        ("/p/meetings/", ""),
        ("/p/bodies/council/meetings/", ""),
        ("/p/meetings.ics", ""),
    ],
)
def test_lists_cost_the_same_with_one_row_and_with_three(
    council: Council, browser: Callable[[str], Client], path: str, name: str
) -> None:
    jo, client = council.actor("jo"), browser(name)

    def grow(number: int) -> None:
        actions.propose_item(actor=jo, body=council.body, facts=ItemFacts(f"Item {number}"))
        actions.give(actor=jo, body=council.body, text=f"Do {number}", owner=council.people["bo"])
        text = PRINTED.replace("August 11, 2026", f"{['June', 'July', 'August'][number]} 11, 2026")
        take_in(actor=system("desk"), name="council", text=text, file="m.md")
        facts = replace(MONTHLY, title=f"Series {number}")
        series = actions.start_series(actor=jo, body=council.body, facts=facts)
        actions.cancel_occurrence(actor=jo, series=series, day=date(2026, 12, 8))

    def cost() -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    with clock.travel(to=datetime(2026, 11, 30, tzinfo=UTC)):
        grow(0)
        first = cost()
        grow(1)
        grow(2)
        assert cost() == first
