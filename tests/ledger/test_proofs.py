"""What the ledger hands out holds for somebody who has only the file, the key and the verifier."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.cast import happen, history, small_batches

from quorate.kernel.errors import Conflict, NotFound
from quorate.ledger import keys, merkle, proofs, sealer, verifier
from quorate.ledger.models import Checkpoint, Leaf, Node
from quorate.ledger.records import record

pytestmark = pytest.mark.django_db
VERIFIER = Path(verifier.__file__)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export of 23 entries in batches of five."""
    history(23, tail=2)
    path = tmp_path / "export.jsonl"
    path.write_bytes(b"".join(proofs.export_lines()))
    return path


def key() -> str:
    return keys.public_keys()[-1].text()


def check(path: Path, *kept: str, trusted: bool = True) -> dict[str, Any]:
    return verifier.verify_export(path, verifier.read_keys([key()] if trusted else []), list(kept))


def test_the_record_is_what_an_independent_reader_makes_of_it() -> None:
    entry = happen(3)
    found = json.loads(record(entry))
    assert found["seq"] == entry.seq
    assert found["at"].endswith("Z")
    assert list(found) == sorted(found)
    assert found["data"]["what"] == "ding № 3 “é”"


def test_an_export_holds(export: Path) -> None:
    head = proofs.newest_checkpoint()
    assert head is not None
    assert check(export, head.note) == {
        "ok": True,
        "entries": 23,
        "size": 23,
        "root": head.root,
        "first_bad": None,
        "signatures": 6,
        "checkpoints": 5,
    }
    assert check(export, trusted=False)["signatures"] == 0


@pytest.mark.parametrize("flags", [[], ["-S"]], ids=["with cryptography", "standard library alone"])
def test_the_verifier_stands_alone(export: Path, tmp_path: Path, flags: list[str]) -> None:
    copy = tmp_path / "elsewhere" / "verifier.py"
    copy.parent.mkdir()
    copy.write_bytes(VERIFIER.read_bytes())
    kept = tmp_path / "kept.txt"
    kept.write_text(Checkpoint.objects.get(size=10).note)
    command = [sys.executable, "-I", *flags, str(copy), str(export), "--checkpoint", str(kept), "--key", key()]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, cwd=copy.parent, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["ok"] is True
    export.write_bytes(export.read_bytes().replace(b'"n":7', b'"n":8'))
    done = subprocess.run(command, capture_output=True, text=True, cwd=copy.parent, check=False)
    assert done.returncode == 1
    assert "NOT ok" in done.stdout
    done = subprocess.run([*command, "--key", "nonsense+a+b"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_any_byte_of_an_export_that_changes_names_its_entry(export: Path) -> None:
    original = export.read_bytes()
    lines = original.splitlines(keepends=True)
    seqs = [json.loads(line).get("entry", {}).get("seq") for line in lines]
    rng = random.Random(4)
    for _ in range(400):
        number = rng.randrange(len(lines))
        # The timestamped line of a note may be unknown to a reader and is then passed over; all else counts.
        timed = lines[number].rfind("— ".encode()) if b"checkpoint" in lines[number][:14] else 0
        place = rng.randrange(timed or len(lines[number]))
        line = bytearray(lines[number])
        line[place] ^= rng.choice([1, 2, 4, 8, 16, 32, 64, 128])
        export.write_bytes(b"".join([*lines[:number], bytes(line), *lines[number + 1 :]]))
        bad = check(export)["first_bad"]
        assert bad is not None, (number, place)
        near = seqs[number] if seqs[number] is not None else seqs[number - 1]
        # Where the end of a line was hit two lines became one; a checkpoint hit at its start is none any more.
        exact = seqs[number] is not None and place < len(line) - 1
        allowed = {near} if exact else {near, near + 1}
        assert bad["seq"] in allowed, (bytes(line), bad)


@pytest.mark.parametrize(
    ("change", "seqs"),
    [
        (lambda lines: lines[:7] + lines[8:], {7}),
        (lambda lines: lines[:1] + lines[2:], {2}),
        (lambda lines: [*lines[:6], lines[7], lines[6], *lines[8:]], {6, 7}),
        (lambda lines: [*lines[:7], lines[7], *lines[7:]], {7}),
        (lambda lines: lines[:-1], {21, 22, 23}),
        (lambda lines: lines[:-2], {21, 22}),
        (lambda lines: [line for line in lines if b"checkpoint" not in line], {1}),
    ],
    ids=["removed", "removed second", "moved", "doubled", "last checkpoint", "last entry and checkpoint", "unsigned"],
)
def test_what_was_done_to_an_export_is_named(
    export: Path, change: Callable[[list[bytes]], list[bytes]], seqs: set[int]
) -> None:
    first = json.loads(export.read_bytes().splitlines()[0])["entry"]["seq"]
    export.write_bytes(b"".join(change(export.read_bytes().splitlines(keepends=True))))
    found = check(export)
    assert not found["ok"]
    assert found["first_bad"]["seq"] - first + 1 in seqs, found


def test_an_export_cut_at_a_checkpoint_is_found_by_a_later_one(export: Path) -> None:
    head = proofs.newest_checkpoint()
    assert head is not None
    export.write_bytes(b"".join(export.read_bytes().splitlines(keepends=True)[:12]))
    assert check(export)["ok"]
    assert "13 entries at the end were removed" in check(export, head.note)["first_bad"]["why"]


def test_another_ledger_or_key_does_not_pass(export: Path) -> None:
    stranger = sealer.SigningKey.generate("elsewhere.example")
    with pytest.raises(verifier.Bad):
        check(
            export,
            stranger.sign(sealer.Head("elsewhere.example", 23, b"r" * 32), Checkpoint.objects.first().created_at),
        )  # type: ignore[union-attr]  # there is one
    found = verifier.verify_export(export, verifier.read_keys([stranger.public.text()]), [])
    assert "not signed by the key" in found["first_bad"]["why"]


def test_an_empty_export_is_an_empty_tree(tmp_path: Path) -> None:
    keys.signing_key(may_create=True)
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"".join(proofs.export_lines()))
    assert check(path)["ok"]
    path.write_bytes(b"not an export\n")
    assert check(path)["first_bad"]["seq"] == 1


def test_every_proof_of_inclusion_holds_in_its_file() -> None:
    entries = history(23)
    for entry in entries:
        text = proofs.inclusion(entry.seq).file()
        found = verifier.verify_proof(text, verifier.read_keys([key()]))
        assert found["ok"], found
        assert found["entry"]["uid"] == str(entry.uid)
        assert found["signatures"] == 1


def test_a_proof_of_inclusion_with_any_byte_changed_does_not_hold() -> None:
    entry = history(23)[11]
    raw = proofs.inclusion(entry.seq).file().encode()
    trusted = verifier.read_keys([key()])
    timed = raw.rindex("— ".encode())  # the timestamped line may be unknown to a reader; all else counts
    for place in range(timed):
        changed = bytearray(raw)
        changed[place] ^= 1
        try:
            found = verifier.verify_proof(bytes(changed).decode(), trusted)
        except (verifier.Bad, UnicodeDecodeError):
            continue
        assert not found["ok"], (place, bytes(changed))


def test_there_is_no_proof_before_sealing_and_of_nothing() -> None:
    entry = happen()
    with pytest.raises(Conflict):
        proofs.inclusion(entry.seq)
    with pytest.raises(NotFound):
        proofs.inclusion(entry.seq + 1)


def test_every_pair_of_checkpoints_is_consistent() -> None:
    history(23)
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    trusted = verifier.read_keys([key()])
    for old in sizes:
        for new in sizes:
            if old > new:
                with pytest.raises(Conflict):
                    proofs.consistency(old, new)
                continue
            text = proofs.consistency(old, new)
            assert verifier.verify_consistency(text, trusted)["ok"]
            body = json.loads(text)
            if body["proof"]:
                body["proof"].reverse()
                body["proof"][0] = body["proof"][0][:-4] + "AAA="
                with suppress(verifier.Bad):
                    assert not verifier.verify_consistency(json.dumps(body), trusted)["ok"]
    with pytest.raises(NotFound):
        proofs.consistency(1, 5)


def test_proofs_of_a_tall_tree_come_from_its_nodes(django_assert_max_num_queries: Any) -> None:
    """70,000 leaves: the stored nodes must give the hashes that the leaves give."""
    entry = happen()
    sealer.seal()
    hashes = [bytes.fromhex(Leaf.objects.get(index=0).hash)]
    hashes += [merkle.leaf_hash(str(number).encode()) for number in range(1, 70_000)]
    nodes = [Node(level=8, index=n, hash=merkle.fold(hashes[n << 8 : (n + 1) << 8]).hex()) for n in range(70_000 >> 8)]
    nodes.append(Node(level=16, index=0, hash=merkle.fold([bytes.fromhex(node.hash) for node in nodes[:256]]).hex()))
    Node.objects.bulk_create(nodes)
    ranges = [found for found in merkle.inclusion_ranges(0, 70_000) if found[1] <= 69_888 and found[0] >= 256]
    with django_assert_max_num_queries(2 * len(ranges)):
        found = [proofs._range_hash(span) for span in ranges]
    assert found == [merkle.root(hashes[slice(*span)]) for span in ranges]
    assert entry.seq


def test_the_sealer_stores_every_node() -> None:
    for number in range(700):
        happen(number)
    with small_batches(300):
        sealer.seal()
    leaves = [bytes.fromhex(text) for text in Leaf.objects.order_by("index").values_list("hash", flat=True)]
    stored = {(node.level, node.index): node.hash for node in Node.objects.all()}
    assert stored == {(8, n): merkle.fold(leaves[n << 8 : (n + 1) << 8]).hex() for n in range(2)}
    head = proofs.newest_checkpoint()
    assert head is not None
    assert (head.size, head.root) == (700, merkle.root(leaves).hex())
