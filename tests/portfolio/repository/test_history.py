"""Counting contributions: against a plain reckoning, with all that real histories hold."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.portfolio.repository.drawn import SLOW, WINDOWS, histories, said
from tests.portfolio.repository.histories import DAY, NOON, Made, behind, counted, extend, git, line, write

from quorate.registers.portfolio.repository.policy import Policy
from quorate.registers.portfolio.repository.scan import scan
from quorate.registers.portfolio.repository.windows import day, least_for_half


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return tmp_path / "clone.git"


@SLOW
@given(histories())
def test_counts_are_those_of_the_definition(commits: list[Made]) -> None:
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "clone.git"
        write(clone, commits)
        found = scan(clone)
        head = len(commits) - 1
        assert found.history.commits == len(behind(commits, head))
        for days in WINDOWS:
            inside = found.window(days)
            assert (inside.commits, inside.contributors, inside.merges) == counted(commits, head, days)


def test_the_window_ends_at_the_head_and_includes_both_ends(clone: Path) -> None:
    write(clone, line(NOON - 90 * DAY - 1, NOON - 90 * DAY, NOON))
    assert scan(clone).window(90).commits == 2
    assert scan(clone).as_of == "2026-05-28T20:26:40Z"


def test_a_commit_dated_after_the_head_is_left_out_and_said(clone: Path) -> None:
    write(clone, line(NOON + 400 * DAY, NOON + DAY, NOON))
    inside = scan(clone).window(90)
    assert (inside.commits, inside.later) == (2, 1)


def test_bots_are_counted_apart(clone: Path) -> None:
    authors = [
        (b"dependabot[bot]", b"49699333+dependabot[bot]@users.noreply.github.com"),
        (b"pre-commit-ci[bot]", b"66853113+pre-commit-ci[bot]@users.noreply.github.com"),
        (b"github-actions", b"github-actions@github.com"),
        (b"Renovate Bot", b"bot@renovateapp.com"),
        (b"pytorchmergebot", b"merge@builds.example"),
        (b"house-bot", b"robot@one.example"),
        (b"Alice Abbot", b"alice@one.example"),
        (b"Botond Talbot", b"botond@two.example"),
        (b"Robot Maker Inc", b"maker@three.example"),
    ]
    write(clone, [Made(NOON + at, (at - 1,) if at else (), email, name) for at, (name, email) in enumerate(authors)])
    inside = scan(clone).window(90)
    assert (inside.contributors, inside.contributors_human) == (9, 3)
    everyone = scan(clone, policy=Policy(bots=())).window(90)
    assert everyone.contributors_human == 9


def test_a_policy_may_count_merges(clone: Path) -> None:
    commits = [*line(NOON, NOON + 1), Made(NOON + 2, (0,)), Made(NOON + 3, (1, 2))]
    write(clone, commits)
    assert scan(clone).window(90).commits == 3
    assert scan(clone, policy=Policy(merges=True)).window(90).commits == 4


def test_first_contributions_by_month_in_utc(clone: Path) -> None:
    commits = [
        Made(1_767_225_599, (), b"a@one.example", zone=b"+1400"),
        Made(1_767_225_600, (0,), b"b@one.example", zone=b"-1100"),
        Made(1_770_000_000, (1,), b"A@one.example"),
        Made(1_770_000_001, (2,), b"c@one.example", written=4_000_000_000),
        Made(1_770_000_002, (3,), b"d@one.example", written=1_767_300_000),
    ]
    write(clone, commits)
    assert scan(clone).facts["new_contributors"] == {"2025-12": 1, "2026-01": 2, "2026-02": 1}


def test_organisations_come_from_addresses(clone: Path) -> None:
    emails = [b"a@eng.big.example", b"b@big.example", b"c@small.example", b"d@gmail.com", b"e@laptop.local", b"f"]
    write(clone, [Made(NOON + at, (at - 1,) if at else (), email) for at, email in enumerate(emails)])
    inside = scan(clone, policy=Policy(organisations={"big.example": "Big"})).window(90)
    assert inside.per_organisation == (("Big", 2, 2), ("small.example", 1, 1))
    assert inside.organisation_coverage == 0.5
    assert inside.organisation_factor == 1
    named = scan(clone, policy=Policy(organisations={"big.example": "Big"})).facts["window"]["organisations"]["named"]
    assert [entry["name"] for entry in named] == ["Big"], "a domain with one person is not shown"


@pytest.mark.parametrize(
    ("contributions", "expected"),
    [
        ((1000, 202, 90, 33, 332, 343, 42, 433), 2),
        ((125,) * 8, 4),
        ((1,), 1),
        ((1, 1), 1),
        ((), None),
        ((0, 0), None),
    ],
)
def test_the_published_examples_of_the_absence_factor(contributions: tuple[int, ...], expected: int | None) -> None:
    assert least_for_half(contributions) == expected


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=30))
def test_the_absence_factor_is_the_least(contributions: list[int]) -> None:
    count = least_for_half(contributions)
    assert count is not None
    ranked = sorted(contributions, reverse=True)
    assert 2 * sum(ranked[:count]) >= sum(ranked) > 2 * sum(ranked[: count - 1])


class TestMailmap:
    commits = [
        Made(NOON, (), b"ada@home.example", b"ada"),
        Made(NOON + 1, (0,), b"ADA@work.example", b"Ada L"),
        Made(NOON + 2, (1,), b"shared@lab.example", b"Bo"),
        Made(NOON + 3, (2,), b"shared@lab.example", b"Chidi"),
        Made(NOON + 4, (3,), b"", b"Dana"),
    ]

    def people(self, clone: Path, mailmap: bytes) -> int:
        head = Made(NOON + 5, (4,), b"ada@home.example", files={".mailmap": mailmap})
        write(clone, [*self.commits, head])
        found = scan(clone)
        expected = git(
            clone, "-c", "mailmap.blob=HEAD:.mailmap", "log", "--use-mailmap", "--format=%aE|%aN"
        ).splitlines()
        keys = {
            address.lower() or f"name:{name.lower()}" for address, name in (entry.split("|", 1) for entry in expected)
        }
        assert found.window(90).contributors == len(keys)
        return found.window(90).contributors

    def test_without_entries(self, clone: Path) -> None:
        assert self.people(clone, b"# nobody\n") == 4

    def test_address_to_address_without_case(self, clone: Path) -> None:
        assert self.people(clone, b"<ada@home.example> <ada@WORK.example>\n") == 3

    def test_name_and_address_pair(self, clone: Path) -> None:
        assert self.people(clone, b"Bo <bo@lab.example> Bo <shared@lab.example>\n") == 5

    def test_entries_for_no_address(self, clone: Path) -> None:
        assert self.people(clone, b"Dana <dana@lab.example> Dana <>\n<ada@home.example> <ada@work.example>\n") == 3

    def test_a_changed_mailmap_counts_at_once(self, clone: Path) -> None:
        self.people(clone, b"# nobody\n")
        kept = scan(clone).to_bytes()
        git(clone, "update-ref", "-d", "refs/heads/main")
        mailmap = b"<ada@home.example> <ada@work.example>\n"
        head = Made(NOON + 5, (4,), b"ada@home.example", files={".mailmap": b"# nobody\n"})
        extend(clone, [*self.commits, head, Made(NOON + 6, (5,), b"ada@home.example", files={".mailmap": mailmap})])
        assert said(scan(clone, previous=kept)) == said(scan(clone))
        assert scan(clone, previous=kept).window(90).contributors == 3

    def test_a_symbolic_link_is_not_followed(self, clone: Path) -> None:
        write(clone, line(NOON))
        blob = git(clone, "hash-object", "-w", "--stdin", given=b"/etc/passwd")
        tree = git(clone, "mktree", given=f"120000 blob {blob}\t.mailmap\n".encode())
        git(clone, "update-ref", "refs/heads/main", git(clone, "commit-tree", "-m", "x", tree))
        assert "symbolic link" in scan(clone).facts["notes"][0]


def odd_objects(clone: Path) -> Iterator[str]:
    """Commits that only a program other than git would write."""
    tree = git(clone, "mktree", given=b"")
    good = "<c@tests.example> 1780000000 +0000"
    for author, committer, extra in (
        ("A <a@one.example> 99999999999999999999 +0000", f"C {good}", ""),
        ("A <a@one.example> -5 +0000", f"C {good}", ""),
        ("A <a@one.example>", f"C {good}", ""),
        (f"A B{'x' * 200_000} {good}", f"C {good}", ""),
        (f"{'y' * 9000}@{'z' * 9000} <{'q' * 9000}@one.example> 1 +0000", f"C {good}", ""),
        (f"A < a@one.example >> {good}", f"C {good}", ""),
        (f"A <a<b@one.example> {good}", f"C {good}", ""),
        (f"<> {good}", f"C {good}", ""),
        ("no address at all 5 +0000", f"C {good}", ""),
        ("A\tB\x01\x7f\u202e <t\tab@one.example> 1780000000 +0000", f"C {good}", ""),
        ("+AAo-fake+AAo- <a@one.example> 1780000000 +0000", f"C {good}", "encoding UTF-7\n"),
        ("+AAA-fake+AAo- <a@one.example> 1780000000 +0000", f"C {good}", "encoding UTF-16\n"),
        (f"A {good}", "C <c@tests.example> 253402300800 +9999", ""),
        (f"A {good}", "C <c@tests.example> 18446744073709551616 +0000", ""),
        (f"A {good}", "C", ""),
    ):
        raw = f"tree {tree}\nauthor {author}\ncommitter {committer}\n{extra}\nx\n".encode()
        yield git(clone, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", given=raw)


def test_odd_commits_neither_break_nor_split_the_reading(clone: Path) -> None:
    write(clone, line(NOON))
    tree = git(clone, "mktree", given=b"")
    odd = list(odd_objects(clone))
    for single in odd:
        git(clone, "update-ref", "--no-deref", "refs/heads/odd", single)
        found = scan(clone, ref="odd")
        assert found.history.commits == 1, "an author's name must not look like another commit"
        assert found.history.contributors
        assert found.facts["as_of"]
    raw = f"tree {tree}\n" + "".join(f"parent {name}\n" for name in odd) + "author A <a@one.example> 1780000000 +0000\n"
    raw += "committer C <c@tests.example> 1780000000 +0000\n\noctopus\n"
    octopus = git(clone, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", given=raw.encode())
    whole = scan(clone, ref=octopus)
    assert whole.history.commits == len(odd) + 1
    assert said(scan(clone, ref=octopus, previous=scan(clone, ref=odd[0]).to_bytes())) == said(whole)


def test_names_that_are_no_text(clone: Path) -> None:
    names = [b"J\xf6rg", b"\xff\xfe", "Łoś".encode(), b"'; drop table --", b"%ct %H"]
    write(clone, [Made(NOON + at, (at - 1,) if at else (), b"", name) for at, name in enumerate(names)])
    assert scan(clone).window(90).contributors == 5
    again = scan(clone, previous=scan(clone).to_bytes())
    assert said(again) == said(scan(clone))


def test_an_ordinary_clone_reads_as_a_bare_one(clone: Path, tmp_path: Path) -> None:
    write(clone, line(NOON, NOON + DAY, files={"README": b"x"}))
    tree = tmp_path / "tree"
    subprocess.run(["git", "clone", "-q", str(clone), str(tree)], check=True, capture_output=True)
    linked = tmp_path / "linked"
    worktree = ["git", "-C", str(tree), "worktree", "add", "-q", "--detach", str(linked), "HEAD"]
    subprocess.run(worktree, check=True, capture_output=True)
    for path in (tree, tree / ".git", linked):
        assert said(scan(path))["windows"] == said(scan(clone))["windows"]
    assert scan(linked).head == replace(scan(clone).head, branch="")


def test_object_names_of_sha256(tmp_path: Path) -> None:
    clone = tmp_path / "long.git"
    command = ["git", "init", "-q", "--bare", "--object-format=sha256", "-b", "main", str(clone)]
    subprocess.run(command, check=True, capture_output=True)
    names = extend(clone, line(NOON, NOON + DAY))
    assert len(names[0]) == 64
    assert scan(clone, previous=scan(clone, ref=names[0]).to_bytes()).history.commits == 2


def test_days_are_bounded() -> None:
    assert day(-5) == "1970-01-01"
    assert day(10**18) == "9999-12-31"
