"""What the API says and takes about projects and the landscape."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StrictBool, StrictInt

from quorate.toolkit.asof import Moment
from quorate.toolkit.rest import Body

Short = Annotated[str, Field(max_length=200)]
Address = Annotated[str, Field(max_length=500)]
Long = Annotated[str, Field(max_length=20_000)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
AsOfText = Annotated[str, Field(max_length=40, description="A day or an ISO 8601 time; empty for now.")]
Whole = Annotated[StrictInt, Field(ge=-(10**15), le=10**15)]


class StatusOut(Schema):
    """What a project is to the foundation during a half-open period; a start that is not known is null."""

    status: str
    start: datetime | None
    until: datetime | None
    decided_by: str
    synthetic: bool


class RepositoryOut(Schema):
    """A repository: the address as people write it, and the one spelling it is compared by."""

    id: UUID
    url: str
    canonical: str
    primary: bool


class ProjectOut(Schema):
    """A project as lists show it, with its status at the time that was asked about."""

    id: UUID
    slug: str
    name: str
    summary: str
    homepage: str
    licence: str
    category: str
    organisation: str | None
    status: str | None
    since: datetime | None


class MaintainerOut(Schema):
    """Somebody who maintains a project: a person by slug, or a handle."""

    id: UUID
    person: str | None
    handle: str
    start: datetime | None
    until: datetime | None


class ProjectDetail(ProjectOut):
    """A project with its dated statuses, repositories and maintainers. People who are not public are left out."""

    aliases: list[str]
    synthetic: bool
    statuses: list[StatusOut]
    repositories: list[RepositoryOut]
    maintainers: list[MaintainerOut]


class ProjectIn(Body):
    """A project to add."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    slug: Slug | None = None
    summary: Long = ""
    homepage: Annotated[str, Field(max_length=300)] = ""
    licence: Annotated[str, Field(max_length=100)] = ""
    category: Short = ""
    aliases: Annotated[list[Short], Field(max_length=50)] = []
    organisation: Annotated[Slug | None, Field(description="The slug of who stands behind it.")] = None


class ProjectChange(Body):
    """What should be different; what is left out stays."""

    name: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    summary: Long | None = None
    homepage: Annotated[str | None, Field(max_length=300)] = None
    licence: Annotated[str | None, Field(max_length=100)] = None
    category: Short | None = None
    aliases: Annotated[list[Short] | None, Field(max_length=50)] = None
    organisation: Annotated[Slug | Literal[""] | None, Field(description="Empty: nobody.")] = None


class StatusIn(Body):
    """A status from an instant on; empty closes the running one."""

    status: Slug | Literal[""]
    at: Moment | None = None
    decided_by: Short = ""
    category: Short = ""


class RepositoryIn(Body):
    """A repository to add."""

    url: Annotated[str, Field(min_length=1, max_length=300)]
    primary: bool = False


class MaintainerIn(Body):
    """Somebody who maintains: a person by slug, or a handle."""

    person: Slug | None = None
    handle: Annotated[str, Field(max_length=80)] = ""
    start: Moment | None = None


class EndIn(Body):
    """When it ends; now if left out."""

    until: Moment | None = None


class ScanOut(Schema):
    """What one reading of a repository said; every window ends at ``as_of``, the head's time."""

    id: UUID
    repository: str
    head: str
    as_of: datetime | None
    scanned_at: datetime
    error: str
    facts: dict[str, Any]


class AttestationOut(Schema):
    """What somebody vouches for, with its date and evidence."""

    id: UUID
    criterion: str
    value: bool | int | str
    as_of: datetime
    evidence_url: str
    expires: datetime | None
    recorded_at: datetime
    withdrawn_at: datetime | None


class AttestationIn(Body):
    """Something to vouch for."""

    criterion: Slug
    value: StrictBool | Whole | Annotated[str, Field(min_length=1, max_length=200)]
    evidence_url: Address
    as_of: Moment | None = None
    expires: Moment | None = None


class MemberOut(Schema):
    """An organisation that is a member, and since when."""

    id: UUID
    organisation: str
    name: str
    tier: str
    start: datetime | None
    until: datetime | None


class WarningOut(Schema):
    """Something odd about the file that does not stop it."""

    code: str
    where: str
    what: str
    item: str


class LandscapeOut(Schema):
    """The landscape data file as it is kept."""

    name: str
    dialect: str
    digest: str
    changed_at: datetime
    items: int
    warnings: list[WarningOut]


class ItemOut(Schema):
    """An item of the landscape: its fields as written, and which project or organisation it is."""

    id: UUID
    name: str
    kind: str
    status: str
    category: str
    subcategory: str
    project: str | None
    organisation: str | None
    fields: dict[str, Any]


class ItemIn(Body):
    """An item to add. ``fields`` are those of the landscape format; ``extra.accepted`` reaches into ``extra``."""

    category: Annotated[str, Field(min_length=1, max_length=200)]
    subcategory: Annotated[str, Field(min_length=1, max_length=200)]
    name: Annotated[str, Field(min_length=1, max_length=300)]
    description: Long | None = None
    homepage_url: Address | None = None
    repo_url: Address | None = None
    logo: Short | None = None
    crunchbase: Address | None = None
    twitter: Address | None = None
    joined: Annotated[str | None, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = None


class ItemChange(Body):
    """What should be different in an item; empty text removes a field, what is left out stays."""

    category: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    subcategory: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    name: Annotated[str | None, Field(min_length=1, max_length=300)] = None
    description: Long | None = None
    homepage_url: Address | None = None
    repo_url: Address | None = None
    logo: Short | None = None
    crunchbase: Address | None = None
    twitter: Address | None = None
    joined: Annotated[str | None, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = None


class ImportIn(Body):
    """A whole landscape data file, in either dialect."""

    text: Annotated[str, Field(max_length=4_000_000)]
    name: Annotated[str, Field(max_length=200)] = "landscape.yml"


class ImportOut(Schema):
    """What an import came to: created, changed and unchanged items add up to all."""

    items: int
    projects: int
    members: int
    created: int
    changed: int
    unchanged: int
    removed: list[str]
    warnings: list[WarningOut]


class DifferenceOut(Schema):
    """One item that an import would add, remove, move or change."""

    change: str
    item: str
    fields: list[str]


class PreviewOut(Schema):
    """What an import would come to."""

    items: int
    warnings: list[WarningOut]
    differences: list[DifferenceOut]
