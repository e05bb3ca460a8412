"""Loads a program: reads, merges, embeds its files, checks everything and says all that is wrong at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from quorate.engine.definition import lint, sources
from quorate.engine.definition.codec import Reader
from quorate.engine.definition.judgement import Rubric
from quorate.engine.definition.letters import read_template
from quorate.engine.definition.program import FORMAT, File, Program, read_form
from quorate.engine.definition.sources import Place, Source
from quorate.kernel import discovery, yamlfile
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext

Overrides = Path | str | Sequence[Path | str] | None


def load(
    path: Path | str, *, overrides: Overrides = None, world: lint.World | None = None, roots: tuple[Path, ...] = ()
) -> Program:
    """The program in a folder (or its ``program.yaml``), with a foundation's changes laid over it.

    Raises ``UserError`` whose ``problems`` hold every fault found, each with ``file:line`` and a mend. Warnings do
    not raise; ``examine`` returns them.
    """
    program, problems, _warnings = examine(path, overrides=overrides, world=world, roots=roots)
    if program is None or problems:
        raise_all(problems)
        raise AssertionError("a program that cannot be built has a problem")
    return program


def examine(
    path: Path | str,
    *,
    overrides: Overrides = None,
    world: lint.World | None = None,
    roots: tuple[Path, ...] = (),
) -> tuple[Program | None, list[UserError], list[UserError]]:
    """The program if it can be built, the errors and the warnings. ``roots``: where its neighbours may lie."""
    try:
        source = sources.read(Path(path), _paths(overrides), roots)
    except UserError as error:
        return None, list(error.problems or (error,)), []
    reader = Reader()
    files, problems = _files(source)
    program: Program | None = reader.record(Program, source.data, (), given={"files": ()})
    problems += [source.error(fault.what, fault.path, fault.mend) for fault in reader.faults]
    if program is None:
        return None, _sorted(problems), []
    program = replace(program, files=files)
    if problems:
        return program, _sorted(problems), []
    findings = lint.lint(program, world)
    errors = [source.error(item.what, item.path, item.mend) for item in findings if item.is_error]
    warnings = [source.error(item.what, item.path, item.mend) for item in findings if not item.is_error]
    return program, _sorted(errors), _sorted(warnings)


def raise_all(problems: Sequence[UserError]) -> None:
    """Raise one error that holds them all; do nothing when there is none."""
    if problems:
        first = problems[0]
        raise UserError(first.what, where=first.where, mend=first.mend, problems=problems)


def from_canonical(data: bytes | str | dict[str, Any]) -> Program:
    """The program of a stored canonical form. Raises ``UserError`` when it is not one."""
    body = data if isinstance(data, dict) else json.loads(data)
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise UserError(gettext("this is not a program of format %(n)d") % {"n": FORMAT})
    reader = Reader()
    program: Program | None = reader.record(Program, body.get("program"), ())
    if program is None or reader.faults:
        fault = reader.faults[0]
        raise UserError(fault.what, where=".".join(str(part) for part in fault.path), mend=fault.mend)
    return program


# --- the programs there are -------------------------------------------------------------------------------------


def built_in() -> dict[str, Path]:
    """Folders of the programs that ship with the product, by slug."""
    found: dict[str, Path] = {}
    for package in discovery.packages():
        folder = discovery.folder_of(package)
        if package.startswith("quorate.programs.") and (folder / sources.FILE).is_file():
            found[folder.name.replace("_", "-")] = folder
    return found


def brought(foundation: Path) -> dict[str, Path]:
    """Folders of the programs that a foundation's directory changes or adds, by slug."""
    root = foundation / "programs"
    folders = sorted(root.iterdir()) if root.is_dir() else []
    return {folder.name.replace("_", "-"): folder for folder in folders if (folder / sources.FILE).is_file()}


def library(foundation: Path | None = None, *, world: lint.World | None = None) -> dict[str, Program]:
    """All programs by slug: built-in ones with the foundation's changes, and those that only it has.

    Raises ``UserError`` with every fault of every program.
    """
    ours, theirs = built_in(), brought(foundation) if foundation is not None else {}
    programs: dict[str, Program] = {}
    problems: list[UserError] = []
    for slug in sorted({*ours, *theirs}):
        base, change = ours.get(slug), theirs.get(slug)
        if base is None:
            base, change = change, None
        if base is None:
            continue
        program, errors, _warnings = examine(base, overrides=change, world=world, roots=_roots(foundation))
        problems += errors
        if program is not None and not errors:
            if program.program != slug:
                folder = change or base
                what = gettext("the program calls itself “%(name)s” but its folder is “%(folder)s”")
                problems.append(UserError(what % {"name": program.program, "folder": folder.name}, where=str(folder)))
            programs[slug] = program
    raise_all(problems)
    return programs


def _roots(foundation: Path | None) -> tuple[Path, ...]:
    return (discovery.ROOT / "programs", *((foundation / "programs",) if foundation is not None else ()))


def find(name: str, foundation: Path | None = None) -> Program:
    """One program by slug. Raises ``NotFound`` naming those there are."""
    ours, theirs = built_in(), brought(foundation) if foundation is not None else {}
    folder = ours.get(name) or theirs.get(name)
    if folder is None:
        known = ", ".join(sorted({*ours, *theirs})) or gettext("none")
        raise NotFound(
            gettext("there is no program “%(name)s”") % {"name": name},
            mend=gettext("known: %(names)s") % {"names": known},
        )
    return load(folder, overrides=theirs.get(name) if name in ours else None, roots=_roots(foundation))


# --- files ------------------------------------------------------------------------------------------------------


def _paths(overrides: Overrides) -> tuple[Path, ...]:
    if overrides is None:
        return ()
    return (Path(overrides),) if isinstance(overrides, (str, Path)) else tuple(Path(item) for item in overrides)


def _sorted(problems: list[UserError]) -> list[UserError]:
    def key(problem: UserError) -> tuple[str, int]:
        name, _colon, line = problem.where.rpartition(":")
        return (name, int(line)) if line.isdigit() else (problem.where, 0)

    return sorted(problems, key=key)


def _files(source: Source) -> tuple[tuple[File, ...], list[UserError]]:
    """The texts of all files that the data names, each checked by its kind."""
    texts: dict[str, str] = {}
    problems: list[UserError] = []
    for path, kind in _references(source.data):
        name = _at(source.data, path)
        if not isinstance(name, str) or not name:
            continue
        file = source.find(name)
        if file is None:
            mend = gettext("write it beside program.yaml, or correct the name")
            problems.append(source.error(gettext("the file “%(name)s” is not there") % {"name": name}, path, mend))
            continue
        try:
            texts[name] = file.read_text(encoding="utf-8").replace("\r\n", "\n")
            problems += _examine_file(kind, texts[name], file)
        except UnicodeDecodeError:
            problems.append(
                UserError(gettext("the file is not UTF-8"), where=str(file), mend=gettext("save it as UTF-8"))
            )
        except UserError as error:
            problems += error.problems or (error,)
    return tuple(File(path=name, text=texts[name]) for name in sorted(texts)), problems


def _references(data: dict[str, Any]) -> list[tuple[Place, str]]:
    found: list[tuple[Place, str]] = [(("intake", "form"), "form")]
    review = data.get("review")
    if isinstance(review, dict):
        found.append((("review", "rubric"), "rubric"))
    elif isinstance(review, list):
        found += [(("review", n, "rubric"), "rubric") for n in range(len(review))]
    letters = data.get("letters")
    if isinstance(letters, dict):
        found += [(("letters", name, "file"), "letter") for name in letters]
    return found


def _at(data: Any, path: Place) -> Any:
    for key in path:
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return None
    return data


def _examine_file(kind: str, text: str, file: Path) -> list[UserError]:
    if kind == "form":
        read_form(text, str(file))
        return []
    if kind == "letter":
        _template, faults = read_template(text)
        return [UserError(fault.what, where=f"{file}:{fault.line}", mend=fault.mend) for fault in faults]
    doc = yamlfile.load(text, name=str(file))
    reader = Reader()
    reader.record(Rubric, doc.data, ())
    return [doc.error(fault.what, *fault.path, mend=fault.mend) for fault in reader.faults]
