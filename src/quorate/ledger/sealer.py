"""Puts committed entries into the tree and signs its head. Writers never wait for it.

Entries enter in the order of their number among those that are committed and not yet in the tree. On PostgreSQL a
number may be taken long before its transaction commits, so an entry can enter after ones with higher numbers; its
place in the tree is then its place in the record. On SQLite there is one writer and the two orders are the same.

One sealer works at a time: on SQLite because a transaction takes the write lock when it begins, on PostgreSQL by an
advisory lock. Were both to fail, the primary keys of leaves and checkpoints refuse the second one's rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max

from quorate.kernel import clock
from quorate.ledger.keys import public_keys, signing_key
from quorate.ledger.merkle import Frontier, fold, leaf_hash
from quorate.ledger.models import Checkpoint, Entry, Leaf, Node
from quorate.ledger.notes import Checkpoint as Head
from quorate.ledger.notes import NoteError, SigningKey, open_note
from quorate.ledger.records import record

BATCH = 1000
"""Entries to a checkpoint, at most: few enough that SQLite's writers wait some milliseconds only."""

LATE = 10_000
"""How far below the newest sealed number the quick search looks for entries that were committed late."""

NODE_LEVEL = 8
_LOCK = 0x6C65646765720001  # "ledger", 1


class SealError(Exception):
    """The tables do not agree with the last checkpoint; nothing is signed on top of that."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a run did: how many entries it sealed, and the size of the tree now."""

    entries: int
    size: int


def seal(*, thorough: bool = True) -> Sealed:
    """Seal what is committed. `thorough` also finds entries committed so late that the quick search misses them.

    Raises SealError when the ledger does not agree with its last checkpoint, and UserError without a key.
    """
    total = 0
    while True:
        count = _seal_batch(thorough)
        total += count
        if count < BATCH:
            return Sealed(total, tree_size())


def tree_size() -> int:
    """Leaves under the last checkpoint."""
    return Checkpoint.objects.aggregate(size=Max("size"))["size"] or 0


@transaction.atomic
def _seal_batch(thorough: bool) -> int:
    if not _alone():
        return 0
    last = Checkpoint.objects.order_by("-size").first()
    entries = _unsealed(thorough)
    if not entries:
        return 0
    key = signing_key(may_create=last is None)
    frontier = _frontier(last)
    leaves: list[Leaf] = []
    for entry in entries:
        hashed = leaf_hash(record(entry))
        leaves.append(Leaf(index=frontier.size, entry=entry, hash=hashed.hex()))
        frontier.append(hashed)
    Leaf.objects.bulk_create(leaves)
    first = frontier.size - len(leaves)
    Node.objects.bulk_create(_nodes(first, frontier.size, leaves))
    _sign(key, frontier, last)
    return len(entries)


def _alone() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _unsealed(thorough: bool) -> list[Entry]:
    newest = Leaf.objects.aggregate(seq=Max("entry_id"))["seq"] or 0
    waiting = Entry.objects.filter(leaf__isnull=True).order_by("seq")
    found = list(waiting.filter(seq__gt=newest - LATE)[:BATCH])
    if thorough and len(found) < BATCH:
        found = list(waiting.filter(seq__lte=newest - LATE)[: BATCH - len(found)]) + found
    return found


def _frontier(last: Checkpoint | None) -> Frontier:
    """The edge of the tree, trusted only as far as the signature on it goes."""
    leaves = Leaf.objects.aggregate(index=Max("index"))["index"]
    size = 0 if leaves is None else leaves + 1
    if last is None:
        if size:
            raise SealError(f"there are {size} leaves and no checkpoint")
        return Frontier()
    try:
        head = open_note(last.note, public_keys()).checkpoint
        frontier = Frontier(last.size, bytes.fromhex("".join(last.frontier)))
    except (NoteError, ValueError) as error:
        raise SealError(f"the checkpoint of {last.size}: {error}") from error
    if (head.size, head.root) != (size, frontier.root()) or last.size != size:
        raise SealError(f"the checkpoint of {last.size} does not fit the tree of {size} leaves")
    return frontier


def _nodes(first: int, size: int, fresh: Sequence[Leaf]) -> list[Node]:
    """The complete subtrees of 256, 65 536, ... leaves that the tree gained."""
    made: dict[tuple[int, int], bytes] = {}
    level = NODE_LEVEL
    while size >> level > first >> level:
        for index in range(first >> level, size >> level):
            made[level, index] = _node(level, index, fresh, made)
        level += NODE_LEVEL
    return [Node(level=level, index=index, hash=found.hex()) for (level, index), found in made.items()]


def _node(level: int, index: int, fresh: Sequence[Leaf], made: dict[tuple[int, int], bytes]) -> bytes:
    start, after = index << NODE_LEVEL, (index + 1) << NODE_LEVEL
    if level == NODE_LEVEL:
        known = {leaf.index: leaf.hash for leaf in fresh}
        stored = Leaf.objects.filter(index__gte=start, index__lt=min(after, fresh[0].index))
        known.update(stored.values_list("index", "hash"))
        return fold([bytes.fromhex(known[place]) for place in range(start, after)])
    below = dict(
        Node.objects.filter(level=level - NODE_LEVEL, index__gte=start, index__lt=after).values_list("index", "hash")
    )
    return fold([made.get((level - NODE_LEVEL, place)) or bytes.fromhex(below[place]) for place in range(start, after)])


def _sign(key: SigningKey, frontier: Frontier, last: Checkpoint | None) -> None:
    """Sign the new head, at a whole second that does not lie before the last."""
    at = clock.now().replace(microsecond=0)
    if last is not None:
        at = max(at, last.created_at)
    root = frontier.root()
    edge = bytes(frontier)
    Checkpoint.objects.create(
        size=frontier.size,
        root=root.hex(),
        frontier=[edge[place : place + 32].hex() for place in range(0, len(edge), 32)],
        note=key.sign(Head(key.name, frontier.size, root), at),
        created_at=at,
    )
