"""XML written from nested calls: what is empty is left out, so that a writer reads like the document it writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

#: Text, an element, or any of these in an iterable; what is false is left out.
Content = object


class Writer:
    """Makes elements whose tags are written ``prefix:Name``."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self.namespaces = dict(namespaces)
        for prefix, uri in self.namespaces.items():
            ElementTree.register_namespace(prefix, uri)

    def __call__(self, tag: str, *content: Content, **attributes: str) -> ElementTree.Element | None:
        """The element, or nothing when neither text nor an element is in it. Empty attributes are left out."""
        element = ElementTree.Element(self.name(tag), {key: value for key, value in attributes.items() if value})
        self._fill(element, content)
        return element if len(element) or element.text else None

    def name(self, tag: str) -> str:
        """The tag in the notation of ElementTree."""
        prefix, _, local = tag.rpartition(":")
        return f"{{{self.namespaces[prefix]}}}{local}"

    def document(self, tag: str, *content: Content) -> bytes:
        """The whole document as UTF-8, the same bytes for the same content."""
        root = self(tag, *content)
        assert root is not None  # a document is never empty
        ElementTree.indent(root, " ")
        text: bytes = ElementTree.tostring(root, encoding="utf-8")
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text + b"\n"

    def _fill(self, element: ElementTree.Element, content: Iterable[Content]) -> None:
        """Put content into an element."""
        for each in content:
            if isinstance(each, str):
                element.text = (element.text or "") + each
            elif isinstance(each, ElementTree.Element):
                element.append(each)
            elif each:
                assert isinstance(each, Iterable), each
                self._fill(element, each)


def money(amount: Decimal | None) -> str | None:
    """An amount as it stands, never with an exponent."""
    return None if amount is None else f"{amount:f}"


def number(value: Decimal | None) -> str | None:
    """A quantity, price or rate without needless zeros."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: date | None) -> str | None:
    """A day as UBL writes it."""
    return None if value is None else value.isoformat()
