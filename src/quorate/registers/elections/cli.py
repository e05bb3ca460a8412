"""Commands about elections that are held here: ``election list``, ``publish`` and ``verify``."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from quorate.access.actors import system
from quorate.decisions.balloting import verifier
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _
from quorate.ledger.keys import public_keys
from quorate.registers.elections import actions, elekto
from quorate.registers.elections.actions import count_and_publish
from quorate.registers.elections.models import Election
from quorate.registers.elections.registrar import Office
from quorate.terms.queries import body_by_key


def register(root: click.Group) -> None:
    """Add the commands of this package."""
    group = noun(root, "election", _("Elections"))
    group.add_command(election_list)
    group.add_command(election_verify)
    group.add_command(election_publish)
    group.add_command(election_registrar)
    group.add_command(election_import)


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
    found = _find(election)
    done = count_and_publish(actor=system("cli"), election=found, public_value=value)
    assert done.bundle is not None  # it was published
    elected = done.bundle["result"]["elected"]
    show({"election": done.slug, "elected": elected}, lambda: [f"elected: {', '.join(elected) or 'nobody'}"])


@click.group("import")
def election_import() -> None:
    """Read how another system elects."""


@election_import.command("elekto")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--body", required=True, help="the body that elects")
@click.option("--announce", is_flag=True, help="announce it; without this nothing is stored")
@json_option
def election_import_elekto(folder: Path, body: str, announce: bool) -> None:
    """Turn a folder of elekto (election.yaml, voters.yaml, candidates' files) into the draft of a notice.

    An announced notice can be corrected until voting opens. Everything without a counterpart is a warning with its line.
    """
    holder = body_by_key(body)
    draft = elekto.read(folder, holder)
    if announce:
        actions.announce(actor=system("cli"), body=holder, facts=draft.facts)
    facts = draft.facts
    show(
        {"announced": announce, **draft.as_json()},
        lambda: [
            f"{facts.title}: {facts.seats} seats, {facts.rule}, {facts.opens_at} to {facts.closes_at}",
            *(f"candidate: {each.name} ({each.person or each.handle})" for each in draft.candidates),
            *(f"warning: {text}" for text in draft.warnings),
        ],
    )


@click.group("registrar")
def election_registrar() -> None:
    """Act as the second registrar of an election at level C, with a key that the server never holds."""


@election_registrar.command("make")
@click.option("--name", required=True, help="the office, as it is published")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="the file to make; keep it apart")
@json_option
def registrar_make(name: str, key: Path) -> None:
    """Make the keys of a second registrar, for one election, and print the public half for its notice."""
    public = Office.make(key, name).public()
    show(public, [json.dumps(public, ensure_ascii=False)])


@election_registrar.command("sign")
@click.argument("election")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="the file of the registrar")
@click.option("--watch", type=click.IntRange(min=1), help="go on, looking every so many seconds, until voting closes")
@json_option
def registrar_sign(election: str, key: Path, watch: int | None) -> None:
    """Sign the tokens that wait, once for each elector."""
    office, found = Office.read(key), _find(election)
    count = office.sign_waiting(system("registrar"), found)
    while watch is not None and found.voting():
        time.sleep(watch)
        count += office.sign_waiting(system("registrar"), found)
    show({"election": found.slug, "signed": count}, [f"signed: {count}"])


@election_registrar.command("state")
@click.argument("election")
@click.option("--key", required=True, type=click.Path(path_type=Path), help="the file of the registrar")
@json_option
def registrar_state(election: str, key: Path) -> None:
    """After the close: sign the list of those issued to, if it is the one that this registrar kept."""
    found = _find(election)
    count = Office.read(key).state(system("registrar"), found)
    show({"election": found.slug, "issued": count}, [f"issued: {count}"])


def _find(slug: str) -> Election:
    found = Election.objects.filter(slug=slug).select_related("body").first()
    if found is None:
        raise NotFound("there is no such election", where=slug, mend="quorate election list")
    return found


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
