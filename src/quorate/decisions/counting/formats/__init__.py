"""Files of ballots: reading keeps all that the file says, writing refuses what the format cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from quorate.decisions.counting.formats import abif, blt, columns, cvr, manifest, preflib, tables
from quorate.decisions.counting.profile import Profile
from quorate.kernel.errors import UserError


@dataclass(frozen=True, slots=True)
class Format:
    """A format: how to read it (text and where it is from) and, if it can be written, how to write it."""

    name: str
    title: str
    suffixes: tuple[str, ...]
    read: Callable[[str, str], Profile]
    write: Callable[[Profile], str] | None = None


_ALL = (
    Format("blt", "BLT, all dialects", (".blt",), blt.read, blt.write),
    Format("csv", "CSV, Scottish or merged patterns, whichever it is", (".csv",), tables.read, tables.write_merged),
    Format("scottish-csv", "CSV of Scottish councils", (), tables.read_scottish, tables.write_scottish),
    Format("merged-csv", "CSV with columns of ranks and a weight", (), tables.read_merged, tables.write_merged),
    Format("preflib", "PrefLib orders", (".soc", ".soi", ".toc", ".toi"), preflib.read, preflib.write),
    Format("abif", "ABIF", (".abif",), abif.read, abif.write),
    Format("civs", "CSV of CIVS, a lower number is better", (), columns.read_civs, columns.write_civs),
    Format("elekto", "CSV of elekto, a higher number is better", (), columns.read_elekto, columns.write_elekto),
    Format(
        "scores-csv", "CSV with a column of scores for each candidate", (), columns.read_scores, columns.write_scores
    ),
    Format("cvr", "NIST cast vote records 1.0, JSON", (), cvr.read, cvr.write),
    Format("manifest", "canonical manifest, with the ballots beside it", (".json",), manifest.read),
)
FORMATS: dict[str, Format] = {form.name: form for form in _ALL}


def read(path: str | Path, form: str | None = None) -> Profile:
    """The profile in a file, by the format named or the one that its suffix tells. ``UserError`` names file and line."""
    file = Path(path)
    chosen = named(form) if form else _by_suffix(file)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UserError(error.strerror or "cannot be read", where=str(path)) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Older counting programs write Latin-1, in which every byte is a letter.
        text = content.decode("latin-1")
    try:
        return chosen.read(text, str(path))
    except (ValueError, OverflowError, RecursionError) as error:
        # Numbers of thousands of digits, brackets of thousands of levels.
        raise UserError(f"the file cannot be read: {error}", where=str(path)) from error


def save(profile: Profile, form: str, path: str | Path) -> list[Path]:
    """Write ``profile`` into a file, or, for a manifest, two. ``UserError`` where something would be lost."""
    file = Path(path)
    if form == "manifest":
        beside = file.with_name(f"{file.stem}.ballots.jsonl")
        document, ballots = manifest.pair(profile, beside.name)
        contents = {file: document, beside: ballots}
    else:
        contents = {file: write(profile, form).encode()}
    try:
        for target, content in contents.items():
            target.write_bytes(content)
    except OSError as error:
        raise UserError(error.strerror or "cannot be written", where=str(path)) from error
    return list(contents)


def write(profile: Profile, form: str) -> str:
    """The text of ``profile`` in a format of one file. ``UserError`` where something would be lost."""
    chosen = named(form)
    if chosen.write is None:
        raise UserError(f"{form} can be read, not written", "format", f"one of {_writable()}")
    if profile.constraints is not None:
        raise UserError(f"{form} cannot hold constraints", "format", "--to manifest")
    return chosen.write(profile)


def named(form: str) -> Format:
    """The format of this name, or ``UserError`` listing the formats."""
    found = FORMATS.get(form)
    if found is None:
        raise UserError(f"there is no format {form!r}", "format", f"one of {', '.join(FORMATS)}")
    return found


def _by_suffix(file: Path) -> Format:
    for form in _ALL:
        if file.suffix.lower() in form.suffixes:
            return form
    if not file.suffix:
        return FORMATS["blt"]
    raise UserError(f"the suffix {file.suffix} tells no format", str(file), f"--format {', '.join(FORMATS)}")


def _writable() -> str:
    return ", ".join(form.name for form in _ALL if form.write is not None)
