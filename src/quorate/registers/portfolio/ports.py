"""What the portfolio does for the engine: measures repositories, makes grants of a status true, names projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate.access.actors import Actor, system
from quorate.kernel import clock
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.kernel.ids import is_uuid
from quorate.ledger.refs import Ref
from quorate.registers.portfolio import repository_urls
from quorate.registers.portfolio.actions import projects, repositories, statuses
from quorate.registers.portfolio.models import Project
from quorate.registers.portfolio.queries import (
    attestations_of,
    known_projects,
    maintained_by,
    maintainers_at,
    primary_repository,
    status_of,
)
from quorate.registers.portfolio.repository import checks
from quorate.registers.portfolio.repository.scan import Scan, scan
from quorate.registers.portfolio.rules import ProjectFacts, is_web_address, project_keys
from quorate.toolkit.foundation import instant
from quorate.toolkit.ports import (
    GRANTS,
    PROBES,
    SUBJECTS,
    Criterion,
    Finding,
    GrantNotice,
    Probe,
    Subject,
    SubjectKind,
)

READER = system("repository-reader")


def measure(subject: Subject, criteria: Sequence[Criterion]) -> list[Finding]:
    """One finding for each criterion about a project, from its primary repository and what people attest.

    The clone is read once and the reading is kept. Without a project, a repository or a clone all is unknown or
    attested, and the evidence says why.
    """
    specs = [as_spec(criterion) for criterion in criteria]
    project = Project.objects.filter(pk=subject.id).first() if is_uuid(subject.id) else None
    if project is None:
        return findings(specs, None, (), gettext("it is not on record as a project"))
    known = maintainers_at(project.pk).count()
    for spec in specs:
        if spec["probe"] == "repository.core_maintainers" and known:
            spec["params"].setdefault("declared", known)
    repository = primary_repository(project.pk)
    found, why = None, gettext("no repository is registered as the primary one")
    if repository is not None:
        row, found = repositories.scan_repository(actor=READER, repository=repository, criteria=specs)
        why = row.error
    given = [
        checks.Attestation(
            criterion=each.criterion,
            value=each.value,
            at=each.as_of.date(),
            evidence=each.evidence_url,
            expires=each.expires.date() if each.expires else None,
        )
        for each in attestations_of(project.pk).values()
    ]
    return findings(specs, found, given, why)


def check_repository(
    path: str, criteria: Sequence[Criterion], attestations: Sequence[Mapping[str, Any]] = ()
) -> tuple[Scan, list[Finding]]:
    """The same on any local clone, with nothing read from or written to the database.

    Attestations are mappings with ``criterion``, ``value``, ``at`` and ``evidence``. ``UserError`` when there is
    no repository at ``path``.
    """
    specs = [as_spec(criterion) for criterion in criteria]
    found = scan(path, policy=checks.policy_for(specs))
    given = checks.check(specs, found, attestations, today=clock.today())
    return found, [_finding(each) for each in given]


def measure_at(path: str, criteria: Sequence[Criterion]) -> tuple[Mapping[str, Any], list[Finding]]:
    """A local clone against criteria, with its head and the time that the windows end at; nothing is stored."""
    found, given = check_repository(path, criteria)
    return {"head": found.facts["head"], "as_of": found.facts["as_of"]}, given


def findings(
    specs: Sequence[Mapping[str, Any]],
    read: Scan | None,
    given: Sequence[checks.Attestation],
    why: str,
) -> list[Finding]:
    """A scan and attestations held against criteria, as the engine takes them."""
    found = checks.check(specs, read, given, today=clock.today(), why_no_scan=why or gettext("it was not read"))
    return [_finding(each) for each in found]


def as_spec(criterion: Criterion) -> dict[str, Any]:
    """A criterion in the words of the repository's checks."""
    return {
        "criterion": criterion.name,
        "title": str(criterion.title),
        "probe": criterion.probe,
        "bar": dict(criterion.bar),
        "params": dict(criterion.params),
    }


def _finding(found: Mapping[str, Any]) -> Finding:
    return Finding(
        criterion=found["criterion"],
        result=found["result"],
        found=found["found"],
        needed=found["needed"],
        evidence=found["evidence"],
        as_of=instant(found["as_of"]) if found["as_of"] else None,
    )


def grant_status(actor: Actor, notice: GrantNotice) -> None:
    """Makes a granted status true: the project gets it, and the landscape shows it.

    Parameters of the program: ``status`` (required), ``on_lapse`` and ``on_revoke`` (``retired``), ``category``
    (a place on the landscape) or ``category_from`` (the answer that names it, ``category``). Renewing changes
    nothing. The authority is the case.
    """
    project = Project.objects.filter(pk=notice.subject.id).first() if is_uuid(notice.subject.id) else None
    if project is None:
        raise NotFound(gettext("the case is not about a project on record"), where=notice.case)
    params = notice.params
    if notice.change == "granted":
        status = str(params.get("status") or "")
        if not status:
            raise UserError(gettext("the grant names no status"), where="grant.params", mend=gettext("add `status:`"))
    elif notice.change == "renewed":
        return
    else:
        status = str(params.get("on_lapse" if notice.change == "lapsed" else "on_revoke") or "retired")
    chosen = params.get("category") or notice.answers.get(str(params.get("category_from") or "category")) or ""
    place = chosen[0] if isinstance(chosen, list) and chosen else chosen
    statuses.enter(
        actor,
        project,
        status,
        notice.at,
        f"case:{notice.case}",
        [f"case:{notice.case}"],
        category=str(place),
        refs=[Ref("case", notice.case_id)] if notice.case_id else [],
    )


def resolve(actor: Actor, fields: Mapping[str, Any]) -> str:
    """The project that an application is about: found by repository, slug or name, else made without a status.

    Fields: ``name``, ``repo_url`` (one, or several in lines), ``summary``, ``homepage``, ``licence``, ``slug``.
    """
    name = str(fields.get("name") or "").strip()
    addresses = _addresses(fields.get("repo_url"))
    slug = str(fields.get("slug") or "").strip()
    found = known_projects().find(project_keys(name, slug=slug, urls=addresses))
    if found is not None:
        return str(found)
    homepage = str(fields.get("homepage") or "").strip()
    facts = ProjectFacts(
        name=(name or (repository_urls.parse(addresses[0]).label if addresses else ""))[:200],
        summary=str(fields.get("summary") or "").strip(),
        homepage=homepage if is_web_address(homepage) and len(homepage) <= 300 else "",
        licence=str(fields.get("licence") or "").strip()[:100],
    )
    authority = ["application"]
    project = projects.create(actor, facts, "", authority)
    for number, address in enumerate(addresses):
        repositories.note(actor, project, address, number == 0, authority)
    return str(project.pk)


def _addresses(given: object) -> list[str]:
    """The repositories that an answer names, each once."""
    text = "\n".join(map(str, given)) if isinstance(given, list) else str(given or "")
    words = text.replace(",", " ").replace("<", " ").replace(">", " ").split()
    urls = {repository_urls.parse(word.strip("()[].;")).url: word.strip("()[].;") for word in words}
    return [word for url, word in urls.items() if url][:20]


def _labels(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Project.objects.filter(pk__in=[UUID(text) for text in ids if is_uuid(text)])
    return {str(pk): name for pk, name in rows.values_list("pk", "name")}


def _people(project: str, at: datetime) -> Sequence[str]:
    rows = maintainers_at(UUID(project), at).exclude(person=None)
    return [str(pk) for pk in rows.values_list("person_id", flat=True)]


def _standing(project: str, at: datetime) -> str:
    found = status_of(UUID(project), at)
    return found.status if found is not None else ""


def _held_by(person: str, at: datetime) -> Sequence[str]:
    return [str(pk) for pk in maintained_by(UUID(person), at).values_list("pk", flat=True)]


def _organisations(project: str, at: datetime) -> Sequence[str]:
    rows = Project.objects.filter(pk=project).exclude(organisation=None)
    return [str(pk) for pk in rows.values_list("organisation_id", flat=True)]


PROBES.register("repository", Probe("repository", _("The project's repository"), measure, measure_at))
GRANTS.register("project-status", grant_status)
SUBJECTS.register(
    "project",
    SubjectKind(
        name="project",
        resolve=resolve,
        label=_labels,
        url=lambda project: f"/projects/{project}/",
        people=_people,
        organisations=_organisations,
        status=_standing,
        held_by=_held_by,
    ),
)
