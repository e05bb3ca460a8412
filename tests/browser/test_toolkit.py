"""The components in a real browser: axe in both themes and on a phone, the palette, lists, times, the script's guard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from quorate.access.models import Account

SIZES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
PAGES = {
    "gallery": "/dev/gallery/",
    "gallery-form": "/dev/gallery/form/",
    "gallery-public": "/dev/gallery/public/",
    "front": "/p/",
    "sign-in": "/sign-in/login/",
    "search": "/search/?q=nothing",
    "not-found": "/no/such/place/",
}


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(
    ("name", "size"),
    [("gallery", "dark"), ("gallery", "phone"), *[(name, size) for name in PAGES for size in ("light", "phone-dark")]],
)
def test_pages_are_for_everyone(site: Any, looks_right: Any, name: str, size: str) -> None:
    page = site.visitor(**SIZES[size])
    page.goto(PAGES[name])
    looks_right(page, f"{name}-{size}")
    assert fits(page)


@pytest.mark.parametrize("size", ["light", "phone"])
@pytest.mark.parametrize("address", ["/", "/settings/", "/sign-in/email/", "/sign-in/2fa/", "/sign-in/password/set/"])
def test_own_pages_are_for_everyone(site: Any, looks_right: Any, address: str, size: str) -> None:
    account = Account.objects.create_user("imogen@harbour.example")
    page = site.as_account(account, **SIZES[size])
    page.goto(address)
    looks_right(page, f"own{address.replace('/', '-')}{size}")
    assert fits(page)


def test_the_rail_becomes_a_bar_on_a_phone(site: Any) -> None:
    page = site.as_account(Account.objects.create_user("imogen@harbour.example"), **SIZES["phone"])
    page.goto("/")
    bar = page.locator(".bar")
    expect(bar).to_be_visible()
    expect(page.locator(".rail .rail-nav")).to_be_hidden()
    bar.get_by_text("More").click()
    expect(bar.get_by_role("button", name="Sign out")).to_be_visible()


def test_the_palette_by_keyboard(site: Any, looks_right: Any) -> None:
    page = site.visitor()
    page.goto("/dev/gallery/")
    page.keyboard.press("/")
    dialog = page.locator("#palette")
    expect(dialog).to_be_visible()
    page.keyboard.type("nothing at all")
    expect(dialog.get_by_text("Nothing found")).to_be_visible()
    looks_right(page, "palette")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(dialog).to_be_visible()


def test_a_slash_in_a_field_is_a_slash(site: Any) -> None:
    page = site.visitor()
    page.goto("/dev/gallery/")
    field = page.locator("#samples-q").first
    field.focus()
    page.keyboard.type("/")
    expect(page.locator("#palette")).to_be_hidden()
    expect(field).to_have_value("/")


def test_keys_can_be_switched_off(site: Any) -> None:
    page = site.visitor()
    page.context.add_cookies([{"name": "quorate_keys", "value": "off", "url": site.url}])
    page.goto("/dev/gallery/")
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_hidden()


def test_a_list_narrows_while_typing_and_its_address_follows(site: Any) -> None:
    page = site.visitor()
    page.goto("/dev/gallery/public/")
    rows = page.locator("#samples-rows tbody tr")
    assert rows.count() == 7
    page.goto("/dev/gallery/")
    page.locator("#samples-q").first.fill("tensor")
    expect(page.locator("#samples-rows").first.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/dev/gallery/\?q=tensor$"))
    page.go_back()
    expect(page.locator("#samples-rows").first.locator("tbody tr")).to_have_count(7)


def test_rows_are_36_pixels_and_heads_stay(site: Any) -> None:
    page = site.visitor(viewport={"width": 1700, "height": 500})
    page.goto("/dev/gallery/public/")
    heights = page.evaluate(
        "[...document.querySelectorAll('#samples-rows tbody tr')].map(row => row.getBoundingClientRect().height)"
    )
    assert min(heights) == pytest.approx(36, abs=1.1)


def test_times_are_the_readers_own_with_the_zone_on_hover(site: Any) -> None:
    context = site.browser.new_context(base_url=site.url, timezone_id="Asia/Shanghai")
    site.contexts.append(context)
    page = context.new_page()
    page.goto("/dev/gallery/public/")
    shown = page.locator(".timeline-time time").first
    expect(shown).to_have_attribute("title", re.compile(r"Asia/Shanghai"))
    moment = page.evaluate(
        "node => new Date(node.dateTime).toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit'})",
        shown.element_handle(),
    )
    expect(shown).to_have_text(moment)


def test_the_reader_is_taken_to_what_is_wrong(site: Any) -> None:
    page = site.visitor()
    page.goto("/dev/gallery/form/")
    expect(page.locator("[data-errors]")).to_be_focused()
    page.get_by_role("link", name="Stars").click()
    assert page.evaluate("location.hash") == "#id_stars"


def test_nothing_is_refused_by_the_policy(site: Any) -> None:
    page = site.visitor()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    for address in PAGES.values():
        page.goto(address)
    assert refused == []


def test_public_pages_work_without_a_script(site: Any) -> None:
    page = site.visitor(java_script_enabled=False)
    page.goto("/p/")
    page.get_by_label("Appearance").select_option("dark")
    page.locator("form", has=page.get_by_label("Appearance")).get_by_role("button", name="Change").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.url.endswith("/p/")
