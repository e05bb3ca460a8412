#!/usr/bin/env python3
"""Check a ledger that somebody handed you, without trusting the software that wrote it.

    python verifier.py EXPORT.jsonl --key KEY [--checkpoint FILE]... [--json]
    python verifier.py --proof ENTRY.tlog-proof --key KEY [--json]
    python verifier.py --consistency PROOF.json --key KEY [--json]

One file, the standard library only, nothing shared with the product: it is meant to be read by whoever relies on it.
KEY is the public key of the ledger (`name+id+base64`), or a file that holds such lines. Ask for it, and for a
checkpoint now and then, by another way than the export: a ledger that was wholly rewritten and signed again is
consistent in itself, and only a checkpoint that you kept yourself shows the difference.

An export has one line for each entry in the order of the tree, `{"leaf":"<hex>","entry":{...}}`, the entry in
canonical JSON (RFC 8785), and after each batch one line `{"checkpoint":"<signed note>"}`. The leaf is
SHA-256(0x00 || entry), the tree is that of RFC 9162, the note is c2sp.org/tlog-checkpoint. A proof of one entry is
c2sp.org/tlog-proof with the entry itself as its extra data.

Exit status: 0 everything holds, 1 something does not, 2 the question could not be understood.

What it cannot see: a lie that was recorded as it was told, and an entry that was never recorded.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from base64 import b64decode, b64encode
from hashlib import sha256, sha512
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

try:  # Faster by a hundred times; without it the same is computed below in plain Python.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # pragma: no cover - covered by running the file with `python -S`
    FAST = False
else:
    FAST = True

HEAD = len('{"leaf":"",') + 64 + len('"entry":')
CHECKPOINT = b'{"checkpoint":'
SEQ = re.compile(rb',"seq":([0-9]+),"uid":"[0-9a-f-]{36}"}}(?=$|.?{"(?:leaf|checkpoint)":)', re.DOTALL)


class Bad(Exception):
    """Something does not hold; `seq` names the entry."""

    def __init__(self, why: str, seq: int | None = None) -> None:
        super().__init__(why)
        self.why, self.seq = why, seq


def report(entries: int, size: int, root: bytes, bad: Bad | None, signatures: int) -> dict[str, Any]:
    """What is printed with --json: the size and root are those that a checkpoint vouches for."""
    first_bad = None if bad is None else {"seq": bad.seq, "why": bad.why}
    known = {"ok": bad is None, "entries": entries, "size": size, "root": root.hex()}
    return known | {"first_bad": first_bad, "signatures": signatures}


class Key(NamedTuple):
    """A public key and the name under which it signs."""

    name: str
    key: bytes

    def id(self, kind: int) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([kind]) + self.key).digest()[:4]


class Head(NamedTuple):
    """A checkpoint: whose tree, how many leaves, the root, and whether a key vouches for it."""

    origin: str
    size: int
    root: bytes
    signed: bool


def read_keys(given: list[str]) -> list[Key]:
    """Public keys from arguments: each a key, or a file with one key on each line."""
    texts: list[str] = []
    for text in given:
        lines = [text] if text.count("+") >= 2 else Path(text).read_text("utf-8").splitlines()
        texts += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    keys = []
    for text in texts:
        name, _, rest = text.partition("+")
        identity, _, encoded = rest.partition("+")
        material = _base64(encoded)
        key = Key(name, material[1:])
        if len(material) != 33 or material[0] != 1 or key.id(1).hex() != identity:
            raise ValueError(f"{text!r} is not an Ed25519 public key of the form NAME+ID+BASE64")
        keys.append(key)
    return keys


def read_note(note: str, keys: list[Key], check: bool = True) -> Head:
    """Take a signed note apart and, given keys, insist that one of them signed it."""
    text, divider, tail = note.rpartition("\n\n")
    lines = text.split("\n")
    if not divider or not tail.endswith("\n") or len(lines) != 3 or not re.fullmatch("0|[1-9][0-9]*", lines[1]):
        raise Bad("the checkpoint is not a signed note of three lines")
    text += "\n"
    signed = False
    for line in tail[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if mark != "—" or not encoded:
            raise Bad("the checkpoint has a line of signature that is none")
        signature = _base64(encoded)
        for key in keys if check else ():
            plain = signature[:4] == key.id(1)
            if key.name == name and (plain or signature[:4] == key.id(4)):
                timed = f"cosignature/v1\ntime {int.from_bytes(signature[4:12], 'big')}\n{text}"
                message, start = (text, 4) if plain else (timed, 12)
                if not ed25519_verify(key.key, message.encode(), signature[start:]):
                    raise Bad(f"a signature of {key.name} on the checkpoint is wrong")
                signed = signed or plain
    if keys and check and not signed:
        raise Bad("the checkpoint is not signed by the key")
    root = _base64(lines[2])
    if len(root) != 32:
        raise Bad("the root in the checkpoint has not 32 bytes")
    return Head(lines[0], int(lines[1]), root, signed)


def _base64(text: str) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        raise Bad("base64 was expected") from None
    if b64encode(found).decode() != text:
        raise Bad("base64 in another than its one form")
    return found


# The tree of RFC 9162 ----------------------------------------------------------------------------------------


class Tree:
    """Complete subtrees on the right edge of a growing tree, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.edge: list[bytes] = []

    def extend(self, leaves: list[bytes]) -> None:
        at = 0
        while at < len(leaves):
            if self.size % 1024 == 0 and len(leaves) - at >= 1024:
                level = leaves[at : at + 1024]
                while len(level) > 1:
                    pairs = iter(level)
                    level = [sha256(b"\x01" + a + b).digest() for a, b in zip(pairs, pairs, strict=True)]
                self._push(level[0], 10)
                at += 1024
            else:
                self._push(leaves[at], 0)
                at += 1

    def _push(self, node: bytes, height: int) -> None:
        count = self.size >> height
        while count & 1:
            node = _node(self.edge.pop(), node)
            count >>= 1
        self.edge.append(node)
        self.size += 1 << height

    def root(self) -> bytes:
        if not self.edge:
            return sha256(b"").digest()
        root = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            root = _node(left, root)
        return root


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    place, last, node = index, size - 1, leaf
    if not 0 <= index < size:
        return False
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = _node(step, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = _node(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistent(old: Head, new: Head, path: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2."""
    if old.size == new.size:
        return not path and old.root == new.root
    if not 0 < old.size < new.size:
        return False
    steps = [old.root, *path] if old.size & (old.size - 1) == 0 else list(path)
    if not steps:
        return False
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = _node(step, before), _node(step, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = _node(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old.root and after == new.root


# An export ---------------------------------------------------------------------------------------------------


class Export:
    """One pass over an export, in memory that does not grow with it."""

    def __init__(self, path: Path, keys: list[Key], kept: list[str]) -> None:
        self.path, self.keys = path, keys
        self.tree = Tree()
        self.root = self.tree.root()
        self.kept = sorted((read_note(note, keys) for note in kept), key=lambda head: head.size)
        self.origins = {head.origin for head in self.kept}
        self.signatures = sum(head.signed for head in self.kept)
        self.covered = self.checkpoints = self.lines = self.batch_from = 0
        self.last_note = ""
        self.last_entry = self.last_of_batch = b""

    def run(self) -> None:
        """Read it through; raises Bad at the first thing that does not hold."""
        self._grow([])
        with self.path.open("rb") as stream:
            for block in iter(lambda: stream.readlines(1 << 20), []):
                self._block(block)
        if self.last_note and self.keys and not FAST:
            self.signatures += read_note(self.last_note, self.keys).signed
        if len(self.origins) > 1:
            raise Bad(f"the checkpoints are of different ledgers: {', '.join(sorted(self.origins))}")
        after_last = (_seq(self.last_entry) or 0) + 1
        if self.kept:
            raise Bad(f"{self.kept[0].size - self.tree.size} entries at the end were removed", after_last)
        if self.covered < self.tree.size:
            seqs = self._seqs_of_batch()
            raise Bad(f"{self.tree.size - self.covered} entries stand after the last checkpoint", seqs[0])

    def _block(self, block: list[bytes]) -> None:
        leaves: list[bytes] = []
        for line in block:
            found = sha256(b"\x00" + line[HEAD:-2])
            if line[:HEAD] == b'{"leaf":"%s","entry":' % found.hexdigest().encode() and line[-2:] == b"}\n":
                leaves.append(found.digest())
                self.last_entry = line
            else:
                self._grow(leaves)
                leaves = []
                if not line.startswith(CHECKPOINT):
                    raise self._altered(line)
                self._checkpoint(line)
            self.lines += 1
        self._grow(leaves)

    def _grow(self, leaves: list[bytes]) -> None:
        while self.kept and self.kept[0].size <= self.tree.size + len(leaves):
            head = self.kept.pop(0)
            cut = head.size - self.tree.size
            self.tree.extend(leaves[:cut])
            leaves = leaves[cut:]
            if self.tree.root() != head.root:
                raise self._differs(head, "the checkpoint that you gave")
            self.covered, self.root = head.size, head.root
        self.tree.extend(leaves)

    def _checkpoint(self, line: bytes) -> None:
        try:
            note = json.loads(line)["checkpoint"]
            if line != CHECKPOINT + json.dumps(note, ensure_ascii=False).encode() + b"}\n":
                raise Bad("the line of the checkpoint is malformed")
            head = read_note(note, self.keys, check=FAST)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Bad("the line of the checkpoint is malformed", _seq(self.last_entry)) from None
        except Bad as bad:
            raise Bad(bad.why, _seq(self.last_entry)) from None
        if head.size != self.tree.size or head.root != self.tree.root():
            raise self._differs(head, "its checkpoint")
        self.last_note, self.batch_from, self.last_of_batch = note, self.lines + 1, self.last_entry
        self.covered, self.root = head.size, head.root
        self.origins.add(head.origin)
        self.checkpoints += 1
        self.signatures += head.signed

    def _altered(self, line: bytes) -> Bad:
        """Name the entry of a line that does not match its leaf, even if the change hit its own number."""
        seq = _seq(line)
        expected = (_seq(self.last_entry) or 0) + 1
        if seq is not None and seq != expected:
            renumbered = line.replace(b',"seq":%d,' % seq, b',"seq":%d,' % expected)
            leaf = sha256(b"\x00" + renumbered[HEAD:-2]).hexdigest().encode()
            if renumbered.startswith(b'{"leaf":"%s"' % leaf):
                return Bad(f"the number of the entry was changed to {seq}", expected)
        return Bad("the entry does not match its leaf", expected if seq is None else seq)

    def _differs(self, head: Head, whose: str) -> Bad:
        """Say as narrowly as can be which entry of a batch is not the one that was sealed."""
        seqs = self._seqs_of_batch()
        for before, after in pairwise(seqs):
            if after <= before:
                return Bad(f"an entry was inserted or moved: {whose} differs", after)
        start = _seq(self.last_of_batch)
        if self.tree.size < head.size:
            known = seqs if start is None else [start, *seqs]
            gaps = [before + 1 for before, after in pairwise(known) if after > before + 1]
            edge = [known[0] - 1] if start is None and known and known[0] > 1 else [max(known, default=0) + 1]
            why = f"an entry was removed: {whose} is for {head.size} and here are {self.tree.size}"
            return Bad(why, [*gaps, *edge][0])
        span = f"the entries {seqs[0]} to {seqs[-1]}" if seqs else "no entry"
        return Bad(f"{whose} differs, which seals {span}", seqs[0] if seqs else start)

    def _seqs_of_batch(self) -> list[int]:
        with self.path.open("rb") as stream:
            found = [_seq(line) for line in islice(stream, self.batch_from, self.lines + 1)]
        return [seq for seq in found if seq is not None]


def _seq(line: bytes) -> int | None:
    """The number of the entry on a line."""
    found = SEQ.search(line.rstrip(b"\n"))
    return int(found[1]) if found else None


def verify_export(path: Path, keys: list[Key], kept: list[str]) -> dict[str, Any]:
    """Check an export; `kept` are signed notes from elsewhere. Returns what is printed with --json."""
    export = Export(path, keys, kept)
    bad = None
    try:
        export.run()
    except Bad as error:
        bad = error
    found = report(export.tree.size, export.covered, export.root, bad, export.signatures)
    return found | {"checkpoints": export.checkpoints}


def verify_proof(text: str, keys: list[Key]) -> dict[str, Any]:
    """Check that the entry inside a .tlog-proof is in the tree that the checkpoint in it signs."""
    opening, _, note = text.partition("\n\n")
    lines = opening.split("\n")
    place = lines[2].removeprefix("index ") if len(lines) > 2 else ""
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("extra ") or not place.isdecimal():
        raise Bad("this is not a proof of the form c2sp.org/tlog-proof@v1 with its entry as extra data")
    record = _base64(lines[1].removeprefix("extra "))
    try:
        entry = json.loads(record)
    except ValueError:
        raise Bad("the extra data is not an entry") from None
    head = read_note(note, keys)
    leaf = sha256(b"\x00" + record).digest()
    path = [_base64(line) for line in lines[3:]]
    held = included(leaf, int(place), head.size, path, head.root)
    bad = None if held else Bad("the proof does not lead to the root", entry.get("seq"))
    return report(1, head.size, head.root, bad, int(head.signed)) | {"entry": entry}


def verify_consistency(text: str, keys: list[Key]) -> dict[str, Any]:
    """Check `{"old": note, "new": note, "proof": [base64]}`: that the newer tree continues the older."""
    try:
        proof = json.loads(text)
        old, new = (read_note(proof[name], keys) for name in ("old", "new"))
        path = [_base64(step) for step in proof["proof"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Bad("this is not a proof of consistency") from None
    held = old.origin == new.origin and consistent(old, new, path)
    bad = None if held else Bad("the newer checkpoint does not continue the older")
    return report(0, new.size, new.root, bad, int(old.signed) + int(new.signed))


# Ed25519 (RFC 8032), verification only -----------------------------------------------------------------------

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)


def ed25519_verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64 bytes of `signature` are by `key` over `message`."""
    if len(signature) != 64 or len(key) != 32:
        return False
    if FAST:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True
    return plain_ed25519_verify(key, message, signature)


def plain_ed25519_verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """The same without a library: about 4 ms."""
    public, nonce = _decompress(key), _decompress(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    base = _decompress((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    if public is None or nonce is None or base is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = _times(scalar, base), _add(nonce, _times(challenge, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def _decompress(encoded: bytes) -> Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Point) -> Point:
    found = ZERO
    while scalar:
        if scalar & 1:
            found = _add(found, point)
        point = _add(point, point)
        scalar >>= 1
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a ledger, or one proof from it, offline.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("export", nargs="?", type=Path, help="the exported entries (.jsonl)")
    what.add_argument("--proof", type=Path, help="the proof of one entry (.tlog-proof)")
    what.add_argument("--consistency", type=Path, help="the proof that one checkpoint continues another (.json)")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="a signed note you kept")
    parser.add_argument("--key", action="append", default=[], help="the public key, or a file with it")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    try:
        keys = read_keys(given.key)
        kept = [path.read_text("utf-8") for path in given.checkpoint]
        text = (given.proof or given.consistency or given.export).open("rb").read(0 if given.export else -1).decode()
    except (OSError, ValueError, Bad) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if given.export:
            found = verify_export(given.export, keys, kept)
        else:
            found = verify_proof(text, keys) if given.proof else verify_consistency(text, keys)
    except Bad as bad:
        found = report(0, 0, b"", bad, 0)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    elif found["ok"]:
        print(f"ok: {found['entries']} entries, tree of {found['size']} with root {found['root']}")
    else:
        print(f"NOT ok: entry {found['first_bad']['seq']}: {found['first_bad']['why']}")
    if not keys:
        print("no signature was checked: give the public key with --key", file=sys.stderr)
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
