"""Rankings in tables: the CSV of Scottish councils, and merged patterns with columns of ranks and a weight."""

from __future__ import annotations

import csv
import io
import re

from quorate.decisions.counting.profile import Notes, Profile, Ranking, check_size
from quorate.kernel.errors import UserError

#: What a cell says when no candidate stands in it.
SKIPPED = frozenset({"", "-", "skipped", "undervote", "blank", "none"})
_RANKED = r"(?:rank|ranking|ranked|choice|preference|pref|vote|position|pos|place)"
_RANK = re.compile(rf"(?:{_RANKED}[ _-]*)?(\d+)(?:st|nd|rd|th)?(?:[ _-]*{_RANKED})?")
_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_WORD = re.compile(rf"({'|'.join(_WORDS)})(?:[ _-]*{_RANKED})?")
WEIGHT = frozenset(
    {"weight", "weights", "wt", "count", "counts", "total", "n", "number", "freq", "frequency", "multiplicity"}
    | {
        f"{many}{of}"
        for many in ("", "n_", "num_", "number of ", "no. of ", "n ", "num ")
        for of in ("ballots", "votes", "voters")
    }
)
#: More than one candidate at a rank that allows one: the ballot does not say who is next.
_OVERVOTE = "overvote"


def rows_of(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, with their line numbers, without trailing empty cells."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), skipinitialspace=True)
    found = []
    line = 1
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells):
            found.append((line, cells))
        line = reader.line_num + 1
    return found


def read(text: str, where: str = "") -> Profile:
    """Either table: a first row of two numbers is a Scottish one, a row of headings a merged one."""
    rows = [(line, cells) for line, cells in rows_of(text) if not cells[0].startswith("#")]
    if not rows:
        raise UserError("the file is empty", where, "a first row with candidates and seats, or headings")
    head = _trimmed(rows[0][1])
    if len(head) == 2 and all(cell.isdecimal() for cell in head):
        return read_scottish(text, where)
    return read_merged(text, where)


def read_scottish(text: str, where: str = "") -> Profile:
    """``candidates,seats``, then ``weight,first,second,…``, then the names and the ward."""
    rows = rows_of(text)
    head = _trimmed(rows[0][1]) if rows else []
    if len(head) != 2 or not all(cell.isdecimal() for cell in head):
        raise UserError("the first row is not the numbers of candidates and seats", _at(where, 1), "like 7,3")
    line, count, seats = rows[0][0], int(head[0]), int(head[1])
    check_size(count, where)
    ballots: list[tuple[Ranking, int]] = []
    words: list[list[str]] = []
    for line, cells in rows[1:]:
        row = _trimmed(cells)
        if row[0].isdecimal() and not words:
            numbers = [_number(cell, count, where, line) for cell in row[1:]]
            ballots.append((tuple((number,) for number in numbers), _weight(row[0], where, line)))
        else:
            words.append(row)
    names = [_person(row) for row in words[:count]]
    if names and len(names) < count:
        raise UserError(f"{len(names)} names for {count} candidates", _at(where, line), "one row for each")
    title = words[count][0] if len(words) > count else ""
    names = names or [f"Candidate {number}" for number in range(1, count + 1)]
    return Profile(names, seats, rankings=ballots, notes=Notes(title))


def write_scottish(profile: Profile) -> str:
    """The Scottish table; ``UserError`` where the profile has what it cannot hold."""
    _refuse(profile, "the Scottish table", equal=True, skipped=True)
    if not all(map(is_cell, profile.candidates)) or not (is_cell(profile.notes.title) or not profile.notes.title):
        raise UserError("a name is empty, or has a line break or a space at its end", "candidates", "convert to blt")
    if profile.notes.source or profile.notes.comment:
        raise UserError("the Scottish table has no place for source and comment", "notes", "convert to blt")
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow([len(profile.candidates), profile.seats, ""])
    for ranking, weight in profile.rankings:
        table.writerow([weight, *(rank[0] for rank in ranking), ""])
    for number, name in enumerate(profile.candidates, 1):
        table.writerow([f"Candidate {number}", name, "", ""])
    if profile.notes.title:
        table.writerow([profile.notes.title, ""])
    return out.getvalue()


def read_merged(text: str, where: str = "") -> Profile:
    """Headings with columns of ranks and perhaps a weight; cells hold names or numbers.

    Candidates are numbered in the natural order of their names, because the rows have none. Rows that begin with
    ``#candidate``, ``#seats``, ``#withdrawn``, ``#title`` say what a table of ballots cannot.
    """
    told: dict[str, list[list[str]]] = {}
    rows: list[tuple[int, list[str]]] = []
    for line, cells in rows_of(text):
        if cells[0].startswith("#"):
            told.setdefault(cells[0][1:].strip().lower(), []).append(_trimmed(cells[1:]))
        else:
            rows.append((line, cells))
    if not rows:
        raise UserError("the file has no headings", where, "columns like rank1, rank2 and weight")
    line, head = rows[0]
    columns = {rank: at for at, cell in enumerate(head) if (rank := _rank_of(cell.lower()))}
    weights = [at for at, cell in enumerate(head) if cell.lower() in WEIGHT]
    if not columns:
        raise UserError(
            "the headings name no ranks",
            _at(where, line),
            "columns like rank1, rank2 and weight; for a column for each candidate --format scores-csv, civs or elekto",
        )
    read_rows: list[tuple[list[list[str]], int]] = []
    for line, cells in rows[1:]:
        ranks: list[list[str]] = []
        for _rank, at in sorted(columns.items()):
            cell = cells[at] if at < len(cells) else ""
            if cell.lower() == _OVERVOTE:
                break
            ranks.append(_names_in(cell))
        while ranks and not ranks[-1]:
            ranks.pop()
        weight = _weight(cells[weights[0]] if weights[0] < len(cells) else "", where, line) if weights else 1
        read_rows.append((ranks, weight))
    names = [cells[0] if cells else "" for cells in told.get("candidate", [])]
    number = _numbering(names, {name for ranks, _weight in read_rows for rank in ranks for name in rank}, where)
    ballots = [
        (tuple(tuple(sorted(number[name] for name in rank)) for rank in ranks), weight) for ranks, weight in read_rows
    ]
    if not names:
        names = [name for name, _number in sorted(number.items(), key=lambda pair: pair[1])]
        if all(name.isdecimal() for name in names):
            names = [f"Candidate {at}" for at in range(1, max(number.values(), default=0) + 1)]
    seats = "".join(told.get("seats", [["1"]])[0][:1])
    title = told.get("title", [[""]])[0][:3]
    struck = [name for cells in told.get("withdrawn", []) for name in cells]
    for name in struck:
        if name not in number:
            raise UserError(f"there is no candidate {name!r} to withdraw", _at(where, 1), "a name of the table")
    return Profile(
        names,
        _weight(seats, where, 1),
        rankings=ballots,
        withdrawn=[number[name] for name in struck],
        notes=Notes(*title),
    )


def write_merged(profile: Profile) -> str:
    """The merged table, equal ranks as ``Anna | Bela`` in one cell."""
    if profile.is_scored:
        raise UserError("the table holds rankings, not scores", "format", "convert to manifest")
    _refuse(profile, "the merged table")
    names = profile.candidates
    plain = all(is_cell(name) and name.lower() not in SKIPPED and "|" not in name for name in names)
    if not plain or len(set(names)) != len(names) or all(name.isdecimal() for name in names):
        raise UserError("the names do not tell the candidates apart in a table", "candidates", "convert to blt")
    if any(ranking and not ranking[-1] for ranking, _weight in profile.rankings):
        raise UserError("the merged table cannot end a ballot with a skipped rank", "ballots", "convert to blt")
    notes = profile.notes
    if not all(is_cell(note) or not note for note in (notes.title, notes.source, notes.comment)):
        raise UserError("a note has a line break or a space at its end", "notes", "convert to blt")
    width = max((len(ranking) for ranking, _weight in profile.rankings), default=0)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    if notes != Notes():
        table.writerow(["#title", notes.title, notes.source, notes.comment])
    table.writerow(["#seats", profile.seats])
    for name in names:
        table.writerow(["#candidate", name])
    for number in sorted(profile.withdrawn):
        table.writerow(["#withdrawn", names[number - 1]])
    table.writerow(["weight", *(f"rank{at}" for at in range(1, max(1, width) + 1))])
    for ranking, weight in profile.rankings:
        table.writerow([weight, *(" | ".join(names[number - 1] for number in rank) for rank in ranking)])
    return out.getvalue()


def is_cell(word: str) -> bool:
    """Whether a word comes back from a cell as it was."""
    return bool(word) and word == word.strip() and len(word.splitlines()) == 1 and "\0" not in word


def natural(name: str) -> list[tuple[int, str]]:
    """A key that puts ``Candidate 2`` before ``Candidate 10``."""
    return [(int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in re.split(r"(\d+)", name) if part]


def _numbering(names: list[str], used: set[str], where: str) -> dict[str, int]:
    if names:
        strange = sorted(used.difference(names))
        if strange:
            raise UserError(f"{strange[0]!r} is no candidate", where, "add a row #candidate for each")
        return {name: number for number, name in enumerate(names, 1)}
    if used and all(name.isdecimal() for name in used):
        check_size(max(map(int, used)), where)
        return {name: int(name) for name in used}
    return {name: number for number, name in enumerate(sorted(used, key=natural), 1)}


def _rank_of(heading: str) -> int | None:
    if found := _RANK.fullmatch(heading):
        return int(found[1])
    word = _WORD.fullmatch(heading)
    return _WORDS.index(word[1]) + 1 if word else None


def _names_in(cell: str) -> list[str]:
    return [name for part in cell.split("|") if (name := part.strip()).lower() not in SKIPPED]


def _refuse(profile: Profile, table: str, *, equal: bool = False, skipped: bool = False) -> None:
    """``UserError`` naming the first thing that would be lost."""
    lost = ""
    if profile.is_scored:
        lost = "scores"
    elif equal and any(len(rank) > 1 for ranking, _weight in profile.rankings for rank in ranking):
        lost = "equal ranks"
    elif skipped and any(not rank for ranking, _weight in profile.rankings for rank in ranking):
        lost = "skipped ranks"
    elif equal and profile.withdrawn:
        lost = "withdrawn candidates"
    elif profile.ids or profile.tie_order:
        lost = "ids or an order for ties"
    if lost:
        raise UserError(f"{table} cannot hold {lost}", "format", "convert to blt or manifest")


def _trimmed(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _person(row: list[str]) -> str:
    """``Candidate 3, Name, Party`` or the name alone."""
    if len(row) > 1 and re.fullmatch(r"candidate\s*\d+", row[0], re.IGNORECASE):
        return f"{row[1]} ({row[2]})" if len(row) > 2 else row[1]
    return " ".join(row)


def _at(where: str, line: int) -> str:
    return f"{where}:{line}" if where else f"line {line}"


def _weight(cell: str, where: str, line: int) -> int:
    if not re.fullmatch(r"\d+(\.0*)?", cell):
        raise UserError(f"{cell!r} is no weight", _at(where, line), "a whole number")
    return int(cell.partition(".")[0])


def _number(cell: str, count: int, where: str, line: int) -> int:
    if not cell.isdecimal() or not 1 <= int(cell) <= count:
        raise UserError(f"there is no candidate {cell!r}", _at(where, line), f"1 to {count}")
    return int(cell)
