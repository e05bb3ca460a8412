"""The books of the example: invented amounts, month by month, from the first bill to the month that was closed last."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from quorate.access.actors import Actor, person
from quorate.exchange.finance import actions
from quorate.exchange.finance.models import Book
from quorate.exchange.finance.rules import LegSpec
from quorate.registers.portfolio.models import Member
from quorate.surfaces.cli.demo.world import KEEPER, Story, World
from quorate.terms.queries import holders
from quorate.toolkit.identity import identity

TREASURER = "seat:staff/executive-director"
#: How many members are billed, and what each pays for a year: invented, as everything here.
BILLED, DUES, PASSED_ON = 8, Decimal("50000.00"), Decimal("5000.00")
#: Account, amount and program of what is paid every month.
MONTHLY = (
    ("5100", "41250.00", ""),
    ("5200", "18730.45", "ci"),
    ("5300", "3120.10", "ambassadors"),
    ("5300", "2400.00", "mentors"),
    ("5400", "1875.00", ""),
    ("5950", "84.20", ""),
)
#: Account, amount and program of what happens in a month of every year.
YEARLY = {
    3: ("@bank", "4050", "96000.00", "conference"),
    6: ("@processor", "4060", "23400.00", "training"),
    9: ("@bank", "4050", "412500.00", "conference"),
    10: ("5010", "@bank", "287340.75", "conference"),
}
GIFT, RESTRICTED_TO = Decimal("60000.00"), "mentors"


def books(world: World) -> Story:
    """Open the books, bill the dues of the year, pay every month; post and close what a month brought."""
    book = actions.open_book(actor=KEEPER, slug="main", name=identity().name, currency="USD", synthetic=True)
    actions.set_fee(actor=KEEPER, book=book, tiers=[["0", "0.09"], ["1000000", "0.06"]])
    members = list(Member.objects.filter(until=None).select_related("organisation").order_by("organisation__slug"))
    donor = members[0].organisation if members else None
    actions.open_fund(
        actor=KEEPER,
        book=book,
        slug="mentorship",
        name="Mentorship (synthetic gift)",
        restricted=True,
        programs=[RESTRICTED_TO],
        donor=donor,
    )
    opening = [LegSpec("@bank", Decimal("850000.00")), LegSpec("@opening", Decimal("-850000.00"))]
    _post(KEEPER, book, world, "Opening balance (synthetic)", opening)
    gift = [LegSpec("@bank", GIFT, counterparty=donor), LegSpec("@contributions", -GIFT, fund="mentorship")]
    _post(KEEPER, book, world, "Gift for mentors (synthetic)", gift)
    _bill(KEEPER, book, world, members, world.now.date())
    month = world.now
    while True:
        month = _first_of_next(month)
        yield month.replace(hour=9)
        officer = _officer(world)
        for account, size, program in MONTHLY:
            legs = [LegSpec(account, Decimal(size), program=program), LegSpec("@bank", -Decimal(size))]
            _post(officer, book, world, "Monthly costs (synthetic)", legs)
        if happening := YEARLY.get(month.month):
            debit, credit, size, program = happening
            legs = [LegSpec(debit, Decimal(size), program=program), LegSpec(credit, -Decimal(size), program=program)]
            _post(officer, book, world, "Conference and training (synthetic)", legs)
        if month.month == 1:
            _bill(officer, book, world, members, month.date())
        through = month.date().replace(day=1) - timedelta(days=1)
        for act in (actions.recognise_revenue, actions.release_funds, actions.accrue_administration):
            act(actor=officer, book=book, through=through)
        actions.close_period(actor=officer, book=book, start=through.replace(day=1), until=month.date().replace(day=1))


def _bill(actor: Actor, book: Book, world: World, members: list[Member], start: date) -> None:
    """Dues to the end of the calendar year, paid at once; part of them belongs to the parent."""
    until = date(start.year + 1, 1, 1)
    for member in members[:BILLED]:
        source = f"dues:{start.year}-{member.organisation.slug}"[:120]
        legs = [
            LegSpec("@bank", DUES, counterparty=member.organisation),
            LegSpec("@pass-through", -PASSED_ON, counterparty=member.organisation),
            LegSpec("@deferred-dues", PASSED_ON - DUES, counterparty=member.organisation),
        ]
        _post(actor, book, world, "Dues (synthetic)", legs, source)
        actions.defer_revenue(
            actor=actor,
            book=book,
            source=source,
            price=DUES - PASSED_ON,
            start=start,
            until=until,
            counterparty=member.organisation,
        )


def _post(actor: Actor, book: Book, world: World, words: str, legs: list[LegSpec], source: str = "") -> None:
    actions.post(actor=actor, book=book, date=world.now.date(), description=words, legs=legs, source=source)


def _officer(world: World) -> Actor:
    """Who holds the seat that keeps the books now; the example itself while nobody does."""
    found = holders(TREASURER, world.now)
    return person(found[0].id, found[0].name) if found else KEEPER


def _first_of_next(at: datetime) -> datetime:
    return (at.replace(day=1) + timedelta(days=32)).replace(day=1)
