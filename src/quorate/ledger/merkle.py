"""Merkle trees as in RFC 9162, section 2: roots, inclusion and consistency proofs, and a frontier to append to.

Pure functions over 32-byte SHA-256 hashes; nothing here knows what an entry is. A proof is first named as ranges of
leaves (`inclusion_ranges`, `consistency_ranges`), so that a caller with stored nodes reads only those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import islice

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
Range = tuple[int, int]
"""Leaves `[first, after)`."""

_BLOCK_LEVEL = 8
_BLOCK = 1 << _BLOCK_LEVEL


def leaf_hash(data: bytes) -> bytes:
    """The hash of one record (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root of a complete subtree: as many hashes as a power of two."""
    level = list(hashes)
    while len(level) > 1:
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return level[0]


class Frontier:
    """The complete subtrees on the right edge of a tree, largest first: all that appending needs.

    At most 64 hashes. `bytes(frontier)` is what a checkpoint stores; `Frontier(size, bytes)` takes it up again.
    """

    def __init__(self, size: int = 0, hashes: bytes = b"") -> None:
        if size < 0 or len(hashes) != HASH_BYTES * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} hashes on its edge")
        self.size = size
        self._edge = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]

    def __bytes__(self) -> bytes:
        return b"".join(self._edge)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self._push(leaf, 0)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in order; whole blocks are hashed level by level, which is faster."""
        source = iter(leaves)
        for leaf in islice(source, -self.size % _BLOCK):
            self._push(leaf, 0)
        while block := list(islice(source, _BLOCK)):
            if len(block) == _BLOCK:
                self._push(fold(block), _BLOCK_LEVEL)
            else:
                for leaf in block:
                    self._push(leaf, 0)

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return _root_of_edge(self._edge)

    def _push(self, node: bytes, level: int) -> None:
        count = self.size >> level
        while count & 1:
            node = node_hash(self._edge.pop(), node)
            count >>= 1
        self._edge.append(node)
        self.size += 1 << level


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def complete_subtrees(first: int, after: int) -> list[tuple[int, int]]:
    """The complete subtrees that make up a range of a tree, left to right, as (level, index).

    `first` must be where a subtree of the range's size may start, as it is in every range of a proof.
    """
    found = []
    while first < after:
        level = (after - first).bit_length() - 1
        if first % (1 << level):
            raise ValueError(f"[{first}, {after}) is no subtree of a Merkle tree")
        found.append((level, first >> level))
        first += 1 << level
    return found


def join_subtrees(hashes: Sequence[bytes]) -> bytes:
    """The hash of a range from the hashes of its complete subtrees, left to right."""
    return _root_of_edge(hashes)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove that leaf `index` is in the tree of `size`, from the leaf up."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path = []
    first, after = 0, size
    while after - first > 1:
        middle = first + _split(after - first)
        if index < middle:
            path.append((middle, after))
            after = middle
        else:
            path.append((first, middle))
            first = middle
    return path[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose hashes prove that the tree of `old` leaves is the start of the tree of `new`."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} leaves does not continue one of {old}")
    path = []
    first, after = 0, new
    while old < after:
        middle = first + _split(after - first)
        if old <= middle:
            path.append((middle, after))
            after = middle
        else:
            path.append((first, middle))
            first = middle
    if first:
        path.append((first, after))
    return path[::-1]


def proof(ranges: Iterable[Range], node: Callable[[Range], bytes]) -> list[bytes]:
    """The hashes of a proof, from its ranges and a way to hash a range."""
    return [node(found) for found in ranges]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether `path` shows that `leaf` is leaf `index` of the tree of `size` with root `expected` (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(step, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, step)
        place, last = place >> 1, last >> 1
    return last == 0 and node == expected


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that the tree of `new` leaves begins with the tree of `old` leaves (2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if not 0 < old < new:
        return False
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(width: int) -> int:
    """The largest power of two below `width`, which is at least 2."""
    return 1 << ((width - 1).bit_length() - 1)


def _root_of_edge(edge: Sequence[bytes]) -> bytes:
    if not edge:
        return EMPTY_ROOT
    joined = edge[-1]
    for left in reversed(edge[:-1]):
        joined = node_hash(left, joined)
    return joined
