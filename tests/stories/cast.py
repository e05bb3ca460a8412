"""The cast of the stories: a small foundation that runs the two ecosystem programs as they ship.

The ecosystem working group has five members and a chair. Mara maintains Tensor Garden; she works for Acorn, which Oak
controls, and Olga of the working group works for Oak. Ben, Cleo, Dan and Eve each work elsewhere. Petra is program
manager, Xavier has no part in anything. All of them are invented. The project's repository is a real bare clone, made
by ``git fast-import``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client
from tests.portfolio.repository.histories import Made, extend, write

from quorate.access.actors import Actor, system
from quorate.access.identity import actor_of
from quorate.access.models import Account, ApiToken
from quorate.directory.models import Affiliation, ContactPoint, Control, Organisation, Person
from quorate.engine import actions
from quorate.engine.definition import find
from quorate.engine.models import Case, Program
from quorate.ledger.worker import drain
from quorate.registers.portfolio import actions as portfolio
from quorate.registers.portfolio.models import Repository
from quorate.terms.models import Body, Seat, Term

SYSTEM = system("test")
#: Monday morning.
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
REPOSITORY = "https://git.example/garden/tensor-garden"
WORKS_FOR = {
    "mara": "acorn",
    "olga": "oak",
    "ben": "birch",
    "cleo": "cedar",
    "dan": "dogwood",
    "eve": "elm",
    "chris": "office",
    "petra": "office",
    "xavier": "",
}
MEMBERS = ("olga", "ben", "cleo", "dan", "eve")
MARKS = dict.fromkeys(
    ("value", "latest-release", "quick-start", "documentation", "tests", "packages", "governance", "horizon"), 4
)
ANSWERS: Mapping[str, str] = {
    "contact": "mara@garden.example",
    "summary": "Layers that grow and prune themselves",
    "description": "Grows layers where a model learns and prunes them where it does not.",
    "similar": "None that we know.",
    "repository": REPOSITORY,
    "licence": "MIT",
    "maintainers": "@mara-example, @milo-example",
    "backing": "Acorn, https://acorn.example",
    "website": "https://garden.example/",
    "documentation": "https://garden.example/docs/",
    "ci": "On every commit, on two architectures.",
    "versions": "The last two releases.",
    "components": "Modules and optimisers.",
    "horizon": "At least three years.",
}
LICENCE = b"""MIT License

Copyright (c) 2025 The invented authors of Tensor Garden

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
FILES: Mapping[str, bytes] = {
    "LICENSE": LICENCE,
    "README.md": b"# Tensor Garden\n",
    "CONTRIBUTING.md": b"Open a pull request.\n",
    ".github/CODEOWNERS": b"* @mara-example\n",
    "CODE_OF_CONDUCT.md": b"Be kind.\n",
    ".github/workflows/test.yml": b"on: push\n",
}


def history(until: datetime, commits: int, people: int, over: int = 80) -> list[Made]:
    """``commits`` by ``people``, spread over the ``over`` days before ``until``, the first with the usual files."""
    last = int(until.timestamp())
    step = over * 86_400 // max(commits - 1, 1)
    return [
        Made(
            last - (commits - 1 - number) * step,
            (number - 1,) if number else (),
            email=f"dev{number % people}@garden.example".encode(),
            name=f"Developer {number % people}".encode(),
            files=FILES if number == 0 else {},
        )
        for number in range(commits)
    ]


def busy(until: datetime) -> list[Made]:
    """A history that meets every bar: 48 commits by six people."""
    return history(until, 48, 6)


def asleep(busy_until: datetime, until: datetime) -> list[Made]:
    """The busy history, and one commit at ``until``: nearly nothing in the 90 days before it."""
    before = busy(busy_until)
    return [*before, Made(int(until.timestamp()), (len(before) - 1,), email=b"dev0@garden.example")]


@dataclass
class Cast:
    """The people by first name: as records, as actors, as clients of the site and of the API."""

    people: dict[str, Person]
    accounts: dict[str, Account]
    secrets: dict[str, str] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Somebody as an actor; ``visitor`` is nobody."""
        return actor_of(self.accounts[name])

    def browser(self, name: str = "") -> Client:
        """A browser in which somebody is signed in, or nobody."""
        client = Client()
        if name:
            client.force_login(self.accounts[name])
        return client

    def api(self, name: str = "") -> Api:
        """The API as somebody with a token, or as a visitor."""
        return Api(self.secrets[name] if name else "")

    def program(self, slug: str = "ecosystem") -> Program:
        """A program."""
        return Program.objects.get(slug=slug)


@dataclass
class Api:
    """The API as its clients call it: JSON over HTTP, a token in the header."""

    secret: str = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Any request, whatever comes back."""
        if self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        data = json.dumps(body) if body is not None else ""
        answer = Client().generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers)
        assert isinstance(answer, HttpResponse)
        return answer

    def get(self, path: str, status: int = 200) -> Any:
        """Read."""
        return self._checked(self.call("GET", path), status)

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """Do."""
        return self._checked(self.call("POST", path, {} if body is None else body, **headers), status)

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        """Write."""
        return self._checked(self.call("PUT", path, body), status)

    @staticmethod
    def _checked(answer: HttpResponse, status: int) -> Any:
        assert answer.status_code == status, (answer.status_code, answer.content.decode())
        return json.loads(answer.content)


def assemble() -> Cast:
    """Everybody in their seats, both programs published as they ship."""
    orgs = {
        name: Organisation.objects.create(slug=name, name=name.title(), synthetic=True)
        for name in sorted({*WORKS_FOR.values(), "oak"} - {""})
    }
    Control.objects.create(parent=orgs["oak"], child=orgs["acorn"], start=LONG_AGO)
    cast = Cast({}, {})
    for name, employer in WORKS_FOR.items():
        account = Account.objects.create_user(f"{name}@people.example")
        person = Person.objects.create(slug=name, name=f"{name.title()} Invented", account=account, synthetic=True)
        ContactPoint.objects.create(person=person, kind="email", value=account.email, primary=True)
        if employer:
            Affiliation.objects.create(person=person, organisation=orgs[employer], start=LONG_AGO)
        cast.secrets[name] = ApiToken.new_secret()
        ApiToken.objects.create(
            account=account, name="story", hash=ApiToken.hash_of(cast.secrets[name]), scopes=["all"]
        )
        cast.people[name], cast.accounts[name] = person, account
    staff = Body.objects.create(slug="staff", name="Staff", kind="staff", permissions=["case.list", "case.read"])
    group = Body.objects.create(slug="ecosystem-wg", name="Ecosystem Working Group", kind="working-group")
    manages = ["landscape.edit", "project.edit", "repository.fetch"]
    _seat(staff, "program-manager", cast.people["petra"], voting=False, permissions=manages)
    _seat(group, "chair", cast.people["chris"], voting=False, chair=True)
    for number, name in enumerate(MEMBERS, 1):
        _seat(group, f"member-{number}", cast.people[name], position=number)
    for slug in ("ecosystem-review", "ecosystem"):
        actions.publish_program(actor=SYSTEM, definition=find(slug))
    return cast


def _seat(body: Body, slug: str, who: Person, **more: Any) -> None:
    seat = Seat.objects.create(body=body, slug=slug, title=slug.replace("-", " ").capitalize(), **more)
    Term.objects.create(seat=seat, person=who, start=LONG_AGO)


def place(folder: Path, commits: list[Made], url: str = REPOSITORY) -> Path:
    """Make the project's clone, or write its history anew, and tell the portfolio where it lies."""
    path = folder / "tensor-garden.git"
    if path.exists():
        extend(path, commits)
    else:
        write(path, commits)
    portfolio.place_clone(actor=SYSTEM, repository=Repository.objects.get(url=url), path=path)
    return path


# --- the way of a case, by the engine's own actions ---------------------------------------------------------------


def file(cast: Cast, who: str = "mara", title: str = "Tensor Garden", **answers: str) -> Case:
    """An application, by default Mara's."""
    given = {**ANSWERS, **answers}
    return actions.file_case(
        actor=cast.actor(who), program=cast.program(), answers=given, title=f"[Ecosystem] {title}"
    ).case


def attest_rest(cast: Cast, case: Case) -> None:
    """What no clone tells is attested by the program manager."""
    for criterion, found in (("stars", 412), ("maintainers", 2)):
        actions.attest(
            actor=cast.actor("petra"),
            case=case,
            criterion=criterion,
            found=found,
            evidence="https://git.example/garden/tensor-garden/people",
        )


def to_triage(cast: Cast, folder: Path, until: datetime) -> Case:
    """Filed, measured, attested and taken up."""
    case = file(cast)
    place(folder, busy(until - timedelta(days=1)))
    drain()
    attest_rest(cast, case)
    return actions.move(actor=cast.actor("petra"), case=case, transition="take")


def to_review(cast: Cast, folder: Path, until: datetime) -> Case:
    """Found ready for review."""
    return actions.move(actor=cast.actor("petra"), case=to_triage(cast, folder, until), transition="ready")
