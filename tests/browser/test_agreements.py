"""An agreement is read and signed in a browser, and its pages pass axe on a screen and on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from tests.agreements.conftest import Desk, desk
from tests.browser.conftest import Site
from tests.cast import Cast, cast

from quorate.access.models import Account
from quorate.exchange.agreements.models import Agreement

__all__ = ["cast", "desk"]


def account(name: str) -> Account:
    return Account.objects.get(email=f"{name}@people.example")


def test_an_agreement_is_signed_by_both_sides(
    site: Site, cast: Cast, desk: Desk, looks_right: Callable[[Page, str], None]
) -> None:
    staff = site.as_account(account("imogen"))
    staff.goto("/agreements/new/membership/1.0/")
    staff.get_by_label("Organisation").select_option("quay-labs")
    staff.get_by_label("Who signs for them").select_option("mara-lindgren")
    staff.get_by_label("Legal name").fill("Quay <b>Labs</b> *GmbH*")
    staff.get_by_label("Tier").fill("gold")
    staff.get_by_label("Wording of “Marks”").select_option("no-logo")
    looks_right(staff, "agreement-draft-form")
    staff.get_by_role("button", name="Keep the draft").click()
    expect(staff.get_by_text("Quay <b>Labs</b> *GmbH*").first).to_be_visible()
    staff.get_by_role("button", name="Send", exact=True).click()
    mara = site.as_account(account("mara"), color_scheme="dark", viewport={"width": 390, "height": 844})
    mara.goto("/")
    mara.get_by_role("link", name="Membership").first.click()
    looks_right(mara, "agreement-to-sign")
    mara.get_by_label("I have read this agreement").check()
    mara.get_by_role("button", name="Sign", exact=True).click()
    expect(mara.get_by_text("You signed.")).to_be_visible()
    staff.reload()
    staff.get_by_label("I have read this agreement").check()
    staff.get_by_role("button", name="Sign", exact=True).click()
    expect(staff.get_by_text("The agreement is in force.")).to_be_visible()
    looks_right(staff, "agreement-in-force")
    assert Agreement.objects.get().state == "in-force"
