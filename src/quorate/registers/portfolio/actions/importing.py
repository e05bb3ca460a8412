"""Taking in a whole landscape file: its bytes become the landscape, its items become projects and members.

What is on record is matched, not doubled: a project by its repository, its slug or a name, an organisation by an
identifier, a name or its homepage. Blank fields of a record are filled, others stay. Nothing is deleted: items
that the file does not have leave the landscape and are named in the report; their records stay. A malformed file
changes nothing, because it is read whole before anything is written and everything is written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.utils.text import slugify

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.actions import add_organisation
from quorate.directory.models import Organisation
from quorate.directory.rules import Name, OrganisationFacts
from quorate.kernel import clock
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.portfolio.actions import members, projects, repositories, statuses
from quorate.registers.portfolio.actions.shelf import locked, store
from quorate.registers.portfolio.landscape import checks
from quorate.registers.portfolio.landscape.document import Item, ItemPath, LandscapeFile
from quorate.registers.portfolio.models import Landscape, LandscapeItem, Member, Project, ProjectStatus, Repository
from quorate.registers.portfolio.queries import facts_of, known_organisations, known_projects, path_of, statuses_at
from quorate.registers.portfolio.rules import (
    ProjectFacts,
    StatusPeriod,
    crunchbase_id,
    is_web_address,
    organisation_keys,
    project_keys,
    repository_key,
    status_of_maturity,
)

DECIDED_BY = "landscape file"


@dataclass
class Report:
    """What an import came to. ``created``, ``changed`` and ``unchanged`` count items and add up to ``items``."""

    items: int = 0
    projects: int = 0
    members: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: list[str] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """The stable JSON form."""
        return asdict(self)

    def warn(self, code: str, what: str, item: str, where: str = "") -> None:
        """Note something odd that did not stop the import."""
        self.warnings.append({"code": code, "where": where, "what": what, "item": item})


@action("landscape.edit", kinds=("landscape.imported", "project.added", "repository.added", "member.listed"))
def import_landscape(*, actor: Actor, data: bytes, name: str = "landscape.yml", follow: bool = True) -> Report:
    """Make the landscape this file and keep a record of every project and member in it.

    Appends ``landscape.imported`` and an entry for each record made or changed; nothing when the file is the one
    that is there and every record agrees. ``UserError`` names line and mend of a malformed file.

    ``follow``: where the file says something else of a project than its record, and nobody decided that here, the
    record follows the file. Without it, and against a decision, the record stays and the report says so.
    """
    authority = authorise(actor, "landscape.edit")
    file = checks.read(data, name)
    landscape, _before = locked()
    return _Import(actor, authority, landscape, file, follow).run()


class _Import:
    """One import: what is known before, and what was done."""

    def __init__(
        self, actor: Actor, authority: list[str], landscape: Landscape, file: LandscapeFile, follow: bool
    ) -> None:
        self.actor = actor
        self.authority = authority
        self.landscape = landscape
        self.file = file
        self.follow = follow
        self.now = clock.now()
        self.report = Report(items=len(file.items))
        self.touched: set[ItemPath] = set()
        self.listed: set[UUID] = set()
        self.projects = known_projects()
        self.organisations = known_organisations()
        self.repositories = dict(Repository.objects.values_list("url", "project_id"))
        self.statuses = statuses_at()
        self.dated = set(ProjectStatus.objects.values_list("project_id", flat=True))
        self.open_members = {row.organisation_id: row for row in Member.objects.filter(until=None)}
        self.rows: dict[UUID, Project] = {row.pk: row for row in Project.objects.all()}
        self.companies: dict[UUID, Organisation] = {row.pk: row for row in Organisation.objects.all()}

    def run(self) -> Report:
        links: dict[ItemPath, tuple[UUID | None, UUID | None]] = {}
        before = {path_of(row): row for row in self.landscape.items.all()}
        # Members come first: they may stand behind projects.
        for item in sorted(self.file.items, key=lambda each: each.kind != "member"):
            links[item.path] = (
                self.project(item) if item.kind == "project" else None,
                self.member(item) if item.kind == "member" else None,
            )
        same_file = self.file.digest == self.landscape.digest
        known = {path.name: row for path, row in before.items()}
        by_link = {(row.project_id, row.organisation_id): row for row in before.values()}
        by_link.pop((None, None), None)
        for item in self.file.items:
            row = before.get(item.path) or known.get(item.name) or by_link.get(links[item.path])
            if row is None:
                self.report.created += 1
            elif item.path in self.touched or not self.agrees(row, item, links[item.path]):
                self.report.changed += 1
            else:
                self.report.unchanged += 1
        names, linked = {item.name for item in self.file.items}, set(links.values()) - {(None, None)}
        self.report.removed = [
            str(path)
            for path, row in before.items()
            if path.name not in names and (row.project_id, row.organisation_id) not in linked
        ]
        for gone in self.report.removed:
            self.report.warn("left-landscape", gettext("%s is not in the file and leaves the landscape") % gone, gone)
        self.report.warnings[:0] = [asdict(warning) for warning in self.file.warnings]
        if same_file and not self.touched and self.report.unchanged == self.report.items:
            return self.report
        store(self.landscape, self.file, links)
        append(
            "landscape.imported",
            actor=self.actor,
            refs=[Ref("landscape", "1")],
            data={
                "digest": self.landscape.digest,
                "items": self.report.items,
                "created": self.report.created,
                "changed": self.report.changed,
                "unchanged": self.report.unchanged,
                "removed": len(self.report.removed),
                "warnings": len(self.report.warnings),
            },
            authority=self.authority,
        )
        return self.report

    @staticmethod
    def agrees(row: LandscapeItem, item: Item, link: tuple[UUID | None, UUID | None]) -> bool:
        """Whether a row says what its item says."""
        same_place = path_of(row) == item.path and row.kind == item.kind
        return same_place and row.fields == item.fields and (row.project_id, row.organisation_id) == link

    def project(self, item: Item) -> UUID:
        """The project of an item: found, filled in, or made."""
        self.report.projects += 1
        urls = item.repositories()
        found = self.projects.find(project_keys(item.title, urls=urls))
        facts = self.facts(item)
        if found is None:
            row = projects.create(self.actor, facts, "", self.authority)
            self.rows[row.pk] = row
            self.projects.add(row.pk, project_keys(row.name, slug=row.slug, urls=urls))
            self.touched.add(item.path)
            statuses.rewrite(self.actor, row, self.periods(item), self.authority, show=False)
        else:
            row = self.rows[found]
            self.fill(item, row, facts)
            self.agree_status(item, row)
        self.add_repositories(item, row)
        return row.pk

    def facts(self, item: Item) -> ProjectFacts:
        """What the file says of a project."""
        crunchbase = crunchbase_id(item.fields.get("crunchbase"))
        backing = self.organisations.find(organisation_keys("", ids=[crunchbase])) if crunchbase else None
        homepage = item.text("homepage_url")
        return ProjectFacts(
            name=item.title[:200],
            summary=item.text("description"),
            homepage=homepage if is_web_address(homepage) and len(homepage) <= 300 else "",
            licence=item.text("license")[:100],
            category=_place(item),
            organisation=backing,
        )

    def fill(self, item: Item, row: Project, facts: ProjectFacts) -> None:
        """Fill what is blank in the record; what somebody wrote there stays."""
        have = facts_of(row)
        blanks = {
            key: getattr(facts, key)
            for key in ("summary", "homepage", "licence", "category", "organisation")
            if not getattr(have, key) and getattr(facts, key)
        }
        if blanks:
            projects.update(self.actor, row, replace(have, **blanks), self.authority)
            self.touched.add(item.path)

    def periods(self, item: Item) -> list[StatusPeriod]:
        """The dated statuses that an item tells; dates that it does not give are not known."""
        status = status_of_maturity(item.fields.get("project"))
        accepted, archived = _day(item.detail("accepted")), _day(item.detail("archived"))
        if status != "retired":
            return [StatusPeriod(status, accepted, None, DECIDED_BY)]
        if accepted and archived and accepted < archived:
            former = StatusPeriod("ecosystem", accepted, archived, DECIDED_BY)
            return [former, StatusPeriod("retired", archived, None, DECIDED_BY)]
        return [StatusPeriod("retired", archived, None, DECIDED_BY)]

    def agree_status(self, item: Item, row: Project) -> None:
        """Follow the file where nobody decided otherwise."""
        said = status_of_maturity(item.fields.get("project"))
        have = self.statuses.get(row.pk)
        if have is None and row.pk in self.dated:
            return  # its history is known and merely has nothing for today: the file is ahead of it, or behind
        if have is None:
            statuses.rewrite(self.actor, row, self.periods(item), self.authority, show=False)
            self.touched.add(item.path)
        elif have.status != said and (not self.follow or have.decided_by not in ("", DECIDED_BY)):
            words = gettext("%(item)s is “%(said)s” in the file; it stays “%(have)s” (%(why)s)")
            why = have.decided_by or gettext("on record")
            values = {"item": item.title, "said": said, "have": have.status, "why": why}
            self.report.warn("status-differs", words % values, item.name, f"{self.file.name}:{item.line}")
        elif have.status != said:
            at = _day(item.detail("archived" if said == "retired" else "accepted"))
            start = at if at and at <= self.now and (have.start is None or at > have.start) else self.now
            statuses.enter(self.actor, row, said, start, DECIDED_BY, self.authority, show=False)
            self.touched.add(item.path)

    def add_repositories(self, item: Item, row: Project) -> None:
        for number, shown in enumerate(item.repositories()):
            if not is_web_address(shown) or len(shown) > 300:
                continue
            url = repository_key(shown)
            owner = self.repositories.get(url)
            if owner == row.pk:
                continue
            if owner is not None:
                words = gettext("the repository %(url)s of %(item)s belongs to %(other)s")
                values = {"url": url, "item": item.title, "other": self.rows[owner].name}
                self.report.warn("repository-taken", words % values, item.name, f"{self.file.name}:{item.line}")
                continue
            primary = number == 0 and row.pk not in self.repositories.values()
            repositories.note(self.actor, row, shown, primary, self.authority)
            self.repositories[url] = row.pk
            self.touched.add(item.path)

    def member(self, item: Item) -> UUID:
        """The organisation of a member's item: found or made, and listed as a member of its tier."""
        self.report.members += 1
        organisation = self.organisation(item)
        tier = slugify(item.path.subcategory)[:60] or "member"
        joined = _day(item.fields.get("joined"))
        have = self.open_members.get(organisation.pk)
        twice = organisation.pk in self.listed
        self.listed.add(organisation.pk)
        if have is not None and have.tier == tier:
            return organisation.pk
        if have is not None and twice:
            words = gettext("%(item)s is listed as a member twice; %(organisation)s stays in the tier %(tier)s")
            values = {"item": item.title, "organisation": organisation.name, "tier": have.tier}
            self.report.warn("member-twice", words % values, item.name, f"{self.file.name}:{item.line}")
            return organisation.pk
        if have is not None:
            members.close(self.actor, have, self.now, self.authority)
            joined = self.now
        self.open_members[organisation.pk] = members.enrol(self.actor, organisation, tier, joined, None, self.authority)
        self.touched.add(item.path)
        return organisation.pk

    def organisation(self, item: Item) -> Organisation:
        """The record of a member, by identifier, name or homepage; made when there is none."""
        crunchbase = crunchbase_id(item.fields.get("crunchbase"))
        ids = [crunchbase] if crunchbase else []
        inner = item.fields.get("organization")
        named = inner.get("name") if isinstance(inner, dict) else None
        others = [named] if isinstance(named, str) and named != item.title else []
        homepage = item.text("homepage_url") if is_web_address(item.text("homepage_url")) else ""
        found = self.organisations.find(
            organisation_keys(item.title, aliases=[*others, *_in_brackets(item.title)], homepage=homepage, ids=ids)
        )
        if found is not None:
            return self.companies[found]
        free = [each for each in ids if self.organisations.find(organisation_keys("", ids=[each])) is None]
        facts = OrganisationFacts(
            name=item.title[:200],
            homepage=homepage[:300],
            aliases=tuple(Name(other) for other in others),
            external_ids=tuple(free),
        )
        row = add_organisation(actor=self.actor, facts=facts)
        self.companies[row.pk] = row
        self.organisations.add(row.pk, organisation_keys(row.name, aliases=others, homepage=homepage, ids=free))
        self.touched.add(item.path)
        return row


def _place(item: Item) -> str:
    """Where a project belongs: its own place, or for items shown under another heading the first other one."""
    category, subcategory = item.places()[-1]
    place = f"{category} / {subcategory}"
    return place if place.count(" / ") == 1 and len(place) <= 200 else ""


def _in_brackets(name: str) -> Iterable[str]:
    """A name in round brackets at the end of another: ``Advanced Micro Devices (AMD)``."""
    head, opened, tail = name.rpartition("(")
    return [tail[:-1].strip()] if opened and head and tail.endswith(")") and len(tail) > 2 else []


def _day(text: object) -> datetime | None:
    """The first moment of a date such as ``2025-04-08`` in UTC; None for anything else."""
    try:
        return datetime.combine(date.fromisoformat(str(text)), time(), UTC)
    except ValueError:
        return None
