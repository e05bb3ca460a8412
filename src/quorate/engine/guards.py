"""The guard language: a small total language over declared facts, with three-valued logic.

    count(checks.failing) == 0 and (reviews.submitted >= 2 or "approve" in reviews.recommendations)

There are no loops, no assignments and no Python in it. Every guard has a value for every set of facts: true, false
or unknown, and unknown is not true, so what nobody could measure never lets a case pass. A refusal names the clause
that failed and what was found. ``x is known`` and ``x is unknown`` ask about knowledge itself and are always true or
false. Facts are dotted names; which there are is said by the ``Catalogue`` against which a guard is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from quorate.engine.durations import Duration
from quorate.engine.guardparser import (
    Binary,
    Call,
    GuardSyntaxError,
    ListOf,
    Literal,
    Name,
    Node,
    Not,
    Word,
    parse_tree,
)
from quorate.kernel.i18n import gettext

#: True, false, or ``None`` for unknown.
Truth = bool | None
Facts = Mapping[str, Any]


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


@dataclass(frozen=True)
class Clause:
    """One clause that did not hold: its text, its value, and the facts found in it."""

    text: str
    value: Truth
    found: tuple[tuple[str, Any], ...] = ()

    @property
    def sentence(self) -> str:
        """``reviews.submitted >= 2 does not hold (reviews.submitted is 1)``."""
        facts = ", ".join(
            gettext("%(name)s is %(value)s") % {"name": name, "value": show(value)} for name, value in self.found
        )
        if self.value is None:
            text = gettext("“%(clause)s” cannot be told") % {"clause": self.text}
        else:
            text = gettext("“%(clause)s” does not hold") % {"clause": self.text}
        return f"{text} ({facts})" if facts else text


@dataclass(frozen=True)
class Verdict:
    """The value of a guard and, when it is not true, the clauses to blame."""

    value: Truth
    clauses: tuple[Clause, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it is true; unknown is not."""
        return self.value is True

    def __bool__(self) -> bool:
        return self.holds

    @property
    def refusal(self) -> str:
        """The failed clauses in words, or empty when it holds."""
        return "; ".join(clause.sentence for clause in self.clauses)


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


@dataclass(frozen=True)
class Guard:
    """A parsed guard. Equal when the texts are equal."""

    text: str
    tree: Node = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Guard:
        """Raises ``GuardSyntaxError`` (a ``ValueError`` with a ``position``) when the text is not a guard."""
        return cls(text, parse_tree(text))

    def __str__(self) -> str:
        return self.text

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The facts it asks for, each once, in order of appearance."""
        return tuple(dict.fromkeys(node.name for node in walk(self.tree) if isinstance(node, Name)))

    def evaluate(self, facts: Facts) -> Verdict:
        """Its value under ``facts``: dotted names to values; absent or ``None`` means unknown."""
        value = _truth(_value(self.tree, facts))
        return Verdict(value, () if value is True else tuple(_blame(self.tree, facts, self.text)))

    def check(self, catalogue: Catalogue) -> list[Fault]:
        """Names that are not declared and operands whose types cannot meet; empty when all is well."""
        faults: list[Fault] = []
        kind = _type(self.tree, catalogue, faults)
        if not faults and kind not in (Type.BOOL, Type.ANY):
            faults.append(Fault(gettext("a guard must be true or false, this is a %(kind)s") % {"kind": kind.value}, 0))
        return faults


def show(value: Any) -> str:
    """A fact's value in words for a refusal."""
    if value is None:
        return gettext("unknown")
    if value is True:
        return gettext("true")
    if value is False:
        return gettext("false")
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(show(item) for item in value) or gettext("none")
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node."""
    match node:
        case Binary(left=left, right=right):
            return (left, right)
        case Not(operand=operand) | Word(operand=operand):
            return (operand,)
        case Call(arguments=parts) | ListOf(items=parts):
            return parts
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


# --- values ---------------------------------------------------------------------------------------------------


def _truth(value: Any) -> Truth:
    return value if isinstance(value, bool) else None


def _value(node: Node, facts: Facts) -> Any:
    match node:
        case Literal(value=value):
            return value
        case Name(name=name):
            return _plain(facts.get(name))
        case ListOf(items=items):
            return [_value(item, facts) for item in items]
        case Word(operand=operand, known=known):
            return (_value(operand, facts) is not None) is known
        case Not(operand=operand):
            value = _truth(_value(operand, facts))
            return None if value is None else not value
        case Call(name=name, arguments=arguments):
            return FUNCTIONS[name].apply([_value(argument, facts) for argument in arguments], facts)
        case Binary(operator="and", left=left, right=right):
            return _and(_truth(_value(left, facts)), _truth(_value(right, facts)))
        case Binary(operator="or", left=left, right=right):
            return _or(_truth(_value(left, facts)), _truth(_value(right, facts)))
        case Binary(operator=operator, left=left, right=right):
            return _compare(operator, _value(left, facts), _value(right, facts))
    raise AssertionError(node)  # the parser makes no other node


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float):
        return Decimal(repr(value)) if value == value and abs(value) != float("inf") else None
    return value


def _and(left: Truth, right: Truth) -> Truth:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(left: Truth, right: Truth) -> Truth:
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _equal(left: Any, right: Any) -> Truth:
    if left is None or right is None:
        return None
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        verdict: Truth = True
        for one, other in zip(left, right, strict=True):
            verdict = _and(verdict, _equal(one, other))
        return verdict
    pair = _comparable(left, right)
    return None if pair is None else bool(pair[0] == pair[1])


def _contains(item: Any, group: Any) -> Truth:
    if isinstance(group, str) and isinstance(item, str):
        return item in group
    if not isinstance(group, list):
        return None
    verdict: Truth = False
    for member in group:
        verdict = _or(verdict, _equal(item, member))
    return verdict


def _comparable(left: Any, right: Any) -> tuple[Any, Any] | None:
    """The two values in a form that can be ordered, or ``None`` when their kinds differ."""
    if isinstance(left, bool) or isinstance(right, bool):
        return (left, right) if isinstance(left, bool) and isinstance(right, bool) else None
    if isinstance(left, (int, Decimal)) and isinstance(right, (int, Decimal)):
        return left, right
    if isinstance(left, str) and isinstance(right, str):
        return left, right
    if isinstance(left, Duration) and isinstance(right, Duration):
        return left, right
    if isinstance(left, date) and isinstance(right, date):
        if isinstance(left, datetime) and isinstance(right, datetime):
            return left, right
        return _day(left), _day(right)
    return None


def _day(value: date) -> date:
    return value.astimezone(UTC).date() if isinstance(value, datetime) else value


def _compare(operator: str, left: Any, right: Any) -> Any:
    if operator in ("+", "-"):
        return _arithmetic(operator, left, right)
    if operator == "in":
        return _contains(left, right)
    if operator == "not in":
        inside = _contains(left, right)
        return None if inside is None else not inside
    if operator in ("==", "!="):
        same = _equal(left, right)
        return same if same is None or operator == "==" else not same
    if left is None or right is None:
        return None
    pair = _comparable(left, right)
    if pair is None or isinstance(pair[0], bool):
        return None
    one, other = pair
    if operator == "<":
        return one < other
    if operator == "<=":
        return one <= other
    return one > other if operator == ">" else one >= other


def _arithmetic(operator: str, left: Any, right: Any) -> Any:
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return None
    if isinstance(left, (int, Decimal)) and isinstance(right, (int, Decimal)):
        return left + right if operator == "+" else left - right
    try:
        if isinstance(left, date) and isinstance(right, Duration):
            sign = 1 if operator == "+" else -1
            if isinstance(left, datetime):
                return right.after(left, sign=sign)
            at = right.after(datetime.combine(left, time(0), tzinfo=UTC), sign=sign)
            return at if right.seconds else at.date()
        if isinstance(left, Duration) and isinstance(right, date) and operator == "+":
            return _arithmetic("+", right, left)
        if isinstance(left, Duration) and isinstance(right, Duration) and operator == "+":
            return left + right
    except (ValueError, OverflowError):
        return None
    if isinstance(left, date) and isinstance(right, date) and operator == "-":
        days = (_day(left) - _day(right)).days
        return Duration(days=days) if days >= 0 else Duration()
    return None


# --- blame ----------------------------------------------------------------------------------------------------


def _blame(node: Node, facts: Facts, text: str) -> Iterator[Clause]:
    """The smallest clauses that keep a guard that is not true from being true."""
    value = _truth(_value(node, facts))
    if value is True:
        return
    if isinstance(node, Binary) and node.operator in ("and", "or"):
        for part in (node.left, node.right):
            yield from _blame(part, facts, text)
        return
    names = dict.fromkeys(part.name for part in walk(node) if isinstance(part, Name))
    found = tuple((name, _plain(facts.get(name))) for name in names)
    yield Clause(text[node.start : node.end], value, found)


# --- functions and types --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Function:
    """A function of the language: argument types, result type and a total implementation."""

    takes: tuple[Type, ...]
    gives: Type
    apply: Callable[[list[Any], Facts], Any]


def _count(values: list[Any], _facts: Facts) -> Any:
    return len(values[0]) if isinstance(values[0], list) else None


def _lower(values: list[Any], _facts: Facts) -> Any:
    return values[0].casefold() if isinstance(values[0], str) else None


def _length(values: list[Any], _facts: Facts) -> Any:
    return len(values[0]) if isinstance(values[0], str) else None


FUNCTIONS: Mapping[str, Function] = {
    "count": Function((Type.LIST,), Type.NUMBER, _count),
    "lower": Function((Type.TEXT,), Type.TEXT, _lower),
    "length": Function((Type.TEXT,), Type.NUMBER, _length),
}


def _fits(kind: Type, *wanted: Type) -> bool:
    return kind is Type.ANY or kind in wanted


def _type(node: Node, catalogue: Catalogue, faults: list[Fault]) -> Type:
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
                _type(item, catalogue, faults)
            return Type.LIST
        case Word(operand=operand):
            _type(operand, catalogue, faults)
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
    return next((kind for python, kind in kinds if isinstance(value, python)), Type.ANY)  # type: ignore[arg-type]  # a tuple of types is one too


def _need(node: Node, catalogue: Catalogue, faults: list[Fault], *wanted: Type) -> None:
    kind = _type(node, catalogue, faults)
    if not _fits(kind, *wanted):
        words = gettext(" or ").join(want.value for want in wanted)
        faults.append(
            Fault(
                gettext("a %(wanted)s is needed here, this is a %(kind)s") % {"wanted": words, "kind": kind.value},
                node.start,
            )
        )


def _call_type(node: Call, catalogue: Catalogue, faults: list[Fault]) -> Type:
    function = FUNCTIONS[node.name]
    if len(node.arguments) != len(function.takes):
        faults.append(
            Fault(gettext("%(name)s() takes %(n)d value") % {"name": node.name, "n": len(function.takes)}, node.start)
        )
    for argument, wanted in zip(node.arguments, function.takes, strict=False):
        _need(argument, catalogue, faults, wanted)
    return function.gives


def _binary_type(node: Binary, catalogue: Catalogue, faults: list[Fault]) -> Type:
    left, right = _type(node.left, catalogue, faults), _type(node.right, catalogue, faults)
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


__all__ = ["Catalogue", "Clause", "Fault", "Guard", "GuardSyntaxError", "Sequence", "Truth", "Type", "Verdict"]
