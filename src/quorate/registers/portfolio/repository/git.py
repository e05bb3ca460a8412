"""Running git on somebody else's repository without running anything that is theirs.

A repository's own configuration can make git start programs (`core.fsmonitor`, `gpg.program`, hooks, remote
helpers), read other files (`include.path`) and fetch over the network (partial clones). None of that is read
here. Git is pointed at a *stand-in*: a fresh directory with a configuration of ours, whose `objects`, `refs` and
`packed-refs` are links to the repository's own. So there is no remote to fetch a missing object from, no hook and
no replacement ref, and a repository that belongs to another user needs no exception. The environment is built
from nothing, all protocols are forbidden as well, and each command has a time limit.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from quorate.kernel.errors import UserError

_REF = re.compile(r"(?!.*(?:\.\.|@\{|//|\.lock(?:/|\Z)))[A-Za-z0-9_][A-Za-z0-9_./@+\-]*\Z")
_SYMREF = re.compile(r"ref: (refs/[^\x00-\x20\x7f~^:?*\[\\]+)\s*\Z")
_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_OUTPUT_LIMIT = 256 * 1024 * 1024


class GitFailure(UserError):
    """Git ended with an error; `detail` is the first line that it wrote about it."""

    def __init__(self, where: str, detail: str) -> None:
        self.detail = detail
        super().__init__(
            f"git could not read the repository: {detail or 'no reason was given'}",
            where=where,
            mend="run `git fsck` in it, or clone it again",
        )


@dataclass(frozen=True, slots=True)
class Head:
    """The commit that was scanned and the branch that led to it; `branch` is "" when detached or asked by name."""

    commit: str
    branch: str


class Repository:
    """A repository opened for reading. Make one with `opened`; it is valid inside that block only."""

    def __init__(self, path: Path, git_dir: Path, common: Path, stand_in: Path, timeout: float) -> None:
        self.path = path
        self.git_dir = git_dir
        self.common = common
        self._stand_in = stand_in
        self._timeout = timeout
        self._environment = _environment(stand_in)

    def head(self, ref: str = "HEAD") -> Head:
        """The commit that `ref` names. Raises `UserError` when the repository is empty or the ref is not there."""
        if ref != "HEAD" and not _REF.match(ref):
            raise UserError(f"“{ref}” is not the name of a branch, tag or commit", where=str(self.path))
        try:
            commit = self.run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").decode().strip()
        except GitFailure:
            raise self._no_head(ref) from None
        match = _SYMREF.match((self._stand_in / "HEAD").read_text()) if ref == "HEAD" else None
        return Head(commit, match.group(1).removeprefix("refs/heads/") if match else "")

    def _no_head(self, ref: str) -> UserError:
        where = str(self.path)
        if ref != "HEAD":
            return UserError(f"there is no branch, tag or commit “{ref}”", where=where)
        found = self.run("for-each-ref", "--count=4", "--format=%(refname:strip=2)", "refs/heads").decode()
        branches = found.split()
        try:
            commit = self.run("rev-parse", "--verify", "--quiet", "HEAD").decode().strip()
        except GitFailure:
            commit = ""
        if commit:
            return GitFailure(where, f"the head commit {commit} is missing or damaged")
        if not branches:
            return UserError("the repository is empty: it has no commit yet", where=where, mend="push a first commit")
        named = (self._stand_in / "HEAD").read_text().strip().removeprefix("ref: refs/heads/")
        return UserError(
            f"HEAD names the branch “{named}”, which is not there; there are {', '.join(branches)}",
            where=where,
            mend=f"git symbolic-ref HEAD refs/heads/{branches[0]}",
        )

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """The whole output of one git command. Raises `GitFailure` when it fails, is too slow or says too much."""
        with self._process(arguments, given) as stdout:
            data = stdout.read(_OUTPUT_LIMIT + 1)
            if len(data) > _OUTPUT_LIMIT:
                raise GitFailure(str(self.path), f"git {arguments[0]} wrote more than {_OUTPUT_LIMIT} bytes")
        return data

    @contextmanager
    def lines(self, *arguments: str) -> Iterator[IO[bytes]]:
        """The output of one git command, to iterate over by line without holding it; read it to its end."""
        with self._process(arguments, b"") as stdout:
            yield stdout

    @contextmanager
    def _process(self, arguments: Sequence[str], given: bytes) -> Iterator[IO[bytes]]:
        with (
            tempfile.TemporaryFile() as errors,
            tempfile.TemporaryFile() if given else open(os.devnull, "rb") as source,
        ):
            if given:
                source.write(given)
                source.seek(0)
            process = subprocess.Popen(  # noqa: S603 git by its absolute path, no shell, arguments checked above
                [git_program(), "--no-pager", "--no-optional-locks", *arguments],
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=self._environment,
                cwd=self._stand_in,
                start_new_session=True,
            )
            late = threading.Event()

            def stop() -> None:
                late.set()
                _end(process)

            timer = threading.Timer(self._timeout, stop)
            timer.daemon = True
            timer.start()
            try:
                assert process.stdout is not None
                with process.stdout as stdout:
                    yield stdout
                code = process.wait()
            except BaseException:
                _end(process)
                process.wait()
                raise
            finally:
                timer.cancel()
            if late.is_set():
                raise GitFailure(str(self.path), f"git {arguments[0]} took longer than {self._timeout:g} s")
            if code:
                errors.seek(0)
                raise GitFailure(str(self.path), self._plain(errors.read(4096)))

    def _plain(self, message: bytes) -> str:
        lines = message.decode("utf-8", "replace").strip().split("\n")
        said = next((line for line in lines if line.startswith("fatal: ")), lines[0]).partition(": ")[2] or lines[0]
        printable = "".join(letter if letter.isprintable() else "?" for letter in said)
        return printable.replace(str(self._stand_in), str(self.git_dir))[:300]

    def shallow(self) -> frozenset[str]:
        """The commits at which a shallow clone's history was cut; none in a complete clone."""
        text = _small(self.common / "shallow", limit=64 * 1024 * 1024)
        return frozenset(line for line in text.split() if _OBJECT.match(line))

    def is_partial(self) -> bool:
        """Whether it was cloned with a filter, so that objects may be absent without damage."""
        pack = self.common / "objects" / "pack"
        return pack.is_dir() and any(name.endswith(".promisor") for name in os.listdir(pack))

    def sizes(self, objects: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Kind and size in bytes of those of `objects` that are present. Reads no content."""
        given = "".join(f"{name}\n" for name in objects).encode()
        found = {}
        if objects:
            for line in self.run("cat-file", "--batch-check", "--buffer", given=given).decode().splitlines():
                name, _, rest = line.partition(" ")
                kind, _, size = rest.partition(" ")
                if size.isdigit():
                    found[name] = (kind, int(size))
        return found

    def contents(self, objects: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
        """Name, kind and content of each of `objects`. They must be present; ask `sizes` first."""
        if not objects:
            return
        data = self.run("cat-file", "--batch", "--buffer", given="".join(f"{name}\n" for name in objects).encode())
        at = 0
        while at < len(data):
            end = data.index(b"\n", at)
            header = data[at:end].decode().split(" ")
            at = end + 1
            if len(header) == 3:
                size = int(header[2])
                yield header[0], header[1], data[at : at + size]
                at += size + 1


@contextmanager
def opened(path: str | os.PathLike[str], *, timeout: float = 120.0) -> Iterator[Repository]:
    """Open the bare or ordinary clone at `path`. Raises `UserError` when there is none; writes nothing into it.

    `timeout` is the longest that a single git command may take, in seconds.
    """
    root = _root(path)
    git_dir = _git_dir(root)
    common = _common(git_dir)
    if not (common / "objects").is_dir() or not ((common / "refs").is_dir() or (common / "packed-refs").is_file()):
        raise UserError("this is not a git repository", where=str(root), mend="give the path of a clone")
    with tempfile.TemporaryDirectory(prefix="quorate-git-") as name:
        stand_in = Path(name)
        (stand_in / "HEAD").write_text(_head_text(git_dir, root))
        (stand_in / "objects").symlink_to(common.resolve() / "objects")
        if (common / "refs").is_dir():
            (stand_in / "refs").symlink_to(common.resolve() / "refs")
        else:
            (stand_in / "refs").mkdir()
        for entry in ("packed-refs", "shallow"):
            # A link here could make git quote a line of somebody else's file in an error message.
            if (common / entry).is_file() and not (common / entry).is_symlink():
                (stand_in / entry).symlink_to(common.resolve() / entry)
        (stand_in / "config").write_text(_configuration(common))
        yield Repository(root, git_dir, common, stand_in, timeout)


def git_program() -> str:
    """The absolute path of git. Raises `UserError` when it is not installed."""
    program = shutil.which("git")
    if program is None:
        raise UserError("git is not installed", mend="install git 2.34 or newer")
    return program


def digest(names: frozenset[str]) -> str:
    """A short name for a set of commits, "" for none."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:16] if names else ""


def _root(path: str | os.PathLike[str]) -> Path:
    text = os.fspath(path)
    if not text or "\x00" in text or "\n" in text:
        raise UserError("this is not a path", where=repr(text), mend="give the path of a clone")
    if re.match(r"[a-z+]+://|[\w.-]+@[\w.-]+:", text):
        raise UserError(
            "this is an address, and nothing is fetched here",
            where=text,
            mend=f"git clone --bare --filter=blob:none {text} and give the path of the clone",
        )
    root = Path(text).absolute()
    if not root.exists():
        raise UserError("there is nothing at this path", where=text, mend="give the path of a clone")
    if not root.is_dir():
        raise UserError("this is a file, not a git repository", where=text, mend="give the path of a clone")
    return root


def _git_dir(root: Path) -> Path:
    """The directory with HEAD: `root` itself when bare, else its `.git`, which may be a file that names another."""
    inner = root / ".git"
    if inner.is_file():
        text = _small(inner, limit=4096).strip()
        if not text.startswith("gitdir: "):
            raise UserError("its .git file names no repository", where=str(root), mend="give the path of a clone")
        inner = (root / text.removeprefix("gitdir: ")).absolute()
    for candidate in (inner, root):
        if (candidate / "HEAD").is_file() or (candidate / "HEAD").is_symlink():
            return candidate
    raise UserError(
        "this is not a git repository",
        where=str(root),
        mend="give the path of a bare clone, or of the top of a working tree",
    )


def _common(git_dir: Path) -> Path:
    """Where objects and refs are; elsewhere for a linked working tree."""
    named = _small(git_dir / "commondir", limit=4096).strip()
    return (git_dir / named) if named else git_dir


def _head_text(git_dir: Path, root: Path) -> str:
    head = git_dir / "HEAD"
    text = f"ref: {os.readlink(head)}" if head.is_symlink() else _small(head, limit=4096)
    if _SYMREF.match(text) or _OBJECT.match(text.strip()):
        return text.strip() + "\n"
    raise UserError("its HEAD names neither a branch nor a commit", where=str(root), mend="clone it again")


def _configuration(common: Path) -> str:
    """Ours; of the repository's own, only the format of its object names and refs is taken over."""
    settings = {"objectformat": "", "refstorage": ""}
    section = ""
    for raw in _small(common / "config", limit=1024 * 1024).splitlines():
        line = raw.strip().lower()
        if line.startswith("["):
            section = line.split("]")[0].strip("[ ")
        elif section == "extensions":
            key, _, value = line.partition("=")
            if key.strip() in settings and re.match(r"[a-z0-9]+\Z", value.strip()):
                settings[key.strip()] = value.strip()
    if settings["refstorage"] not in ("", "files"):
        raise UserError(
            f"its refs are kept in the format “{settings['refstorage']}”, which is not read here",
            where=str(common),
            mend="git refs migrate --ref-format=files",
        )
    lines = ["[core]", "bare = true", "commitGraph = false", "fsmonitor = false", "hooksPath = /dev/null"]
    if settings["objectformat"]:
        lines += ["repositoryFormatVersion = 1", "[extensions]", f"objectFormat = {settings['objectformat']}"]
    else:
        lines += ["repositoryFormatVersion = 0"]
    return "\n".join(lines) + "\n"


def _environment(stand_in: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "HOME": str(stand_in),
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_DIR": str(stand_in),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_PAGER": "cat",
    }


def _small(path: Path, *, limit: int) -> str:
    """The text of a small regular file, "" when there is none. A pipe or a device is not opened."""
    if not path.is_file():
        return ""
    with path.open("rb") as source:
        return source.read(limit).decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
