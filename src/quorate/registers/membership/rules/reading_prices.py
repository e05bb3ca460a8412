"""Reads what a charter says of money: scales of dues, exceptions, the parent's fee, the administrative fee."""

from __future__ import annotations

from decimal import Decimal

from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import Key
from quorate.registers.membership.rules.charter import (
    AdminFee,
    Band,
    Basis,
    Bracket,
    DuesException,
    ParentFee,
    Scale,
)
from quorate.registers.membership.rules.reading_base import Base, Data, amount_of


class Prices(Base):
    """The part of the reader that knows money."""

    def scale(self, row: Data, currency: str, known: set[str], path: tuple[Key, ...]) -> Scale:
        self.known(row["tier"], known, *path, "tier")
        if "same_as" in row:
            self.known(row["same_as"], known, *path, "same_as")
        basis, amount, bands = self.price(row, path)
        return Scale(
            row["tier"],
            basis,
            self.currency(row, currency, basis, amount, path),
            amount,
            bands,
            row.get("same_as", ""),
            row.get("clause", ""),
        )

    def price(self, row: Data, path: tuple[Key, ...]) -> tuple[Basis, Decimal | None, tuple[Band, ...]]:
        said = [key for key in ("amount", "bands", "same_as") if key in row]
        if len(said) != 1:
            self.fault(
                gettext("exactly one of amount, bands and same_as is wanted"), *path, mend=gettext("keep one of them")
            )
            return Basis.FLAT, None, ()
        if said[0] == "same_as":
            return Basis.SAME_AS, None, ()
        if said[0] == "amount":
            return Basis.FLAT, amount_of(row["amount"]), ()
        basis = Basis(row.get("by", "headcount"))
        wrong = "below" if basis is Basis.HEADCOUNT else "to"
        for n, band in enumerate(row["bands"]):
            if wrong in band:
                right = "to" if wrong == "below" else "below"
                self.fault(
                    gettext("bands by %(basis)s end with “%(right)s”, not “%(wrong)s”")
                    % {"basis": basis.value, "right": right, "wrong": wrong},
                    *(*path, "bands", n, wrong),
                    mend=gettext("write “%s”") % right,
                )
        return basis, None, tuple(_band(band) for band in row["bands"])

    def currency(self, row: Data, default: str, basis: Basis, amount: Decimal | None, path: tuple[Key, ...]) -> str:
        currency = str(row.get("currency", default))
        needed = basis in (Basis.HEADCOUNT, Basis.REVENUE) or bool(amount)
        if needed and not currency:
            self.fault(gettext("the amount has no currency"), *path, mend=gettext("add a line: currency: USD"))
        return currency

    def parent_fee(self, row: Data | None, currency: str, known: set[str], path: tuple[Key, ...]) -> ParentFee | None:
        if row is None:
            return None
        basis, amount, bands = self.price(row, path)
        return ParentFee(
            row["tier"],
            basis,
            self.currency(row, currency, basis, amount, path),
            amount,
            bands,
            self.tiers(row, known, path),
            row.get("clause", ""),
        )

    def exception(self, row: Data, currency: str, known: set[str], path: tuple[Key, ...]) -> DuesException:
        self.known(row["pays_as"], known, *path, "pays_as")
        limit = amount_of(row["revenue_below"]) if "revenue_below" in row else None
        return DuesException(
            row["name"],
            self.tiers(row, known, path),
            row["pays_as"],
            limit,
            str(row.get("currency", currency)),
            row.get("years"),
            row.get("approval", ""),
            row.get("clause", ""),
        )

    def admin_fee(self, row: Data | None, currency: str, path: tuple[Key, ...]) -> AdminFee | None:
        if row is None:
            return None
        brackets = tuple(
            Bracket(amount_of(each["up_to"]) if "up_to" in each else None, Decimal(each["rate"][:-1]) / 100)
            for each in row["brackets"]
        )
        below = Decimal(0)
        for n, bracket in enumerate(brackets):
            last = n == len(brackets) - 1
            if (bracket.up_to is None) != last or (bracket.up_to is not None and bracket.up_to <= below):
                self.fault(
                    gettext("the brackets do not follow on one another"),
                    *(*path, "brackets", n),
                    mend=gettext("let “up_to” rise, and leave it out of the last bracket only"),
                )
                break
            below = bracket.up_to or below
        found = str(row.get("currency", currency))
        if not found:
            self.fault(gettext("the amount has no currency"), *path, mend=gettext("add a line: currency: USD"))
        return AdminFee(brackets, found, row.get("clause", ""))


def _band(row: Data) -> Band:
    end = row.get("to", row.get("below"))
    return Band(
        amount_of(row.get("from", 0)) or Decimal(0),
        None if end is None else amount_of(end),
        amount_of(row["amount"]),
        row.get("clause", ""),
    )
