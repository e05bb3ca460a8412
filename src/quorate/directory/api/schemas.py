"""What the API says and takes about people and organisations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from quorate.toolkit.asof import Moment
from quorate.toolkit.rest import Body

Short = Annotated[str, Field(max_length=200)]
Key = Annotated[str, Field(max_length=80)]
Scheme = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
AsOfText = Annotated[str, Field(max_length=40, description="A day or an ISO 8601 time; empty for now.")]


class AffiliationOut(Schema):
    """A person's time at an organisation."""

    organisation: str
    title: str
    start: datetime | None
    until: datetime | None


class PersonOut(Schema):
    """A person. ``contacts`` is null for those who may not see how to reach people."""

    id: UUID
    slug: str
    name: str
    pronouns: str
    bio: str
    public: bool
    synthetic: bool
    affiliations: list[AffiliationOut]
    external_ids: dict[str, str]
    contacts: list[dict[str, Any]] | None


class NameOut(Schema):
    """Another name of an organisation."""

    name: str
    start: datetime | None
    until: datetime | None


class ControlOut(Schema):
    """Who controls it, and when."""

    organisation: str
    start: datetime | None
    until: datetime | None
    source: str


class OrganisationOut(Schema):
    """An organisation with its names, identifiers and who controls it."""

    id: UUID
    slug: str
    name: str
    homepage: str
    country: str
    synthetic: bool
    aliases: list[NameOut]
    external_ids: dict[str, str]
    controlled_by: list[ControlOut]


class PeriodIn(Body):
    """A half-open period; the end is the first instant on which it no longer holds."""

    start: Moment | None = None
    until: Moment | None = None


class AffiliationIn(PeriodIn):
    """A person's time at an organisation, named by its slug or id."""

    organisation: Key
    title: Annotated[str, Field(max_length=120)] = ""


class ContactIn(Body):
    """How to reach a person."""

    kind: Literal["email", "phone", "chat", "web"]
    value: Annotated[str, Field(min_length=1, max_length=300)]
    primary: bool = False


class PersonIn(Body):
    """All that is kept of a person; what is left out is emptied."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    pronouns: Annotated[str, Field(max_length=40)] = ""
    bio: Annotated[str, Field(max_length=2000)] = ""
    public: bool = False
    language: Annotated[str, Field(max_length=10)] = ""
    time_zone: Annotated[str, Field(max_length=60)] = ""
    contacts: Annotated[list[ContactIn], Field(max_length=20)] = []
    external_ids: Annotated[dict[Scheme, Short], Field(max_length=20)] = {}
    affiliations: Annotated[list[AffiliationIn], Field(max_length=100)] = []


class NameIn(PeriodIn):
    """Another name of an organisation."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class ControlIn(PeriodIn):
    """Who controls it, named by slug or id."""

    organisation: Key
    source: Annotated[str, Field(max_length=300)] = ""


class OrganisationIn(Body):
    """All that is kept of an organisation; what is left out is emptied."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    homepage: Annotated[str, Field(max_length=300)] = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    aliases: Annotated[list[NameIn], Field(max_length=100)] = []
    external_ids: Annotated[dict[Scheme, Short], Field(max_length=20)] = {}
    controlled_by: Annotated[list[ControlIn], Field(max_length=50)] = []


class MergeIn(Body):
    """Two records of one, by slug or id."""

    kind: Literal["person", "organisation"]
    kept: Key
    absorbed: Key


class MergeOut(Schema):
    """A merge, which can be undone once."""

    id: UUID
    kind: str
    kept: UUID
    absorbed: UUID
    merged_at: datetime
    undone_at: datetime | None


class PairOut(Schema):
    """Two records that may be one."""

    kept: str
    absorbed: str
    why: str


class ConsentIn(Body):
    """Consent to a purpose and a text."""

    purpose: Scheme
    text_version: Annotated[str, Field(min_length=1, max_length=40)]
    expires_at: Moment | None = None
