"""What may be posted: pure functions over legs, whose amounts are whole minor units."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from quorate.directory.models import Organisation
from quorate.exchange.finance.models import Account, Commodity, Fund
from quorate.kernel import money
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.canonical import canonical

GENERAL = "general"
"""The slug of the fund of every book that no donor restricts."""


@dataclass(frozen=True)
class LegSpec:
    """A leg as a caller names it.

    ``account``: the account, its code, or ``@role``. ``amount``: exact, in whole units; a debit is more than 0, a
    credit less. ``commodity``: a code; empty for the book's currency. ``value``: what the units cost or are worth in
    all, in ``priced_in`` (empty: the book's currency), with the amount's sign or none; without it units balance as
    units. ``fund``: the fund or its slug; empty for the general one. ``program`` and ``project`` are slugs.
    """

    account: Account | str
    amount: Decimal
    commodity: str = ""
    value: Decimal | None = None
    priced_in: str = ""
    fund: Fund | str = ""
    program: str = ""
    project: str = ""
    grant: str = ""
    counterparty: Organisation | UUID | None = None


@dataclass(frozen=True)
class Posting:
    """A leg that is resolved: rows instead of names, minor units instead of amounts."""

    account: Account
    commodity: Commodity
    amount: int
    priced_in: Commodity
    value: int
    fund: Fund
    program: str = ""
    project: str = ""
    grant: str = ""
    counterparty: UUID | None = None

    def reversed(self) -> Posting:
        """The same the other way round."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Posting(**{**facts, "amount": -self.amount, "value": -self.value})


@dataclass(frozen=True)
class Draft:
    """A transaction that has no number yet."""

    date: date
    description: str
    postings: Sequence[Posting]
    nature: str = "ordinary"
    source: str = ""
    key: str | None = None
    reverses: UUID | None = None
    follows: UUID | None = None


def faults(draft: Draft) -> list[UserError]:
    """Everything that is wrong with a draft, each with the place: ``legs``, ``legs.0.account`` …"""
    found = []
    if len(draft.postings) < 2:
        what = gettext("a transaction has at least two legs")
        found.append(UserError(what, where="legs", mend=gettext("say where the amount comes from and where it goes")))
    if not draft.description.strip():
        found.append(UserError(gettext("say what it is"), where="description"))
    for place, posting in enumerate(draft.postings):
        found += _faults_of(posting, draft.date, f"legs.{place}")
    found += [
        UserError(
            gettext("the legs do not balance: %s too much") % money.show(excess, commodity.digits, commodity.code),
            where="legs",
            mend=gettext("debits and credits of a commodity add up to nothing"),
        )
        for commodity, excess in imbalance(draft.postings)
    ]
    return found


def imbalance(postings: Iterable[Posting]) -> list[tuple[Commodity, int]]:
    """What is left over, by the commodity in which legs are weighed; nothing when they balance."""
    sums: dict[str, int] = defaultdict(int)
    named = {}
    for posting in postings:
        named[posting.priced_in.code] = posting.priced_in
        sums[posting.priced_in.code] += posting.value
    return [(named[code], left) for code, left in sorted(sums.items()) if left]


def _faults_of(posting: Posting, day: date, where: str) -> Iterable[UserError]:
    account = posting.account
    if posting.amount == 0:
        yield UserError(gettext("an amount is not nothing"), where=f"{where}.amount")
    if account.heading:
        what = gettext("%s only groups other accounts") % account
        yield UserError(what, where=f"{where}.account", mend=gettext("choose one below it"))
    if account.opens is not None and day < account.opens:
        yield UserError(gettext("%s was not open yet") % account, where=f"{where}.account")
    if account.closes is not None and day >= account.closes:
        yield UserError(gettext("%s is closed") % account, where=f"{where}.account")
    if account.commodities and posting.commodity.code not in account.commodities:
        mend = gettext("it takes %s") % ", ".join(account.commodities)
        what = gettext("%(account)s does not take %(code)s") % {"account": account, "code": posting.commodity.code}
        yield UserError(what, where=f"{where}.commodity", mend=mend)


def digest_of(book: UUID, number: int, draft: Draft) -> str:
    """The SHA-256 over everything of a transaction but its description, which can be forgotten. Amounts as strings."""
    facts = {
        "book": str(book),
        "number": number,
        "date": draft.date.isoformat(),
        "nature": draft.nature,
        "source": draft.source,
        "key": draft.key,
        "reverses": str(draft.reverses) if draft.reverses else None,
        "follows": str(draft.follows) if draft.follows else None,
        "legs": [
            [
                str(each.account.pk),
                each.commodity.pk,
                str(each.amount),
                each.priced_in.pk,
                str(each.value),
                str(each.fund.pk),
                each.program,
                each.project,
                each.grant,
                str(each.counterparty) if each.counterparty else None,
            ]
            for each in draft.postings
        ],
    }
    return hashlib.sha256(canonical(facts)).hexdigest()


def year_start(month: int, day: date) -> date:
    """The first day of the financial year in which a day lies, when years start with a month."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def earned_by(price: int, start: date, until: date, day: date) -> int:
    """What of a price for the days ``[start, until)`` is earned when ``day`` begins: equal parts a day, rounded down.

    What rounding leaves over is earned on the last day, so that the parts of any division into periods sum to the price.
    """
    if until <= start:
        raise ValueError("a term ends after it starts")
    gone = min(max((day - start).days, 0), (until - start).days)
    return price * gone // (until - start).days


def month_ends(start: date, through: date) -> Iterator[date]:
    """The last day of every month from that of ``start`` on, and ``through`` itself; none after it."""
    day = start
    while day <= through:
        last = date(day.year + day.month // 12, day.month % 12 + 1, 1) - timedelta(days=1)
        yield min(last, through)
        day = last + timedelta(days=1)


def tiered(receipts: int, digits: int, tiers: Sequence[Sequence[str]]) -> int:
    """A fee on the receipts of a year, in minor units: each rate holds from its threshold (whole units) to the next.

    ``[["0", "0.09"], ["1000000", "0.06"]]`` on 2,500,000.00 gives 180,000.00. Rounded once, halves to even.
    """
    steps = [(money.to_minor(bound, digits), Decimal(rate)) for bound, rate in tiers]
    fee = Decimal(0)
    for place, (bound, rate) in enumerate(steps):
        upper = steps[place + 1][0] if place + 1 < len(steps) else receipts
        fee += max(min(receipts, upper) - bound, 0) * rate
    return money.rounded(fee)


def check_tiers(tiers: Sequence[Sequence[str]]) -> None:
    """``UserError`` unless thresholds start at 0 and rise, and rates lie between 0 and 1."""
    before: Decimal | None = None
    for place, tier in enumerate(tiers):
        where = f"tiers.{place}"
        try:
            bound, rate = (Decimal(text) for text in tier)
        except (ValueError, ArithmeticError) as error:
            mend = gettext("write pairs like 1000000 and 0.06")
            raise UserError(gettext("a tier is a threshold and a rate"), where=where, mend=mend) from error
        rising = bound == 0 if before is None else bound > before
        if not bound.is_finite() or not rising or not 0 <= rate <= 1:
            mend = gettext("thresholds start at 0 and rise; a rate is a part of 1")
            raise UserError(gettext("this tier cannot be"), where=where, mend=mend)
        before = bound
