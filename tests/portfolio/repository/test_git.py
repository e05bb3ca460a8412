"""Opening repositories: clear errors, and nothing of theirs is run, fetched or written."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from tests.portfolio.repository.histories import NOON, QUIET, Made, git, line, write

from quorate.kernel.errors import UserError
from quorate.registers.portfolio.repository.git import GitFailure, opened
from quorate.registers.portfolio.repository.policy import Policy
from quorate.registers.portfolio.repository.scan import scan

READ_BLOBS = Policy(read_blobs=True)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    path = tmp_path / "clone.git"
    files = {"LICENSE": b"x" * 5000, ".mailmap": b"<a@b.example> <c@d.example>\n", "README": b"r", "docs/a.md": b"a"}
    commits = [Made(NOON, files=files), Made(NOON + 1, (0,)), Made(NOON + 2, (0,)), Made(NOON + 3, (1, 2))]
    names = write(path, commits)
    git(path, "tag", "v1.0.0", names[1])
    git(path, "tag", "-a", "-m", "two", "v2.0.0", names[2])
    return path


class TestErrors:
    def refused(self, path: str | Path, **options: str) -> UserError:
        with pytest.raises(UserError) as caught:
            scan(path, **options)
        assert "\n" not in caught.value.line
        return caught.value

    def test_nothing_there(self, tmp_path: Path) -> None:
        assert "nothing at this path" in self.refused(tmp_path / "nowhere").what

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        assert "a file" in self.refused(tmp_path / "file").what

    def test_a_folder_that_is_no_repository(self, tmp_path: Path) -> None:
        assert "not a git repository" in self.refused(tmp_path).what

    def test_a_folder_inside_a_repository_is_not_taken_for_it(self, tmp_path: Path) -> None:
        subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, env=QUIET)
        (tmp_path / "inner").mkdir()
        assert "top of a working tree" in self.refused(tmp_path / "inner").mend

    @pytest.mark.parametrize("address", ["https://git.example/a/b.git", "git@git.example:a/b.git", "ext::sh -c x"])
    def test_an_address(self, address: str) -> None:
        refusal = self.refused(address)
        assert "nothing is fetched" in refusal.what or "nothing at this path" in refusal.what

    @pytest.mark.parametrize("path", ["", "a\x00b", "a\nb", "--upload-pack=touch x", "-h"])
    def test_a_path_that_is_none(self, path: str) -> None:
        self.refused(path)

    def test_an_empty_repository(self, tmp_path: Path) -> None:
        subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "e.git")], check=True, env=QUIET)
        assert "empty" in self.refused(tmp_path / "e.git").what

    def test_a_head_that_names_no_branch(self, clone: Path) -> None:
        git(clone, "symbolic-ref", "HEAD", "refs/heads/trunk")
        refusal = self.refused(clone)
        assert "“trunk”" in refusal.what
        assert refusal.mend == "git symbolic-ref HEAD refs/heads/main"

    def test_a_head_of_nonsense(self, clone: Path) -> None:
        (clone / "HEAD").write_text("ref: /etc/passwd\n")
        assert "neither a branch nor a commit" in self.refused(clone).what

    def test_a_head_whose_commit_is_gone(self, clone: Path) -> None:
        git(clone, "update-ref", "--no-deref", "HEAD", git(clone, "rev-parse", "HEAD"))
        (clone / "HEAD").write_text("1" * 40 + "\n")
        assert "missing or damaged" in self.refused(clone).what

    def test_a_damaged_pack(self, tmp_path: Path) -> None:
        path = tmp_path / "d.git"
        write(path, line(*range(NOON, NOON + 500)))
        git(path, "repack", "-adq")
        pack = next((path / "objects/pack").glob("*.pack"))
        pack.chmod(0o644)
        with pack.open("r+b") as file:
            file.seek(pack.stat().st_size // 2)
            file.write(b"\x00" * 4000)
        refusal = self.refused(path)
        assert isinstance(refusal, GitFailure)
        assert "git fsck" in refusal.mend
        assert "quorate-git-" not in refusal.line

    @pytest.mark.parametrize(
        "ref", ["--output=x", "-n1", "a..b", "main@{1}", "main;id", "main^{tree}", "HEAD:README", "", "no/such", "a b"]
    )
    def test_a_ref_that_is_none(self, clone: Path, ref: str) -> None:
        self.refused(clone, ref=ref)

    def test_a_ref_may_be_a_branch_a_tag_or_a_commit(self, clone: Path) -> None:
        tip = git(clone, "rev-parse", "v1.0.0")
        for ref in ("v1.0.0", tip, "refs/tags/v1.0.0"):
            assert scan(clone, ref=ref).head.commit == tip

    def test_another_format_of_refs(self, clone: Path) -> None:
        with (clone / "config").open("a") as file:
            file.write("[extensions]\n\trefStorage = reftable\n")
        assert "reftable" in self.refused(clone).what

    def test_git_is_missing(self, clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        assert "git is not installed" in self.refused(clone).what

    def test_a_command_that_takes_too_long(self, tmp_path: Path) -> None:
        path = tmp_path / "slow.git"
        names = write(path, line(NOON))
        loose = path / "objects" / names[0][:2] / names[0][2:]
        (path / "objects/pack").mkdir(exist_ok=True)
        for pack in (path / "objects/pack").iterdir():
            pack.unlink()
        loose.parent.mkdir(exist_ok=True)
        loose.unlink(missing_ok=True)
        os.mkfifo(loose)
        began = time.monotonic()
        with pytest.raises(UserError):
            scan(path, timeout=0.3)
        assert time.monotonic() - began < 5


class TestHostile:
    """A repository that somebody prepared. Whatever it names as a command would leave the file `ran` behind."""

    @pytest.fixture
    def ran(self, tmp_path: Path) -> Path:
        return tmp_path / "ran"

    @pytest.fixture
    def trap(self, tmp_path: Path, ran: Path) -> Path:
        script = tmp_path / "trap"
        script.write_text(f"#!/bin/sh\necho $0 $@ >> {ran}\n")
        script.chmod(0o755)
        return script

    def arm(self, clone: Path, trap: Path) -> None:
        evil = clone.with_name("evil.config")
        evil.write_text(f"[core]\n\tfsmonitor = {trap}\n[pager]\n\tlog = {trap}\n")
        for key in (
            "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy", "core.askPass",
            "core.alternateRefsCommand", "gpg.program", "gpg.ssh.program", "diff.external", "diff.x.textconv",
            "filter.x.smudge", "filter.x.clean", "filter.x.process", "credential.helper", "remote.origin.uploadpack",
            "uploadpack.packObjectsHook", "merge.x.driver", "interactive.diffFilter", "sequence.editor",
            "trace2.eventTarget", "alias.rev-list", "alias.ls-tree", "pager.rev-list", "pager.for-each-ref",
        ):  # fmt: skip
            git(clone, "config", key, str(trap))
        git(clone, "config", "log.showSignature", "true")
        git(clone, "config", "include.path", str(evil))
        git(clone, "config", "mailmap.file", "/etc/passwd")
        git(clone, "config", "core.hooksPath", str(clone / "hooks"))
        git(clone, "config", "remote.origin.url", f"ext::{trap} %S")
        git(clone, "config", "remote.origin.promisor", "true")
        git(clone, "config", "remote.origin.partialclonefilter", "blob:none")
        git(clone, "config", "extensions.partialClone", "origin")
        git(clone, "config", "core.repositoryformatversion", "1")
        git(clone, "config", "protocol.ext.allow", "always")
        (clone / "hooks").mkdir(exist_ok=True)
        for hook in (
            "post-checkout",
            "reference-transaction",
            "pre-auto-gc",
            "post-index-change",
            "fsmonitor-watchman",
        ):
            shutil.copy(trap, clone / "hooks" / hook)

    def test_nothing_is_run(self, clone: Path, trap: Path, ran: Path) -> None:
        self.arm(clone, trap)
        for name in git(clone, "rev-list", "--objects", "--all").splitlines():
            sha = name.split(" ")[0]
            if git(clone, "-c", "alias.x=", "cat-file", "-t", sha) == "blob":
                (clone / "objects" / sha[:2] / sha[2:]).unlink(missing_ok=True)
        ran.unlink(missing_ok=True)
        found = scan(clone, policy=READ_BLOBS)
        scan(clone, previous=found.to_bytes(), policy=READ_BLOBS)
        assert found.history.commits == 4
        assert not ran.exists()

    def test_a_working_tree_runs_nothing_either(self, clone: Path, trap: Path, ran: Path, tmp_path: Path) -> None:
        tree = tmp_path / "tree"
        subprocess.run(["git", "clone", "-q", str(clone), str(tree)], check=True, env=QUIET)
        self.arm(tree / ".git", trap)
        ran.unlink(missing_ok=True)
        scan(tree, policy=READ_BLOBS)
        assert not ran.exists()

    def test_the_trap_would_have_run(self, clone: Path, trap: Path, ran: Path, tmp_path: Path) -> None:
        tree = tmp_path / "tree"
        subprocess.run(["git", "clone", "-q", str(clone), str(tree)], check=True, env=QUIET)
        self.arm(tree / ".git", trap)
        ran.unlink(missing_ok=True)
        subprocess.run(["git", "-C", str(tree), "status"], check=False, capture_output=True, env=QUIET)
        assert ran.exists(), "without this, the tests above prove nothing"

    def test_replacements_and_grafts_do_not_change_history(self, clone: Path) -> None:
        other = git(clone, "commit-tree", "-m", "x", git(clone, "rev-parse", "HEAD^{tree}"))
        git(clone, "replace", git(clone, "rev-parse", "HEAD"), other)
        (clone / "info").mkdir(exist_ok=True)
        (clone / "info" / "grafts").write_text(git(clone, "rev-parse", "HEAD") + "\n")
        assert scan(clone).history.commits == 4

    def test_a_lying_commit_graph_is_not_believed(self, clone: Path) -> None:
        git(clone, "commit-graph", "write", "--reachable")
        graph = clone / "objects/info/commit-graph"
        data = bytearray(graph.read_bytes())
        data[-200:-60] = b"\xff" * 140
        graph.chmod(0o644)
        graph.write_bytes(bytes(data))
        assert scan(clone).history.commits == 4

    def test_alternates_are_objects_only(self, clone: Path, trap: Path, ran: Path, tmp_path: Path) -> None:
        borrowed = tmp_path / "borrowed.git"
        command = ["git", "clone", "-q", "--bare", "--shared", str(clone), str(borrowed)]
        subprocess.run(command, check=True, env=QUIET)
        self.arm(clone, trap)
        ran.unlink(missing_ok=True)
        assert scan(borrowed).history.commits == 4
        (borrowed / "objects/info/alternates").write_text(f"../../{clone.name}/objects\n")
        assert scan(borrowed).history.commits == 4
        assert not ran.exists()

    def test_no_line_of_another_file_is_quoted(self, clone: Path, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("s3cret words\n")
        for name in ("packed-refs", "shallow", "config", "objects/info/alternates"):
            (clone / name).unlink(missing_ok=True)
            (clone / name).parent.mkdir(exist_ok=True)
            (clone / name).symlink_to(secret)
        (clone / "refs/heads/main").unlink()
        with pytest.raises(UserError) as caught:
            scan(clone)
        assert "s3cret" not in str(caught.value.as_dict())

    def test_the_surroundings_have_no_say(
        self, clone: Path, trap: Path, ran: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_DIR", "/nowhere")
        monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(trap))
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(trap))
        monkeypatch.setenv("GIT_TRACE", str(ran))
        assert scan(clone).history.commits == 4
        assert not ran.exists()

    def test_nothing_is_written_into_it(self, clone: Path) -> None:
        def state() -> dict[str, tuple[int, int]]:
            return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(clone.rglob("*"))}

        before = state()
        scan(clone, previous=scan(clone).to_bytes(), policy=READ_BLOBS)
        assert state() == before

    def test_a_repository_of_somebody_else_is_read(self, clone: Path) -> None:
        if os.geteuid():
            pytest.skip("only root can give a file away")
        for path in [clone, *clone.rglob("*")]:
            os.chown(path, 65534, 65534)
        assert scan(clone).history.commits == 4


class TestPartial:
    @pytest.fixture
    def origin(self, clone: Path) -> Path:
        git(clone, "config", "uploadpack.allowFilter", "true")
        git(clone, "config", "uploadpack.allowAnySHA1InWant", "true")
        return clone

    def partial(self, origin: Path, filtered: str) -> Path:
        path = origin.with_name("partial.git")
        command = ["git", "clone", "-q", "--bare", f"--filter={filtered}", f"file://{origin}", str(path)]
        subprocess.run(command, check=True, env=QUIET, capture_output=True)
        return path

    def test_without_blobs_all_but_their_text_is_known(self, origin: Path) -> None:
        path = self.partial(origin, "blob:none")
        packs = sorted((path / "objects/pack").iterdir())
        found = scan(path, policy=READ_BLOBS)
        facts = found.facts
        assert facts["partial"]
        assert facts["commits"] == 4
        assert facts["files"]["LICENSE"] == "LICENSE"
        assert facts["releases"]["total"] == 2
        assert facts["mailmap"] == "not honoured"
        assert any("partial clone" in note for note in facts["notes"])
        assert "not in this partial clone" in facts["licence"]["how"]
        assert sorted((path / "objects/pack").iterdir()) == packs, "nothing may be fetched on the way"

    def test_the_origin_is_not_even_asked(self, origin: Path) -> None:
        path = self.partial(origin, "blob:none")
        shutil.rmtree(origin)
        assert scan(path, policy=READ_BLOBS).history.commits == 4

    def test_without_trees_the_files_are_unknown(self, origin: Path) -> None:
        found = scan(self.partial(origin, "tree:0"))
        assert found.history.commits == 4
        assert not found.files.known
        assert found.facts["mailmap"] == "not honoured" or found.notes


def test_contents_come_back_whole(clone: Path) -> None:
    with opened(clone) as repository:
        names = [git(clone, "rev-parse", f"HEAD:{path}") for path in ("LICENSE", "README", "docs/a.md")]
        got = list(repository.contents(names))
        assert [(name, kind, len(content)) for name, kind, content in got] == [
            (names[0], "blob", 5000),
            (names[1], "blob", 1),
            (names[2], "blob", 1),
        ]
        assert repository.sizes(["0" * 40, names[0]]) == {names[0]: ("blob", 5000)}
