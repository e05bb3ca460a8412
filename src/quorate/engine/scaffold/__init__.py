"""``quorate program new NAME``: a folder that passes validation and runs, to be changed into the program one wants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from quorate.engine.definition.values import SLUG_PATTERN
from quorate.kernel.discovery import ROOT
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext

FILES = Path(__file__).parent / "files"
#: Where the schema lies, seen from a program's folder in the source tree.
_SCHEMA_LINE = "# yaml-language-server: $schema=../../engine/definition/program.schema.json\n"


@dataclass(frozen=True)
class Written:
    """The folder that was written and its files, in the order in which a newcomer should read them."""

    folder: Path
    files: tuple[Path, ...]


def new(name: str, target: Path | str, *, title: str = "", prefix: str = "") -> Written:
    """Write a new program's folder into ``target``: a ``programs`` folder of the product or of a foundation.

    ``name`` is the program's slug. ``title`` and ``prefix`` (the start of case keys) are made from it when not given.
    Raises ``UserError`` when the name is no slug, ``Conflict`` when the folder is there already.
    """
    if not re.match(SLUG_PATTERN, name):
        raise UserError(
            gettext("“%(name)s” cannot be a program's name") % {"name": name},
            where="name",
            mend=gettext("use lower-case letters, digits and single hyphens: talk-proposals"),
        )
    prefix = prefix or _prefix(name)
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,9}", prefix):
        mend = gettext("two to ten capitals and digits, a letter first")
        raise UserError(gettext("“%(prefix)s” cannot start case keys") % {"prefix": prefix}, where="prefix", mend=mend)
    root = Path(target)
    is_package = root.resolve() == (ROOT / "programs").resolve()
    folder = root / (name.replace("-", "_") if is_package else name)
    if folder.exists():
        mend = gettext("choose another name, or remove the folder")
        raise Conflict(gettext("the folder is there already"), where=str(folder), mend=mend)
    words = {
        "NAME": name,
        "MODULE": name.replace("-", "_"),
        "TITLE": title or name.replace("-", " ").capitalize(),
        "PREFIX": prefix,
    }
    written: list[Path] = []
    for template in sorted(FILES.rglob("*.tmpl"), key=_reading_order):
        relative = Path(_fill(str(template.relative_to(FILES)).removesuffix(".tmpl"), words))
        if relative.name == "__init__.py" and not is_package:
            continue
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _fill(template.read_text(encoding="utf-8"), words)
        if relative.name == "program.yaml" and is_package:
            text = _SCHEMA_LINE + text
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return Written(folder, tuple(written))


def _prefix(name: str) -> str:
    """``TP`` of ``talk-proposals``, ``HOST`` of ``hosting``."""
    words = re.sub(r"[^a-z-]", "", name).strip("-").split("-")
    letters = "".join(word[0] for word in words if word) if len(words) > 1 else words[0][:4]
    return (letters if len(letters) > 1 else f"{letters}X")[:10].upper()


def _fill(text: str, words: dict[str, str]) -> str:
    for key, value in words.items():
        text = text.replace(f"@{key}@", value)
    return text


def _reading_order(path: Path) -> tuple[int, str]:
    order = ("program.yaml", "application.yml", "README.md")
    name = path.name.removesuffix(".tmpl")
    return (order.index(name) if name in order else len(order), str(path))
