"""How a package takes part in the foundation's directory of files, without the commands knowing the package.

A package that keeps something which the directory describes has a module ``foundation.py`` with a list
``SECTIONS``, or one of ``INSPECTORS`` that read the records of others. A section is a family of files: it reads them
into records, says what the database holds now in the same words, and makes the difference true through the package's
own actions. Planning, refusing and reporting are done once for all, by ``quorate apply``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any, Literal

from quorate.access.actors import Actor
from quorate.kernel.errors import UserError
from quorate.kernel.yamlfile import Key, YamlDoc

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Reference:
    """A record names another: ``kind`` and ``id`` of it, and where the file says so."""

    kind: str
    id: str
    where: str = ""


@dataclass(frozen=True)
class Record:
    """One thing in the words of the files: JSON values under the files' keys, in the files' order.

    ``id`` is stable and readable (``ecosystem-wg/chair``). ``where`` is ``file:line``; empty when the record
    was read from the database. ``settled`` records cannot be changed by files any more (a person who was
    forgotten, an organisation merged into another).
    """

    kind: str
    id: str
    fields: Fields
    where: str = ""
    refers: tuple[Reference, ...] = ()
    settled: bool = False


@dataclass(frozen=True)
class Change:
    """A record that exists and should say something else. ``fields`` maps a key to (before, after)."""

    record: Record
    fields: Mapping[str, tuple[Any, Any]]

    @property
    def id(self) -> str:
        return self.record.id


@dataclass(frozen=True)
class File:
    """One file of the directory.

    ``doc`` is its YAML as JSON values (of a Markdown file: of its front matter), ``body`` the Markdown below it.
    ``settings`` are the values of ``foundation.yml``; ``siblings`` maps every path of the directory to its text.
    """

    path: PurePosixPath
    text: str
    name: str
    doc: YamlDoc | None = None
    body: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    siblings: Mapping[str, str] = field(default_factory=dict)

    def where(self, *path: Key) -> str:
        """``file:line`` of a value."""
        return self.doc.where(*path) if self.doc is not None else f"{self.name}:1"

    def error(self, what: object, *path: Key, mend: object = "") -> UserError:
        """An error that stands at a value."""
        return UserError(what, where=self.where(*path), mend=mend)


@dataclass(frozen=True)
class RecordKind:
    """One kind of record and how the package keeps it.

    ``live`` names fields that people also change in the product: there the files win only where the file itself
    changed since it was last applied. ``remove=None``: never removed by files. ``remove`` is also told which
    records of other kinds go, by kind. ``recreate=False``: a record that the files brought once and that is gone
    stays gone. ``ending_first``: removals and changes come before creations (one holder follows another).
    """

    name: str
    current: Callable[[], Iterable[Record]]
    create: Callable[[Actor, Sequence[Record]], None]
    change: Callable[[Actor, Sequence[Change]], None]
    remove: Callable[[Actor, Sequence[Record], Mapping[str, frozenset[str]]], None] | None
    live: frozenset[str] = frozenset()
    recreate: bool = True
    ending_first: bool = False


@dataclass(frozen=True)
class Section:
    """A family of files. Sections are applied in ``order``, kinds in theirs; removals run backwards.

    ``read`` turns one file, already valid by ``schema``, into records and raises ``UserError`` at a line.
    ``write`` turns the records that the database holds, by kind, into files: path to text. ``beside`` are
    patterns of further files that it reads as siblings.
    """

    name: str
    order: int
    patterns: tuple[str, ...]
    kinds: tuple[RecordKind, ...]
    read: Callable[[File], Iterable[Record]]
    write: Callable[[Mapping[str, Sequence[Record]]], Mapping[str, str]]
    schema: Mapping[str, Any] = field(default_factory=dict)
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """What somebody who knows the subject doubts about what the files say. An ``error`` keeps them from being applied."""

    where: str
    what: str
    mend: str = ""
    error: bool = False

    def as_dict(self) -> dict[str, str]:
        """The JSON form of the contract."""
        return {"where": self.where, "what": self.what, "mend": self.mend}


#: Reads all records of a directory together. A package's ``foundation.py`` has a list ``INSPECTORS`` of them.
Inspector = Callable[[Sequence[Record]], Iterable[Doubt]]

Action = Literal["create", "change", "remove"]

DAY = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
#: JSON Schema fragments that the sections share.
DAY_SCHEMA: Mapping[str, Any] = {"type": ["string", "null"], "pattern": DAY}
SLUG_SCHEMA: Mapping[str, Any] = {"type": "string", "pattern": SLUG, "maxLength": 80}


def instant(text: str | None) -> datetime | None:
    """The instant that a date or a time of a file means; a date is its first moment in UTC."""
    if text is None:
        return None
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    return datetime.fromisoformat(text).astimezone(UTC)


def day(at: datetime | None) -> str | None:
    """The shortest form of an instant: a date when it is the first moment of one, in UTC."""
    if at is None:
        return None
    moment = at.astimezone(UTC)
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return moment.date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")


@contextmanager
def at(record: Record) -> Iterator[None]:
    """Let an error of an action name the place of the file that asked for it."""
    try:
        yield
    except UserError as error:
        where = record.where or f"{record.kind} {record.id}"
        raise type(error)(error.what, where=where, mend=error.mend) from error


def tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without those that say nothing: ``None``, empty text, empty lists and maps."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {})}
