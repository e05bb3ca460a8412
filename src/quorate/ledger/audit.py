"""Proves the database's own ledger: that nothing in it was changed, removed, inserted or moved since it was sealed.

What is compared, each with the others: the stored bytes of every entry, its digest, its leaf, the nodes of the
tree, the signed checkpoints, the private values and their commitments, the index of references. Writers may go on
meanwhile; entries that are not sealed yet are checked against their own digest only, and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from quorate.ledger.canonical import canonical
from quorate.ledger.merkle import EMPTY_ROOT, Frontier, fold, leaf_hash
from quorate.ledger.models import Checkpoint, Entry, EntryRef, Leaf, Node, PrivateValue
from quorate.ledger.notes import NoteError, Opened, PublicKey, open_note
from quorate.ledger.records import CHUNK, Stored, commitment, record, stored_leaves, stored_tail
from quorate.ledger.sealer import NODE_LEVEL

SHREDDED = "ledger.shredded"


@dataclass
class Verdict:
    """What was found. `first_bad` names the entry (`seq`) and says why; `size` and `root` are those of the last
    checkpoint, `entries` counts all entries, `unsealed` those that no checkpoint covers yet."""

    entries: int = 0
    size: int = 0
    root: str = EMPTY_ROOT.hex()
    first_bad: dict[str, Any] | None = None
    unsealed: int = 0
    checkpoints: int = 0
    signed_by: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return self.first_bad is None

    def as_dict(self) -> dict[str, Any]:
        """The form that is printed with `--json`."""
        return {
            "ok": self.ok,
            "entries": self.entries,
            "size": self.size,
            "root": self.root,
            "first_bad": self.first_bad,
            "unsealed": self.unsealed,
            "checkpoints": self.checkpoints,
            "signed_by": self.signed_by,
        }


class _Bad(Exception):
    def __init__(self, seq: int | None, why: str) -> None:
        super().__init__(why)
        self.seq, self.why = seq, why


def verify(keys: list[PublicKey], kept: Iterable[str] = ()) -> Verdict:
    """Check the whole ledger of this database.

    `keys` are the public keys that one trusts; `kept` are signed notes from outside, which the ledger must
    continue. Raises NoteError when one of those is not a note by one of the keys.
    """
    return _Audit(keys, [open_note(note, keys) for note in kept]).run()


class _Audit:
    def __init__(self, keys: list[PublicKey], kept: list[Opened]) -> None:
        self.keys = keys
        self.kept = sorted(kept, key=lambda opened: opened.checkpoint.size)
        self.verdict = Verdict()
        self.frontier = Frontier()
        self.blocks: dict[int, list[bytes]] = {}
        self.shredded = _shredded()
        self.last_seq = 0

    def run(self) -> Verdict:
        self.verdict.entries = Entry.objects.count()
        try:
            heads = Checkpoint.objects.order_by("size").annotate(
                created_text=Cast("created_at", TextField()), frontier_text=Cast("frontier", TextField())
            )
            for head in heads.iterator():
                self._batch(head, head.created_text, head.frontier_text)
            self._end()
            self._lost()
        except _Bad as bad:
            self.verdict.first_bad = {"seq": bad.seq, "why": bad.why}
        except (DatabaseError, TypeError, ValueError) as error:
            self.verdict.first_bad = {"seq": self.last_seq, "why": f"a row cannot be read: {error}"}
        return self.verdict

    def _batch(self, head: Checkpoint, created: str, frontier: str) -> None:
        """The leaves that one checkpoint added; the texts are two columns as the database has them."""
        opened = self._opened(head)
        before, first_seq = self.frontier.size, None
        while self.kept and self.kept[0].checkpoint.size <= head.size:
            self._leaves(self.kept[0].checkpoint.size)
            kept = self.kept.pop(0).checkpoint
            if kept.root != self.frontier.root() or kept.origin != opened.checkpoint.origin:
                raise _Bad(self.last_seq, f"the ledger does not continue the checkpoint of {kept.size} that was given")
        first_seq = self._leaves(head.size)
        if first_seq is None:
            first_seq = self.last_seq
        if self.frontier.root() != opened.checkpoint.root:
            span = f"one of the entries {first_seq} to {self.last_seq} (leaves {before} to {head.size - 1})"
            raise _Bad(first_seq, f"{span} was changed together with its digest and its leaf")
        edge = bytes(self.frontier)
        steps = [edge[at : at + 32].hex() for at in range(0, len(edge), 32)]
        exact = (created, frontier) == (str(opened.at)[:19], canonical(steps).decode())
        if head.frontier != steps or (connection.vendor == "sqlite" and not exact):
            raise _Bad(
                self.last_seq, f"the time or the edge of the tree stored with checkpoint {head.size} was changed"
            )
        self.verdict.size, self.verdict.root = head.size, head.root
        self.verdict.checkpoints += 1
        if opened.key.text() not in self.verdict.signed_by:
            self.verdict.signed_by.append(opened.key.text())

    def _opened(self, head: Checkpoint) -> Opened:
        """A checkpoint whose row says what its signed note says."""
        known = Leaf.objects.filter(index=max(0, head.size - 1)).values_list("entry_id", flat=True).first()
        seq = known if known is not None else self.last_seq
        try:
            opened = open_note(head.note, self.keys)
        except NoteError as error:
            raise _Bad(seq, f"the checkpoint of {head.size}: {error}") from error
        signed = opened.checkpoint
        if opened.at is None:
            raise _Bad(seq, f"the checkpoint of {head.size} lost its timestamped signature")
        if (head.size, head.root, head.created_at) != (signed.size, signed.root.hex(), opened.at):
            raise _Bad(seq, f"the row of the checkpoint of {head.size} says other than its signed note")
        return opened

    def _leaves(self, size: int) -> int | None:
        """Check and take in the leaves up to `size`; the number of the first entry among them."""
        first_seq = None
        rows = stored_leaves(self.frontier.size, size)
        while chunk := list(islice(rows, CHUNK)):
            beside = _beside(chunk)
            for found in chunk:
                self._leaf(found, size)
                self._values(found, beside)
                seq = found.seq or 0
                first_seq = seq if first_seq is None else first_seq
                self.last_seq = seq
                self._grow(bytes.fromhex(found.leaf or ""))
        if self.frontier.size < size:
            why = f"leaf {self.frontier.size} is missing, and a checkpoint of {size} is signed"
            raise _Bad(self._skipped(None), why)
        return first_seq

    def _leaf(self, found: Stored, size: int) -> None:
        expected = self.frontier.size
        if found.index != expected:
            raise _Bad(self._skipped(found.leaf_seq), f"leaf {expected} of {size} is missing")
        if found.seq is None:
            raise _Bad(self._owner(found), f"the entry of leaf {expected} was removed or renumbered")
        if found.fault:
            raise _Bad(found.seq, found.fault)
        if found.leaf_now() != found.leaf:
            if found.digest_now() != found.digest:
                raise _Bad(found.seq, "the entry was changed after it was sealed")
            raise _Bad(self._owner(found), f"leaf {expected} was changed, or the entry together with its digest")
        if found.digest_now() != found.digest:
            raise _Bad(found.seq, "the digest of the entry was changed")

    def _owner(self, found: Stored) -> int | None:
        """The entry that a leaf was made of, when its row may have been bent to point elsewhere."""
        skipped = self._outside().first()
        if skipped is not None and leaf_hash(record(skipped)).hex() == found.leaf:
            return skipped.seq
        return found.leaf_seq

    def _skipped(self, before: int | None) -> int:
        """The entry whose leaf is missing between the last one and `before`."""
        if connection.vendor == "sqlite" or before is None or before <= self.last_seq:
            return self.last_seq + 1  # on SQLite there is one writer, and numbers have no gap
        skipped = self._outside().filter(seq__lt=before).first()
        return skipped.seq if skipped is not None else before - 1

    def _outside(self) -> QuerySet[Entry]:
        """Entries after the last one seen that have no place in the tree."""
        size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
        nowhere = Q(leaf__isnull=True) | Q(leaf__index__gte=size) | Q(leaf__index__lt=0)
        return Entry.objects.filter(nowhere, seq__gt=self.last_seq).order_by("seq")

    def _grow(self, leaf: bytes) -> None:
        """Add a leaf, and compare the stored nodes that it completes."""
        self.frontier.append(leaf)
        level, node = 0, leaf
        while True:
            block = self.blocks.setdefault(level, [])
            block.append(node)
            if len(block) < 1 << NODE_LEVEL:
                return
            node = fold(block)
            block.clear()
            level += NODE_LEVEL
            index = (self.frontier.size >> level) - 1
            stored = Node.objects.filter(level=level, index=index).values_list("hash", flat=True).first()
            if stored != node.hex():
                raise _Bad(self.last_seq, f"the stored node {index} of level {level} was changed or removed")

    def _values(self, found: Stored, beside: _Beside) -> None:
        """The private values and the index of references that stand beside an entry."""
        seq = found.seq or 0
        values = beside.values.pop(seq, {})
        for name, promised in (found.private or {}).items():
            if name in values:
                salt, value = values.pop(name)
                if commitment(salt, value) != promised:
                    raise _Bad(seq, f"the private value {name!r} is not the one that was recorded")
            elif (seq, name) not in self.shredded:
                raise _Bad(seq, f"the private value {name!r} was removed, and no entry says so")
        if values:
            raise _Bad(seq, f"the private value {min(values)!r} was added")
        if beside.refs.pop(seq, set()) != {(kind, ref) for kind, ref, *_ in found.refs or ()}:
            raise _Bad(seq, "the index of its references was changed")

    def _end(self) -> None:
        """What no checkpoint covers."""
        if self.kept:
            size = self.kept[0].checkpoint.size
            why = f"{size - self.frontier.size} entries at the end were removed: a checkpoint of {size} was given"
            raise _Bad(self.last_seq + 1, why)
        size = self.frontier.size
        newest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
        extra = Leaf.objects.filter(Q(index__gte=newest) | Q(index__lt=0)).order_by("index").first()
        if extra is not None and newest == size:
            raise _Bad(extra.entry_id, f"leaf {extra.index} stands outside the tree of the last checkpoint")
        if Node.objects.count() > sum(newest >> level for level in range(NODE_LEVEL, 64, NODE_LEVEL)):
            raise _Bad(self.last_seq, "a node was added to the tree")
        for found, beside in _with_beside(stored_tail(size)):
            if found.fault:
                raise _Bad(found.seq, found.fault)
            if found.digest_now() != found.digest:
                raise _Bad(found.seq, "the entry was changed before it was sealed")
            self._values(found, beside)
            self.verdict.unsealed += 1

    def _lost(self) -> None:
        """Rows that belong to no entry, which only a database without foreign keys can hold."""
        entry = Entry.objects.filter(seq=OuterRef("entry_id"))
        for model, what in ((PrivateValue, "private value"), (EntryRef, "reference")):
            lost = model._default_manager.filter(~Exists(entry)).values_list("entry_id", flat=True).first()
            if lost is not None:
                raise _Bad(lost, f"a {what} belongs to an entry that is not there")


class _Beside:
    """The private values and references of some entries, in two queries."""

    def __init__(self, rows: list[Stored]) -> None:
        seqs = [row.seq for row in rows if row.seq is not None]
        self.values: dict[int, dict[str, tuple[str, Any]]] = {}
        self.refs: dict[int, set[tuple[str, str]]] = {}
        if not seqs:
            return
        private = PrivateValue.objects.filter(entry_id__in=seqs).values_list("entry_id", "field", "salt", "value")
        for seq, name, salt, value in private:
            self.values.setdefault(seq, {})[name] = (salt, value)
        for seq, kind, ref in EntryRef.objects.filter(entry_id__in=seqs).values_list("entry_id", "kind", "ref"):
            self.refs.setdefault(seq, set()).add((kind, ref))


def _beside(rows: list[Stored]) -> _Beside:
    """The rows beside some entries; names the entry whose rows cannot even be read."""
    try:
        return _Beside(rows)
    except (DatabaseError, ValueError) as error:
        if len(rows) == 1:
            raise _Bad(rows[0].seq, f"what stands beside the entry cannot be read: {error}") from error
    for row in rows:
        _beside([row])
    raise _Bad(None, "what stands beside the entries cannot be read")


def _with_beside(rows: Iterator[Stored]) -> Iterator[tuple[Stored, _Beside]]:
    while chunk := list(islice(rows, CHUNK)):
        beside = _beside(chunk)
        for row in chunk:
            yield row, beside


def _shredded() -> set[tuple[int, str]]:
    """Which private values were removed by an action, as (entry, field): as much memory as was shredded."""
    removed: dict[str, list[str]] = {}
    for values in Entry.objects.filter(kind=SHREDDED).values_list("data__values", flat=True).iterator():
        for uid, fields in (values or {}).items():
            removed.setdefault(uid, []).extend(fields)
    seqs: dict[UUID, int] = {}
    uids = iter(removed)
    while chunk := [UUID(uid) for uid in islice(uids, 500)]:
        seqs.update(Entry.objects.filter(uid__in=chunk).values_list("uid", "seq"))
    return {(seqs[UUID(uid)], name) for uid, names in removed.items() for name in names if UUID(uid) in seqs}
