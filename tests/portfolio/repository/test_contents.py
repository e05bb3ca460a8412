"""Files, licences and releases."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.portfolio.repository.histories import DAY, NOON, Made, git, line, write

from quorate.registers.portfolio.repository.git import opened
from quorate.registers.portfolio.repository.health import health
from quorate.registers.portfolio.repository.licence import identify
from quorate.registers.portfolio.repository.licence_texts import SHORT
from quorate.registers.portfolio.repository.policy import Policy
from quorate.registers.portfolio.repository.releases import version
from quorate.registers.portfolio.repository.scan import scan

TEXTS = {name: text.replace("…", "the copyright holders") for name, text in reversed(SHORT)}
MIT = f"MIT License\n\nCopyright (c) 2024 Ada Example\n\n{TEXTS['MIT']}"
SYSTEM_TEXTS = Path("/usr/share/common-licenses")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return tmp_path / "clone.git"


class TestFiles:
    def found(self, clone: Path, *paths: str, content: bytes = b"x") -> dict[str, str | None]:
        write(clone, [Made(NOON, files=dict.fromkeys(paths, content))])
        return scan(clone).files.found

    def test_case_and_endings(self, clone: Path) -> None:
        found = self.found(clone, "license.TXT", "ReadMe.rst", "Contributing.md", "CODE-OF-CONDUCT.md", "codeowners")
        assert found["LICENSE"] == "license.TXT"
        assert found["README"] == "ReadMe.rst"
        assert found["CONTRIBUTING"] == "Contributing.md"
        assert found["CODE_OF_CONDUCT"] == "CODE-OF-CONDUCT.md"
        assert found["CODEOWNERS"] == "codeowners"
        assert found["SECURITY"] is None

    def test_the_root_comes_before_folders(self, clone: Path) -> None:
        found = self.found(clone, "docs/SECURITY.md", ".github/SECURITY.md", ".github/CODEOWNERS", "Docs/GOVERNANCE.md")
        assert found["SECURITY"] == ".github/SECURITY.md"
        assert found["CODEOWNERS"] == ".github/CODEOWNERS"
        assert found["GOVERNANCE"] == "Docs/GOVERNANCE.md"

    def test_elsewhere_does_not_count(self, clone: Path) -> None:
        assert not any(self.found(clone, "src/README.md", "docs/deep/LICENSE", "a/CODEOWNERS").values())

    def test_an_empty_file_does_not_count(self, clone: Path) -> None:
        assert self.found(clone, "LICENSE", content=b"")["LICENSE"] is None
        assert scan(clone).files.empty == ("LICENSE",)

    def test_a_folder_or_submodule_of_that_name_is_no_file(self, clone: Path) -> None:
        write(clone, line(NOON))
        tree = git(clone, "mktree", "--missing", given=f"160000 commit {'1' * 40}\tLICENSE\n".encode())
        git(clone, "update-ref", "refs/heads/main", git(clone, "commit-tree", "-m", "x", tree))
        assert scan(clone).files.found["LICENSE"] is None

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            (".github/workflows/ci.yml", True),
            (".github/workflows/readme.md", False),
            (".gitlab-ci.yml", True),
            (".circleci/config.yml", True),
            ("Jenkinsfile", True),
            ("azure-pipelines.yml", True),
            ("sub/.gitlab-ci.yml", False),
            (".buildkite/pipeline.yml", True),
        ],
    )
    def test_continuous_integration(self, clone: Path, path: str, expected: bool) -> None:
        self.found(clone, path)
        assert bool(scan(clone).files.ci) is expected

    def test_odd_names_in_trees(self, clone: Path) -> None:
        blob = "x"
        write(clone, line(NOON))
        name = git(clone, "hash-object", "-w", "--stdin", given=blob.encode())
        entries = b"".join(
            b"100644 blob %s\t%s\x00" % (name.encode(), path) for path in (b"--help", b"\xff\xfe", b"a\nb", b"README")
        )
        tree = git(clone, "mktree", "-z", given=entries)
        git(clone, "update-ref", "refs/heads/main", git(clone, "commit-tree", "-m", "x", tree))
        assert scan(clone).files.found["README"] == "README"


class TestLicence:
    @pytest.mark.parametrize("name", sorted(TEXTS))
    def test_the_short_ones(self, name: str) -> None:
        found = identify(f"{name} License\n\nCopyright (c) 2024, Ada Example\nAll rights reserved.\n\n{TEXTS[name]}\n")
        assert (found.ids, found.sure) == ((name,), True)

    @pytest.mark.parametrize(
        ("file", "name"),
        [
            ("Apache-2.0", "Apache-2.0"),
            ("GPL-2", "GPL-2.0"),
            ("GPL-3", "GPL-3.0"),
            ("LGPL-2.1", "LGPL-2.1"),
            ("LGPL-3", "LGPL-3.0"),
            ("MPL-2.0", "MPL-2.0"),
            ("CC0-1.0", "CC0-1.0"),
        ],
    )
    def test_the_long_ones(self, file: str, name: str) -> None:
        if not (SYSTEM_TEXTS / file).is_file():
            pytest.skip(f"this system keeps no {file} under {SYSTEM_TEXTS}")
        text = (SYSTEM_TEXTS / file).read_text()
        assert (identify(text).ids, identify(text).sure) == ((name,), True)
        middle = text.index(" ", len(text) // 2)
        assert identify(f"{text[:middle]} never {text[middle:]}").ids == ()
        assert not identify(f"{text}\n\nExcept that nobody may sell it.\n").sure

    def test_a_changed_word_is_another_licence(self) -> None:
        evil = MIT.replace(
            "the above copyright notice", "The Software shall be used for Good, not Evil. The above notice"
        )
        assert identify(evil).ids == ()
        assert identify(MIT.replace("without restriction", "with restriction")).ids == ()

    def test_a_restriction_beside_the_terms_makes_it_unsure(self) -> None:
        found = identify(f"“Commons Clause” License Condition v1.0\n\nYou may not Sell the Software.\n\n{MIT}")
        assert found.ids == ("MIT",)
        assert not found.sure
        assert "must be read" in found.how

    def test_a_title_and_a_friendly_word_do_not(self) -> None:
        assert identify(f"# Project licence\n\nProject is released under the\n\n{MIT}").sure

    def test_wrapping_quotes_and_numbering_do_not_matter(self) -> None:
        text = TEXTS["BSD-3-Clause"].replace(". redistributions", ".\n * 2) Redistributions").replace('"', "''")
        assert identify("> " + text.upper().replace(", ", ",\n> ")).ids == ("BSD-3-Clause",)

    def test_two_in_one_file(self) -> None:
        assert identify(f"{MIT}\n\n{TEXTS['BSD-2-Clause']}").ids == ("BSD-2-Clause", "MIT")

    @pytest.mark.parametrize("text", ["", "x" * 300_000, "See COPYING.", "Permission is hereby granted " * 5000])
    def test_no_licence(self, text: str) -> None:
        assert identify(text).ids == ()

    def test_text_is_read_only_when_allowed(self, clone: Path) -> None:
        write(clone, [Made(NOON, files={"LICENSE": MIT.encode()})])
        assert not scan(clone).licence.sure
        assert "not allowed" in scan(clone).licence.how
        allowed = scan(clone, policy=Policy(read_blobs=True))
        assert allowed.licence.ids == ("MIT",)
        assert health(allowed)["licence"] == ["MIT"]

    def test_an_unchanged_file_is_known_by_its_name_alone(self, clone: Path) -> None:
        if not (SYSTEM_TEXTS / "GPL-3").is_file():
            pytest.skip(f"this system keeps no GPL-3 under {SYSTEM_TEXTS}")
        write(clone, [Made(NOON, files={"COPYING": (SYSTEM_TEXTS / "GPL-3").read_bytes()})])
        assert scan(clone).licence.ids == ("GPL-3.0",)

    def test_none_at_all_is_sure(self, clone: Path) -> None:
        write(clone, line(NOON))
        assert scan(clone).licence == scan(clone, policy=Policy(read_blobs=True)).licence
        assert scan(clone).licence.sure


class TestReleases:
    @pytest.mark.parametrize(
        ("tag", "expected"),
        [
            ("v1.0", ("1.0", False)),
            ("1.2.3", ("1.2.3", False)),
            ("V1.0", ("1.0", False)),
            ("release-1.2", ("1.2", False)),
            ("go1.21", ("1.21", False)),
            ("pkg-v1.2.3", ("pkg 1.2.3", False)),
            ("pkg/v1.2.3", ("pkg 1.2.3", False)),
            ("@scope/pkg@1.0.0", ("@scope/pkg 1.0.0", False)),
            ("2024.01.05", ("2024.01.05", False)),
            ("v1.0.post1", ("1.0.post1", False)),
            ("1.2.3+build.5", ("1.2.3+build.5", False)),
            ("1.0rc1", ("1.0rc1", True)),
            ("v1.0.0-alpha.1", ("1.0.0-alpha.1", True)),
            ("1.0.dev3", ("1.0.dev3", True)),
            ("v0.1.0a0", ("0.1.0a0", True)),
            ("nightly-1.0", ("nightly 1.0", True)),
            ("v3", None),
            ("ciflow/trunk/123456", None),
            ("latest", None),
            ("stable", None),
            ("a" * 5000 + "1.0", None),
        ],
    )
    def test_names(self, tag: str, expected: tuple[str, bool] | None) -> None:
        assert version(tag) == expected

    def made(self, clone: Path) -> list[str]:
        return write(clone, line(NOON - 500 * DAY, NOON - 300 * DAY, NOON))

    def tag(self, clone: Path, name: str, target: str, time: int | None) -> None:
        if time is None:
            git(clone, "tag", name, target)
            return
        text = f"object {target}\ntype commit\ntag {name}\ntagger T <t@tests.example> {time} +0900\n\nwords\n"
        made = git(clone, "hash-object", "-t", "tag", "-w", "--literally", "--stdin", given=text.encode())
        git(clone, "update-ref", f"refs/tags/{name}", made)

    def test_plain_tags_count_on_their_commits_date_and_annotated_on_their_own(self, clone: Path) -> None:
        names = self.made(clone)
        self.tag(clone, "v1.0", names[0], None)
        self.tag(clone, "v1.1", names[0], NOON - 100 * DAY)
        self.tag(clone, "v1.2rc1", names[1], None)
        self.tag(clone, "v1.2", names[1], None)
        self.tag(clone, "extra", names[1], None)
        assert [one.tag for one in scan(clone).releases_in(365)] == ["v1.2", "v1.2rc1", "v1.1"]
        assert health(scan(clone))["releases_365d"] == 2
        assert scan(clone).facts["releases"]["latest"]["tag"] == "v1.1"

    def test_a_taggers_wrong_clock_gives_way_to_the_commits(self, clone: Path) -> None:
        names = self.made(clone)
        self.tag(clone, "v1.0", names[0], 4_102_444_800)
        self.tag(clone, "v1.1", names[2], NOON + 9 * DAY)
        assert [one.tag for one in scan(clone).releases_in(365)] == ["v1.1"]

    def test_a_tag_of_a_later_commit_is_after_the_snapshot(self, clone: Path) -> None:
        names = self.made(clone)
        self.tag(clone, "v1.0", names[2], None)
        assert scan(clone, ref=names[1]).releases_in(365) == []

    def test_tags_of_other_things_are_no_releases(self, clone: Path) -> None:
        names = self.made(clone)
        blob = git(clone, "hash-object", "-w", "--stdin", given=b"tagger X <x@y> 1780000000 +0000\n")
        git(clone, "tag", "v9.0", blob)
        git(clone, "tag", "v9.1", git(clone, "rev-parse", f"{names[0]}^{{tree}}"))
        git(clone, "tag", "-a", "-m", "x", "v9.2", blob)
        assert scan(clone).releases == []

    def test_tags_of_tags_lead_to_their_commit(self, clone: Path) -> None:
        names = self.made(clone)
        self.tag(clone, "inner", names[2], NOON - 5 * DAY)
        git(clone, "-c", "advice.nestedTag=false", "tag", "-a", "-m", "x", "v1.0", "inner")
        assert [one.commit for one in scan(clone).releases] == [names[2]]

    def test_two_names_for_one_version_count_once(self, clone: Path) -> None:
        names = self.made(clone)
        for name in ("v1.0.0", "release-1.0.0", "1.0.0"):
            self.tag(clone, name, names[2], None)
        assert len(scan(clone).releases) == 1

    def test_a_tag_whose_object_is_gone_is_said(self, clone: Path) -> None:
        self.made(clone)
        (clone / "packed-refs").write_text(
            f"# pack-refs with: peeled fully-peeled sorted \n{'1' * 40} refs/tags/v1.0\n"
        )
        found = scan(clone)
        assert found.releases == []
        assert any("not in this clone" in note for note in found.notes)

    def test_new_moved_and_removed_tags_are_seen_on_a_refresh(self, clone: Path) -> None:
        names = self.made(clone)
        self.tag(clone, "v1.0", names[0], None)
        self.tag(clone, "v2.0", names[1], None)
        self.tag(clone, "v0.9", names[0], NOON - 499 * DAY)
        kept = scan(clone).to_bytes()
        git(clone, "tag", "-d", "v1.0")
        git(clone, "tag", "-f", "v2.0", names[2])
        self.tag(clone, "v3.0", names[1], NOON)
        again = scan(clone, previous=kept)
        assert again.facts == scan(clone).facts
        assert {one.tag for one in again.releases} == {"v0.9", "v2.0", "v3.0"}

    def test_odd_tag_names(self, clone: Path) -> None:
        names = self.made(clone)
        for name in ("v1.0-ünïcode", "v1.0';x", "v1.0$(id)"):
            git(clone, "tag", name, names[2])
        assert scan(clone).facts["head"] == names[2]


def test_sizes_of_nothing(clone: Path) -> None:
    write(clone, line(NOON))
    with opened(clone) as repository:
        assert repository.sizes([]) == {}
        assert list(repository.contents([])) == []
