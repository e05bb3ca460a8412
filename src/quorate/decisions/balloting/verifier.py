#!/usr/bin/env python3
"""Check an election from what was published, without trusting the software that ran it.

    python verifier.py BUNDLE.json [--key KEY] [--receipt RECEIPT.json]... [--json]

One file, the standard library only, nothing shared with the product: it is meant to be read by whoever relies on it.
KEY is the public key that signs (`name+id+base64`), or a file that holds it. Ask for it by another way than the bundle:
without --key the key inside the bundle is used, and a bundle that was made up wholly is consistent in itself.

Exit status: 0 everything holds, 1 something does not, 2 the question could not be understood. It cannot see: a ballot
that a voter's own device altered, a person on the roll who should not be, and a vote cast in the name of a person who
did not vote; that person sees it in the list of who voted.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from base64 import b64decode, b64encode
from hashlib import sha256, sha384, sha512
from itertools import takewhile
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Bad(Exception):
    """Something does not hold: where in the bundle, and why."""


def canonical(value: object) -> bytes:
    """RFC 8785, for what a bundle holds: text, whole numbers, lists, and objects with ASCII keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value: object) -> bytes:
    return sha256(canonical(value)).digest()


def from_hex(text: Any, length: int, where: str) -> bytes:
    if not isinstance(text, str) or not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text):
        raise Bad(where, f"{length} bytes in lower-case hexadecimal were expected")
    return bytes.fromhex(text)


def from_base64(text: str, where: str) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        found = b""
    if not found or b64encode(found).decode() != text:
        raise Bad(where, "base64 was expected")
    return found


def ordered(items: list[Any], where: str) -> list[Any]:
    """A list in canonical order without repeats, which is how lists of people and tokens are published."""
    for place in range(1, len(items)):
        if canonical(items[place - 1]) >= canonical(items[place]):
            raise Bad(f"{where}[{place}]", "it stands twice or not in its place")
    return items


P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)


def decode(encoded: bytes) -> Point:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (v * x * x - u) % P or (x == 0 and sign) or y >= P or len(encoded) != 32:
        raise ValueError("no point of the curve")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def sum_of(scalars: list[int], points: list[Point]) -> Point:  # Pippenger
    width = max(2, min(12, len(points).bit_length() - 3))
    found = ZERO
    for window in range(255 // width, -1, -1):
        for _ in range(width):
            found = add(found, found)
        buckets: list[Point] = [ZERO] * (1 << width)
        for scalar, point in zip(scalars, points, strict=True):
            digit = scalar >> window * width & (1 << width) - 1
            if digit:
                buckets[digit] = add(buckets[digit], point)
        running = total = ZERO
        for held in reversed(buckets[1:]):
            running = add(running, held)
            total = add(total, running)
        found = add(found, total)
    return found


def is_zero(point: Point) -> bool:
    for _ in range(3):
        point = add(point, point)
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


def scalar_from(*parts: bytes) -> int:
    joined = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return int.from_bytes(sha512(joined).digest(), "little") % ORDER


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
# Nobody knows its logarithm to the base: it is a hash (the one with \x00 is no point), times 8.
SECOND = sum_of([8], [decode(sha512(b"quorate/second generator/1\x01").digest()[:32])])


def ed25519_verify(key: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != 64 or (scalar := int.from_bytes(signature[32:], "little")) >= ORDER:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return is_zero(sum_of([scalar, ORDER - 1, -challenge % ORDER], [BASE, decode(signature[:32]), decode(key)]))


def read_key(text: str) -> tuple[str, bytes]:
    name, _, rest = text.strip().partition("+")
    material = from_base64(rest.partition("+")[2], "key")
    if len(material) != 33 or material[0] != 1:
        raise Bad("key", "this is not an Ed25519 public key of the form NAME+ID+BASE64")
    return name, material[1:]


def read_note(note: Any, key: tuple[str, bytes], where: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a signed note (c2sp.org/tlog-checkpoint); every line by the key must hold."""
    text, divider, tail = note.rpartition("\n\n") if isinstance(note, str) else ("", "", "")
    lines, signed = text.split("\n"), False
    if not divider or len(lines) != 3 or not re.fullmatch("0|[1-9][0-9]*", lines[1]) or not tail.endswith("\n"):
        raise Bad(where, "it is not a signed note of three lines")
    text += "\n"
    for line in tail[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signature = from_base64(encoded, where)
        plain, timed = (sha256(key[0].encode() + b"\n" + bytes([kind]) + key[1]).digest()[:4] for kind in (1, 4))
        if mark != "—" or name != key[0] or signature[:4] not in (plain, timed):
            raise Bad(where, "it has a line of signature by another key")
        message, start = text, 4
        if signature[:4] == timed:
            message, start = f"cosignature/v1\ntime {int.from_bytes(signature[4:12], 'big')}\n{text}", 12
        if not ed25519_verify(key[1], message.encode(), signature[start:]):
            raise Bad(where, "its signature is wrong")
        signed = signed or signature[:4] == plain
    root = from_base64(lines[2], where)
    if not signed or len(root) != 32:
        raise Bad(where, "it is not signed by the key")
    return lines[0], int(lines[1]), root


def tree_root(leaves: list[bytes]) -> bytes:  # RFC 9162, 2.1.1
    level = [sha256(b"\x00" + leaf).digest() for leaf in leaves] or [sha256(b"").digest()]
    while len(level) > 1:
        pairs = [sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs) :]
    return level[0]


def check_ballot(ballot: Any, manifest: Json, where: str) -> None:
    kind, names = manifest["ballot"], {candidate["id"] for candidate in manifest["candidates"]}
    if kind == "scores":
        scored = isinstance(ballot, dict) and set(ballot) <= names
        if not scored or any(type(n) is not int or not 0 < n <= manifest["largest_score"] for n in ballot.values()):
            raise Bad(where, "these are not scores of this election")
        return
    if not isinstance(ballot, list) or any(not isinstance(rank, list) or not rank for rank in ballot):
        raise Bad(where, "this is not a ranking")
    marked = [name for rank in ballot for name in rank]
    if not set(marked) <= names or len(set(marked)) != len(marked) or any(rank != sorted(rank) for rank in ballot):
        raise Bad(where, "it names a stranger, or somebody twice, or not in the one order")
    widest = max((len(rank) for rank in ballot), default=0)
    if (kind == "approvals" and len(ballot) > 1) or (kind == "ranks" and widest > 1 and not manifest["equal_ranks"]):
        raise Bad(where, "it has ranks, or equals, that this election does not allow")


def check_shuffle(context: bytes, commitments: list[bytes], messages: list[int], proof: Any) -> None:
    """That the messages are those committed to, in some order (see the product's `shuffle.py` for the argument)."""
    steps, opening = proof["steps"], int.from_bytes(from_hex(proof["opening"], 32, "proof.opening"), "little")
    if len(steps) != len(commitments) - 1 or opening >= ORDER:
        raise Bad("proof.steps", "there are not as many steps as the ballots need")
    sides = b"".join(commitments), b"".join(message.to_bytes(32, "little") for message in messages)
    x = scalar_from(b"quorate/shuffle/point/1", context, *sides)
    said, read = b"", []
    for place, step in enumerate(steps):
        fields = [from_hex(text, 32, f"proof.steps[{place}]") for text in step]
        answers = [int.from_bytes(text, "little") for text in fields[3:]]
        read.append(([decode(text) for text in fields[:3]], answers))
        said += b"".join(fields[:3])
    points = [decode(text) for text in commitments]
    e = scalar_from(b"quorate/shuffle/challenge/1", x.to_bytes(32, "little"), said, opening.to_bytes(32, "little"))
    products = [sum_of([x, ORDER - 1], [BASE, points[0]])] + [given[0] for given, _answers in read]
    total = 1
    for message in messages:
        total = total * (x - message) % ORDER
    if not is_zero(sum_of([total, opening, ORDER - 1], [BASE, SECOND, products[-1]])):
        raise Bad("ballots", "they are not the ballots that were committed to: one was altered, added or dropped")
    seed = sha256(said + canonical(proof)).digest()
    on_base = on_second = 0
    on_products = [0] * len(products)
    scalars, chosen = [], []
    for place, (given, (z1, z2, z3)) in enumerate(read):
        v, w = (scalar_from(b"weight", seed, place.to_bytes(8, "big"), side) for side in (b"v", b"w"))
        on_base, on_second = on_base + w * (z1 - e * x), on_second + w * z2 + v * z3
        on_products[place] += v * z1
        on_products[place + 1] -= v * e
        scalars += [-w % ORDER, -v % ORDER, w * e % ORDER]
        chosen += [given[1], given[2], points[place + 1]]
    scalars += [scalar % ORDER for scalar in [*on_products, on_base, on_second]]
    if not is_zero(sum_of(scalars, [*chosen, *products, BASE, SECOND])):
        raise Bad("proof.steps", "the proof does not hold for these commitments and ballots")


def token_holds(n: int, e: int, message: bytes, signature: bytes) -> bool:
    """RSASSA-PSS with SHA-384 and a salt of 48 bytes (RFC 8017, 8.1.2), as RFC 9474 asks."""
    bits = n.bit_length() - 1
    length, number = (bits + 7) // 8, int.from_bytes(signature, "big")
    if number >= n or len(signature) != (n.bit_length() + 7) // 8:
        return False
    opened = pow(number, e, n)
    if opened.bit_length() > bits:
        return False
    encoded = opened.to_bytes(length, "big")
    masked, hashed = encoded[: length - 49], encoded[length - 49 : -1]
    mask = b"".join(sha384(hashed + count.to_bytes(4, "big")).digest() for count in range(length // 48 + 1))
    block = bytearray(a ^ b for a, b in zip(masked, mask, strict=False))
    block[0] &= 0xFF >> (8 * length - bits)
    if encoded[-1] != 0xBC or any(block[:-49]) or block[-49] != 1:
        return False
    return sha384(bytes(8) + sha384(message).digest() + block[-48:]).digest() == hashed


# The count -----------------------------------------------------------------------------------------------------


class Counter:
    """Counts by the rules that this file knows; `stages` are totals and non-transferable as text."""

    def __init__(self, manifest: Json, ballots: list[Any], seed: bytes, struck: list[str]) -> None:
        self.rule, self.seats, self.seed = manifest["rule"]["name"], manifest["seats"], seed
        self.names = [candidate["id"] for candidate in manifest["candidates"]]
        self.running = [name for name in self.names if name not in struck]
        self.ballots = [[r for rank in ballot if (r := [n for n in rank if n not in struck])] for ballot in ballots]
        firm = (takewhile(lambda rank: len(rank) == 1, ballot) for ballot in self.ballots)
        self.papers = [paper for ranks in firm if (paper := [rank[0] for rank in ranks])]
        self.stages: list[tuple[list[str], str]] = []
        self.elected: list[str] = []

    def run(self) -> Counter:
        if self.rule in ("plurality", "approval"):
            self._sums()
        for _seat in range(min(self.seats, len(self.running)) if self.rule == "irv" else 0):
            self._transferable(1, 1)
            self.running = [name for name in self.running if name not in self.elected]
        if self.rule == "scottish-stv":
            self._transferable(10**5, self.seats)
        return self

    def _by_lot(self, tied: list[str], stage: int) -> list[str]:
        return sorted(tied, key=lambda name: sha256(self.seed + stage.to_bytes(4, "big") + name.encode()).digest())

    def _sums(self) -> None:
        totals = dict.fromkeys(self.names, 0)
        for ballot in self.ballots:
            for name in ballot[0] if ballot and (self.rule == "approval" or len(ballot[0]) == 1) else []:
                totals[name] += 1
        self.stages.append(([str(totals[name]) for name in self.names], "0"))
        for most in sorted(set(totals.values()), reverse=True):
            top = [name for name in self.running if totals[name] == most]
            free = self.seats - len(self.elected)
            self.elected += top if len(top) <= free else self._by_lot(top, 1)[:free]

    def _transferable(self, unit: int, seats: int) -> None:
        """SSI 2011/399, Schedule 1, rules 45 to 52, in whole numbers of 1/unit of a vote."""
        hopeful, history, lost = list(self.running), list[dict[str, int]](), 0
        papers: dict[str, list[tuple[list[str], int]]] = {name: [] for name in self.names}
        totals, elected, surplus = dict.fromkeys(self.names, 0), list[str](), list[str]()

        def give(paper: list[str], value: int) -> int:
            for name in paper:
                if name in hopeful:
                    papers[name].append((paper, value))
                    totals[name] += value
                    return 0
            return value

        def rank(name: str) -> tuple[int, int]:
            return (-totals[name], self.names.index(name))

        def extreme(among: list[str], choose: Any) -> str:
            for then in reversed(history):
                wanted = choose(then[name] for name in among)
                among = [name for name in among if then[name] == wanted]
            return self._by_lot(among, len(self.stages))[0 if choose is max else -1]

        lost = sum(give(paper, unit) for paper in self.papers)
        quota = (sum(totals.values()) // unit // (seats + 1) + 1) * unit
        while True:
            reached = sorted([n for n in hopeful if totals[n] >= quota], key=rank)
            surplus += [name for name in reached if totals[name] > quota]
            hopeful = [name for name in hopeful if name not in reached]
            elected += reached
            if len(elected) + len(hopeful) <= seats:
                elected += sorted(hopeful, key=rank)
                hopeful = []
            history.append(dict(totals))
            self.stages.append(([_decimal(totals[name], unit) for name in self.names], _decimal(lost, unit)))
            if len(elected) >= seats or not hopeful:
                break
            chosen = extreme(surplus or hopeful, max if surplus else min)
            held, keeps = totals[chosen], quota if chosen in surplus else 0
            moved, papers[chosen], totals[chosen] = papers[chosen], [], keeps
            surplus = [name for name in surplus if name != chosen]
            hopeful = [name for name in hopeful if name != chosen]
            before = sum(totals.values())
            for paper, value in moved:
                give(paper, (held - keeps) * value // held if keeps else value)
            lost += held - keeps - (sum(totals.values()) - before)
        self.elected += elected[:seats]


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    return f"{whole}.{str(rest).zfill(len(str(unit)) - 1).rstrip('0')}" if rest else str(whole)


def seated(manifest: Json, count: Any) -> tuple[list[str], Any]:
    """Who is struck because a group has more seats than its cap, one after the other, and the last count."""
    struck, caps = list[str](), manifest["caps"]
    while True:
        found = count(struck)
        held, over = dict[str, int](), ""
        for name in found.elected:
            for group in caps["groups"].get(name, []) if caps else []:
                held[group] = held.get(group, 0) + 1
                over = name if held[group] > caps["limit"] else over
        if not over:
            return struck, found
        struck.append(over)


# The bundle ----------------------------------------------------------------------------------------------------

SECTIONS = ("manifest", "roll", "voted", "log", "head", "ballots", "proof", "tokens", "lot", "result", "key", "format")


def check(bundle: Json, key_text: str, receipts: list[Json]) -> list[str]:
    """Check all of it; raises Bad at the first thing that is wrong. Returns remarks."""
    for name in set(bundle) ^ {*SECTIONS, "manifest_hash", "sections", "seal"}:
        raise Bad(name, "this section is missing, or not one of a bundle")
    if bundle["format"] != "quorate-election-bundle/1":
        raise Bad("format", "this is not a bundle that this file reads")
    manifest, level, remarks = bundle["manifest"], bundle["manifest"]["level"], []
    if digest(manifest).hex() != bundle["manifest_hash"]:
        raise Bad("manifest", "it was frozen when voting opened, and candidates, rule, roll or dates are others")
    key = read_key(key_text or bundle["key"])
    if bundle["key"] != manifest["key"] or read_key(bundle["key"]) != key:
        raise Bad("key", "the bundle names another key")
    roll, voted = ordered(bundle["roll"], "roll"), ordered(bundle["voted"], "voted")
    if digest(roll).hex() != manifest["roll"]["hash"] or len(roll) != manifest["roll"]["size"]:
        raise Bad("roll", "it is not the one that was frozen when voting opened")
    for place in [place for place, who in enumerate(voted) if who not in set(roll)]:
        raise Bad(f"voted[{place}]", "somebody voted who is not on the roll")
    leaves, standing = [], []
    for place, row in enumerate(bundle["log"]):
        where = f"log[{place}]"
        if set(row) != {"commitment", "anchor", "code"}:
            raise Bad(where, "it is no entry of the log")
        leaves.append(from_hex(row["commitment"], 32, where) + from_hex(row["anchor"], 32, where))
        if row["code"] is None:
            standing.append(leaves[-1][:32])
        elif sha256(b"quorate/change code/1" + from_hex(row["code"], 32, where)).digest() != leaves[-1][32:]:
            raise Bad(where, "it is marked void, but not by whoever cast it: the change code is wrong")
    origin, size, root = read_note(bundle["head"], key, "head")
    if origin != manifest["log"] or size != len(leaves) or root != tree_root(leaves):
        raise Bad("log", f"it is not the log of {size} that was signed: an entry was altered, added or dropped")
    ballots, hidden = bundle["ballots"], bundle["ballots"] is None
    casts = [item.get("ballot") for item in ballots] if level == "A" else ballots or []
    for place, ballot in enumerate(casts):
        check_ballot(ballot, manifest, f"ballots[{place}]")
        if level != "A" and place and canonical(ballots[place - 1]) > canonical(ballot):
            raise Bad(f"ballots[{place}]", "it is not in its place")
    expected = len(standing) if level != "A" else len(voted)
    if not hidden and len(casts) != expected:
        raise Bad("ballots", f"there are {len(casts)} ballots for {expected} valid entries of the log")
    if level == "A" and ([item["voter"] for item in ballots] != voted or any(len(item) != 2 for item in ballots)):
        raise Bad("ballots", "they are not the ballots of those who voted")
    if level == "B" and len(voted) != len(standing):
        raise Bad("voted", f"{len(voted)} voted, and the log has {len(standing)} valid entries")
    if level == "C":
        tokens = ordered(bundle["tokens"], "tokens")
        n, e = int(manifest["registrar"]["n"], 16), manifest["registrar"]["e"]
        for place, item in enumerate(tokens):
            prefix, token = (from_hex(item[name], 32, f"tokens[{place}]") for name in ("prefix", "token"))
            signature = from_hex(item["signature"], (n.bit_length() + 7) // 8, f"tokens[{place}]")
            if len(item) != 3 or not token_holds(n, e, prefix + token, signature):
                raise Bad(f"tokens[{place}]", "the registrar did not sign it")
        if not len({item["token"] for item in tokens}) == len(tokens) == len(standing) <= len(voted):
            raise Bad("tokens", f"{len(tokens)} tokens, {len(standing)} valid entries, {len(voted)} issued")
    if hidden:
        remarks.append("the ballots are not published because there are so few: they were not counted again")
    else:
        if level != "A":
            tag = [manifest["log"], bundle["manifest_hash"], root.hex()]
            prefix = bytes.fromhex(bundle["manifest_hash"])
            messages = [scalar_from(b"quorate/ballot/1", prefix, canonical(ballot)) for ballot in ballots]
            check_shuffle(digest(tag), standing, messages, bundle["proof"])
        remarks += check_count(bundle, casts)
    for name in SECTIONS:
        if bundle["sections"].get(name) != digest(bundle[name]).hex():
            raise Bad(name, "it is not what was signed")
    if read_note(bundle["seal"], key, "seal") != (f"{origin}/result", len(casts), digest(bundle["sections"])):
        raise Bad("seal", "it is not the signature over this bundle")
    for place, receipt in enumerate(receipts):
        _origin, size, root = read_note(receipt["head"], key, f"receipt[{place}].head")
        row = bundle["log"][receipt["index"]]
        if size > len(leaves) or root != tree_root(leaves[:size]) or row["anchor"] != receipt["anchor"]:
            raise Bad(f"receipt[{place}]", "the published log is not the one that it was given from")
        if row["code"] is not None or row["commitment"] != receipt["commitment"]:
            raise Bad(f"receipt[{place}]", "this ballot was replaced by a later one")
    return remarks


def check_count(bundle: Json, casts: list[Any]) -> list[str]:
    manifest, lot, result = bundle["manifest"], bundle["lot"], bundle["result"]
    secret = from_hex(lot["secret"], 32, "lot.secret")
    if sha256(secret).hexdigest() != manifest["lot"]["commitment"]:
        raise Bad("lot.secret", "it is not the one that was committed to when voting opened")
    parts = (bytes.fromhex(bundle["manifest_hash"]), secret, lot["public_value"].encode())
    seed = sha256(b"".join(sha256(part).digest() for part in parts)).digest()
    if lot["seed"] != seed.hex():
        raise Bad("lot.seed", "it does not come from the secret and the public value")
    if manifest["rule"]["name"] not in ("scottish-stv", "irv", "plurality", "approval"):
        return [f"this file does not count by {manifest['rule']['name']}: use `quorate election count`"]
    struck, counter = seated(manifest, lambda struck: Counter(manifest, casts, seed, struck).run())
    if struck != result["struck"]:
        raise Bad("result.struck", f"struck by the cap: {', '.join(struck) or 'nobody'}")
    stages = result["count"]["stages"]
    for place, (totals, lost) in enumerate(counter.stages):
        said = stages[place] if place < len(stages) else {}
        names = {str(number): total for number, total in enumerate(totals, 1)}
        if said.get("totals") != names or said.get("non_transferable") != lost:
            raise Bad(f"result.count.stages[{place}]", "the totals of this stage are others")
    elected = [counter.names.index(name) + 1 for name in counter.elected]
    if (len(stages), result["count"]["elected"], result["elected"]) != (len(counter.stages), elected, counter.elected):
        raise Bad("result.elected", f"elected are: {', '.join(counter.elected) or 'nobody'}")
    return []


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check an election from its published bundle, offline.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", default="", help="the public key (name+id+base64), or a file with it")
    parser.add_argument("--receipt", action="append", default=[], type=Path, help="a receipt that you kept")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    try:
        bundle, *receipts = (json.loads(path.read_text("utf-8")) for path in (given.bundle, *given.receipt))
        key = given.key if given.key.count("+") >= 2 or not given.key else Path(given.key).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    found: Json = {"ok": True, "where": None, "why": None, "remarks": []}
    try:
        found["remarks"] = check(bundle, key.splitlines()[-1] if key else "", receipts)
    except Bad as error:
        found |= {"ok": False, "where": error.args[0], "why": error.args[1]}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        found |= {"ok": False, "where": "bundle", "why": f"it is malformed: {error!r}"}
    if not key:
        found["remarks"].append("the key was taken from the bundle: ask for it by another way, and give it with --key")
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print("ok" if found["ok"] else f"NOT ok: {found['where']}: {found['why']}", *found["remarks"], sep="\n- ")
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
