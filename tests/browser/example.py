"""The example foundation in the test's database, its people's accounts, and repositories with a history."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.portfolio.repository.histories import Made, write

from quorate.access.actors import system
from quorate.access.models import Account
from quorate.directory.actions import link_account
from quorate.directory.models import Person
from quorate.directory.queries import email_of
from quorate.registers.portfolio import actions as portfolio
from quorate.registers.portfolio.queries import repository_by
from quorate.surfaces.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
DESK = system("test")
NAMES = ("LICENSE", "README.md", "CONTRIBUTING.md", "CODEOWNERS", "CODE_OF_CONDUCT.md", ".github/workflows/ci.yml")
FILES = dict.fromkeys(NAMES, b"x\n")


def publish_example() -> None:
    """Apply the example foundation as the command line does."""
    assert run(["apply", str(ROOT / "examples" / "pytorch-foundation")]) == 0


def account_of(slug: str) -> Account:
    """The account of one of the example's people, opened when it is first asked for."""
    person = Person.objects.select_related("account").get(slug=slug)
    if person.account is None:
        account = Account.objects.create_user(email_of(person))
        link_account(actor=DESK, person=person, account=account)
        return account
    return person.account


def place_history(url: str, path: Path, *, until: datetime, authors: int, commits: int) -> None:
    """Give a project's repository a bare clone with some commits of its last sixty days."""
    last = int(until.timestamp())
    gap = 60 * 86_400 // max(commits, 1)
    made = [
        Made(
            last - gap * (commits - 1 - index),
            (index - 1,) if index else (),
            email=b"dev%d@people.example" % (index % authors),
            name=b"Dev %d" % (index % authors),
            files={**FILES, "LICENSE": APACHE} if index == 0 else {},
        )
        for index in range(commits)
    ]
    write(path, made)
    portfolio.place_clone(actor=DESK, repository=repository_by(url), path=path)


APACHE = (
    b"                                 Apache License\n                           Version 2.0, January 2004\n"
    b"                        http://www.apache.org/licenses/\n"
)
