"""Reads the foundation's directory: finds its files, checks each against its schema, names file, line and mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from quorate.kernel import discovery, yamlfile
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.schemas import faults, plain, together
from quorate.kernel.yamlfile import YamlDoc
from quorate.toolkit.foundation import Doubt, File, Record, Section

MAX_BYTES = 16 * 1024 * 1024
#: Files that describe a directory to people and are nobody's data.
IGNORED = ("README*", "LICENSE*", "NOTICE*", "*~", ".*")


@dataclass
class Directory:
    """What a directory says: records in the order of sections, and what in it nobody reads."""

    root: Path
    records: list[Record] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def sections() -> list[Section]:
    """The sections of every package, in the order in which they are applied."""
    found = [section for module in discovery.load("foundation") for section in getattr(module, "SECTIONS", ())]
    return sorted(found, key=lambda section: (section.order, section.name))


def doubts(directory: Directory) -> list[Doubt]:
    """What every package doubts about the records of a directory. ``UserError`` with all that are errors."""
    inspectors = [one for module in discovery.load("foundation") for one in getattr(module, "INSPECTORS", ())]
    found = [doubt for inspect in inspectors for doubt in inspect(directory.records)]
    problems = [UserError(doubt.what, doubt.where, doubt.mend) for doubt in found if doubt.error]
    if problems:
        raise together(problems)
    return found


def read(root: Path, known: Sequence[Section]) -> Directory:
    """Read a directory whole. ``UserError`` carries every problem found, in the order of files."""
    if not root.is_dir():
        raise UserError(gettext("there is no such directory"), where=str(root), mend=gettext("check the path"))
    texts, problems = _texts(root)
    if "foundation.yml" not in texts:
        raise UserError(
            gettext("there is no foundation.yml in it"),
            where=str(root),
            mend=gettext("point to the directory that holds foundation.yml"),
        )
    found = Directory(root)
    claimed: set[str] = set()
    settings: Mapping[str, Any] = {}
    for section in known:
        claimed.update(_matching(section.beside, texts))
        for path in _matching(section.patterns, texts):
            claimed.add(path)
            try:
                file = _file(root, path, texts, settings)
                _check(section, file)
                if path == "foundation.yml" and file.doc is not None:
                    settings = file.doc.data
                found.records += section.read(file)
            except UserError as error:
                problems += error.problems or (error,)
    problems += _repeated(found.records)
    if problems:
        raise together(problems)
    found.unread = [path for path in texts if path not in claimed and not _quiet(path)]
    return found


def say_the_same(section: Section, path: str, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether a file describes the same records in two directories, each given as path to text."""
    if path not in one or path not in other:
        return False
    if one[path] == other[path]:
        return True
    if not any(path in _matching([pattern], [path]) for pattern in section.patterns):
        return False
    try:
        first, second = (_said(section, path, texts) for texts in (one, other))
    except UserError:
        return False
    return first == second


def _said(section: Section, path: str, texts: Mapping[str, str]) -> dict[tuple[str, str], Mapping[str, Any]]:
    settings = plain(yamlfile.load(texts["foundation.yml"])).data if "foundation.yml" in texts else {}
    file = _file(Path(), path, texts, settings)
    _check(section, file)
    return {(record.kind, record.id): record.fields for record in section.read(file)}


def texts_of(root: Path) -> dict[str, str]:
    """Every readable file of a directory, by its path below it; nothing when there is no such directory."""
    return _texts(root)[0] if root.is_dir() else {}


def _texts(root: Path) -> tuple[dict[str, str], list[UserError]]:
    texts: dict[str, str] = {}
    problems: list[UserError] = []
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if any(part.startswith(".") for part in path.relative_to(root).parts) or not path.is_file():
            continue
        try:
            if path.stat().st_size > MAX_BYTES:
                raise UserError(gettext("the file is larger than 16 MB"), where=str(path))
            texts[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            if path.suffix in (".yml", ".yaml", ".md", ".txt"):
                problems.append(
                    UserError(gettext("the file is not UTF-8"), where=str(path), mend=gettext("save it as UTF-8"))
                )
        except OSError as error:
            problems.append(UserError(error.strerror or gettext("cannot be read"), where=str(path)))
        except UserError as error:
            problems.append(error)
    return texts, problems


def _matching(patterns: Sequence[str], texts: Iterable[str]) -> Iterator[str]:
    for pattern in patterns:
        depth = pattern.count("/")
        yield from (path for path in texts if path.count("/") == depth and fnmatchcase(path, pattern))


def _quiet(path: str) -> bool:
    """Files that no section is meant to read."""
    return any(fnmatchcase(PurePosixPath(path).name, pattern) for pattern in IGNORED)


def _file(root: Path, path: str, texts: Mapping[str, str], settings: Mapping[str, Any]) -> File:
    text, name = texts[path], str(root / path)
    doc: YamlDoc | None = None
    body = ""
    if path.endswith((".yml", ".yaml")):
        doc = plain(yamlfile.load(text, name=name))
    elif path.endswith(".md"):
        doc, body = _front_matter(text, name)
    return File(PurePosixPath(path), text, name, doc, body, settings, texts)


def _front_matter(text: str, name: str) -> tuple[YamlDoc | None, str]:
    """The YAML between two lines of dashes at the top, with its lines, and the Markdown below."""
    if not text.startswith("---\n"):
        return None, text
    head, mark, body = text.removeprefix("---\n").partition("\n---\n")
    if not mark:
        raise UserError(
            gettext("the front matter is not closed"),
            where=f"{name}:1",
            mend=gettext("close it with a line of three dashes"),
        )
    # one empty line stands for the opening dashes, so that line numbers are the file's
    return plain(yamlfile.load("\n" + head + "\n", name=name)), body


def _check(section: Section, file: File) -> None:
    """Hold a file against its section's schema; every fault at its line."""
    if not section.schema:
        return
    if file.doc is None:
        raise UserError(
            gettext("the file has no front matter"),
            where=f"{file.name}:1",
            mend=gettext("begin it with a line of three dashes and a title"),
        )
    if file.doc.data is None and section.schema.get("type") == "array":
        return
    found = faults(file.doc, section.schema)
    if found:
        raise together(found)


def _repeated(records: Iterable[Record]) -> list[UserError]:
    seen: dict[tuple[str, str], Record] = {}
    problems = []
    for record in records:
        first = seen.setdefault((record.kind, record.id), record)
        if first is not record:
            problems.append(
                UserError(
                    gettext("“%(id)s” was described before, at %(where)s")
                    % {"id": record.id, "where": first.where.rpartition("/")[2]},
                    where=record.where,
                    mend=gettext("remove one of the two"),
                )
            )
    return problems
