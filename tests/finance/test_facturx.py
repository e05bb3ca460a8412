"""The PDF of an invoice: PDF/A-3b with the data inside, and nothing that anybody typed becomes markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.finance.invoices import BUYER, DUES, FULL, SELLER

from quorate.exchange.finance.invoicing import attachment, cii, facturx
from quorate.exchange.finance.invoicing.document import Contact, Kind, Precedent
from quorate.exchange.finance.invoicing.page import page, written
from quorate.kernel.discovery import has
from quorate.kernel.errors import UserError

if not all(has(name) for name in ("typst", "pypdf")):
    pytest.skip("the extra invoicing is not installed", allow_module_level=True)
pypdf = pytest.importorskip("pypdf")
NASTY = [
    '#eval("1+1")',
    '#read("/etc/passwd")',
    "@reference <label>",
    "\\ \\n \\u{41} \\\\",
    "*bold* _it_ `raw` $x^2$ = title",
    '"quoted" ] ) } #{ panic("x") }',
    "- list + list / term: x",
    "// comment /* comment */ ~ -- ... https://a.example",
    "</script><b>&amp;",
]


@pytest.fixture(scope="module")
def full() -> bytes:
    return facturx.pdf(FULL)


def text_of(content: bytes) -> str:
    """What a reader of the PDF can copy out of it, without the places to break."""
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return "\n".join(each.extract_text() for each in pages).replace("\u200b", "")


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


# The file ------------------------------------------------------------------------------------------------------


def test_the_data_is_attached_as_factur_x_wants_it(full: bytes) -> None:
    reader = pypdf.PdfReader(BytesIO(full))
    root: Any = reader.trailer["/Root"]
    (filespec,) = [each.get_object() for each in root["/AF"]]
    assert filespec["/UF"] == filespec["/F"] == "factur-x.xml"
    assert filespec["/AFRelationship"] == "/Alternative"
    assert filespec["/EF"]["/F"].get_object()["/Subtype"] == "/text/xml"
    assert attachment.extract(full, "x.pdf") == cii.write(FULL)
    xmp = ElementTree.fromstring(root["/Metadata"].get_object().get_data())
    fx = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
    found = {each.tag.removeprefix(fx): each.text for each in xmp.iter() if each.tag.startswith(fx)}
    assert found == {
        "DocumentType": "INVOICE",
        "DocumentFileName": "factur-x.xml",
        "Version": "1.0",
        "ConformanceLevel": "EN 16931",
    }
    declared = {each.text for each in xmp.iter() if each.tag == "{http://www.aiim.org/pdfa/ns/property#}name"}
    assert declared == set(found)


def test_it_claims_pdf_a_3b_and_has_what_that_asks_for(full: bytes) -> None:
    reader = pypdf.PdfReader(BytesIO(full))
    root: Any = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert "/Encrypt" not in reader.trailer
    assert len(reader.trailer["/ID"]) == 2
    info = reader.metadata
    assert info is not None
    assert info.title is not None
    assert info.title in xmp
    assert info.author == SELLER.name
    assert f"<rdf:li>{SELLER.name}</rdf:li>" in xmp


def test_a_validator_of_pdf_a_finds_nothing_but_what_it_does_not_know(full: bytes, tmp_path: Path) -> None:
    """By pikepdf, which knows veraPDF's rules for 3b but neither extension schemas of XMP nor every kind of font.

    It is strict: what it does not know it denies. So nothing else may be found. veraPDF itself is not run here.
    """
    pdfa = pytest.importorskip("pikepdf.pdfa", reason="pikepdf[pdfa] is not installed")
    path = tmp_path / "invoice.pdf"
    path.write_bytes(full)
    found = {(each.kind, each.rule, each.message) for each in pdfa.validate_written(path, "3b").findings}
    unknown = re.compile(r"XMP (namespace|property) (pdfaExtension|pdfaSchema|pdfaProperty|fx)\b.* is not permitted")
    rest = {each for each in found if not unknown.match(each[2])}
    assert {kind for kind, _rule, _message in rest} <= {"unsupported"}
    assert {rule for _kind, rule, _message in rest} <= {"pikepdf:font-program", "ISO_19005_3:6.2.11.4.2-2"}
    # A file that is not PDF/A is seen, so the test can fail.
    path.write_bytes(full.replace(b"/AFRelationship", b"/XFRelationship"))
    worse = {each.rule for each in pdfa.validate_written(path, "3b").findings if each.kind == "violation"}
    assert worse - {"ISO_19005_3:6.6.2.3.1-1"}, "an attachment without a relation is seen"


def test_the_same_invoice_gives_the_same_bytes(full: bytes) -> None:
    assert facturx.pdf(FULL) == full
    assert facturx.pdf(replace(FULL, number="other")) != full


def test_a_broken_or_foreign_pdf_is_refused(full: bytes) -> None:
    for content in (b"%PDF-1.7\nnonsense", full[:2000], b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer <</Root 1 0 R>>"):
        with pytest.raises(UserError) as caught:
            attachment.extract(content, "x.pdf")
        assert caught.value.where == "x.pdf"


# The page ------------------------------------------------------------------------------------------------------


def test_what_the_page_says_is_what_the_data_say(full: bytes) -> None:
    text = squeezed(text_of(full))
    for expected in ("125\u202f000,00", "2026-0001", "Muster GmbH", "DE123456789", "4500012345", "8 janvier 2026"):
        assert squeezed(expected) in text, expected
    assert squeezed("BE71 0961 2345 6769") in text
    assert "RF72202600019" in text


@pytest.mark.parametrize(
    ("language", "title", "amount"),
    [
        ("en", "Invoice", "125,000.00 EUR"),
        ("fr", "Facture", "125\u202f000,00 EUR"),
        ("fr-BE", "Facture", "125\u202f000,00 EUR"),
        ("zh-Hans", "发票", "125,000.00 EUR"),
        ("tlh", "Invoice", "125,000.00 EUR"),
    ],
)
def test_three_languages(language: str, title: str, amount: str) -> None:
    made = page(replace(DUES, language=language))
    assert made["title"] == title
    assert made["sums"][-1][1:] == [amount, True]


@pytest.mark.parametrize("language", ["fr", "zh-hans"])
def test_every_label_is_said_in_each_language(language: str) -> None:
    english, other = page(replace(FULL, language="en")), page(replace(FULL, language=language))
    labels = [
        (english["head"], other["head"]),
        ([label for label, _ in english["facts"]], [label for label, _ in other["facts"]]),
        ([label for label, _ in english["payment"]], [label for label, _ in other["payment"]]),
        ([english["data"], english["payment_label"]], [other["data"], other["payment_label"]]),
        ([english["buyer"]["label"], english["title"]], [other["buyer"]["label"], other["title"]]),
    ]
    same = [(a, b) for first, second in labels for a, b in zip(first, second, strict=True) if a == b]
    assert [a for a, _ in same if a not in {"BIC", "Date", "Description", "Contract"}] == []


def test_amounts_are_grouped_exactly() -> None:
    assert written(Decimal("-1234567.5"), "EUR", "en") == "−1,234,567.50 EUR"
    assert written(Decimal("1234567"), "JPY", "zh-hans") == "1,234,567 JPY"


def test_a_credit_note_says_what_it_is() -> None:
    credit = replace(DUES, kind=Kind.CREDIT_NOTE, precedents=(Precedent("2025-0001"),))
    text = squeezed(text_of(facturx.pdf(credit)))
    assert "Creditnote" in text
    assert "Amountcredited" in text
    assert "2025-0001" in text


@pytest.mark.parametrize("typed", NASTY)
def test_what_is_typed_is_shown_as_typed(typed: str) -> None:
    invoice = replace(
        DUES,
        number=f"N {typed}",
        buyer=replace(BUYER, name=typed),
        seller=replace(SELLER, name=typed, contact=Contact(typed)),
        lines=(replace(DUES.lines[0], name=typed, description=typed),),
        terms=typed,
        notes=(typed,),
        order=typed,
    )
    text = squeezed(text_of(facturx.pdf(invoice)))
    assert text.count(squeezed(typed)) >= 7
    assert "root:" not in text


def test_the_template_is_not_made_of_the_data() -> None:
    """The source given to Typst is the same file for every invoice: data come beside it."""
    assert facturx.TEMPLATE.read_text().count("sys.inputs") == 4
    for forbidden in ("eval(", "read(", "#include", "#import", "plugin("):
        assert forbidden not in facturx.TEMPLATE.read_text()


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), min_size=1, max_size=300))
def test_any_words_can_be_printed(words: str) -> None:
    made = facturx.pdf(replace(DUES, terms=words, buyer=replace(BUYER, name=words)))
    ElementTree.fromstring(attachment.extract(made, "x"))


def test_a_name_without_end_stays_in_its_column() -> None:
    made = facturx.pdf(replace(DUES, buyer=replace(BUYER, name="W" * 400), order="X" * 200))
    right: list[float] = []

    def seen(text: str, _cm: Any, matrix: Any, _font: Any, _size: Any) -> None:
        if text.strip():
            right.append(matrix[4])

    pypdf.PdfReader(BytesIO(made)).pages[0].extract_text(visitor_text=seen)
    assert right
    assert max(right) < 595, "nothing begins beyond the edge of an A4 page"
    assert "W" * 400 in squeezed(text_of(made))


# Letters that not every machine has ------------------------------------------------------------------------------


@pytest.fixture
def fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation with a font of its own that has the letters of this test, each a square."""
    builder = pytest.importorskip("fontTools.fontBuilder", reason="fonttools is not installed")
    pens = pytest.importorskip("fontTools.pens.ttGlyphPen")
    letters = "发票中文公司עבריתשלוםشركة年月日"
    pen = pens.TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((100, 700), (800, 700), (800, 0)):
        pen.lineTo(point)
    pen.closePath()
    square = pen.glyph()
    names = [".notdef", *(f"uni{ord(each):04X}" for each in letters)]
    font = builder.FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(each): f"uni{ord(each):04X}" for each in letters})
    font.setupGlyf(dict.fromkeys(names, square))
    font.setupHorizontalMetrics(dict.fromkeys(names, (900, 100)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable(
        {"familyName": "Squares", "styleName": "Regular", "psName": "Squares-Regular", "fullName": "Squares"}
    )
    font.setupOS2(sTypoAscender=800)
    font.setupPost()
    (tmp_path / "fonts").mkdir()
    font.save(tmp_path / "fonts" / "squares.ttf")
    monkeypatch.setattr(django_settings, "HOME", tmp_path)
    facturx._fonts.cache_clear()
    yield
    facturx._fonts.cache_clear()


@pytest.mark.usefixtures("fonts")
def test_chinese_hebrew_and_arabic_names_are_printed() -> None:
    made = facturx.pdf(replace(DUES, buyer=replace(BUYER, name="中文公司 עברית شركة")))
    text = text_of(made)
    assert "中文公司" in text
    assert {*"עברית"} <= {*text}


def test_letters_that_no_font_has_are_named() -> None:
    with pytest.raises(UserError) as caught:
        facturx.pdf(replace(DUES, terms="Tibetan \U00010c00 and \U00013000"))
    assert "\U00010c00" in caught.value.what
    assert "font" in caught.value.mend


def test_what_the_page_gets_is_plain_data() -> None:
    assert json.loads(json.dumps(page(FULL))) == page(FULL)
