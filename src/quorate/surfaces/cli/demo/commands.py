"""``quorate demo seed`` and ``quorate demo links``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from django.conf import settings

from quorate.access.models import Account
from quorate.directory.models import Person
from quorate.directory.queries import email_of
from quorate.kernel import clock, discovery
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.surfaces.accounts.links import link_for
from quorate.surfaces.cli.demo import history
from quorate.surfaces.cli.demo.seed import seed

EXAMPLE = discovery.ROOT.parent.parent / "examples" / "pytorch-foundation"
A_DAY = 24 * 60


def register(root: click.Group) -> None:
    """Add the commands."""
    demo = noun(root, "demo", gettext("The example foundation"))
    demo.add_command(seed_command)
    demo.add_command(links)


@click.command("seed")
@click.option("--directory", type=click.Path(path_type=Path), default=EXAMPLE, help="The example's files.")
@json_option
def seed_command(directory: Path) -> None:
    """Fill in the example: its files, and two years of invented cases. Does nothing when that is done."""
    found = seed(directory)
    document = {"seeded": found.fresh, "cases": found.cases, "open": found.open}
    words = gettext("%(cases)d cases, %(open)d of them open") % {"cases": found.cases, "open": found.open}
    begin = gettext("The example is filled in") if found.fresh else gettext("The example was filled in before")
    show(document, [f"{begin}: {words}."])


@click.command("links")
@click.option("--directory", type=click.Path(path_type=Path), default=EXAMPLE, help="The example's files.")
@json_option
def links(directory: Path) -> None:
    """Print links that sign in the people of the example; they may be used again for a day."""
    if not settings.DEMO:
        raise UserError(
            gettext("this installation does not hold the example"),
            where=str(settings.HOME),
            mend="quorate demo seed",
        )
    rows = list(_links(directory))
    document = {"links": [{"role": role, "name": name, "url": url} for role, name, url in rows]}

    def lines() -> Iterator[str]:
        yield gettext("Sign in as (invented people, links hold for a day):")
        yield from columns([("  " + role, name, url) for role, name, url in rows])

    show(document, lines)


def _links(directory: Path) -> Iterator[tuple[str, str, str]]:
    cast = history.read(history.beside(directory), clock.today()).cast
    people = {each.slug: each for each in Person.objects.filter(slug__in=[slug for slug, _words in cast])}
    for slug, words in cast:
        if slug in people and people[slug].account_id is not None:
            yield words, people[slug].name, _link(people[slug])
    yield gettext("visitor"), gettext("nobody in particular"), f"{settings.PUBLIC_URL}/"


def _link(person: Person) -> str:
    account = Account.objects.get(email__iexact=email_of(person))
    return link_for(account, minutes=A_DAY, again=True)
