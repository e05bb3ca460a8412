#!/usr/bin/env python3
"""Check an election from what was published, without trusting the software that ran it.

    python verifier.py BUNDLE.json [--key KEY] [--receipt RECEIPT.json]... [--json]

One file, the standard library only. KEY is the public key that signs (`name+id+base64`), or a file that holds it; ask for it by
another way than the bundle, for one that was made up wholly is consistent in itself. Exit status: 0 everything holds, 1
something does not, 2 the question was not understood. It cannot see: a ballot that a voter's own device altered, a person on the
roll who should not be, a vote in the name of one who did not vote (who sees it in `voted`), and why a candidate withdrew.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from base64 import b64decode, b64encode
from collections import Counter
from functools import cache, reduce
from hashlib import sha256, sha384, sha512
from itertools import pairwise, takewhile
from operator import sub
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Bad(Exception):
    """Something does not hold: where in the bundle, and why."""


def refuse(wrong: object, where: str, why: str) -> None:
    if wrong:
        raise Bad(where, why)


def canonical(value: object) -> bytes:  # RFC 8785, for text, whole numbers, lists, and objects with ASCII keys
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value: object) -> bytes:
    return sha256(canonical(value)).digest()


def from_hex(text: Any, length: int, where: str) -> bytes:
    refuse(not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", str(text)), where, f"{length} bytes in hexadecimal?")
    return bytes.fromhex(text)


def from_base64(text: str, where: str) -> bytes:
    refuse(not text or b64encode(b64decode(text + "==")).decode() != text, where, "base64 was expected")
    return b64decode(text)


def ordered(items: list[Any], where: str) -> list[Any]:
    for place, (one, next_) in enumerate(pairwise(map(canonical, items)), 1):
        refuse(one >= next_, f"{where}[{place}]", "it stands twice or not in its place")
    return items


P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)


def decode(encoded: bytes) -> Point:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    x = x * pow(2, (P - 1) // 4, P) % P if (v * x * x - u) % P else x
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
    point = sum_of([8], [point])
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


def scalar_from(*parts: bytes) -> int:
    joined = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return int.from_bytes(sha512(joined).digest(), "little") % ORDER


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
# Nobody knows its logarithm to the base: it is a hash (the one with \x00 is no point), times 8.
SECOND = sum_of([8], [decode(sha512(b"quorate/second generator/1\x01").digest()[:32])])


def read_key(text: str) -> tuple[str, bytes]:
    name, _, rest = text.strip().partition("+")
    material = from_base64(rest.partition("+")[2], "key")
    refuse(len(material) != 33 or material[0] != 1, "key", "this is no Ed25519 public key NAME+ID+BASE64")
    return name, material[1:]


def read_note(note: Any, key: tuple[str, bytes], where: str) -> tuple[str, int, bytes]:  # c2sp.org/tlog-checkpoint
    text, divider, tail = note.rpartition("\n\n") if isinstance(note, str) else ("", "", "")
    lines, signed = text.split("\n"), False
    formed = divider and len(lines) == 3 and re.fullmatch("0|[1-9][0-9]*", lines[1]) and tail.endswith("\n")
    refuse(not formed, where, "it is not a signed note of three lines")
    text += "\n"
    for line in tail[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signature = from_base64(encoded, where)
        plain, timed = (sha256(key[0].encode() + b"\n" + bytes([kind]) + key[1]).digest()[:4] for kind in (1, 4))
        refuse((mark, name) != ("—", key[0]) or signature[:4] not in (plain, timed), where, "another key signed it")
        message, start = text, 4
        if signature[:4] == timed:
            message, start = f"cosignature/v1\ntime {int.from_bytes(signature[4:12], 'big')}\n{text}", 12
        given, scalar = signature[start : start + 32], int.from_bytes(signature[start + 32 :], "little")
        hashed = int.from_bytes(sha512(given + key[1] + message.encode()).digest(), "little")
        sides = sum_of([scalar, ORDER - 1, -hashed % ORDER], [BASE, decode(given), decode(key[1])])
        refuse(scalar >= ORDER or not is_zero(sides), where, "its signature is wrong")
        signed = signed or signature[:4] == plain
    root = from_base64(lines[2], where)
    refuse(not signed or len(root) != 32, where, "it is not signed by the key")
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
        good = scored and all(type(n) is int and 0 < n <= manifest["largest_score"] for n in ballot.values())
        refuse(not good, where, "these are not scores of this election")
        return
    ranked = isinstance(ballot, list) and all(isinstance(rank, list) and rank == sorted(rank) != [] for rank in ballot)
    refuse(not ranked, where, "this is not a ranking in the one order")
    marked = [name for rank in ballot for name in rank]
    refuse({*marked} - names or len({*marked}) != len(marked), where, "it names a stranger, or somebody twice")
    equals = kind == "ranks" and len(marked) > len(ballot) and not manifest["equal_ranks"]
    refuse(equals or (kind == "approvals" and len(ballot) > 1), where, "it has ranks, or equals, that are not allowed")


def check_shuffle(context: bytes, commitments: list[bytes], messages: list[int], proof: Any) -> None:
    """That the messages are those committed to, in some order (the argument is in the product's `shuffle.py`)."""
    steps, opening = proof["steps"], int.from_bytes(from_hex(proof["opening"], 32, "proof.opening"), "little")
    refuse(len(steps) != len(commitments) - 1 or opening >= ORDER, "proof.steps", "there are not as many as are needed")
    sides = [b"".join(commitments), b"".join(message.to_bytes(32, "little") for message in messages)]
    x, said, read = scalar_from(b"quorate/shuffle/point/1", context, *sides), b"", []
    for place, step in enumerate(steps):
        fields = [from_hex(text, 32, f"proof.steps[{place}]") for text in step]
        answers = [int.from_bytes(text, "little") for text in fields[3:]]
        read.append(([decode(text) for text in fields[:3]], answers))
        said += b"".join(fields[:3])
    points = [decode(text) for text in commitments]
    e = scalar_from(b"quorate/shuffle/challenge/1", x.to_bytes(32, "little"), said, opening.to_bytes(32, "little"))
    products = [sum_of([x, ORDER - 1], [BASE, points[0]])] + [given[0] for given, _answers in read]
    total = reduce(lambda product, message: product * (x - message) % ORDER, messages, 1)
    same = is_zero(sum_of([total, opening, ORDER - 1], [BASE, SECOND, products[-1]]))
    refuse(not same, "ballots", "they are not the ballots committed to: one was altered, added or dropped")
    seed = sha256(said + canonical(proof)).digest()
    on_base, on_second, on_products, scalars, chosen = 0, 0, [0] * len(products), [], []
    for place, (given, (z1, z2, z3)) in enumerate(read):
        v, w = (scalar_from(b"weight", seed, place.to_bytes(8, "big"), side) for side in (b"v", b"w"))
        on_base, on_second = on_base + w * (z1 - e * x), on_second + w * z2 + v * z3
        on_products[place] += v * z1
        on_products[place + 1] -= v * e
        scalars += [-w % ORDER, -v % ORDER, w * e % ORDER]
        chosen += [given[1], given[2], points[place + 1]]
    scalars += [scalar % ORDER for scalar in [*on_products, on_base, on_second]]
    holds = is_zero(sum_of(scalars, [*chosen, *products, BASE, SECOND]))
    refuse(not holds, "proof.steps", "the proof does not hold for these commitments and ballots")


def token_holds(n: int, e: int, message: bytes, signature: bytes) -> bool:  # RFC 9474: PSS, SHA-384, salt of 48
    bits = n.bit_length() - 1
    length, number = (bits + 7) // 8, int.from_bytes(signature, "big")
    opened = pow(number, e, n)
    if number >= n or len(signature) != (n.bit_length() + 7) // 8 or opened.bit_length() > bits:
        return False
    encoded = opened.to_bytes(length, "big")
    masked, hashed = encoded[: length - 49], encoded[length - 49 : -1]
    mask = b"".join(sha384(hashed + count.to_bytes(4, "big")).digest() for count in range(length // 48 + 1))
    block = bytearray(a ^ b for a, b in zip(masked, mask, strict=False))
    block[0] &= 0xFF >> (8 * length - bits)
    formed = encoded[-1] == 0xBC and not any(block[:-49]) and block[-49] == 1
    return formed and sha384(bytes(8) + sha384(message).digest() + block[-48:]).digest() == hashed


@cache
def fits(need: tuple[int, ...], room: tuple[int, ...], kinds: Any, free: int) -> bool:
    """Whether `free` more can be taken so that every rule holds. `kinds`: who is in which rules, and how many."""
    inside = [min(free, sum(size for marks, size in kinds if at in marks)) for at in range(len(need))]
    if min(room, default=0) < 0 or any(least > more for least, more in zip(need, inside, strict=True)):
        return False
    if not kinds or not 0 <= free <= sum(size for _marks, size in kinds):
        return not free
    (marks, size), *rest = kinds
    steps = [[n * (at in marks) for at in range(len(need))] for n in range(min(size, free), -1, -1)]
    after = [[tuple(map(sub, side, step)) for side in (need, room)] for step in steps]
    return any(fits(*then, tuple(rest), free - min(size, free) + n) for n, then in enumerate(after))


class Count:  # by the rules that this file knows; `stages` are totals and non-transferable as text
    def __init__(self, manifest: Json, ballots: list[Any], seed: bytes, struck: list[str], limits: Json | None) -> None:
        self.rule, self.seats, self.seed = manifest["rule"]["name"], manifest["seats"], seed
        self.names = [candidate["id"] for candidate in manifest["candidates"]]
        self.running = [name for name in self.names if name not in struck]
        self.ballots = [[r for rank in ballot if (r := [n for n in rank if n not in struck])] for ballot in ballots]
        firm = (takewhile(lambda rank: len(rank) == 1, ballot) for ballot in self.ballots)
        self.papers = [paper for ranks in firm if (paper := [rank[0] for rank in ranks])]
        self.stages: list[tuple[list[str], str]] = []
        self.elected: list[str] = []
        # Caps hold; minima, then seats, are lowered as far as those who stand force it.
        sizes, rules = range(min(self.seats, len(self.running)), -1, -1), limits["rules"] if limits else []
        caps = [len(self.names) if rule["most"] is None else rule["most"] for rule in rules]
        self.rules: list[Any] = [[{*rule["candidates"]}, 0, cap] for rule, cap in zip(rules, caps, strict=True)]
        for own, rule in zip(self.rules, rules, strict=True):
            for own[1] in range(rule["least"], -1, -1):
                if any(self.possible([], self.running, size) for size in sizes):
                    break
        self.places = next(size for size in sizes if self.possible([], self.running, size))
        if self.rule in ("plurality", "approval"):
            self._sums()
        for _seat in range(self.places if self.rule == "irv" else 0):
            self._transferable(1, 1)
            self.running = [name for name in self.running if name not in self.elected]
        if self.rule == "scottish-stv":
            self._transferable(10**5, self.seats)

    def possible(self, elected: list[str], pool: list[str], places: int | None = None) -> bool:
        marks = (tuple(at for at, rule in enumerate(self.rules) if n in rule[0]) for n in pool if n not in elected)
        have = [len(rule[0].intersection(elected)) for rule in self.rules]
        need, room = (tuple(rule[side] - now for rule, now in zip(self.rules, have, strict=True)) for side in (1, 2))
        free = (self.places if places is None else places) - len(elected)
        return fits(need, room, tuple(sorted(Counter(marks).items(), reverse=True)), free)

    def seatable(self, among: list[str], elected: list[str], pool: list[str]) -> list[str]:
        return [name for name in among if self.possible([*elected, name], pool)]

    def _by_lot(self, tied: list[str], stage: int) -> list[str]:
        return sorted(tied, key=lambda name: sha256(self.seed + stage.to_bytes(4, "big") + name.encode()).digest())

    def _sums(self) -> None:
        totals, left = dict.fromkeys(self.names, 0), self.running
        for ballot in self.ballots:
            for name in ballot[0] if ballot and (self.rule == "approval" or len(ballot[0]) == 1) else []:
                totals[name] += 1
        self.stages.append(([str(totals[name]) for name in self.names], "0"))
        while len(self.elected) < self.places:
            left = self.seatable(left, self.elected, left)
            top = [name for name in left if totals[name] == max(totals[other] for other in left)]
            self.elected += top if self.possible(self.elected + top, left) else self._by_lot(top, 1)[:1]
            left = [name for name in left if name not in self.elected]

    def _transferable(self, unit: int, seats: int) -> None:  # SSI 2011/399, Schedule 1, rules 45 to 52; guard and doom
        hopeful, history, lost = list(self.running), list[dict[str, int]](), 0
        papers: dict[str, list[tuple[list[str], int]]] = {name: [] for name in self.names}
        totals, elected, surplus = dict.fromkeys(self.names, 0), list[str](), list[str]()
        alone, before = self.rule == "irv", self.elected
        places = seats if alone else self.places

        def give(paper: list[str], value: int) -> int:
            for name in paper:
                if name in hopeful:
                    papers[name].append((paper, value))
                    totals[name] += value
                    return 0
            return value

        def extreme(among: list[str], choose: Any) -> str:
            for then in reversed(history):
                wanted = choose(then[name] for name in among)
                among = [name for name in among if then[name] == wanted]
            return self._by_lot(among, len(self.stages))[0 if choose is max else -1]

        def text(value: int) -> str:
            whole, rest = divmod(value, unit)
            return f"{whole}.{str(rest).zfill(len(str(unit)) - 1).rstrip('0')}" if rest else str(whole)

        lost = sum(give(paper, unit) for paper in self.papers)
        quota = (sum(totals.values()) // unit // (seats + 1) + 1) * unit
        while True:
            history.append(dict(totals))
            self.stages.append(([text(totals[name]) for name in self.names], text(lost)))
            order = sorted(hopeful, key=lambda name: (-totals[name], self.names.index(name)))
            reached = [name for name in order if totals[name] >= quota]
            pool = self.running if alone else hopeful  # seat by seat, whoever is excluded stands again for the next
            while reached := self.seatable(reached, before + elected, pool):
                first = [name for name in reached if totals[name] == totals[reached[0]]]
                first = first if self.possible(before + elected + first, pool) else [extreme(first, max)]
                elected += first
                surplus += [name for name in first if totals[name] > quota]
                hopeful, reached = ([name for name in names if name not in first] for names in (hopeful, reached))
            left = self.seatable(hopeful, before + elected, pool)
            if len(elected) + len(left) <= places:
                elected += [name for name in order if name in left]
            if len(elected) >= places or not hopeful:
                break
            out = [name for name in hopeful if name not in left]
            if not out and not surplus:
                loose = [n for n in hopeful if alone or self.possible(elected, [name for name in hopeful if name != n])]
                out = [extreme(loose, min)]
            chosen = out or [extreme(surplus, max)]
            held, keeps = totals[chosen[0]], 0 if out else quota
            total = sum(totals.values())
            moved = [item for name in chosen for item in papers[name]]
            for name in chosen:
                papers[name], totals[name] = [], keeps
            surplus, hopeful = ([name for name in names if name not in chosen] for names in (surplus, hopeful))
            for paper, value in moved:
                give(paper, value if out else (held - keeps) * value // held)
            lost += total - sum(totals.values())
        self.elected = before + elected


SECTIONS = ["format", "key", "manifest", "roll", "voted", "issued", "log", "head", "ballots", "proof", "tokens", "lot"]
SECTIONS += ["withdrawn", "result"]


def check(bundle: Json, key_text: str, receipts: list[Json]) -> list[str]:
    """Check all of it; raises Bad at the first thing that is wrong. Returns remarks."""
    for name in set(bundle) ^ {*SECTIONS, "manifest_hash", "sections", "seal"}:
        raise Bad(name, "this section is missing, or not one of a bundle")
    refuse(bundle["format"] != "quorate-election-bundle/1", "format", "this is not a bundle that this file reads")
    manifest, level, remarks = bundle["manifest"], bundle["manifest"]["level"], []
    refuse(digest(manifest).hex() != bundle["manifest_hash"], "manifest", "it is not the one frozen when voting opened")
    key = read_key(key_text or bundle["key"])
    refuse(bundle["key"] != manifest["key"] or read_key(bundle["key"]) != key, "key", "the bundle names another key")
    roll, voted = ordered(bundle["roll"], "roll"), ordered(bundle["voted"], "voted")
    refuse({"hash": digest(roll).hex(), "size": len(roll)} != manifest["roll"], "roll", "it is not the one frozen")
    refuse(strangers := set(voted) - set(roll), "voted", f"somebody voted who is not on the roll: {strangers}")
    leaves, standing = [], []
    for place, row in enumerate(bundle["log"]):
        where = f"log[{place}]"
        refuse(set(row) != {"commitment", "anchor", "code"}, where, "it is no entry of the log")
        leaves.append(from_hex(row["commitment"], 32, where) + from_hex(row["anchor"], 32, where))
        if row["code"] is None:
            standing.append(leaves[-1][:32])
        elif sha256(b"quorate/change code/1" + from_hex(row["code"], 32, where)).digest() != leaves[-1][32:]:
            raise Bad(where, "it is marked void, but not by whoever cast it: the change code is wrong")
    origin, size, root = read_note(bundle["head"], key, "head")
    same = (origin, size, root) == (manifest["log"], len(leaves), tree_root(leaves))
    refuse(not same, "log", f"it is not the log of {size} that was signed: an entry was altered, added or dropped")
    ballots, hidden = bundle["ballots"], bundle["ballots"] is None
    casts = [item.get("ballot") for item in ballots] if level == "A" else ballots or []
    for place, ballot in enumerate(casts):
        check_ballot(ballot, manifest, f"ballots[{place}]")
        before = ballots[place - 1] if place and level != "A" else ballot
        refuse(canonical(before) > canonical(ballot), f"ballots[{place}]", "it is not in its place")
    expected = len(casts) if hidden else len(standing) if level != "A" else len(voted)
    refuse(len(casts) != expected, "ballots", f"there are {len(casts)} for {expected} valid entries")
    named = level == "A" and [{**item, "ballot": 0} for item in ballots] != [{"voter": v, "ballot": 0} for v in voted]
    refuse(named, "ballots", "they are not the ballots of those who voted")
    refuse(level == "B" and len(voted) != len(standing), "voted", f"{len(voted)} voted, {len(standing)} entries count")
    if level == "C":
        check_tokens(bundle, len(standing))
    if hidden:
        remarks.append("the ballots are not published because there are so few: they were not counted again")
    elif level != "A":
        messages = [scalar_from(b"quorate/ballot/1", digest(manifest), canonical(ballot)) for ballot in ballots]
        context = digest([manifest["log"], digest(manifest).hex(), root.hex()])
        check_shuffle(context, standing, messages, bundle["proof"])
    remarks += [] if hidden else check_count(bundle, casts)
    for name in SECTIONS:
        refuse(bundle["sections"].get(name) != digest(bundle[name]).hex(), name, "it is not what was signed")
    sealed = read_note(bundle["seal"], key, "seal") == (f"{origin}/result", len(casts), digest(bundle["sections"]))
    refuse(not sealed, "seal", "it is not the signature over this bundle")
    for receipt, where in zip(receipts, map("receipt[{}]".format, range(len(receipts))), strict=True):
        _origin, size, root = read_note(receipt["head"], key, where)
        row = bundle["log"][receipt["index"]]
        same = size <= len(leaves) and root == tree_root(leaves[:size]) and row["anchor"] == receipt["anchor"]
        refuse(not same, where, "the published log is not the one that it was given from")
        other = row["code"] is not None or row["commitment"] != receipt["commitment"]
        refuse(other, where, "this ballot was replaced by a later one")
    return remarks


def check_tokens(bundle: Json, standing: int) -> None:
    tokens, issued, registrars = ordered(bundle["tokens"], "tokens"), bundle["issued"], bundle["manifest"]["registrars"]
    for item, where in ((item, f"tokens[{place}]") for place, item in enumerate(tokens)):
        said = b"".join(from_hex(item[name], 32, where) for name in ("prefix", "token"))
        refuse(len(item) != 3 or len(item["signatures"]) != len(registrars), where, "each registrar signs it once")
        for held, registrar in zip(item["signatures"], registrars, strict=True):
            n = int(registrar["n"], 16)
            signature = from_hex(held, (n.bit_length() + 7) // 8, where)
            refuse(not token_holds(n, registrar["e"], said, signature), where, f"{registrar['name']} did not sign it")
    used = len({item["token"] for item in tokens})
    refuse(not used == len(tokens) == standing, "tokens", f"{len(tokens)} tokens for {standing} valid entries")
    refuse(not registrars or len(issued) != len(registrars), "issued", "each registrar says to whom they issued")
    for held, registrar, where in zip(issued, registrars, ("issued[0]", "issued[1]"), strict=False):
        who = ordered(held["electors"], where)
        refuse(len(who) < used or not set(who) <= set(bundle["roll"]), where, "fewer than used, or not of the roll")
        if registrar["key"]:  # a registrar apart signs the list with a key of their own
            mine = (f"{bundle['manifest']['log']}/issued", len(who), digest(who))
            signed = read_note(held["note"], read_key(registrar["key"]), where) == mine
            refuse(not signed, where, f"it is not the list that {registrar['name']} signed")
    refuse(issued[0]["electors"] != bundle["voted"], "issued[0]", "who took part is whom the first registrar issued to")


def check_count(bundle: Json, casts: list[Any]) -> list[str]:
    manifest, lot, result = bundle["manifest"], bundle["lot"], bundle["result"]
    secret = from_hex(lot["secret"], 32, "lot.secret")
    refuse(sha256(secret).hexdigest() != manifest["lot"]["commitment"], "lot.secret", "it is not the one committed to")
    parts = (bytes.fromhex(bundle["manifest_hash"]), secret, lot["public_value"].encode())
    seed = sha256(b"".join(sha256(part).digest() for part in parts)).digest()
    refuse(lot["seed"] != seed.hex(), "lot.seed", "it does not come from the secret and the public value")
    out = [item["candidate"] for item in bundle["withdrawn"]]
    limits, struck = manifest["constraints"], list[str]()
    asked = Count(manifest, [], seed, out, limits)
    allowed = not set(out) & set(result["elected"]) and asked.possible(result["elected"], [], len(result["elected"]))
    refuse(not allowed, "result.elected", "somebody withdrew, or a cap or reserved seat does not hold")
    if manifest["rule"]["name"] not in ("scottish-stv", "irv", "plurality", "approval"):
        return [f"this file does not count by {manifest['rule']['name']}: use `quorate election count`"]
    inside = bool(limits) and limits["mode"] == "count"
    counter = Count(manifest, casts, seed, out, limits if inside else None)
    while limits and not inside:  # at seating: the last who cannot be seated is struck, and all counted again
        seats, over, pool = list[str](), list[str](), [name for name in asked.names if name not in out + struck]
        for name in counter.elected:
            (seats if asked.possible([*seats, name], pool) else over).append(name)
        if not over:
            break
        struck.append(over[-1])
        counter = Count(manifest, casts, seed, out + struck, None)
    refuse(struck != result["struck"], "result.struck", f"struck at seating: {', '.join(struck) or 'nobody'}")
    stages = result["count"]["stages"]
    for place, (totals, lost) in enumerate(counter.stages[: len(stages)]):
        said = {"0": stages[place]["non_transferable"], **stages[place]["totals"]}
        found = {str(n): total for n, total in enumerate([lost, *totals])}
        refuse(said != found, f"result.count.stages[{place}]", "the totals of this stage are others")
    elected = [counter.names.index(name) + 1 for name in counter.elected]
    told = (len(stages), result["count"]["elected"], result["elected"])
    refuse(told != (len(counter.stages), elected, counter.elected), "result.elected", f"they are {counter.elected}")
    return []


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check an election from its published bundle, offline.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", default="", help="the public key (name+id+base64), or a file with it")
    parser.add_argument("--receipt", action="append", default=[], type=Path, help="a receipt that you kept")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    where = why = None
    remarks = [] if given.key else ["the key was taken from the bundle: get it another way, and give it with --key"]
    try:
        bundle, *receipts = (json.loads(path.read_text("utf-8")) for path in (given.bundle, *given.receipt))
        key = given.key if given.key.count("+") >= 2 or not given.key else Path(given.key).read_text("utf-8").strip()
        remarks = check(bundle, key.splitlines()[-1] if key else "", receipts) + remarks
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    except Bad as error:
        where, why = error.args
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        where, why = "bundle", f"it is malformed: {error!r}"
    found = {"ok": where is None, "where": where, "why": why, "remarks": remarks}
    told = "\n- ".join(["ok" if where is None else f"NOT ok: {where}: {why}", *remarks])
    print(json.dumps(found, ensure_ascii=False) if given.json else told)
    return 0 if where is None else 1


if __name__ == "__main__":
    sys.exit(main())
