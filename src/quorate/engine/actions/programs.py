"""Publishing programs."""

from __future__ import annotations

import json
from collections.abc import Mapping

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.engine.definition import Program as Definition
from quorate.engine.definition.lint import lint
from quorate.engine.models import Program, ProgramVersion
from quorate.engine.world import Foundation
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


@action("program.publish", kinds=("program.published",))
def publish_program(
    *, actor: Actor, definition: Definition, sources: Mapping[str, str] | None = None, strict: bool = True
) -> ProgramVersion:
    """Publish a program, or the next version of one. The same content again gives the present version back.

    Open cases stay with the version under which they were opened. ``strict`` runs the lint against the foundation as
    it is: unknown offices, unreachable quorums, missing probes and grants are refused, all at once.
    """
    program = Program.objects.select_for_update().filter(slug=definition.program).first()
    authority = authorise(actor, "program.publish", program)
    present = (
        ProgramVersion.objects.filter(program=program, digest=definition.digest).first()
        if program is not None
        else None
    )
    if program is not None and present is not None and program.current_id == present.pk:
        return present
    if strict:
        _lint(definition)
    if program is None:
        _prefix_is_free(definition)
        program = Program(slug=definition.program, created_at=clock.now())
    elif program.prefix != definition.prefix:
        _prefix_is_free(definition)
    program.name, program.prefix = definition.name, definition.prefix
    program.save()
    last = program.versions.order_by("-number").first()
    version = present or ProgramVersion.objects.create(
        program=program,
        number=last.number + 1 if last is not None else 1,
        digest=definition.digest,
        spec=json.loads(definition.canonical()),
        sources=dict(sources or {}),
        published_at=clock.now(),
        published_by=actor.id,
    )
    program.current = version
    program.save(update_fields=["current"])
    append(
        "program.published",
        actor=actor,
        refs=[Ref("program", str(program.pk))],
        data={"number": version.number, "digest": version.digest},
        authority=authority,
    )
    return version


@action("program.close", kinds=("program.closed",))
def close_program(*, actor: Actor, program: Program, reason: str = "") -> Program:
    """Take no new cases; open ones go on."""
    authority = authorise(actor, "program.close", program)
    if program.closed_at is None:
        program.closed_at = clock.now()
        program.save(update_fields=["closed_at"])
        refs = [Ref("program", str(program.pk))]
        append("program.closed", actor=actor, refs=refs, private={"reason": reason}, authority=authority)
    return program


@action("program.close", kinds=("program.opened",))
def open_program(*, actor: Actor, program: Program) -> Program:
    """Take new cases again."""
    authority = authorise(actor, "program.close", program)
    if program.closed_at is not None:
        program.closed_at = None
        program.save(update_fields=["closed_at"])
        append("program.opened", actor=actor, refs=[Ref("program", str(program.pk))], authority=authority)
    return program


def _prefix_is_free(definition: Definition) -> None:
    other = Program.objects.filter(prefix=definition.prefix).exclude(slug=definition.program).first()
    if other is not None:
        what = gettext("the prefix %(prefix)s belongs to %(program)s")
        raise UserError(what % {"prefix": definition.prefix, "program": other.name}, where="prefix")


def _lint(definition: Definition) -> None:
    errors = [item for item in lint(definition, Foundation()) if item.is_error]
    problems = [UserError(item.what, ".".join(str(part) for part in item.path), item.mend) for item in errors]
    if problems:
        raise UserError(problems[0].what, problems[0].where, problems[0].mend, problems)
