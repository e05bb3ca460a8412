"""Writes about a project's repositories and what reading them said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.portfolio import clones, repository_urls
from quorate.registers.portfolio.models import Project, Repository, Scan
from quorate.registers.portfolio.queries import newest_scan
from quorate.registers.portfolio.repository import scan as reading
from quorate.registers.portfolio.repository.checks import policy_for
from quorate.registers.portfolio.rules import repository_key, repository_url
from quorate.toolkit.foundation import instant


@action("project.edit", kinds=("repository.added",))
def register_repository(
    *, actor: Actor, project: Project, url: str, primary: bool = False, strict: bool = True
) -> Repository:
    """Add a repository to a project; the first one is the primary one. Appends ``repository.added``.

    Returns the present record when the project has it already. ``Conflict`` when another project has it.
    ``strict=False`` takes any page for what it is, as files that others keep may name an owner's page.
    """
    authority = authorise(actor, "project.edit", project)
    if strict:
        repository_url(url)
    first = not project.repositories.exists()
    return note(actor, project, url, primary or first, authority)


@action("project.edit", kinds=("repository.removed",))
def remove_repository(*, actor: Actor, repository: Repository) -> None:
    """Take a repository off a project, with what was read from it. Appends ``repository.removed``."""
    authority = authorise(actor, "project.edit", repository.project)
    drop(actor, repository, authority)


@action("repository.fetch", kinds=("repository.clone-placed",))
def place_clone(*, actor: Actor, repository: Repository, path: Path | None) -> Repository:
    """Say where a bare clone of a repository lies on this machine; None forgets it.

    Appends ``repository.clone-placed``; nothing when it is known. ``UserError`` when there is no such folder.
    """
    authority = authorise(actor, "repository.fetch", repository)
    kept = ""
    if path is not None:
        if not path.is_dir():
            raise UserError(gettext("there is no such folder"), where=str(path), mend=gettext("clone it there first"))
        whole = path.resolve()
        home = clones.folder().resolve()
        kept = str(whole.relative_to(home)) if whole.is_relative_to(home) else str(whole)
    if kept != repository.clone_path:
        repository.clone_path = kept
        repository.save(update_fields=["clone_path"])
        append(
            "repository.clone-placed",
            actor=actor,
            refs=_refs(repository),
            data={"url": repository.shown, "path": kept or None},
            authority=authority,
        )
    return repository


@action("repository.scan", kinds=("repository.scanned", "repository.unreadable"))
def record_scan(*, actor: Actor, repository: Repository, scan: reading.Scan | None, error: str = "") -> Scan:
    """Keep what a reading said. Appends ``repository.scanned`` when something new was said.

    Reading takes seconds and is done before, outside the transaction: see :func:`scan_repository`. A reading of
    the same head with the same facts only renews what the next one goes on from.
    """
    authority = authorise(actor, "repository.scan", repository)
    now = clock.now()
    if scan is None:
        row = Scan.objects.create(repository=repository, scanned_at=now, error=error[:500] or "unknown")
        append(
            "repository.unreadable",
            actor=actor,
            refs=_refs(repository),
            data={"url": repository.shown, "error": row.error},
            authority=authority,
        )
        return row
    known = newest_scan(repository.pk)
    cache = scan.to_bytes()
    if known is not None and known.head == scan.head.commit and known.facts == scan.facts:
        if known.cache != cache:
            known.cache = cache
            known.save(update_fields=["cache"])
        return known
    row = Scan.objects.create(
        repository=repository,
        head=scan.head.commit,
        as_of=instant(scan.as_of),
        facts=scan.facts,
        cache=cache,
        scanned_at=now,
    )
    Scan.objects.filter(repository=repository, cache__isnull=False).exclude(pk=row.pk).update(cache=None)
    append(
        "repository.scanned",
        actor=actor,
        refs=_refs(repository),
        data={"url": repository.shown, "head": row.head[:12], "as_of": scan.as_of, "scan": str(row.pk)},
        authority=authority,
    )
    return row


def read_clone(repository: Repository, criteria: Sequence[Mapping[str, Any]] = ()) -> tuple[reading.Scan | None, str]:
    """Read the local clone of a repository as far back as ``criteria`` ask: the scan, or None and why not.

    Goes on from the newest reading. Writes nothing.
    """
    path = clones.locate(repository.clone_path)
    if path is None:
        return None, gettext("there is no local clone of it here")
    known = newest_scan(repository.pk)
    previous = bytes(known.cache) if known is not None and known.cache else None
    try:
        return reading.scan(path, previous=previous, policy=policy_for(criteria)), ""
    except UserError as error:
        return None, error.what


def scan_repository(
    *, actor: Actor, repository: Repository, criteria: Sequence[Mapping[str, Any]] = ()
) -> tuple[Scan, reading.Scan | None]:
    """Read a repository's clone and keep what it said: the record, and the reading itself when it succeeded.

    Not one action but a reading and then :func:`record_scan`, so that no lock is held while git works.
    """
    authorise(actor, "repository.scan", repository)
    found, error = read_clone(repository, criteria)
    return record_scan(actor=actor, repository=repository, scan=found, error=error), found


def fetch_repository(*, actor: Actor, repository: Repository) -> Repository:
    """Clone a repository from its host, or bring its clone up to date. Off by default; see ``clones``.

    Works without a lock and then notes where the clone lies.
    """
    authorise(actor, "repository.fetch", repository)
    exact = repository.shown.startswith("https://") and repository_urls.parse(repository.shown).exact
    path = clones.fetch(repository.shown if exact else repository.url, f"{repository.pk}.git")
    return place_clone(actor=actor, repository=repository, path=path)


def note(actor: Actor, project: Project, shown: str, primary: bool, authority: list[str]) -> Repository:
    """Add a repository on an authority that was established before; pages inside one count as the repository."""
    url = repository_key(shown)
    present = Repository.objects.filter(url=url).select_related("project").first()
    if present is not None and present.project_id != project.pk:
        raise Conflict(
            gettext("%(url)s belongs to %(project)s") % {"url": shown, "project": present.project.name},
            where="url",
            mend=gettext("take it off that project first"),
        )
    if primary:
        project.repositories.exclude(url=url).filter(primary=True).update(primary=False)
    if present is not None:
        if primary and not present.primary:
            present.primary = True
            present.save(update_fields=["primary"])
        return present
    row = Repository.objects.create(project=project, url=url, shown=shown.strip()[:300], primary=primary)
    append(
        "repository.added",
        actor=actor,
        refs=_refs(row),
        data={"url": row.shown, "primary": primary},
        authority=authority,
    )
    return row


def drop(actor: Actor, repository: Repository, authority: list[str]) -> None:
    """Take a repository off on an authority that was established before."""
    refs, url = _refs(repository), repository.shown
    repository.delete()
    append("repository.removed", actor=actor, refs=refs, data={"url": url}, authority=authority)


def _refs(repository: Repository) -> list[Ref]:
    return [Ref("project", str(repository.project_id))]
