"""Which words the product says, which of them the public hears, and which a language still lacks.

Needs no gettext tools: templates are read with Django's own extractor, modules with ``ast``, catalogues with a
small reader. ``python -m tests.translations`` lists what is missing.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent / "src" / "quorate"
LANGUAGES = {"fr": "fr", "zh-hans": "zh_Hans"}
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
_CALL = re.compile(r"\b(_|gettext|ngettext|pgettext)\(\s*(u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"))", re.DOTALL)

#: Frames in which a visitor reads; every template that extends one of them is public, with all that it includes.
PUBLIC_FRAMES = {"toolkit/public_base.html", "toolkit/public_record.html", "allauth/layouts/base.html"}
#: Modules whose words reach public pages whatever the template.
PUBLIC_MODULES = (
    "toolkit/*.py",
    "toolkit/templatetags/*.py",
    "surfaces/web/*.py",
    "**/web/public.py",
    "ledger/sentences.py",
    "directory/web/organisations.py",
    "engine/parties.py",
    "engine/templatetags/*.py",
    "engine/web/application.py",
    "engine/web/lists.py",
    "engine/forms/answering.py",
    "registers/elections/web/shown.py",
    "registers/portfolio/rules.py",
    "registers/portfolio/web/inputs.py",
    "registers/portfolio/web/landscape.py",
    "registers/portfolio/web/panels.py",
    "registers/portfolio/web/projects.py",
    "surfaces/record/lists.py",
    "terms/sources.py",
    "terms/web/forms.py",
)
#: Names whose lists of entries stand in the public frame wherever they are declared.
PUBLIC_LISTS = {"PUBLIC_NAV"}


def templates() -> dict[str, Path]:
    """All templates by the name under which they are loaded; the first found wins, as Django has it."""
    found: dict[str, Path] = {}
    for folder in sorted(ROOT.rglob("templates")):
        for path in sorted(folder.rglob("*.html")):
            found.setdefault(path.relative_to(folder).as_posix(), path)
    return found


@cache
def _template_words(path: Path) -> frozenset[str]:
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return frozenset(ast.literal_eval(match[2].lstrip("u")) for match in _CALL.finditer(source))


@cache
def _module_words(path: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[1 if name.startswith("pgettext") and len(node.args) > 1 else 0]
        if name in CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            found.add(first.value)
    return frozenset(found)


@cache
def _public_declarations(path: Path) -> frozenset[str]:
    """Sentences of public kinds of entry, and the labels of public navigation."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        public_kind = (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "Kind"
            and any(word.arg == "public" and getattr(word.value, "value", False) is True for word in node.keywords)
        )
        public_list = isinstance(node, ast.Assign) and any(
            getattr(target, "id", "") in PUBLIC_LISTS for target in node.targets
        )
        if public_kind or public_list:
            for part in ast.walk(node):
                if isinstance(part, ast.Call) and getattr(part.func, "id", "") == "_" and part.args:
                    found.add(ast.literal_eval(part.args[0]))
    return frozenset(found)


def _named(text: str, tag: str) -> Iterator[str]:
    for match in re.finditer(r"{%\s*" + tag + r"\s+[\"']([^\"']+)[\"']", text):
        yield match[1]


def public_templates() -> set[str]:
    """Names of the templates that visitors see: those in a public frame, and what they include."""
    everything = templates()
    texts = {name: path.read_text(encoding="utf-8") for name, path in everything.items()}
    public = set(PUBLIC_FRAMES) | {"web/500.html"}
    public |= {name for name in texts if name.startswith("toolkit/") or "embed" in name or "public" in name}
    grown = -1
    while grown != len(public):
        grown = len(public)
        for name, text in texts.items():
            if name.startswith("web/") and "gallery" in name:
                continue
            extends = {*_named(text, "extends")}
            if extends & public - {"toolkit/base.html", "toolkit/record.html"} or "extends frame" in text:
                public.add(name)
            if name in public:
                public.update(part for part in _named(text, "include") if part in texts)
    return public & set(texts)


@cache
def public_words() -> frozenset[str]:
    """Every message that a visitor may come to read."""
    everything = templates()
    words: set[str] = set()
    for name in public_templates():
        words |= _template_words(everything[name])
    for pattern in PUBLIC_MODULES:
        for path in ROOT.glob(pattern):
            if "gallery" not in path.name:
                words |= _module_words(path)
    for path in ROOT.rglob("*.py"):
        words |= _public_declarations(path)
    return frozenset(words)


@cache
def all_words() -> frozenset[str]:
    """Every message of the product."""
    words: set[str] = set()
    for path in templates().values():
        words |= _template_words(path)
    for path in ROOT.rglob("*.py"):
        if "gallery" not in path.name and "migrations" not in path.parts:
            words |= _module_words(path)
    return frozenset(words)


def catalogue(language: str) -> dict[str, str]:
    """The compiled catalogue of a language: message to translation (of a plural, its first form)."""
    path = ROOT / "locale" / LANGUAGES[language] / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as stream:
        found = GNUTranslations(stream)._catalog  # type: ignore[attr-defined]  # the only way to list a catalogue
    made: dict[str, str] = {}
    for key, value in found.items():
        if isinstance(key, tuple) and key[1] != 0:
            continue
        message = key[0] if isinstance(key, tuple) else key
        made[message.split("\x04")[-1]] = value
    return made


def source(language: str) -> dict[str, str]:
    """The same from the ``.po`` file, so that a test can tell when it was not compiled. Fuzzy entries do not count."""
    path = ROOT / "locale" / LANGUAGES[language] / "LC_MESSAGES" / "django.po"
    made: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        parts: dict[str, str] = {}
        key = ""
        for line in lines:
            if line.startswith("#") or not line.strip():
                continue
            named = re.match(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(.*)", line)
            if named:
                key, line = named[1], named[2]
                parts[key] = ""
            parts[key] += ast.literal_eval(line.strip())
        translated = parts.get("msgstr") or parts.get("msgstr[0]") or ""
        if "msgid" in parts and translated:
            made[parts["msgid"]] = translated
    return made


def missing(language: str, words: Iterable[str]) -> list[str]:
    """The messages that a language lacks, in alphabetical order."""
    known = catalogue(language)
    return sorted(word for word in words if not known.get(word))


if __name__ == "__main__":
    chosen = all_words() if "--all" in sys.argv else public_words()
    for code in LANGUAGES:
        lacking = missing(code, chosen)
        print(f"{code}: {len(lacking)} of {len(chosen)} missing")
        for each in lacking:
            print("   ", repr(each))
