"""Repository addresses: which repository an address names, in one spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_SEGMENT = re.compile(r"[A-Za-z0-9_.\-]+\Z")
#: Hosts that keep exactly one repository under `owner/name`; elsewhere groups may be nested.
_TWO_LEVEL_HOSTS = frozenset({"github.com", "codeberg.org", "bitbucket.org"})


@dataclass(frozen=True, slots=True)
class RepositoryUrl:
    """`url` is the canonical address, or "" when none can be told; `exact` says that the text was one."""

    url: str
    exact: bool

    @property
    def label(self) -> str:
        """`owner/name` as people say it."""
        return self.url.split("://", 1)[-1].split("/", 1)[-1]


def parse(text: str) -> RepositoryUrl:
    """Reads an address such as `https://github.com/Owner/Name.git/`.

    Deeper pages of a repository (`…/tree/main/docs`) are read as the repository and marked not exact; an
    owner's page names no repository. Host and path are lowered, since hosts treat them alike and the result
    is compared; `git@host:owner/name` and `ssh://` are read as https.
    """
    text = text.strip()
    scp = re.match(r"(?:ssh://)?git@([^:/]+)[:/](.+)\Z", text)
    if scp:
        text = f"https://{scp.group(1)}/{scp.group(2)}"
    if re.match(r"[A-Za-z0-9.\-]+\.[a-z]{2,}/", text):
        text = "https://" + text
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return RepositoryUrl("", False)
    segments = [segment for segment in parts.path.split("/") if segment]
    if parts.scheme not in ("http", "https") or not host or not all(map(_SEGMENT.match, segments)):
        return RepositoryUrl("", False)
    if "-" in segments:
        kept = segments[: segments.index("-")]
    elif host in _TWO_LEVEL_HOSTS:
        kept = segments[:2]
    else:
        kept = segments
    if len(kept) < 2:
        return RepositoryUrl("", False)
    path = "/".join(kept).removesuffix(".git").lower()
    exact = kept == segments and not parts.query and not parts.fragment
    return RepositoryUrl(f"https://{host}{port}/{path}", exact)


def same(first: str, second: str) -> bool:
    """Whether two addresses name one repository."""
    parsed = parse(first).url
    return parsed != "" and parsed == parse(second).url
