"""What the tests run in processes of their own, so that these can be killed and can truly collide.

`python -m tests.ledger.process COMMAND ...` with the settings of the product and an environment of its own.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import django

django.setup()  # before anything that has models; DJANGO_SETTINGS_MODULE comes with the process

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from tests.ledger.cast import ADA, happen  # noqa: E402

from quorate.ledger import audit, delivery, keys, sealer, worker  # noqa: E402
from quorate.ledger.actions import enqueue  # noqa: E402
from quorate.ledger.models import Leaf, Message  # noqa: E402
from quorate.ledger.outbox import HANDLERS, JOBS, Delivery, Job, Topic  # noqa: E402
from quorate.toolkit.mail import send  # noqa: E402


def migrate() -> None:
    """An empty database."""
    call_command("migrate", interactive=False, verbosity=0)


def letters(count: str) -> None:
    """Promise letters, a few in each transaction."""
    ids = []
    for start in range(0, int(count), 10):
        with transaction.atomic():
            ids += [str(send(f"reader{start + n}@mail.example", "News", "Hello.")) for n in range(10)]
    print(json.dumps(ids))


def work(lease: str = "1") -> None:
    """A worker, with leases short enough for a test; says when it starts."""
    delivery.LEASE = timedelta(seconds=float(lease))
    delivery.FIRST_WAIT = timedelta(seconds=0.2)
    worker.RENEW_EVERY = float(lease) / 3
    print("ready", flush=True)
    worker.Worker(slots=3, poll=0.05).run(threading.Event())


def juggle(seconds: str) -> None:
    """A worker with handlers that hang, dawdle, fail and behave; prints what ran, how often, and the states."""
    delivery.LEASE = timedelta(seconds=3)
    delivery.FIRST_WAIT = timedelta(seconds=0.1)
    worker.RENEW_EVERY = 0.3
    ran: Counter[str] = Counter()
    lock = threading.Lock()

    def note(name: str) -> None:
        with lock:
            ran[name] += 1

    def hang(_: Delivery) -> None:
        note("hang")
        time.sleep(60)

    def dawdle(_: Delivery) -> None:
        note("dawdle")
        time.sleep(7)  # longer than two leases: it must be renewed

    def fail(_: Delivery) -> None:
        note("fail")
        raise ValueError("always")

    def behave(given: Delivery) -> None:
        note("behave")

    JOBS._items.clear()
    JOBS.register("job", Job("job", 1, lambda: note("job")))
    for name, handle, timeout in (
        ("hang", hang, 0.5),
        ("dawdle", dawdle, 30),
        ("fail", fail, 9),
        ("behave", behave, 9),
    ):
        HANDLERS.register(name, Topic(name, handle, timeout, 2))
    with transaction.atomic():
        for _ in range(4):
            enqueue("hang", {})
        enqueue("dawdle", {})
        for _ in range(3):
            enqueue("fail", {})
        for _ in range(40):
            enqueue("behave", {})
    stop = threading.Event()
    workers = [threading.Thread(target=worker.Worker(slots=2, poll=0.05).run, args=(stop,)) for _ in range(2)]
    for thread in workers:
        thread.start()
    time.sleep(float(seconds))
    stop.set()
    for thread in workers:
        thread.join()
    states = Counter(f"{topic} {state}" for topic, state in Message.objects.values_list("topic", "state"))
    print(json.dumps({"ran": ran, "states": states}))


def append(count: str, seed: str) -> None:
    """Entries from a busy writer: some transactions linger, some are given up, some write several entries."""
    rng = random.Random(seed)
    kept = 0
    while kept < int(count):
        try:
            with transaction.atomic():
                some = rng.randint(1, 4)
                for number in range(some):
                    happen(number, actor=ADA)
                if rng.random() < 0.3:
                    time.sleep(rng.random() * 0.02)
                if rng.random() < 0.15:
                    raise ZeroDivisionError
            kept += some
        except ZeroDivisionError:
            continue
    print(kept)


def seal(seconds: str) -> None:
    """Seals all the time."""
    sealer.BATCH = 50
    until = time.monotonic() + float(seconds)
    sealed = 0
    while time.monotonic() < until:
        sealed += sealer.seal(thorough=False).entries
        time.sleep(0.005)
    print(sealed)


def verdict() -> None:
    """Seals the rest, and checks everything."""
    sealer.seal()
    found = audit.verify(keys.public_keys()).as_dict()
    seqs = Leaf.objects.order_by("index").values_list("entry_id", flat=True)
    late = sum(after < before for before, after in pairwise(seqs))
    print(json.dumps({**found, "late": late}))


def states() -> None:
    """The state of every message."""
    print(json.dumps({str(key): state for key, state in Message.objects.values_list("id", "state")}))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
