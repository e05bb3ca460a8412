"""The invoice's data inside a PDF that came from outside."""

from __future__ import annotations

from io import BytesIO

from quorate.exchange.finance.invoicing.xmlfile import MOST_BYTES
from quorate.kernel.discovery import optional
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

#: By these names Factur-X, ZUGFeRD 1 and 2 and XRechnung attach their data.
NAMES = ("factur-x.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml")


def extract(content: bytes, where: str) -> bytes:
    """The XML attached to a PDF. ``UserError`` when the file is no PDF that can be read, or carries none."""
    if len(content) > MOST_BYTES:
        raise UserError(gettext("is larger than %(most)d MB") % {"most": MOST_BYTES >> 20}, where=where)
    pypdf = optional("pypdf", extra="invoicing")
    errors = optional("pypdf.errors", extra="invoicing")
    try:
        attachments = pypdf.PdfReader(BytesIO(content)).attachments
        for name in NAMES:
            if name in attachments:
                return bytes(attachments[name][0])
    # The reader meets what anybody made: it falls over broken files in many ways.
    except (errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise UserError(
            gettext("is not a PDF that can be read"), where=where, mend=gettext("give the file as it was received")
        ) from error
    raise UserError(
        gettext("is a PDF without an invoice's data"),
        where=where,
        mend=gettext("a Factur-X or ZUGFeRD document has %(name)s attached") % {"name": NAMES[0]},
    )
