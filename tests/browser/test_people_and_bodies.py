"""People, organisations, bodies and policies in a browser: every template passes axe, in both themes and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import Site
from tests.cast import DESK, Cast, cast

from quorate.directory.actions import add_organisation, add_person, merge_people
from quorate.directory.rules import Name, OrganisationFacts, PersonFacts
from quorate.terms.actions import add_seat, adopt_charter, appoint, end_term, put_policy, set_up_body
from quorate.terms.models import Seat
from quorate.terms.rules import BodyFacts, CharterFacts, SeatFacts, TermFacts
from quorate.toolkit.foundation import instant

__all__ = ["cast"]
THEMES: list[tuple[str, dict[str, object]]] = [
    ("light", {"viewport": {"width": 1280, "height": 900}}),
    ("dark", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
    ("phone", {"viewport": {"width": 390, "height": 844}}),
]
PAGES = [
    ("people", "/people/"),
    ("person", "/people/mara-lindgren/"),
    ("person-then", "/people/mara-lindgren/?as_of=2024-06-01"),
    ("person-new", "/people/new/"),
    ("person-edit", "/people/mara-lindgren/edit/"),
    ("person-forget", "/people/eve-outsider/forget/"),
    ("people-duplicates", "/people/duplicates/"),
    ("people-merge", "/people/merge/?kept=mara-lindgren&absorbed=mara-lindgren-2"),
    ("organisations", "/organisations/"),
    ("organisation", "/organisations/quay-labs/"),
    ("organisation-edit", "/organisations/quay-labs/edit/"),
    ("organisations-duplicates", "/organisations/duplicates/"),
    ("bodies", "/bodies/"),
    ("body", "/bodies/council/"),
    ("body-edit", "/bodies/council/edit/"),
    ("body-close", "/bodies/council/close/"),
    ("seat", "/bodies/council/seats/quay/"),
    ("seat-vacant", "/bodies/council/seats/empty/"),
    ("seat-edit", "/bodies/council/seats/quay/edit/"),
    ("seat-new", "/bodies/council/seats/new/"),
    ("charter", "/bodies/council/charters/1.0/"),
    ("charter-new", "/bodies/council/charters/new/"),
    ("roster-compare", "/bodies/council/compare/"),
    ("group-propose", "/bodies/propose/"),
    ("group-report", "/bodies/council/report/"),
    ("public-people", "/p/people/"),
    ("public-person", "/p/people/mara-lindgren/"),
    ("public-organisations", "/p/organisations/"),
    ("public-organisation", "/p/organisations/quay-labs/"),
    ("public-bodies", "/p/bodies/"),
    ("public-body", "/p/bodies/council/?as_of=2024-06-01"),
    ("public-body-now", "/p/bodies/council/"),
    ("public-charter", "/p/bodies/council/charters/1.0/"),
    ("policies", "/p/policies/"),
    ("policy", "/p/policies/process/"),
]


@pytest.fixture
def council(cast: Cast) -> Seat:
    """A council with a held, a once held and a policy; a second record of Mara and one merged away."""
    start = instant("2024-02-01")
    assert start is not None
    purpose = "Guides what all projects share, and decides on charters."
    body = set_up_body(actor=DESK, slug="council", facts=BodyFacts("Council", "council", purpose=purpose))
    seat = add_seat(actor=DESK, body=body, slug="quay", facts=SeatFacts("Quay seat", organisation=cast.quay.id))
    appoint(actor=DESK, seat=seat, person=cast.mara, facts=TermFacts(start, appointed_by="Vote 7"))
    appoint(actor=DESK, seat=seat, person=cast.eve, facts=TermFacts(start), role="alternate")
    empty = add_seat(actor=DESK, body=body, slug="empty", facts=SeatFacts("Empty seat", chair=True))
    term = appoint(actor=DESK, seat=empty, person=cast.imogen, facts=TermFacts(start))
    end_term(actor=DESK, term=term, until=instant("2025-01-01"), ended_by="Moved on")
    numbers = {
        "quorum": {"printed": 12, "fraction": "1/2", "strict": True},
        "fill_within": "P90D",
        "end_at_once": "1/3",
        "related_group": [{"at_most": "1/4", "hard": False}],
        "report_every": "P3M",
    }
    charter = CharterFacts(start, mandate="Decides.", text="1. Be kind. {#kind}", adopted_by="Vote 6", numbers=numbers)
    adopt_charter(actor=DESK, body=body, version="1.0", facts=charter)
    desk = add_seat(actor=DESK, body=body, slug="desk", facts=SeatFacts("Secretary", voting=False, office="secretary"))
    appoint(actor=DESK, seat=desk, person=cast.imogen, facts=TermFacts(start))
    text = "## 1. What {#what}\n\n1. Be kind. {#kind}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    put_policy(actor=DESK, slug="process", version="1", title="Process", text=text, body=body, adopted=start)
    for facts in (PersonFacts("Mara Lindgren"), PersonFacts("Mara J. Lindgren")):
        add_person(actor=DESK, facts=facts)
    gone = add_person(actor=DESK, facts=PersonFacts("M. Lindgren"))
    merge_people(actor=DESK, kept=cast.mara, absorbed=gone)
    twice = OrganisationFacts("Quay Labs GmbH", aliases=(Name("QL", start),))
    add_organisation(actor=DESK, facts=twice)
    return seat


@pytest.mark.parametrize(("name", "options"), THEMES, ids=[name for name, _options in THEMES])
def test_every_page_looks_right(
    site: Site,
    cast: Cast,
    council: Seat,
    looks_right: Callable[[Page, str], None],
    name: str,
    options: dict[str, object],
) -> None:
    assert cast.imogen.account is not None
    page = site.as_account(cast.imogen.account, **options)
    for shot, path in PAGES:
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        looks_right(page, f"directory-{shot}-{name}")
    page.goto("/people/mara-lindgren/edit/")
    page.get_by_label("E-mail").fill("eve@people.example")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("already that of somebody else").first.wait_for()
    looks_right(page, f"directory-person-refused-{name}")


def test_somebody_is_appointed_in_the_browser(site: Site, cast: Cast, council: Seat) -> None:
    assert cast.imogen.account is not None
    page = site.as_account(cast.imogen.account)
    page.goto("/bodies/council/")
    page.get_by_role("region", name="Vacant seats").get_by_role("link", name="Empty seat").click()
    appoint_form = page.locator("section", has_text="Appoint").last
    appoint_form.get_by_label("Person").select_option(label="Eve Outsider")
    appoint_form.get_by_role("button", name="Appoint").click()
    page.get_by_role("heading", name="Empty seat").wait_for()
    assert "Eve Outsider" in page.locator(".state").inner_text()
    page.goto("/p/people/eve-outsider/")
    assert "Empty seat" in page.content()
