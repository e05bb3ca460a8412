"""A PDF/A-3b that people read, with the invoice as data attached: Factur-X 1.0 (ZUGFeRD 2), profile EN 16931.

Typst makes the PDF/A-3b with the attachment. It cannot write the words that Factur-X wants in the metadata (an
extension schema of XMP), so they are put there afterwards by an incremental update: the packet is written anew at the
end of the file and nothing else is touched. The same invoice gives the same bytes on the same machine.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings

from quorate.exchange.finance.invoicing import cii
from quorate.exchange.finance.invoicing.document import Invoice
from quorate.exchange.finance.invoicing.page import page
from quorate.kernel.discovery import optional
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

TEMPLATE = Path(__file__).parent / "invoice.typ"
#: The name that readers of Factur-X look for.
ATTACHED = "factur-x.xml"
_MISSING = re.compile(r"the text `\"(.+?)\"` could not be displayed")
_PACKET = re.compile(rb"(\d+) 0 obj\s*<<[^>]*/Type\s*/Metadata[^>]*>>\s*stream\r?\n")
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref\s+(\d+)\s+%%EOF\s*$", re.DOTALL)
_ID = re.compile(rb"/ID\s*\[\s*(\(.*?(?<!\\)\)|<[0-9A-Fa-f]*>)\s*(\(.*?(?<!\\)\)|<[0-9A-Fa-f]*>)\s*\]", re.DOTALL)


def pdf(invoice: Invoice) -> bytes:
    """The Factur-X document. ``UserError`` when no font here has a character of it, or the extra is not installed."""
    typst = optional("typst", extra="invoicing")
    shown = page(invoice)
    stamp = datetime.combine(invoice.issued, time(), UTC)
    title = f"{shown['title']} {invoice.number}"
    inputs = {
        "page": json.dumps(shown, ensure_ascii=False),
        "xml": cii.write(invoice).decode(),
        "number": invoice.number,
        "author": invoice.seller.name,
    }
    try:
        made = typst.compile(
            TEMPLATE.read_bytes(),
            sys_inputs=inputs,
            pdf_standards=["a-3b"],
            font_paths=_fonts(_font_folder()),
            timestamp=stamp,
        )
    except typst.TypstError as error:
        raise _undisplayable(error) from error
    assert isinstance(made, bytes)  # one document, not one for each page
    return _with_packet(made, packet(title, invoice.seller.name, stamp))


def packet(title: str, author: str, stamp: datetime) -> bytes:
    """The XMP of the file: what PDF/A asks for, and the extension schema by which Factur-X is known."""
    moment = f"{stamp:%Y-%m-%dT%H:%M:%SZ}"
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{words}</pdfaProperty:description></rdf:li>"
        for name, words in (
            ("DocumentFileName", "The name of the embedded XML document"),
            ("DocumentType", "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER"),
            ("Version", "The actual version of the standard applying to the embedded XML document"),
            ("ConformanceLevel", "The conformance level of the embedded XML document"),
        )
    )
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{{creator}}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>{ATTACHED}</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
""".encode()


def _with_packet(made: bytes, xmp: bytes) -> bytes:
    """The file with its metadata replaced: an object, a table and a trailer at its end (ISO 32000-1, 7.5.6)."""
    place = _PACKET.search(made)
    trailer = _TRAILER.search(made)
    creator = re.search(rb"<xmp:CreatorTool>(.*?)</xmp:CreatorTool>", made)
    if place is None or trailer is None or creator is None:
        raise RuntimeError("the file of Typst is not built as expected: its metadata or trailer was not found")
    xmp = xmp.replace(b"{creator}", creator[1])
    number = int(place[1])
    body = made if made.endswith(b"\n") else made + b"\n"
    at = len(body)
    entry = b"%d 0 obj\n<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        number,
        len(xmp),
        xmp,
    )
    table = at + len(entry)
    digest = sha256(body + entry).hexdigest()[:32].encode()
    keys = _ID.sub(lambda found: b"/ID[%b<%b>]" % (found[1], digest), trailer[1], count=1)
    return b"%b%bxref\n%d 1\n%010d 00000 n\r\ntrailer\n<<%b/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        body,
        entry,
        number,
        at,
        keys,
        int(trailer[2]),
        table,
    )


def _undisplayable(error: Any) -> Exception:
    """Which characters no font here has. Anything else that Typst says is our defect."""
    texts = dict.fromkeys(_MISSING.findall(str(error.diagnostic)))
    if not texts:
        return RuntimeError(f"the page of the invoice was not made: {error.message}")
    return UserError(
        gettext("no font here can show %(texts)s") % {"texts": " ".join(texts)},
        where="fonts",
        mend=gettext("install a font that has them (for Chinese: Noto Sans CJK), or put it into %(folder)s")
        % {"folder": _font_folder()},
    )


def _font_folder() -> str:
    return str(Path(settings.HOME) / "fonts")


@cache
def _fonts(folder: str) -> Any:
    """The fonts of the system, of Typst and of the installation; looked for once."""
    paths = [folder] if Path(folder).is_dir() else []
    return optional("typst", extra="invoicing").Fonts(font_paths=paths)
