"""Local clones of repositories: where they lie, and how one is fetched without being led astray.

Fetching is off unless the operator sets `QUORATE_FETCH=1`. An address comes from an applicant, so it is treated
as hostile: https only, no credentials, no redirect, no proxy, no address that is private, local or reserved. The
name is resolved once and git is pinned to what was found, so that a name cannot answer differently the second
time. Blobs are not fetched. Time and size are bounded.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

TIMEOUT = 900.0
MAX_BYTES = 8 * 1024**3
_PORTS = frozenset({None, 443})
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


def folder() -> Path:
    """Where clones are kept that Quorate made itself."""
    return Path(settings.HOME) / "clones"


def locate(clone_path: str) -> Path | None:
    """The folder of a clone as kept in the database (relative to :func:`folder`, or absolute), or None."""
    if not clone_path:
        return None
    path = folder() / clone_path
    return path if path.is_dir() else None


def enabled() -> bool:
    """Whether this installation may fetch from other hosts."""
    return bool(getattr(settings, "FETCH_REPOSITORIES", False))


def public_addresses(host: str, port: int = 443) -> list[str]:
    """The addresses of a host. UserError when it has none, or when any of them is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise UserError(
            gettext("the host %s was not found") % host, where="url", mend=gettext("check the address")
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in addresses:
        if not _is_public(ipaddress.ip_address(text.split("%")[0])):
            raise UserError(
                gettext("%s is not a public host") % host,
                where="url",
                mend=gettext("only repositories on public hosts are fetched"),
            )
    return addresses


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is anybody's to reach; those that wrap an IPv4 address are judged by it, or refused."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.teredo or any(address in network for network in _TRANSLATED):
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None and not inner.is_global:
            return False
    return address.is_global and not address.is_multicast


def check_address(url: str) -> tuple[str, list[str]]:
    """The host of a repository's address and its public addresses. UserError for what is not fetched."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    wrong = parts.scheme != "https" or not host or port not in _PORTS or parts.username or parts.password
    if wrong or parts.query or parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise UserError(
            gettext("only plain https:// addresses are fetched"),
            where="url",
            mend=gettext("write it like https://github.com/owner/name"),
        )
    return host, public_addresses(host)


def fetch(url: str, name: str, *, timeout: float = TIMEOUT, max_bytes: int = MAX_BYTES) -> Path:
    """Clone a repository, without blobs, into the folder of clones under `name`, or bring that clone up to date.

    Returns its path. Raises UserError when fetching is off, the address may not be fetched, or git fails.
    """
    if not enabled():
        raise UserError(
            gettext("this installation does not fetch repositories"),
            where="QUORATE_FETCH",
            mend=gettext("clone it yourself and say where it lies, or set QUORATE_FETCH=1"),
        )
    host, addresses = check_address(url)
    folder().mkdir(parents=True, exist_ok=True)
    target = folder() / name
    pins = [f"http.curloptResolve={host}:443:{','.join(addresses)}"]
    options = [
        *pins, "http.followRedirects=false", "http.proxy=", "http.sslVerify=true", "http.lowSpeedLimit=1000",
        "http.lowSpeedTime=60", "credential.helper=", "core.hooksPath=/dev/null", "protocol.version=2",
        "transfer.fsckObjects=true", "fetch.fsckObjects=true", "submodule.recurse=false", "gc.auto=0",
    ]  # fmt: skip
    flags = [part for option in options for part in ("-c", option)]
    if target.is_dir():
        refs = ["+HEAD:refs/quorate/head", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
        arguments = ["--git-dir", str(target), "fetch", "--quiet", "--prune", "--filter=blob:none", url, *refs]
        _git([*flags, *arguments], target, timeout, max_bytes)
        return target
    scratch = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder()))
    try:
        fresh = scratch / "clone.git"
        arguments = ["clone", "--quiet", "--bare", "--filter=blob:none", "--no-local", url, str(fresh)]
        _git([*flags, *arguments], scratch, timeout, max_bytes)
        os.replace(fresh, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _git(arguments: list[str], watched: Path, timeout: float, max_bytes: int) -> None:
    """Runs git with an environment of ours, and stops it when it takes too long or writes too much."""
    with tempfile.TemporaryDirectory(prefix="quorate-git-") as home:
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": home,
            "XDG_CONFIG_HOME": home,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "/bin/false",
            "GIT_ALLOW_PROTOCOL": "https",
            "GIT_NO_LAZY_FETCH": "1",
            "LC_ALL": "C",
        }
        errors = Path(home) / "errors"
        with errors.open("wb") as stream:
            process = subprocess.Popen(  # noqa: S603  # the program is fixed and the address was checked
                ["git", *arguments],  # noqa: S607  # git is found on PATH as everywhere in the product
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stream,
                env=environment,
                start_new_session=True,
            )
            trouble = _watch(process, watched, timeout, max_bytes)
        if trouble:
            raise UserError(trouble, where="url", mend=gettext("clone it yourself and say where it lies"))
        if process.returncode != 0:
            lines = errors.read_bytes()[-2000:].decode(errors="replace").strip().splitlines()
            raise UserError(
                gettext("git could not fetch the repository: %s") % (lines[-1] if lines else process.returncode),
                where="url",
                mend=gettext("check that the address is right and public"),
            )


def _watch(process: subprocess.Popen[bytes], watched: Path, timeout: float, max_bytes: int) -> str:
    """Waits for git; what went wrong, or ""."""
    deadline = time.monotonic() + timeout
    pause = 0.05
    while True:
        try:
            process.wait(pause)
            return ""
        except subprocess.TimeoutExpired:
            pause = min(pause * 2, 2.0)
        trouble = ""
        if time.monotonic() > deadline:
            trouble = gettext("fetching took longer than %d seconds") % timeout
        elif _size(watched) > max_bytes:
            trouble = gettext("the repository is larger than %d MB") % (max_bytes // 2**20)
        if trouble:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return trouble


def _size(path: Path) -> int:
    total = 0
    for base, _folders, files in os.walk(path):
        for name in files:
            try:
                total += os.lstat(os.path.join(base, name)).st_size
            except OSError:
                continue
    return total
