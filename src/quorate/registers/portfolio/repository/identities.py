"""Who a commit's author is: the mailmap, bots, and the organisation behind an address.

An identity leaves this module as a salted digest. Counting people needs to tell them apart, not to know them, so a
cached scan holds nobody's name or address.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quorate.registers.portfolio.repository.git import GitFailure, Repository
from quorate.registers.portfolio.repository.policy import LOCAL_SUFFIXES, Policy, matcher

_MAILMAP_LIMIT = 4 * 1024 * 1024
_IDENT_LIMIT = 4096
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9\-]{1,62}\Z")


@dataclass(frozen=True, slots=True)
class Mailmap:
    """The mailmap at the head: `blob` is its object name, "" when there is none.

    `honoured` is false when there is one that could not be read; `note` then says why.
    """

    blob: str = ""
    honoured: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An author as far as counting needs one. `domain` is the address's host, or "" when it tells no organisation."""

    key: str
    bot: bool
    domain: str


def mailmap_at(repository: Repository, root: Iterable[tuple[str, str, str, str]]) -> Mailmap:
    """The mailmap among `root`, entries of the head's tree as (mode, kind, object, name)."""
    for mode, kind, blob, name in root:
        if name == ".mailmap" and kind == "blob":
            if mode == "120000":
                return Mailmap(blob, False, "the .mailmap is a symbolic link and was not followed")
            size = repository.sizes([blob]).get(blob, ("", -1))[1]
            if size < 0:
                return Mailmap(blob, False, "the .mailmap is not in this partial clone; authors were not merged by it")
            if size > _MAILMAP_LIMIT:
                return Mailmap(blob, False, f"the .mailmap is larger than {_MAILMAP_LIMIT} bytes and was not read")
            return Mailmap(blob)
    return Mailmap()


def mapped(repository: Repository, mailmap: Mailmap, idents: Sequence[bytes]) -> list[bytes]:
    """Each `address NUL name` of `idents` after the mailmap, by git's own rules."""
    if not mailmap.blob or not mailmap.honoured or not idents:
        return list(idents)
    asked = [index for index, ident in enumerate(idents) if _is_plain(ident)]
    contacts = b"".join(_contact(idents[index]) for index in asked)
    answer = repository.run(
        "-c", f"mailmap.blob={mailmap.blob}", "-c", "mailmap.file=", "check-mailmap", "--stdin", given=contacts
    )
    lines = answer.split(b"\n")[:-1]
    if len(lines) != len(asked):
        raise GitFailure(str(repository.path), "git check-mailmap answered for another number of authors")
    result = list(idents)
    for index, line in zip(asked, lines, strict=True):
        name, _, rest = line.rpartition(b"<")
        result[index] = rest.removesuffix(b">") + b"\x00" + name.strip()
    return result


def _is_plain(ident: bytes) -> bool:
    """Whether git can read the author back from one line; what it cannot read, no mailmap can name."""
    address, _, _name = ident.partition(b"\x00")
    return bool(ident) and len(ident) <= _IDENT_LIMIT and not any(mark in address for mark in (b"<", b">", b"\n"))


def _contact(ident: bytes) -> bytes:
    address, _, name = ident.partition(b"\x00")
    return (name + b" <" if name else b"<") + address + b">\n"


class Classifier:
    """Turns authors into `Person`s under one policy and one salt."""

    def __init__(self, policy: Policy, salt: bytes) -> None:
        self._bots = matcher(policy.bots)
        self._free = frozenset(name.lower() for name in policy.free_mail)
        self._salt = salt

    def person(self, raw: bytes, after: bytes) -> Person:
        """`raw` is the author as recorded, `after` as the mailmap gives it, both `address NUL name`."""
        address, name = _text(after)
        key = address.lower() or f"name:{name.lower()}"
        digest = hashlib.blake2b(key.encode("utf-8", "surrogateescape"), key=self._salt, digest_size=8).hexdigest()
        bot = any(self._bots.match(f"{who} <{where}>") for where, who in {_text(raw), (address, name)})
        return Person(digest, bot, self._domain(address.lower()))

    def _domain(self, address: str) -> str:
        domain = address.rpartition("@")[2].rstrip(".")
        if "@" not in address or not _DOMAIN.match(domain) or domain.endswith(LOCAL_SUFFIXES):
            return ""
        return "" if domain in self._free else domain


def organisation(domain: str, policy: Policy) -> str:
    """The organisation that `domain` stands for: as the policy names it, else the domain itself; "" when unknown."""
    rest = domain
    while rest:
        named = policy.organisations.get(rest)
        if named:
            return named
        rest = rest.partition(".")[2]
    return domain


def _text(ident: bytes) -> tuple[str, str]:
    address, _, name = ident[:_IDENT_LIMIT].partition(b"\x00")
    return address.decode("utf-8", "surrogateescape").strip(), name.decode("utf-8", "surrogateescape").strip()
