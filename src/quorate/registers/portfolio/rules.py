"""What can stand about a project, how a status shows on the landscape, and which record an item means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.text import slugify

from quorate.directory.rules import host_of, plain_name
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.kernel.periods import Period, first_overlap
from quorate.registers.portfolio import repository_urls

#: The statuses that have words of their own; a foundation may use others, which show as they are written.
STATUS_WORDS: Mapping[str, object] = {
    "applicant": _("applicant"),
    "ecosystem": _("ecosystem project"),
    "sandbox": _("sandbox project"),
    "incubating": _("incubating project"),
    "graduated": _("graduated project"),
    "hosted": _("hosted project"),
    "retired": _("retired"),
}
#: What the landscape format writes under `project:` for a status of ours; others are written as they are.
MATURITIES: Mapping[str, str | None] = {
    "applicant": None,
    "ecosystem": None,
    "hosted": "foundation",
    "retired": "archived",
}
_STATUSES = {maturity: status for status, maturity in MATURITIES.items() if maturity}
#: With these a project is not on the landscape.
UNLISTED = frozenset({"", "applicant"})
#: With these a project has left.
LEFT = frozenset({"retired"})


def status_words(status: str) -> str:
    """A status in words."""
    known = STATUS_WORDS.get(status)
    return str(known) if known is not None else status.replace("-", " ")


def status_tone(status: str) -> str:
    """The tone of a status's pill."""
    return {"retired": "done", "applicant": "neutral", "hosted": "good", "graduated": "good"}.get(status, "info")


def maturity_of(status: str) -> str | None:
    """What stands under `project:` for a status; None for nothing."""
    return MATURITIES.get(status, status)


def status_of_maturity(maturity: object) -> str:
    """The status that a landscape item's `project:` means; an item without one is of the ecosystem."""
    text = slugify(str(maturity or ""))[:40]
    return _STATUSES.get(text, text) or "ecosystem"


@dataclass(frozen=True)
class ProjectFacts:
    """All that is kept of a project itself, apart from its periods, repositories and people."""

    name: str
    summary: str = ""
    homepage: str = ""
    licence: str = ""
    category: str = ""
    aliases: tuple[str, ...] = ()
    organisation: UUID | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class StatusPeriod:
    """A status and the half-open period it holds for; an unknown start is None."""

    status: str
    start: datetime | None = None
    until: datetime | None = None
    decided_by: str = ""
    synthetic: bool = False


def check_project(facts: ProjectFacts) -> None:
    """Refuse facts that cannot stand. ``UserError`` names the field."""
    if not facts.name.strip():
        raise UserError(gettext("the name is empty"), where="name", mend=gettext("write a name"))
    if len(facts.name) > 200:
        raise UserError(gettext("the name is longer than 200 characters"), where="name")
    if facts.homepage and not is_web_address(facts.homepage):
        raise UserError(
            gettext("“%s” is not a web address") % facts.homepage,
            where="homepage",
            mend=gettext("write it with https:// in front"),
        )
    if facts.category and facts.category.count(" / ") != 1:
        raise UserError(
            gettext("“%s” is not a place on the landscape") % facts.category,
            where="category",
            mend=gettext("write it as “category / subcategory”"),
        )


def check_statuses(periods: Sequence[StatusPeriod]) -> None:
    """Refuse periods that end before they start or overlap. ``UserError`` at ``status``."""
    spans = []
    for period in periods:
        if period.start and period.until and period.until <= period.start:
            raise UserError(
                gettext("the status “%s” ends before it begins") % period.status,
                where="status",
                mend=gettext("give a later end"),
            )
        spans.append(Period(period.start, period.until))
    if first_overlap(spans):
        raise UserError(
            gettext("two statuses of one project overlap"),
            where="status",
            mend=gettext("end the earlier one where the later one begins"),
        )


def is_web_address(text: str) -> bool:
    """Whether a text is an http or https address that may be linked."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def repository_key(text: str) -> str:
    """What tells a repository's address from others: its one spelling, or the lowered address of any other page.

    ``UserError`` at ``url`` for what is no web address.
    """
    parsed = repository_urls.parse(text)
    if parsed.url:
        return parsed.url
    if not is_web_address(text.strip()) or len(text) > 300:
        return repository_url(text)
    return text.strip().rstrip("/").lower()


def repository_url(text: str) -> str:
    """The canonical address of a repository. ``UserError`` at ``url`` for anything else."""
    parsed = repository_urls.parse(text)
    if not parsed.url or not parsed.exact or len(text) > 300:
        raise UserError(
            gettext("“%s” is not the address of a repository") % text[:300],
            where="url",
            mend=gettext("write it like https://github.com/owner/name"),
        )
    return parsed.url


#: Hosts whose front page is nobody's own.
SHARED_HOSTS = frozenset({"github.com", "gitlab.com", "huggingface.co", "linkedin.com", "x.com", "twitter.com"})


@dataclass
class Names:
    """Finds the record that a name, an address or an identifier means. One entry for each record."""

    by_key: dict[str, UUID] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)

    def add(self, record: UUID, keys: Iterable[str]) -> None:
        """Makes a record findable; a key that two records share finds neither."""
        for key in keys:
            if key and self.by_key.setdefault(key, record) != record:
                self.ambiguous.add(key)

    def find(self, keys: Iterable[str]) -> UUID | None:
        """The record of the first key that means exactly one."""
        for key in keys:
            if key in self.by_key and key not in self.ambiguous:
                return self.by_key[key]
        return None


def project_keys(name: str, *, slug: str = "", aliases: Iterable[str] = (), urls: Iterable[str] = ()) -> list[str]:
    """What a project is found by, the surest first: its repositories, its slug, its names."""
    addresses = [repository_urls.parse(url).url for url in urls]
    names = [name_key(text) for text in (name, *aliases)]
    return [*filter(None, addresses), *([f"slug:{slug}"] if slug else []), *names]


def organisation_keys(
    name: str, *, aliases: Iterable[str] = (), homepage: str = "", ids: Iterable[tuple[str, str]] = ()
) -> list[str]:
    """What an organisation is found by, the surest first: identifiers outside, names, its own host.

    A homepage below a host (a page of somebody else's site) tells nothing about who it is.
    """
    outside = [f"{scheme}:{value.lower()}" for scheme, value in ids]
    names = [f"name:{plain_name(text)}" for text in (name, *aliases) if text]
    host = host_of(homepage)
    if host and urlsplit(homepage).path not in ("", "/"):
        host = ""
    return [*outside, *names, *([f"host:{host}"] if host and host not in SHARED_HOSTS else [])]


def name_key(name: str) -> str:
    """A project's name as it is compared: case, blanks, dashes and dots do not count."""
    return "name:" + "".join(char for char in name.casefold() if char.isalnum())


def crunchbase_id(address: object) -> tuple[str, str] | None:
    """The (scheme, value) of an address like ``https://www.crunchbase.com/organization/amd``."""
    text = str(address or "")
    _front, found, value = text.partition("crunchbase.com/organization/")
    value = value.strip("/ ").split("/")[0].split("?")[0]
    return ("crunchbase", value) if found and value else None


def changes_between(before: ProjectFacts, after: ProjectFacts) -> dict[str, list[Any]]:
    """Field by field what differs, as JSON: ``{"homepage": [before, after]}``."""
    found: dict[str, list[Any]] = {}
    for key in ProjectFacts.__dataclass_fields__:
        old, new = getattr(before, key), getattr(after, key)
        if old != new:
            found[key] = [_plain(old), _plain(new)]
    return found


def facts_json(facts: ProjectFacts) -> dict[str, Any]:
    """The facts as JSON without those that say nothing."""
    pairs = ((key, _plain(getattr(facts, key))) for key in ProjectFacts.__dataclass_fields__)
    return {key: value for key, value in pairs if value not in (None, "", [], False)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, UUID) else value
