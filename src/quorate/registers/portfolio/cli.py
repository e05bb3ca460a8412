"""``quorate import landscape``, ``quorate export landscape``, ``quorate repo health`` and the upkeep of clones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from quorate.access.actors import system
from quorate.kernel.commands import columns, json_asked, json_option, noun, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext, ngettext
from quorate.registers.portfolio import actions, queries
from quorate.registers.portfolio.landscape.document import MAX_BYTES
from quorate.registers.portfolio.models import Repository
from quorate.registers.portfolio.repository.health import health
from quorate.registers.portfolio.repository.scan import scan

ACTOR = system("cli")


def register(root: click.Group) -> None:
    """Add the commands."""
    noun(root, "import", gettext("Take in files in open formats")).add_command(import_landscape)
    noun(root, "export", gettext("Write records as files in open formats")).add_command(export_landscape)
    repo = noun(root, "repo", gettext("Read git repositories"))
    for command in (repo_health, repo_place, repo_fetch, repo_scan):
        repo.add_command(command)
    noun(root, "landscape", gettext("The landscape")).add_command(landscape_check)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(gettext("the file is larger than %d MB") % (MAX_BYTES // 2**20), where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be read"), where=str(path)) from error


@click.command("landscape")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def import_landscape(file: Path) -> None:
    """Make this file the landscape, with a record for each project and member in it."""
    report = actions.import_landscape(actor=ACTOR, data=_read(file), name=str(file))

    def lines() -> Iterator[str]:
        for warning in report.warnings:
            yield gettext("warning: %s") % _located(warning)
        yield (
            gettext(
                "%(items)d items, %(projects)d of them projects and %(members)d members: "
                "%(created)d new, %(changed)d changed, %(unchanged)d unchanged"
            )
            % report.as_dict()
        )

    show(report.as_dict(), lines)


def _located(warning: dict[str, str]) -> str:
    return f"{warning['where']}: {warning['what']}" if warning["where"] else warning["what"]


@click.command("landscape")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
@click.option(
    "--dialect",
    type=click.Choice(["landscape", "categories"]),
    help="Convert: `landscape` with null markers, or `categories` with plain entries.",
)
@json_option
def export_landscape(out: Path | None, dialect: Any) -> None:
    """Write the landscape data file: the very bytes that came in where nothing was edited."""
    data = queries.landscape_bytes(dialect)
    if out is not None:
        try:
            out.write_bytes(data)
        except OSError as error:
            raise UserError(error.strerror or gettext("cannot be written"), where=str(out)) from error
        document = {"file": str(out), "bytes": len(data), "items": queries.landscape_items().count()}
        show(document, [gettext("%(file)s: %(items)d items, %(bytes)d bytes") % document])
    elif json_asked():
        show({"text": data.decode(), "bytes": len(data)}, [])
    else:
        sys.stdout.buffer.write(data)


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def landscape_check(file: Path) -> None:
    """Check a landscape data file without importing it: faults, oddities, and what an import would change."""
    found = queries.preview(_read(file), str(file))

    def lines() -> Iterator[str]:
        yield from (gettext("warning: %s") % _located(warning) for warning in found["warnings"])
        yield from (f"{each['change']}: {each['item']}" for each in found["differences"])
        count = len(found["differences"])
        text = ngettext("%(n)d difference from the landscape", "%(n)d differences from the landscape", count)
        yield text % {"n": count}

    show(found, lines)


@click.command("health")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def repo_health(path: Path) -> None:
    """Say how a repository does, from a local clone: people, commits, releases and files."""
    found = health(scan(path))
    rows = [(key, _words(value)) for key, value in found.items() if key not in ("notes", "unknown", "policy")]
    show(found, lambda: [*columns(rows), *found["notes"], *found["unknown"].values(), str(found["policy"])])


def _words(value: Any) -> str:
    if value is None:
        return gettext("unknown")
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(inner)}" for key, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@click.command("place")
@click.argument("url")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def repo_place(url: str, path: Path) -> None:
    """Say where a bare clone of a project's repository lies on this machine."""
    row = actions.place_clone(actor=ACTOR, repository=queries.repository_by(url), path=path)
    document = {"repository": row.url, "path": row.clone_path}
    show(document, [f"{row.shown}: {row.clone_path}"])


@click.command("fetch")
@click.argument("url")
@json_option
def repo_fetch(url: str) -> None:
    """Clone a project's repository from its host, without blobs. Off unless QUORATE_FETCH=1."""
    row = actions.fetch_repository(actor=ACTOR, repository=queries.repository_by(url))
    show({"repository": row.url, "path": row.clone_path}, [f"{row.shown}: {row.clone_path}"])


@click.command("scan")
@click.argument("url", required=False)
@json_option
def repo_scan(url: str | None) -> None:
    """Read a project's repository from its clone, or with no URL all that have one, and keep what it says."""
    wanted = [queries.repository_by(url)] if url else list(Repository.objects.exclude(clone_path=""))
    done: list[dict[str, Any]] = []
    for repository in wanted:
        row, _reading = actions.scan_repository(actor=ACTOR, repository=repository)
        done.append({"repository": repository.url, "head": row.head, "as_of": row.as_of, "error": row.error})
    show({"scans": done}, lambda: columns((each["repository"], each["head"][:12] or each["error"]) for each in done))
