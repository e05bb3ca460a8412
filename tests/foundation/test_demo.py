"""The example's history: lived through by the engine's own actions, once, and only where nothing real is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings
from tests.foundation.conftest import EXAMPLE, Quorate

from quorate.decisions.models import Motion
from quorate.engine.models import Case, Recusal
from quorate.kernel import clock
from quorate.ledger.models import Entry
from quorate.registers.elections.models import Election
from quorate.registers.meetings.models import ActionItem, Meeting
from quorate.registers.portfolio.models import Project
from quorate.surfaces.cli.demo import history
from quorate.surfaces.cli.demo.world import sessions
from quorate.toolkit.models import Identity

SHORT = """program: ecosystem
review: ecosystem-review
begins: 2025-10-01
ends: 2026-07-10
cast:
  - {person: mara-lindgren, as: maintainer}
applications:
  - {filed: 2025-10-06, name: Fjordgrad, by: [mara-lindgren, otto-rask], summary: Solvers, category: Training / General,
     fate: listed, health: fades}
  - {filed: 2025-10-07, name: Islay, by: [alaric-penrose], summary: Routing, category: Training / General, fate: declined}
  - {filed: 2025-10-08, name: Wherry, by: [ferran-achebe], summary: Boats, category: Training / General, fate: too-early}
  - {filed: 2026-07-08, name: Sundial, by: [ulric-fernsby], summary: Seeds, category: Training / General, fate: waiting}
"""


@pytest.fixture
def short(copy: Path) -> Path:
    """The example with a history of four applications."""
    (copy / "history.yml").write_text(SHORT)
    return copy


def test_the_history_is_lived_through_once(quorate: Quorate, short: Path, settings: Settings, tmp_path: Path) -> None:
    settings.HOME, settings.PUBLIC_URL = tmp_path, "http://site.example"
    with clock.travel(to=datetime(2026, 7, 12, tzinfo=UTC)):
        status, document, _ = quorate("demo", "seed", "--directory", short)
        assert (status, document["seeded"]) == (0, True)
        outcomes = {case.title: case.outcome or case.stage for case in Case.objects.filter(program__slug="ecosystem")}
        assert outcomes == {"Fjordgrad": "accepted", "Islay": "declined", "Wherry": "too-early", "Sundial": "new"}
        review = Case.objects.get(program__slug="ecosystem-review")
        assert review.outcome == "retired"
        project = Project.objects.get(slug="fjordgrad")
        assert project.synthetic
        assert [row.status for row in project.statuses.order_by("start")] == ["ecosystem", "retired"]
        # whoever shares the maintainers' employer never judged: IBM, and Red Hat, which it controls
        judges = set(Case.objects.get(title="Fjordgrad", grant=None).reviews.values_list("person__slug", flat=True))
        assert judges.isdisjoint({"ines-kowalczyk", "kenji-okafor"})
        times = list(Entry.objects.order_by("seq").values_list("recorded_at", flat=True))
        assert times == sorted(times)
        assert min(times).date() == date(2025, 10, 1)
        before = Entry.objects.count()
        status, document, _ = quorate("demo", "seed", "--directory", short)
        assert (status, document["seeded"], Entry.objects.count()) == (0, False, before)
        settings.DEMO = True
        _, links, _ = quorate("demo", "links", "--directory", short)
        assert [link["role"] for link in links["links"]] == ["maintainer", "visitor"]
        assert links["links"][0]["url"].startswith("http://site.example/")
        _, plan, _ = quorate("apply", short)
        assert plan["changes"] == []
    assert Recusal.objects.count() == 0


COUNCIL = """program: ecosystem
review: ecosystem-review
begins: 2026-05-20
ends: 2026-07-24
councils:
  - body: tac
    secretary: noor-haddad
    chair: severin-dahlquist
    zone: America/Los_Angeles
    wall: "07:00"
    rrule: FREQ=MONTHLY;BYDAY=2TU
    held: 2
    quorum: 12
    items:
      - {title: At the table, by: lin-ostergaard, minutes: 5, motion: Shall we do this at once?, task: Write it down,
         owner: torvald-mbatha, days: 9, done: Written.}
      - {title: By ballot, by: lin-ostergaard, minutes: 5, motion: Shall all seats be asked?, by_ballot: true, liked: 1}
      - {title: Next time, by: lin-ostergaard, minutes: 5}
elections:
  - {body: tac, slug: over, officer: noor-haddad, title: Over, seats: 2, rule: scottish-stv, announced: 2026-05-25,
     opens: 2026-06-10, closes: 2026-06-20, lot_source: an index, public_value: "1",
     candidates: [aurelio-fontaine, torvald-mbatha, lin-ostergaard], statements: [I would.]}
  - {body: tac, slug: open, officer: noor-haddad, title: Open, seats: 1, rule: irv, announced: 2026-07-01,
     opens: 2026-07-20, closes: 2026-08-20, candidates: [aurelio-fontaine, torvald-mbatha]}
applications: []
"""


def test_a_council_meets_votes_and_elects(quorate: Quorate, copy: Path, settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    (copy / "history.yml").write_text(COUNCIL)
    with clock.travel(to=datetime(2026, 7, 25, tzinfo=UTC)):
        assert quorate("demo", "seed", "--directory", copy)[0] == 0
        first, second, coming = Meeting.objects.order_by("starts_at")
        assert [meeting.starts_at.isoformat() for meeting in (first, second, coming)] == [
            "2026-06-09T14:00:00+00:00",
            "2026-07-14T14:00:00+00:00",
            "2026-08-11T14:00:00+00:00",
        ]
        assert [meeting.state for meeting in (first, second, coming)] == ["adjourned", "adjourned", "planned"]
        assert first.places.count() >= 19
        assert first.versions.get().published_at is not None
        assert second.versions.get().published_at is None, "the next meeting adopts them"
        table = Motion.objects.get(title="Shall we do this at once?")
        ballot = Motion.objects.get(title="Shall all seats be asked?", state="closed")
        assert table.state == "closed"
        assert (ballot.result, ballot.evaluation["yes"] * 3 >= ballot.evaluation["seats"] * 2) == ("passed", True)
        assert ActionItem.objects.get().state == "done"
        assert [item.title for item in coming.items.all()] == ["Next time"]
        over, still = Election.objects.get(slug="over"), Election.objects.get(slug="open")
        assert (over.state, still.state) == ("published", "open")
        assert over.bundle is not None
        assert len(over.bundle["result"]["elected"]) == 2
        assert 0 < still.roll.filter(voted=True).count() < still.roll.count()


def test_the_example_never_mixes_with_what_is_real(quorate: Quorate, short: Path) -> None:
    Identity.objects.create(name="A Real Foundation")
    status, document, _ = quorate("demo", "seed", "--directory", short)
    assert (status, document["error"]["mend"]) == (2, "choose another QUORATE_HOME")
    assert not Case.objects.exists()


def test_the_example_writes_to_nobody_outside(quorate: Quorate, short: Path, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    status, document, _ = quorate("demo", "seed", "--directory", short)
    assert (status, document["error"]["where"]) == (2, "QUORATE_SMTP_URL")


def test_links_are_for_the_example_only(quorate: Quorate) -> None:
    assert not settings.DEMO
    status, document, _ = quorate("demo", "links")
    assert (status, document["error"]["mend"]) == (2, "quorate demo seed")


def test_a_faulty_history_names_its_line(quorate: Quorate, short: Path) -> None:
    path = short / "history.yml"
    path.write_text(SHORT.replace("fate: declined", "fate: doomed"))
    _, document, _ = quorate("demo", "seed", "--directory", short)
    assert document["error"]["where"] == f"{path}:10"


def test_the_history_ends_with_today_whenever_today_is() -> None:
    path = EXAMPLE / "history.yml"
    said = history.read(path, date(2026, 11, 22))
    assert said.ends.date() == date(2026, 11, 21)
    later = history.read(path, date(2028, 3, 1))
    assert 0 <= (date(2028, 3, 1) - later.ends.date()).days < 7
    assert (later.begins - said.begins).days % 7 == 0
    assert len(said.applications) >= 40


def test_sessions_are_third_tuesdays() -> None:
    found = sessions(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
    assert [at.date() for at in found][:3] == [date(2026, 1, 20), date(2026, 2, 17), date(2026, 3, 17)]
    assert all(at.weekday() == 1 for at in found)
