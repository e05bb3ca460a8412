"""``policies/*.md``: Markdown with title, version and body in the front matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from quorate.access.actors import Actor
from quorate.terms.actions import put_policy, remove_policy
from quorate.terms.models import Body, Policy
from quorate.toolkit.foundation import (
    DAY_SCHEMA,
    SLUG_SCHEMA,
    Change,
    File,
    Record,
    RecordKind,
    Reference,
    Section,
    at,
    day,
    instant,
    tidy,
)
from quorate.toolkit.yamltext import dump

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "slug": SLUG_SCHEMA,
        "version": {"type": "string", "minLength": 1, "maxLength": 40},
        "adopted": DAY_SCHEMA,
        "body": SLUG_SCHEMA,
    },
    "required": ["title", "slug", "version"],
    "additionalProperties": False,
}


def _read(file: File) -> Iterable[Record]:
    assert file.doc is not None
    head = file.doc.data
    fields = {key: head.get(key) for key in ("title", "adopted", "body")}
    fields["text"] = file.body.strip()
    refers = (Reference("body", head["body"], file.where("body")),) if head.get("body") else ()
    yield Record("policy", f"{head['slug']}/{head['version']}", tidy(fields), file.where("slug"), refers)


def _current() -> Iterable[Record]:
    for row in Policy.objects.select_related("body"):
        fields = {
            "title": row.title,
            "adopted": day(row.adopted),
            "body": row.body.slug if row.body else None,
            "text": row.text.strip(),
        }
        yield Record("policy", f"{row.slug}/{row.version}", tidy(fields))


def _put(actor: Actor, record: Record) -> None:
    slug, _, version = record.id.partition("/")
    fields = record.fields
    body = Body.objects.get(slug=fields["body"]) if fields.get("body") else None
    with at(record):
        put_policy(
            actor=actor,
            slug=slug,
            version=version,
            title=fields["title"],
            text=fields.get("text", ""),
            body=body,
            adopted=instant(fields.get("adopted")),
        )


def _create(actor: Actor, records: Sequence[Record]) -> None:
    for record in records:
        _put(actor, record)


def _change(actor: Actor, changes: Sequence[Change]) -> None:
    for change in changes:
        _put(actor, change.record)


def _remove(actor: Actor, records: Sequence[Record], _also: Mapping[str, frozenset[str]]) -> None:
    for record in records:
        slug, _, version = record.id.partition("/")
        with at(record):
            remove_policy(actor=actor, policy=Policy.objects.get(slug=slug, version=version))


def _write(records: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    """One file for each version; the latest of a policy has the plain name."""
    latest: dict[str, str] = {}
    rows = sorted(records.get("policy", ()), key=lambda r: (r.fields.get("adopted", ""), r.id))
    for record in rows:
        latest[record.id.partition("/")[0]] = record.id
    files = {}
    for record in rows:
        slug, _, version = record.id.partition("/")
        name = slug if latest[slug] == record.id else f"{slug}-{version}"
        fields = dict(record.fields)
        text = fields.pop("text", "")
        head = tidy({"title": fields["title"], "slug": slug, "version": version, **fields})
        files[f"policies/{name}.md"] = f"---\n{dump(head)}---\n\n{text}\n"
    return files


POLICIES = Section(
    name="policies",
    order=45,
    patterns=("policies/*.md",),
    schema=SCHEMA,
    read=_read,
    write=_write,
    kinds=(RecordKind("policy", _current, _create, _change, _remove),),
)
