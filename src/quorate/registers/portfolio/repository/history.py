"""What a history says about contributions: read once in full, then only what is new.

A commit's place in time is its committer date, as for `git log --since`. A first contribution is placed by author
date, never later than its commit. The state that is kept is enough to answer for any window within the horizon
and gives the same answers whether it was read at once or in parts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from quorate.registers.portfolio.repository.git import GitFailure, Repository, digest
from quorate.registers.portfolio.repository.identities import Classifier, Mailmap, mapped
from quorate.registers.portfolio.repository.policy import Policy

DAY = 86_400
#: The last second of the year 9999; later dates, which only a broken or hostile commit has, are brought back to it.
LAST_SECOND = 253_402_300_799
#: Fields of one commit on one line. Names come last and raw (`--encoding=`), because only then no author's name can
#: hold a line feed or a NUL: git would otherwise convert it from an encoding that the commit declares.
_FORMAT = "--format=%ct %at %H %P%x00%ae%x00%an"


@dataclass(slots=True)
class Contributor:
    """One author, told apart but not named. Times are seconds since 1970.

    `first` is the first contribution, `latest` the newest by committer date with the name of that commit.
    """

    key: str
    bot: bool
    domain: str
    first: int
    latest: int
    commit: str


@dataclass(slots=True)
class History:
    """All that is kept of the commits behind `head`.

    `recent` holds (time, index into `contributors`) of each contribution since `horizon`; `merge_times` the
    times of merges there that are not counted. `skew` is the highest time at which the history was found out of
    order, see `_is_exact`. `cut` names the shallow boundary and `cut_newest` the newest commit on it.
    """

    head: str
    head_time: int
    commits: int = 0
    merges: int = 0
    skew: int = 0
    horizon: int = 0
    cut: str = ""
    cut_newest: int | None = None
    salt: bytes = b""
    mailmap: Mailmap = field(default_factory=Mailmap)
    contributors: list[Contributor] = field(default_factory=list)
    recent: list[tuple[int, int]] = field(default_factory=list)
    merge_times: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Author:
    """What was read of one author as recorded, before the mailmap."""

    first: int
    latest: int
    commit: str
    times: list[int]


@dataclass(slots=True)
class _Batch:
    """What one run of git said."""

    authors: dict[bytes, _Author] = field(default_factory=dict)
    commits: int = 0
    merges: int = 0
    merge_times: list[int] = field(default_factory=list)
    newest_out_of_order: int = 0
    oldest: int = LAST_SECOND
    cut_newest: int | None = None
    first_time: int | None = None


def read(repository: Repository, head: str, mailmap: Mailmap, policy: Policy, previous: History | None) -> History:
    """The history behind the commit `head`, using `previous` where that is still true.

    Everything is read again when the history was rewritten, the mailmap changed, a shallow clone was deepened, the
    head's time went back behind what is kept, or the dates of commits are too disordered to tell what is new.
    """
    shallow = repository.shallow()
    if previous and previous.mailmap == mailmap and previous.cut == digest(shallow):
        if previous.head == head:
            return previous
        grown = _grow(repository, head, policy, previous, shallow)
        if grown:
            return grown
    batch = _commits(repository, [head], policy, shallow)
    history = History(head, batch.first_time or 0, cut=digest(shallow), cut_newest=batch.cut_newest, mailmap=mailmap)
    history.salt = os.urandom(16)
    history.skew = batch.newest_out_of_order
    _absorb(repository, history, batch, policy)
    return history


def _grow(
    repository: Repository, head: str, policy: Policy, previous: History, shallow: frozenset[str]
) -> History | None:
    """`previous` and the commits that came after it; None when only reading everything again would be right."""
    try:
        repository.run("merge-base", "--is-ancestor", previous.head, head)
        batch = _commits(repository, [head, f"^{previous.head}"], policy, shallow)
    except GitFailure:
        return None
    if not batch.commits or batch.first_time is None or not _is_exact(previous, batch):
        return None
    if batch.first_time - policy.horizon_days * DAY < previous.horizon:
        return None
    history = History(
        head,
        batch.first_time,
        previous.commits,
        previous.merges,
        max(previous.skew, batch.newest_out_of_order),
        previous.horizon,
        previous.cut,
        previous.cut_newest,
        previous.salt,
        previous.mailmap,
        [Contributor(who.key, who.bot, who.domain, who.first, who.latest, who.commit) for who in previous.contributors],
        list(previous.recent),
        list(previous.merge_times),
    )
    _absorb(repository, history, batch, policy)
    return history


def _is_exact(previous: History, batch: _Batch) -> bool:
    """Whether `git rev-list new ^old` surely listed no commit that `old` already reaches.

    Git walks by date and stops early, so a parent dated after its child can make it list too much (never too
    little). It lists in the order of its walk; without such a pair the times only go down. `skew` is the highest
    time that came after a lower one, in all that was read so far. A wrongly listed commit would be reached from
    `old` by a path on which dates do not fall, hence by one that passes a time of at most `skew` on its way: if
    all that is listed is newer than `skew`, no such path exists.
    """
    return batch.oldest > max(previous.skew, batch.newest_out_of_order)


def _commits(repository: Repository, which: list[str], policy: Policy, shallow: frozenset[str]) -> _Batch:
    batch = _Batch()
    authors = batch.authors
    merge_times = batch.merge_times
    lowest = LAST_SECOND
    commits = 0
    ahead = policy.skew_seconds
    with repository.lines("rev-list", "--encoding=", "--no-commit-header", _FORMAT, *which, "--") as lines:
        for line in lines:
            facts, _, who = line.partition(b"\x00")
            parts = facts.split(b" ")
            try:
                time, written = int(parts[0]), int(parts[1])
            except ValueError:
                time, written = _number(parts[0]), _number(parts[1])
            if time > LAST_SECOND:
                time = LAST_SECOND
            commits += 1
            if time <= lowest:
                lowest = time
            elif time > batch.newest_out_of_order:
                batch.newest_out_of_order = time
            if commits == 1:
                batch.first_time = time
            if shallow and parts[2].decode() in shallow:
                batch.cut_newest = max(time, batch.cut_newest or 0)
            if len(parts) > 4:
                batch.merges += 1
                if not policy.merges:
                    merge_times.append(time)
                    continue
            if written > time + ahead:
                written = time
            author = authors.get(who)
            if author is None:
                authors[who] = _Author(written, time, parts[2].decode(), [time])
                continue
            if written < author.first:
                author.first = written
            if time >= author.latest:
                commit = parts[2].decode()
                if (time, commit) > (author.latest, author.commit):
                    author.latest, author.commit = time, commit
            author.times.append(time)
    batch.commits = commits
    batch.oldest = lowest
    return batch


def _number(text: bytes) -> int:
    """A time that git could not make out counts as 1970, as it does for git."""
    return int(text) if text.isdigit() and len(text) < 20 else 0


def _absorb(repository: Repository, history: History, batch: _Batch, policy: Policy) -> None:
    """Add `batch` to `history` and drop what lies before the new horizon."""
    classifier = Classifier(policy, history.salt)
    by_key = {who.key: index for index, who in enumerate(history.contributors)}
    horizon = max(history.horizon, history.head_time - policy.horizon_days * DAY)
    idents = [who.rstrip(b"\n") for who in batch.authors]
    for raw, after, author in zip(
        idents, mapped(repository, history.mailmap, idents), batch.authors.values(), strict=True
    ):
        person = classifier.person(raw, after)
        index = by_key.setdefault(person.key, len(history.contributors))
        if index == len(history.contributors):
            history.contributors.append(
                Contributor(person.key, person.bot, person.domain, author.first, author.latest, author.commit)
            )
        else:
            who = history.contributors[index]
            who.bot = who.bot or person.bot
            who.first = min(who.first, author.first)
            who.latest, who.commit = max((who.latest, who.commit), (author.latest, author.commit))
        history.recent += [(time, index) for time in author.times if time >= horizon]
    history.commits += batch.commits
    history.merges += batch.merges
    history.merge_times += batch.merge_times
    history.horizon = horizon
    history.recent = sorted(entry for entry in history.recent if entry[0] >= horizon)
    history.merge_times = sorted(_since(history.merge_times, horizon))
    for who in history.contributors:
        if who.latest < horizon:
            who.commit = ""


def _since(times: Iterable[int], start: int) -> list[int]:
    return [time for time in times if time >= start]
