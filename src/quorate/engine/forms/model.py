"""A GitHub issue form as data: its five kinds of element, with the ids and labels by which answers are found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property

#: What GitHub writes for an element that was left empty.
NO_RESPONSE = "_No response_"
#: What GitHub adds to a dropdown that is not required, and writes when it is chosen.
NONE_OPTION = "None"

#: One answer: text; for several choices (multiple dropdown, checkboxes) the chosen labels.
Answer = str | list[str]
#: Answers by element id. What was left empty is absent.
Answers = Mapping[str, Answer]


class ElementKind(StrEnum):
    """The element types of the form schema."""

    MARKDOWN = "markdown"
    INPUT = "input"
    TEXTAREA = "textarea"
    DROPDOWN = "dropdown"
    CHECKBOXES = "checkboxes"


@dataclass(frozen=True)
class Option:
    """A choice of a dropdown, or a box with ``required`` of its own."""

    label: str
    required: bool = False


@dataclass(frozen=True)
class Element:
    """One element of a form. ``id`` is as written or, when absent, the slug of the label."""

    kind: ElementKind
    id: str
    label: str = ""
    description: str = ""
    placeholder: str = ""
    value: str = ""
    render: str = ""
    options: tuple[Option, ...] = ()
    multiple: bool = False
    default: int | None = None
    required: bool = False
    has_own_id: bool = False
    line: int = 0

    @property
    def asks(self) -> bool:
        """Whether it takes an answer; Markdown is only shown."""
        return self.kind is not ElementKind.MARKDOWN

    @property
    def choices(self) -> tuple[str, ...]:
        """The labels that may be chosen."""
        return tuple(option.label for option in self.options)

    @property
    def takes_many(self) -> bool:
        """Whether its answer is a list."""
        return self.kind is ElementKind.CHECKBOXES or (self.kind is ElementKind.DROPDOWN and self.multiple)

    @property
    def default_choice(self) -> str:
        """The dropdown's preselected option, or empty."""
        if self.default is None or not 0 <= self.default < len(self.options):
            return ""
        return self.options[self.default].label


@dataclass(frozen=True)
class Form:
    """An issue form: what ``.github/ISSUE_TEMPLATE/*.yml`` says, in order."""

    name: str
    description: str
    title: str = ""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    type: str = ""
    elements: tuple[Element, ...] = ()
    file: str = ""

    @cached_property
    def questions(self) -> tuple[Element, ...]:
        """The elements that take an answer."""
        return tuple(element for element in self.elements if element.asks)

    @cached_property
    def by_id(self) -> Mapping[str, Element]:
        """Questions by id."""
        return {element.id: element for element in self.questions}

    def find(self, name: str) -> Element | None:
        """The question with this id, else the first whose label has this wording (case and spacing aside)."""
        if name in self.by_id:
            return self.by_id[name]
        wanted = Wording(name)
        return next((element for element in self.questions if wanted.fits(element.label)), None)

    @cached_property
    def title_prompt(self) -> str:
        """What the title asks for: ``Project Name`` of ``[Ecosystem] <Project Name>``, or empty."""
        match = _PLACEHOLDER.search(self.title)
        return next(part for part in match.groups() if part).strip() if match else ""

    @cached_property
    def _title_frame(self) -> tuple[str, str]:
        match = _PLACEHOLDER.search(self.title)
        return (self.title[: match.start()], self.title[match.end() :]) if match else (self.title, "")

    def title_for(self, subject: str) -> str:
        """The issue's title for a subject: the placeholder filled, or the subject after the form's title."""
        before, after = self._title_frame
        if not self.title_prompt and before and not before.endswith((" ", ":", "]", "-")):
            return subject
        gap = "" if not before or before.endswith((" ", "[", "(")) else " "
        return f"{before}{gap}{subject}{after}".strip()

    def subject_of(self, title: str) -> str:
        """The subject in an issue's title: the title without the words that the form put around it."""
        before, after = (part.strip() for part in self._title_frame)
        text = title.strip()
        if text == self.title.strip():
            return ""
        if before and text.casefold().startswith(before.casefold()):
            text = text[len(before) :].strip()
        if after and text.casefold().endswith(after.casefold()):
            text = text[: -len(after)].strip()
        return "" if re.fullmatch(r"<[^<>]+>", text) else text


#: ``<Project Name>`` anywhere; ``[PROJECT]`` after some words; ``NAME`` in capitals at the very end.
_PLACEHOLDER = re.compile(r"<([^<>]+)>|(?<=\w )\[([A-Z][A-Z ]*)\]$|(?:(?<= - )|^)([A-Z][A-Z ]+)$")


def normal(label: str) -> str:
    """A label without what people and tools change by accident: case, spacing, emphasis, closing colon."""
    text = re.sub(r"[*_`]+", "", label)
    return re.sub(r"\s+", " ", text).strip().rstrip(":").strip().casefold()


class Wording:
    """A way in which a label may be written; ``*`` stands for any words: ``Version of *``."""

    def __init__(self, text: str) -> None:
        self.text = text
        parts = [normal(part) for part in re.split(r"\s\*(?=\s|$)|^\*(?=\s)", text)]
        self.plain = " ".join(part for part in parts if part)
        self._pattern = re.compile(r"\s*\S.*".join(re.escape(part) for part in parts)) if len(parts) > 1 else None

    def fits(self, label: str) -> bool:
        """Whether a label is written so, case, spacing and emphasis aside."""
        written = normal(label)
        return bool(self._pattern.fullmatch(written)) if self._pattern is not None else written == self.plain

    def likeness(self, label: str) -> float:
        """How alike a label is, from 0 to 1."""
        return SequenceMatcher(None, normal(label[:300]), self.plain).ratio()
