"""Kinds of entry: each has one definition, one sentence and a declared shape of its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quorate.kernel.i18n import _
from quorate.kernel.registry import Registry

#: What an entry's data may hold: the digest is over JSON, and floats have no one canonical form.
JsonType = type[str] | type[int] | type[bool] | type[list] | type[dict]  # type: ignore[type-arg]  # a family of types


@dataclass(frozen=True)
class Kind:
    """A declared kind of ledger entry.

    ``name`` is ``noun.verb-in-the-past``; ``sentence`` is translatable and may name ``{actor}``, the roles of
    references (``{case}``), fields of the data and private fields. ``fields`` maps a field to its JSON type;
    every field may also be ``None``. ``private`` lists fields whose values stand beside the entry.
    ``public`` says whether an anonymous reader may see the sentence.
    """

    name: str
    sentence: object
    fields: Mapping[str, type] = field(default_factory=dict)
    private: tuple[str, ...] = ()
    public: bool = False

    def check(self, data: Mapping[str, Any], private: Mapping[str, Any]) -> None:
        """Refuse data that the kind did not declare. ``ValueError``: this is a defect of ours, not a user's."""
        for key, value in data.items():
            if key not in self.fields:
                raise ValueError(f"kind {self.name} declares no field {key!r}")
            wanted = self.fields[key]
            if value is not None and not _fits(value, wanted):
                raise ValueError(f"kind {self.name}: {key} must be {wanted.__name__}, got {value!r}")
        for key in private:
            if key not in self.private:
                raise ValueError(f"kind {self.name} declares no private field {key!r}")


def _fits(value: Any, wanted: type) -> bool:
    if wanted is int and isinstance(value, bool):
        return False
    return isinstance(value, wanted) and _canonical(value)


def _canonical(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _canonical(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return all(_canonical(item) for item in value)
    return value is None or isinstance(value, (str, int, bool))


KINDS: Registry[Kind] = Registry("kind of ledger entry")


def register(kind: Kind) -> Kind:
    """Declare a kind; its name is then usable in :func:`quorate.ledger.actions.append`."""
    return KINDS.register(kind.name, kind)


register(
    Kind(
        "ledger.shredded",
        _("{actor} removed private values from {count} entries"),
        fields={"count": int, "reason": str, "values": dict},
    )
)
register(Kind("outbox.retried", _("{actor} sent a failed message again"), fields={"message": str, "topic": str}))
register(Kind("outbox.discarded", _("{actor} discarded a failed message"), fields={"message": str, "topic": str}))
