"""The record and the outbox in a browser: every template passes axe, and a proof can be taken away and checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Page
from tests.browser.conftest import Site
from tests.cast import Cast, cast
from tests.ledger.cast import happen

from quorate.ledger import actions, keys, sealer, verifier, worker
from quorate.ledger.models import Message
from quorate.ledger.outbox import HANDLERS, Delivery, Topic, Undeliverable
from quorate.terms.models import Body

__all__ = ["cast"]
THEMES: list[tuple[str, dict[str, object]]] = [
    ("light", {"viewport": {"width": 1280, "height": 900}}),
    ("dark", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
    ("phone", {"viewport": {"width": 390, "height": 844}}),
]


@pytest.mark.parametrize(("name", "options"), THEMES, ids=[name for name, _options in THEMES])
def test_every_page_looks_right(
    site: Site, cast: Cast, looks_right: Callable[[Page, str], None], name: str, options: dict[str, object]
) -> None:
    staff = Body.objects.get(slug="staff")
    staff.permissions = [*staff.permissions, "ledger.read", "ledger.shred", "outbox.manage"]
    staff.save()
    entries = [happen(number) for number in range(8)]
    sealer.seal()
    happen(9)

    def refuse(_: Delivery) -> None:
        raise Undeliverable("550 no such person")

    HANDLERS.register("test", Topic("test", refuse, 5, 3))
    try:
        with transaction.atomic():
            actions.enqueue("test", {"to": "gone@mail.example", "subject": "News"})
        worker.drain()
    finally:
        del HANDLERS._items["test"]
    message = Message.objects.get(topic="test").id
    page = site.as_account(cast.imogen.account, **options)
    for path, shot in (
        ("/ledger/", "ledger"),
        (f"/ledger/{entries[3].seq}/", "entry"),
        (f"/ledger/{entries[3].seq}/forget/", "forget"),
        ("/outbox/?state=dead", "outbox"),
        (f"/outbox/{message}/", "message"),
        (f"/outbox/{message}/discard", "discard"),
    ):
        page.goto(path)
        looks_right(page, f"record-{shot}-{name}")
    visitor = site.visitor(**options)
    for path, shot in (("/p/ledger/", "public-ledger"), (f"/p/ledger/{entries[3].seq}/", "public-entry")):
        visitor.goto(path)
        looks_right(visitor, f"record-{shot}-{name}")


def test_a_visitor_takes_a_proof_away_and_checks_it(site: Site, tmp_path: Path) -> None:
    entry = happen(3)
    sealer.seal()
    page = site.visitor()
    page.goto("/p/ledger/")
    page.get_by_role("link", name=str(entry.seq), exact=True).first.click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the proof").click()
    path = tmp_path / "entry.tlog-proof"
    waiting.value.save_as(path)
    trusted = verifier.read_keys([keys.public_keys()[-1].text()])
    found = verifier.verify_proof(path.read_text(), trusted)
    assert found["ok"]
    assert found["entry"]["seq"] == entry.seq
