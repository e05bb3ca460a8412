"""The pages of the books: what is shown, what a form answers, and that nobody else sees any of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.finance.scene import Scene

from quorate.access.actors import Actor
from quorate.access.models import Account as Login
from quorate.exchange.finance import actions
from quorate.exchange.finance.models import ClosedPeriod, Transaction

PAGES = (
    "/books/",
    "/books/main/",
    "/books/main/journal/",
    "/books/main/journal/1/",
    "/books/main/accounts/1010/",
    "/books/main/accounts/1000/",
    "/books/main/reports/trial-balance/",
    "/books/main/reports/income-statement/",
    "/books/main/reports/balance-sheet/",
    "/books/main/reports/funds/",
    "/books/main/periods/",
)


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Login.objects.get(pk=actor.account_id))
    return client


def text_of(answer: Any) -> str:
    """What a streamed file says."""
    return b"".join(answer.streaming_content).decode()


@pytest.fixture
def keeper(scene: Scene) -> Client:
    scene.post(("5010", "1200.50"), ("1010", "-1200.50"), description="Hall for the summit", source="bill:7")
    return signed_in(scene.keeper)


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_there_for_keepers_and_for_nobody_else(scene: Scene, keeper: Client, address: str) -> None:
    assert keeper.get(address).status_code == 200
    outsider = signed_in(scene.outsider).get(address)
    assert outsider.status_code == (200 if address == "/books/" else 404)
    assert b"Example Foundation" not in outsider.content
    assert Client().get(address).status_code == 302


def test_what_is_not_there_is_not_found(scene: Scene, keeper: Client) -> None:
    made = Transaction.objects.get()
    for address in (
        "/books/none/",
        "/books/main/journal/2/",
        "/books/main/journal/99999999999999999999999/",
        "/books/main/accounts/9999/",
        "/books/main/reports/none/",
        "/books/by-id/01a206a3-b866-79da-bd78-04fc797d0752/",
    ):
        assert keeper.get(address).status_code == 404, address
    by_id = (f"/books/by-id/{scene.book.pk}/", f"/books/transactions/{made.pk}/")
    for address in by_id:
        assert keeper.get(address).status_code == 302
        assert signed_in(scene.outsider).get(address).status_code == 404


def test_balances_as_of_a_day(keeper: Client) -> None:
    shown = keeper.get("/books/main/").content.decode()
    assert "-1,200.50" in shown
    assert "-1,200.50" not in keeper.get("/books/main/?as_of=2026-07-14").content.decode()
    assert "-1,200.50" in keeper.get("/books/main/?as_of=2026-07-15").content.decode()
    assert keeper.get("/books/main/?as_of=never").status_code == 422
    rows = list(csv.DictReader(io.StringIO(text_of(keeper.get("/books/main/?format=csv")))))
    assert [(row["account"], row["balance"]) for row in rows] == [("1010", "-1200.50"), ("5010", "1200.50")]


def test_a_register_runs_up(scene: Scene, keeper: Client) -> None:
    scene.post(("1010", "200"), ("4010", "-200"), day=date(2026, 7, 1))
    rows = list(csv.DictReader(io.StringIO(text_of(keeper.get("/books/main/accounts/1010/?format=csv")))))
    assert [(row["amount"], row["balance"]) for row in rows] == [("-1200.50", "-1000.50"), ("200.00", "200.00")]


def _entry(**changes: str) -> dict[str, str]:
    given = {
        "date": "2026-07-20",
        "description": "Bus for the speakers",
        "account_0": "5300 Community and travel",
        "debit_0": "1 300.25",
        "account_1": "1010",
        "credit_1": "1,300.25",
        "fund_0": "general",
        "program_0": "events",
    }
    return {**given, **changes}


def test_an_entry_is_posted(scene: Scene, keeper: Client) -> None:
    assert keeper.get("/books/main/journal/new/").status_code == 200
    answer = keeper.post("/books/main/journal/new/", _entry())
    assert (answer.status_code, answer.headers["Location"]) == (302, "/books/main/journal/2/")
    made = Transaction.objects.get(number=2)
    assert [(leg.account.code, leg.amount, leg.program) for leg in made.legs.select_related("account")] == [
        ("5300", 130025, "events"),
        ("1010", -130025, ""),
    ]
    again = keeper.post("/books/main/journal/new/", _entry(again="1"))
    assert again.headers["Location"] == "/books/main/journal/new/"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"debit_0": "1300.26"}, None),
        ({"account_0": "9999"}, "account_0"),
        ({"account_0": "5000"}, "account_0"),
        ({"account_1": ""}, "account_1"),
        ({"debit_1": "5"}, "debit_1"),
        ({"credit_1": ""}, "debit_1"),
        ({"debit_0": "many"}, "debit_0"),
        ({"debit_0": "-5"}, None),
        ({"credit_1": "1300.251"}, "credit_1"),
        ({"date": "2026-13-01"}, "date"),
        ({"date": "2026-06-30"}, "date"),
        ({"program_0": "not a slug"}, "program_0"),
        ({"fund_0": "none"}, "fund_0"),
        ({"description": ""}, "description"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
    scene: Scene, keeper: Client, changes: dict[str, str], field: str | None
) -> None:
    actions.close_period(actor=scene.treasurer, book=scene.book, start=date(2026, 6, 1), until=date(2026, 7, 1))
    answer: Any = keeper.post("/books/main/journal/new/", _entry(**changes))
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field or "__all__"], errors
    assert "Community and travel" in answer.content.decode()
    assert Transaction.objects.count() == 1


def test_a_reversal_from_its_page(scene: Scene, keeper: Client) -> None:
    wrong = keeper.post("/books/main/journal/1/reverse/", {"date": "2026-07-01", "reason": "Twice"})
    assert wrong.status_code == 422
    assert "not earlier" in wrong.content.decode()
    done = keeper.post("/books/main/journal/1/reverse/", {"date": "2026-07-31", "reason": "Twice"})
    assert done.headers["Location"] == "/books/main/journal/2/"
    shown = keeper.get("/books/main/journal/1/").content.decode()
    assert "reversed" in shown
    assert "Reverse it" not in shown
    assert keeper.post("/books/main/journal/1/reverse/", {"date": "2026-07-31", "reason": "Twice"}).status_code == 422


def test_periods_are_closed_and_reopened_by_who_may(scene: Scene, keeper: Client) -> None:
    given = {"start": "2026-07-01", "until": "2026-08-01"}
    assert keeper.post("/books/main/periods/", given).status_code == 403
    treasurer = signed_in(scene.treasurer)
    assert treasurer.post("/books/main/periods/", given).status_code == 302
    assert treasurer.post("/books/main/periods/", given).status_code == 422
    period = ClosedPeriod.objects.get()
    address = f"/books/main/periods/{period.pk}/reopen/"
    assert keeper.post(address, {"reason": "Mine"}).status_code == 403
    treasurer.post(address, {"reason": ""})
    assert ClosedPeriod.objects.get().reopened_at is None
    treasurer.post(address, {"reason": "A late bill"})
    assert ClosedPeriod.objects.get().reopened_at is not None
    assert treasurer.get("/books/main/periods/").status_code == 200


def test_writing_is_refused_to_readers(scene: Scene, keeper: Client) -> None:
    outsider = signed_in(scene.outsider)
    for address in ("/books/main/journal/new/", "/books/main/journal/1/reverse/", "/books/main/periods/"):
        assert outsider.post(address, _entry()).status_code == 404
        assert Client().post(address, _entry()).status_code == 302
    assert Transaction.objects.count() == 1


@pytest.mark.parametrize("address", [page for page in PAGES if page != "/books/main/journal/1/"])
def test_pages_cost_the_same_for_one_row_and_for_three(scene: Scene, keeper: Client, address: str) -> None:

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert keeper.get(address).status_code == 200
        return len(captured)

    cost()  # what is kept between requests
    one = cost()
    scene.post(("5100", "3"), ("1010", "-3"))
    scene.post(("5200", "3"), ("1020", "-3"), ("1010", "1"), ("1100", "-1"))
    assert cost() == one


def test_reports_keep_to_their_days(keeper: Client) -> None:
    address = "/books/main/reports/income-statement/"
    assert "1,200.50" in keeper.get(f"{address}?since=2026-07-01&at=2026-07-31").content.decode()
    assert "1,200.50" not in keeper.get(f"{address}?since=2026-07-16&at=2026-07-31").content.decode()
    assert keeper.get(f"{address}?since=2026-07-31&at=2026-07-01").status_code == 422
    rows = json.loads(text_of(keeper.get(f"{address}?since=2026-07-01&at=2026-07-31&format=json")))
    found = rows if isinstance(rows, list) else next(value for value in rows.values() if isinstance(value, list))
    assert {"section": "expense", "account": "5010"}.items() <= found[0].items()
    text = text_of(keeper.get(f"{address}?since=2026-07-01&at=2026-07-31&format=csv"))
    assert text.startswith("section,account,name")
