"""Projects, their dated statuses, repositories, maintainers and what people vouch for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from quorate.access.actors import VISITOR, Actor, person, system
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.models import Entry
from quorate.registers.portfolio import actions, queries
from quorate.registers.portfolio.models import Project, ProjectStatus
from quorate.registers.portfolio.rules import ProjectFacts, StatusPeriod

pytestmark = pytest.mark.django_db
STAFF = system("test")
START = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture
def alpha() -> Project:
    return actions.add_project(actor=STAFF, facts=ProjectFacts("Alpha", homepage="https://alpha.example"))


def kinds() -> list[str]:
    return list(Entry.objects.order_by("seq").values_list("kind", flat=True))


def test_a_project_is_added_and_changed_once(alpha: Project) -> None:
    assert alpha.slug == "alpha"
    facts = ProjectFacts("Alpha", summary="A tool", homepage="https://alpha.example")
    actions.change_project(actor=STAFF, project=alpha, facts=facts)
    actions.change_project(actor=STAFF, project=alpha, facts=facts)
    assert kinds() == ["project.added", "project.changed"]
    assert Entry.objects.get(kind="project.changed").data["changes"] == {"summary": ["", "A tool"]}
    with pytest.raises(UserError, match="web address"):
        actions.change_project(actor=STAFF, project=alpha, facts=ProjectFacts("Alpha", homepage="javascript:x"))


def test_a_status_closes_the_one_before(alpha: Project) -> None:
    actions.set_status(actor=STAFF, project=alpha, status="ecosystem", at=START, decided_by="case:E-1")
    actions.set_status(actor=STAFF, project=alpha, status="ecosystem", at=START + timedelta(days=3))
    actions.set_status(actor=STAFF, project=alpha, status="retired", at=START + timedelta(days=200))
    rows = list(alpha.statuses.values_list("status", "start", "until"))
    assert rows == [
        ("ecosystem", START, START + timedelta(days=200)),
        ("retired", START + timedelta(days=200), None),
    ]
    for days, status in ((-1, None), (0, "ecosystem"), (199, "ecosystem"), (200, "retired")):
        found = queries.status_of(alpha.pk, START + timedelta(days=days))
        assert (found.status if found else None) == status
    listed = queries.projects_at(START + timedelta(days=5)).get()
    assert (listed.status, listed.since) == ("ecosystem", START)


def test_a_status_does_not_begin_before_the_one_it_follows(alpha: Project) -> None:
    actions.set_status(actor=STAFF, project=alpha, status="ecosystem", at=START)
    for at in (START, START - timedelta(days=1)):
        with pytest.raises(Conflict):
            actions.set_status(actor=STAFF, project=alpha, status="hosted", at=at)
    actions.set_status(actor=STAFF, project=alpha, status="", at=START + timedelta(days=1))
    with pytest.raises(Conflict):
        actions.set_status(actor=STAFF, project=alpha, status="hosted", at=START)


def test_statuses_are_corrected_as_a_whole(alpha: Project) -> None:
    end = START + timedelta(days=30)
    periods = [StatusPeriod("ecosystem", None, end, synthetic=True), StatusPeriod("retired", end)]
    actions.correct_statuses(actor=STAFF, project=alpha, periods=periods)
    actions.correct_statuses(actor=STAFF, project=alpha, periods=periods)
    assert kinds().count("project.statuses-corrected") == 1
    assert queries.statuses_of(alpha) == periods
    with pytest.raises(UserError, match="overlap"):
        actions.correct_statuses(
            actor=STAFF, project=alpha, periods=[StatusPeriod("ecosystem", START), StatusPeriod("retired", end)]
        )


def test_the_database_refuses_what_the_rules_forbid(alpha: Project) -> None:
    def refused(**fields: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            ProjectStatus.objects.create(project=alpha, status="x", **fields)

    ProjectStatus.objects.create(project=alpha, status="a", start=START, until=START + timedelta(days=10))
    refused(start=START + timedelta(days=20), until=START + timedelta(days=20))
    refused(start=START + timedelta(days=5), until=START + timedelta(days=15))
    refused(start=None, until=START + timedelta(days=1))
    refused(start=START - timedelta(days=5), until=None)
    ProjectStatus.objects.create(project=alpha, status="b", start=START + timedelta(days=10))
    refused(start=START + timedelta(days=30))


def test_repositories_are_one_spelling_each(alpha: Project) -> None:
    one = actions.register_repository(actor=STAFF, project=alpha, url="https://GitHub.com/Alpha/Tool.git/")
    again = actions.register_repository(actor=STAFF, project=alpha, url="git@github.com:alpha/tool")
    assert one == again
    assert one.url == "https://github.com/alpha/tool"
    assert one.primary
    two = actions.register_repository(actor=STAFF, project=alpha, url="https://github.com/alpha/docs", primary=True)
    one.refresh_from_db()
    assert (one.primary, two.primary) == (False, True)
    assert queries.primary_repository(alpha.pk) == two
    other = actions.add_project(actor=STAFF, facts=ProjectFacts("Beta"))
    with pytest.raises(Conflict, match="belongs to Alpha"):
        actions.register_repository(actor=STAFF, project=other, url="https://github.com/alpha/docs")
    for wrong in ("https://github.com/alpha", "ftp://x/y/z", "https://github.com/a/b/tree/main"):
        with pytest.raises(UserError, match="address of a repository"):
            actions.register_repository(actor=STAFF, project=other, url=wrong)


def test_maintainers_have_their_time(alpha: Project) -> None:
    noor = Person.objects.create(slug="noor", name="Noor Testwell", synthetic=True)
    row = actions.add_maintainer(actor=STAFF, project=alpha, person=noor, start=START)
    assert actions.add_maintainer(actor=STAFF, project=alpha, person=noor) == row
    actions.add_maintainer(actor=STAFF, project=alpha, handle="@octo-tester")
    assert queries.maintainers_at(alpha.pk).count() == 2
    actions.end_maintainer(actor=STAFF, maintainer=row, until=START + timedelta(days=9))
    assert queries.maintainers_at(alpha.pk, START + timedelta(days=8)).count() == 2
    assert queries.maintainers_at(alpha.pk).get().handle == "octo-tester"
    assert list(queries.maintained_by(noor.pk, START)) == [alpha]
    with pytest.raises(UserError, match="nobody"):
        actions.add_maintainer(actor=STAFF, project=alpha)


def test_statements_need_evidence_and_expire(alpha: Project) -> None:
    with clock.travel(to=START):
        actions.attest(
            actor=STAFF,
            project=alpha,
            criterion="stars",
            value=210,
            evidence_url="https://alpha.example/stars",
            expires=START + timedelta(days=30),
        )
        with pytest.raises(UserError, match="evidence"):
            actions.attest(actor=STAFF, project=alpha, criterion="stars", value=1, evidence_url="")
        with pytest.raises(UserError, match="future"):
            actions.attest(
                actor=STAFF,
                project=alpha,
                criterion="stars",
                value=1,
                evidence_url="https://x.example",
                as_of=START + timedelta(days=1),
            )
    assert queries.attestations_of(alpha.pk, START)["stars"].value == 210
    assert not queries.attestations_of(alpha.pk, START + timedelta(days=30))
    row = alpha.attestations.get()
    actions.withdraw_attestation(actor=STAFF, attestation=row)
    actions.withdraw_attestation(actor=STAFF, attestation=row)
    assert kinds().count("attestation.withdrawn") == 1


@pytest.mark.parametrize("outsider", [VISITOR, person(Person().id)])
def test_outsiders_are_refused(alpha: Project, outsider: Actor) -> None:
    before = Entry.objects.count()
    facts = ProjectFacts("Beta")
    calls = [
        lambda: actions.add_project(actor=outsider, facts=facts),
        lambda: actions.change_project(actor=outsider, project=alpha, facts=facts),
        lambda: actions.remove_project(actor=outsider, project=alpha),
        lambda: actions.set_status(actor=outsider, project=alpha, status="hosted"),
        lambda: actions.correct_statuses(actor=outsider, project=alpha, periods=[]),
        lambda: actions.register_repository(actor=outsider, project=alpha, url="https://github.com/a/b"),
        lambda: actions.add_maintainer(actor=outsider, project=alpha, handle="x"),
        lambda: actions.attest(
            actor=outsider, project=alpha, criterion="stars", value=1, evidence_url="https://x.example"
        ),
        lambda: actions.import_landscape(actor=outsider, data=b"categories: []\n"),
        lambda: actions.add_landscape_item(actor=outsider, place=("A", "B"), fields={"name": "X"}),
    ]
    for call in calls:
        with pytest.raises(Refused):
            call()
    assert Entry.objects.count() == before


def test_what_a_case_decided_on_stays(alpha: Project) -> None:
    beta = actions.add_project(actor=STAFF, facts=ProjectFacts("Beta"))
    actions.set_status(actor=STAFF, project=beta, status="ecosystem", at=START)
    actions.remove_project(actor=STAFF, project=beta)
    actions.set_status(actor=STAFF, project=alpha, status="ecosystem", at=START, decided_by="case:E-1")
    with pytest.raises(Conflict, match="retire"):
        actions.remove_project(actor=STAFF, project=alpha)
    assert Project.objects.get() == alpha
