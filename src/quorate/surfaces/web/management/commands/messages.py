"""``manage.py messages``: gather what the product says, keep what is translated, compile. Needs the gettext tools.

The catalogues hold translated messages only, sorted and without dates, so that a change shows what was translated
and nothing else; ``python -m tests.translations`` lists what is missing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.commands import makemessages

from quorate.kernel import discovery

LOCALES = ("fr", "zh_Hans")
_DATED = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To):.*\n', re.M
)


class _Gather(makemessages.Command):
    """A guess at a translation is worse than none: nothing is matched fuzzily."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


class Command(BaseCommand):
    help = "Gather the messages of the product and compile their translations."

    def handle(self, *args: Any, **options: Any) -> None:
        if shutil.which("msgattrib") is None:
            raise CommandError("the gettext tools are not installed (package gettext)")
        before = Path.cwd()
        os.chdir(discovery.ROOT)
        try:
            call_command(
                _Gather(),
                locale=list(LOCALES),
                add_location="file",
                no_wrap=True,
                no_obsolete=True,
                ignore_patterns=["gallery.py", "*gallery.html"],
                verbosity=0,
            )
            for locale in LOCALES:
                _settle(Path("locale", locale, "LC_MESSAGES", "django.po"))
            call_command("compilemessages", verbosity=0)
        finally:
            os.chdir(before)


def _settle(path: Path) -> None:
    """Keep what is translated, in alphabetical order, without dates."""
    kept = subprocess.run(  # noqa: S603  # no part of the command comes from outside
        ["msgattrib", "--translated", "--no-obsolete", "--no-wrap", "--sort-output", str(path)],  # noqa: S607  # on the PATH
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    path.write_text(_DATED.sub("", kept.stdout), encoding="utf-8")
