"""The whole story in a browser: from the public site to the landscape, and half a year later off it again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import Page, expect
from tests.browser.conftest import Site
from tests.browser.example import account_of, place_history, publish_example

from quorate.kernel import clock
from quorate.ledger.worker import drain

START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
REPOSITORY = "https://git.lumen.example/lumen/lumen"
ANSWERS = {
    "contact": "mara.lindgren@people.example",
    "summary": "Sparse attention kernels for long documents",
    "description": "Lumen trains and serves long-context models with sparse attention. " * 4,
    "similar": "None that we know of.",
    "repository": REPOSITORY,
    "licence": "Apache-2.0",
    "maintainers": "@mara-lindgren, @otto-rask",
    "website": "https://lumen.example/",
    "documentation": "https://lumen.example/docs",
    "ci": "Every change is built and tested on three systems.",
    "versions": "The two latest releases.",
    "components": "Autograd, the compiler and distributed training.",
    "horizon": "At least three years.",
}
Looks = Callable[[Page, str], None]


@pytest.fixture
def day() -> Callable[[timedelta], datetime]:
    """Let time pass; the worker does what fell due."""
    clock.set_now(START)

    def later(by: timedelta) -> datetime:
        clock.set_now(clock.now() + by)
        drain(jobs=True)
        return clock.now()

    return later


def work(page: Page, title: str) -> None:
    """Open the item of My work that names the case; it has a clock."""
    page.goto("/")
    item = page.get_by_role("main").get_by_role("listitem").filter(has_text=title).first
    expect(item).to_be_visible()
    expect(item).to_contain_text(re.compile(r"left|due|late|no deadline|today|paused", re.I))


def see(page: Page, address: str) -> None:
    """Open a public page as it is now: caches may keep it for a minute."""
    page.goto(address)
    page.reload()


def open_case(page: Page, key: str) -> None:
    page.goto(f"/cases/{key}/")
    expect(page.locator("h1")).to_be_visible()


def step(page: Page, title: str, reason: str = "") -> None:
    """Take a named step; with a reason where the program asks for one."""
    steps = page.locator("#steps")
    asks = steps.locator("summary").filter(has_text=f"{title}…")
    if asks.count():
        asks.first.click()
        opened = steps.locator("details[open]").filter(has=page.locator("summary").filter(has_text=f"{title}…"))
        if reason:
            opened.locator("textarea").first.fill(reason)
        opened.get_by_role("button", name=title, exact=True).click()
    else:
        steps.get_by_role("button", name=title, exact=True).first.click()
    expect(page.locator(".messages, [role=status]").first).to_be_visible()


def attest(page: Page, criterion: str, value: str, evidence: str) -> None:
    """Say what was seen of a criterion that no machine can know."""
    page.get_by_role("link", name=f"Attest {criterion}").click()
    page.get_by_label("What you found").fill(value)
    page.get_by_label("Evidence").fill(evidence)
    page.get_by_role("button", name="Attest").click()


def test_from_application_to_landscape_and_off_it(
    site: Site, day: Callable[[timedelta], datetime], looks_right: Looks, tmp_path: Path
) -> None:
    publish_example()
    visitor = site.visitor()

    # A maintainer reads what is asked, and applies on the foundation's own form.
    visitor.goto("/p/")
    looks_right(visitor, "public-front")
    visitor.get_by_role("link", name="Programs").first.click()
    looks_right(visitor, "public-programs")
    visitor.get_by_role("link", name=re.compile("ecosystem projects")).first.click()
    expect(visitor.locator("#criteria")).to_contain_text("200 or more")
    looks_right(visitor, "public-program")
    visitor.get_by_role("link", name="Apply").click()
    looks_right(visitor, "apply")
    visitor.get_by_role("button", name="Send the application").click()
    expect(visitor.locator("#main")).to_contain_text("an answer is needed here")
    looks_right(visitor, "apply-refused")
    visitor.get_by_label("Project name").fill("Lumen")
    for name, answer in ANSWERS.items():
        visitor.locator(f"[name='q-{name}']").fill(answer)
    visitor.get_by_role("button", name="Send the application").click()
    expect(visitor.locator("h1")).to_contain_text("Your application is in")
    looks_right(visitor, "filed")
    visitor.get_by_role("link", name="Follow it").click()
    key = visitor.url.rstrip("/").rsplit("/", 1)[-1]

    # Its place and its age are public; who applied and the contact are not.
    expect(visitor.locator("body")).to_contain_text("Place in queue")
    expect(visitor.locator("body")).not_to_contain_text("mara.lindgren@people.example")
    see(visitor, "/p/programs/ecosystem/queue/")
    expect(visitor.locator("body")).to_contain_text("Lumen")
    looks_right(visitor, "public-queue")

    # The machine checks read the project's real repository.
    head = clock.now() - timedelta(days=1)
    place_history(REPOSITORY, tmp_path / "lumen.git", until=head, authors=8, commits=60)
    day(timedelta(minutes=5))
    see(visitor, f"/p/cases/{key}/")
    checks = visitor.locator("#checks")
    expect(checks.locator("tr").filter(has_text="thirty commits")).to_contain_text("pass")
    expect(checks.locator("tr").filter(has_text="thirty commits")).to_contain_text("60")
    expect(checks.locator("tr").filter(has_text="200 stars")).to_contain_text("unknown")
    looks_right(visitor, "public-case")

    # The maintainer takes the application over by the link in the letter.
    letter = next(each for each in mail.outbox if "/claim/" in str(each.body))
    assert letter.to == ["mara.lindgren@people.example"]
    found = re.search(r"https?://[^\s)>]+(/p/cases/[^\s)>]+/claim/[^\s)>]+)", str(letter.body))
    assert found is not None, letter.body
    mara = site.as_account(account_of("mara-lindgren"))
    mara.goto(found.group(1))
    looks_right(mara, "claim")
    mara.get_by_role("button", name="This is mine").click()
    expect(mara.locator("h1")).to_contain_text("Lumen")

    # A program manager triages; what no machine can know is attested with evidence.
    noor = site.as_account(account_of("noor-haddad"))
    work(noor, "Lumen")
    looks_right(noor, "my-work")
    open_case(noor, key)
    step(noor, "Take up")
    attested = (
        ("At least 200 stars", "412"),
        ("At least two core maintainers", "2"),
        ("A permissive licence", "Apache-2.0"),
    )
    for criterion, value in attested:
        attest(noor, criterion, value, "https://git.lumen.example/lumen/lumen, read today")
        expect(noor.locator("#checks tr").filter(has_text=criterion).first).to_contain_text("attested")
    looks_right(noor, "case-triage")
    step(noor, "Ask for information", "Which architectures does the CI cover?")
    work(mara, "Lumen")
    open_case(mara, key)
    looks_right(mara, "case-applicant")
    step(mara, "Answer", "x86 and Arm, every night.")
    day(timedelta(hours=1))
    open_case(noor, key)
    step(noor, "Ready for review")

    # Two members review it, neither of whom shares an employer with the applicant.
    open_case(noor, key)
    noor.locator("summary").filter(has_text="Ask reviewers").click()
    form = noor.locator("details[open]").filter(has_text="Reviewers")
    for name in ("Lucia Ferreira", "Priya Lindqvist"):
        form.get_by_label(name).check()
    looks_right(noor, "case-review")
    noor.get_by_role("button", name="Ask them to review").click()
    for slug in ("lucia-ferreira", "priya-lindqvist"):
        reviewer = site.as_account(account_of(slug))
        work(reviewer, "Lumen")
        reviewer.goto(f"/cases/{key}/review/")
        if slug == "lucia-ferreira":
            looks_right(reviewer, "review")
        for group in reviewer.locator("fieldset").all():
            options = group.locator("input[type=radio]")
            if options.count() >= 4:
                options.nth(3).check()
        reviewer.locator("input[name=recommendation]").first.check()
        reviewer.get_by_label("Comment").fill("I built it, ran the quick start and read the governance file.")
        reviewer.get_by_label("I have no conflict of interest").check()
        reviewer.get_by_role("button", name="Submit the review").click()
        expect(reviewer.locator("h1")).to_contain_text("Lumen")

    # The group votes by simple majority of its members, from My work; the letter goes out.
    mail.outbox.clear()
    voters = ["wanda-achterberg", "tomas-brandt", "lucia-ferreira", "priya-lindqvist", "ines-kowalczyk"]
    for slug in voters:
        member = site.as_account(account_of(slug))
        member.goto("/")
        ballot = member.locator("form").filter(has=member.get_by_role("button", name="Yes"))
        if ballot.count() == 0:
            break
        if slug == "wanda-achterberg":
            looks_right(member, "my-work-vote")
        ballot.first.get_by_role("button", name="Yes").click()
    drain(jobs=True)
    member = site.as_account(account_of("wanda-achterberg"))
    open_case(member, key)
    expect(member.locator("body")).to_contain_text("Onboarding")
    assert any("mara.lindgren@people.example" in each.to for each in mail.outbox)

    # The project is on the landscape with its onboarding tasks open.
    see(visitor, "/p/landscape/?q=Lumen")
    expect(visitor.locator("#main")).to_contain_text("Lumen")
    looks_right(visitor, "landscape")
    work(mara, "logo")
    open_case(mara, key)
    looks_right(mara, "case-onboarding")
    see(visitor, f"/p/cases/{key}/")
    history = visitor.locator("#history")
    expect(history).to_contain_text(re.compile("ready for review", re.I))

    # Half a year later it is due for review; it has fallen below a threshold.
    for _month in range(7):
        day(timedelta(days=28))
    see(visitor, "/p/programs/ecosystem-review/cases/")
    expect(visitor.locator("#main")).to_contain_text("Lumen")
    visitor.get_by_role("link", name=re.compile("Lumen")).first.click()
    review = visitor.url.rstrip("/").rsplit("/", 1)[-1]
    place_history(REPOSITORY, tmp_path / "quiet.git", until=clock.now() - timedelta(days=1), authors=2, commits=3)
    open_case(noor, review)
    if noor.get_by_role("button", name="Run the checks again").count():
        noor.get_by_role("button", name="Run the checks again").click()
    day(timedelta(hours=1))
    open_case(noor, review)
    for criterion, value in attested:
        if "unknown" in noor.locator("#checks tr").filter(has_text=criterion).first.inner_text():
            attest(noor, criterion, value, "Read today on the project's page")
    if noor.locator("#steps").get_by_text("Ask the owners to mend").count():
        step(noor, "Ask the owners to mend", "Too few people and commits in the last ninety days.")
    expect(noor.locator("body")).to_contain_text("In remediation")

    # Its owners are told and have thirty days.
    work(mara, "Lumen")
    open_case(mara, review)
    looks_right(mara, "case-remedy")
    day(timedelta(days=31))
    drain(jobs=True)
    work(noor, "Lumen")
    open_case(noor, review)
    step(noor, "Retire", "Nothing was mended within thirty days.")

    # It is retired, and the landscape shows that too.
    see(visitor, "/p/landscape/?q=Lumen")
    expect(visitor.locator("#main")).to_contain_text(re.compile("retired|archived", re.I))
    see(visitor, f"/p/cases/{review}/")
    expect(visitor.locator("#history")).to_contain_text("Retire")
    looks_right(visitor, "public-review-case")
