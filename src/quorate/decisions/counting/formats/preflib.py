"""PrefLib: soc, soi, toc, toi, in the present form (``# KEY: value``) and the old one (numbers, then names).

Equal ranks stand in braces, ``{3,4}``. Files whose ending promises strict orders may still have been made of ballots with
equal ranks, flattened in the order of the paper: such a file no longer says what the voters said.
"""

from __future__ import annotations

import re

from quorate.decisions.counting.profile import Notes, Profile, Rank, Ranking, check_size, numbered
from quorate.kernel.errors import UserError

_NAME = re.compile(r"ALTERNATIVE NAME (\d+)")
_RANK = re.compile(r"\{([^{}]*)\}|([^,{}]+)")


def read(text: str, where: str = "") -> Profile:
    """The profile in a PrefLib file; one seat unless a line ``# SEATS: n`` says more."""
    lines = [(number, line) for number, line in numbered(text) if line]
    if not lines:
        raise UserError("the file is empty", where)
    if not lines[0][1].startswith("#"):
        return _old(lines, where)
    told: dict[str, str] = {}
    ballots: list[tuple[Ranking, int]] = []
    for number, line in lines:
        if line.startswith("#"):
            key, _colon, value = line[1:].partition(":")
            told[key.strip().upper()] = value.strip()
        else:
            count, _colon, order = line.partition(":")
            ballots.append((_order(order, where, number), _whole(count, where, number)))
    names = {int(found[1]): value for key, value in told.items() if (found := _NAME.fullmatch(key))}
    size = _whole(told.get("NUMBER ALTERNATIVES") or str(max(names, default=0)), where, 1)
    check_size(size, where)
    _check(ballots, size, where)
    return Profile(
        [names.get(number, f"Candidate {number}") for number in range(1, size + 1)],
        _whole(told.get("SEATS", "1"), where, 1),
        rankings=ballots,
        withdrawn=[_whole(number, where, 1) for number in told.get("WITHDRAWN", "").replace(",", " ").split()],
        notes=Notes(told.get("TITLE", ""), told.get("SOURCE", ""), told.get("DESCRIPTION", "")),
    )


def _old(lines: list[tuple[int, str]], where: str) -> Profile:
    """Number of alternatives, ``number,name`` for each, ``voters,sum,unique``, then ``count,order``."""
    number, line = lines[0]
    size = _whole(line, where, number)
    check_size(size, where)
    if len(lines) < size + 2:
        raise UserError(f"{size} alternatives are promised and fewer lines there", where, "one line for each name")
    names = [line.partition(",")[2].strip() for _number, line in lines[1 : size + 1]]
    ballots = []
    for number, line in lines[size + 2 :]:
        count, _comma, order = line.partition(",")
        ballots.append((_order(order, where, number), _whole(count, where, number)))
    _check(ballots, size, where)
    return Profile(names, 1, rankings=ballots)


def write(profile: Profile) -> str:
    """A PrefLib file of the narrowest type that holds all ballots."""
    if profile.is_scored:
        raise UserError("PrefLib orders hold rankings, not scores", "format", "convert to manifest")
    if profile.ids or profile.tie_order:
        raise UserError("PrefLib cannot hold ids or an order for ties", "format", "convert to blt or manifest")
    rankings = profile.rankings
    if any(not rank for ranking, _weight in rankings for rank in ranking):
        raise UserError("PrefLib cannot hold skipped ranks", "format", "convert to blt or manifest")
    words = [*profile.candidates, profile.notes.title, profile.notes.source, profile.notes.comment]
    if any(word != word.strip() or len(word.splitlines()) > 1 for word in words):
        raise UserError("a name or note has a line break or a space at its end", "format", "convert to blt")
    ties = any(len(rank) > 1 for ranking, _weight in rankings for rank in ranking)
    whole = all(sorted(n for rank in ranking for n in rank) == list(profile.numbers) for ranking, _weight in rankings)
    kind = ("t" if ties else "s") + "o" + ("c" if whole else "i")
    lines = [f"# DATA TYPE: {kind}", f"# TITLE: {profile.notes.title}", f"# SOURCE: {profile.notes.source}"]
    lines += [f"# DESCRIPTION: {profile.notes.comment}", f"# SEATS: {profile.seats}"]
    if profile.withdrawn:
        lines.append(f"# WITHDRAWN: {', '.join(map(str, sorted(profile.withdrawn)))}")
    lines += [f"# NUMBER ALTERNATIVES: {len(profile.candidates)}", f"# NUMBER VOTERS: {profile.total}"]
    lines.append(f"# NUMBER UNIQUE ORDERS: {len(rankings)}")
    lines += [f"# ALTERNATIVE NAME {number}: {name}" for number, name in enumerate(profile.candidates, 1)]
    lines += [f"{weight}: {','.join(map(_rank, ranking))}" for ranking, weight in rankings]
    return "\n".join(lines) + "\n"


def _rank(rank: Rank) -> str:
    return str(rank[0]) if len(rank) == 1 else "{" + ",".join(map(str, rank)) + "}"


def _order(text: str, where: str, line: int) -> Ranking:
    ranks: list[Rank] = []
    for together, alone in _RANK.findall(text):
        if together or not alone:
            ranks.append(tuple(sorted(_whole(part, where, line) for part in together.split(",") if part.strip())))
        elif alone.strip():
            ranks.append((_whole(alone, where, line),))
    return tuple(rank for rank in ranks if rank)


def _whole(text: str, where: str, line: int) -> int:
    if not text.strip().isdecimal():
        raise UserError(f"{text.strip()!r} is no number", f"{where}:{line}" if where else f"line {line}")
    return int(text)


def _check(ballots: list[tuple[Ranking, int]], size: int, where: str) -> None:
    for ranking, _weight in ballots:
        if any(not 1 <= number <= size for rank in ranking for number in rank):
            raise UserError(f"an order names an alternative that is not there: {ranking}", where)
