"""Small real git repositories for invented projects, grown commit by commit as time passes, so that checks measure.

Everything in them is invented and says so. A repository is a bare clone below the folder of clones, where the
portfolio reads it like any other.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from quorate.registers.portfolio import clones
from quorate.registers.portfolio.repository.git import git_program

MIT = """MIT License

Copyright (c) the authors of {name}, a project that was invented for an example

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated \
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the \
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit \
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the \
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE \
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR \
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR \
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
FILES = {
    "LICENSE": MIT,
    "README.md": "# {name}\n\nAn invented project of an example foundation. It does nothing.\n",
    "CONTRIBUTING.md": "Changes are welcome. Every commit is signed off (DCO).\n",
    "CODE_OF_CONDUCT.md": "Be kind.\n",
    "CODEOWNERS": "* @maintainers\n",
    ".github/workflows/ci.yml": "on: [push]\njobs: {{test: {{runs-on: ubuntu-latest, steps: [{{run: make test}}]}}}}\n",
}
#: Commits in ninety days, and authors, of a project that is well and of one that is tired.
WELL, TIRED = (46, 7), (9, 2)


@dataclass
class Repository:
    """One invented repository: how lively it is now, and until when it has been written."""

    slug: str
    name: str
    missing: tuple[str, ...] = ()
    pace: tuple[int, int] = WELL
    written: datetime | None = None
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"repository {self.slug}")  # noqa: S311  # an invented history, no secret

    @property
    def path(self) -> Path:
        """Where the bare clone lies."""
        return clones.folder() / "example" / f"{self.slug}.git"

    def found(self, at: datetime) -> None:
        """Begin it, with some months of work behind it."""
        shutil.rmtree(self.path, ignore_errors=True)
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
            (self.path / folder).mkdir(parents=True)
        (self.path / "HEAD").write_text("ref: refs/heads/main\n")
        (self.path / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
        self.written = at - timedelta(days=120)
        self.grow(at, first=True)

    def grow(self, at: datetime, *, first: bool = False) -> None:
        """Write what was committed since, at the present pace."""
        assert self.written is not None
        if at <= self.written:
            return
        commits, authors = self.pace
        days = (at - self.written).total_seconds() / 86400
        count = int(days * commits / 90 + self.rng.random())
        moments = sorted(self.written + (at - self.written) * self.rng.random() for _ in range(count))
        if first:
            moments = [self.written, *moments]
        out: list[bytes] = []
        for n, moment in enumerate(moments):
            fresh = first and n == 0
            out.append(self._commit(moment, authors, parent=n == 0 and not first, files=fresh))
        if out:
            _git("fast-import", "--quiet", at=self.path, given=b"".join(out))
        self.written = at

    def mend(self, names: tuple[str, ...], at: datetime) -> None:
        """Add files that were missing."""
        given = self._commit(at, 1, parent=True, names=tuple(name for name in names if name in self.missing))
        _git("fast-import", "--quiet", at=self.path, given=given)
        self.missing = tuple(name for name in self.missing if name not in names)

    def _commit(
        self, at: datetime, authors: int, *, parent: bool, files: bool = False, names: tuple[str, ...] = ()
    ) -> bytes:
        who = self.rng.randrange(max(1, authors)) + 1
        person = f"Invented Author {who} <author{who}@{self.slug}.example> {int(at.timestamp())} +0000"
        text = f"Work on {self.name} ({self.rng.choice(['fix', 'feature', 'tests', 'words'])}, invented)"
        lines = ["commit refs/heads/main", f"author {person}", f"committer {person}", _data(text)]
        if parent:
            lines.append("from refs/heads/main^0")
        wanted = [name for name in FILES if name not in self.missing] if files else list(names)
        for name in wanted:
            lines += [f"M 100644 inline {name}", _data(FILES[name].format(name=self.name))]
        return ("\n".join(lines) + "\n\n").encode()


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"


def _git(*arguments: str, at: Path | None = None, given: bytes | None = None) -> None:
    where = ["--git-dir", str(at)] if at is not None else []
    subprocess.run([git_program(), *where, *arguments], input=given, check=True, capture_output=True)  # noqa: S603  # our own arguments
