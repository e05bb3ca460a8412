"""The books of an invented foundation, who keeps them, who closes them, and who must not see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from quorate.access.actors import Actor, person, system
from quorate.access.models import Account as Login
from quorate.directory.models import Person
from quorate.exchange.finance import actions
from quorate.exchange.finance.models import Account, Book, Transaction
from quorate.exchange.finance.rules import LegSpec
from quorate.terms.models import Body, Seat, Term
from quorate.toolkit.foundation import instant

DESK = system("desk")
DAY = date(2026, 7, 15)


@dataclass
class Scene:
    """Everybody and everything."""

    book: Book
    keeper: Actor
    treasurer: Actor
    outsider: Actor

    def account(self, code: str) -> Account:
        return Account.objects.get(book=self.book, code=code)

    def post(self, *legs: tuple[str, str] | LegSpec, day: date = DAY, **more: object) -> Transaction:
        """Post legs given as (account, amount)."""
        named = [leg if isinstance(leg, LegSpec) else LegSpec(leg[0], Decimal(leg[1])) for leg in legs]
        facts: dict[str, object] = {"description": "Rent of a hall", **more}
        return actions.post(actor=self.keeper, book=self.book, date=day, legs=named, **facts)  # type: ignore[arg-type]  # tests pass any facts


def signed_in(slug: str, name: str, permissions: list[str]) -> Actor:
    """Somebody with a seat that has these rights."""
    login = Login.objects.create_user(f"{slug}@people.example")
    who = Person.objects.create(slug=slug, name=name, account=login)
    if permissions:
        body, _made = Body.objects.get_or_create(slug="staff", defaults={"name": "Staff", "kind": "staff"})
        seat = Seat.objects.create(body=body, slug=slug, title=name, permissions=permissions)
        Term.objects.create(seat=seat, person=who, start=instant("2024-01-01"))
    return person(who.id, who.name, account_id=login.pk)


def scene() -> Scene:
    """Books in USD with the usual chart."""
    book = actions.open_book(actor=DESK, slug="main", name="Example Foundation", currency="USD", synthetic=True)
    return Scene(
        book,
        signed_in("kit", "Kit Keeper", ["finance.read", "finance.post"]),
        signed_in("tess", "Tess Treasurer", ["finance.read", "finance.post", "finance.close", "finance.manage"]),
        signed_in("otto", "Otto Outsider", []),
    )
