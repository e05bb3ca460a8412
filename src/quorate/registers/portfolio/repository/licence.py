"""Which licence a text is, decided narrowly: a text that differs by a word that matters is not identified.

Loose matching by similarity calls the JSON licence (“shall be used for Good, not Evil”) MIT. Here every word of the
terms must be there in order; only holders' names, copyright lines, titles, numbering and the preamble and appendix that
belong to a licence may vary. Anything else beside it makes the answer unsure, and says how much there is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from quorate.registers.portfolio.repository.files import Files
from quorate.registers.portfolio.repository.git import Repository
from quorate.registers.portfolio.repository.licence_texts import BLOBS, LONG, SHORT

#: A line that names a holder. Wrapped lines of the terms themselves may begin with the word as well.
_COPYRIGHT = re.compile(
    r"^[ \t>#*/;.\-]*(?:portions?[ \t]+)?"
    r"(?:copyright\b(?![ \t]+(?:holder|notice|owner|law|licen|interest|disclaimer|statement|and\b|or\b|in\b|on\b))"
    r"|\(c\)|©|&copy;|all rights reserved).*$",
    re.IGNORECASE | re.MULTILINE,
)
_TITLE = re.compile(
    r"\b(?:the )?(?:(?:new|modified|simplified|revised|original|free|zero|two|three) )*"
    r"(?:mit|expat|isc|bsd|zlib|boost software|apache|gnu (?:lesser |affero )?general public|mozilla public|"
    r"eclipse public) (?:clause )?(?:license|licensed|style license)\b|\bterms and conditions\b"
)
_WORD = re.compile(r"[a-z]{2,}")
_SPELLINGS = (("licence", "license"), ("non-infringement", "noninfringement"), ("sub-license", "sublicense"))
_HOLDER = r"(?:[a-z]+ ){0,24}?"
#: Words that may change what a licence grants; where one stands beside the terms, a person must read it.
_CHANGES = frozenset(
    re.findall(
        r"\w+",
        """additional addition additionally amended clause commercial commercially commons condition conditions dual
        except exception exceptions however modified not notwithstanding only patent patents prohibited restriction
        restrictions sell unless""",
    )
)
_MOST_WORDS_BESIDE = 40
_SIZE_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Licence:
    """`ids` are the SPDX identifiers found, none when unknown; `sure` is false when a person must read the file.

    `how` says by what it was found, or why it was not. `paths` are the files that were looked at.
    A GPL text does not tell whether later versions may be chosen, so it is reported without `-only` or `-or-later`.
    """

    ids: tuple[str, ...]
    sure: bool
    how: str
    paths: tuple[str, ...] = ()


def read(repository: Repository, files: Files, *, read_blobs: bool) -> Licence:
    """The licence of the files at the root whose names say that they hold one."""
    if not files.known:
        return Licence((), False, "the trees are not in this clone")
    if not files.licences:
        return Licence((), True, "there is no licence file at the root")
    paths = tuple(path for path, _ in files.licences)
    single = [_one(repository, path, blob, read_blobs) for path, blob in files.licences]
    ids = tuple(sorted({name for one in single for name in one.ids}))
    unsure = [one.how for one in single if not one.sure]
    if unsure:
        return Licence(ids, False, "; ".join(unsure), paths)
    return Licence(ids, True, "; ".join(one.how for one in single), paths)


def _one(repository: Repository, path: str, blob: str, read_blobs: bool) -> Licence:
    if blob in BLOBS:
        return Licence((BLOBS[blob],), True, f"{path} is the unchanged text of {BLOBS[blob]}")
    size = repository.sizes([blob]).get(blob, ("", -1))[1]
    if size < 0:
        return Licence(
            (), False, f"{path} is not in this partial clone and is not the unchanged text of a known licence"
        )
    if not read_blobs:
        return Licence((), False, f"{path} is no unchanged text of a known licence, and reading files was not allowed")
    if size > _SIZE_LIMIT:
        return Licence((), False, f"{path} is larger than {_SIZE_LIMIT} bytes and was not read")
    text = next(content for _, _, content in repository.contents([blob])).decode("utf-8", "replace")
    found = identify(text)
    return Licence(found.ids, found.sure, f"{path} {found.how}")


def identify(text: str) -> Licence:
    """The licences whose terms stand in `text`. `how` continues a sentence that starts with the file's name."""
    rest = " ".join(words(text)) + " "
    found: list[str] = []
    for name, start, count, digest, beside in LONG:
        at = rest.find(start)
        while at >= 0:
            core = rest[at:].split(" ", count)[:count]
            if hashlib.sha256(" ".join(core).encode()).hexdigest() == digest:
                found.append(name)
                rest = _without_companions(rest[:at], beside) + _without_companions(
                    rest[at:][len(" ".join(core)) :], beside
                )
                break
            at = rest.find(start, at + 1)
    for name, expression in _expressions():
        rest, times = expression.subn(" ", rest)
        if times:
            found.append(name)
    beside_words = _TITLE.sub(" ", rest).split()
    ids = tuple(sorted(set(found)))
    if not ids:
        return Licence((), False, "holds no licence text that is known here")
    changing = sorted(_CHANGES.intersection(beside_words))
    listed = " and ".join(ids)
    if len(beside_words) > _MOST_WORDS_BESIDE or changing:
        words_beside = f", among them “{changing[0]}”" if changing else ""
        return Licence(
            ids,
            False,
            f"holds the text of {listed} and {len(beside_words)} words beside it{words_beside}: it must be read",
        )
    return Licence(ids, True, f"holds the text of {listed}")


def words(text: str) -> list[str]:
    """The words that are compared: lower case, two letters or more, without copyright lines, numbers and marks."""
    plain = _COPYRIGHT.sub("", text).lower()
    for spelling, ours in _SPELLINGS:
        plain = plain.replace(spelling, ours)
    return _WORD.findall(plain)


def _without_companions(text: str, companions: Sequence[tuple[str, str, int]]) -> str:
    """`text` without the passages that belong to a licence beside its terms."""
    for start, end, most in companions:
        at = text.find(start)
        last = text.find(end, at)
        if at >= 0 and last >= 0 and text[at:last].count(" ") <= most:
            text = text[:at] + text[last + len(end) :]
    return text


@cache
def _expressions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    compiled = []
    for name, template in SHORT:
        parts = [" ".join(words(part)) for part in template.split("…")]
        compiled.append((name, re.compile(r"(?:(?<=\s)|\A)" + f" {_HOLDER}".join(parts) + r"(?= )")))
    return tuple(compiled)
