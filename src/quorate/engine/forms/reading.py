"""Reads an issue form from its YAML, naming the line of every fault. The rules are GitHub's form schema."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

from quorate.engine.forms.model import NONE_OPTION, Element, ElementKind, Form, Option
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import Key, YamlDoc, load

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_TOP = ("name", "description", "title", "labels", "assignees", "projects", "type", "body")


def read(source: Path | str, *, name: str | None = None) -> Form:
    """The form in a file (a ``Path``) or a text.

    Raises ``UserError`` with ``file:line``; when several things are wrong all of them are in ``problems``.
    """
    doc = load(source, name=name)
    reader = _Reader(doc)
    form = reader.form()
    if reader.problems:
        first = reader.problems[0]
        raise UserError(first.what, where=first.where, mend=first.mend, problems=reader.problems)
    return form


def slug(label: str) -> str:
    """A stable id for a label: lower case ASCII words joined by hyphens; a hash where no letter is ASCII."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.casefold())
    text = "-".join(words)[:60].strip("-")
    return text or "q-" + hashlib.sha256(label.encode()).hexdigest()[:8]


class _Reader:
    def __init__(self, doc: YamlDoc) -> None:
        self.doc = doc
        self.problems: list[UserError] = []

    def problem(self, what: str, *path: Key, mend: str = "") -> None:
        self.problems.append(self.doc.error(what, *path, mend=mend))

    def form(self) -> Form:
        data = self.doc.data
        if not isinstance(data, dict):
            self.problem(gettext("a form is a mapping with name, description and body"))
            return Form("", "")
        for key in data:
            if key not in _TOP:
                known = ", ".join(_TOP)
                self.problem(
                    gettext("“%(key)s” is not known in a form") % {"key": key},
                    key,
                    mend=gettext("known here: %(names)s") % {"names": known},
                )
        return Form(
            name=self.text(data, "name", needed=True),
            description=self.text(data, "description", needed=True),
            title=self.text(data, "title"),
            labels=self.words(data, "labels"),
            assignees=self.words(data, "assignees"),
            projects=self.words(data, "projects"),
            type=self.text(data, "type"),
            elements=self.elements(data.get("body")),
            file=self.doc.name,
        )

    def text(self, data: dict[Any, Any], key: str, *path: Key, needed: bool = False) -> str:
        value = data.get(key)
        if value is None or value == "":
            if needed:
                self.problem(
                    gettext("“%(key)s” is missing") % {"key": key},
                    *path,
                    mend=gettext("add a line “%(key)s: …”") % {"key": key},
                )
            return ""
        if isinstance(value, (dict, list)):
            self.problem(gettext("“%(key)s” must be a text") % {"key": key}, *path, key)
            return ""
        return _written(value)

    def words(self, data: dict[Any, Any], key: str) -> tuple[str, ...]:
        value = data.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in value):
            return tuple(_written(item) for item in value)
        self.problem(gettext("“%(key)s” must be a list of texts") % {"key": key}, key)
        return ()

    def elements(self, body: Any) -> tuple[Element, ...]:
        if not isinstance(body, list) or not body:
            self.problem(
                gettext("“body” must be a list of elements"),
                "body",
                mend=gettext("add at least one input, textarea, dropdown or checkboxes"),
            )
            return ()
        found = [self.element(entry, index) for index, entry in enumerate(body)]
        elements = [element for element in found if element is not None]
        if elements and not any(element.asks for element in elements):
            self.problem(
                gettext("the form asks nothing: it has only markdown"),
                "body",
                mend=gettext("add at least one input, textarea, dropdown or checkboxes"),
            )
        return self.distinct(elements)

    def element(self, entry: Any, index: int) -> Element | None:
        path: tuple[Key, ...] = ("body", index)
        if not isinstance(entry, dict):
            self.problem(gettext("an element is a mapping with type and attributes"), *path)
            return None
        kinds = ", ".join(kind.value for kind in ElementKind)
        try:
            kind = ElementKind(str(entry.get("type")))
        except ValueError:
            what = gettext("“%(type)s” is no element type") % {"type": entry.get("type")}
            mend = gettext("use one of: %(kinds)s") % {"kinds": kinds}
            self.problem(what, *path, "type", mend=mend)
            return None
        attributes = entry.get("attributes")
        if not isinstance(attributes, dict):
            self.problem(
                gettext("“attributes” is missing"), *path, mend=gettext("add “attributes:” with the element's words")
            )
            return None
        if kind is ElementKind.MARKDOWN:
            value = self.text(attributes, "value", *path, "attributes", needed=True)
            return Element(kind, f"markdown-{index}", value=value, line=self.doc.line_of(path))
        return self.question(kind, entry, attributes, path)

    def question(
        self, kind: ElementKind, entry: dict[Any, Any], attributes: dict[Any, Any], path: tuple[Key, ...]
    ) -> Element:
        inside = (*path, "attributes")
        label = self.text(attributes, "label", *inside, needed=True)
        own = entry.get("id")
        if own is not None and not _ID.fullmatch(str(own)):
            mend = gettext("use letters, digits, - and _ only")
            self.problem(gettext("“%(id)s” cannot be an id") % {"id": own}, *path, "id", mend=mend)
        options = self.options(kind, attributes, inside)
        return Element(
            kind=kind,
            id=str(own) if own is not None else slug(label),
            label=label.strip(),
            description=self.text(attributes, "description", *inside),
            placeholder=self.text(attributes, "placeholder", *inside),
            value=self.text(attributes, "value", *inside),
            render=self.text(attributes, "render", *inside),
            options=options,
            multiple=attributes.get("multiple") is True,
            default=self.default(kind, attributes, options, inside),
            required=self.required(entry, path),
            has_own_id=own is not None,
            line=self.doc.line_of(path),
        )

    def required(self, entry: dict[Any, Any], path: tuple[Key, ...]) -> bool:
        validations = entry.get("validations")
        if validations is None:
            return False
        if not isinstance(validations, dict) or not isinstance(validations.get("required", False), bool):
            self.problem(
                gettext("“validations” holds required: true or false"), *path, "validations", mend="required: true"
            )
            return False
        return validations.get("required") is True

    def options(self, kind: ElementKind, attributes: dict[Any, Any], path: tuple[Key, ...]) -> tuple[Option, ...]:
        if kind not in (ElementKind.DROPDOWN, ElementKind.CHECKBOXES):
            return ()
        raw = attributes.get("options")
        if not isinstance(raw, list) or not raw:
            self.problem(gettext("“options” must be a list with at least one choice"), *path, "options")
            return ()
        options: list[Option] = []
        for index, entry in enumerate(raw):
            at = (*path, "options", index)
            if kind is ElementKind.CHECKBOXES:
                if not isinstance(entry, dict) or not entry.get("label"):
                    self.problem(gettext("a box needs a label"), *at, mend="- label: …")
                    continue
                option = Option(_written(entry["label"]).strip(), entry.get("required") is True)
            elif isinstance(entry, (dict, list)) or entry is None:
                self.problem(gettext("a choice must be a text"), *at)
                continue
            else:
                option = Option(_written(entry).strip())
                if option.label.casefold() == NONE_OPTION.casefold():
                    mend = gettext("leave the dropdown not required, then “None” can be chosen by itself")
                    self.problem(gettext("“None” is reserved in a dropdown"), *at, mend=mend)
            if option.label in {other.label for other in options}:
                mend = gettext("remove one of the two")
                self.problem(gettext("“%(label)s” is there twice") % {"label": option.label}, *at, mend=mend)
            options.append(option)
        return tuple(options)

    def default(
        self, kind: ElementKind, attributes: dict[Any, Any], options: tuple[Option, ...], path: tuple[Key, ...]
    ) -> int | None:
        value = attributes.get("default")
        if value is None or kind is not ElementKind.DROPDOWN:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < len(options):
            mend = gettext("count the options from 0")
            self.problem(gettext("“default” is not the number of an option"), *path, "default", mend=mend)
            return None
        return value

    def distinct(self, elements: list[Element]) -> tuple[Element, ...]:
        """Elements with distinct ids: an own id stands, a slug that is taken gets a number."""
        own: dict[str, Element] = {}
        for element in elements:
            if element.asks and element.has_own_id:
                if element.id in own:
                    self.problems.append(
                        UserError(
                            gettext("the id “%(id)s” is there twice") % {"id": element.id},
                            where=f"{self.doc.name}:{element.line}",
                            mend=gettext("give each element an id of its own"),
                        )
                    )
                own[element.id] = element
        taken = set(own)
        result: list[Element] = []
        for element in elements:
            if element.asks and not element.has_own_id:
                name, count = element.id, 2
                while name in taken:
                    name, count = f"{element.id}-{count}", count + 1
                taken.add(name)
                result.append(replace(element, id=name))
            else:
                result.append(element)
        return tuple(result)


def _written(value: Any) -> str:
    """A scalar as its author wrote it: YAML reads ``true`` and ``3.10`` as other things than text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
