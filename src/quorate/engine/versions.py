"""From a stored version to the program it says, read once in each process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from uuid import UUID

from quorate.engine.definition import Program as Definition
from quorate.engine.definition.codec import Reader
from quorate.engine.definition.program import FORMAT
from quorate.engine.models import Case, Program, ProgramVersion
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext


class Tampered(RuntimeError):
    """A stored version is no longer what its digest says. Never a user's error."""


def definition(version: UUID) -> Definition:
    """The program as the version says. One query the first time, none afterwards: versions never change."""
    return _load(version)


def definition_of(case: Case) -> Definition:
    """The program under which a case was opened."""
    return _load(case.version_id)


def definitions(versions: Iterable[UUID]) -> Mapping[UUID, Definition]:
    """Several at once."""
    return {version: _load(version) for version in set(versions)}


@lru_cache(maxsize=1024)
def _load(version: UUID) -> Definition:
    row = ProgramVersion.objects.only("spec", "digest").get(pk=version)
    return parse(row.spec, row.digest)


def parse(spec: Mapping[str, object], digest: str) -> Definition:
    """A definition from its canonical form. Raises :class:`Tampered` when it is not what the digest says."""
    found = hashlib.sha256(canonical(spec)).hexdigest()
    if found != digest:
        raise Tampered(f"a program version has the digest {found}, not {digest}")
    if spec.get("format") != FORMAT:
        raise Tampered(f"a program version has the format {spec.get('format')}, this is {FORMAT}")
    reader = Reader()
    program = reader.record(Definition, spec["program"], ())
    if reader.faults or not isinstance(program, Definition):
        raise Tampered(f"a program version cannot be read: {reader.faults[:3]}")
    return program


def canonical(spec: Mapping[str, object]) -> bytes:
    """The bytes that a version's digest is taken of."""
    return json.dumps(spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def program_named(slug: str) -> Program:
    """The program, or ``NotFound`` naming those there are."""
    found = Program.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Program.objects.values_list("slug", flat=True))
        mend = gettext("known programs: %(names)s") % {"names": known} if known else ""
        raise NotFound(gettext("there is no program “%(slug)s”") % {"slug": slug}, where="program", mend=mend)
    return found


def current(program: Program) -> Definition:
    """What a program says now; ``NotFound`` when nothing was published yet."""
    if program.current_id is None:
        raise NotFound(gettext("%(program)s is not published yet") % {"program": program.name}, where="program")
    return _load(program.current_id)
