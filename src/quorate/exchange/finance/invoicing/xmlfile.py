"""XML that came from outside, read so that it can neither read files nor grow: no DTD, no entity, no network."""

from __future__ import annotations

from typing import Any

from quorate.kernel.discovery import optional
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

#: Larger files are refused unread.
MOST_BYTES = 20 * 1024 * 1024


def parse(content: bytes, where: str) -> Any:
    """The root element (``lxml``). ``UserError`` with the line where it is not XML, or brings a document type."""
    etree = optional("lxml.etree", extra="invoicing")
    if len(content) > MOST_BYTES:
        raise UserError(gettext("is larger than %(most)d MB") % {"most": MOST_BYTES >> 20}, where=where)
    if not content.strip():
        raise UserError(gettext("is empty"), where=where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line = (error.position or (1, 0))[0] or 1
        said = str(error).splitlines()[0].split(", line")[0] if str(error) else ""
        raise UserError(
            gettext("is not XML: %(why)s") % {"why": said},
            where=f"{where}:{line}",
            mend=gettext("give the file as it was received"),
        ) from error
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise UserError(
            gettext("brings a document type, which could make its reader fetch or grow"),
            where=where,
            mend=gettext("remove the DOCTYPE"),
        )
    return root
