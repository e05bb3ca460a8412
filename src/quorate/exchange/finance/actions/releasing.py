"""What a cost sets free: release entries from funds that a donor restricted."""

from __future__ import annotations

from datetime import date

from quorate.exchange.finance.models import Account, Book, Commodity, Fund, Transaction
from quorate.exchange.finance.queries.balances import usable
from quorate.exchange.finance.queries.reports import RELEASE, account_at
from quorate.exchange.finance.rules import GENERAL, Draft, Posting
from quorate.kernel import money
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext


def releases(book: Book, made: Transaction, draft: Draft) -> list[Draft]:
    """The release entries that a transaction's costs bring about, at most one for each fund and leg.

    A leg that names a restricted fund takes from that one, and is refused when the fund may not be used yet or holds
    less (``UserError``); one that names none takes from the funds whose purpose its program or project serves, those
    free first first, as far as they go. Costs alone release: a refund of one is posted by reversing it.
    """
    if draft.nature in (Transaction.Nature.REVERSAL, Transaction.Nature.RELEASE):
        return []
    costs = [
        (place, leg) for place, leg in enumerate(draft.postings) if leg.account.type == "expense" and leg.value > 0
    ]
    if not costs:
        return []
    funds = list(Fund.objects.filter(book=book, restricted=True).order_by("available_from", "created_at", "pk"))
    if not funds:
        return []
    taken: dict[tuple[object, str], int] = {}
    found: list[Draft] = []
    for place, leg in costs:
        left = leg.value
        for fund in [fund for fund in funds if fund == leg.fund] or _serving(funds, leg, draft.date):
            key = (fund.pk, leg.priced_in.pk)
            if key not in taken:
                taken[key] = 0
            free = usable(fund, leg.priced_in.pk, draft.date) - taken[key]
            if fund == leg.fund:
                _insist(fund, draft.date, free, left, leg, place)
            part = min(left, free)
            if part > 0:
                taken[key] += part
                left -= part
                found.append(release(book, fund, part, leg.priced_in, draft.date, made, leg))
    return found


def release(
    book: Book, fund: Fund, minor: int, currency: Commodity, day: date, after: Transaction | None, leg: Posting | None
) -> Draft:
    """The entry that moves an amount from a restricted fund to the general one."""
    account: Account = account_at(book, RELEASE)
    general = Fund.objects.get(book=book, slug=GENERAL)
    purpose = (leg.program, leg.project, leg.grant) if leg is not None else ("", "", "")
    words = gettext("Release from %(fund)s") % {"fund": fund.name}
    return Draft(
        day,
        words[:300],
        [
            Posting(account, currency, minor, currency, minor, fund, *purpose),
            Posting(account, currency, -minor, currency, -minor, general, *purpose),
        ],
        nature=Transaction.Nature.RELEASE,
        source=f"fund:{fund.slug}",
        follows=after.pk if after is not None else None,
    )


def _serving(funds: list[Fund], leg: Posting, day: date) -> list[Fund]:
    """The funds whose purpose a cost serves and whose day has come; those that were free first come first."""
    serving = [
        fund
        for fund in funds
        if ((leg.program and leg.program in fund.programs) or (leg.project and leg.project in fund.projects))
        and (fund.available_from is None or fund.available_from <= day)
    ]
    return sorted(serving, key=lambda fund: (fund.available_from or date.min, fund.created_at, fund.pk))


def _insist(fund: Fund, day: date, free: int, wanted: int, leg: Posting, place: int) -> None:
    where = f"legs.{place}.fund"
    if fund.available_from is not None and day < fund.available_from:
        what = gettext("%(fund)s may be used from %(day)s on") % {"fund": fund.name, "day": fund.available_from}
        raise UserError(what, where=where)
    purposes = bool(fund.programs or fund.projects)
    if purposes and leg.program not in fund.programs and leg.project not in fund.projects:
        what = gettext("%(fund)s serves another purpose") % {"fund": fund.name}
        raise UserError(what, where=where, mend=", ".join([*fund.programs, *fund.projects]))
    if wanted > free:
        left = money.show(max(free, 0), leg.priced_in.digits, leg.priced_in.pk)
        what = gettext("%(fund)s holds only %(left)s") % {"fund": fund.name, "left": left}
        raise UserError(what, where=where, mend=gettext("split the cost between funds"))
