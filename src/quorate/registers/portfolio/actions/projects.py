"""Writes about projects themselves."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.actions.naming import slug_for
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.portfolio.models import Project
from quorate.registers.portfolio.queries import facts_of
from quorate.registers.portfolio.rules import ProjectFacts, changes_between, check_project, facts_json


@action("project.edit", kinds=("project.added",))
def add_project(*, actor: Actor, facts: ProjectFacts, slug: str = "") -> Project:
    """Add a project, without a status. Appends ``project.added``; ``Conflict`` when the slug is taken."""
    return create(actor, facts, slug, authorise(actor, "project.edit"))


@action("project.edit", kinds=("project.changed",))
def change_project(*, actor: Actor, project: Project, facts: ProjectFacts) -> Project:
    """Make the record say this. Appends ``project.changed`` with what differed; nothing when nothing did."""
    return update(actor, project, facts, authorise(actor, "project.edit", project))


@action("project.edit", kinds=("project.removed",))
def remove_project(*, actor: Actor, project: Project) -> None:
    """Remove a project that nothing refers to and no case decided on, with all that is kept of it.

    Appends ``project.removed``. ``Conflict`` otherwise: retire the project instead, its record stays.
    """
    authority = authorise(actor, "project.edit", project)
    if project.statuses.filter(decided_by__startswith="case").exists():
        raise Conflict(
            gettext("a case decided on %s") % project.name,
            where=project.slug,
            mend=gettext("retire it; its record stays"),
        )
    ref = Ref("project", str(project.id))
    data = {"slug": project.slug, "name": project.name}
    try:
        with transaction.atomic():
            project.delete()
    except ProtectedError as error:
        raise Conflict(
            gettext("%(name)s is still referred to by %(count)d records")
            % {"name": data["name"], "count": len(error.protected_objects)},
            where=data["slug"],
        ) from error
    append("project.removed", actor=actor, refs=[ref], data=data, authority=authority)


def create(actor: Actor, facts: ProjectFacts, slug: str, authority: list[str]) -> Project:
    """Add a project on an authority that was established before."""
    check_project(facts)
    row = Project(slug=slug_for(Project, facts.name, slug))
    _write(row, facts)
    row.save(force_insert=True)
    append(
        "project.added",
        actor=actor,
        refs=[Ref("project", str(row.id))],
        data={"slug": row.slug, "facts": facts_json(facts)},
        authority=authority,
    )
    return row


def update(actor: Actor, project: Project, facts: ProjectFacts, authority: list[str]) -> Project:
    """Change a project on an authority that was established before."""
    check_project(facts)
    changes = changes_between(facts_of(project), facts)
    if not changes:
        return project
    _write(project, facts)
    project.save()
    append(
        "project.changed",
        actor=actor,
        refs=[Ref("project", str(project.id))],
        data={"fields": sorted(changes), "changes": changes},
        authority=authority,
    )
    return project


def _write(row: Project, facts: ProjectFacts) -> None:
    row.name = facts.name.strip()
    row.summary = facts.summary.strip()
    row.homepage = facts.homepage
    row.licence = facts.licence
    row.category = facts.category
    row.aliases = list(facts.aliases)
    row.organisation_id = facts.organisation
    row.synthetic = facts.synthetic
