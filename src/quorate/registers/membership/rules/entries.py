"""Reads lists for comparison: members in CSV or YAML, landscape files, and what a directory knows of organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from quorate.directory.rules import plain_name
from quorate.kernel import yamlfile
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.schemas import plain, together
from quorate.kernel.yamlfile import YamlDoc
from quorate.registers.membership.rules import rolls
from quorate.registers.membership.rules.identity import Answer, Entry
from quorate.registers.membership.rules.landscape import landscape_items
from quorate.registers.membership.rules.members import key_of
from quorate.registers.membership.rules.reading import read_text

#: Columns and keys of a list that say who an organisation is.
ID_KEYS = ("id", "slug", "lei", "ror", "sfdc", "wikidata", "crunchbase", "linkedin", "twitter", "logo")
_HOMES = ("homepage", "homepage_url", "website", "url", "domain")


def load(path: Path) -> list[Entry]:
    """The organisations of a list of members or a landscape file."""
    text = read_text(path)
    name = str(path)
    if name.lower().endswith((".csv", ".tsv")):
        rows = rolls.rows_of(text, name)
    else:
        doc = plain(yamlfile.load(text, name=name))
        if isinstance(doc.data, dict) and ("landscape" in doc.data or "categories" in doc.data):
            found = [_of_landscape(tier, item, where) for tier, item, where in landscape_items(doc)]
            return _checked(found, name)
        rows = list(_of_yaml(doc))
    return _checked([_entry(row, where) for row, where in rows], name)


def _checked(found: Sequence[Entry], name: str) -> list[Entry]:
    if not found:
        raise UserError(
            gettext("there is no member in it"),
            where=f"{name}:1",
            mend=gettext("give a list of members or a landscape file"),
        )
    nameless = [UserError(gettext("“%s” is missing here") % "organisation", where=e.where) for e in found if not e.name]
    if nameless:
        raise together(nameless)
    return list(found)


def _of_yaml(doc: YamlDoc) -> Iterable[tuple[Mapping[str, Any], str]]:
    rows = doc.data.get("members") if isinstance(doc.data, dict) else doc.data
    base = ("members",) if isinstance(doc.data, dict) else ()
    if not isinstance(rows, list):
        raise doc.error(
            gettext("there is no list of members"), mend=gettext("write members: and a list, or a list alone")
        )
    for n, row in enumerate(rows):
        where = doc.where(*base, n)
        if isinstance(row, str):
            yield {"organisation": row}, where
        elif isinstance(row, dict):
            yield row, where
        else:
            raise UserError(gettext("this is no member"), where=where, mend=gettext("write {organisation: …, tier: …}"))


def _entry(row: Mapping[str, Any], where: str) -> Entry:
    low = {str(key).strip().lower().replace(" ", "_"): value for key, value in row.items()}
    name = next((str(low[key]).strip() for key in rolls.COLUMNS["organisation"] if low.get(key)), "")
    tier = next((str(low[key]).strip() for key in rolls.COLUMNS["tier"] if low.get(key)), "")
    outside = low.get("external_ids")
    ids = {key: _value(low[key]) for key in ID_KEYS if low.get(key)}
    if isinstance(outside, dict):
        ids |= {str(key): _value(value) for key, value in outside.items() if value}
    return Entry(name, (tier,) if tier else (), _home(low), _names(low.get("aliases")), ids, where)


def _home(row: Mapping[str, Any]) -> str:
    text = next((str(row[key]).strip() for key in _HOMES if row.get(key)), "")
    return text if "://" in text or not text else f"https://{text}/"


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(each.get("name", "")) if isinstance(each, dict) else str(each) for each in value)
    return tuple(text.strip() for text in str(value or "").split(";") if text.strip())


def _value(value: Any) -> str:
    """An identifier in one spelling: of an address its last part."""
    text = str(value).strip().rstrip("/")
    return (text.rsplit("/", 1)[-1] if "://" in text else text).casefold()


def _of_landscape(tier: str, item: Mapping[str, Any], where: str) -> Entry:
    extra = item.get("extra")
    more: Mapping[str, Any] = extra if isinstance(extra, dict) else {}
    said = {
        "crunchbase": item.get("crunchbase"),
        "twitter": item.get("twitter"),
        "linkedin": more.get("linkedin_url"),
        "logo": item.get("logo"),
    }
    name = str(item.get("name") or "").removesuffix(" (member)").strip()
    ids = {key: _value(value) for key, value in said.items() if value}
    return Entry(name, (tier,), str(item.get("homepage_url") or ""), (), ids, where)


def load_answers(path: Path) -> list[Answer]:
    """What a person answered: a list of ``{before, after}``; ``after: null`` says that it left."""
    doc = plain(yamlfile.load(read_text(path), name=str(path)))
    if not isinstance(doc.data, list):
        raise doc.error(gettext("there is no list of answers"), mend=gettext("write - {before: …, after: …}"))
    found = []
    for n, row in enumerate(doc.data):
        if not isinstance(row, dict) or not row.get("before") or "after" not in row:
            raise doc.error(gettext("this is no answer"), n, mend=gettext("write - {before: …, after: …}"))
        found.append(Answer(str(row["before"]), str(row["after"] or "")))
    return found


def check_answers(answers: Sequence[Answer], old: Sequence[Entry], new: Sequence[Entry], name: str) -> None:
    """Refuse answers about what is in neither list. ``UserError`` at the file."""
    before, after = {entry.key for entry in old}, {entry.key for entry in new}
    for answer in answers:
        for text, known in ((answer.before, before), (answer.after, after)):
            if text and key_of(text) not in known:
                raise UserError(
                    gettext("“%s” is in no list") % text, where=name, mend=gettext("write the name as the list has it")
                )


def with_directory(entries: Iterable[Entry], path: Path) -> list[Entry]:
    """The entries with what ``organisations.yml`` knows of them: aliases, identifiers, the slug.

    An entry is looked up by its exact name or an alias; a name that two organisations have finds none.
    """
    doc = plain(yamlfile.load(read_text(path), name=str(path)))
    if not isinstance(doc.data, list):
        raise doc.error(gettext("there is no list of organisations"), mend=gettext("give an organisations.yml"))
    known: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in doc.data:
        if isinstance(row, dict):
            for name in (str(row.get("name", "")), str(row.get("slug", "")), *_names(row.get("aliases"))):
                known.setdefault(plain_name(name), {})[str(row.get("slug"))] = row
    found = []
    for entry in entries:
        rows = list(known.get(plain_name(entry.name), {}).values())
        if len(rows) != 1:
            found.append(entry)
            continue
        more = _entry(rows[0], entry.where)
        names = tuple(dict.fromkeys((*entry.aliases, more.name, *more.aliases)))
        found.append(
            replace(entry, aliases=names, ids={**more.ids, **entry.ids}, homepage=entry.homepage or more.homepage)
        )
    return found
