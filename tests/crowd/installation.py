"""A real installation: a data directory, a database on either kind of server, and processes that serve it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
QUORATE = Path(sys.executable).parent / "quorate"
#: How long a server may take to come up, in seconds.
PATIENCE = 120


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Installation:
    """The data directory and the database, empty for SQLite in the directory, and the processes that were started."""

    home: Path
    database: str = ""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        """What the processes are started with; nothing of the test's own settings reaches them."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("QUORATE_", "DJANGO_")) and name not in ("DATABASE_URL", "PORT")
        }
        found = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "quorate.config.settings",
            "QUORATE_HOME": str(self.home),
            "QUORATE_RATE_LIMITS": "off",
            "QUORATE_LOG_LEVEL": "WARNING",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            **more,
        }
        return {**found, "DATABASE_URL": self.database} if self.database else found

    def run(self, *command: str) -> Any:
        """A command to its end; its output as JSON."""
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def process(self, *arguments: str) -> Any:
        """A function of ``process.py``."""
        return self.run(sys.executable, "-m", "tests.crowd.process", *arguments)

    def quorate(self, *arguments: str) -> Any:
        """The product's own command."""
        return self.run(str(QUORATE), *arguments)

    def start(self, *arguments: str, port: int = 0) -> subprocess.Popen[bytes]:
        """A server or a worker; with a port, waited for until it answers."""
        log = (self.home / "log").open("ab")
        more = {"PORT": str(port)} if port else {}
        process = subprocess.Popen(
            [str(QUORATE), *arguments],
            cwd=ROOT,
            env=self.environment(**more),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self.running.append(process)
        until = time.monotonic() + PATIENCE
        while port and not answers(port):
            assert process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.1)
        return process

    def stop(self) -> None:
        """End all processes in good order."""
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)
        self.running.clear()

    def log(self) -> str:
        """What the processes wrote."""
        return (self.home / "log").read_text(errors="replace")[-6000:]


def answers(port: int) -> bool:
    """Whether a server is there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
