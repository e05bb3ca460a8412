"""List pages: filters, search, order, pages and exports, on rows in memory and in the database."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from django.test import RequestFactory

from quorate.access.models import Account
from quorate.toolkit.tables import Choice, Column, Empty, Flag, RowAction, Table


@dataclass
class Boat:
    name: str
    crew: int | None
    port: str


FLEET = [Boat("Petrel", 3, "Brest"), Boat("auk", None, "Oslo"), Boat("Tern", 12, "Brest"), Boat("Gannet", 3, "Hull")]


class Boats(Table[Boat]):
    name = "boats"
    caption = "Boats"
    columns = (
        Column("name", "Name", primary=True, sort="name", url=lambda boat: f"/boats/{boat.name}/"),
        Column("crew", "Crew", kind="number", sort="crew"),
        Column("port", "Port"),
    )
    filters = (
        Choice(
            "port",
            "Port",
            [("Brest", "Brest"), ("Oslo", "Oslo")],
            lambda rows, value: [r for r in rows if r.port == value],
        ),
        Flag("big", "Big", lambda rows, table: [r for r in rows if (r.crew or 0) > 10]),
    )
    search = ("name", "port")
    order = "name"
    size = 3
    empty = Empty("No boats", "Launch one.")

    def action(self, row: Boat) -> RowAction | None:
        return RowAction("Board", f"/boats/{row.name}/board/") if row.crew else None


def boats(query: str = "") -> Boats:
    return Boats(RequestFactory().get(f"/boats/{query}"), FLEET)


def names(table: Boats) -> list[str]:
    return [row.name for row in table.page_rows]


def test_default_order_ignores_case_and_pages() -> None:
    table = boats()
    assert names(table) == ["auk", "Gannet", "Petrel"]
    assert (table.count, table.pages, table.first_shown, table.last_shown) == (4, 2, 1, 3)
    assert names(boats("?page=2")) == ["Tern"]


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "٣", "9" * 40])
def test_a_page_that_is_not_there_is_the_nearest(page: str) -> None:
    assert boats(f"?page={page}").page in (1, 2)


def test_unknown_sorts_last_both_ways() -> None:
    assert [b.crew for b in boats("?sort=crew").rows] == [3, 3, 12, None]
    assert [b.crew for b in boats("?sort=-crew").rows] == [12, 3, 3, None]


def test_only_declared_columns_sort() -> None:
    assert names(boats("?sort=port")) == names(boats())
    assert names(boats("?sort=__class__")) == names(boats())


def test_filters_and_search_narrow() -> None:
    assert names(boats("?port=Brest")) == ["Petrel", "Tern"]
    assert names(boats("?port=Brest&big=1")) == ["Tern"]
    assert names(boats("?q=brest ter")) == ["Tern"]
    assert boats("?port=Atlantis").count == 4
    assert boats("?q=xyz").narrowed


def test_addresses_keep_what_was_asked() -> None:
    table = boats("?port=Brest&sort=-crew&as_of=2026-01-01")
    assert table.url(page=2) == "/boats/?port=Brest&sort=-crew&as_of=2026-01-01&page=2"
    assert table.clear_url == "/boats/?sort=-crew&as_of=2026-01-01"
    assert table.carried == [("sort", "-crew"), ("as_of", "2026-01-01")]
    assert [head.direction for head in table.heads] == ["", "descending", ""]


def test_exports_hold_all_that_matches_not_the_page() -> None:
    answer = boats("?format=json&sort=name").respond("unused.html")
    assert [row["name"] for row in json.loads(b"".join(answer))] == ["auk", "Gannet", "Petrel", "Tern"]
    answer = boats("?format=csv&port=Oslo").respond("unused.html")
    assert b"".join(answer).decode().splitlines() == ["name,crew,port", "auk,,Oslo"]


def test_the_next_action_names_its_row_to_a_screen_reader() -> None:
    shown = boats().shown
    assert shown[0].action is None
    assert '<span class="visually-hidden">Gannet</span>' in str(shown[1].action)


class Accounts(Table[Account]):
    name = "accounts"
    caption = "Accounts"
    columns = (Column("email", "Address", primary=True, sort="email"), Column("created_at", "Since", kind="age"))
    search = ("email",)
    order = "-email"
    empty = Empty("None")


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_a_table_costs_one_count_and_one_page(rows: int, django_assert_num_queries: object) -> None:
    for number in range(rows):
        Account.objects.create_user(f"a{number}@harbour.example")
    request = RequestFactory().get("/accounts/?q=harbour")
    request.session = {}  # type: ignore[assignment]  # nothing is read from it
    table = Accounts(request, Account.objects.all())
    with django_assert_num_queries(2):  # type: ignore[operator]  # a fixture without a type
        assert len(table.shown) == rows == table.count
    assert [row.email for row in table.page_rows] == sorted((r.email for r in table.page_rows), reverse=True)
