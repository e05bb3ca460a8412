"""Commands of the package. Those of invoices are imported when one of them is called."""

from __future__ import annotations

import click

from quorate.exchange.finance import books_cli
from quorate.kernel.commands import late_noun
from quorate.kernel.i18n import _


def register(root: click.Group) -> None:
    """Add the commands of this package."""
    books_cli.register(root)
    late_noun(root, "invoice", _("Invoices"), "quorate.exchange.finance.invoicing_cli")
    late_noun(root, "statement", _("Bank statements"), "quorate.exchange.finance.statements_cli")
