"""What an action is: a typed function that authorises once, runs atomically and writes to the ledger."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from quorate.kernel.registry import Registry
from quorate.ledger.actions import gesture

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Action:
    """The declared face of an action, from which docs and conformance tests are made."""

    name: str
    permission: str
    kinds: tuple[str, ...]
    summary: str
    module: str
    function: Callable[..., object]


ACTIONS: Registry[Action] = Registry("action")


def action(permission: str, *, kinds: tuple[str, ...]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare an action by the permission its body asks for and the kinds of entry it writes.

    The function takes keyword arguments only, ``actor`` first. The decorator gives it one transaction and one
    gesture; the body authorises, because only it knows on what.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        parameters = list(inspect.signature(function).parameters.values())
        keyword_only = all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters)
        if not parameters or parameters[0].name != "actor" or not keyword_only:
            raise TypeError(f"{function.__qualname__}: an action takes keyword arguments only, actor first")

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with transaction.atomic(), gesture():
                return function(*args, **kwargs)

        package = function.__module__.removeprefix("quorate.").removesuffix(".actions")
        name = f"{package}.{function.__name__}"
        summary = (function.__doc__ or "").strip().split("\n")[0]
        ACTIONS.register(name, Action(name, permission, kinds, summary, function.__module__, function))
        return run

    return declare
