"""Elections in a browser: 500 voters at level B and a board at level C, ballots by keyboard, by phone and without scripts.

Most ballots of the large election are cast through the same action in this process; some by real browsers, whose script
makes the commitment and, for level C, the blind token. The verifier, which shares no code, then checks what was published.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Site
from tests.elections.scene import DAY, Scene, make

from quorate.access.models import Account
from quorate.decisions.balloting import verifier
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.ledger.keys import public_keys
from quorate.registers.elections.models import RollEntry, SealedBallot, UsedToken

Look = Callable[[Page, str], None]
VOTE = "/elections/council-2026/vote/"
PUBLIC = "/p/elections/council-2026/"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    (tmp_path / "keys").mkdir()


def account(who: Person) -> Account:
    assert who.account is not None
    return who.account


def mark(page: Page, **ranks: str) -> None:
    """Give ranks with the keyboard, in the order of the page."""
    for name, rank in ranks.items():
        page.locator(f'select[data-candidate="{name.replace("_", "-")}"]').focus()
        page.keyboard.type(rank)


def cast(page: Page) -> dict[str, Any]:
    """Press the button, and read the receipt from the file that the page offers."""
    page.get_by_role("button", name="Cast this ballot").press("Enter")
    expect(page.get_by_role("heading", name="Your ballot is in the box")).to_be_visible()
    with page.expect_download() as offered:
        page.get_by_role("link", name="Save the receipt").click()
    return dict(json.loads(Path(offered.value.path()).read_text("utf-8")))


def publish(site: Site, scene: Scene) -> dict[str, Any]:
    """Close, let the officer count by the page, and fetch the bundle as anybody does."""
    scene.close()
    officer = site.as_account(Account.objects.get(pk=scene.officer.account_id))
    officer.goto("/elections/council-2026/")
    officer.get_by_label("Public value for the lot").fill("4321.09")
    officer.get_by_role("button", name="Count and publish").click()
    expect(officer.get_by_text("Result published")).to_be_visible(timeout=60_000)
    visitor = site.visitor()
    with visitor.expect_download() as offered:
        visitor.goto(PUBLIC)
        visitor.get_by_role("link", name="bundle.json").click()
    return dict(json.loads(Path(offered.value.path()).read_text("utf-8")))


def test_five_hundred_voters_and_a_result_that_anybody_checks(site: Site, looks_right: Look) -> None:
    scene = make(500)
    scene.nominate(6)
    visitor = site.visitor()
    visitor.goto(PUBLIC)
    looks_right(visitor, "election-announced")
    scene.open()
    rng = random.Random(5)
    receipts: list[dict[str, Any]] = []
    for place in range(6, 500):
        order = rng.sample(scene.ids(), k=rng.randint(1, 6))
        kept = scene.cast(place, [[name] for name in order]).as_json()
        if place % 50 == 0:
            receipts.append(kept)

    desk = site.as_account(account(scene.people[0]), viewport={"width": 1280, "height": 900})
    desk.goto("/")
    expect(desk.get_by_text("You are on the roll")).to_be_visible()
    desk.goto(VOTE)
    looks_right(desk, "ballot")
    mark(desk, elin_1="1", elin_0="2", elin_4="3")
    first = cast(desk)
    looks_right(desk, "ballot-receipt")
    desk.goto(VOTE)  # the change code was kept on this device
    assert desk.get_by_label("Change code").input_value()
    mark(desk, elin_4="1")
    receipts.append(cast(desk))

    phone = site.as_account(account(scene.people[1]), viewport={"width": 390, "height": 844}, has_touch=True)
    phone.goto(VOTE)
    looks_right(phone, "ballot-phone")
    phone.locator('select[data-candidate="elin-2"]').select_option("1")
    receipts.append(cast(phone))
    phone.get_by_role("link", name="Check that it is in").click()
    expect(phone.get_by_text("It is in the box, and it counts")).to_be_visible()
    looks_right(phone, "ballot-checked")

    plain = site.as_account(account(scene.people[2]), java_script_enabled=False)
    plain.goto(VOTE)
    plain.locator('select[data-candidate="elin-3"]').select_option("1")
    plain.get_by_role("button", name="Cast this ballot").click()
    expect(plain.get_by_text("the server made the commitment for you")).to_be_visible()

    other = site.as_account(account(scene.people[3]))
    other.goto(VOTE)
    mark(other, elin_1="1", elin_2="1")  # no equal ranks here
    other.get_by_role("button", name="Cast this ballot").click()
    expect(other.locator("#ballot-status")).to_contain_text("same rank")

    bundle = publish(site, scene)
    assert verifier.check(bundle, public_keys()[-1].text(), receipts) == []
    assert (len(bundle["ballots"]), len(bundle["voted"]), len(bundle["log"])) == (497, 497, 498)
    with pytest.raises(verifier.Bad, match="replaced"):
        verifier.check(bundle, public_keys()[-1].text(), [first])
    visitor = site.visitor()
    visitor.goto(PUBLIC)
    expect(visitor.get_by_role("heading", name="Stage 1: First preferences")).to_be_visible()
    looks_right(visitor, "election-result")
    desk.goto("/elections/")
    looks_right(desk, "elections")


def test_a_board_votes_behind_blind_tokens(site: Site, looks_right: Look) -> None:
    scene = make(6, level="C", rule="approval")
    scene.nominate(3)
    scene.open()
    receipts = []
    for place in range(6):
        voter = site.as_account(account(scene.people[place]))
        sent: list[Any] = []
        voter.on("request", lambda request, sent=sent: sent.append((request.url, request.all_headers())))
        voter.goto(VOTE)
        if place == 0:
            looks_right(voter, "ballot-tokens")
        voter.locator('input[data-candidate="elin-1"]').check()
        if place % 2:
            voter.locator('input[data-candidate="elin-2"]').check()
        receipts.append(cast(voter))
        headers = next(headers for url, headers in sent if url.endswith("/box/"))
        assert "cookie" not in headers
        assert "referer" not in headers
    voter.goto(VOTE)
    voter.locator('input[data-candidate="elin-0"]').check()
    receipts[-1] = cast(voter)  # by the change code, without a second token
    assert UsedToken.objects.count() == RollEntry.objects.filter(voted=True).count() == 6
    assert SealedBallot.objects.count() == 7
    bundle = publish(site, scene)
    assert verifier.check(bundle, public_keys()[-1].text(), receipts) == []
    assert bundle["result"]["elected"][0] == "elin-1"


def test_pages_of_elections_look_right(site: Site, looks_right: Look) -> None:
    scene = make(6, level="A", endorsers_needed=1)
    scene.nominate(3)
    member = site.as_account(account(scene.people[0]))
    officer = site.as_account(Account.objects.get(pk=scene.officer.account_id))
    for page, path, name in (
        (member, "/elections/council-2026/", "election-member"),
        (officer, "/elections/council-2026/", "election-officer"),
        (officer, "/elections/new/", "election-new"),
        (site.visitor(), "/p/elections/", "elections-public"),
        (site.visitor(color_scheme="dark", viewport={"width": 390, "height": 844}), PUBLIC, "election-dark-phone"),
    ):
        page.goto(path)
        looks_right(page, name)
    clock.set_now(DAY + timedelta(days=1))


@pytest.mark.parametrize("level", ["B", "C"])
def test_an_answer_that_is_lost_loses_no_ballot_and_doubles_none(site: Site, level: str) -> None:
    """The server takes what is sent and the answer never arrives; the page is loaded again and tries once more."""
    scene = make(6, level=level)
    scene.nominate(3)
    scene.open()
    voter = site.as_account(account(scene.people[0]))
    lost: list[str] = []

    def lose(route: Any) -> None:
        if route.request.url in lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()
        route.abort()

    for path in ("cast", "token", "box"):
        voter.route(f"**/council-2026/{path}/", lose)
    for _attempt in range(2 if level == "C" else 1):  # at C the token's answer is lost first, then the ballot's
        voter.goto(VOTE)
        mark(voter, elin_1="1")
        voter.get_by_role("button", name="Cast this ballot").click()
        expect(voter.locator("#ballot-status")).to_contain_text("fetch")
    voter.goto(VOTE)
    mark(voter, elin_2="1")  # another mind: the lost one is replaced by its code, which this tab kept
    receipt = cast(voter)
    assert SealedBallot.objects.count() == 2
    standing = SealedBallot.objects.get(code="")
    assert standing.commitment == receipt["commitment"]
    assert RollEntry.objects.filter(voted=True).count() == 1
