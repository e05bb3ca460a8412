"""A worker killed at any point loses no letter, and repeats none that it had recorded."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter

import pytest
from tests.ledger.conftest import Installation
from tests.ledger.sink import Sink

LETTERS = 150
KILLS = 6


@pytest.mark.slow
def test_a_worker_killed_at_random_points_loses_no_letter(installation: Installation) -> None:
    rng = random.Random()
    with Sink(slowness=0.03) as sink:
        installation.environment["QUORATE_SMTP_URL"] = sink.url
        promised = set(installation.run("letters", str(LETTERS)))
        recorded: list[tuple[float, set[str]]] = []
        for _ in range(KILLS):
            worker = installation.start("work")
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            time.sleep(rng.random() * 0.6)
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
            killed = time.monotonic()
            recorded.append((killed, {key for key, state in installation.run("states").items() if state == "done"}))
        before = recorded[-1][1]
        assert before, "no worker lived long enough to send anything"
        assert len(before) < LETTERS, "every letter had gone before the last kill: nothing was put to the test"
        workers = [installation.start("work") for _ in range(3 if installation.database else 1)]
        deadline = time.monotonic() + 60
        while set(installation.run("states").values()) != {"done"}:
            assert time.monotonic() < deadline, Counter(installation.run("states").values())
            time.sleep(0.2)
        for worker in workers:
            worker.kill()
            worker.communicate()
        sent = list(sink.letters)

    ids = [letter.message_id.strip("<>").partition("@")[0] for letter in sent]
    assert set(ids) == promised, "a letter was lost or invented"
    times: dict[str, list[float]] = {}
    for key, letter in zip(ids, sent, strict=True):
        times.setdefault(key, []).append(letter.at)
    for killed, done in recorded:
        again = [key for key in done if times[key][-1] > killed]
        assert not again, f"sent again after it was recorded: {again}"
    repeats = {key: found for key, found in Counter(letter.message_id for letter in sent).items() if found > 1}
    assert sum(found - 1 for found in repeats.values()) <= KILLS * 3, "more repeats than letters in hand at the kills"
    by_person = {letter.to: letter.message_id for letter in sent}
    assert all(by_person[letter.to] == letter.message_id for letter in sent), "a repeat had another Message-ID"
