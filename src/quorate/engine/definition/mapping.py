"""Reads the facts that the engine needs out of a form's answers: name, repository, licence, maintainers, contact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from quorate.engine.definition.program import MappedField, Program
from quorate.engine.definition.values import FieldKind
from quorate.engine.forms import Answer, Answers

#: As a source of a field: the issue's title, without the words that the form puts around it.
TITLE = "title"

_URL = re.compile(
    r"(?:https?://|git@)[^\s<>()\[\]\"'`|]+|(?<![\w@.])(?:github|gitlab|codeberg)\.[a-z]+/[^\s<>()\[\]\"'`|,]+"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HANDLE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}")
_PROFILE = re.compile(r"https?://(?:www\.)?(?:github|gitlab)\.com/")

#: How people write the licences that forms ask for, by SPDX id.
_LICENCES: Mapping[str, str] = {
    "apache2": "Apache-2.0",
    "apache20": "Apache-2.0",
    "apachelicense20": "Apache-2.0",
    "apachelicenseversion20": "Apache-2.0",
    "apachelicense2": "Apache-2.0",
    "apachev2": "Apache-2.0",
    "apachev20": "Apache-2.0",
    "asl20": "Apache-2.0",
    "mit": "MIT",
    "mitlicense": "MIT",
    "themitlicense": "MIT",
    "bsd3": "BSD-3-Clause",
    "bsd3clause": "BSD-3-Clause",
    "bsd3clauselicense": "BSD-3-Clause",
    "3clausebsd": "BSD-3-Clause",
    "3clausebsdlicense": "BSD-3-Clause",
    "newbsd": "BSD-3-Clause",
    "modifiedbsd": "BSD-3-Clause",
    "bsd2": "BSD-2-Clause",
    "bsd2clause": "BSD-2-Clause",
    "gpl3": "GPL-3.0-only",
    "gplv3": "GPL-3.0-only",
    "agpl3": "AGPL-3.0-only",
    "agplv3": "AGPL-3.0-only",
    "mpl2": "MPL-2.0",
    "mpl20": "MPL-2.0",
    "lgpl3": "LGPL-3.0-only",
    "unlicense": "Unlicense",
    "theunlicense": "Unlicense",
    "isc": "ISC",
}


def mapped(program: Program, answers: Answers, *, title: str = "") -> dict[str, Any]:
    """The program's mapped fields that have a value, by name.

    ``title`` is an issue's title or what was typed as the subject. A field is filled from the first of its sources
    that is answered; its ``fallback`` field's last path segment stands in when none is.
    """
    found: dict[str, Any] = {}
    for field in program.intake.fields:
        value = _value(program, field, answers, title)
        if value not in (None, "", []):
            found[field.name] = value
    for field in program.intake.fields:
        if field.name not in found and field.fallback and isinstance(found.get(field.fallback), str):
            tail = last_segment(found[field.fallback])
            if tail:
                found[field.name] = tail
    return found


def _value(program: Program, field: MappedField, answers: Answers, title: str) -> Any:
    form = program.form
    for source in field.from_:
        if source == TITLE and title:
            text = form.subject_of(title) if form is not None else title.strip()
            if text:
                return text
        element = form.find(source) if form is not None else None
        if element is not None and answers.get(element.id):
            return read_as(field.kind, answers[element.id])
    return None


def read_as(kind: FieldKind, answer: Answer) -> Any:
    """An answer as a field's kind wants it; ``None`` when it holds no such thing."""
    text = ", ".join(answer) if isinstance(answer, list) else answer
    match kind:
        case FieldKind.URL:
            return next(iter(urls(text)), None)
        case FieldKind.URLS:
            return urls(text)
        case FieldKind.EMAILS:
            return list(dict.fromkeys(_EMAIL.findall(text)))
        case FieldKind.PEOPLE:
            return handles(text)
        case FieldKind.LICENCE:
            return licence(text)
        case FieldKind.CHOICES:
            return (
                list(answer) if isinstance(answer, list) else [part.strip() for part in text.split(",") if part.strip()]
            )
        case FieldKind.NUMBER:
            return _number(text)
        case FieldKind.DATE:
            return _date(text)
        case FieldKind.FLAG:
            return bool(answer)
        case FieldKind.LINE:
            return " ".join(text.split())
    return text


def urls(text: str) -> list[str]:
    """The addresses in a text, each once, without the punctuation that follows them."""
    found = [match.rstrip(".,;:!?*_") for match in _URL.findall(text)]
    return list(
        dict.fromkeys(item if "://" in item or item.startswith("git@") else f"https://{item}" for item in found)
    )


def handles(text: str) -> list[str]:
    """Account names: split at commas, spaces and lines, without ``@``, list marks and profile addresses."""
    text = re.sub(r"\([^)]*\)", " ", text)
    found: list[str] = []
    marked = "@" in text
    for word in re.split(r"[\s,;|]+", text):
        profile = _PROFILE.match(word)
        name = word[profile.end() :].strip("/").partition("/")[0] if profile else word.strip("@*_-`[]().:")
        if marked and not profile and not word.lstrip("*_-`[(").startswith("@"):
            continue
        if _HANDLE.fullmatch(name) and name.casefold() not in ("and", "und", "et"):
            found.append(name)
    return list(dict.fromkeys(found))


def licence(text: str) -> str:
    """The SPDX id when the words are a known way to write one, else the words themselves on one line."""
    words = " ".join(text.split())
    key = re.sub(r"[^a-z0-9]", "", words.casefold())
    return _LICENCES.get(key) or _LICENCES.get(key.removesuffix("license").removesuffix("licence")) or words


def last_segment(url: str) -> str:
    """``sparsely`` of ``https://github.com/example/sparsely.git/``."""
    tail = re.split(r"[/:]", url.split("?")[0].split("#")[0].rstrip("/"))[-1]
    return tail.removesuffix(".git")


def _number(text: str) -> int | float | None:
    match = re.search(r"-?\d[\d,_ ]*(?:\.\d+)?", text)
    if not match:
        return None
    digits = re.sub(r"[,_ ]", "", match.group())
    return float(digits) if "." in digits else int(digits)


def _date(text: str) -> date | None:
    match = re.search(r"\d{4}-\d{2}-\d{2}", text)
    try:
        return date.fromisoformat(match.group()) if match else None
    except ValueError:
        return None
