"""``projects.yml``: projects with their dated statuses, repositories and maintainers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from quorate.access.actors import Actor
from quorate.directory.models import Organisation, Person
from quorate.kernel import clock
from quorate.registers.portfolio import actions
from quorate.registers.portfolio.foundation.rows import PERIOD, TEXT, listed, tidied
from quorate.registers.portfolio.models import Maintainer, Project, ProjectStatus, Repository
from quorate.registers.portfolio.rules import ProjectFacts, StatusPeriod, repository_key
from quorate.toolkit.foundation import (
    SLUG_SCHEMA,
    Change,
    File,
    Record,
    RecordKind,
    Reference,
    Section,
    at,
    day,
    instant,
    tidy,
)
from quorate.toolkit.yamltext import dump

_MAINTAINER = {
    "oneOf": [
        SLUG_SCHEMA,
        {
            "type": "object",
            "properties": {"person": SLUG_SCHEMA, "handle": {"type": "string", "minLength": 1}, **PERIOD},
            "oneOf": [{"required": ["person"]}, {"required": ["handle"]}],
            "additionalProperties": False,
        },
    ]
}
PROJECTS_SCHEMA = listed(
    {
        "slug": SLUG_SCHEMA,
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "summary": TEXT,
        "homepage": TEXT,
        "licence": {"type": "string", "maxLength": 100},
        "category": {"type": "string", "pattern": "^[^/]+ / [^/]+$"},
        "aliases": {"type": "array", "items": {"type": "string", "minLength": 1}},
        "organisation": SLUG_SCHEMA,
        "synthetic": {"type": "boolean"},
        "repositories": listed(
            {"url": {"type": "string", "pattern": "^https?://"}, "primary": {"type": "boolean"}}, ["url"]
        ),
        "status": listed({"status": SLUG_SCHEMA, "by": TEXT, **PERIOD}, ["status"]),
        "maintainers": {"type": "array", "items": _MAINTAINER},
    },
    ["slug", "name"],
)


def _read_projects(file: File) -> Iterable[Record]:
    assert file.doc is not None
    for n, row in enumerate(file.doc.data or []):
        fields = {key: value for key, value in row.items() if key not in ("slug", "synthetic")}
        fields["synthetic"] = row.get("synthetic") or None
        fields["repositories"] = _repositories(row.get("repositories", ()))
        fields["status"] = tidied(row.get("status", ()), "from")
        fields["maintainers"] = _maintainers(row.get("maintainers", ()))
        refers = [
            Reference("person", person, file.where(n, "maintainers", m))
            for m, each in enumerate(row.get("maintainers", ()))
            if (person := each if isinstance(each, str) else each.get("person"))
        ]
        if "organisation" in row:
            refers.append(Reference("organisation", row["organisation"], file.where(n, "organisation")))
        yield Record("project", row["slug"], tidy(fields), file.where(n, "slug"), tuple(refers))


def _repositories(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = [tidy({"url": row["url"], "primary": row.get("primary") or None}) for row in rows]
    return sorted(found, key=lambda row: ("primary" not in row, row["url"]))


def _maintainers(rows: Iterable[Any]) -> list[Any]:
    """People by slug alone where nothing else is known of them."""
    found = []
    for row in rows:
        short = row if isinstance(row, str) else tidy(row)
        found.append(short["person"] if isinstance(short, dict) and short.keys() == {"person"} else short)
    return sorted(found, key=str)


def _current_projects() -> Iterable[Record]:
    organisations = dict(Organisation.objects.values_list("pk", "slug"))
    people = dict(Person.objects.values_list("pk", "slug"))
    repositories = _grouped(Repository.objects.all())
    statuses = _grouped(ProjectStatus.objects.all())
    maintainers = _grouped(Maintainer.objects.all())
    for row in Project.objects.all():
        fields = {
            "name": row.name,
            "summary": row.summary,
            "homepage": row.homepage,
            "licence": row.licence,
            "category": row.category,
            "aliases": list(row.aliases),
            "organisation": organisations.get(row.organisation_id) if row.organisation_id else None,
            "synthetic": row.synthetic or None,
            "repositories": _repositories(
                {"url": each.shown, "primary": each.primary} for each in repositories.get(row.pk, ())
            ),
            "status": tidied(
                (
                    {
                        "status": each.status,
                        "from": day(each.start),
                        "until": day(each.until),
                        "dates": "synthetic" if each.synthetic else None,
                        "by": each.decided_by,
                    }
                    for each in statuses.get(row.pk, ())
                ),
                "from",
            ),
            "maintainers": _maintainers(
                {
                    "person": people.get(each.person_id) if each.person_id else None,
                    "handle": each.handle,
                    "from": day(each.start),
                    "until": day(each.until),
                }
                for each in maintainers.get(row.pk, ())
            ),
        }
        yield Record("project", row.slug, tidy(fields))


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.project_id, []).append(row)
    return found


def _facts(record: Record, organisations: Mapping[str, UUID]) -> ProjectFacts:
    fields = record.fields
    return ProjectFacts(
        fields["name"],
        fields.get("summary", ""),
        fields.get("homepage", ""),
        fields.get("licence", ""),
        fields.get("category", ""),
        tuple(fields.get("aliases", ())),
        organisations[fields["organisation"]] if "organisation" in fields else None,
        bool(fields.get("synthetic")),
    )


def _create_projects(actor: Actor, records: Sequence[Record]) -> None:
    organisations = dict(Organisation.objects.values_list("slug", "pk"))
    people = {row.slug: row for row in Person.objects.all()}
    for record in records:
        with at(record):
            row = actions.add_project(actor=actor, facts=_facts(record, organisations), slug=record.id)
            _agree(actor, row, record, people)


def _change_projects(actor: Actor, changes: Sequence[Change]) -> None:
    organisations = dict(Organisation.objects.values_list("slug", "pk"))
    people = {row.slug: row for row in Person.objects.all()}
    rows = {row.slug: row for row in Project.objects.filter(slug__in=[change.id for change in changes])}
    for change in changes:
        with at(change.record):
            row = rows[change.id]
            actions.change_project(actor=actor, project=row, facts=_facts(change.record, organisations))
            _agree(actor, row, change.record, people, change.fields.keys())


def _agree(
    actor: Actor, row: Project, record: Record, people: Mapping[str, Person], changed: Iterable[str] | None = None
) -> None:
    """Make the lists of a project say what the record says, those that changed."""
    wanted = set(changed) if changed is not None else {"repositories", "status", "maintainers"}
    if "repositories" in wanted:
        _agree_repositories(actor, row, record.fields.get("repositories", ()))
    if "status" in wanted:
        periods = [
            StatusPeriod(
                each["status"],
                instant(each.get("from")),
                instant(each.get("until")),
                each.get("by", ""),
                "dates" in each,
            )
            for each in record.fields.get("status", ())
        ]
        actions.correct_statuses(actor=actor, project=row, periods=periods)
    if "maintainers" in wanted:
        _agree_maintainers(actor, row, record.fields.get("maintainers", ()), people)


def _agree_repositories(actor: Actor, row: Project, listed: Sequence[Mapping[str, Any]]) -> None:
    wanted = {repository_key(each["url"]): each for each in listed}
    for present in row.repositories.all():
        same = wanted.get(present.url)
        if same is None or same["url"] != present.shown:
            actions.remove_repository(actor=actor, repository=present)
    for each in listed:
        primary = bool(each.get("primary"))
        actions.register_repository(actor=actor, project=row, url=each["url"], primary=primary, strict=False)


def _agree_maintainers(actor: Actor, row: Project, listed: Sequence[Any], people: Mapping[str, Person]) -> None:
    wanted = [{"person": each} if isinstance(each, str) else each for each in listed]
    present = {_key(each, {p.pk: s for s, p in people.items()}): each for each in row.maintainers.all()}
    for each in wanted:
        key = (each.get("person", ""), each.get("handle", ""), each.get("from"), each.get("until"))
        known = present.pop(key, None)
        running = present.pop((*key[:3], None), None) if known is None and key[3] else None
        if running is not None:
            actions.end_maintainer(actor=actor, maintainer=running, until=instant(each["until"]))
        elif known is None:
            actions.add_maintainer(
                actor=actor,
                project=row,
                person=people[each["person"]] if "person" in each else None,
                handle=each.get("handle", ""),
                start=instant(each.get("from")),
                until=instant(each.get("until")),
            )
    for gone in present.values():
        actions.end_maintainer(actor=actor, maintainer=gone, until=clock.now())


def _key(row: Maintainer, slugs: Mapping[UUID, str]) -> tuple[str, str, str | None, str | None]:
    person = slugs.get(row.person_id, "") if row.person_id else ""
    return person, row.handle, day(row.start), day(row.until)


def _remove_projects(actor: Actor, records: Sequence[Record], _also: Mapping[str, frozenset[str]]) -> None:
    for record in records:
        with at(record):
            actions.remove_project(actor=actor, project=Project.objects.get(slug=record.id))


def _write_projects(records: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    rows = [{"slug": record.id, **record.fields} for record in sorted(records.get("project", ()), key=lambda r: r.id)]
    return {"projects.yml": dump(rows, spaced=True)} if rows else {}


PROJECTS = Section(
    name="projects",
    order=60,
    patterns=("projects.yml",),
    schema=PROJECTS_SCHEMA,
    read=_read_projects,
    write=_write_projects,
    kinds=(
        RecordKind(
            "project",
            _current_projects,
            _create_projects,
            _change_projects,
            _remove_projects,
            live=frozenset(PROJECTS_SCHEMA["items"]["properties"]) - {"slug", "synthetic"},
        ),
    ),
)
