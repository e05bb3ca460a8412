"""Commands about elections that were held here: ``election list``, ``election verify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from quorate.decisions.balloting import verifier
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _
from quorate.ledger.keys import public_keys
from quorate.registers.elections.models import Election


def register(root: click.Group) -> None:
    """Add the commands of this package."""
    group = noun(root, "election", _("Elections"))
    group.add_command(election_list)
    group.add_command(election_verify)


@click.command("list")
@click.option("--state", type=click.Choice(Election.State.values), help="only elections in this state")
@json_option
def election_list(state: str | None) -> None:
    """List elections, newest first."""
    rows = Election.objects.select_related("body").defer("bundle")
    if state:
        rows = rows.filter(state=state)
    found = [
        {
            "slug": row.slug,
            "title": row.title,
            "body": row.body.slug,
            "state": row.state,
            "level": row.level,
            "rule": row.rule,
            "closes_at": row.closes_at,
        }
        for row in rows
    ]
    show(
        {"elections": found},
        lambda: columns([[row["slug"], row["state"], row["level"], row["title"]] for row in found]),
    )


@click.command("verify")
@click.argument("bundle")
@click.option("--key", default="", help="the public key to trust; without it that of this installation")
@json_option
def election_verify(bundle: str, key: str) -> None:
    """Check a published bundle (a file, or the address of an election held here) as anybody can."""
    document: Any
    here = Election.objects.filter(slug=bundle, state=Election.State.PUBLISHED).first()
    if here is not None:
        document = here.bundle
    else:
        try:
            document = json.loads(Path(bundle).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise UserError("there is no such election or file that can be read", where=bundle) from error
    known = public_keys()
    trusted = key or (known[-1].text() if known else "")
    found: dict[str, Any] = {"ok": True, "where": None, "why": None, "remarks": []}
    try:
        found["remarks"] = verifier.check(document, trusted, [])
    except verifier.Bad as error:
        found |= {"ok": False, "where": error.args[0], "why": error.args[1]}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        found |= {"ok": False, "where": "bundle", "why": f"it is malformed: {error!r}"}
    show(found, ["ok"] if found["ok"] else [f"NOT ok: {found['where']}: {found['why']}"])
    if not found["ok"]:
        click.get_current_context().exit(1)
