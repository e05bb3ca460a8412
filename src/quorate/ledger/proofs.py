"""Proofs from the tables: an entry is in the record, a checkpoint continues another, and the whole as a file.

All files are read by `verifier.py`, and by other tools of the C2SP family where a form of theirs exists.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from quorate.kernel.errors import Conflict, NotFound
from quorate.kernel.i18n import gettext
from quorate.ledger.merkle import (
    Range,
    complete_subtrees,
    consistency_ranges,
    fold,
    inclusion_ranges,
    join_subtrees,
    proof,
)
from quorate.ledger.models import Checkpoint, Entry, Leaf, Node
from quorate.ledger.records import record, stored_leaves
from quorate.ledger.sealer import NODE_LEVEL


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The proof that entry `seq` is leaf `index` of the tree of `size` with `root`: hashes from the leaf up."""

    seq: int
    index: int
    size: int
    root: str
    path: list[bytes]
    record: bytes
    note: str

    def file(self) -> str:
        """A `.tlog-proof` (c2sp.org/tlog-proof) with the entry as its extra data: it stands for itself."""
        steps = "".join(f"{b64encode(step).decode()}\n" for step in self.path)
        extra = b64encode(self.record).decode()
        return f"c2sp.org/tlog-proof@v1\nextra {extra}\nindex {self.index}\n{steps}\n{self.note}"


def inclusion(seq: int) -> Inclusion:
    """The proof for one entry under the newest checkpoint. NotFound: no such entry; Conflict: not sealed yet."""
    entry = Entry.objects.filter(pk=seq).first()
    if entry is None:
        raise NotFound(gettext("there is no entry %d") % seq)
    leaf = Leaf.objects.filter(entry=entry).first()
    head = newest_checkpoint()
    if leaf is None or head is None or leaf.index >= head.size:
        raise Conflict(gettext("entry %d is not sealed yet") % seq, mend=gettext("come back in a minute"))
    path = proof(inclusion_ranges(leaf.index, head.size), _range_hash)
    return Inclusion(seq, leaf.index, head.size, head.root, path, record(entry), head.note)


def consistency(old: int, new: int) -> str:
    """The proof (JSON) that the checkpoint of size `new` continues the one of size `old`."""
    heads = {head.size: head for head in Checkpoint.objects.filter(size__in=[old, new])}
    for size in (old, new):
        if size not in heads:
            raise NotFound(gettext("there is no checkpoint of size %d") % size)
    if old > new:
        raise Conflict(gettext("the older checkpoint comes first"))
    path = proof(consistency_ranges(old, new), _range_hash)
    body = {"old": heads[old].note, "new": heads[new].note, "proof": [b64encode(step).decode() for step in path]}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def newest_checkpoint() -> Checkpoint | None:
    """The last signed head of the tree, if anything was sealed."""
    return Checkpoint.objects.order_by("-size").first()


def export_lines() -> Iterator[bytes]:
    """Every sealed entry in the order of the tree, with the checkpoint after each batch, as `verifier.py` reads it."""
    start = 0
    for size, note in Checkpoint.objects.order_by("size").values_list("size", "note").iterator():
        for found in stored_leaves(start, size):
            yield b'{"leaf":"%s","entry":%s}\n' % ((found.leaf or "").encode(), found.record)
        yield b'{"checkpoint":%s}\n' % json.dumps(note, ensure_ascii=False).encode()
        start = size


def _range_hash(found: Range) -> bytes:
    """The hash of a range from the stored nodes, and leaves where there are none."""
    return join_subtrees([_subtree_hash(level, index) for level, index in complete_subtrees(*found)])


def _subtree_hash(level: int, index: int) -> bytes:
    stored_level = level - level % NODE_LEVEL
    width = 1 << (level - stored_level)
    span = (index * width, (index + 1) * width)
    if stored_level:
        rows = Node.objects.filter(level=stored_level, index__gte=span[0], index__lt=span[1])
    else:
        rows = Leaf.objects.filter(index__gte=span[0], index__lt=span[1])  # type: ignore[assignment]  # one of two tables
    hashes = [bytes.fromhex(text) for text in rows.order_by("index").values_list("hash", flat=True)]
    if len(hashes) != width:
        raise Conflict(gettext("the tree of the ledger has a gap"), mend=gettext("run `quorate ledger verify`"))
    return fold(hashes)
