"""``foundation.yml`` and the text about the foundation that stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import available_timezones

from quorate.access.actors import Actor
from quorate.kernel.i18n import gettext
from quorate.terms.actions import change_identity
from quorate.toolkit.foundation import SLUG_SCHEMA, Change, File, Record, RecordKind, Section, at, tidy
from quorate.toolkit.identity import identity
from quorate.toolkit.yamltext import dump

SCHEMA = {
    "type": "object",
    "properties": {
        "slug": SLUG_SCHEMA,
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "short_name": {"type": "string", "maxLength": 80},
        "tagline": {"type": "string", "maxLength": 200},
        "domain": {"type": "string"},
        "homepage": {"type": "string", "pattern": "^https?://"},
        "languages": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{2}(-[a-z]+)?$"}},
        "time_zone": {"type": "string"},
        "mail_from": {"type": "string"},
        "brand": {
            "type": "object",
            "properties": {"accent": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}},
            "additionalProperties": False,
        },
        "about": {"type": "string"},
        "synthetic": {"type": "boolean"},
    },
    "required": ["slug", "name"],
    "additionalProperties": False,
}
_PLAIN = ("slug", "name", "short_name", "tagline", "domain", "homepage", "languages", "time_zone", "mail_from")


def _read(file: File) -> Iterable[Record]:
    assert file.doc is not None
    fields = {key: value for key, value in file.doc.data.items() if key not in ("about", "slug")}
    zone = fields.get("time_zone")
    if zone and zone not in available_timezones():
        raise file.error(
            gettext("there is no time zone “%s”") % zone,
            "time_zone",
            mend=gettext("write a name of the IANA list, such as Europe/Paris"),
        )
    named = file.doc.data.get("about")
    if named:
        if named not in file.siblings:
            raise file.error(
                gettext("there is no file %s") % named, "about", mend=gettext("add it, or remove this line")
            )
        fields["about"] = file.siblings[named].strip()
    yield Record("foundation", file.doc.data["slug"], tidy(fields), file.where("slug"))


def _current() -> Iterable[Record]:
    row = identity()
    if row._state.adding:
        return
    fields = {name: getattr(row, name) for name in _PLAIN[1:]}
    fields["brand"] = tidy({"accent": row.accent})
    fields["about"] = row.about
    fields["synthetic"] = row.synthetic
    yield Record("foundation", row.slug, tidy(fields))


def _set(actor: Actor, record: Record) -> None:
    fields = record.fields
    with at(record):
        change_identity(
            actor=actor,
            fields={
                "slug": record.id,
                "name": fields["name"],
                "short_name": fields.get("short_name", ""),
                "tagline": fields.get("tagline", ""),
                "domain": fields.get("domain", ""),
                "homepage": fields.get("homepage", ""),
                "languages": list(fields.get("languages", ())),
                "time_zone": fields.get("time_zone", ""),
                "mail_from": fields.get("mail_from", ""),
                "accent": fields.get("brand", {}).get("accent", ""),
                "about": fields.get("about", ""),
                "synthetic": bool(fields.get("synthetic")),
            },
        )


def _create(actor: Actor, records: Sequence[Record]) -> None:
    for record in records:
        _set(actor, record)


def _change(actor: Actor, changes: Sequence[Change]) -> None:
    for change in changes:
        _set(actor, change.record)


def _write(records: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    files: dict[str, str] = {}
    for record in records.get("foundation", ()):
        fields = {"slug": record.id, **record.fields}
        if fields.get("about"):
            files["about.md"] = fields["about"] + "\n"
            fields["about"] = "about.md"
        files["foundation.yml"] = dump(fields)
    return files


IDENTITY = Section(
    name="foundation",
    order=10,
    patterns=("foundation.yml",),
    beside=("*.md", "history.yml"),
    schema=SCHEMA,
    read=_read,
    write=_write,
    # a foundation that is renamed keeps its one row: the old name is never removed
    kinds=(RecordKind("foundation", _current, _create, _change, None),),
)
