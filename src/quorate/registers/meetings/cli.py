"""``quorate meeting import``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from quorate.access.actors import system
from quorate.kernel.commands import json_option, noun, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import actions
from quorate.registers.meetings.reading.document import MAX_BYTES

ACTOR = system("cli")


def register(root: click.Group) -> None:
    """Add the commands."""
    noun(root, "meeting", gettext("Meetings and their minutes")).add_command(import_meeting)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--body", "name", required=True, help="The body that met: its address or its name.")
@json_option
def import_meeting(file: Path, name: str) -> None:
    """Read minutes in Markdown: seats, who was represented, the quorum; keep them when the body is known here."""
    taken = actions.take_in(actor=ACTOR, name=name, text=_read(file), file=str(file))
    found = taken.as_dict()

    def lines() -> Iterator[str]:
        for warning in found["warnings"]:
            yield gettext("warning: %s") % f"{warning['where']}: {warning['what']}"
        yield gettext("%(date)s: %(represented)d of %(seats)d seats represented") % found
        for each in found["standing_in"]:
            yield gettext("%(alternate)s stood in for %(for)s (%(seat)s)") % each
        words = gettext("quorum: %(needed)d needed, %(have)d there: %(met)s") % (
            found["quorum"] | {"met": gettext("met") if found["quorum"]["met"] else gettext("not met")}
        )
        yield words
        if taken.meeting is None:
            yield gettext("“%s” is no body here, so nothing was kept") % name
        else:
            yield gettext("kept as %s") % taken.meeting.url

    show(found, lines)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(
                gettext("the file is larger than %d MB") % (MAX_BYTES // 2**20),
                where=str(path),
                mend=gettext("give the minutes alone"),
            )
        data = path.read_bytes()
    except OSError as error:
        raise UserError(
            error.strerror or gettext("cannot be read"), where=str(path), mend=gettext("give a file with minutes")
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError(
            gettext("this is not text in UTF-8"), where=f"{path}:{line}", mend=gettext("save it as UTF-8")
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise UserError(gettext("this is not text"), where=f"{path}:{line}", mend=gettext("give minutes in Markdown"))
    return text
