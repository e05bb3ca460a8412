"""Writes the foundation back into files, touching only those that say something else than the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.surfaces.cli.foundation.files import say_the_same, texts_of
from quorate.toolkit.foundation import Section


@dataclass
class Written:
    """Paths below the directory: written anew, and left because they said the same."""

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def export(root: Path, known: Sequence[Section]) -> Written:
    """Write every section's files below ``root``. ``UserError`` when it cannot be written.

    A file that already says the same keeps its bytes, and so its comments.
    """
    if root.exists() and not root.is_dir():
        raise UserError(gettext("this is a file"), where=str(root), mend=gettext("name a directory"))
    if root.is_dir() and any(root.iterdir()) and not (root / "foundation.yml").exists():
        raise UserError(
            gettext("the directory holds other things"),
            where=str(root),
            mend=gettext("name an empty directory, or one that holds a foundation.yml"),
        )
    present = texts_of(root)
    files: dict[str, str] = {}
    owner: dict[str, Section] = {}
    for section in known:
        written = section.write({kind.name: list(kind.current()) for kind in section.kinds})
        files |= written
        owner |= dict.fromkeys(written, section)
    result = Written()
    try:
        for path, text in files.items():
            if say_the_same(owner[path], path, present, files):
                result.unchanged.append(path)
                continue
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            result.written.append(path)
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be written"), where=str(root)) from error
    return result
