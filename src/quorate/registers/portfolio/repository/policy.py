"""What counts: the stated choices behind every number that is read from a history.

A number from a repository means nothing without its policy, so the policy travels with each scan, is part of
what a cached scan is valid for, and is repeated in the evidence.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

#: Shell-like patterns, `*` only, matched without case against `name <address>` before and after the mailmap.
#: Square brackets are literal, as in the names of hosted apps.
BOT_PATTERNS: tuple[str, ...] = (
    "*[bot]@*",
    "*[bot] <*",
    "dependabot*",
    "*<*dependabot@*",
    "renovate bot <*",
    "renovate-bot <*",
    "*<bot@renovateapp.com>",
    "github-actions <*",
    "github actions <*",
    "*<github-actions@*",
    "*<action@github.com>",
    "pre-commit-ci*",
    "pre-commit.ci*",
    "*<pre-commit-ci@*",
    "greenkeeper*",
    "snyk-bot <*",
    "*<snyk-bot@*",
    "allcontributors <*",
    "copybara-service*",
    "*<copybara-worker@*",
    "imgbot <*",
    "mergify*",
    "semantic-release-bot <*",
    "web-flow <*",
    "gitlab-bot <*",
    "jenkins <*",
    "buildbot <*",
    "*-bot <*",
    "*_bot <*",
    "* bot <*",
    "*mergebot <*",
)

#: Hosts of personal mail and of privacy addresses: an address there says nothing about an employer.
FREE_MAIL: tuple[str, ...] = (
    "126.com",
    "139.com",
    "163.com",
    "aol.com",
    "duck.com",
    "fastmail.com",
    "fastmail.fm",
    "foxmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "live.com",
    "live.cn",
    "mac.com",
    "mail.com",
    "mail.ru",
    "mailbox.org",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "pm.me",
    "posteo.de",
    "posteo.net",
    "proton.me",
    "protonmail.ch",
    "protonmail.com",
    "qq.com",
    "riseup.net",
    "sina.com",
    "users.noreply.github.com",
    "users.noreply.gitlab.com",
    "noreply.github.com",
    "noreply.codeberg.org",
    "vip.qq.com",
    "web.de",
    "ya.ru",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.fr",
    "yandex.ru",
    "yeah.net",
    "ymail.com",
    "zoho.com",
)

#: Suffixes of machine names that git writes when no address was configured.
LOCAL_SUFFIXES: tuple[str, ...] = (".local", ".localdomain", ".lan", ".internal", ".home", "localhost", ".(none)")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The choices of one scan. All defaults are stated in the evidence of what is found.

    `bots` are the patterns that mark an author as a bot (see `BOT_PATTERNS`); `merges` counts commits with two
    parents or more as contributions; `organisations` maps a domain to the name of the organisation that it
    stands for, subdomains included; `horizon_days` is how far back single commits are kept, so the longest
    window that can be asked of a scan; `read_blobs` allows reading the licence's text where it is present.
    `skew_seconds` is how far after the head's time a commit may be dated and still count: clocks differ.
    Co-authors named in messages are not counted: no message is read.
    """

    bots: tuple[str, ...] = BOT_PATTERNS
    free_mail: tuple[str, ...] = FREE_MAIL
    organisations: Mapping[str, str] = field(default_factory=dict)
    merges: bool = False
    horizon_days: int = 400
    read_blobs: bool = False
    skew_seconds: int = 86_400

    @property
    def digest(self) -> str:
        """Changes when anything does that a cached scan depends on."""
        text = json.dumps(asdict(self) | {"read_blobs": False}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def statement(self) -> dict[str, Any]:
        """The policy in the form in which facts and evidence repeat it."""
        return {
            "merges": "counted" if self.merges else "not counted",
            "bots": f"recognised by {len(self.bots)} patterns, counted apart",
            "co_authors": "not counted",
            "identity": "the author's address after the mailmap, without case; the name where there is no address",
            "window": "ends at the head's commit time; a commit lies where its committer date lies",
            "read_blobs": self.read_blobs,
            "skew_seconds": self.skew_seconds,
        }

    def covering(self, days: Iterable[int]) -> Policy:
        """The same policy with a horizon long enough for windows of `days`."""
        return replace(self, horizon_days=max([self.horizon_days, *days]))


def matcher(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression that matches a text when any of the patterns does; nothing when there is no pattern."""
    alternatives = [".*".join(re.escape(part) for part in pattern.split("*")) for pattern in patterns]
    return re.compile(f"(?:{'|'.join(alternatives)})\\Z" if alternatives else r"(?!)", re.IGNORECASE | re.DOTALL)
