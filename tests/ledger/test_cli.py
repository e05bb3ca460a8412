"""The commands, as scripts use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.ledger.cast import happen, history
from tests.ledger.test_audit import tampering

from quorate.ledger import actions, keys, worker
from quorate.ledger.models import Checkpoint, Entry, Message
from quorate.ledger.outbox import HANDLERS, Delivery, Topic, Undeliverable
from quorate.surfaces.cli.main import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command; gives its exit status, what it printed (as JSON with --json), and its complaint."""

    def call(*arguments: object) -> tuple[int, Any, str]:
        status = run([str(item) for item in arguments])
        out, err = capsys.readouterr()
        return status, json.loads(out) if "--json" in arguments else out, err

    return call


def test_verify_prints_the_contract(ask: Callable[..., Any]) -> None:
    history(12, tail=1)
    status, found, _ = ask("ledger", "verify", "--json")
    assert status == 0
    head = Checkpoint.objects.get(size=12)
    contract = {name: found[name] for name in ("ok", "entries", "size", "root", "first_bad")}
    assert contract == {"ok": True, "entries": 13, "size": 12, "root": head.root, "first_bad": None}
    status, text, _ = ask("ledger", "verify")
    assert status == 0
    assert "Everything holds." in text


def test_verify_exits_1_and_names_the_entry(ask: Callable[..., Any]) -> None:
    victim = history(12)[4]
    with tampering() as tamper:
        tamper("UPDATE ledger_entry SET actor = 'visitor' WHERE seq = %s", victim.seq)
        status, found, _ = ask("ledger", "verify", "--json")
        assert (status, found["ok"], found["first_bad"]["seq"]) == (1, False, victim.seq)
        status, text, _ = ask("ledger", "verify")
        assert status == 1
        assert f"Entry {victim.seq}:" in text


def test_an_export_goes_round(ask: Callable[..., Any], tmp_path: Path) -> None:
    history(12, tail=1)
    file, kept = tmp_path / "export.jsonl", tmp_path / "checkpoint.txt"
    status, written, _ = ask("ledger", "export", file, "--json")
    assert (status, written["size"], written["unsealed"]) == (0, 12, 1)
    assert ask("ledger", "checkpoint", "--out", kept)[0] == 0
    for more in ([], ["--checkpoint", kept], ["--key", written["key"][-1]], ["--key", keys.public_path()]):
        status, found, _ = ask("ledger", "verify", "--entries", file, *more, "--json")
        assert (status, found["ok"], found["entries"], found["root"]) == (0, True, 12, written["root"])
    file.write_bytes(file.read_bytes().replace(b'"n":3', b'"n":4'))
    status, found, _ = ask("ledger", "verify", "--entries", file, "--json")
    assert (status, found["first_bad"]["seq"]) == (1, Entry.objects.order_by("seq")[3].seq)


@pytest.mark.parametrize(
    "arguments",
    [
        ("ledger", "verify", "--entries", "no-such-file"),
        ("ledger", "verify", "--key", "nonsense+1+2"),
        ("ledger", "verify", "--checkpoint", "no-such-file"),
        ("ledger", "proof"),
        ("ledger", "proof", "999999"),
        ("ledger", "proof", "--between", "1", "2"),
        ("ledger", "checkpoint", "--size", "77"),
        ("ledger", "export", "/no/such/folder/file"),
        ("outbox", "retry"),
        ("outbox", "retry", "nonsense"),
        ("outbox", "discard", "01a20550-af55-759a-a736-4d55e5c533bc"),
    ],
)
def test_a_users_error_is_one_line_and_exit_2(ask: Callable[..., Any], arguments: tuple[str, ...]) -> None:
    history(3)
    status, _out, complaint = ask(*arguments)
    assert status == 2
    assert len(complaint.splitlines()) == 1


def test_verify_without_the_key_says_so(ask: Callable[..., Any]) -> None:
    history(3)
    public, private = keys.public_path(), keys.key_path()
    moved = [(path, path.rename(path.with_name(f"{path.name}.away"))) for path in (public, private)]
    try:
        status, found, _ = ask("ledger", "verify", "--json")
        assert status == 2
        assert "--key" in found["error"]["mend"]
        happen()
        status, found, _ = ask("ledger", "seal", "--json")
        assert status == 2
        assert found["error"]["where"] == str(private)
    finally:
        for path, away in moved:
            away.rename(path)


def test_a_new_key_signs_from_now_on_and_the_old_one_stays_known(ask: Callable[..., Any]) -> None:
    history(5)
    before = ask("ledger", "key", "--json")[1]["keys"]
    after = ask("ledger", "key", "--new", "--json")[1]["keys"]
    assert after[:-1] == before
    happen()
    assert ask("ledger", "seal", "--json")[1] == {"sealed": 1, "size": 6}
    found = ask("ledger", "verify", "--json")[1]
    assert found["ok"]
    assert found["signed_by"] == [before[-1], after[-1]]


def test_proofs_and_checkpoints_are_printed(ask: Callable[..., Any]) -> None:
    entry = history(12)[3]
    assert ask("ledger", "proof", entry.seq)[1].startswith("c2sp.org/tlog-proof@v1\n")
    assert json.loads(ask("ledger", "proof", "--between", "5", "12")[1])["proof"]
    assert ask("ledger", "checkpoint", "--size", "5")[1].split("\n")[1] == "5"


def test_dead_letters_are_listed_retried_and_discarded(ask: Callable[..., Any]) -> None:
    seen: list[Delivery] = []

    def handle(given: Delivery) -> None:
        seen.append(given)
        if len(seen) < 4:
            raise Undeliverable("no such address")

    HANDLERS.register("test", Topic("test", handle, 5, 3))
    try:
        with transaction.atomic():
            ids = [str(actions.enqueue("test", {"secret": "of a person"})) for _ in range(3)]
        assert worker.drain() == 3
        _status, found, _ = ask("outbox", "list", "--json")
        assert {row["id"] for row in found["messages"]} == set(ids)
        assert found["messages"][0]["last_error"] == "no such address"
        assert "secret" not in json.dumps(found)
        assert ask("outbox", "retry", ids[0], "--json")[1] == {"retried": [ids[0]]}
        assert ask("outbox", "work", "--json")[1] == {"done": 1}
        assert set(ask("outbox", "discard", "--all", "--json")[1]["discarded"]) == set(ids[1:])
    finally:
        del HANDLERS._items["test"]
    assert [str(message.id) for message in Message.objects.all()] == [ids[0]]
    assert Entry.objects.filter(kind__startswith="outbox.").count() == 3
