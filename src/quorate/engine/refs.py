"""How programs, cases and grants appear in the ledger's sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.engine.models import Case, Grant, Program
from quorate.engine.versions import definition
from quorate.kernel.ids import is_uuid
from quorate.ledger.refs import RefKind, register


def _cases(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Case.objects.filter(pk__in=[UUID(text) for text in ids if is_uuid(text)]).values_list("pk", "key", "title")
    return {str(pk): f"{key} {title}" for pk, key, title in rows}


def _public_cases(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Case.objects.filter(pk__in=[UUID(text) for text in ids if is_uuid(text)]).values_list(
        "pk", "key", "title", "version_id", "stage"
    )
    return {
        str(pk): f"{key} {title}"
        for pk, key, title, version, stage in rows
        if definition(version).public_at(stage).case
    }


def _programs(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Program.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _grants(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Grant.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


register(RefKind("case", _cases, lambda ref: f"/cases/{ref}/", _public_cases, lambda ref: f"/p/cases/{ref}/"))
register(RefKind("program", _programs, lambda ref: f"/programs/{ref}/"))
register(RefKind("grant", _grants))
