"""The value of a guard's tree under facts, in three-valued logic: total, without side effects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

from quorate.engine.durations import Duration
from quorate.engine.guards.parsing import Binary, Call, ListOf, Literal, Name, Node, Not, Word

#: True, false, or ``None`` for unknown.
Truth = bool | None
Facts = Mapping[str, Any]


def truth(value: Any) -> Truth:
    """A value as a truth value: what is neither true nor false is unknown."""
    return value if isinstance(value, bool) else None


def value_of(node: Node, facts: Facts) -> Any:
    """The value of a tree; ``None`` where it cannot be told or the kinds of two operands do not meet."""
    match node:
        case Literal(value=value):
            return value
        case Name(name=name):
            return plain(facts.get(name))
        case ListOf(items=items):
            return [value_of(item, facts) for item in items]
        case Word(operand=operand, known=known):
            return (value_of(operand, facts) is not None) is known
        case Not(operand=operand):
            value = truth(value_of(operand, facts))
            return None if value is None else not value
        case Call(name=name, arguments=arguments):
            return _call(name, [value_of(argument, facts) for argument in arguments])
        case Binary(operator="and", left=left, right=right):
            return _and(truth(value_of(left, facts)), truth(value_of(right, facts)))
        case Binary(operator="or", left=left, right=right):
            return _or(truth(value_of(left, facts)), truth(value_of(right, facts)))
        case Binary(operator=operator, left=left, right=right):
            return _compare(operator, value_of(left, facts), value_of(right, facts))
    raise AssertionError(node)  # the parser makes no other node


def plain(value: Any) -> Any:
    """A fact in the forms that the language knows."""
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


def _call(name: str, values: list[Any]) -> Any:
    return FUNCTIONS[name](values) if len(values) == 1 else None


def _count(values: list[Any]) -> Any:
    return len(values[0]) if isinstance(values[0], list) else None


def _lower(values: list[Any]) -> Any:
    return values[0].casefold() if isinstance(values[0], str) else None


def _length(values: list[Any]) -> Any:
    return len(values[0]) if isinstance(values[0], str) else None


FUNCTIONS: Mapping[str, Callable[[list[Any]], Any]] = {"count": _count, "lower": _lower, "length": _length}
