"""A program's files on disk: the built-in folder and what a foundation's directory changes or adds to it.

A foundation's ``programs/<name>/program.yaml`` needs to hold only what differs. Mappings are merged key by key, a
``null`` removes, anything else replaces; a form, rubric or letter of the same name replaces the built-in file. With
``extends: false`` the file stands alone. ``checks_from: <program>`` takes over the measured criteria of a program
beside this one, with the same changes of the foundation, so that a review asks what the admission asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import Key, YamlDoc, load

FILE = "program.yaml"
#: Keys of the file that say how it is read; they are no part of the program.
READING = ("extends", "checks_from")
Place = tuple[Key, ...]


@dataclass
class Source:
    """The merged data of one program, where each value stands, and the folders in which its files are looked for."""

    data: dict[str, Any]
    folders: tuple[Path, ...]
    name: str
    _origins: dict[Place, str] = field(default_factory=dict, repr=False)

    def where(self, path: Place) -> str:
        """``file:line`` of the value at ``path`` or of its nearest ancestor."""
        while path and path not in self._origins:
            path = path[:-1]
        return self._origins.get(path, self.name)

    def places(self) -> list[tuple[Place, str]]:
        """Every place with its ``file:line``."""
        return list(self._origins.items())

    def error(self, what: str, path: Place, mend: str = "") -> UserError:
        """An error that stands at the value at ``path``."""
        return UserError(what, where=self.where(path), mend=mend)

    def find(self, name: str) -> Path | None:
        """The file of this name in the first folder that has it; ``None`` when none has. Never outside a folder."""
        relative = Path(name)
        if relative.is_absolute() or ".." in relative.parts:
            return None
        for folder in self.folders:
            path = folder / relative
            if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                return path
        return None


def read(path: Path, overrides: tuple[Path, ...] = (), roots: tuple[Path, ...] = ()) -> Source:
    """Read ``path`` (a program.yaml or its folder) and lay ``overrides`` over it, the last one on top.

    Programs named by ``checks_from`` are looked for beside these folders and in ``roots``.
    Raises ``UserError`` when a file is missing, is no YAML or is no mapping.
    """
    layers = [_document(item) for item in (path, *overrides)]
    standing = [n for n, (doc, _folder) in enumerate(layers) if n and doc.data.get("extends") is False]
    layers = layers[standing[-1] :] if standing else layers
    data: dict[str, Any] = {}
    origins: dict[Place, str] = {}
    folders = tuple(folder for _doc, folder in reversed(layers))
    beside = dict.fromkeys([*roots, *(folder.parent for _doc, folder in layers)])
    _borrow([doc for doc, _folder in layers], tuple(beside), data, origins)
    for doc, _folder in layers:
        body = {key: value for key, value in doc.data.items() if key not in READING}
        _merge(data, body, doc, (), origins)
    return Source(data, folders, layers[-1][0].name, origins)


def _borrow(docs: list[YamlDoc], roots: tuple[Path, ...], data: dict[str, Any], origins: dict[Place, str]) -> None:
    """Lay the measured criteria of the program named by ``checks_from`` under the program's own."""
    named = [(doc, str(doc.data["checks_from"])) for doc in docs if doc.data.get("checks_from")]
    if not named:
        return
    doc, name = named[-1]
    found = [folder for root in roots if (folder := _folder_of(root, name)) is not None]
    if not found:
        what = gettext("there is no program “%(name)s” beside this one") % {"name": name}
        raise doc.error(what, "checks_from", mend=gettext("name a program whose folder lies next to this one"))
    layers = [_document(folder) for folder in found]
    if any(layer.data.get("checks_from") for layer, _folder in layers):
        what = gettext("“%(name)s” takes over checks itself") % {"name": name}
        raise doc.error(what, "checks_from", mend=gettext("name the program in which they are written"))
    source = read(found[0], tuple(found[1:]))
    checks = source.data.get("checks")
    measured = {
        key: _copy(check)
        for key, check in (checks.items() if isinstance(checks, dict) else ())
        if isinstance(check, dict) and check.get("probe")
    }
    data["checks"] = measured
    for path, where in source.places():
        if path[0] == "checks" and (len(path) == 1 or path[1] in measured):
            origins[path] = where


def _folder_of(root: Path, name: str) -> Path | None:
    for spelling in (name, name.replace("-", "_")):
        if (root / spelling / FILE).is_file():
            return root / spelling
    return None


@lru_cache(maxsize=64)
def _parsed(text: str, name: str) -> YamlDoc:
    """The text as YAML. What comes out is shared: it is copied where it is changed."""
    return load(text, name=name)


def _document(path: Path) -> tuple[YamlDoc, Path]:
    file = path / FILE if path.is_dir() else path
    if not file.is_file():
        raise UserError(
            gettext("there is no %(file)s here") % {"file": FILE},
            where=str(path),
            mend=gettext("quorate program new NAME writes a working one"),
        )
    try:
        doc = _parsed(file.read_text(encoding="utf-8"), str(file))
    except UnicodeDecodeError:
        raise UserError(gettext("the file is not UTF-8"), where=str(file), mend=gettext("save it as UTF-8")) from None
    if not isinstance(doc.data, dict):
        raise UserError(gettext("a program is a mapping"), where=f"{file}:1")
    return doc, file.parent


def _merge(
    target: dict[str, Any], change: dict[Any, Any], doc: YamlDoc, path: Place, origins: dict[Place, str]
) -> None:
    for key, value in change.items():
        here = (*path, key)
        present = target.get(key)
        if value is None and key in target:
            del target[key]
            continue
        origins[here] = doc.where(*here)
        if isinstance(value, dict) and isinstance(present, dict):
            _merge(present, value, doc, here, origins)
            continue
        target[key] = _copy(value)
        _note(value, doc, here, origins)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _note(value: Any, doc: YamlDoc, path: Place, origins: dict[Place, str]) -> None:
    origins[path] = doc.where(*path)
    if isinstance(value, dict):
        for key, item in value.items():
            _note(item, doc, (*path, key), origins)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _note(item, doc, (*path, index), origins)
