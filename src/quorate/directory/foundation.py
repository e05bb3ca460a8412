"""Organisations and people in the foundation's directory of files: ``organisations.yml`` and ``people.yml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from quorate.access.actors import Actor
from quorate.directory.actions import (
    add_organisation,
    add_person,
    change_organisation,
    change_person,
    remove_organisation,
    remove_person,
)
from quorate.directory.models import Organisation, Person
from quorate.directory.queries import facts_of_organisations, facts_of_people
from quorate.directory.rules import Belonging, Contact, Name, OrganisationFacts, Parent, PersonFacts
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

_TEXT: Mapping[str, Any] = {"type": "string"}
_PERIOD: Mapping[str, Any] = {"from": DAY_SCHEMA, "until": DAY_SCHEMA}
_IDS: Mapping[str, Any] = {
    "type": "object",
    "propertyNames": SLUG_SCHEMA,
    "additionalProperties": {"type": "string", "minLength": 1},
}


def _rows(properties: Mapping[str, Any], required: Sequence[str]) -> dict[str, Any]:
    item = {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }
    return {"type": "array", "items": item}


ORGANISATIONS_SCHEMA = _rows(
    {
        "slug": SLUG_SCHEMA,
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "homepage": _TEXT,
        "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "synthetic": {"type": "boolean"},
        "aliases": _rows({"name": {"type": "string", "minLength": 1}, **_PERIOD}, ["name"]),
        "external_ids": _IDS,
        "controlled_by": _rows({"organisation": SLUG_SCHEMA, "source": _TEXT, **_PERIOD}, ["organisation"]),
    },
    ["slug", "name"],
)
PEOPLE_SCHEMA = _rows(
    {
        "slug": SLUG_SCHEMA,
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "email": {"type": "string", "format": "email"},
        "pronouns": _TEXT,
        "bio": _TEXT,
        "public": {"type": "boolean"},
        "synthetic": {"type": "boolean"},
        "language": _TEXT,
        "time_zone": _TEXT,
        "contacts": _rows(
            {"kind": {"enum": ["email", "phone", "chat", "web"]}, "value": {"type": "string", "minLength": 1}},
            ["kind", "value"],
        ),
        "links": _IDS,
        "affiliations": _rows({"organisation": SLUG_SCHEMA, "title": _TEXT, **_PERIOD}, ["organisation"]),
    },
    ["slug", "name"],
)


def _by_time(rows: Iterable[Mapping[str, Any]], name: str) -> list[dict[str, Any]]:
    return sorted((tidy(row) for row in rows), key=lambda row: (row.get("from", ""), row[name]))


def _read_organisations(file: File) -> Iterable[Record]:
    assert file.doc is not None
    for n, row in enumerate(file.doc.data or []):
        fields = {key: value for key, value in row.items() if key != "slug"}
        for key, name in (("aliases", "name"), ("controlled_by", "organisation")):
            if key in fields:
                fields[key] = _by_time(fields[key], name)
        refers = tuple(
            Reference("organisation", link["organisation"], file.where(n, "controlled_by", m))
            for m, link in enumerate(row.get("controlled_by", ()))
        )
        yield Record("organisation", row["slug"], tidy(fields), file.where(n, "slug"), refers)


def _current_organisations() -> Iterable[Record]:
    rows = {row.id: row for row in Organisation.objects.all()}
    slugs = {pk: row.slug for pk, row in rows.items()}
    for pk, facts in facts_of_organisations().items():
        fields = {
            "name": facts.name,
            "homepage": facts.homepage,
            "country": facts.country,
            "synthetic": facts.synthetic or None,
            "aliases": _by_time(
                ({"name": a.name, "from": day(a.start), "until": day(a.until)} for a in facts.aliases), "name"
            ),
            "external_ids": dict(facts.external_ids),
            "controlled_by": _by_time(
                (
                    {
                        "organisation": slugs[link.organisation],
                        "from": day(link.start),
                        "until": day(link.until),
                        "source": link.source,
                    }
                    for link in facts.controlled_by
                ),
                "organisation",
            ),
        }
        row = rows[pk]
        yield Record("organisation", row.slug, tidy(fields), settled=row.merged_into_id is not None)


def _organisation_facts(record: Record, ids: Mapping[str, UUID]) -> OrganisationFacts:
    fields = record.fields
    return OrganisationFacts(
        fields["name"],
        fields.get("homepage", ""),
        fields.get("country", ""),
        bool(fields.get("synthetic")),
        tuple(Name(a["name"], instant(a.get("from")), instant(a.get("until"))) for a in fields.get("aliases", ())),
        tuple(sorted(fields.get("external_ids", {}).items())),
        tuple(
            Parent(
                ids[link["organisation"]],
                instant(link.get("from")),
                instant(link.get("until")),
                link.get("source", ""),
            )
            for link in fields.get("controlled_by", ())
        ),
    )


def _organisation_ids() -> dict[str, UUID]:
    return dict(Organisation.objects.values_list("slug", "pk"))


def _create_organisations(actor: Actor, records: Sequence[Record]) -> None:
    """Add them all, those that control others first; a circle is left to the action to refuse."""
    ids = _organisation_ids()
    waiting = list(records)
    while waiting:
        ready = [r for r in waiting if all(link["organisation"] in ids for link in r.fields.get("controlled_by", ()))]
        if not ready:
            break
        for record in ready:
            with at(record):
                row = add_organisation(actor=actor, facts=_organisation_facts(record, ids), slug=record.id)
            ids[record.id] = row.id
        waiting = [record for record in waiting if record.id not in ids]
    for record in waiting:
        with at(record):
            alone = Record(record.kind, record.id, {**record.fields, "controlled_by": []}, record.where)
            row = add_organisation(actor=actor, facts=_organisation_facts(alone, ids), slug=record.id)
        ids[record.id] = row.id
    for record in waiting:
        with at(record):
            row = Organisation.objects.get(pk=ids[record.id])
            change_organisation(actor=actor, organisation=row, facts=_organisation_facts(record, ids))


def _change_organisations(actor: Actor, changes: Sequence[Change]) -> None:
    ids = _organisation_ids()
    rows = {row.slug: row for row in Organisation.objects.filter(slug__in=[change.id for change in changes])}
    for change in changes:
        with at(change.record):
            facts = _organisation_facts(change.record, ids)
            change_organisation(actor=actor, organisation=rows[change.id], facts=facts)


def _remove_organisations(actor: Actor, records: Sequence[Record], _also: Mapping[str, frozenset[str]]) -> None:
    for record in records:
        with at(record):
            remove_organisation(actor=actor, organisation=Organisation.objects.get(slug=record.id))


def _read_people(file: File) -> Iterable[Record]:
    assert file.doc is not None
    for n, row in enumerate(file.doc.data or []):
        fields = {key: value for key, value in row.items() if key != "slug"}
        fields.setdefault("synthetic", bool(file.settings.get("synthetic")))
        if "affiliations" in fields:
            fields["affiliations"] = _by_time(fields["affiliations"], "organisation")
        if "contacts" in fields:
            fields["contacts"] = sorted(fields["contacts"], key=lambda c: (c["kind"], c["value"]))
        refers = tuple(
            Reference("organisation", spell["organisation"], file.where(n, "affiliations", m))
            for m, spell in enumerate(row.get("affiliations", ()))
        )
        yield Record("person", row["slug"], _said(fields), file.where(n, "slug"), refers)


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something; ``False`` says nothing of ``public`` but does of ``synthetic``."""
    return {key: value for key, value in tidy(fields).items() if not (key == "public" and value is False)}


def _current_people() -> Iterable[Record]:
    rows = {row.id: row for row in Person.objects.all()}
    slugs = dict(Organisation.objects.values_list("pk", "slug"))
    for pk, facts in facts_of_people().items():
        main = next((c for c in facts.contacts if c.kind == "email" and c.primary), None)
        fields = {
            "name": facts.name,
            "email": main.value if main else None,
            "pronouns": facts.pronouns,
            "bio": facts.bio,
            "public": facts.public,
            "synthetic": facts.synthetic,
            "language": facts.language,
            "time_zone": facts.time_zone,
            "contacts": sorted(
                ({"kind": c.kind, "value": c.value} for c in facts.contacts if c is not main),
                key=lambda c: (c["kind"], c["value"]),
            ),
            "links": dict(facts.external_ids),
            "affiliations": _by_time(
                (
                    {
                        "organisation": slugs[spell.organisation],
                        "title": spell.title,
                        "from": day(spell.start),
                        "until": day(spell.until),
                    }
                    for spell in facts.affiliations
                ),
                "organisation",
            ),
        }
        row = rows[pk]
        settled = row.merged_into_id is not None or row.erased_at is not None
        yield Record("person", row.slug, _said(fields), settled=settled)


def _person_facts(record: Record, ids: Mapping[str, UUID]) -> PersonFacts:
    fields = record.fields
    contacts = [Contact(c["kind"], c["value"]) for c in fields.get("contacts", ())]
    if fields.get("email"):
        contacts.insert(0, Contact("email", fields["email"], primary=True))
    return PersonFacts(
        fields["name"],
        fields.get("pronouns", ""),
        fields.get("bio", ""),
        bool(fields.get("public")),
        bool(fields.get("synthetic")),
        fields.get("language", ""),
        fields.get("time_zone", ""),
        tuple(contacts),
        tuple(sorted(fields.get("links", {}).items())),
        tuple(
            Belonging(
                ids[spell["organisation"]],
                spell.get("title", ""),
                instant(spell.get("from")),
                instant(spell.get("until")),
            )
            for spell in fields.get("affiliations", ())
        ),
    )


def _create_people(actor: Actor, records: Sequence[Record]) -> None:
    ids = _organisation_ids()
    for record in records:
        with at(record):
            add_person(actor=actor, facts=_person_facts(record, ids), slug=record.id)


def _change_people(actor: Actor, changes: Sequence[Change]) -> None:
    ids = _organisation_ids()
    rows = {row.slug: row for row in Person.objects.filter(slug__in=[change.id for change in changes])}
    for change in changes:
        with at(change.record):
            change_person(actor=actor, person=rows[change.id], facts=_person_facts(change.record, ids))


def _remove_people(actor: Actor, records: Sequence[Record], _also: Mapping[str, frozenset[str]]) -> None:
    for record in records:
        with at(record):
            remove_person(actor=actor, person=Person.objects.get(slug=record.id))


def _write(kind: str, path: str) -> Any:
    def write(records: Mapping[str, Sequence[Record]]) -> dict[str, str]:
        rows = [
            {"slug": record.id, **record.fields}
            for record in sorted(records.get(kind, ()), key=lambda r: r.id)
            if not record.settled
        ]
        return {path: dump(rows, spaced=True)} if rows else {}

    return write


SECTIONS = [
    Section(
        name="organisations",
        order=20,
        patterns=("organisations.yml",),
        schema=ORGANISATIONS_SCHEMA,
        read=_read_organisations,
        write=_write("organisation", "organisations.yml"),
        kinds=(
            RecordKind(
                "organisation",
                _current_organisations,
                _create_organisations,
                _change_organisations,
                _remove_organisations,
                live=frozenset({"name", "homepage", "country", "aliases", "external_ids", "controlled_by"}),
            ),
        ),
    ),
    Section(
        name="people",
        order=30,
        patterns=("people.yml",),
        schema=PEOPLE_SCHEMA,
        read=_read_people,
        write=_write("person", "people.yml"),
        kinds=(
            RecordKind(
                "person",
                _current_people,
                _create_people,
                _change_people,
                _remove_people,
                live=frozenset(PEOPLE_SCHEMA["items"]["properties"]) - {"slug", "synthetic"},
                recreate=False,
            ),
        ),
    ),
]
