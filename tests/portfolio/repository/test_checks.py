"""Criteria against a scan and attestations; the stable keys; many repositories at once."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.portfolio.repository.histories import DAY, NOON, QUIET, Made, git, line, write
from tests.portfolio.repository.test_contents import MIT

from quorate.kernel.errors import UserError
from quorate.registers.portfolio.repository.checks import Attestation, check, policy_for
from quorate.registers.portfolio.repository.fleet import Target, refresh
from quorate.registers.portfolio.repository.health import health
from quorate.registers.portfolio.repository.policy import Policy
from quorate.registers.portfolio.repository.probes import PROBES
from quorate.registers.portfolio.repository.scan import Scan, scan

CRITERIA: list[dict[str, Any]] = [
    {"criterion": "contributors", "title": "Active", "probe": "repository.active_contributors", "at_least": 5},
    {"criterion": "commits", "probe": "repository.commits", "bar": {"at_least": 30}, "params": {"window_days": 90}},
    {"criterion": "files", "probe": "repository.files", "all_of": ["LICENSE", "README", "CODE_OF_CONDUCT"]},
    {"criterion": "licence", "probe": "repository.licence", "one_of": ["MIT", "Apache-2.0", "BSD-3-Clause"]},
    {"criterion": "ci", "probe": "repository.ci", "present": True},
    {"criterion": "stars", "probe": "repository.stars", "at_least": 200, "attest": {"max_age_days": 180}},
    {"criterion": "maintainers", "probe": "repository.core_maintainers", "at_least": 2},
    {"criterion": "judged", "title": "A clear README"},
]


@pytest.fixture
def found(tmp_path: Path) -> Scan:
    files = {"LICENSE": MIT.encode(), "README.md": b"x", ".github/workflows/ci.yml": b"on: push"}
    commits = [
        Made(NOON + at, (at - 1,) if at else (), b"p%d@one.example" % (at % 6), files=files if not at else {})
        for at in range(40)
    ]
    commits.append(Made(NOON + 41, (39,), b"1+b[bot]@users.noreply.github.com", b"b[bot]"))
    write(tmp_path / "p.git", commits)
    return scan(tmp_path / "p.git", policy=Policy(read_blobs=True))


def results(findings: list[dict[str, Any]]) -> dict[str, str]:
    return {finding["criterion"]: finding["result"] for finding in findings}


def test_each_criterion_gets_its_finding(found: Scan) -> None:
    findings = check(CRITERIA, found)
    assert results(findings) == {
        "contributors": "pass",
        "commits": "pass",
        "files": "fail",
        "licence": "pass",
        "ci": "pass",
        "stars": "unknown",
        "maintainers": "unknown",
        "judged": "unknown",
    }
    assert [set(finding) >= {"criterion", "result", "found", "needed", "evidence", "as_of"} for finding in findings]
    json.dumps(findings)


def test_the_evidence_reads_well_and_can_be_followed(found: Scan) -> None:
    first, second, files, *_ = check(CRITERIA, found)
    assert first["evidence"] == (
        "6 people made a commit in the 90 days to 2026-05-28, the day of the head commit; 1 bot was left out"
        " (merges not counted)."
    )
    assert (first["found"], first["needed"], first["as_of"]) == (6, 5, "2026-05-28T20:27:21Z")
    assert len(first["facts"]["sample_commits"]) == 5
    assert found.head.commit in first["facts"]["command"]
    assert second["found"] == 40
    assert files["evidence"] == "Found LICENSE, README (README.md). Missing: CODE_OF_CONDUCT."


def test_whether_bots_count_is_the_criterions_choice(found: Scan) -> None:
    spec = {"criterion": "c", "probe": "repository.commits", "at_least": 41}
    assert results(check([spec], found)) == {"c": "fail"}
    assert results(check([spec | {"params": {"bots": "include"}}], found)) == {"c": "pass"}


def test_a_window_that_is_not_covered_is_unknown(found: Scan, tmp_path: Path) -> None:
    command = ["git", "clone", "-q", "--bare", "--depth=38", f"file://{tmp_path / 'p.git'}", str(tmp_path / "s.git")]
    subprocess.run(command, check=True, env=QUIET, capture_output=True)
    shallow = scan(tmp_path / "s.git")
    findings = {finding["criterion"]: finding for finding in check(CRITERIA, shallow)}
    assert findings["commits"]["result"] == "unknown"
    assert findings["commits"]["found"] is None
    assert "shallow" in findings["commits"]["evidence"]
    assert health(shallow)["commits"] is None
    assert set(health(shallow)["unknown"]) == {"window", "new_contributors", "releases"}
    long = [{"criterion": "c", "probe": "repository.commits", "at_least": 1, "params": {"window_days": 3650}}]
    assert results(check(long, found)) == {"c": "unknown"}
    assert results(check(long, scan(tmp_path / "p.git", policy=policy_for(long)))) == {"c": "pass"}


def test_a_repository_that_could_not_be_read_leaves_all_unknown() -> None:
    findings = check(CRITERIA, None, why_no_scan="the clone is empty")
    assert set(results(findings).values()) == {"unknown"}
    assert findings[0]["evidence"] == "Not known: the clone is empty."


class TestAttestations:
    spec = [CRITERIA[5]]

    def result(self, found: Scan | None, today: str = "2026-06-01", **fields: Any) -> dict[str, Any]:
        entry = {"criterion": "stars", "value": 250, "at": "2026-05-20", "evidence": "page of that day", "by": "Ada"}
        return check(self.spec, found, [entry | fields], today=date.fromisoformat(today))[0]

    def test_one_that_meets_the_bar(self, found: Scan) -> None:
        finding = self.result(found)
        assert (finding["result"], finding["found"], finding["as_of"]) == ("attested", 250, "2026-05-20T00:00:00Z")
        assert finding["evidence"] == "250 attested by Ada on 2026-05-20: page of that day"

    def test_one_below_the_bar_fails(self, found: Scan) -> None:
        assert self.result(found, value=199)["result"] == "fail"

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({"at": "2025-11-01"}, "212 days old"),
            ({"expires": "2026-05-30"}, "expired"),
            ({"evidence": " "}, "no evidence"),
            ({"at": "2026-07-01"}, "still to come"),
        ],
    )
    def test_one_that_does_not_count(self, found: Scan, fields: dict[str, str], why: str) -> None:
        finding = self.result(found, **fields)
        assert finding["result"] == "unknown"
        assert why in finding["evidence"]

    def test_the_newest_that_counts_decides(self, found: Scan) -> None:
        entries = [
            Attestation("stars", 300, date(2026, 4, 1), "a"),
            Attestation("stars", 100, date(2026, 5, 1), "b"),
            Attestation("stars", 900, date(2026, 5, 9), ""),
        ]
        assert check(self.spec, found, entries, today=date(2026, 6, 1))[0]["found"] == 100

    def test_a_measurement_is_not_talked_away(self, found: Scan) -> None:
        entry = {
            "criterion": "files",
            "value": ["LICENSE", "README", "CODE_OF_CONDUCT"],
            "at": "2026-05-20",
            "evidence": "x",
        }
        assert results(check([CRITERIA[2]], found, [entry])) == {"files": "fail"}

    def test_one_for_what_only_people_judge(self) -> None:
        entry = {"criterion": "judged", "value": True, "at": "2026-05-20", "evidence": "read it"}
        assert results(check([CRITERIA[7]], None, [entry])) == {"judged": "attested"}

    def test_a_value_of_another_sort_does_not_meet_the_bar(self, found: Scan) -> None:
        assert self.result(found, value="many")["result"] == "fail"

    def test_a_licence(self) -> None:
        entry = {"criterion": "licence", "value": "mit", "at": "2026-05-20", "evidence": "LICENSE"}
        assert results(check([CRITERIA[3]], None, [entry])) == {"licence": "attested"}
        assert results(check([CRITERIA[3]], None, [entry | {"value": "GPL-3.0"}])) == {"licence": "fail"}

    def test_a_day_is_needed(self, found: Scan) -> None:
        with pytest.raises(UserError, match="needs the day"):
            self.result(found, at="soon")


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        ({"probe": "repository.commits"}, "no name"),
        ({"criterion": "c", "probe": "repository.comits", "at_least": 1}, "no probe"),
        ({"criterion": "c", "probe": "repository.commits", "one_of": ["x"]}, "cannot be compared"),
        ({"criterion": "c", "probe": "repository.commits"}, "cannot be compared"),
        ({"criterion": "c", "probe": "repository.commits", "at_least": "5"}, "needs a number"),
        ({"criterion": "c", "probe": "repository.commits", "at_least": 5, "at_most": 9}, "several bars"),
        ({"criterion": "c", "probe": "repository.commits", "at_least": 5, "params": {"window": 3}}, "no parameter"),
        (
            {"criterion": "c", "probe": "repository.commits", "at_least": 5, "params": {"window_days": 0}},
            "number of days",
        ),
        ({"criterion": "c", "probe": "repository.commits", "at_least": 5, "params": {"bots": "some"}}, "neither"),
        ({"criterion": "c", "probe": "repository.files", "present": True}, "names of files"),
    ],
)
def test_a_criterion_that_cannot_be_understood(found: Scan, spec: dict[str, Any], what: str) -> None:
    with pytest.raises(UserError, match=what):
        check([spec], found)


def test_a_choice_of_licences_of_which_one_is_accepted_is_for_a_person(tmp_path: Path) -> None:
    gpl = Path("/usr/share/common-licenses/GPL-3")
    if not gpl.is_file():
        pytest.skip("this system keeps no GPL-3")
    write(tmp_path / "d.git", [Made(NOON, files={"LICENSE-MIT": MIT.encode(), "COPYING": gpl.read_bytes()})])
    dual = scan(tmp_path / "d.git", policy=Policy(read_blobs=True))
    assert results(check([CRITERIA[3]], dual)) == {"licence": "unknown"}


def test_a_program_allows_the_licence_to_be_read(found: Scan, tmp_path: Path) -> None:
    spec = CRITERIA[3]
    assert not policy_for([spec]).read_blobs
    assert results(check([spec], scan(tmp_path / "p.git", policy=policy_for([spec])))) == {"licence": "unknown"}
    allowed = [spec | {"params": {"read_text": True}}]
    assert results(check(allowed, scan(tmp_path / "p.git", policy=policy_for(allowed)))) == {"licence": "pass"}


def test_every_probe_measures_something_of_any_repository(found: Scan) -> None:
    for probe in PROBES.values():
        params = {"names": ["README", "docs/*.rst"]} if probe.name == "repository.files" else {}
        measured = probe.measure(found, params)
        assert measured.sentence.endswith((".", "!"))
        assert measured.known == (measured.found is not None)
        json.dumps([measured.found, dict(measured.facts)])


def test_health_has_the_stable_keys(found: Scan) -> None:
    said = health(found)
    assert (
        said
        | {
            "head": found.head.commit,
            "as_of": "2026-05-28T20:27:21Z",
            "window_days": 90,
            "commits": 41,
            "commits_human": 40,
            "authors": 6,
            "contributor_absence_factor": 3,
            "organisations": {"factor": 1, "coverage": 1.0},
            "new_contributors": {"2026-05": 6},
            "releases_365d": 0,
        }
        == said
    )
    assert said["files"]["LICENSE"] == "LICENSE"
    assert said["files"]["CODEOWNERS"] is None
    json.dumps(said)


def test_a_repository_of_bots_only(tmp_path: Path) -> None:
    write(tmp_path / "b.git", line(NOON, email=b"x[bot]@one.example"))
    said = health(scan(tmp_path / "b.git"))
    assert (said["commits_human"], said["authors"], said["contributor_absence_factor"]) == (0, 0, None)
    assert said["organisations"] == {"factor": None, "coverage": None}


class TestFleet:
    def test_one_that_fails_does_not_stop_the_others(self, tmp_path: Path) -> None:
        for number in range(6):
            write(tmp_path / f"{number}.git", line(NOON, NOON + DAY))
        (tmp_path / "3.git" / "HEAD").write_text("nonsense")
        targets = [Target(str(number), tmp_path / f"{number}.git") for number in range(7)]
        outcomes = {outcome.key: outcome for outcome in refresh(targets)}
        assert {key for key, outcome in outcomes.items() if outcome.error} == {"3", "6"}
        assert all(outcome.scan for key, outcome in outcomes.items() if key not in "36")

    def test_a_defect_in_one_is_reported_as_its_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path / "a.git", line(NOON))

        def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError("a defect")

        monkeypatch.setattr("quorate.registers.portfolio.repository.fleet.scan", broken)
        outcome = next(refresh([Target("a", tmp_path / "a.git")]))
        assert outcome.error is not None
        assert "a defect" in outcome.error.what
        assert isinstance(outcome.error.__cause__, ZeroDivisionError)

    def test_kept_bytes_are_used(self, tmp_path: Path) -> None:
        names = write(tmp_path / "a.git", line(NOON, NOON + DAY))
        kept = scan(tmp_path / "a.git", ref=names[0]).to_bytes()
        git(tmp_path / "a.git", "tag", "v1.0")
        outcome = next(refresh([Target("a", tmp_path / "a.git", kept)], workers=1))
        assert outcome.scan is not None
        assert outcome.scan.refreshed

    def test_nothing_to_do(self) -> None:
        assert list(refresh([])) == []
