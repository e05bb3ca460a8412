"""A schema-driven fuzz of cases that are there: whatever is sent about them is answered by the contract."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from django.db.models import QuerySet
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from tests.api.test_fuzz import schema
from tests.engine.web.conftest import Gallery

from quorate.engine.models import Attachment, Comment, Grant, Obligation, Review

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_connection")]
EXAMPLES = int(os.environ.get("QUORATE_FUZZ", "4"))
ours = schema.include(operation_id_regex=r"^engine\.")


def some(rows: QuerySet[Any]) -> str:
    """One of the rows by id, one that is open if there is any."""
    closed = next(
        name
        for name in ("removed_at", "redacted_at", "closed_at", "ended_at", "submitted_at")
        if hasattr(rows.model, name)
    )
    return str((rows.filter(**{closed: None}).first() or rows[0]).pk)


def aim(case: schemathesis.Case, gallery: Gallery) -> None:
    """Let the request name something that is there, now and then something else."""
    stages = list(gallery.cases)
    there = {
        "slug": "ecosystem",
        "key": gallery.cases[stages[len(str(case.body)) % len(stages)]].key,
        "criterion": "stars",
        "review_id": some(Review.objects.all()),
        "comment_id": some(Comment.objects.all()),
        "attachment_id": some(Attachment.objects.all()),
        "obligation_id": some(Obligation.objects.all()),
        "grant_id": some(Grant.objects.all()),
    }
    case.path_parameters = {name: there.get(name, value) for name, value in (case.path_parameters or {}).items()}


@ours.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
def test_no_defect_about_what_is_there(case: schemathesis.Case, gallery: Gallery) -> None:
    aim(case, gallery)
    secret = gallery.cast.secrets["chris" if len(str(case.body)) % 3 == 0 else "petra"]
    response = case.call(headers={"Authorization": f"Bearer {secret}"})
    case.validate_response(response, checks=(not_a_server_error, status_code_conformance, response_schema_conformance))
