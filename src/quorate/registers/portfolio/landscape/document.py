"""A landscape data file as read: its text, its items with their places, and what is odd about them."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.portfolio.landscape import positions
from quorate.registers.portfolio.landscape.positions import Json, Node
from quorate.registers.portfolio.landscape.scalars import Style

Dialect = Literal["landscape", "categories"]
Kind = Literal["project", "member", "product"]

#: Larger files than this are refused; the largest public landscape is about 1 MB.
MAX_BYTES = 16 * 1024 * 1024
MARKERS = {"category": "category", "subcategory": "subcategory", "item": "item"}
#: A file that uses one of these gives all projects of the foundation their level.
LEVELS = frozenset({"sandbox", "incubating", "graduated", "emeritus"})
MEMBER_SUFFIX = " (member)"


@dataclass(frozen=True, slots=True, order=True)
class ItemPath:
    """Where an item stands: names of its category and subcategory, and its own."""

    category: str
    subcategory: str
    name: str

    def __str__(self) -> str:
        return f"{self.category} / {self.subcategory} / {self.name}"


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something odd that does not stop an import. `code` is stable; `where` is `file:line`."""

    code: str
    where: str
    what: str
    item: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: `fields` are its values as written, without the dialect's null marker.

    `levelled` says that the file gives every project of the foundation its level, so that an item without one is
    none, whatever its repository.
    """

    path: ItemPath
    position: int
    line: int
    fields: dict[str, Json] = field(hash=False)
    levelled: bool = False

    @property
    def name(self) -> str:
        """The item's name as written, a member's suffix included."""
        return self.path.name

    @property
    def kind(self) -> Kind:
        """A member of the foundation, an open-source project, or anything else that is listed."""
        if self.fields.get("joined") or self.name.endswith(MEMBER_SUFFIX):
            return "member"
        if self.path.category.casefold().endswith(" members"):
            return "member"
        if self.fields.get("project"):
            return "project"
        return "project" if self.fields.get("repo_url") and not self.levelled else "product"

    @property
    def title(self) -> str:
        """The name without a member's suffix."""
        return self.name.removesuffix(MEMBER_SUFFIX)

    def text(self, key: str) -> str:
        """A field as text, "" when it is absent, null or not text."""
        value = self.fields.get(key)
        return value if isinstance(value, str) else ""

    def detail(self, key: str) -> Json:
        """A field of `extra`, or None."""
        extra = self.fields.get("extra")
        return extra.get(key) if isinstance(extra, dict) else None

    def repositories(self) -> list[str]:
        """The addresses in `repo_url` and `additional_repos`, the primary one first, as written."""
        more = self.fields.get("additional_repos")
        rest = [repo.get("repo_url") for repo in more if isinstance(repo, dict)] if isinstance(more, list) else []
        return [url for url in (self.fields.get("repo_url"), *rest) if isinstance(url, str) and url]

    def places(self) -> list[tuple[str, str]]:
        """(category, subcategory) of every place where the item is listed, its own first."""
        second = self.fields.get("second_path")
        listed = second if isinstance(second, list) else [second]
        more = [tuple(part.strip() for part in entry.split("/", 1)) for entry in listed if isinstance(entry, str)]
        return [(self.path.category, self.path.subcategory), *((p[0], p[1]) for p in more if len(p) == 2)]


@dataclass(frozen=True, slots=True, eq=False)
class LandscapeFile:
    """A file without faults. Immutable: an edit gives another one. `text` has no byte order mark."""

    name: str
    text: str
    root: Node
    items: tuple[Item, ...]
    warnings: tuple[Warning_, ...]
    bom: bool = False

    @property
    def dialect(self) -> Dialect:
        """The name of the top key."""
        return "landscape" if self.root.get("landscape") else "categories"

    @property
    def marked(self) -> bool:
        """Whether entries carry the null markers of the older dialect."""
        return any(kind in MARKERS and is_marked(node, kind) for kind, node in self.entries())

    @property
    def categories(self) -> Node:
        """The sequence of categories."""
        node = self.root.get(self.dialect)
        assert node is not None
        return node

    @property
    def newline(self) -> str:
        """The line break that the file uses."""
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"

    @property
    def style(self) -> Style:
        """How the file indents sequences under their key, learned from its own."""
        for kind, node in self.entries():
            entry = node.entry("items" if kind == "subcategory" else "subcategories")
            if entry and entry.node.items and not entry.node.flow and not node.flow:
                return Style(dash=max(entry.node.column - node.column, 0))
        return Style()

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """The file as it would be written; the bytes that were read when nothing was edited."""
        return (b"\xef\xbb\xbf" if self.bom else b"") + self.text.encode()

    def plain(self) -> Json:
        """The whole document as plain data."""
        return positions.plain(self.root)

    def item(self, path: ItemPath) -> Item:
        """The item at a path; NotFound when there is none."""
        for item in self.items:
            if item.path == path:
                return item
        raise NotFound(gettext("the landscape has no item “%s”") % path, where=self.name)

    def groups(self) -> Iterator[tuple[str, str, Node]]:
        """(category name, subcategory name, subcategory) in the order of the file."""
        for category in self.categories.items:
            subcategories = category.get("subcategories")
            for subcategory in subcategories.items if subcategories else ():
                yield name_of(category), name_of(subcategory), subcategory

    def entries(self) -> Iterator[tuple[str, Node]]:
        for category in self.categories.items:
            yield "category", category
            subcategories = category.get("subcategories")
            for subcategory in subcategories.items if subcategories else ():
                yield "subcategory", subcategory
                items = subcategory.get("items")
                for item in items.items if items else ():
                    yield "item", item


def is_marked(node: Node, kind: str) -> bool:
    """Whether an entry carries the null marker of its kind."""
    marker = node.get(kind)
    return marker is not None and marker.is_null


def name_of(node: Node) -> str:
    """The name of a category, a subcategory or an item."""
    found = node.get("name")
    return found.value if found is not None and isinstance(found.value, str) else ""


def decode(data: bytes | str, name: str) -> tuple[str, bool]:
    """Text and whether it began with a byte order mark. UserError for bytes that are not UTF-8."""
    if len(data) > MAX_BYTES:
        raise UserError(
            gettext("the file is larger than %d MB") % (MAX_BYTES // 2**20),
            where=name,
            mend=gettext("check that this is a landscape data file"),
        )
    if isinstance(data, str):
        return data.removeprefix("\ufeff"), data.startswith("\ufeff")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise UserError(
            gettext("the file is not UTF-8 text"),
            where=f"{name}:{data.count(10, 0, error.start) + 1}",
            mend=gettext("save it as UTF-8"),
        ) from None
    return text.removeprefix("\ufeff"), text.startswith("\ufeff")


#: The trees of the texts that were read or made last. Trees are never changed, so they may be shared.
_TREES: OrderedDict[str, Node] = OrderedDict()
_KEPT = 2
_lock = Lock()


def compose(text: str, name: str) -> Node:
    """The tree of a text; a recent one is reused. UserError when the file is empty."""
    with _lock:
        known = _TREES.get(text)
        if known is not None:
            _TREES.move_to_end(text)
    if known is not None:
        return known
    root = positions.compose(text, name)
    if root is None:
        raise UserError(
            gettext("the file is empty"),
            where=f"{name}:1",
            mend=gettext("begin with `landscape:` and a list of categories"),
        )
    remember(text, root)
    return root


def remember(text: str, root: Node) -> None:
    """Keep the tree of a text for the next reader of it."""
    with _lock:
        _TREES[text] = root
        _TREES.move_to_end(text)
        while len(_TREES) > _KEPT:
            _TREES.popitem(last=False)
