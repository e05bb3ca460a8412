"""Seeds the example: applies its files as of the day its history begins, then lives through the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from quorate.access.actions import create_account
from quorate.access.models import Account
from quorate.directory.actions import link_account
from quorate.directory.models import Person
from quorate.directory.queries import email_of
from quorate.engine.actions import tick
from quorate.engine.models import Case, Program
from quorate.engine.versions import program_named
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.sealer import seal
from quorate.ledger.worker import drain
from quorate.surfaces.cli.demo import applying, books, council, history, reviewing
from quorate.surfaces.cli.demo.world import KEEPER, World, sessions
from quorate.surfaces.cli.foundation.apply import carry_out
from quorate.surfaces.cli.foundation.files import read, sections
from quorate.surfaces.cli.foundation.plan import make
from quorate.toolkit.identity import identity

#: How long before a session applications are taken up, in days.
LEAD = 14


@dataclass(frozen=True)
class Seeded:
    """What there is now, and whether this run made it."""

    fresh: bool
    cases: int
    open: int


def seed(directory: Path) -> Seeded:
    """Seed the example of a directory; does nothing when it was seeded before. All of it, or nothing.

    ``Conflict`` in an installation that is in use, or that could write to people outside.
    """
    said = history.read(history.beside(directory), clock.today())
    program = Program.objects.filter(slug=said.program).first()
    if program is not None and Case.objects.filter(program=program, source="web").count() >= len(_filed(said)):
        return _seeded(said.program, fresh=False)
    _refuse_real_use(directory)
    with transaction.atomic():
        with clock.travel(to=said.begins):
            known = sections()
            plan = make(read(directory, known), known)
            if plan.refused:
                raise Conflict(gettext("the files and the records disagree"), mend=f"quorate apply {directory}")
            carry_out(actor=KEEPER, plan=plan, known=known)
            open_accounts(slug for slug, _words in said.cast)
            drain()
        _live(said)
    seal()
    mark = Path(settings.HOME) / "demo"
    mark.write_text(gettext("This installation holds the example; its sign-in links may be used again.") + "\n")
    return _seeded(said.program, fresh=True)


def _live(said: history.History) -> None:
    world = World(program_named(said.program), program_named(said.review), said.begins, min(said.ends, clock.now()))
    takes = [at.replace(hour=9) - timedelta(days=LEAD) for at in sessions(said.begins, said.ends)]
    takes = [at for at in takes if at > said.begins]
    world.begin(applying.take_up(world, takes), takes[0])
    for application in _filed(said):
        world.begin(applying.story(world, application, takes), application.filed)
    world.begin(reviewing.decline(world), said.begins)
    world.begin(reviewing.stewardship(world), said.begins)
    world.begin(books.books(world), said.begins)
    for assembly in said.councils:
        world.begin(council.council(world, assembly), council.sittings(world, assembly)[0] - timedelta(days=14))
    for question in said.joint:
        world.begin(council.joint(world, question), question.opens)
    for vote in said.elections:
        world.begin(council.election(world, vote), vote.announced)
    world.run(world.ends)
    tick()
    drain()


def _filed(said: history.History) -> list[history.Application]:
    """The applications that have been filed by now."""
    return [each for each in said.applications if each.filed < min(said.ends, clock.now())]


def open_accounts(cast: Iterable[str]) -> None:
    """Give those whom links sign in a way in; everybody else opens an account when they come."""
    for person in Person.objects.filter(slug__in=list(cast), account=None, merged_into=None, erased_at=None):
        address = email_of(person)
        if address and not Account.objects.filter(email__iexact=address).exists():
            link_account(actor=KEEPER, person=person, account=create_account(actor=KEEPER, email=address))


def _refuse_real_use(directory: Path) -> None:
    """The example is for installations of its own: nothing real beside it, no letter to the world outside."""
    row = identity()
    if not row._state.adding and not row.synthetic:
        raise Conflict(
            gettext("this installation is %s, and not the example") % row.name,
            where=str(settings.HOME),
            mend=gettext("choose another QUORATE_HOME"),
        )
    if Case.objects.exists():
        raise Conflict(
            gettext("there are cases already"), where=str(settings.HOME), mend=gettext("choose an empty QUORATE_HOME")
        )
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        raise UserError(
            gettext("the example writes letters to people who do not exist, and a mail server is set up"),
            where="QUORATE_SMTP_URL",
            mend=gettext("unset it"),
        )


def _seeded(program: str, *, fresh: bool) -> Seeded:
    rows = Case.objects.all()
    return Seeded(fresh, rows.count(), rows.filter(closed_at=None).count())
