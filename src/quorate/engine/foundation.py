"""The programs a foundation runs, in its directory of files: ``programs/<name>/program.yaml`` and what lies beside it.

A folder says that the foundation runs the program of that name: the built-in one with its changes, or one of its own.
Its version is its content, so an upgrade of a built-in program is a change that the plan shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from quorate.access.actors import Actor
from quorate.engine.actions.programs import close_program, open_program, publish_program
from quorate.engine.definition import Program as Definition
from quorate.engine.definition.loader import built_in, examine, raise_all
from quorate.engine.models import Program
from quorate.engine.world import Foundation
from quorate.kernel import discovery
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit.foundation import Change, Doubt, File, Record, RecordKind, Section, at

FILE = "program.yaml"


def _read(file: File) -> Iterable[Record]:
    folder = Path(file.name).parent
    definition = _definition(folder)
    if definition.program != folder.name.replace("_", "-"):
        raise file.error(
            gettext("the program calls itself “%(name)s” but its folder is “%(folder)s”")
            % {"name": definition.program, "folder": folder.name},
            "program",
            mend=gettext("give both the same name"),
        )
    prefix = f"{file.path.parent}/"
    files = {path.removeprefix(prefix): _sum(text) for path, text in file.siblings.items() if path.startswith(prefix)}
    fields = {"name": definition.name, "digest": definition.digest, "files": dict(sorted(files.items()))}
    yield Record("program", definition.program, fields, file.where())


def warnings(records: Sequence[Record]) -> Iterable[Doubt]:
    """What the lint would rather have settled in the programs of a directory: of their rules, first of all."""
    for record in records:
        if record.kind == "program":
            _program, _errors, found = _examined(Path(record.where.rpartition(":")[0]).parent, None)
            for each in found:
                yield Doubt(each.where or record.where, each.what, each.mend)


def _examined(
    folder: Path, world: Foundation | None
) -> tuple[Definition | None, Sequence[UserError], Sequence[UserError]]:
    """The program of a folder, laid over the built-in one of that name, with its errors and warnings."""
    base = built_in().get(folder.name.replace("_", "-"))
    roots = (discovery.ROOT / "programs", folder.parent)
    overrides = folder if base is not None else None
    return examine(base or folder, overrides=overrides, world=world, roots=roots)


def _definition(folder: Path, world: Foundation | None = None) -> Definition:
    """The program of a folder. Raises every fault with ``file:line``."""
    program, errors, _warnings = _examined(folder, world)
    raise_all(errors)
    if program is None:
        raise UserError(gettext("the program cannot be read"), where=str(folder / FILE))
    return program


def _sum(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _current() -> Iterable[Record]:
    for row in Program.objects.exclude(current=None).filter(closed_at=None).select_related("current"):
        assert row.current is not None  # the query says so
        files = {path: _sum(text) for path, text in sorted(row.current.sources.items())}
        yield Record("program", row.slug, {"name": row.name, "digest": row.current.digest, "files": files})


def _publish(actor: Actor, records: Sequence[Record]) -> None:
    """Publish each against the foundation as it is by now; a program that was closed takes cases again."""
    for record in records:
        folder = Path(record.where.rpartition(":")[0]).parent
        definition = _definition(folder, Foundation())
        sources = {
            str(path.relative_to(folder)): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        with at(record):
            version = publish_program(actor=actor, definition=definition, sources=sources, strict=False)
            open_program(actor=actor, program=version.program)


def _change(actor: Actor, changes: Sequence[Change]) -> None:
    _publish(actor, [change.record for change in changes])


def _close(actor: Actor, records: Sequence[Record], _also: Mapping[str, frozenset[str]]) -> None:
    for record in records:
        with at(record):
            reason = gettext("the foundation's files no longer name it")
            close_program(actor=actor, program=Program.objects.get(slug=record.id), reason=reason)


def _write(records: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    """The files with which each program was published; one that came without any says only that it runs."""
    files: dict[str, str] = {}
    names = [record.id for record in records.get("program", ())]
    for row in Program.objects.filter(slug__in=names).select_related("current"):
        folder = f"programs/{row.slug}"
        sources = row.current.sources if row.current is not None else {}
        for path, text in sources.items():
            files[f"{folder}/{path}"] = text
        files.setdefault(f"{folder}/{FILE}", f"program: {row.slug}\n")
    return files


PROGRAMS = Section(
    name="programs",
    order=80,
    patterns=(f"programs/*/{FILE}",),
    beside=("programs/*/*", "programs/*/*/*"),
    read=_read,
    write=_write,
    kinds=(RecordKind("program", _current, _publish, _change, _close),),
)

SECTIONS = [PROGRAMS]
INSPECTORS = [warnings]
