"""What a landscape data file must be, and what is odd but may stay.

Faults stop: wrong types, missing names, an item twice in one place. Oddities are warnings: the tools that
read these files ignore keys they do not know, and real files carry addresses that are not quite right.
Field names follow the published schema of landscape2 and what older files hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.registers.portfolio import repository_urls
from quorate.registers.portfolio.landscape import positions
from quorate.registers.portfolio.landscape.document import (
    LEVELS,
    Item,
    ItemPath,
    LandscapeFile,
    Warning_,
    compose,
    decode,
)
from quorate.registers.portfolio.landscape.positions import Json, Node

ITEM_TYPES: Mapping[str, str] = {
    "name": "text", "homepage_url": "url", "logo": "text", "description": "text", "second_path": "list",
    "project": "text", "joined": "date", "repo_url": "url", "branch": "text", "license": "text",
    "additional_repos": "list", "crunchbase": "url", "twitter": "url", "url_for_bestpractices": "url",
    "enduser": "bool", "extra": "map", "organization": "map", "unnamed_organization": "bool",
    "stock_ticker": "text", "allow_duplicate_repo": "bool", "project_org": "url", "open_source": "bool",
    "hide_license": "bool", "item": "marker",
}  # fmt: skip
EXTRA_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("accepted", "archived", "graduated", "incubating", "annual_review_date"), "date"),
    **dict.fromkeys(
        (
            "annual_review_url", "artwork_url", "blog_url", "bluesky_url", "dev_stats_url", "discord_url",
            "docker_url", "documentation_url", "facebook_url", "github_discussions_url", "gitter_url",
            "linkedin_url", "mailing_list_url", "package_manager_url", "pinterest_url", "reddit_url",
            "slack_url", "stack_overflow_url", "youtube_url", "summary_intro_url",
        ),
        "url",
    ),
    **dict.fromkeys(
        (
            "chat_channel", "clomonitor_name", "parent_project", "summary_business_use_case",
            "summary_integration", "summary_integrations", "summary_personas", "summary_release_rate",
            "summary_tags", "summary_use_case", "training_certifications", "training_type",
        ),
        "text",
    ),
    "annotations": "map", "audits": "list", "other_links": "list", "specification": "bool", "tag": "any",
}  # fmt: skip
#: Longer names are refused; the longest of the public landscapes has under 100 characters.
MAX_NAMES = {"category": 200, "subcategory": 200, "item": 300}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_KINDS = {"map": "a mapping", "seq": "a list", "scalar": "text"}


def read(data: bytes | str, name: str = "landscape.yml") -> LandscapeFile:
    """Reads and checks a landscape data file in either dialect.

    Raises UserError naming `name:line` and the mend; when several faults were found, `problems` holds all.
    """
    text, bom = decode(data, name)
    root = compose(text, name)
    reader = _Reader(text, name)
    items = tuple(reader.document(root))
    if reader.faults:
        first = reader.faults[0]
        raise UserError(first.what, where=first.where, mend=first.mend, problems=reader.faults)
    if any(item.text("project").lower() in LEVELS for item in items):
        items = tuple(replace(item, levelled=True) for item in items)
    reader.across(items)
    return LandscapeFile(name, text, root, items, tuple(reader.warnings), bom)


@dataclass
class _Reader:
    text: str
    name: str
    faults: list[UserError] = field(default_factory=list)
    warnings: list[Warning_] = field(default_factory=list)

    def fault(self, node: Node, what: str, mend: str, line: int = 0) -> None:
        self.faults.append(UserError(what, where=f"{self.name}:{line or node.line}", mend=mend))

    def warn(self, code: str, line: int, what: str, item: str = "") -> None:
        self.warnings.append(Warning_(code, f"{self.name}:{line}", what, item))

    def document(self, root: Node) -> Iterator[Item]:
        if root.kind != "map":
            self.fault(
                root,
                gettext("the file is not a landscape"),
                gettext("begin with `landscape:` or `categories:`"),
            )
            return
        top = [entry for entry in root.entries if entry.key in ("landscape", "categories")]
        if len(top) != 1:
            what = (
                gettext("the file has both `landscape:` and `categories:`")
                if top
                else gettext("the file has neither `landscape:` nor `categories:`")
            )
            self.fault(root, what, gettext("put the categories under one of the two"))
            return
        for entry in root.entries:
            if entry is not top[0]:
                self.warn("unknown-key", entry.line, gettext("“%s” is not part of the format") % entry.key)
        counter = iter(range(10**9))
        categories: dict[str, int] = {}
        for category in self.sequence(top[0].node, gettext("the categories")):
            label = self.named(category, "category", gettext("a category"))
            if label is None:
                continue
            if label in categories:
                what = gettext("category “%(name)s” stands twice, first on line %(line)d")
                values = {"name": label, "line": categories[label]}
                self.fault(category, what % values, gettext("put the subcategories of both under one"))
                continue
            categories[label] = category.line
            yield from self.category(category, label, counter)

    def category(self, category: Node, label: str, counter: Iterator[int]) -> Iterator[Item]:
        self.unknown(category, ("name", "subcategories", "category"))
        subcategories = category.get("subcategories")
        if subcategories is None:
            self.fault(category, gettext("category “%s” has no `subcategories`") % label, gettext("add the list"))
            return
        names: dict[str, int] = {}
        for subcategory in self.sequence(subcategories, gettext("the subcategories of “%s”") % label):
            name = self.named(subcategory, "subcategory", gettext("a subcategory"))
            if name is None:
                continue
            if name in names:
                self.fault(
                    subcategory,
                    gettext("“%(name)s” stands twice in “%(category)s”, first on line %(line)d")
                    % {"name": name, "category": label, "line": names[name]},
                    gettext("put the items of both under one"),
                )
                continue
            names[name] = subcategory.line
            self.unknown(subcategory, ("name", "items", "subcategory"))
            yield from self.subcategory(subcategory, label, name, counter)

    def subcategory(self, subcategory: Node, category: str, name: str, counter: Iterator[int]) -> Iterator[Item]:
        items = subcategory.get("items")
        if items is None:
            self.fault(
                subcategory,
                gettext("subcategory “%s” has no `items`") % name,
                gettext("add the list; `items: []` if it is empty"),
            )
            return
        seen: dict[str, int] = {}
        for node in self.sequence(items, gettext("the items of “%s”") % name):
            title = self.named(node, "item", gettext("an item"))
            if title is None:
                continue
            if title in seen:
                self.fault(
                    node,
                    gettext("item “%(item)s” stands twice in “%(group)s”, first on line %(line)d")
                    % {"item": title, "group": f"{category} / {name}", "line": seen[title]},
                    gettext("remove one of the two"),
                )
                continue
            seen[title] = node.line
            fields = self.fields(node, title)
            yield Item(ItemPath(category, name, title), next(counter), node.line, fields)

    def sequence(self, node: Node, what: str) -> list[Node]:
        """The members of a list; a null stands for an empty one."""
        if node.kind == "seq":
            return node.items
        if node.is_null:
            self.warn("empty-list", node.line, gettext("%s are empty") % what)
        else:
            self.fault(node, gettext("%s are not a list") % what, gettext("begin every entry with a dash"))
        return []

    def named(self, node: Node, kind: str, what: str) -> str | None:
        """The name of an entry, or None after noting what is wrong."""
        if node.kind != "map":
            self.fault(node, gettext("%s is not a mapping") % what, gettext("write `name:` and the other fields"))
            return None
        marker = node.get(kind)
        if marker is not None and not marker.is_null:
            mend = gettext("leave `%s:` empty and put the fields below it, at the same indentation") % kind
            self.fault(node, gettext("`%s:` must be empty") % kind, mend, marker.line)
            return None
        name = node.get("name")
        if name is None or name.is_null or name.value == "":
            self.fault(node, gettext("%s has no name") % what, gettext("add `name:` to it"))
            return None
        if not isinstance(name.value, str):
            self.fault(name, gettext("the name of %s is not text") % what, gettext("put the name in quotes"))
            return None
        limit = MAX_NAMES[kind]
        if len(name.value) > limit:
            what = gettext("the name is longer than %d characters") % limit
            self.fault(name, what, gettext("shorten it; the description has room"))
            return None
        return name.value

    def unknown(self, node: Node, known: tuple[str, ...] | Mapping[str, str], item: str = "", inside: str = "") -> None:
        for entry in node.entries:
            if entry.key not in known:
                key = inside + entry.key
                what = gettext("“%s” is not part of the format") % key
                self.warn("unknown-key", entry.line, f"{item}: {what}" if item else what, item)

    def fields(self, node: Node, title: str) -> dict[str, Json]:
        self.unknown(node, ITEM_TYPES, title)
        fields: dict[str, Json] = {}
        for entry in node.entries:
            if entry.key == "item":
                continue
            self.typed(entry.node, ITEM_TYPES.get(entry.key, "any"), entry.key, title)
            fields[entry.key] = positions.plain(entry.node)
        extra = node.get("extra")
        if extra is not None and extra.kind == "map":
            self.unknown(extra, EXTRA_TYPES, title, "extra.")
            for entry in extra.entries:
                self.typed(entry.node, EXTRA_TYPES.get(entry.key, "any"), "extra." + entry.key, title)
        for key in ("homepage_url", "logo"):
            if not fields.get(key):
                self.warn(
                    "missing-" + key.split("_")[0],
                    node.line,
                    gettext("%(item)s has no `%(key)s`") % {"item": title, "key": key},
                    title,
                )
        self.repository(node, title)
        self.second_path(node, title)
        return fields

    def typed(self, node: Node, wanted: str, key: str, title: str) -> None:
        if node.is_null or wanted == "any":
            return
        kind = {"list": "seq", "map": "map"}.get(wanted, "scalar")
        if node.kind != kind and not (key == "second_path" and node.kind == "scalar"):
            self.fault(
                node,
                gettext("`%(key)s` of “%(item)s” is %(found)s, not %(wanted)s")
                % {"key": key, "item": title, "found": _KINDS[node.kind], "wanted": _KINDS[kind]},
                gettext("check the indentation below `%s:`") % key.rsplit(".", 1)[-1],
            )
        elif wanted == "bool" and not isinstance(node.value, bool):
            self.fault(
                node,
                gettext("`%(key)s` of “%(item)s” is neither true nor false") % {"key": key, "item": title},
                gettext("write `true` or `false`"),
            )
        elif wanted == "date" and not _DATE.match(str(node.value)):
            self.warn(
                "bad-date",
                node.line,
                gettext("%(item)s: `%(key)s` is not a date like 2026-04-07") % {"item": title, "key": key},
                title,
            )
        elif wanted == "url" and not str(node.value).startswith(("https://", "http://")):
            self.warn(
                "bad-url",
                node.line,
                gettext("%(item)s: `%(key)s` is not a web address") % {"item": title, "key": key},
                title,
            )
        elif wanted in ("text", "url") and not isinstance(node.value, str):
            self.fault(
                node,
                gettext("`%(key)s` of “%(item)s” is not text") % {"key": key, "item": title},
                gettext("put the value in quotes"),
            )

    def repository(self, node: Node, title: str) -> None:
        address = node.get("repo_url")
        if address is None or not isinstance(address.value, str) or not address.value:
            return
        parsed = repository_urls.parse(address.value)
        if parsed.exact:
            return
        what = (
            gettext("%(item)s: %(url)s names no single repository")
            if not parsed.url
            else gettext("%(item)s: %(url)s is a page inside a repository; it is taken as %(repository)s")
        )
        values = {"item": title, "url": address.value, "repository": parsed.label}
        self.warn("repo-not-owner-repo", address.line, what % values, title)

    def second_path(self, node: Node, title: str) -> None:
        second = node.get("second_path")
        for entry in second.items if second is not None else ():
            if not isinstance(entry.value, str) or entry.value.count("/") != 1:
                what = gettext("%s: `second_path` is not “category / subcategory”") % title
                self.warn("bad-second-path", entry.line, what, title)

    def across(self, items: tuple[Item, ...]) -> None:
        """Warnings that need the whole file: names and repositories listed twice, paths that lead nowhere."""
        names: dict[str, Item] = {}
        repositories: dict[str, Item] = {}
        places = {(item.path.category, item.path.subcategory) for item in items}
        for item in items:
            first = names.setdefault(item.name.casefold(), item)
            if first is not item:
                what = gettext("%(item)s is listed twice, first on line %(line)d")
                self.warn("duplicate-name", item.line, what % {"item": item.name, "line": first.line}, item.name)
            for url in item.repositories()[:1]:
                parsed = repository_urls.parse(url)
                other = repositories.setdefault(parsed.url, item) if parsed.url else item
                if other is not item and not item.fields.get("allow_duplicate_repo"):
                    what = gettext("%(item)s lists the repository of %(other)s, on line %(line)d")
                    values = {"item": item.name, "other": other.name, "line": other.line}
                    self.warn("duplicate-repository", item.line, what % values, item.name)
            for place in item.places()[1:]:
                if place not in places:
                    what = gettext("%(item)s: there is no “%(place)s” for its `second_path`")
                    self.warn(
                        "unknown-second-path",
                        item.line,
                        what % {"item": item.name, "place": " / ".join(place)},
                        item.name,
                    )
