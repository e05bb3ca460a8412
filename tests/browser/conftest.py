"""A real browser against a real server: the system's Chromium, moved by Playwright, judged by axe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from quorate.access.models import Account

# Playwright's synchronous API runs an event loop in this thread; the tests' own queries are still synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = os.environ.get("QUORATE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SHOTS = os.environ.get("QUORATE_SCREENSHOTS")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs a browser and a served database."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; without one the browser tests are skipped, or fail where all are required."""
    if CHROMIUM is None:
        reason = "no Chromium on this machine (set QUORATE_CHROMIUM or install the package chromium)"
        if os.environ.get("QUORATE_CI") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Site:
    """The served product and the people who open it, each in a browser of their own."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.contexts: list[BrowserContext] = []

    def visitor(self, **options: Any) -> Page:
        """A fresh browser that nobody has signed in with."""
        context = self.browser.new_context(base_url=self.url, locale="en-GB", timezone_id="UTC", **options)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error on {page.url}: {error}"))
        return page

    def as_account(self, account: Account, **options: Any) -> Page:
        """A browser in which an account is signed in."""
        session = SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.save()
        page = self.visitor(**options)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": self.url}]
        )
        return page

    def close(self) -> None:
        """Close every browser."""
        for context in self.contexts:
            context.close()


@pytest.fixture
def site(chromium: Browser, live_server: Any) -> Iterator[Site]:
    """The product, served."""
    opened = Site(chromium, live_server.url)
    yield opened
    opened.close()


@pytest.fixture
def looks_right() -> Iterator[Callable[[Page, str], None]]:
    """Ask axe about the page as it is, and whether it fits the window; every violation found on the way fails the test at its end.

    Keeps a screenshot of each when ``QUORATE_SCREENSHOTS`` names a folder.
    """
    axe = Axe()
    found: list[str] = []

    def check(page: Page, name: str) -> None:
        if SHOTS:
            folder = Path(SHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            found.append(f"{name} ({page.url}): wider than the window, so that it moves sideways")
        asked = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
        for item in axe.run(page, options=asked).response["violations"]:
            found.append(f"{name} ({page.url}): {item['id']}: {item['help']}: {item['nodes'][0]['html'][:160]}")

    yield check
    assert found == []
