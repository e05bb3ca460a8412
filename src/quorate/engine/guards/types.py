"""The types of facts, and the check of a guard against the facts that are declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from quorate.engine.durations import Duration
from quorate.engine.guards.parsing import Binary, Call, ListOf, Literal, Name, Node, Not, Word
from quorate.kernel.i18n import gettext


class Type(StrEnum):
    """What a fact may hold; ``ANY`` is checked only when the guard runs."""

    BOOL = "bool"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    DURATION = "duration"
    LIST = "list"
    ANY = "any"


@dataclass(frozen=True)
class Fault:
    """Something wrong in a guard's text: what, and where (0-based offset into the text)."""

    what: str
    position: int
    mend: str = ""


class Catalogue:
    """The facts that guards may name, each with its type; ``prefixes`` admit families such as ``answers.*``."""

    def __init__(self, facts: Mapping[str, Type], prefixes: Mapping[str, Type] | None = None) -> None:
        self.facts = dict(facts)
        self.prefixes = dict(prefixes or {})

    def type_of(self, name: str) -> Type | None:
        """The fact's type, or ``None`` when there is no such fact."""
        if name in self.facts:
            return self.facts[name]
        head, _dot, _tail = name.rpartition(".")
        return self.prefixes.get(head)

    def names(self) -> list[str]:
        """All names, for a message or an editor."""
        return sorted([*self.facts, *(f"{prefix}.*" for prefix in self.prefixes)])


#: Argument types and result type of each function.
SIGNATURES: Mapping[str, tuple[tuple[Type, ...], Type]] = {
    "count": ((Type.LIST,), Type.NUMBER),
    "lower": ((Type.TEXT,), Type.TEXT),
    "length": ((Type.TEXT,), Type.NUMBER),
}


def _fits(kind: Type, *wanted: Type) -> bool:
    return kind is Type.ANY or kind in wanted


def type_of(node: Node, catalogue: Catalogue, faults: list[Fault]) -> Type:
    """The type of a tree; what cannot be is added to ``faults``."""
    match node:
        case Literal(value=value):
            return _literal_type(value)
        case Name(name=name, start=start):
            kind = catalogue.type_of(name)
            if kind is None:
                faults.append(
                    Fault(
                        gettext("“%(name)s” is not a declared fact") % {"name": name},
                        start,
                        gettext("use one of: %(names)s") % {"names": ", ".join(catalogue.names())},
                    )
                )
            return kind or Type.ANY
        case ListOf(items=items):
            for item in items:
                type_of(item, catalogue, faults)
            return Type.LIST
        case Word(operand=operand):
            type_of(operand, catalogue, faults)
            return Type.BOOL
        case Not(operand=operand):
            _need(operand, catalogue, faults, Type.BOOL)
            return Type.BOOL
        case Call():
            return _call_type(node, catalogue, faults)
        case Binary(operator=("and" | "or"), left=left, right=right):
            _need(left, catalogue, faults, Type.BOOL)
            _need(right, catalogue, faults, Type.BOOL)
            return Type.BOOL
        case Binary():
            return _binary_type(node, catalogue, faults)
    raise AssertionError(node)  # the parser makes no other node


def _literal_type(value: Any) -> Type:
    if isinstance(value, bool):
        return Type.BOOL
    kinds = ((str, Type.TEXT), (Duration, Type.DURATION), (date, Type.DATE), ((int, Decimal), Type.NUMBER))
    return next((kind for python, kind in kinds if isinstance(value, python)), Type.ANY)


def _need(node: Node, catalogue: Catalogue, faults: list[Fault], *wanted: Type) -> None:
    kind = type_of(node, catalogue, faults)
    if not _fits(kind, *wanted):
        words = gettext(" or ").join(want.value for want in wanted)
        faults.append(
            Fault(
                gettext("a %(wanted)s is needed here, this is a %(kind)s") % {"wanted": words, "kind": kind.value},
                node.start,
            )
        )


def _call_type(node: Call, catalogue: Catalogue, faults: list[Fault]) -> Type:
    takes, gives = SIGNATURES[node.name]
    if len(node.arguments) != len(takes):
        faults.append(Fault(gettext("%(name)s() takes %(n)d value") % {"name": node.name, "n": len(takes)}, node.start))
    for argument, wanted in zip(node.arguments, takes, strict=False):
        _need(argument, catalogue, faults, wanted)
    return gives


def _binary_type(node: Binary, catalogue: Catalogue, faults: list[Fault]) -> Type:
    left, right = type_of(node.left, catalogue, faults), type_of(node.right, catalogue, faults)
    if node.operator in ("+", "-"):
        return _sum_type(node, left, right, faults)
    if node.operator in ("in", "not in"):
        ok = _fits(right, Type.LIST) or (right is Type.TEXT and _fits(left, Type.TEXT))
    elif Type.ANY in (left, right):
        ok = True
    else:
        ok = left is right and (
            node.operator in ("==", "!=") or left in (Type.NUMBER, Type.DATE, Type.DURATION, Type.TEXT)
        )
    if not ok:
        what = gettext("a %(left)s and a %(right)s cannot be compared with %(operator)s")
        faults.append(Fault(what % {"left": left.value, "right": right.value, "operator": node.operator}, node.start))
    return Type.BOOL


_SUMS: Mapping[tuple[Type, str, Type], Type] = {
    (Type.NUMBER, "+", Type.NUMBER): Type.NUMBER,
    (Type.NUMBER, "-", Type.NUMBER): Type.NUMBER,
    (Type.DATE, "+", Type.DURATION): Type.DATE,
    (Type.DATE, "-", Type.DURATION): Type.DATE,
    (Type.DURATION, "+", Type.DATE): Type.DATE,
    (Type.DURATION, "+", Type.DURATION): Type.DURATION,
    (Type.DATE, "-", Type.DATE): Type.DURATION,
}


def _sum_type(node: Binary, left: Type, right: Type, faults: list[Fault]) -> Type:
    if Type.ANY in (left, right):
        return Type.ANY
    kind = _SUMS.get((left, node.operator, right))
    if kind is None:
        what = gettext("%(operator)s does not join a %(left)s and a %(right)s")
        faults.append(Fault(what % {"left": left.value, "right": right.value, "operator": node.operator}, node.start))
    return kind or Type.ANY
