"""One process serves and works; it stops in good order, and a kill loses nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.operations.conftest import Installation

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """A running ``quorate up``."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.port = port

    def get(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read(), dict(error.headers)


@contextmanager
def serving(installation: Installation, *options: str) -> Iterator[Server]:
    port = free_port()
    installation.more["PORT"] = str(port)
    process = subprocess.Popen(
        installation.command("up", *options),
        env=installation.environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    server = Server(process, port)
    try:
        for _ in range(240):
            try:
                server.get("/healthz")
                break
            except OSError:
                assert process.poll() is None, process.stderr and process.stderr.read()
                time.sleep(0.25)
        yield server
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def test_served_and_worked_by_one_process(installation: Installation) -> None:
    with serving(installation) as server:
        status, page, headers = server.get("/p/")
        assert status == 200
        sheet = next(part for part in page.decode().split('"') if part.endswith(".css") and "/toolkit/" in part)
        status, _body, headers = server.get(sheet)
        assert status == 200
        assert "immutable" in headers["Cache-Control"], "static files are named by content and kept for ever"
        for _ in range(80):
            if b'"worker": true' in server.get("/readyz")[1]:
                break
            time.sleep(0.25)
        else:
            raise AssertionError("the worker was not seen")
        if not installation.url:
            error = installation.ask("restore", "nothing.tar", status=2)["error"]
            assert "no such file" in error["what"]
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        assert "stopped" in (server.process.stderr.read() if server.process.stderr else "")


def test_a_letter_promised_before_a_kill_is_sent_after_it(installation: Installation) -> None:
    """Ask for a code while no worker runs, kill the process, start one that works: the letter is there."""
    with serving(installation, "--no-worker") as server:
        cookie = server.get("/sign-in/login/")[2]["Set-Cookie"].split(";")[0]
        form = f"email=first%40people.example&csrfmiddlewaretoken={cookie.split('=')[1]}".encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/sign-in/login/code/", form, {"Cookie": cookie}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200
        assert not (installation.home / "mail").exists()
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(20)
    with serving(installation):
        for _ in range(80):
            if (installation.home / "mail").exists() and list((installation.home / "mail").iterdir()):
                break
            time.sleep(0.25)
    (letter,) = (installation.home / "mail").iterdir()
    assert "first@people.example" in letter.read_text()
    assert installation.ask("ledger", "verify")["ok"]


def test_a_port_that_is_taken_is_a_users_error(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        installation.more["PORT"] = str(taken.getsockname()[1])
        done = subprocess.run(
            installation.command("up"), env=installation.environment(), capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 2
    assert "PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_data_of_a_running_installation_are_not_replaced(installation: Installation) -> None:
    file = installation.home.parent / "b.tar"
    installation.run("backup", str(file))
    with serving(installation):
        error = installation.ask("restore", str(file), "--overwrite", status=2)["error"]
        assert "running" in error["what"]
        if not installation.url:
            second = subprocess.run(
                installation.command("up"), env=installation.environment(), capture_output=True, text=True, timeout=60
            )
            assert second.returncode == 2, "SQLite is served by one process"
        saved = installation.ask("backup", str(file), "--overwrite")
        assert saved["ledger"]["entries"] == 1, "saving needs no pause"
