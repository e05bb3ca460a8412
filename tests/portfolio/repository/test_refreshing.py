"""Reading in parts says what reading at once says, whatever happened to the repository in between."""

from __future__ import annotations

import subprocess
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.portfolio.repository.drawn import SLOW, histories, said
from tests.portfolio.repository.histories import DAY, NOON, Made, git, line, write

from quorate.registers.portfolio.repository.policy import Policy
from quorate.registers.portfolio.repository.scan import scan


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return tmp_path / "clone.git"


@SLOW
@given(histories(), st.lists(st.integers(0, 23), max_size=4), st.sampled_from([2, 10, 400]))
def test_reading_in_parts_says_the_same_as_reading_at_once(commits: list[Made], stops: list[int], horizon: int) -> None:
    policy = Policy(horizon_days=horizon)
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "clone.git"
        names = write(clone, commits)
        kept = None
        for stop in [*(at % len(commits) for at in stops), len(commits) - 1]:
            part = scan(clone, ref=names[stop], previous=kept, policy=policy)
            kept = part.to_bytes()
            assert said(part) == said(scan(clone, ref=names[stop], policy=policy))


def test_only_what_is_new_is_read(clone: Path) -> None:
    names = write(clone, line(*range(NOON, NOON + 40 * DAY, DAY)))
    first = scan(clone, ref=names[20])
    later = scan(clone, previous=first.to_bytes())
    assert later.refreshed
    assert not first.refreshed
    assert later.history.commits == 40


def test_a_disordered_history_in_which_git_lists_too_much_is_read_anew(clone: Path) -> None:
    commits = line(*[NOON + 100 * index for index in range(30)])
    for index in range(12):
        commits.append(Made(NOON - 10**6 + index, (len(commits) - 1,)))
    old = len(commits) - 1
    commits.append(Made(NOON + 5000, (old, 10)))
    names = write(clone, commits)
    assert int(git(clone, "rev-list", "--count", names[-1], f"^{names[old]}")) > 1, "git no longer errs here"
    found = scan(clone, previous=scan(clone, ref=names[old]).to_bytes())
    assert found.history.commits == len(commits)
    assert not found.refreshed


def test_disorder_among_the_new_commits_is_noticed_as_well(clone: Path) -> None:
    commits = line(*[NOON] * 14)
    old = len(commits) - 1
    commits.append(Made(NOON + 100))  # 14: new, dated after the commits that lead to it
    commits.append(Made(NOON, (14,)))
    commits.append(Made(NOON, (15,)))
    commits.append(Made(NOON, (16,)))  # 17: leads to 14 in three steps
    commits.append(Made(NOON, (0,)))  # 18: leads to a commit that the old head reaches in thirteen
    commits.append(Made(NOON + 200, (old, 18, 17)))
    names = write(clone, commits)
    assert int(git(clone, "rev-list", "--count", names[-1], f"^{names[old]}")) > 6, "git no longer errs here"
    found = scan(clone, previous=scan(clone, ref=names[old]).to_bytes())
    assert found.history.commits == len(commits)


def test_a_head_that_goes_back_in_time_reaches_behind_what_was_kept(clone: Path) -> None:
    names = write(clone, line(NOON, NOON + 2 * DAY, NOON + 10 * DAY, NOON + 3 * DAY))
    policy = Policy(horizon_days=5)
    kept = scan(clone, ref=names[2], policy=policy).to_bytes()
    assert scan(clone, previous=kept, policy=policy).window(5).commits == 3


def test_an_author_who_once_was_a_bot_stays_one(clone: Path) -> None:
    commits = [Made(NOON, (), b"x@one.example", b"X"), Made(NOON + 1, (0,), b"x@one.example", b"x-bot")]
    names = write(clone, commits)
    kept = scan(clone, ref=names[0]).to_bytes()
    assert scan(clone, previous=kept).window(90).commits_human == 0
    assert scan(clone).window(90).commits_human == 0


def test_a_sample_is_the_same_whatever_was_read_first(clone: Path) -> None:
    commits = line(*[NOON] * 12)
    names = write(clone, commits)
    whole = scan(clone).window(90).samples
    for name in names:
        assert scan(clone, previous=scan(clone, ref=name).to_bytes()).window(90).samples == whole


def test_a_rewritten_history_is_read_anew(clone: Path) -> None:
    names = write(clone, [*line(NOON, NOON + DAY, NOON + 2 * DAY), Made(NOON + 3 * DAY, (0,))], head=2)
    before = scan(clone)
    git(clone, "update-ref", "refs/heads/main", names[3])
    after = scan(clone, previous=before.to_bytes())
    assert (before.history.commits, after.history.commits) == (3, 2)
    assert said(after) == said(scan(clone))


def test_a_head_that_is_gone_is_no_hindrance(clone: Path) -> None:
    write(clone, line(NOON, NOON + DAY))
    kept = scan(clone).to_bytes()
    other = clone.with_name("other.git")
    write(other, line(NOON + 5, NOON + 6))
    assert said(scan(other, previous=kept)) == said(scan(other))


@pytest.mark.parametrize("kept", [b"", b"nonsense", b"x\x9c\x03\x00", b"\x00" * 100])
def test_whatever_was_kept_the_result_is_right(clone: Path, kept: bytes) -> None:
    write(clone, line(NOON, NOON + DAY))
    assert said(scan(clone, previous=kept)) == said(scan(clone))


@given(st.integers(0, 10_000), st.integers(1, 255), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_state_is_put_aside(tmp_path: Path, at: int, change: int, cut: bool) -> None:
    clone = tmp_path / "damaged.git"
    if not clone.exists():
        write(clone, line(NOON, NOON + DAY))
    kept = bytearray(scan(clone).to_bytes())
    kept[at % len(kept)] ^= change
    damaged = bytes(kept[: at % len(kept)] if cut else kept)
    assert scan(clone, previous=damaged).history.commits == 2


def test_a_state_of_another_policy_is_put_aside(clone: Path) -> None:
    write(clone, line(NOON, email=b"bot@ci.example", name=b"ci-bot"))
    kept = scan(clone, policy=Policy(bots=())).to_bytes()
    assert scan(clone, previous=kept).window(90).commits_human == 0


def test_the_state_holds_no_name_and_no_address(clone: Path) -> None:
    write(clone, line(NOON, NOON + DAY, email=b"ada.lovelace@one.example", name=b"Ada Lovelace"))
    found = scan(clone)
    inside = zlib.decompress(found.to_bytes()) + str(found.facts).encode()
    assert b"ovelace" not in inside


def test_months_survive_a_refresh_after_the_horizon_moved_on(clone: Path) -> None:
    commits = [Made(NOON + at * 300 * DAY, (at - 1,) if at else (), b"p%d@one.example" % at) for at in range(6)]
    names = write(clone, commits)
    kept = None
    for name in names:
        part = scan(clone, ref=name, previous=kept)
        kept = part.to_bytes()
    assert part.refreshed
    assert sum(part.facts["new_contributors"].values()) == 6
    assert len(part.history.recent) == 2


class TestShallow:
    @pytest.fixture
    def whole(self, tmp_path: Path) -> Path:
        path = tmp_path / "whole.git"
        write(path, line(*range(NOON, NOON + 200 * DAY, DAY)))
        return path

    def clone(self, whole: Path, depth: int) -> Path:
        path = whole.with_name(f"depth{depth}.git")
        command = ["git", "clone", "-q", "--bare", f"--depth={depth}", f"file://{whole}", str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return path

    def test_a_window_that_is_cut_is_unknown(self, whole: Path) -> None:
        found = scan(self.clone(whole, 50))
        assert not found.window(90).covered
        assert "shallow" in found.window(90).why
        assert found.facts["new_contributors"] is None

    def test_a_window_inside_what_is_there_is_known(self, whole: Path) -> None:
        inside = scan(self.clone(whole, 100)).window(90)
        assert inside.covered
        assert inside.commits == scan(whole).window(90).commits

    def test_deepening_is_noticed(self, whole: Path) -> None:
        path = self.clone(whole, 20)
        kept = scan(path).to_bytes()
        fetch = ["git", "--git-dir", str(path), "fetch", "-q", "--depth=150", f"file://{whole}", "main"]
        subprocess.run(fetch, check=True, capture_output=True)
        later = scan(path, previous=kept)
        assert later.window(90).covered
        assert said(later) == said(scan(path))

    def test_unshallowing_is_noticed(self, whole: Path) -> None:
        path = self.clone(whole, 20)
        kept = scan(path).to_bytes()
        fetch = ["git", "--git-dir", str(path), "fetch", "-q", "--unshallow", f"file://{whole}", "main"]
        subprocess.run(fetch, check=True, capture_output=True)
        assert scan(path, previous=kept).facts["new_contributors"] == {"2026-05": 1}
