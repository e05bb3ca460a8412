"""A thing's history tells nothing of a case to those who may not see the case."""

from __future__ import annotations

import pytest
from django.db import transaction

from quorate.access.actors import system
from quorate.directory.models import Person
from quorate.kernel import ids
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.toolkit.history import history


@pytest.mark.django_db
def test_a_persons_page_does_not_say_what_they_were_asked_to_review() -> None:
    lucia = Person.objects.create(slug="lucia", name="Lucia")
    about = Ref("person", str(lucia.id), "reviewer")
    with transaction.atomic():
        append(
            "review.assigned",
            actor=system("test"),
            refs=[Ref("case", str(ids.new_id())), about],
            data={"review": "1", "stage": "review", "due_at": None, "how": "asked"},
        )
        append("consent.given", actor=system("test"), refs=[Ref("person", str(lucia.id))], data={"purpose": "news"})
    told = [line.html for line in history("person", str(lucia.id))]
    assert len(told) == 1
    assert "news" in told[0]
