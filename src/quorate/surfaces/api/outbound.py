"""Sending to an address that somebody else chose, without being led where only we can go.

The name is resolved once, every address it has must be public, and the connection goes to the very address that was
examined: a name that changes between the look and the call leads nowhere. No redirect is followed, no proxy of the
environment is used, little is read, nothing waits for long.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

TIMEOUT = 15
LARGEST_ANSWER = 1 << 16
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def examine(url: str, *, where: str = "url") -> tuple[str, int, str]:
    """Host, port and path of an address that may be called. Raises ``UserError`` for any other."""
    parts = urlsplit(url)
    try:
        port = 443 if parts.port is None else parts.port
    except ValueError:
        port = 0
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password or parts.fragment or not port:
        raise UserError(gettext("an address of the form https://host/path is needed"), where=where)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if any(ord(letter) < 33 or ord(letter) > 126 for letter in path):
        raise UserError(gettext("the path must be written in ASCII"), where=where, mend=gettext("encode it"))
    return parts.hostname, port, path


def public_address(host: str, port: int, *, where: str = "url") -> str:
    """The first address of a host, once all of them were found to be public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UserError(gettext("the host %s cannot be found") % host, where=where) from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        for one in (address, *_within(address)):
            if not one.is_global or one.is_multicast:
                raise UserError(
                    gettext("the host %s leads into a private network") % host,
                    where=where,
                    mend=gettext("give an address that the public can reach"),
                )
    return str(addresses[0])


def _within(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The addresses of the older protocol that one of the newer stands for: mapped, 6to4, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour]
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]


class _To(http.client.HTTPSConnection):
    """A connection to an address that was examined, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._trust = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT, context=self._trust)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._trust.wrap_socket(plain, server_hostname=self.host)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body; returns the status of the answer. ``UserError``: may not be called; ``OSError``: did not work."""
    host, port, path = examine(url)
    connection = _To(host, port, public_address(host, port))
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        answer.read(LARGEST_ANSWER)
        return answer.status
    except http.client.HTTPException as error:
        raise OSError(f"the answer was not understood: {type(error).__name__}") from error
    finally:
        connection.close()
