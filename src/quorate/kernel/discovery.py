"""Finds the packages of the product by walking its folders. The only place that imports by name.

A package is a folder of a tier that holds an ``__init__.py``; ``exchange``, ``registers``, ``programs`` and
``surfaces`` hold one package in each folder below them. Adding a program is adding a folder: no list is edited.

Libraries of an extra are imported by name as well, and only when they are asked for: see :func:`optional`.
"""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from quorate.kernel.errors import UserError

ROOT = Path(__file__).resolve().parent.parent

#: Tiers from the ground up; import order follows it, so what a package declares may rely on those below.
TIERS = (
    "kernel",
    "ledger",
    "access",
    "toolkit",
    "directory",
    "terms",
    "decisions",
    "exchange",
    "registers",
    "engine",
    "flow",
    "programs",
    "insight",
    "surfaces",
    "config",
)
NESTED = frozenset({"exchange", "registers", "programs", "surfaces"})


@cache
def packages() -> tuple[str, ...]:
    """Dotted names of all packages present, ground tier first, siblings in alphabetical order."""
    found: list[str] = []
    for tier in TIERS:
        folder = ROOT / tier
        if tier in NESTED:
            found += [
                f"quorate.{tier}.{child.name}"
                for child in sorted(folder.iterdir() if folder.is_dir() else [])
                if (child / "__init__.py").is_file()
            ]
        elif (folder / "__init__.py").is_file():
            found.append(f"quorate.{tier}")
    return tuple(found)


def tier_of(dotted: str) -> int | None:
    """The height of a module's tier (0 is the ground), or ``None`` outside the product."""
    parts = dotted.split(".")
    if len(parts) < 2 or parts[0] != "quorate" or parts[1] not in TIERS:
        return None
    return TIERS.index(parts[1])


def package_of(dotted: str) -> str | None:
    """The package that a module belongs to: ``quorate.registers.portfolio.models`` gives its first three."""
    parts = dotted.split(".")
    if tier_of(dotted) is None:
        return None
    depth = 3 if parts[1] in NESTED else 2
    return ".".join(parts[:depth]) if len(parts) >= depth else None


def apps() -> list[str]:
    """The packages that are Django applications: all but the composition root."""
    return [name for name in packages() if name != "quorate.config"]


def folder_of(package: str) -> Path:
    """Where a package lies on disk."""
    return ROOT.joinpath(*package.split(".")[1:])


def load(module: str) -> list[ModuleType]:
    """Import ``<package>.<module>`` of every package that has it, ground tier first."""
    found: list[ModuleType] = []
    for package in packages():
        folder = folder_of(package)
        if (folder / f"{module}.py").is_file() or (folder / module / "__init__.py").is_file():
            found.append(importlib.import_module(f"{package}.{module}"))
    return found


def part(module: str) -> ModuleType:
    """A module of ours, imported now: for what only some calls need (see ``kernel.commands.late_noun``)."""
    if not module.startswith(f"{__package__.partition('.')[0]}."):
        raise ValueError(f"{module} is not ours")
    return importlib.import_module(module)


def optional(name: str, *, extra: str) -> Any:
    """A library of an extra, imported now: what is heavy costs nothing until somebody needs it.

    ``UserError`` when the extra is not installed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or (name != error.name and not name.startswith(f"{error.name}.")):
            raise
        raise UserError(
            f"this needs the library {error.name}, which is not installed",
            where=name,
            mend=f"install the extra: pip install 'quorate[{extra}]'",
        ) from error


def has(name: str) -> bool:
    """Whether a library of an extra is installed, without importing it."""
    return importlib.util.find_spec(name.partition(".")[0]) is not None


class Later:
    """Stands for a module that is imported when something of it is asked for first."""

    def __init__(self, dotted: str) -> None:
        self.__dict__["_dotted"] = dotted

    def __getattr__(self, name: str) -> Any:
        found = getattr(importlib.import_module(self._dotted), name)
        self.__dict__[name] = found  # from now on it is found at once
        return found


def later(dotted: str) -> Any:
    """A library that takes long to load and that few commands need, imported at its first use."""
    return Later(dotted)
