"""Projects over the API: anybody reads those of the foundation, writes need the right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from quorate.access.identity import actor_from
from quorate.directory.queries import organisation_by_key, person_by_key
from quorate.kernel import clock
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.portfolio import actions, queries
from quorate.registers.portfolio.api.schemas import (
    AsOfText,
    AttestationIn,
    AttestationOut,
    EndIn,
    MaintainerIn,
    MaintainerOut,
    MemberOut,
    ProjectChange,
    ProjectDetail,
    ProjectIn,
    ProjectOut,
    RepositoryIn,
    RepositoryOut,
    ScanOut,
    Short,
    StatusIn,
)
from quorate.registers.portfolio.models import Attestation, Maintainer, Member, Repository, Scan
from quorate.registers.portfolio.rules import UNLISTED, ProjectFacts
from quorate.toolkit.asof import parse
from quorate.toolkit.rest import PUBLIC, Page, Paging, page, precondition

router = Router(tags=["Projects"])


@router.get("/projects", response=Page[ProjectOut], auth=PUBLIC)
def list_projects(
    request: HttpRequest, paging: Query[Paging], q: Short = "", status: Short = "", as_of: AsOfText = ""
) -> dict[str, Any]:
    """List projects with what they are, or were as of a day. Visitors see those of the foundation."""
    rows = queries.projects_at(parse(as_of) if as_of else None).select_related("organisation")
    if not actor_from(request).known:
        rows = rows.exclude(status=None).exclude(status__in=UNLISTED)
    if status:
        rows = rows.filter(status=status)
    if q:
        rows = rows.filter(name__icontains=q)
    return page(rows, paging, order=("name", "id"), show=_project)


@router.get("/projects/{slug:slug}", response=ProjectDetail, auth=PUBLIC)
def get_project(request: HttpRequest, slug: str, as_of: AsOfText = "") -> dict[str, Any]:
    """Show one project, by slug or id."""
    found = _readable(request, slug, as_of)
    detail = _detail(found, as_of)
    precondition(request, as_of, repr(detail))
    return detail


@router.post("/projects", response={201: ProjectDetail})
def add_project(request: HttpRequest, body: ProjectIn) -> Status[dict[str, Any]]:
    """Add a project, without a status."""
    facts = ProjectFacts(
        body.name,
        body.summary,
        body.homepage,
        body.licence,
        body.category,
        tuple(body.aliases),
        organisation_by_key(body.organisation).pk if body.organisation else None,
    )
    made = actions.add_project(actor=actor_from(request), facts=facts, slug=body.slug or "")
    return Status(201, _detail(_annotated(made.slug), ""))


@router.patch("/projects/{slug:slug}", response=ProjectDetail)
def change_project(request: HttpRequest, slug: str, body: ProjectChange) -> dict[str, Any]:
    """Change what is kept of a project itself."""
    found = _annotated(slug)
    precondition(request, "", repr(_detail(found, "")))
    said = body.model_dump(exclude_unset=True, exclude_none=True)
    if "aliases" in said:
        said["aliases"] = tuple(said["aliases"])
    if "organisation" in said:
        said["organisation"] = organisation_by_key(said["organisation"]).pk if said["organisation"] else None
    facts = replace(queries.facts_of(found), **said)
    actions.change_project(actor=actor_from(request), project=found, facts=facts)
    return _detail(_annotated(found.slug), "")


@router.post("/projects/{slug:slug}/status", response=ProjectDetail)
def set_status(request: HttpRequest, slug: str, body: StatusIn) -> dict[str, Any]:
    """Say what a project is to the foundation, by a decision that was not made in a program here."""
    found = queries.project_by(slug)
    actions.set_status(
        actor=actor_from(request),
        project=found,
        status=body.status,
        at=body.at,
        decided_by=body.decided_by,
        category=body.category,
    )
    return _detail(_annotated(found.slug), "")


@router.post("/projects/{slug:slug}/repositories", response={201: RepositoryOut})
def add_repository(request: HttpRequest, slug: str, body: RepositoryIn) -> Status[dict[str, Any]]:
    """Add a repository to a project."""
    found = queries.project_by(slug)
    row = actions.register_repository(actor=actor_from(request), project=found, url=body.url, primary=body.primary)
    return Status(201, _repository(row))


@router.delete("/repositories/{uuid:repository}", response={204: None})
def remove_repository(request: HttpRequest, repository: UUID) -> Status[None]:
    """Take a repository off its project, with what was read from it."""
    row = Repository.objects.filter(pk=repository).select_related("project").first()
    if row is None:
        raise NotFound(gettext("there is no such repository"))
    actions.remove_repository(actor=actor_from(request), repository=row)
    return Status(204, None)


@router.post("/projects/{slug:slug}/maintainers", response={201: MaintainerOut})
def add_maintainer(request: HttpRequest, slug: str, body: MaintainerIn) -> Status[dict[str, Any]]:
    """Note that somebody maintains a project."""
    found = queries.project_by(slug)
    row = actions.add_maintainer(
        actor=actor_from(request),
        project=found,
        person=person_by_key(body.person) if body.person else None,
        handle=body.handle,
        start=body.start,
    )
    return Status(201, _maintainer(row))


@router.post("/maintainers/{uuid:maintainer}/end", response=MaintainerOut)
def end_maintainer(request: HttpRequest, maintainer: UUID, body: EndIn) -> dict[str, Any]:
    """End somebody's maintaining."""
    row = Maintainer.objects.filter(pk=maintainer).select_related("project", "person").first()
    if row is None:
        raise NotFound(gettext("there is no such maintainer"))
    return _maintainer(
        actions.end_maintainer(actor=actor_from(request), maintainer=row, until=body.until or clock.now())
    )


@router.get("/projects/{slug:slug}/scans", response=Page[ScanOut], auth=PUBLIC)
def list_scans(request: HttpRequest, slug: str, paging: Query[Paging]) -> dict[str, Any]:
    """List what readings of a project's repositories said, the newest first."""
    found = _readable(request, slug, "")
    rows = Scan.objects.filter(repository__project=found).select_related("repository").defer("cache")
    if not actor_from(request).known:
        rows = rows.filter(error="")
    return page(rows, paging, order=("-scanned_at", "-id"), show=_scan)


@router.post("/projects/{slug:slug}/scan", response=ScanOut)
def scan_project(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Read the primary repository from its local clone now."""
    found = queries.project_by(slug)
    repository = queries.primary_repository(found.pk)
    if repository is None:
        raise UserError(gettext("no repository is the primary one"), mend=gettext("mark one of them as primary"))
    row, _reading = actions.scan_repository(actor=actor_from(request), repository=repository)
    return _scan(row)


@router.get("/projects/{slug:slug}/attestations", response=Page[AttestationOut], auth=PUBLIC)
def list_attestations(request: HttpRequest, slug: str, paging: Query[Paging]) -> dict[str, Any]:
    """List what was vouched for about a project, the newest first, what was withdrawn or expired included."""
    found = _readable(request, slug, "")
    return page(Attestation.objects.filter(project=found), paging, order=("-recorded_at", "-id"))


@router.post("/projects/{slug:slug}/attestations", response={201: AttestationOut})
def attest(request: HttpRequest, slug: str, body: AttestationIn) -> Status[Attestation]:
    """Vouch for what cannot be measured here."""
    found = queries.project_by(slug)
    row = actions.attest(
        actor=actor_from(request),
        project=found,
        criterion=body.criterion,
        value=body.value,
        evidence_url=body.evidence_url,
        as_of=body.as_of,
        expires=body.expires,
    )
    return Status(201, row)


@router.post("/attestations/{uuid:attestation}/withdraw", response=AttestationOut)
def withdraw_attestation(request: HttpRequest, attestation: UUID) -> Attestation:
    """Take a statement back."""
    row = Attestation.objects.filter(pk=attestation).select_related("project").first()
    if row is None:
        raise NotFound(gettext("there is no such statement"))
    return actions.withdraw_attestation(actor=actor_from(request), attestation=row)


@router.get("/members", response=Page[MemberOut], auth=PUBLIC)
def list_members(request: HttpRequest, paging: Query[Paging], tier: Short = "", as_of: AsOfText = "") -> dict[str, Any]:
    """List the members of the foundation, as of a day."""
    rows = queries.members_at(parse(as_of) if as_of else None)
    if tier:
        rows = rows.filter(tier=tier)
    return page(rows, paging, order=("tier", "id"), show=_member)


def _annotated(slug: str) -> Any:
    found = queries.project_by(slug)
    return queries.projects_at().select_related("organisation").get(pk=found.pk)


def _readable(request: HttpRequest, slug: str, as_of: str) -> Any:
    """A project that the reader may know of: visitors only those that ever had a public standing."""
    found = queries.project_by(slug)
    known = actor_from(request).known
    if not known and not found.statuses.exclude(status__in=UNLISTED).exists():
        raise NotFound(gettext("there is no project “%s”") % slug, where="project")
    at = parse(as_of) if as_of else None
    row = queries.projects_at(at).select_related("organisation").get(pk=found.pk)
    row.everybody = known
    return row


def _project(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "slug": row.slug,
        "name": row.name,
        "summary": row.summary,
        "homepage": row.homepage,
        "licence": row.licence,
        "category": row.category,
        "organisation": row.organisation.slug if row.organisation else None,
        "status": row.status,
        "since": row.since,
    }


def _detail(row: Any, as_of: str) -> dict[str, Any]:
    people = queries.maintainers_at(row.pk, parse(as_of) if as_of else None)
    everybody = getattr(row, "everybody", True)
    return {
        **_project(row),
        "aliases": list(row.aliases),
        "synthetic": row.synthetic,
        "statuses": [
            {
                "status": each.status,
                "start": each.start,
                "until": each.until,
                "decided_by": each.decided_by,
                "synthetic": each.synthetic,
            }
            for each in row.statuses.all()
        ],
        "repositories": [_repository(each) for each in row.repositories.all()],
        "maintainers": [_maintainer(each) for each in people if everybody or _named(each)],
    }


def _named(row: Maintainer) -> bool:
    return row.person is None or (row.person.public and row.person.erased_at is None)


def _repository(row: Repository) -> dict[str, Any]:
    return {"id": row.pk, "url": row.shown, "canonical": row.url, "primary": row.primary}


def _maintainer(row: Maintainer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "person": row.person.slug if row.person else None,
        "handle": row.handle,
        "start": row.start,
        "until": row.until,
    }


def _scan(row: Scan) -> dict[str, Any]:
    return {
        "id": row.pk,
        "repository": row.repository.url,
        "head": row.head,
        "as_of": row.as_of,
        "scanned_at": row.scanned_at,
        "error": row.error,
        "facts": row.facts,
    }


def _member(row: Member) -> dict[str, Any]:
    return {
        "id": row.pk,
        "organisation": row.organisation.slug,
        "name": row.organisation.name,
        "tier": row.tier,
        "start": row.start,
        "until": row.until,
    }
