"""The people and things of the ledger's tests, and a ledger with some history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from django.db import transaction

from quorate.kernel import clock
from quorate.kernel.i18n import _
from quorate.ledger import actions, sealer
from quorate.ledger.kinds import Kind, register
from quorate.ledger.models import Entry
from quorate.ledger.refs import Ref

START = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)

register(
    Kind(
        "test.happened",
        _("{actor} did {what}"),
        fields={"what": str, "n": int, "list": list, "more": dict},
        private=("note", "name"),
        public=True,
    )
)


@dataclass(frozen=True)
class Somebody:
    """Acts in tests; the names are invented."""

    id: str


ADA = Somebody("person:00000000-0000-7000-8000-00000000000a")
BEN = Somebody("person:00000000-0000-7000-8000-00000000000b")
CLERK = Somebody("system:clerk")


def happen(number: int = 0, *, actor: Somebody = ADA, note: str = "", refs: tuple[Ref, ...] = ()) -> Entry:
    """One entry in a transaction of its own."""
    with transaction.atomic(), actions.gesture():
        return actions.append(
            "test.happened",
            actor=actor,
            refs=refs or (Ref("case", f"c-{number % 3}"), Ref("person", BEN.id.removeprefix("person:"), "reviewer")),
            data={
                "what": f"ding № {number} “é”",
                "n": number,
                "list": [1, "a", None, True],
                "more": {"ключ": {"z": 1}},
            },
            private={"note": note or f"a private remark {number}"} if number % 2 else {},
            at=clock.now() - timedelta(days=number),
            reconstructed=number % 5 == 0,
            authority=["seat:board/chair"] if number % 3 == 0 else [],
        )


@contextmanager
def small_batches(size: int) -> Iterator[None]:
    """Checkpoints after few entries, so that a short history has several."""
    with patch.object(sealer, "BATCH", size):
        yield


def history(count: int, *, batch: int = 5, tail: int = 0) -> list[Entry]:
    """`count` entries sealed in batches, and `tail` more that are not sealed."""
    entries = []
    for number in range(count):
        clock.set_now(START + timedelta(seconds=number) - timedelta(microseconds=123456 if number == 2 else 0))
        entries.append(happen(number))
    with small_batches(batch):
        sealer.seal()
    entries += [happen(count + number) for number in range(tail)]
    return entries
