"""The part of ``benchmarks.ledger`` that needs a database; prints its rows as JSON. It has no ``run`` of its own."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from quorate.access.actors import system  # noqa: E402
from quorate.kernel.i18n import _  # noqa: E402
from quorate.ledger import actions, audit, keys, proofs, sealer, worker  # noqa: E402
from quorate.ledger.kinds import Kind, register  # noqa: E402
from quorate.ledger.models import Entry, Leaf, Lease, Message  # noqa: E402
from quorate.ledger.outbox import HANDLERS, Topic  # noqa: E402
from quorate.ledger.refs import Ref  # noqa: E402

COMMITS, MORE, LETTERS = 2000, 20_000, 1000
ACTOR = system("bench")
register(Kind("bench.happened", _("{actor} did it"), fields={"n": int, "what": str}, private=("note",)))
HANDLERS.register("bench", Topic("bench", lambda _: None, 60, 3))


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    rows = [*_append(), _more(), *_seal_and_audit(), _inclusion(), _outbox()]
    json.dump(rows, sys.stdout)


def _entry(number: int) -> Entry:
    return actions.append(
        "bench.happened",
        actor=ACTOR,
        refs=[Ref("case", f"c-{number % 100}"), Ref("person", f"p-{number % 50}")],
        data={"n": number, "what": "a change of some length, as most are"},
        private={"note": "a remark"} if number % 4 == 0 else {},
    )


def _wall(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _append() -> list[dict[str, Any]]:
    """One entry in each transaction, against the same transaction with one plain row."""

    def ours() -> None:
        for number in range(COMMITS):
            with transaction.atomic():
                _entry(number)

    def plain() -> None:
        for number in range(COMMITS):
            with transaction.atomic():
                Lease.objects.create(name=f"bench-{number}")

    cpu = time.process_time()
    rate, baseline = COMMITS / _wall(ours), None
    spent = time.process_time() - cpu
    baseline = COMMITS / _wall(plain)
    return [
        {
            "name": "append, one commit each",
            "ours": rate,
            "unit": "per s (wall)",
            "baseline": baseline,
            "baseline_name": "one plain row",
            "ratio": rate / baseline,
            "note": f"{spent / COMMITS * 1e6:.0f} µs of CPU in Python each",
        }
    ]


def _more() -> dict[str, Any]:
    def work() -> None:
        for start in range(0, MORE, 500):
            with transaction.atomic():
                for number in range(start, start + 500):
                    _entry(number)

    return {"name": "append, 500 to a commit", "ours": MORE / _wall(work), "unit": "per s (wall)"}


def _seal_and_audit() -> list[dict[str, Any]]:
    count = COMMITS + MORE
    sealed = count / _wall(sealer.seal)
    found: list[audit.Verdict] = []
    checked = count / _wall(lambda: found.append(audit.verify(keys.public_keys())))
    if not found[0].ok or found[0].size != count:
        raise RuntimeError(str(found[0]))
    exported = count / _wall(lambda: sum(1 for _ in proofs.export_lines()))
    return [
        {"name": "seal", "ours": sealed, "unit": "entries per s (wall)"},
        {"name": "verify the database", "ours": checked, "unit": "entries per s (wall)"},
        {"name": "export", "ours": exported, "unit": "entries per s (wall)"},
    ]


def _inclusion() -> dict[str, Any]:
    seq = Entry.objects.order_by("seq")[777].seq
    ours = _wall(lambda: [proofs.inclusion(seq) for _ in range(20)]) / 20

    def from_leaves() -> None:
        hashes = [bytes.fromhex(text) for text in Leaf.objects.order_by("index").values_list("hash", flat=True)]
        proofs.proof(
            proofs.inclusion_ranges(777, len(hashes)),
            lambda span: proofs.join_subtrees(
                [proofs.fold(hashes[i << level : (i + 1) << level]) for level, i in proofs.complete_subtrees(*span)]
            ),
        )

    baseline = _wall(from_leaves)
    return {
        "name": "proof of one entry",
        "ours": ours * 1000,
        "unit": "ms (wall)",
        "baseline": baseline * 1000,
        "baseline_name": "from all leaves",
        "ratio": baseline / ours,
    }


def _outbox() -> dict[str, Any]:
    with transaction.atomic():
        for _number in range(LETTERS):
            actions.enqueue("bench", {"a": 1})
    rate = LETTERS / _wall(worker.drain)
    if Message.objects.filter(state="done").count() != LETTERS:
        raise RuntimeError("not everything was done")
    return {"name": "messages taken and done, one worker", "ours": rate, "unit": "per s (wall)"}


if __name__ == "__main__":
    main()
    connection.close()
