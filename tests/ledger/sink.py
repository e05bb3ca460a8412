"""A mail server that keeps what it accepts: just enough of RFC 5321, with whatever slowness a test asks for."""

from __future__ import annotations

import random
import socketserver
import threading
import time
from dataclasses import dataclass
from email import message_from_bytes
from types import TracebackType


@dataclass(frozen=True)
class Letter:
    """A letter that the server took responsibility for, at a monotonic time."""

    message_id: str
    to: str
    at: float
    raw: bytes


class _Conversation(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self._say("220 sink.example")
        to = ""
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                raw = b"".join(iter(self.rfile.readline, b".\r\n"))
                if not raw:
                    return
                self._accept(to, raw)
            elif verb == b"RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                self._say(self.server.refusals.get(to, "250 ok"))
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _accept(self, to: str, raw: bytes) -> None:
        time.sleep(random.random() * self.server.slowness)
        found = str(message_from_bytes(raw)["Message-ID"])
        with self.server.lock:
            self.server.letters.append(Letter(found, to, time.monotonic(), raw))
        time.sleep(random.random() * self.server.slowness)  # accepted, and the client does not know yet
        self._say("250 accepted")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class Sink(socketserver.ThreadingTCPServer):
    """Use as a context; `url` is what QUORATE_SMTP_URL takes."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *, slowness: float = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.slowness = slowness
        self.lock = threading.Lock()
        self.letters: list[Letter] = []
        self.refusals: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news."""

    def __enter__(self) -> Sink:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()
