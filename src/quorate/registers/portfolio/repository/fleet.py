"""Reading many repositories, a few at a time, each failing for itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from quorate.kernel.errors import UserError
from quorate.registers.portfolio.repository.policy import Policy
from quorate.registers.portfolio.repository.scan import Scan, scan


@dataclass(frozen=True, slots=True)
class Target:
    """One repository to read. `key` is the caller's name for it, `previous` the bytes kept from the last scan."""

    key: str
    path: str | os.PathLike[str]
    previous: bytes | None = None
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either `scan` or `error` is set. `seconds` is the time it took by the clock on the wall."""

    key: str
    scan: Scan | None
    error: UserError | None
    seconds: float


def refresh(
    targets: Iterable[Target], *, policy: Policy | None = None, workers: int = 2, timeout: float = 120.0
) -> Iterator[Outcome]:
    """Read all `targets` with `workers` threads and yield each outcome as soon as it is there, in any order.

    Threads are enough: most of the work is done by git's own processes. A repository that cannot be read gives an
    outcome with an error; a defect of ours in one does not lose the others. `targets` is consumed lazily, so a long
    portfolio does not hold all its kept bytes at once.
    """
    pending: set[Future[Outcome]] = set()
    source = iter(targets)
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="repository") as pool:
        exhausted = False
        while pending or not exhausted:
            while not exhausted and len(pending) < 2 * workers:
                target = next(source, None)
                if target is None:
                    exhausted = True
                else:
                    pending.add(pool.submit(_read, target, target.policy or policy, timeout))
            if pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()


def _read(target: Target, policy: Policy | None, timeout: float) -> Outcome:
    began = time.monotonic()
    try:
        found = scan(target.path, previous=target.previous, policy=policy, timeout=timeout)
    except UserError as error:
        return Outcome(target.key, None, error, time.monotonic() - began)
    except Exception as error:  # one damaged repository must not stop the others
        wrapped = UserError(f"it could not be read: {type(error).__name__}: {error}", where=os.fspath(target.path))
        wrapped.__cause__ = error
        return Outcome(target.key, None, wrapped, time.monotonic() - began)
    return Outcome(target.key, found, None, time.monotonic() - began)
