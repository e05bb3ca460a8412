"""Meetings in a browser: every page passes axe in both themes and on a phone, and one is run by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Site
from tests.meetings.conftest import PRINTED, Council, council
from tests.meetings.test_story import AUGUST, FOUR, TWO_THIRDS, begun

from quorate.access.actors import system
from quorate.kernel import clock
from quorate.registers.meetings import actions
from quorate.registers.meetings.actions import ItemFacts, take_in
from quorate.registers.meetings.models import ActionItem, Meeting, Minutes
from quorate.registers.meetings.queries.meetings import roll

__all__ = ["council"]
THEMES: list[tuple[str, dict[str, object]]] = [
    ("light", {"viewport": {"width": 1280, "height": 900}}),
    ("dark", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
    ("phone", {"viewport": {"width": 390, "height": 844}}),
]
#: What is looked at in the dark and on a phone too: the pages with forms of their own make, and the public ones.
DEAR = ("body", "action-items", "agenda", "run", "public-meeting", "public-minutes")


@pytest.fixture
def scene(council: Council) -> tuple[Meeting, Meeting]:
    """The meeting of July held, with its minutes published; that of August running with a motion before it."""
    jo = council.actor("jo")
    old = PRINTED.replace("August 11, 2026", "July 14, 2026")
    july = take_in(actor=system("desk"), name="council", text=old, file="july.md").meeting
    assert july is not None
    with clock.travel(to=AUGUST):
        meeting = begun(council, *FOUR)
        for title, minutes in (("Host Lantern 2", 30), ("Reports of the working groups", 15)):
            facts = ItemFacts(title, "It is **ready**.", "decide", minutes, "Xan", ("https://lantern.example/",))
            item = actions.propose_item(actor=jo, body=council.body, facts=facts)
            actions.list_item(actor=jo, item=item, meeting=meeting)
        actions.propose_item(actor=jo, body=council.body, facts=ItemFacts("Something else"))
        actions.start_item(actor=jo, item=item)
        actions.take_note(actor=jo, meeting=meeting, text="All groups reported.")
        actions.put_motion(actor=jo, meeting=meeting, title="Host Lantern 2", rule=TWO_THIRDS, item=item)
        actions.give(actor=jo, body=council.body, text="Tell them", owner=council.people["bo"], meeting=meeting)
        text = Minutes.objects.get()
        actions.adopt_minutes(actor=jo, minutes=text, adopted_in=meeting)
        actions.publish_minutes(actor=jo, minutes=text)
        series = meeting.series
        assert series is not None
        actions.plan_occurrence(actor=jo, series=series, day=date(2026, 9, 8))
        moved = datetime(2026, 10, 20, 14, tzinfo=UTC)
        actions.move_occurrence(actor=jo, series=series, day=date(2026, 10, 13), starts_at=moved)
        actions.cancel_occurrence(actor=jo, series=series, day=date(2026, 11, 10))
    return july, meeting


@pytest.mark.parametrize(("name", "options"), THEMES, ids=[name for name, _options in THEMES])
def test_every_page_looks_right(
    site: Site,
    council: Council,
    scene: tuple[Meeting, Meeting],
    looks_right: Callable[[Page, str], None],
    name: str,
    options: dict[str, object],
) -> None:
    july, meeting = scene
    account = council.people["jo"].account
    assert account is not None
    page = site.as_account(account, **options)
    september = Meeting.objects.get(state="planned")
    todo = ActionItem.objects.filter(state="proposed")[0]
    with clock.travel(to=AUGUST + timedelta(minutes=4)):
        for shot, path in [
            ("list", "/meetings/"),
            ("body", "/meetings/of/council/"),
            ("propose", "/meetings/of/council/propose/"),
            ("series", "/meetings/of/council/series/new/"),
            ("change", f"/meetings/{september.id}/change/"),
            ("action-items", "/meetings/of/council/action-items/"),
            ("confirm", f"/meetings/action-items/{todo.id}/confirm/"),
            ("meeting", f"/meetings/{july.id}/"),
            ("minutes", f"/meetings/{july.id}/minutes/"),
            ("agenda", f"/meetings/{meeting.id}/agenda/"),
            ("run", f"/meetings/{meeting.id}/run/"),
            ("run-before", f"/meetings/{september.id}/run/"),
            ("public", "/p/meetings/"),
            ("public-body", "/p/bodies/council/meetings/"),
            ("public-panel", "/p/bodies/council/"),
            ("public-meeting", f"/p/meetings/{meeting.id}/"),
            ("public-minutes", f"/p/meetings/{july.id}/minutes/"),
        ]:
            if name != "light" and shot not in DEAR:
                continue
            answer = page.goto(path)
            assert answer is not None
            assert answer.ok, path
            looks_right(page, f"meetings-{shot}-{name}")


def test_a_whole_meeting_by_keyboard_alone(site: Site, council: Council) -> None:
    """Roll call, quorum, item, note, motion by roll call, action item, adjourn; minutes drafted, adopted, published."""
    jo = council.actor("jo")
    item = actions.propose_item(
        actor=council.actor("bo"), body=council.body, facts=ItemFacts("Host Lantern 2", minutes=20)
    )
    now = clock.now()
    first = actions.plan_meeting(actor=jo, body=council.body, title="August", starts_at=now, zone="UTC")
    actions.list_item(actor=jo, item=item, meeting=first)
    second = actions.plan_meeting(
        actor=jo, body=council.body, title="September", starts_at=now + timedelta(days=28), zone="UTC"
    )
    account = council.people["jo"].account
    assert account is not None
    page = site.as_account(account)
    keys = page.keyboard

    def until(text: str) -> None:
        expect(page.get_by_text(text).first).to_be_visible()
        if "/run/" in page.url:
            expect(page.locator("[data-console][data-ready]")).to_be_visible()

    page.goto(f"/meetings/{first.id}/run/")
    keys.press("c")
    until("0 of 5 seats represented")
    expect(page.locator("[data-row]").first).to_be_focused()
    for key in "arrx":  # Beacon by its alternate, Harbour and Ember there, Gold away
        keys.press(key)
    until("3 of 5 seats represented")
    keys.press("x")  # the last seat, where the roll ends
    keys.press("k")
    keys.press("r")  # Gold comes after all
    until("4 of 5 seats represented")
    until("quorum met")
    keys.press("l")
    until("antitrust notice read")
    keys.press("s")
    until("Now:")
    keys.press("t")
    keys.type("Bo presented Lantern 2.")
    keys.press("Enter")
    until("Bo presented Lantern 2.")
    keys.press("m")
    keys.type("Host Lantern 2")
    keys.press("Tab")
    keys.type("Two thirds of the seats r")
    keys.press("Tab")
    keys.press("Enter")
    until("roll call")
    expect(page.locator("[data-rows=votes] [data-row]")).to_have_count(4)
    expect(page.locator("[data-rows=votes] [data-row]").first).to_be_focused()
    for key in "yyyn":
        keys.press(key)
    keys.press("e")
    until("Passed")
    keys.press("i")
    keys.type("Write to Lantern")
    keys.press("Tab")
    keys.type("Cleo")
    keys.press("Shift+Tab")
    keys.press("Enter")
    until("Write to Lantern")
    keys.press("q")
    page.wait_for_url(f"**/meetings/{first.id}/")
    states = {row.place.label: row.state for row in roll(Meeting.objects.get(pk=first.pk))}
    assert states == {
        "Beacon": "alternate",
        "Harbour Works": "representative",
        "Ember": "representative",
        "Gold members": "representative",
        "Lantern project": "absent",
    }
    motion = first.motions.get().motion
    assert (motion.result, motion.evaluation["yes"], motion.evaluation["no"]) == ("passed", 3, 1)
    assert motion.rule["of"] == "represented"

    def press_tab_until(name: str) -> None:
        """Reach a button as somebody without a mouse does, and press it."""
        for _step in range(60):
            keys.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim()") == name:
                keys.press("Enter")
                return
        pytest.fail(f"no way to {name} by keyboard")

    press_tab_until("Minutes")
    page.wait_for_url("**/minutes/")
    press_tab_until("Draft the minutes")
    until("4 of 5 seats were represented; 3 are needed for quorum.")
    page.goto(f"/meetings/{second.id}/run/")
    keys.press("c")
    until("0 of 5 seats represented")
    page.goto(f"/meetings/{first.id}/minutes/")
    press_tab_until("Record the adoption")
    until("Publish the minutes")
    press_tab_until("Publish the minutes")
    until("The published minutes")
    visitor = site.visitor()
    visitor.goto(f"/p/meetings/{first.id}/minutes/")
    expect(visitor.get_by_text("Bo presented Lantern 2.")).to_be_visible()
    owner = council.people["cleo"].account
    assert owner is not None
    work = site.as_account(owner)
    work.goto("/")
    expect(work.get_by_text("Write to Lantern").first).to_be_visible()
    work.get_by_role("button", name="Done").first.click()
    expect(work.get_by_text("Write to Lantern")).to_have_count(0)
