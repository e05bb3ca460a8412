"""Reads of the portfolio: what a project was on a day, what is known of it, what the landscape shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from quorate.directory.models import ExternalId, Organisation, OrganisationAlias
from quorate.directory.queries import in_force
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.kernel.ids import is_uuid
from quorate.ledger.refs import Ref
from quorate.registers.portfolio import repository_urls
from quorate.registers.portfolio.landscape.checks import read
from quorate.registers.portfolio.landscape.comparison import compare
from quorate.registers.portfolio.landscape.dialects import convert
from quorate.registers.portfolio.landscape.document import Dialect, ItemPath
from quorate.registers.portfolio.models import (
    Attestation,
    Landscape,
    LandscapeItem,
    Maintainer,
    Member,
    Project,
    ProjectStatus,
    Repository,
    Scan,
)
from quorate.registers.portfolio.rules import (
    LEFT,
    UNLISTED,
    Names,
    ProjectFacts,
    StatusPeriod,
    organisation_keys,
    project_keys,
)


def project_by(key: str) -> Project:
    """The project with a slug or an id. NotFound when there is none."""
    match = Q(pk=key) if is_uuid(key) else Q(slug=key)
    found = Project.objects.filter(match).select_related("organisation").first()
    if found is None:
        raise NotFound(gettext("there is no project “%s”") % key, where="project")
    return found


def status_of(project: UUID, at: datetime | None = None) -> ProjectStatus | None:
    """What a project was at an instant (default: now), or None. One query."""
    return ProjectStatus.objects.filter(in_force(at or clock.now()), project_id=project).first()


def statuses_of(project: Project) -> list[StatusPeriod]:
    """All dated statuses of a project, the oldest first."""
    rows = project.statuses.all()
    return [StatusPeriod(row.status, row.start, row.until, row.decided_by, row.synthetic) for row in rows]


def statuses_at(projects: Collection[UUID] | None = None, at: datetime | None = None) -> dict[UUID, ProjectStatus]:
    """What each project (default: every) was at an instant. One query."""
    rows = ProjectStatus.objects.filter(in_force(at or clock.now()))
    if projects is not None:
        rows = rows.filter(project_id__in=projects)
    return {row.project_id: row for row in rows}


def projects_at(at: datetime | None = None) -> QuerySet[Any]:
    """All projects with ``status`` and ``since`` of an instant (None where there was none)."""
    current = ProjectStatus.objects.filter(in_force(at or clock.now()), project_id=OuterRef("pk"))
    rows: QuerySet[Any] = Project.objects.annotate(
        status=Subquery(current.values("status")[:1]), since=Subquery(current.values("start")[:1])
    )
    return rows


def projects_listed(at: datetime | None = None) -> QuerySet[Any]:
    """All projects as a list page shows them: with ``status``, ``since``, and ``read_at`` of the newest reading."""
    read = Scan.objects.filter(repository__project_id=OuterRef("pk"), error="").order_by("-scanned_at")
    rows = projects_at(at).select_related("organisation")
    listed: QuerySet[Any] = rows.annotate(read_at=Subquery(read.values("as_of")[:1]))
    return listed


def status_names() -> list[str]:
    """The statuses that occur, in alphabetical order."""
    return sorted(ProjectStatus.objects.order_by().values_list("status", flat=True).distinct())


def status_counts(at: datetime | None = None) -> dict[str, int]:
    """How many projects have each status at an instant. One query."""
    rows = ProjectStatus.objects.filter(in_force(at or clock.now())).order_by().values("status")
    return dict(rows.annotate(n=Count("id")).values_list("status", "n"))


def newest_projects(*, limit: int) -> list[ProjectStatus]:
    """The running statuses that began last, without those of applicants and of projects that left."""
    rows = ProjectStatus.objects.filter(in_force(clock.now()), start__isnull=False)
    rows = rows.exclude(status__in=[*UNLISTED, *LEFT]).select_related("project").order_by("-start", "project__name")
    return list(rows[:limit])


def facts_of(project: Project) -> ProjectFacts:
    """What is kept of the project itself."""
    return ProjectFacts(
        project.name,
        project.summary,
        project.homepage,
        project.licence,
        project.category,
        tuple(project.aliases),
        project.organisation_id,
        project.synthetic,
    )


def maintainers_at(project: UUID, at: datetime | None = None) -> QuerySet[Maintainer]:
    """Who maintained a project at an instant, with their person records."""
    rows = Maintainer.objects.filter(in_force(at or clock.now()), project_id=project)
    return rows.select_related("person").order_by(F("start").asc(nulls_first=True), "id")


def maintained_by(person: UUID, at: datetime | None = None) -> QuerySet[Project]:
    """The projects that a person maintained at an instant."""
    rows = Maintainer.objects.filter(in_force(at or clock.now()), person_id=person)
    return Project.objects.filter(pk__in=rows.values("project_id"))


def repository_by(address: str) -> Repository:
    """The repository with an address, however it is spelt. NotFound when no project has it."""
    url = repository_urls.parse(address).url or address.strip().rstrip("/").lower()
    found = Repository.objects.filter(url=url).select_related("project").first()
    if found is None:
        raise NotFound(
            gettext("no project has the repository %s") % address, where="url", mend=gettext("add it to its project")
        )
    return found


def primary_repository(project: UUID) -> Repository | None:
    """The repository that checks read: the primary one, or the only one."""
    rows = list(Repository.objects.filter(project_id=project).order_by("-primary", "created_at")[:2])
    if len(rows) == 1 or (rows and rows[0].primary):
        return rows[0]
    return None


def newest_scan(repository: UUID) -> Scan | None:
    """The newest good reading of a repository, with its cache."""
    return Scan.objects.filter(repository_id=repository, error="").order_by("-scanned_at").first()


def newest_scans(repositories: Iterable[UUID], at: datetime | None = None) -> dict[UUID, Scan]:
    """The newest good reading of each repository up to an instant, without caches. One query."""
    newest = Scan.objects.filter(repository_id=OuterRef("repository_id"), error="").order_by("-scanned_at")
    if at is not None:
        newest = newest.filter(scanned_at__lte=at)
    rows = Scan.objects.filter(repository_id__in=list(repositories), pk=Subquery(newest.values("pk")[:1]))
    return {row.repository_id: row for row in rows.defer("cache")}


def attestations_of(project: UUID, at: datetime | None = None) -> dict[str, Attestation]:
    """The statement that stands for each criterion at an instant: the newest, neither expired nor withdrawn."""
    moment = at or clock.now()
    rows = (
        Attestation.objects.filter(project_id=project, as_of__lte=moment)
        .filter(Q(expires=None) | Q(expires__gt=moment))
        .filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=moment))
        .order_by("as_of", "recorded_at")
    )
    return {row.criterion: row for row in rows}


def members_at(at: datetime | None = None) -> QuerySet[Member]:
    """The members of the foundation at an instant."""
    return Member.objects.filter(in_force(at or clock.now())).select_related("organisation")


def landscape() -> Landscape | None:
    """The landscape, or None before the first import."""
    return Landscape.objects.first()


def landscape_stamp() -> str:
    """The version of the landscape, in a word; blank before the first import. One query, without the file."""
    found = Landscape.objects.values_list("digest", "changed_at").first()
    return f"{found[0]}:{found[1].isoformat()}" if found else ""


def landscape_bytes(dialect: Dialect | None = None) -> bytes:
    """The landscape file: the very bytes that are kept, or converted. NotFound before the first import."""
    row = landscape()
    if row is None:
        raise NotFound(
            gettext("there is no landscape yet"), where="landscape", mend=gettext("import a landscape file first")
        )
    data = bytes(row.source)
    return data if dialect is None or dialect == row.dialect else convert(read(data, row.name), dialect).to_bytes()


def preview(data: bytes, name: str) -> dict[str, Any]:
    """What an import of a file would come to: ``items``, ``warnings`` and ``differences`` from the landscape.

    Nothing is written. ``UserError`` names line and mend of a malformed file.
    """
    new = read(data, name)
    row = landscape()
    old = read(bytes(row.source), row.name) if row else read(b"categories: []")
    differences = [
        {"change": each.change, "item": str(each.path), "fields": sorted(each.fields)} for each in compare(old, new)
    ]
    return {
        "items": len(new.items),
        "warnings": [asdict(warning) for warning in new.warnings],
        "differences": differences,
    }


def landscape_items() -> QuerySet[LandscapeItem]:
    """The items with their project and organisation, in the order of the file."""
    return LandscapeItem.objects.select_related("project", "organisation").order_by("position")


def item_by(key: str) -> LandscapeItem:
    """The item with an id. NotFound when there is none."""
    found = landscape_items().filter(pk=key).first() if is_uuid(key) else None
    if found is None:
        raise NotFound(gettext("there is no such item on the landscape"), where="item")
    return found


def path_of(row: LandscapeItem) -> ItemPath:
    """Where a row's item stands in the file."""
    return ItemPath(row.category, row.subcategory, row.name)


def place_of(row: LandscapeItem) -> str:
    """Where a row's item stands, in words."""
    return f"{row.category} / {row.subcategory}"


def version_of(row: LandscapeItem) -> str:
    """A digest of what an item says and where it stands; a form carries it to notice an edit in between."""
    said = json.dumps([row.category, row.subcategory, row.fields], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def refs_of(row: LandscapeItem) -> list[Ref]:
    """What an entry about an item refers to."""
    refs = [Ref("landscape", "1")]
    if row.project_id:
        refs.append(Ref("project", str(row.project_id)))
    if row.organisation_id:
        refs.append(Ref("organisation", str(row.organisation_id)))
    return refs


def places() -> list[tuple[str, str]]:
    """(category, subcategory) of every place on the landscape, in the order of the file."""
    rows = LandscapeItem.objects.order_by("position").values_list("category", "subcategory")
    return list(dict.fromkeys(rows))


def known_projects() -> Names:
    """Every project by what it can be found by. Two queries."""
    urls: dict[UUID, list[str]] = {}
    for project, url in Repository.objects.values_list("project_id", "url"):
        urls.setdefault(project, []).append(url)
    names = Names()
    for pk, slug, name, aliases in Project.objects.values_list("pk", "slug", "name", "aliases"):
        names.add(pk, project_keys(name, slug=slug, aliases=aliases, urls=urls.get(pk, ())))
    return names


def known_organisations() -> Names:
    """Every living organisation by what it can be found by; merged ones lead to the one kept. Three queries."""
    aliases: dict[UUID, list[str]] = {}
    for owner, alias in OrganisationAlias.objects.values_list("organisation_id", "name"):
        aliases.setdefault(owner, []).append(alias)
    outside: dict[UUID, list[tuple[str, str]]] = {}
    for owner_or_none, scheme, value in ExternalId.objects.exclude(organisation=None).values_list(
        "organisation_id", "scheme", "value"
    ):
        if owner_or_none is not None:
            outside.setdefault(owner_or_none, []).append((scheme, value))
    names = Names()
    for row in Organisation.objects.all():
        keys = organisation_keys(
            row.name, aliases=aliases.get(row.pk, ()), homepage=row.homepage, ids=outside.get(row.pk, ())
        )
        names.add(row.merged_into_id or row.pk, keys)
    return names
