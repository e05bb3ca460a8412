"""From the legs that a caller names to rows and minor units, all faults told at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from quorate.directory.models import Organisation
from quorate.exchange.finance.models import Account, Book, Commodity, Fund
from quorate.exchange.finance.rules import GENERAL, LegSpec, Posting
from quorate.kernel import money
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext

_SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{0,79}$")


class Resolver:
    """Looks up what legs of one book name, each thing once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._accounts: dict[str, Account] = {}
        self._funds: dict[str, Fund] = {}
        self._commodities: dict[str, Commodity] = {}

    def postings(self, legs: Sequence[LegSpec]) -> list[Posting]:
        """The legs resolved; ``UserError`` with all that cannot be."""
        self._prepare(legs)
        found: list[Posting] = []
        problems: list[UserError] = []
        for place, leg in enumerate(legs):
            try:
                found.append(self._posting(leg, f"legs.{place}"))
            except UserError as error:
                problems.append(error)
        if problems:
            first = problems[0]
            raise type(first)(first.what, first.where, first.mend, problems if len(problems) > 1 else ())
        return found

    def _prepare(self, legs: Sequence[LegSpec]) -> None:
        """One query for each kind of thing, however many legs there are."""
        names = {leg.account for leg in legs if isinstance(leg.account, str)} - set(self._accounts)
        roles = {name[1:] for name in names if name.startswith("@")}
        rows = Account.objects.filter(book=self.book)
        if names:
            for row in rows.filter(code__in=names) | rows.filter(role__in=roles - {""}):
                self._accounts[row.code] = row
                if row.role:
                    self._accounts[f"@{row.role}"] = row
        slugs = {leg.fund or GENERAL for leg in legs if isinstance(leg.fund, str)} - set(self._funds)
        if slugs:
            self._funds |= {row.slug: row for row in Fund.objects.filter(book=self.book, slug__in=slugs)}
        codes = {code for leg in legs for code in (leg.commodity, leg.priced_in)} | {self.book.currency_id}
        if unknown := codes - set(self._commodities) - {""}:
            self._commodities |= Commodity.objects.in_bulk(unknown)

    def _posting(self, leg: LegSpec, where: str) -> Posting:
        commodity = self._commodity(leg.commodity, f"{where}.commodity")
        amount = money.to_minor(leg.amount, commodity.digits, where=f"{where}.amount")
        priced_in, value = commodity, amount
        if leg.value is not None:
            priced_in = self._commodity(leg.priced_in, f"{where}.priced_in")
            value = abs(money.to_minor(leg.value, priced_in.digits, where=f"{where}.value")) * (1 if amount > 0 else -1)
            if priced_in == commodity and value != amount:
                raise UserError(gettext("a currency is worth itself"), where=f"{where}.value")
        return Posting(
            account=self._account(leg.account, f"{where}.account"),
            commodity=commodity,
            amount=amount,
            priced_in=priced_in,
            value=value,
            fund=self._fund(leg.fund, f"{where}.fund"),
            program=_slug(leg.program, f"{where}.program"),
            project=_slug(leg.project, f"{where}.project"),
            grant=_name(leg.grant, f"{where}.grant"),
            counterparty=_organisation(leg.counterparty),
        )

    def _account(self, named: Account | str, where: str) -> Account:
        found = self._accounts.get(named) if isinstance(named, str) else named
        if found is None or found.book_id != self.book.pk:
            raise NotFound(gettext("the books have no account %s") % named, where=where)
        return found

    def _fund(self, named: Fund | str, where: str) -> Fund:
        found = self._funds.get(named or GENERAL) if isinstance(named, str) else named
        if found is None or found.book_id != self.book.pk:
            raise NotFound(gettext("the books have no fund %s") % named, where=where)
        return found

    def _commodity(self, code: str, where: str) -> Commodity:
        found = self._commodities.get(code or self.book.currency_id)
        if found is None:
            raise NotFound(gettext("there is no commodity %s") % code, where=where, mend=gettext("define it first"))
        return found


def exact(text: str, where: str) -> Decimal:
    """An amount that somebody typed, thousands apart by spaces, commas or apostrophes. ``UserError`` if it is none."""
    tidy = re.sub(r"(?<=\d)[ \u00a0\u202f,'](?=\d{3}(\D|$))", "", text.strip())
    if not re.fullmatch(r"[+-]?(\d{1,20}(\.\d{0,9})?|\.\d{1,9})", tidy, re.ASCII):
        raise UserError(gettext("“%s” is not a number") % text[:40], where=where, mend=gettext("write it like 1234.50"))
    return Decimal(tidy)


def _slug(text: str, where: str) -> str:
    if text and not _SLUG.match(text):
        mend = gettext("small letters, digits and dashes")
        raise UserError(gettext("“%s” is no short name") % text[:80], where=where, mend=mend)
    return text


def _name(text: str, where: str) -> str:
    if len(text) > 80 or not text.isprintable():
        raise UserError(gettext("a name has at most 80 characters, all of them to be seen"), where=where)
    return text


def _organisation(named: Organisation | UUID | None) -> UUID | None:
    return named.pk if isinstance(named, Organisation) else named
