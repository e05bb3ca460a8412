"""From ``kind:id`` to the thing itself, for pages that explain rights on a thing whatever it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quorate.access.actors import Actor
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.kernel.registry import Registry

#: Gives the thing with an id, if the actor may know that there is one; else raises ``NotFound``.
Finder = Callable[[Actor, str], Any]
OBJECTS: Registry[Finder] = Registry("kind of thing that rights are about")


def find_object(actor: Actor, name: str) -> Any:
    """The thing named ``kind:id``; ``NotFound`` for what is not there, is hidden or is no such kind."""
    kind, _colon, key = name.partition(":")
    finder = OBJECTS.find(kind)
    if finder is None or not key:
        raise NotFound(gettext("there is no such thing"), where="object")
    return finder(actor, key)
