"""Forms of the books."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from quorate.directory.web.forms import DayField
from quorate.exchange.finance.actions.resolving import exact
from quorate.exchange.finance.models import Book
from quorate.exchange.finance.queries import accounts
from quorate.exchange.finance.rules import LegSpec
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _

LINES = 8
"""Lines of a form; a longer transaction comes over the API or from a file."""
PARTS = ("account", "debit", "credit", "fund", "program")


class EntryForm(forms.Form):
    """A transaction as people write one: a line for each account, debits and credits in columns."""

    date = DayField(label=_("Day"), required=True)
    description = forms.CharField(label=_("Description"), max_length=300)
    source = forms.CharField(
        label=_("Source"), max_length=120, required=False, help_text=_("What it is taken from, like bill:2026-17.")
    )

    def __init__(self, *positional: Any, book: Book, **more: Any) -> None:
        super().__init__(*positional, **more)
        self.book = book
        self.accounts = [(row.code, row.name) for row in accounts(book) if not row.heading]
        funds = [(fund.slug, fund.name) for fund in book.funds.all()]
        for line in range(LINES):
            place = {"n": line + 1}
            self.fields[f"account_{line}"] = forms.CharField(
                label=_("Account of line %(n)d") % place,
                required=False,
                max_length=150,
                widget=forms.TextInput(attrs={"list": "accounts", "autocomplete": "off"}),
            )
            for column, label in (("debit", _("Debit of line %(n)d")), ("credit", _("Credit of line %(n)d"))):
                self.fields[f"{column}_{line}"] = forms.CharField(
                    label=label % place,
                    required=False,
                    max_length=40,
                    widget=forms.TextInput(
                        attrs={"inputmode": "decimal", "data-amount": column, "autocomplete": "off"}
                    ),
                )
            self.fields[f"fund_{line}"] = forms.ChoiceField(
                label=_("Fund of line %(n)d") % place, choices=funds, required=False
            )
            self.fields[f"program_{line}"] = forms.SlugField(
                label=_("Program of line %(n)d") % place, required=False, max_length=80
            )

    def lines(self) -> Iterator[list[BoundField]]:
        """The controls, a list for each line."""
        for line in range(LINES):
            yield [self[f"{part}_{line}"] for part in PARTS]

    def head(self) -> list[BoundField]:
        """The controls above the lines."""
        return [self["date"], self["description"], self["source"]]

    def clean(self) -> dict[str, Any]:
        """Say what is wrong with a line beside the control that it is about."""
        given = super().clean() or {}
        self.legs: list[tuple[int, LegSpec]] = []
        for line in range(LINES):
            values = {part: given.get(f"{part}_{line}", "") for part in PARTS}
            if values["account"] or values["debit"] or values["credit"]:
                try:
                    self.legs.append((line, _leg(values, line)))
                except UserError as error:
                    self.add_error(error.where, f"{error.what} ({error.mend})" if error.mend else error.what)
        return given

    def blame(self, error: UserError) -> None:
        """Put what the action found wrong beside the line it is about."""
        for problem in error.problems or (error,):
            words = f"{problem.what} ({problem.mend})" if problem.mend else problem.what
            where = problem.where.split(".")
            if where[0] == "legs" and len(where) == 3:
                line, leg = self.legs[int(where[1])]
                part = where[2] if where[2] in PARTS else ("debit" if leg.amount > 0 else "credit")
                self.add_error(f"{part}_{line}", words)
            else:
                self.add_error(problem.where if problem.where in self.fields else None, words)


def _leg(values: dict[str, str], line: int) -> LegSpec:
    if bool(values["debit"].strip()) == bool(values["credit"].strip()):
        raise UserError(_("write a debit or a credit"), where=f"debit_{line}")
    column = "debit" if values["debit"].strip() else "credit"
    size = exact(values[column], f"{column}_{line}")
    if not values["account"].strip():
        raise UserError(_("name an account"), where=f"account_{line}")
    signed: Decimal = size if column == "debit" else -size
    code = values["account"].split()[0]
    return LegSpec(code, signed, fund=values["fund"], program=values["program"])


class ReverseForm(forms.Form):
    """When and why a transaction is reversed."""

    date = DayField(label=_("Day"), required=True)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class SpanForm(forms.Form):
    """The first and the last day of a report."""

    since = DayField(label=_("From"), required=True)
    at = DayField(label=_("To"), required=True)

    def clean(self) -> dict[str, Any]:
        """The days in order."""
        given = super().clean() or {}
        if given.get("since") and given.get("at") and given["since"] > given["at"]:
            self.add_error("at", _("the last day is before the first"))
        return given


class CloseForm(forms.Form):
    """The first day that is closed, and the first that is open again."""

    start = DayField(label=_("Closed from"), required=True)
    until = DayField(label=_("Open again from"), required=True)
