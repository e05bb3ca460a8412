"""``agreements/*.md`` of the foundation's directory: templates of agreements, a file for each version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from quorate.access.actors import Actor
from quorate.exchange.agreements.actions import put_template, retire_template
from quorate.exchange.agreements.files import SCHEMA, parsed, places
from quorate.exchange.agreements.models import Template
from quorate.toolkit.foundation import Change, File, Record, RecordKind, Section, at, tidy
from quorate.toolkit.yamltext import dump


def _read(file: File) -> Iterable[Record]:
    assert file.doc is not None
    head = file.doc.data
    fields = {key: head.get(key) for key in ("title", "language", "fields", "retired")}
    text = file.body.strip()
    first = file.text[: file.text.index(text)].count("\n") + 1 if text else 1
    parsed(text, file.doc, first)
    fields["text"] = text
    yield Record("agreement-template", f"{head['slug']}/{head['version']}", tidy(_plain(fields)), file.where("slug"))


def _plain(fields: dict[str, object]) -> dict[str, object]:
    """The same template said in one way: what is usual is left out."""
    asked = fields.get("fields") or []
    assert isinstance(asked, list)
    kept = [{key: one[key] for key in ("name", "label") if key in one} | _if_optional(one) for one in asked]
    language = fields.get("language")
    return {
        **fields,
        "fields": kept or None,
        "language": None if language == "en" else language,
        "retired": fields.get("retired") or None,
    }


def _if_optional(one: Mapping[str, object]) -> dict[str, object]:
    return {} if one.get("required", True) else {"required": False}


def _current() -> Iterable[Record]:
    for row in Template.objects.order_by("slug", "id"):
        fields: dict[str, object] = {
            "title": row.title,
            "language": row.language,
            "fields": row.fields,
            "retired": row.retired_at is not None,
            "text": row.text.strip(),
        }
        yield Record("agreement-template", f"{row.slug}/{row.version}", tidy(_plain(fields)))


def _put(actor: Actor, record: Record) -> None:
    slug, _, version = record.id.partition("/")
    fields = record.fields
    with at(record):
        row = put_template(
            actor=actor,
            slug=slug,
            version=version,
            title=fields["title"],
            text=fields.get("text", ""),
            language=fields.get("language", "en"),
            fields=places(fields.get("fields", [])),
        )
        if fields.get("retired"):
            retire_template(actor=actor, template=row)


def _create(actor: Actor, records: Sequence[Record]) -> None:
    for record in records:
        _put(actor, record)


def _change(actor: Actor, changes: Sequence[Change]) -> None:
    for change in changes:
        _put(actor, change.record)


def _write(records: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    """One file for each version; the newest of a template has the plain name."""
    rows = records.get("agreement-template", ())
    newest = {record.id.partition("/")[0]: record.id for record in rows}
    files = {}
    for record in rows:
        slug, _, version = record.id.partition("/")
        name = slug if newest[slug] == record.id else f"{slug}-{version}"
        fields = dict(record.fields)
        text = fields.pop("text", "")
        head = tidy({"title": fields.pop("title"), "slug": slug, "version": version, **fields})
        files[f"agreements/{name}.md"] = f"---\n{dump(head)}---\n\n{text}\n"
    return files


SECTIONS = [
    Section(
        name="agreements",
        order=50,
        patterns=("agreements/*.md",),
        schema=SCHEMA,
        read=_read,
        write=_write,
        # What agreements were made from is kept; a version goes out of use by `retired: true`.
        kinds=(RecordKind("agreement-template", _current, _create, _change, None),),
    )
]
