"""Many at once, on PostgreSQL: numbers without a gap, no case moved twice, one case's entries in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from tests.engine.cast import ANSWERS, START, Cast, assemble, file_day

from quorate.access.actors import VISITOR
from quorate.engine import actions
from quorate.engine.models import Case, CheckRun, IdempotencyKey, Program, StageVisit
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.ledger.models import Entry

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time is SQLite's own rule"),
]


@pytest.fixture
def office() -> Cast:
    """The cast, in a database that several connections see."""
    clock.set_now(START)
    return assemble()


def together(*deeds: Callable[[], object]) -> list[object]:
    """Do everything at the same time; what was raised stands in the place of a result."""
    gate = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        gate.wait()
        try:
            return deed()
        except UserError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_numbers_have_no_gap_and_no_double(office: Cast) -> None:
    def apply(number: int) -> Callable[[], object]:
        answers = {"page": f"https://days.example/{number % 12}"}
        return lambda: file_day(office, who="xavier", title=f"Day {number}", answers=answers)

    found = together(*(apply(number) for number in range(16)))
    filed = [item for item in found if isinstance(item, Case)]
    assert len(filed) == 12, "four were about the same as another"
    numbers = sorted(Case.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 13))
    assert Program.objects.get(slug="days").last_number == 12


def test_one_key_makes_one_case(office: Cast) -> None:
    def apply() -> object:
        return actions.file_case(
            actor=VISITOR, program=office.days, answers=ANSWERS, title="Lyon day", idempotency_key="k"
        ).case.key

    found = together(*(apply for _ in range(6)))
    assert Case.objects.count() == 1
    assert IdempotencyKey.objects.count() == 1
    assert all(item == "DAY-1" or isinstance(item, UserError) for item in found)


def test_a_step_is_taken_once(office: Cast) -> None:
    case = file_day(office)
    found = together(
        *(
            lambda: actions.move(actor=office.petra, case=case, transition="take", revision=case.revision)
            for _ in range(6)
        )
    )
    assert sum(isinstance(item, Case) for item in found) == 1
    assert sum(isinstance(item, Conflict) for item in found) == 5
    assert StageVisit.objects.filter(case=case).count() == 2


def test_entries_of_one_case_are_in_order(office: Cast) -> None:
    case = file_day(office)
    deeds: list[Callable[[], object]] = [
        lambda: actions.comment(actor=office.ana, case=case, body="One.") for _ in range(5)
    ]
    deeds += [lambda: actions.move(actor=office.petra, case=case, transition="take")]
    deeds += [lambda: actions.run_checks(actor=office.petra, case=case) for _ in range(3)]
    deeds += [actions.tick, actions.tick]
    together(*deeds)
    assert CheckRun.objects.filter(case=case).count() == 3
    entries = list(Entry.objects.filter(index__kind="case", index__ref=str(case.pk)).order_by("seq"))
    assert len(entries) == 1 + 5 + 1 + 3
    assert [entry.recorded_at for entry in entries] == sorted(entry.recorded_at for entry in entries)


def test_two_workers_do_everything_once(office: Cast) -> None:
    cases = [file_day(office, title=f"Day {n}", answers={"page": f"https://days.example/{n}"}) for n in range(4)]
    for case in cases:
        case = actions.move(actor=office.petra, case=case, transition="take")
        actions.move(actor=office.petra, case=case, transition="ask", reason="Where?")
    clock.set_now(START.replace(month=3))
    together(actions.tick, actions.tick, actions.tick)
    assert Case.objects.filter(outcome="withdrawn").count() == 4
    assert Entry.objects.filter(kind="case.closed").count() == 4
