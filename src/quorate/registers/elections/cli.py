"""Commands about elections that are held here: ``election list``, ``publish`` and ``verify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from quorate.access.actors import system
from quorate.decisions.balloting import verifier
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _
from quorate.ledger.keys import public_keys
from quorate.registers.elections.actions import count_and_publish
from quorate.registers.elections.models import Election


def register(root: click.Group) -> None:
    """Add the commands of this package."""
    group = noun(root, "election", _("Elections"))
    group.add_command(election_list)
    group.add_command(election_verify)
    group.add_command(election_publish)


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


@click.command("publish")
@click.argument("election")
@click.option("--value", default="", help="the public value for the lot, if the notice named a source")
@json_option
def election_publish(election: str, value: str) -> None:
    """Count a closed election and publish it, as its page does; for thousands of ballots it takes a minute."""
    found = Election.objects.filter(slug=election).first()
    if found is None:
        raise NotFound("there is no such election", where=election, mend="quorate election list")
    done = count_and_publish(actor=system("cli"), election=found, public_value=value)
    assert done.bundle is not None  # it was published
    elected = done.bundle["result"]["elected"]
    show({"election": done.slug, "elected": elected}, lambda: [f"elected: {', '.join(elected) or 'nobody'}"])


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
