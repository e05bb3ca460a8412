"""Reads the answers back from an issue that was made with a form, whatever has happened to its text since.

Labels are found among the third-level headings by the best alignment with the form's order, so that a heading which
somebody wrote inside an answer stays part of the answer, even when it repeats a label. Headings in code and in HTML
comments do not count. What does not fit is read as well as can be and said in a warning, never dropped silently.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from quorate.engine.forms.answering import shaped
from quorate.engine.forms.markdownlines import Heading, headings, without_comments
from quorate.engine.forms.model import NO_RESPONSE, NONE_OPTION, Answer, Element, ElementKind, Form, Wording, normal
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import load

#: How alike two labels must be for one to count as the other's new wording (0 to 1).
ALIKE = 0.78
#: Left-over headings that are compared with each question that is missing.
_CANDIDATES = 100
#: Preference of a heading in plain text over one inside a code fence, in the alignment.
_PLAIN, _FENCED = 1000, 1


Wordings = tuple[Wording, ...]


@dataclass(frozen=True)
class Issue:
    """What was read from an issue: answers by element id, and all that a person should know about the reading."""

    title: str = ""
    number: int | None = None
    author: str = ""
    labels: tuple[str, ...] = ()
    created_at: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Answer | None] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Match:
    """A heading that starts the answer to a question."""

    heading: Heading
    question: int


def read_issue(form: Form, text: str, *, aliases: Mapping[str, Sequence[str]] | None = None) -> Issue:
    """The answers in ``text``: an issue's Markdown, with YAML front matter or as JSON with ``title`` and ``body``.

    ``aliases`` gives further labels by element id: wordings of other editions of the form. ``fields`` has every
    question by the label that the issue uses, ``None`` where nothing was answered; ``missing`` the labels of required
    questions without an answer. Raises ``UserError`` when no question of the form is found at all.
    """
    envelope, body = _envelope(text)
    lines = body.split("\n")
    found = headings(lines)
    labels = [_wordings(element, (aliases or {}).get(element.id, ())) for element in form.questions]
    warnings: list[str] = []
    matches = _align(found, labels)
    matches = _out_of_order(form, found, labels, matches, warnings)
    matches = _renamed(form, found, labels, matches, warnings)
    if not matches:
        raise UserError(
            gettext("no question of the form “%(form)s” is in this issue") % {"form": form.name},
            mend=gettext("each answer stands under a heading “### label”, as GitHub writes it"),
        )
    return _read(form, envelope, lines, found, matches, warnings)


# --- the envelope -----------------------------------------------------------------------------------------------


def _envelope(text: str) -> tuple[dict[str, Any], str]:
    """What stands around the body (title, number, labels …), and the body with plain line ends."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip().startswith("{"):
        try:
            data = json.loads(text)
        except ValueError:
            data = None
        if isinstance(data, dict) and isinstance(data.get("body"), str):
            return data, data["body"].replace("\r\n", "\n").replace("\r", "\n")
    match = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
    if match:
        try:
            data = load(match.group(1), name="front matter").data
        except UserError:
            data = None
        if isinstance(data, dict):
            return data, text[match.end() :]
    return {}, text


def _words(value: Any, key: str) -> list[str]:
    """Names from a list of texts or of mappings, or from one text with commas."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    if isinstance(value, list):
        return [str(item.get(key, "")) if isinstance(item, dict) else str(item) for item in value]
    return []


# --- finding the labels -----------------------------------------------------------------------------------------


def _wordings(element: Element, aliases: Sequence[str]) -> Wordings:
    return tuple(Wording(text) for text in dict.fromkeys((_literal(element.label), element.id, *aliases)))


def _literal(label: str) -> str:
    """A label of the form itself, in which an asterisk is no more than an asterisk."""
    return label.replace("*", "")


def _fits(heading: Heading, wordings: Wordings) -> bool:
    return any(wording.fits(heading.text) for wording in wordings)


def _align(found: Sequence[Heading], labels: Sequence[Wordings]) -> list[_Match]:
    """The heaviest matching of headings with questions that keeps the order of both; earlier headings win ties."""
    rows, columns = len(found), len(labels)
    fits = [[_fits(heading, wordings) for wordings in labels] for heading in found]
    best = [[0] * (columns + 1) for _row in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        weight = _FENCED if found[row].fenced else _PLAIN
        here, below = best[row], best[row + 1]
        for column in range(columns - 1, -1, -1):
            value = max(below[column], here[column + 1])
            if fits[row][column]:
                value = max(value, below[column + 1] + weight)
            here[column] = value
    matches: list[_Match] = []
    row = column = 0
    while row < rows and column < columns:
        heading = found[row]
        weight = _FENCED if heading.fenced else _PLAIN
        if fits[row][column] and best[row][column] == best[row + 1][column + 1] + weight:
            matches.append(_Match(heading, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            row += 1
    return [match for match in matches if not match.heading.fenced or match.heading.unbalanced]


def _out_of_order(
    form: Form,
    found: Sequence[Heading],
    labels: Sequence[Wordings],
    matches: list[_Match],
    warnings: list[str],
) -> list[_Match]:
    """Questions whose label stands elsewhere than the form has it."""
    result = list(matches)
    for column, names in enumerate(labels):
        if column in {match.question for match in result}:
            continue
        used = {match.heading.line for match in result}
        spare = [item for item in found if item.line not in used and not item.fenced and _fits(item, names)]
        if spare:
            result.append(_Match(spare[0], column))
            warnings.append(
                gettext("“%(label)s” stands out of the form's order") % {"label": form.questions[column].label}
            )
    return sorted(result, key=lambda match: match.heading.line)


def _renamed(
    form: Form,
    found: Sequence[Heading],
    labels: Sequence[Wordings],
    matches: list[_Match],
    warnings: list[str],
) -> list[_Match]:
    """Questions whose label was reworded: the most alike heading that is left over and stands in the right place."""
    result = list(matches)
    for column, names in enumerate(labels):
        taken = {match.question: match.heading.line for match in result}
        if column in taken:
            continue
        after = max((line for question, line in taken.items() if question < column), default=-1)
        before = min((line for question, line in taken.items() if question > column), default=10**9)
        used = set(taken.values())
        spare = [item for item in found if item.line not in used and not item.fenced and after < item.line < before]
        scored = sorted(
            ((_likeness(item.text, names), -item.line, item) for item in spare[:_CANDIDATES]), key=lambda s: s[:2]
        )
        if scored and scored[-1][0] >= ALIKE:
            heading = scored[-1][2]
            result.append(_Match(heading, column))
            warnings.append(
                gettext("“%(heading)s” was read as “%(label)s”")
                % {"heading": heading.text, "label": form.questions[column].label}
            )
    return sorted(result, key=lambda match: match.heading.line)


def _likeness(text: str, wordings: Wordings) -> float:
    return max(wording.likeness(text) for wording in wordings)


# --- reading the answers ----------------------------------------------------------------------------------------


def _read(
    form: Form,
    envelope: dict[str, Any],
    lines: Sequence[str],
    found: Sequence[Heading],
    matches: Sequence[_Match],
    warnings: list[str],
) -> Issue:
    issue = Issue(
        title=str(envelope.get("title") or _leading_title(lines[: matches[0].heading.line])),
        number=envelope.get("number") if isinstance(envelope.get("number"), int) else None,
        author=next(iter(_words([envelope.get("author") or envelope.get("user") or ""], "login")), ""),
        labels=tuple(_words(envelope.get("labels"), "name")),
        created_at=str(envelope.get("createdAt") or envelope.get("created_at") or ""),
        warnings=warnings,
    )
    texts: dict[str, str] = {}
    for place, match in enumerate(matches):
        end = matches[place + 1].heading.line if place + 1 < len(matches) else len(lines)
        element = form.questions[match.question]
        inner = [item for item in found if match.heading.line < item.line < end and not item.fenced]
        end = _cut(element, lines, match.heading, inner, end, issue)
        issue.headings[element.id] = match.heading.text
        texts[element.id] = "\n".join(lines[match.heading.line + 1 : end])
        if match.heading.fenced and not (place and matches[place - 1].heading.fenced):
            issue.warnings.append(gettext("a code block before “%(label)s” is not closed") % {"label": element.label})
    for element in form.questions:
        label = issue.headings.get(element.id, element.label)
        value = _answer(element, texts[element.id], issue.warnings) if element.id in texts else ""
        if value:
            issue.answers[element.id] = value
        if (element.required and not value) or any(o.required and o.label not in value for o in element.options):
            issue.missing.append(label)
        if element.id not in texts:
            issue.warnings.append(gettext("“%(label)s” is not in the issue") % {"label": element.label})
        key = label if label not in issue.fields else f"{label} ({element.id})"
        issue.fields[key] = value or None
    return issue


def _leading_title(lines: Sequence[str]) -> str:
    return next((line[2:].strip() for line in lines if line.startswith("# ")), "")


def _cut(
    element: Element, lines: Sequence[str], start: Heading, inner: Sequence[Heading], end: int, issue: Issue
) -> int:
    """Where the answer ends: before the first heading that it cannot contain. Such sections are kept as extra."""
    for place, heading in enumerate(inner):
        before = "\n".join(lines[start.line + 1 : heading.line]).strip()
        if element.kind is ElementKind.TEXTAREA and before != NO_RESPONSE:
            issue.warnings.append(
                gettext("the heading “%(heading)s” was kept as part of the answer to “%(label)s”")
                % {"heading": heading.text, "label": element.label}
            )
            continue
        for here, item in enumerate(inner[place:], place):
            stop = inner[here + 1].line if here + 1 < len(inner) else end
            issue.extra[item.text] = "\n".join(lines[item.line + 1 : stop]).strip()
            issue.warnings.append(
                gettext("“%(heading)s” is no question of the form; not imported") % {"heading": item.text}
            )
        return heading.line
    return end


def _answer(element: Element, text: str, warnings: list[str]) -> Answer:
    """The answer in a section's text, empty when there is none."""
    if element.kind is ElementKind.CHECKBOXES:
        return _ticked(element, text, warnings)
    if element.render:
        text = _unfenced(text)
    else:
        text = without_comments(text)
    text = text.strip("\n").rstrip()
    if text.strip().casefold() == NO_RESPONSE.casefold() or not text.strip():
        return ""
    if element.kind is ElementKind.DROPDOWN:
        return _chosen(element, text.strip(), warnings)
    try:
        return shaped(element, text)
    except ValueError as error:
        warnings.append(f"“{element.label}”: {error}")
        return ""


def _unfenced(text: str) -> str:
    """The inside of the block that GitHub put around the answer; the text itself when there is none."""
    match = re.fullmatch(r"\s*?(`{3,})[^\n`]*\n(.*?)\n?\1`*\s*", text, re.DOTALL)
    return match.group(2) if match else text


def _ticked(element: Element, text: str, warnings: list[str]) -> list[str]:
    ticked: list[str] = []
    by_name = {normal(label): label for label in element.choices}
    for line in without_comments(text).split("\n"):
        match = re.match(r"\s*[-*+]\s*\[\s*([xX]?)\s*\]\s*(.*)", line)
        if not match:
            continue
        label = by_name.get(normal(match.group(2))) or _closest(match.group(2), element.choices)
        if not label:
            warnings.append(
                gettext("“%(box)s” is no box of “%(label)s”") % {"box": match.group(2), "label": element.label}
            )
        elif match.group(1):
            ticked.append(label)
    return [label for label in element.choices if label in ticked]


def _chosen(element: Element, text: str, warnings: list[str]) -> Answer:
    if text == NONE_OPTION and text not in element.choices:
        return [] if element.multiple else ""
    if not element.multiple:
        label = text if text in element.choices else _closest(text, element.choices)
        if not label:
            warnings.append(_no_choice(element, text))
        return label
    chosen, rest = _split(text, element.choices)
    warnings.extend(_no_choice(element, part) for part in rest)
    return chosen


def _split(text: str, choices: Sequence[str]) -> tuple[list[str], list[str]]:
    """Choices joined by ``, ``, though a choice may itself hold a comma: the longest that fits wins."""
    chosen: list[str] = []
    rest: list[str] = []
    by_length = sorted(choices, key=len, reverse=True)
    while text:
        label = next((c for c in by_length if text == c or text.startswith(f"{c}, ")), "")
        if label:
            chosen.append(label)
            text = text[len(label) + 2 :]
            continue
        part, _comma, text = text.partition(", ")
        close = _closest(part, choices)
        (chosen if close else rest).append(close or part)
    return [label for label in choices if label in chosen], rest


def _closest(text: str, choices: Sequence[str]) -> str:
    """The choice with the same words, or so alike that only one can be meant."""
    wanted = normal(text)
    scored = sorted(
        ((SequenceMatcher(None, wanted, normal(choice)).ratio(), choice) for choice in choices), reverse=True
    )
    if not scored or scored[0][0] < 0.9 or (len(scored) > 1 and scored[1][0] >= 0.9 and scored[0][0] < 1):
        return ""
    return scored[0][1]


def _no_choice(element: Element, text: str) -> str:
    return gettext("“%(text)s” is no choice of “%(label)s”") % {"text": text, "label": element.label}
