"""The errors a user can cause, each with where it happened, what was wrong and how to mend it.

Surfaces translate them: the CLI prints one line and exits 2, the web shows the words next to the field, the
API answers ``application/problem+json``. Anything that is not a ``UserError`` is a defect of ours.
"""

from __future__ import annotations

from collections.abc import Iterable


class UserError(Exception):
    """What went wrong, where, and how to mend it, in words for the person who caused it.

    ``where`` is a place the person can find: ``file:line``, a field's name, an address. ``problems`` holds the
    single errors when several were found at once; the error's own text is then the first of them.
    """

    status = 422

    def __init__(self, what: object, where: str = "", mend: object = "", problems: Iterable[UserError] = ()) -> None:
        self.what = str(what)
        self.where = where
        self.mend = str(mend)
        self.problems = tuple(problems)
        super().__init__(self.line)

    @property
    def line(self) -> str:
        """One line: where, what, and the mend when there is one."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text} ({self.mend})" if self.mend else text

    def as_dict(self) -> dict[str, object]:
        """The stable JSON form: ``where``, ``what``, ``mend`` and, when several, ``problems``."""
        body: dict[str, object] = {"where": self.where, "what": self.what, "mend": self.mend}
        if self.problems:
            body["problems"] = [problem.as_dict() for problem in self.problems]
        return body


class Refused(UserError):
    """The actor may not do this. ``missing`` says in words what would have allowed it."""

    status = 403


class NotFound(UserError):
    """There is no such thing, or the actor may not know that there is."""

    status = 404


class Conflict(UserError):
    """Somebody else was there first: the thing changed since it was read."""

    status = 409
