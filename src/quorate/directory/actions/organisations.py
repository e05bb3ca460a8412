"""Writes about organisations."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.actions.lists import agree
from quorate.directory.actions.naming import slug_for
from quorate.directory.models import Control, ExternalId, Organisation, OrganisationAlias
from quorate.directory.queries import facts_of_organisation
from quorate.directory.rules import (
    Name,
    OrganisationFacts,
    Parent,
    as_json,
    check_organisation,
    differences,
    would_circle,
)
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


@action("organisation.edit", kinds=("organisation.added",))
def add_organisation(*, actor: Actor, facts: OrganisationFacts, slug: str = "") -> Organisation:
    """Add an organisation. Appends ``organisation.added``; ``Conflict`` when the slug or an id is taken."""
    authority = authorise(actor, "organisation.edit")
    check_organisation(facts)
    row = Organisation.objects.create(
        slug=slug_for(Organisation, facts.name, slug),
        name=facts.name.strip(),
        homepage=facts.homepage,
        country=facts.country,
        synthetic=facts.synthetic,
    )
    _write_lists(row, facts)
    append(
        "organisation.added",
        actor=actor,
        refs=[Ref("organisation", str(row.id))],
        data={"slug": row.slug, "facts": as_json(facts)},
        authority=authority,
    )
    return row


@action("organisation.edit", kinds=("organisation.changed",))
def change_organisation(*, actor: Actor, organisation: Organisation, facts: OrganisationFacts) -> Organisation:
    """Make the record say this. Appends ``organisation.changed`` with what differed; nothing when nothing did."""
    authority = authorise(actor, "organisation.edit", organisation)
    if organisation.merged_into_id is not None:
        raise Conflict(
            gettext("this record was merged into another"), mend=gettext("change that one, or separate them")
        )
    check_organisation(facts)
    changes = differences(facts_of_organisation(organisation), facts)
    if not changes:
        return organisation
    organisation.name = facts.name.strip()
    organisation.homepage = facts.homepage
    organisation.country = facts.country
    organisation.synthetic = facts.synthetic
    organisation.save(update_fields=["name", "homepage", "country", "synthetic"])
    if changes.keys() & {"aliases", "external_ids", "controlled_by"}:
        _write_lists(organisation, facts)
    append(
        "organisation.changed",
        actor=actor,
        refs=[Ref("organisation", str(organisation.id))],
        data={"fields": sorted(changes), "changes": changes},
        authority=authority,
    )
    return organisation


@action("organisation.edit", kinds=("organisation.removed",))
def remove_organisation(*, actor: Actor, organisation: Organisation) -> None:
    """Remove an organisation that nothing refers to. ``Conflict`` names what does."""
    authority = authorise(actor, "organisation.edit", organisation)
    ref = Ref("organisation", str(organisation.id))
    data = {"slug": organisation.slug, "name": organisation.name}
    try:
        with transaction.atomic():
            organisation.delete()
    except ProtectedError as error:
        raise Conflict(
            gettext("%(name)s is still referred to by %(count)d records")
            % {"name": data["name"], "count": len(error.protected_objects)},
            where=data["slug"],
            mend=gettext("end or move those first, or merge the organisation into another"),
        ) from error
    append("organisation.removed", actor=actor, refs=[ref], data=data, authority=authority)


def _write_lists(row: Organisation, facts: OrganisationFacts) -> None:
    _check_control(row, facts)
    try:
        with transaction.atomic():
            agree(
                row.aliases.all(),
                facts.aliases,
                lambda found: Name(found.name, found.start, found.until),
                lambda item: OrganisationAlias(organisation=row, name=item.name, start=item.start, until=item.until),
            )
            agree(
                row.external_ids.all(),
                facts.external_ids,
                lambda found: (found.scheme, found.value),
                lambda item: ExternalId(organisation=row, scheme=item[0], value=item[1]),
            )
            agree(
                row.controlled_by.all(),
                facts.controlled_by,
                lambda found: Parent(found.parent_id, found.start, found.until, found.source),
                lambda item: Control(
                    parent_id=item.organisation,
                    child=row,
                    start=item.start,
                    until=item.until,
                    source=item.source,
                ),
            )
    except IntegrityError as error:
        raise Conflict(
            gettext("an identifier or a name of %s stands twice, here or at another organisation") % facts.name,
            where="external_ids",
            mend=gettext("remove the repetition, or merge the two records"),
        ) from error


def _check_control(row: Organisation, facts: OrganisationFacts) -> None:
    if not facts.controlled_by:
        return
    links: dict[UUID, list[UUID]] = {}
    for parent, child in Control.objects.filter(until=None).values_list("parent_id", "child_id"):
        links.setdefault(child, []).append(parent)
    parents = [link.organisation for link in facts.controlled_by if link.until is None]
    if would_circle(row.id, parents, links):
        raise Conflict(
            gettext("%s would come to control itself") % facts.name,
            where="controlled_by",
            mend=gettext("end the older control first"),
        )
