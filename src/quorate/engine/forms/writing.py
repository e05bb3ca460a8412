"""Writes answers as the body of an issue, the way GitHub writes them when a form is submitted."""

from __future__ import annotations

import re

from quorate.engine.forms.model import NO_RESPONSE, Answer, Answers, Element, ElementKind, Form


def write_issue(form: Form, answers: Answers) -> str:
    """The issue's Markdown: each label as a third-level heading, a blank line, the answer.

    An element left empty reads ``_No response_``; a multiple dropdown is joined by commas; checkboxes are a task
    list with ``[X]``; a textarea with ``render`` is a fenced block of that language.
    """
    return "\n\n".join(f"### {element.label}\n\n{write_answer(element, answers)}" for element in form.questions)


def write_answer(element: Element, answers: Answers) -> str:
    """One answer as GitHub writes it."""
    value: Answer = answers.get(element.id) or ""
    if element.kind is ElementKind.CHECKBOXES:
        return "\n".join(f"- [{'X' if label in value else ' '}] {label}" for label in element.choices)
    if isinstance(value, list):
        return ", ".join(value) or NO_RESPONSE
    if not value:
        return NO_RESPONSE
    if element.kind is ElementKind.TEXTAREA and element.render:
        fence = fence_for(value)
        return f"{fence}{element.render}\n{value}\n{fence}"
    return value


def fence_for(text: str) -> str:
    """A fence that the text does not close: three backticks, or one more than the longest run in it."""
    runs = [len(run) for run in re.findall(r"^ {0,3}(`{3,})", text, re.MULTILINE)]
    return "`" * max([3, *(run + 1 for run in runs)])
