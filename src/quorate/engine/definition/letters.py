"""Letters: Markdown with a subject line and ``{{ placeholders }}`` from a fixed list.

    Subject: {{ subject.name }} is now an {{ grant.title }}

    Dear {{ recipient.name }},

A placeholder is a name, nothing else: no conditions, no loops. One that stands alone in its paragraph and has no
value takes the paragraph with it, so that “{{ reason }}” can be written without asking whether a reason was given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quorate.kernel.i18n import gettext

#: What a letter may name, with what it stands for.
PLACEHOLDERS: Mapping[str, str] = {
    "applicant.name": "who applied",
    "assignee.name": "who works on the case",
    "case.age": "how long the case has been open, in words",
    "case.key": "the case's key, such as ECO-14",
    "case.title": "the case's title",
    "case.url": "the address of the case",
    "checks.failing": "a list of the criteria that are not met, with what was found and what is needed",
    "checks.passing": "a list of the criteria that are met",
    "checks.unknown": "a list of the criteria that nobody could measure",
    "decision.summary": "the result of the vote in one sentence",
    "due": "by when the recipient should act, as a date",
    "foundation.name": "the foundation's name",
    "foundation.url": "the address of the foundation's site",
    "grant.title": "what is granted",
    "grant.until": "when the grant ends or is reviewed, as a date",
    "obligations.open": "a list of what remains to be done, with owner and date",
    "outcome.title": "how the case ended",
    "program.name": "the program's name",
    "program.url": "the address of the program's page",
    "reapply_from": "from when the subject may apply again, as a date",
    "reason": "the reason that was given with the step",
    "recipient.name": "who reads this letter",
    "stage.title": "the stage in which the case is",
    "steward.name": "who runs the program",
    "subject.name": "what the case is about",
    "subject.url": "the address of the subject",
}
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True)
class Template:
    """A letter's subject and body with placeholders."""

    subject: str
    body: str

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names in it, each once."""
        found = _PLACEHOLDER.findall(self.subject) + _PLACEHOLDER.findall(self.body)
        return tuple(dict.fromkeys(found))

    def fill(self, values: Mapping[str, Any], *, escape: bool = False) -> tuple[str, str]:
        """Subject (one line) and body (Markdown) with the values put in.

        A value may be text, a number, a date or a list of texts, which becomes a Markdown list. Names and titles come
        from people: with ``escape`` their punctuation cannot turn into links or emphasis, which is right before the
        body is rendered as HTML and wrong for plain text. A value in a paragraph of its own is Markdown by intent.
        """
        words = _escaped if escape else _inline
        subject = " ".join(_PLACEHOLDER.sub(lambda m: _inline(values.get(m.group(1))), self.subject).split())
        paragraphs = []
        for paragraph in re.split(r"\n{2,}", self.body.strip()):
            alone = _PLACEHOLDER.fullmatch(paragraph.strip())
            if alone:
                block = _block(values.get(alone.group(1)), words)
                if block:
                    paragraphs.append(block)
                continue
            paragraphs.append(_PLACEHOLDER.sub(lambda m: words(values.get(m.group(1))), paragraph))
        return subject, "\n\n".join(paragraphs) + "\n"


@dataclass(frozen=True)
class LetterFault:
    """Something wrong in a letter: its 1-based line, what, and how to mend it."""

    line: int
    what: str
    mend: str = ""


def read_template(text: str) -> tuple[Template, list[LetterFault]]:
    """The letter in a text and what is wrong with it."""
    faults: list[LetterFault] = []
    text = text.replace("\r\n", "\n")
    head, _gap, body = text.partition("\n\n")
    match = re.fullmatch(r"Subject:[ \t]*(.+)", head.strip())
    if not match or "\n" in head.strip():
        faults.append(
            LetterFault(
                1,
                gettext("a letter starts with its subject and an empty line"),
                gettext("write “Subject: …” in the first line"),
            )
        )
    if not body.strip():
        faults.append(LetterFault(1, gettext("the letter is empty"), gettext("write the text below the subject")))
    for number, line in enumerate(text.split("\n"), 1):
        faults.extend(
            LetterFault(number, gettext("“%(name)s” is no placeholder") % {"name": name}, _near(name))
            for name in _PLACEHOLDER.findall(line)
            if name not in PLACEHOLDERS
        )
        if line.count("{{") != line.count("}}"):
            faults.append(LetterFault(number, gettext("a placeholder is not closed"), "{{ name }}"))
    return Template(match.group(1).strip() if match else "", body.strip() + "\n"), faults


def _near(name: str) -> str:
    tail = name.rpartition(".")[2]
    close = [known for known in PLACEHOLDERS if known.rpartition(".")[2] == tail or known.startswith(name)]
    names: Sequence[str] = close or sorted(PLACEHOLDERS)
    return gettext("use one of: %(names)s") % {"names": ", ".join(names)}


def _inline(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return " ".join(str(value).split())


def _escaped(value: Any) -> str:
    """The value with Markdown's punctuation made literal; web addresses are left whole."""
    return " ".join(
        word
        if re.fullmatch(r"https?://[\w./~:?#@!$&'*+,;=%-]+", word)
        else re.sub(r"([\\`*_{}\[\]<>()#+!|~])", r"\\\1", word)
        for word in _inline(value).split(" ")
    )


def _block(value: Any, words: Callable[[Any], str]) -> str:
    if value is None or value == "" or value == [] or value == ():
        return ""
    if isinstance(value, (list, tuple)):
        return "\n".join(f"- {words(item)}" for item in value)
    return str(value).strip()
