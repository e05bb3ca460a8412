"""Fifty clients that apply, answer, comment, amend, take up and withdraw all at once, and remember what was accepted."""

from __future__ import annotations

import http.client
import json
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.stories.cast import ANSWERS

#: What an entry of a client is told apart by: who, which kind, which case, and a word of its own.
Mark = tuple[str, str, str, str]
#: Refusals that are in order when many act on the same: somebody was faster, or the step is not open any more.
EXPECTED = {200, 201, 202, 409, 422}


@dataclass
class Book:
    """What all clients saw."""

    accepted: Counter[Mark] = field(default_factory=Counter)
    lost: Counter[Mark] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    repeats: int = 0
    doubled: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, mark: Mark) -> None:
        """The server said that it was done."""
        with self.guard:
            self.accepted[mark] += 1

    def lose(self, mark: Mark) -> None:
        """The connection broke before the server answered."""
        with self.guard:
            self.lost[mark] += 1

    def note(self, status: int, seconds: float, words: str) -> None:
        """An answer came."""
        with self.guard:
            self.answers[status] += 1
            self.seconds.append(seconds)
            if status not in EXPECTED:
                self.strange.append(f"{status}: {words[:300]}")

    def repeat(self, first: str, second: str) -> None:
        """The same request was sent twice."""
        with self.guard:
            self.repeats += 1
            if first != second:
                self.doubled.append(f"{first} and {second}")


class Client(threading.Thread):
    """One client with one connection, acting until told to stop."""

    def __init__(
        self, number: int, ports: Sequence[int], who: dict[str, str], book: Book, stop: threading.Event
    ) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.number = number
        self.ports = ports
        self.secret = who.get("secret", "")
        self.actor = who["actor"]
        self.book = book
        self.stop = stop
        self.random = random.Random(number)
        self.filed = 0
        self.mine: dict[str, str] = {}
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Act until the end."""
        while not self.stop.is_set():
            self.act()
        self._hang_up()

    def act(self) -> None:
        """One thing, whatever it is."""
        raise NotImplementedError

    # --- talking ---------------------------------------------------------------------------------------------------

    def ask(
        self, method: str, path: str, body: Any = None, *, mark: Mark | None = None, key: str = ""
    ) -> tuple[int, Any]:
        """Send a request and give back status and answer.

        With a key it is sent again until it is answered. Without one, an answer that got lost is noted and nothing is
        known: status 0.
        """
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["Authorization"] = f"Bearer {self.secret}"
        if key:
            headers["Idempotency-Key"] = key
        data = json.dumps(body).encode() if body is not None else None
        while True:
            began = time.monotonic()
            try:
                if self.connection is None:
                    port = self.random.choice(list(self.ports))
                    self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
                self.connection.request(method, f"/api/v1{path}", data, headers)
                answer = self.connection.getresponse()
                text = answer.read().decode()
            except (OSError, http.client.HTTPException):
                self._hang_up()
                if not key:
                    if mark is not None:
                        self.book.lose(mark)
                    time.sleep(0.2)
                    return 0, None
                time.sleep(0.2)
                continue
            self.book.note(answer.status, time.monotonic() - began, f"{method} {path} {text}")
            return answer.status, json.loads(text) if text else None

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def does(self, method: str, path: str, body: Any, mark: Mark, *, keyed: bool) -> Any:
        """Do something that makes one entry; the answer if it was accepted."""
        key = secrets.token_hex(12) if keyed else ""
        status, answer = self.ask(method, path, body, mark=mark, key=key)
        if status in (200, 201):
            self.book.accept(mark)
            return answer
        return None

    def moves(self, case: str, key: str, transition: str, reason: str = "", revision: int | None = None) -> Any:
        """Take a step."""
        body = {"transition": transition, "reason": reason, "revision": revision}
        mark = (self.actor, "case.moved", case, transition)
        return self.does("POST", f"/cases/{key}/moves", body, mark, keyed=self.random.random() < 0.5)


class Applicant(Client):
    """Applies, and looks after what they applied for. Without a secret: a visitor, who only applies."""

    def act(self) -> None:
        chance = self.random.random()
        if not self.mine or chance < 0.35:
            self.apply()
        elif not self.secret:
            self.ask("GET", "/programs/ecosystem/queue")
        elif chance < 0.65:
            self.comment()
        elif chance < 0.75:
            self.amend()
        elif chance < 0.85:
            self.attest()
        else:
            self.look_after()

    def apply(self) -> None:
        """Apply, now and then twice, one after the other or at once."""
        self.filed += 1
        name = f"Garden {self.number}-{self.filed}"
        answers = {**ANSWERS, "repository": f"https://git.example/c{self.number}/garden-{self.filed}"}
        body = {"answers": answers, "title": name}
        key = secrets.token_hex(12)
        twice = self.random.random()
        if twice < 0.15:
            other = type(self)(
                self.number, self.ports, {"secret": self.secret, "actor": self.actor}, self.book, self.stop
            )
            with ThreadPoolExecutor(1) as pool:
                second = pool.submit(other.ask, "POST", "/programs/ecosystem/cases", body, key=key)
                status, answer = self.ask("POST", "/programs/ecosystem/cases", body, key=key)
                status_again, again = second.result()
            other._hang_up()
        else:
            status, answer = self.ask("POST", "/programs/ecosystem/cases", body, key=key)
            status_again, again = status, answer
            if twice < 0.3:
                status_again, again = self.ask("POST", "/programs/ecosystem/cases", body, key=key)
        good = (200, 201)
        if status in good and status_again in good and twice < 0.3:
            self.book.repeat(answer["id"], again["id"])
        found = answer if status in good else again if status_again in good else None
        if found is not None:
            self.book.accept((self.actor, "case.filed", found["id"], ""))
            if self.secret:
                self.mine[found["id"]] = found["case"]

    def comment(self) -> None:
        """Say something; the comment's id tells its entry apart, unless the answer got lost."""
        case, key = self.random.choice(list(self.mine.items()))
        text = f"Something to say {secrets.token_hex(4)}"
        keyed = self.random.random() < 0.5
        status, answer = self.ask(
            "POST",
            f"/cases/{key}/comments",
            {"body": text},
            mark=(self.actor, "case.commented", case, ""),
            key=secrets.token_hex(12) if keyed else "",
        )
        if status == 201:
            self.book.accept((self.actor, "case.commented", case, answer["id"]))

    def amend(self) -> None:
        """Change an answer."""
        case, key = self.random.choice(list(self.mine.items()))
        body = {"answers": {"remarks": f"Also {secrets.token_hex(4)}"}}
        self.does("PATCH", f"/cases/{key}/answers", body, (self.actor, "case.amended", case, ""), keyed=False)

    def attest(self) -> None:
        """Say how many stars there are."""
        case, key = self.random.choice(list(self.mine.items()))
        body = {"found": 412, "evidence": "https://git.example/stars", "as_of": "2026-11-01T00:00:00Z"}
        mark = (self.actor, "case.attested", case, "stars")
        self.does("POST", f"/cases/{key}/criteria/stars/attestations", body, mark, keyed=self.random.random() < 0.5)

    def look_after(self) -> None:
        """Answer what was asked; now and then give up."""
        case, key = self.random.choice(list(self.mine.items()))
        _status, seen = self.ask("GET", f"/cases/{key}")
        if seen is None or seen.get("closed_at"):
            self.mine.pop(case, None)
        elif seen["stage"] == "information":
            self.moves(case, key, "answer", revision=seen["revision"])
        elif self.random.random() < 0.2:
            self.moves(case, key, "withdraw", "We think again.", seen["revision"])


class Manager(Client):
    """Takes cases from the head of the queue; all managers reach for the same ones."""

    def act(self) -> None:
        _status, queue = self.ask("GET", "/programs/ecosystem/queue")
        if not queue:
            time.sleep(0.05)
            return
        line = self.random.choice(queue[:6])
        case, key = line["id"], line["case"]
        taken = self.moves(case, key, "take", revision=line["revision"] if self.random.random() < 0.7 else None)
        if taken is None:
            return
        next_step = self.random.choice(["ask", "postpone", "close"])
        self.moves(case, key, next_step, "Something is missing.", taken["revision"])
