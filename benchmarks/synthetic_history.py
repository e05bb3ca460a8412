"""A synthetic git history of any length, the same bytes on every run, for the repository benchmark.

Every person in it is invented and every address ends in ``.example``. The shape follows what large public
histories show: many people with one commit and a few with thousands, several topic branches open at once and
merged by maintainers, bots in the later years, time zones, a mailmap, a few old commits whose clocks were wrong.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

DAY = 86_400
FIRST_COMMIT = 1_112_911_993
ZONES = ("+0000", "-0700", "-0800", "+0100", "+0200", "+0530", "+0800", "-0300", "+0900", "+1030")
FIRST_NAMES = ("Ada", "Bo", "Chidi", "Dana", "Eun", "Fatou", "Goran", "Hana", "Ines", "Jörg", "Kofi", "Lin")
LAST_NAMES = ("Abara", "Berg", "Cruz", "Dvořák", "Egwu", "Falk", "Gupta", "Hale", "Ito", "Jansen", "Kim", "Łoś")
BOTS = (
    ("quietbot[bot]", "41+quietbot[bot]@users.noreply.example"),
    ("dependabot[bot]", "49+dependabot[bot]@users.noreply.example"),
)


def write(repository: Path, commits: int = 80_000, *, seed: int = 2026, years: float = 20.0) -> None:
    """Create a bare repository at ``repository`` with about ``commits`` commits and pack it.

    ``commits`` is exact. The last commit lies ``years`` years after the first, whatever the number.
    """
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(repository)], check=True)
    importer = subprocess.Popen(
        ["git", "--git-dir", str(repository), "fast-import", "--quiet", "--force", "--depth=50"],
        stdin=subprocess.PIPE,
    )
    assert importer.stdin is not None
    for chunk in stream(commits, seed=seed, years=years):
        importer.stdin.write(chunk)
    importer.stdin.close()
    if importer.wait():
        raise RuntimeError("git fast-import refused the synthetic history")
    subprocess.run(
        ["git", "--git-dir", str(repository), "-c", "pack.threads=2", "repack", "-adfq", "--window=10"], check=True
    )


def stream(commits: int, *, seed: int, years: float) -> Iterator[bytes]:
    """The fast-import stream: blobs inline, marks 1 to ``commits``, then the branch and the tags."""
    chance = random.Random(seed)
    people = _people(chance, max(3, commits // 30))
    weights = [1 / (rank + 2) ** 1.1 for rank in range(len(people))]
    totals: list[float] = []
    for weight in weights:
        totals.append((totals[-1] if totals else 0.0) + weight)
    step = years * 365.25 * DAY / commits
    tips: list[int] = []
    main = 0
    for number in range(1, commits + 1):
        when = int(FIRST_COMMIT + step * number)
        if number < commits * 0.4 and number % 9_973 == 0:
            when -= 3 * DAY
        known = max(3, int(len(people) * number / commits))
        name, address = people[chance.choices(range(known), cum_weights=totals[:known])[0]]
        if number > commits * 0.6 and chance.random() < 0.08:
            name, address = BOTS[number % 2]
        written = when - int(chance.expovariate(1 / (2 * DAY))) if chance.random() < 0.5 else when
        zone = chance.choice(ZONES)
        merges = tips and main and chance.random() < 0.18
        if merges:
            side = tips.pop(chance.randrange(len(tips)))
            parents, main, branch = (main, side), number, "main"
        elif main and chance.random() < 0.45 and len(tips) < 12:
            parents, branch = (main,), "topic"
            tips.append(number)
        elif tips and chance.random() < 0.4:
            index = chance.randrange(len(tips))
            parents, branch = (tips[index],), "topic"
            tips[index] = number
        else:
            parents, main, branch = ((main,) if main else ()), number, "main"
        if number == commits:
            others = [tip for tip in (main, *tips) if tip != number]
            parents, branch = (*parents, *others), "main"
        message = f"Change {number} on {branch}\n\nWhy: part {number % 97} asked for it.\n".encode()
        yield b"commit refs/heads/%s\nmark :%d\n" % (branch.encode(), number)
        yield f"author {name} <{address}> {max(1, written)} {zone}\n".encode()
        yield f"committer {name} <{address}> {when} {zone}\n".encode()
        yield b"data %d\n%s" % (len(message), message)
        yield b"".join(b"from :%d\n" % mark if first else b"merge :%d\n" % mark for first, mark in _order(parents))
        if not parents:
            yield from _layout(people)
        else:
            yield _file(f"src/part{number % 23}/file{number % 211}.txt", f"line {number}\n" * (number % 7 + 1))
        every = max(1, commits // 60)
        if number % every == 0:
            yield b"reset refs/tags/v%d.%d.0\nfrom :%d\n\n" % (number // 10_000, number // every, number)
    yield b"reset refs/heads/main\nfrom :%d\n\nreset refs/heads/topic\nfrom %s\n\n" % (commits, b"0" * 40)


def _order(parents: tuple[int, ...]) -> Iterator[tuple[bool, int]]:
    unique = list(dict.fromkeys(parents))
    return ((index == 0, mark) for index, mark in enumerate(unique))


def _people(chance: random.Random, count: int) -> list[tuple[str, str]]:
    people = []
    for index in range(count):
        name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)} {index}"
        house = f"company{index % 40}.example" if index % 3 else f"person{index}.example"
        people.append((name, f"p{index}@{house}"))
    return people


def _layout(people: list[tuple[str, str]]) -> Iterator[bytes]:
    aliases = "".join(
        f"{name} <{address}> <p{index + 7}@{people[index + 7][1].split('@')[1]}>\n"
        for index, (name, address) in enumerate(people[:-7])
        if index % 11 == 0
    )
    for path, text in (
        ("LICENSE", "Synthetic licence text.\n"),
        ("README.md", "# Synthetic\n"),
        ("CONTRIBUTING.md", "Be kind.\n"),
        (".github/CODEOWNERS", "* @example\n"),
        ("docs/CODE_OF_CONDUCT.md", "Be kind.\n"),
        (".github/workflows/ci.yml", "on: push\n"),
        (".mailmap", aliases),
    ):
        yield _file(path, text)


def _file(path: str, text: str) -> bytes:
    data = text.encode()
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
