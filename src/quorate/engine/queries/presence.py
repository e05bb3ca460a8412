"""Which of a case's belongings there are at all, in one statement, so that a page asks only for what exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model

from quorate.decisions.models import Motion
from quorate.engine.models import (
    Assignment,
    Attachment,
    Attestation,
    Case,
    CheckRun,
    Comment,
    Grant,
    Letter,
    Obligation,
    PrivateAnswer,
    Recusal,
    Review,
)

#: Tables whose rows belong to one case, by the name under which a page asks.
_TABLES: Mapping[str, type[Model]] = {
    "assignments": Assignment,
    "attachments": Attachment,
    "attestations": Attestation,
    "comments": Comment,
    "grants": Grant,
    "letters": Letter,
    "obligations": Obligation,
    "private": PrivateAnswer,
    "recusals": Recusal,
    "reviews": Review,
    "runs": CheckRun,
}


#: Filled with the names of our own tables and columns only; values are parameters of the statement.
_EXISTS = "EXISTS(SELECT 1 FROM %s WHERE %s)"


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def belongings(case: Case) -> frozenset[str]:
    """The names of what a case has, ``motions`` and ``family`` (other cases near it) among them. One query."""
    own = Case._meta.pk.get_db_prep_value(case.pk, connection)
    tests = [_EXISTS % (_table(model), "case_id = %s") for model in _TABLES.values()]
    values: list[Any] = [own] * len(tests)
    tests.append(_EXISTS % (_table(Motion), "owner = %s AND owner_ref = %s"))
    values += ["engine", str(case.pk)]
    near = "parent_id = %s"
    values.append(own)
    if case.subject_id:
        near += " OR (subject_kind = %s AND subject_id = %s)"
        values += [case.subject_kind, case.subject_id]
    tests.append(_EXISTS % (_table(Case), f"({near}) AND id <> %s"))
    values.append(own)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(tests)}", values)  # see _EXISTS
        row = cursor.fetchone()
    found = {name for name, there in zip((*_TABLES, "motions", "family"), row, strict=True) if there}
    if case.grant_id is not None:
        found |= {"grants", "obligations", "family"}
    if case.parent_id is not None:
        found.add("family")
    return frozenset(found)
