"""The variables by which an installation is set, declared once so that the reference page and ``doctor`` know all.

A value comes from the environment, else from the file ``quorate.env`` in ``QUORATE_HOME`` (lines ``NAME=value``,
``#`` begins a comment), else from the default. A secret may be given as ``NAME_FILE``, a path to a file that holds it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from quorate.kernel.registry import Registry


@dataclass(frozen=True)
class Variable:
    """One variable: what it sets, in words, and what holds without it."""

    name: str
    meaning: str
    default: str = ""
    secret: bool = False


VARIABLES: Registry[Variable] = Registry("variable of the environment")


def home() -> Path:
    """The directory that holds all data of the installation."""
    return Path(os.environ.get("QUORATE_HOME") or "var").resolve()


@cache
def _file(folder: Path) -> dict[str, str]:
    path = folder / "quorate.env"
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _equals, value in pairs}


def variable(name: str, meaning: str, default: str = "", *, secret: bool = False) -> str:
    """Declare a variable and read it."""
    VARIABLES.register(name, Variable(name, meaning, default, secret))
    for source in (os.environ, _file(home())):
        if source.get(name):
            return source[name]
        if secret and source.get(f"{name}_FILE"):
            return Path(source[f"{name}_FILE"]).read_text("utf-8").strip()
    return default


def switch(name: str, meaning: str) -> bool:
    """Declare a variable that is off unless it is ``1``."""
    return variable(name, meaning) == "1"
