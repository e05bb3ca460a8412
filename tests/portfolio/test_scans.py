"""Reading clones, keeping what they said, serving the engine's checks, and fetching without being led astray."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.portfolio.repository.histories import DAY, NOON, Made, extend, line, write

from quorate.access.actors import system
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.ledger.models import Entry
from quorate.registers.portfolio import actions, clones, queries
from quorate.registers.portfolio.actions.repositories import fetch_repository
from quorate.registers.portfolio.jobs import read_clones
from quorate.registers.portfolio.models import Project, Repository, Scan
from quorate.registers.portfolio.ports import check_repository, measure, measure_at
from quorate.registers.portfolio.rules import ProjectFacts
from quorate.toolkit.ports import PROBES, Criterion, Subject

STAFF = system("test")
CRITERIA = (
    Criterion("contributors", "Contributors", "repository.active_contributors", {"at_least": 2}),
    Criterion("commits", "Commits", "repository.commits", {"at_least": 3}),
    Criterion("files", "Files", "repository.files", {"all_of": ["LICENSE", "README"]}),
    Criterion("stars", "Stars", "repository.stars", {"at_least": 200}),
    Criterion("maintainers", "Maintainers", "repository.core_maintainers", {"at_least": 2}),
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    path = tmp_path / "alpha.git"
    made = line(NOON - 3 * DAY, NOON - 2 * DAY, NOON, files={"LICENSE": b"MIT License", "README.md": b"# Alpha"})
    write(path, [*made, Made(NOON + 60, (2,), email=b"bo@two.example", name=b"Bo Example")])
    return path


@pytest.fixture
def alpha(db: None, clone: Path) -> Project:
    project = actions.add_project(actor=STAFF, facts=ProjectFacts("Alpha"))
    row = actions.register_repository(actor=STAFF, project=project, url="https://github.com/alpha/alpha")
    actions.place_clone(actor=STAFF, repository=row, path=clone)
    return project


def repository() -> Repository:
    return Repository.objects.get()


def results(found: Sequence[Any]) -> dict[str, tuple[str, Any]]:
    return {each.criterion: (each.result, each.found) for each in found}


def test_a_reading_is_kept_once_for_each_head(alpha: Project, clone: Path) -> None:
    first, reading = actions.scan_repository(actor=STAFF, repository=repository())
    assert reading is not None
    assert first.as_of == datetime.fromtimestamp(NOON + 60, UTC)
    again, reading = actions.scan_repository(actor=STAFF, repository=repository())
    assert again == first
    assert reading is not None
    assert reading.refreshed
    assert Entry.objects.filter(kind="repository.scanned").count() == 1
    extend(clone, [Made(NOON + DAY)])
    moved, _reading = actions.scan_repository(actor=STAFF, repository=repository())
    assert moved.head != first.head
    kept = list(Scan.objects.order_by("scanned_at").values_list("cache", flat=True))
    assert [bool(cache) for cache in kept] == [False, True]


def test_a_clone_that_is_gone_makes_a_record_and_no_failure(alpha: Project, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    actions.place_clone(actor=STAFF, repository=repository(), path=empty)
    row, reading = actions.scan_repository(actor=STAFF, repository=repository())
    assert reading is None
    assert row.error
    assert Entry.objects.get(kind="repository.unreadable").data["error"] == row.error
    with pytest.raises(UserError, match="no such folder"):
        actions.place_clone(actor=STAFF, repository=repository(), path=tmp_path / "nowhere")


def test_the_engine_asks_and_gets_a_finding_for_each_criterion(alpha: Project) -> None:
    probe = PROBES.get("repository")
    assert probe.measure is measure
    actions.add_maintainer(actor=STAFF, project=alpha, handle="one")
    actions.add_maintainer(actor=STAFF, project=alpha, handle="two")
    found = measure(Subject("project", str(alpha.pk)), CRITERIA)
    assert results(found) == {
        "contributors": ("pass", 2),
        "commits": ("pass", 4),
        "files": ("pass", ["LICENSE", "README"]),
        "stars": ("unknown", None),
        "maintainers": ("pass", 2),
    }
    assert all(each.evidence for each in found)
    with clock.travel(to=datetime.fromtimestamp(NOON + 10 * DAY, UTC)):
        actions.attest(
            actor=STAFF, project=alpha, criterion="stars", value=250, evidence_url="https://alpha.example/stars"
        )
        stars = measure(Subject("project", str(alpha.pk)), CRITERIA)[3]
    assert (stars.result, stars.found) == ("attested", 250)
    assert "https://alpha.example/stars" in stars.evidence
    assert Scan.objects.count() == 1


def test_what_cannot_be_known_is_unknown_and_says_why(alpha: Project) -> None:
    actions.place_clone(actor=STAFF, repository=repository(), path=None)
    found = measure(Subject("project", str(alpha.pk)), CRITERIA[:1])
    assert (found[0].result, found[0].found) == ("unknown", None)
    assert "no local clone" in found[0].evidence
    nobody = measure(Subject("project", "01a20000-0000-7000-8000-000000000000"), CRITERIA)
    assert {each.result for each in nobody} == {"unknown"}


def test_a_path_is_checked_without_a_database(clone: Path) -> None:
    given = [{"criterion": "stars", "value": 300, "at": date(2026, 6, 1), "evidence": "https://x.example"}]
    scan, found = check_repository(str(clone), CRITERIA, given)
    assert results(found)["stars"] == ("attested", 300)
    assert scan.facts["commits"] == 4
    facts, _found = measure_at(str(clone), CRITERIA)
    assert facts["head"] == scan.facts["head"]


def test_the_worker_reads_what_lies_here(alpha: Project) -> None:
    read_clones()
    assert Scan.objects.get().error == ""
    assert queries.newest_scans([repository().pk])[repository().pk].facts["commits"] == 4


def test_fetching_is_off_unless_allowed(alpha: Project, settings: Any) -> None:
    settings.FETCH_REPOSITORIES = False
    with pytest.raises(UserError, match="does not fetch"):
        fetch_repository(actor=STAFF, repository=repository())


@pytest.mark.parametrize(
    "url",
    [
        "http://github.com/a/b",
        "file:///etc/passwd",
        "ssh://git@github.com/a/b",
        "git://github.com/a/b",
        "ext::sh -c id",
        "https://user:secret@github.com/a/b",
        "https://github.com:8443/a/b",
        "https://github.com/a/b?x=1",
        "https://github.com/a b",
        "https://gíthub.example/a/b",
        "--upload-pack=id",
        "https:///a/b",
    ],
)
def test_only_plain_https_addresses_are_fetched(url: str) -> None:
    with pytest.raises(UserError, match="only plain https"):
        clones.check_address(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_no_private_host_is_fetched_from(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    def answer(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", ("140.82.112.3", 443)), (10, 1, 6, "", (address, 443))]

    monkeypatch.setattr("socket.getaddrinfo", answer)
    with pytest.raises(UserError, match="not a public host"):
        clones.check_address("https://rebind.example/a/b")


def test_git_is_pinned_to_the_address_that_was_checked(
    alpha: Project, clone: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.FETCH_REPOSITORIES = True
    settings.HOME = tmp_path / "home"
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("140.82.112.3", 443))])
    seen: list[list[str]] = []

    def run(arguments: list[str], *_: object) -> None:
        seen.append(arguments)
        if "clone" in arguments:
            subprocess.run(["git", "clone", "-q", "--bare", str(clone), arguments[-1]], check=True)

    monkeypatch.setattr(clones, "_git", run)
    row = fetch_repository(actor=STAFF, repository=repository())
    assert row.clone_path == f"{row.pk}.git"
    assert "http.curloptResolve=github.com:443:140.82.112.3" in seen[0]
    assert "http.followRedirects=false" in seen[0]
    assert not list((tmp_path / "home" / "clones").glob(".fetching-*"))
    fetch_repository(actor=STAFF, repository=row)
    assert "fetch" in seen[1]
    assert actions.scan_repository(actor=STAFF, repository=row)[1] is not None


def test_git_is_stopped_when_it_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:/usr/bin:/bin")
    with pytest.raises(UserError, match="longer than 0 seconds"):
        clones._git(["x"], tmp_path, 0.3, 10**9)
    slow.write_text("#!/bin/sh\necho 'fatal: no such repository' >&2\nexit 128\n")
    with pytest.raises(UserError, match="no such repository"):
        clones._git(["x"], tmp_path, 10, 10**9)
