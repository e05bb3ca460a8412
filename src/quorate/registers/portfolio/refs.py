"""How projects and the landscape appear in the ledger's sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.ledger.refs import RefKind, register
from quorate.registers.portfolio.models import Project


def _projects(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Project.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _landscape(ids: Sequence[str]) -> Mapping[str, str]:
    return dict.fromkeys(ids, "landscape")


register(RefKind("project", _projects, lambda ref: f"/projects/{ref}/"))
register(RefKind("landscape", _landscape, lambda _ref: "/p/landscape/", public_url=lambda _ref: "/p/landscape/"))
