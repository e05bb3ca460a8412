"""Commands about bodies (``body compare``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from quorate.kernel.commands import json_option, noun, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.terms.comparing import Difference, compare, read
from quorate.terms.queries import body_by_key
from quorate.terms.recorded_rosters import names_by_slug, recorded
from quorate.toolkit.asof import parse


def register(root: click.Group) -> None:
    """Add the commands of this package."""
    noun(root, "body", _("Bodies")).add_command(body_compare)


@click.command("compare")
@click.argument("body")
@click.option("--source", "sources", multiple=True, required=True, help="a roster file: CSV, YAML or Markdown")
@click.option("--as-of", default="", help="the day of which the database is asked")
@json_option
def body_compare(body: str, sources: Sequence[str], as_of: str) -> None:
    """Show where sources disagree about a body's roster: the database and each file. Nothing is changed.

    Exit status 1 when any of them disagrees with the database.
    """
    found = body_by_key(body)
    ours = recorded(found, parse(as_of) if as_of else None)
    reports = []
    for source in sources:
        try:
            text = Path(source).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError(gettext("the file is not text"), where=source) from error
        except OSError as error:
            raise UserError(error.strerror or gettext("cannot be read"), where=source) from error
        reports.append((source, compare(ours, read(source, text, names_by_slug()))))
    document = {
        "body": found.slug,
        "sources": [{"source": source, "differences": [asdict(d) for d in said]} for source, said in reports],
    }
    show(document, lambda: _lines(reports))
    if any(said for _source, said in reports):
        click.get_current_context().exit(1)


def _lines(reports: Sequence[tuple[str, Sequence[Difference]]]) -> Iterator[str]:
    for source, said in reports:
        yield f"{source}: " + (gettext("%d differences") % len(said) if said else gettext("agrees"))
        for d in said:
            yield f"  {d.kind}: {d.seat}: {d.ours or '-'} | {d.theirs or '-'} ({d.words})"
