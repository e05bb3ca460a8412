"""Holds a YAML document against a JSON Schema and says every fault with its line and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import YamlDoc


def plain(doc: YamlDoc) -> YamlDoc:
    """The document with JSON values only: days and times as ISO text, keys as text."""
    return YamlDoc(_json(doc.data), doc.name, doc.lines)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def faults(doc: YamlDoc, schema: Mapping[str, Any]) -> list[UserError]:
    """Every fault of a plain document, in the order of its lines."""
    found = sorted(
        Draft202012Validator(schema).iter_errors(doc.data),
        key=lambda fault: doc.line_of(tuple(fault.absolute_path)),
    )
    return [_words(doc, fault) for fault in found]


def together(problems: list[UserError]) -> UserError:
    """One error that carries all: its own text is the first."""
    first = problems[0]
    return UserError(first.what, where=first.where, mend=first.mend, problems=problems if len(problems) > 1 else ())


def _words(doc: YamlDoc, fault: ValidationError) -> UserError:
    """A schema fault in words a person can act on."""
    path = tuple(fault.absolute_path)
    key = str(path[-1]) if path and isinstance(path[-1], str) else ""
    named = gettext("“%s”") % key if key else gettext("this")
    value: Any = fault.instance
    wanted: Any = fault.validator_value
    match fault.validator:
        case "required":
            missing = next(name for name in wanted if name not in value)
            return doc.error(
                gettext("“%s” is missing here") % missing, *path, mend=gettext("add a line: %s: …") % missing
            )
        case "additionalProperties":
            schema: Any = fault.schema
            known = list(schema.get("properties", {}))
            extra = next(name for name in value if name not in known)
            near = get_close_matches(extra, known, n=1, cutoff=0.6)
            mend = gettext("did you mean “%s”?") % near[0] if near else gettext("known: %s") % ", ".join(known)
            return doc.error(gettext("“%s” is not known here") % extra, *path, extra, mend=mend)
        case "enum":
            return doc.error(
                gettext("“%(value)s” cannot stand for %(key)s") % {"value": value, "key": named},
                *path,
                mend=gettext("use one of: %s") % ", ".join(map(str, wanted)),
            )
        case "type":
            kinds = wanted if isinstance(wanted, str) else " / ".join(wanted)
            return doc.error(
                gettext("%(key)s must be of the type %(type)s, not %(value)s")
                % {"key": named, "type": kinds, "value": _short(value)},
                *path,
                mend=gettext("quote it") if "string" in kinds else gettext("see the documentation of this file"),
            )
        case "pattern":
            return doc.error(
                gettext("%(key)s cannot be %(value)s") % {"key": named, "value": _short(value)},
                *path,
                mend=_pattern_mend(str(wanted)),
            )
    return doc.error(f"{named}: {fault.message}"[:300], *path, mend=gettext("see the documentation of this file"))


def _pattern_mend(pattern: str) -> str:
    if pattern.startswith("^\\d{4}"):
        return gettext("write a day like 2026-01-31")
    if pattern.startswith("^[a-z0-9]+"):
        return gettext("use small letters, digits and single dashes")
    if pattern.startswith("^https?"):
        return gettext("write it with https:// in front")
    return gettext("it must match %s") % pattern


def _short(value: Any) -> str:
    text = str(value)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
