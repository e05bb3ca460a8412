"""Writes about who maintains a project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.portfolio.models import Maintainer, Project
from quorate.toolkit.foundation import day


@action("project.edit", kinds=("maintainer.added",))
def add_maintainer(
    *,
    actor: Actor,
    project: Project,
    person: Person | None = None,
    handle: str = "",
    start: datetime | None = None,
    until: datetime | None = None,
) -> Maintainer:
    """Note that somebody maintains a project, since ``start`` (None: not known). Appends ``maintainer.added``.

    Returns the running record when there is one already.
    """
    authority = authorise(actor, "project.edit", project)
    return enlist(actor, project, person, handle, start, until, authority)


@action("project.edit", kinds=("maintainer.ended",))
def end_maintainer(*, actor: Actor, maintainer: Maintainer, until: datetime | None = None) -> Maintainer:
    """End somebody's maintaining (default: now). Appends ``maintainer.ended``; nothing when it ended before."""
    authority = authorise(actor, "project.edit", maintainer.project)
    if maintainer.until is None:
        finish(actor, maintainer, until or clock.now(), authority)
    return maintainer


def enlist(
    actor: Actor,
    project: Project,
    person: Person | None,
    handle: str,
    start: datetime | None,
    until: datetime | None,
    authority: list[str],
) -> Maintainer:
    """Add a maintainer on an authority that was established before."""
    handle = handle.strip().lstrip("@") if person is None else ""
    if person is None and not handle:
        raise UserError(gettext("nobody is named"), where="handle", mend=gettext("choose a person, or write a handle"))
    same = project.maintainers.filter(person=person) if person else project.maintainers.filter(handle__iexact=handle)
    present = same.filter(until=None).first()
    if present is not None and until is None:
        return present
    if start and until and until <= start:
        raise UserError(gettext("the time ends before it begins"), where="until", mend=gettext("give a later end"))
    row = Maintainer.objects.create(project=project, person=person, handle=handle, start=start, until=until)
    append(
        "maintainer.added",
        actor=actor,
        refs=_refs(row),
        data={"from": day(start)},
        private={"who": handle},
        authority=authority,
    )
    return row


def finish(actor: Actor, row: Maintainer, until: datetime, authority: list[str]) -> None:
    """End a maintainer's time on an authority that was established before."""
    if row.start is not None and until <= row.start:
        raise Conflict(gettext("the time would end before it began"), where="until")
    row.until = until
    row.save(update_fields=["until"])
    append(
        "maintainer.ended",
        actor=actor,
        refs=_refs(row),
        data={"until": day(until)},
        private={"who": row.handle},
        authority=authority,
    )


def agree(actor: Actor, project: Project, people: Sequence[Person], at: datetime, authority: list[str]) -> None:
    """Make the running maintainers these people; those of a handle only stay."""
    wanted = {person.pk: person for person in people}
    for row in project.maintainers.filter(until=None, person__isnull=False):
        if row.person_id not in wanted:
            finish(actor, row, at, authority)
        else:
            wanted.pop(row.person_id, None)
    for person in wanted.values():
        enlist(actor, project, person, "", None, None, authority)


def _refs(row: Maintainer) -> list[Ref]:
    refs = [Ref("project", str(row.project_id))]
    return [*refs, Ref("person", str(row.person_id), "who")] if row.person_id else refs
