"""The example's history: lived through by the engine's own actions, once, and only where nothing real is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings
from tests.foundation.conftest import EXAMPLE, Quorate

from quorate.engine.models import Case, Recusal
from quorate.kernel import clock
from quorate.ledger.models import Entry
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
