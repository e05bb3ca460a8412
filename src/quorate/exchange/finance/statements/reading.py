"""A file of a bank, whichever of the formats it is in."""

from __future__ import annotations

from quorate.exchange.finance.invoicing.xmlfile import MOST_BYTES
from quorate.exchange.finance.statements import camt, table
from quorate.exchange.finance.statements.statement import Statement
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext


def read(content: bytes, name: str, profile: table.Profile | None = None) -> list[Statement]:
    """The statements in a file: camt.053, or CSV when a profile says how it is written.

    ``UserError`` with the place of the first fault; a file that is wrong anywhere gives nothing.
    """
    if len(content) > MOST_BYTES:
        raise UserError(gettext("is larger than %(most)d MB") % {"most": MOST_BYTES >> 20}, where=name)
    if not content.strip():
        raise UserError(gettext("is empty"), where=name)
    if profile is not None:
        return table.read(content, name, profile)
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        return camt.read(content, name)
    raise UserError(
        gettext("is not camt.053"),
        where=name,
        mend=gettext("a CSV file needs the profile of its bank (--profile)"),
    )
