"""Whoever may see what happened in a case may open each entry of it, and sees there no more than in the case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.engine.cast import START, Cast, assemble
from tests.engine.test_story import to_vote

from quorate.access.actors import VISITOR
from quorate.engine import actions, queries
from quorate.kernel import clock
from quorate.ledger.models import Entry
from quorate.toolkit.tellers import told_to


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with clock.travel(to=START):
        yield assemble()


def test_an_entry_is_told_as_the_case_tells_it(cast: Cast) -> None:
    case = to_vote(cast)
    actions.comment(actor=cast.petra, case=case, body="Among us.", audience="staff")
    entries = Entry.objects.filter(index__kind="case", index__ref=str(case.pk))
    for actor in (cast.petra, cast.ben, cast.ana, cast.xavier, VISITOR):
        own = {item.seq: item.html for item in queries.history(actor, case)}
        told = {entry.seq: found.html for entry in entries if (found := told_to(actor, entry)) is not None}
        assert told == own, actor.label
    staff = entries.get(kind="case.commented", data__audience="staff")
    assert told_to(cast.petra, staff) is not None
    assert told_to(cast.ana, staff) is None
