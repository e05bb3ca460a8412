"""Fifty clients file and act at once on one program of a served installation, and the record loses and doubles nothing."""

from __future__ import annotations

import json
import os
import secrets
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from tests.crowd.clients import Applicant, Book, Client, Manager
from tests.crowd.installation import Installation, free_port

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

CLIENTS = 50
MANAGERS = 8
VISITORS = 8
SECONDS = float(os.environ.get("QUORATE_CROWD_SECONDS") or ("30" if os.environ.get("QUORATE_CI") == "1" else "6"))
#: The kinds of entry that a client makes by one request, each told apart by one word of its data.
TOLD_APART = {
    "case.filed": "",
    "case.moved": "transition",
    "case.commented": "comment",
    "case.amended": "",
    "case.attested": "criterion",
}


def postgres_server() -> str:
    """The server that tests may make databases on."""
    url = os.environ.get("QUORATE_TEST_POSTGRES") or os.environ.get("QUORATE_TEST_DATABASE_URL", "")
    if not url.startswith("postgres"):
        reason = "no PostgreSQL server is named (QUORATE_TEST_POSTGRES)"
        if os.environ.get("QUORATE_CI") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return url


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Installation]:
    """An installation on SQLite: one process serves and works."""
    made = Installation(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Installation]:
    """An installation on a database of its own."""
    server = urlsplit(postgres_server())
    name = f"test_crowd_{secrets.token_hex(6)}"
    with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
        made = Installation(tmp_path, urlunsplit(server._replace(path=f"/{name}")))
        try:
            yield made
        finally:
            made.stop()
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_fifty_at_once_on_sqlite(sqlite: Installation) -> None:
    cast = sqlite.process("prepare", str(CLIENTS - MANAGERS - VISITORS))
    port = free_port()
    sqlite.start("up", port=port)
    book = let_act(cast, [port])
    assert not book.lost
    settle(sqlite, book, "SQLite")


@pytest.mark.postgres
def test_fifty_at_once_on_postgresql(postgres: Installation) -> None:
    cast = postgres.process("prepare", str(CLIENTS - MANAGERS - VISITORS))
    ports = [free_port(), free_port()]
    postgres.start("up", "--no-worker", port=ports[0])
    postgres.start("up", "--no-worker", port=ports[1])
    postgres.start("worker")
    book = let_act(cast, ports)
    assert not book.lost
    settle(postgres, book, "PostgreSQL, two servers and a worker")


def test_a_server_that_is_killed_loses_nothing_it_accepted(sqlite: Installation) -> None:
    cast = sqlite.process("prepare", str(CLIENTS - MANAGERS - VISITORS))
    port = free_port()
    server = sqlite.start("up", port=port)

    def kill() -> None:
        time.sleep(max(SECONDS / 3, 2))
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(20)
        sqlite.start("up", port=port)

    book = let_act(cast, [port], kill)
    settle(sqlite, book, "SQLite, killed once")


def let_act(cast: dict[str, Any], ports: list[int], meanwhile: Callable[[], None] | None = None) -> Book:
    """All clients act for some seconds; what they saw."""
    book, stop = Book(), threading.Event()
    clients: list[Client] = [Manager(number, ports, cast["manager"], book, stop) for number in range(MANAGERS)]
    people = [*cast["applicants"], *({"actor": "visitor"} for _ in range(VISITORS))]
    clients += [Applicant(number, ports, who, book, stop) for number, who in enumerate(people, MANAGERS)]
    assert len(clients) == CLIENTS
    for client in clients:
        client.start()
    began = time.monotonic()
    if meanwhile is not None:
        meanwhile()
    stop.wait(max(0, SECONDS - (time.monotonic() - began)))
    if meanwhile is not None:
        stop.wait(SECONDS / 3)
    stop.set()
    for client in clients:
        client.join(120)
    assert not [client.name for client in clients if client.is_alive()]
    return book


def settle(installation: Installation, book: Book, where: str) -> None:
    """Compare what the clients saw with what is on record."""
    assert not book.strange, (book.strange[:5], installation.log())
    assert not book.doubled
    assert book.repeats
    installation.stop()
    told = installation.process("tell")
    every_answer_has_its_entry(told, book)
    cases_are_whole(told)
    assert not told["failed"]
    installation.quorate("ledger", "seal", "--json")
    verdict = installation.quorate("ledger", "verify", "--json")
    assert verdict["ok"]
    assert verdict["entries"] == len(told["entries"])
    report(told, book, where)


def every_answer_has_its_entry(told: dict[str, Any], book: Book) -> None:
    """Accepted answers and entries of the clients are the same, but for answers that got lost on their way."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for entry in told["entries"]:
        if entry["kind"] in TOLD_APART and not entry["actor"].startswith("system:"):
            word = TOLD_APART[entry["kind"]]
            found[entry["actor"], entry["kind"], entry["case"], str(entry["data"].get(word, "")) if word else ""] += 1
    assert book.accepted
    missing = {mark: n for mark, n in book.accepted.items() if found[mark] < n}
    assert not missing, f"accepted and not on record: {list(missing.items())[:5]}"
    for mark, count in found.items():
        spare = count - book.accepted[mark]
        if spare:
            actor, kind, case, _word = mark
            lost = book.lost[mark] or book.lost[actor, kind, case, ""]
            assert spare <= lost, f"on record and never accepted: {mark}, {spare} times"


def cases_are_whole(told: dict[str, Any]) -> None:
    """Numbers have no gap; each case begins with its filing, and each step starts where the last one ended."""
    assert [case["number"] for case in told["cases"]] == list(range(1, told["last_number"] + 1))
    assert len({case["title"] for case in told["cases"]}) == len(told["cases"])
    of_case: dict[str, list[dict[str, Any]]] = {case["id"]: [] for case in told["cases"]}
    for entry in told["entries"]:
        if entry["case"] is not None:
            of_case[entry["case"]].append(entry)
    for case in told["cases"]:
        entries = of_case[case["id"]]
        own = [entry for entry in entries if entry["kind"].startswith("case.")]
        assert own[0]["kind"] == "case.filed", case["key"]
        assert sum(entry["kind"] == "case.filed" for entry in own) == 1
        times = [entry["at"] for entry in own if entry["kind"] != "case.breached"]
        assert times == sorted(times), case["key"]
        stage = "new"
        for entry in own:
            if entry["kind"] == "case.moved":
                assert entry["data"]["from"] == stage, case["key"]
                stage = entry["data"]["to"]
        assert stage == case["stage"], case["key"]
        closed = sum(entry["kind"] == "case.closed" for entry in own)
        assert closed == (case["stage"] in ("withdrawn", "void")), case["key"]


def report(told: dict[str, Any], book: Book, where: str) -> None:
    """The figures of the run, for who reads the log."""
    cuts = quantiles(book.seconds, n=100)
    figures = {
        "where": where,
        "seconds": SECONDS,
        "answers": dict(sorted(book.answers.items())),
        "per_second": round(len(book.seconds) / SECONDS, 1),
        "p50_ms": round(cuts[49] * 1000),
        "p95_ms": round(cuts[94] * 1000),
        "cases": len(told["cases"]),
        "entries": len(told["entries"]),
        "accepted": sum(book.accepted.values()),
        "lost": sum(book.lost.values()),
        "repeats": book.repeats,
        "checks": told["checks"],
        "waiting": told["waiting"],
    }
    print(f"\ncrowd: {json.dumps(figures)}")
