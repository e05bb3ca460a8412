"""Checks answers against their form and brings them into one shape, whether typed, posted or imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quorate.engine.forms.model import NONE_OPTION, Answer, Element, ElementKind, Form
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

#: GitHub's own limit for the body of an issue, in characters.
LONGEST = 65536


@dataclass(frozen=True)
class Answered:
    """Answers in one shape, and what is wrong with them by element id, in words to stand next to the field."""

    answers: dict[str, Answer]
    errors: dict[str, str]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors

    def raise_errors(self, form: Form) -> None:
        """Raise one ``UserError`` that holds them all, each at its field's id."""
        problems = [UserError(what, where=name) for name, what in self.errors.items()]
        if problems:
            label = form.by_id[problems[0].where].label if problems[0].where in form.by_id else problems[0].where
            raise UserError(f"{label}: {problems[0].what}", where=problems[0].where, problems=problems)


def answer(form: Form, given: Mapping[str, Any], *, complete: bool = True) -> Answered:
    """Check ``given`` (by element id) and return the answers in one shape.

    Values may be text, a list of text, or for checkboxes a mapping of label to truth. With ``complete=False`` what is
    required may still be missing: a draft. Keys that are no element of the form are errors.
    """
    answers: dict[str, Answer] = {}
    errors: dict[str, str] = {}
    for key in given:
        if key not in form.by_id:
            errors[str(key)] = gettext("the form asks no such question")
    for element in form.questions:
        try:
            value = shaped(element, given.get(element.id))
        except ValueError as error:
            errors[element.id] = str(error)
            continue
        if value:
            answers[element.id] = value
        if complete and (missing := _missing(element, value)):
            errors[element.id] = missing
    return Answered(answers, errors)


def shaped(element: Element, value: Any) -> Answer:
    """The value in the element's shape: text, or the chosen labels in the form's order; empty when unanswered.

    Raises ``ValueError`` in words for the person who answered.
    """
    if element.takes_many:
        return _choices(element, value)
    if isinstance(value, (list, tuple)) and len(value) < 2:
        value = value[0] if value else ""
    if isinstance(value, (list, tuple, Mapping)):
        raise ValueError(gettext("one answer is expected here, not several"))
    text = "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(
        character for character in text if character in "\n\t" or character.isprintable() or ord(character) > 159
    )
    if element.kind is ElementKind.INPUT:
        text = " ".join(text.split("\n"))
    text = text.strip("\n").rstrip() if element.kind is ElementKind.TEXTAREA else text.strip()
    if len(text) > LONGEST:
        raise ValueError(gettext("the answer is longer than %(n)d characters") % {"n": LONGEST})
    if element.kind is ElementKind.DROPDOWN and text and not _is_none(element, text):
        return _choice(element, text)
    return "" if element.kind is ElementKind.DROPDOWN else text


def _is_none(element: Element, text: str) -> bool:
    return text == NONE_OPTION and text not in element.choices


def _choice(element: Element, text: str) -> str:
    if text in element.choices:
        return text
    raise ValueError(
        gettext("“%(text)s” is not one of the choices: %(choices)s")
        % {"text": text, "choices": ", ".join(element.choices)}
    )


def _choices(element: Element, value: Any) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, Mapping):
        chosen = [str(label) for label, ticked in value.items() if ticked]
    elif isinstance(value, (list, tuple, set, frozenset)):
        chosen = [str(label).strip() for label in value]
    else:
        chosen = [str(value).strip()]
    chosen = [text for text in chosen if text and not _is_none(element, text)]
    for text in chosen:
        _choice(element, text)
    return [label for label in element.choices if label in chosen]


def _missing(element: Element, value: Answer) -> str:
    if element.kind is ElementKind.CHECKBOXES:
        for option in element.options:
            if option.required and option.label not in value:
                return gettext("“%(label)s” must be ticked") % {"label": option.label}
        return gettext("tick at least one") if element.required and not value else ""
    if element.required and not value:
        return gettext("choose one") if element.kind is ElementKind.DROPDOWN else gettext("an answer is needed here")
    return ""
