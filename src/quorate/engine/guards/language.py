"""A guard: parsed once, checked against a catalogue, evaluated under facts, and able to say why it does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from quorate.engine.guards.evaluation import Facts, Truth, plain, truth, value_of
from quorate.engine.guards.parsing import Binary, Call, ListOf, Literal, Name, Node, Not, Word, parse_tree
from quorate.engine.guards.types import Catalogue, Fault, Type, type_of
from quorate.kernel.i18n import gettext


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

    @cached_property
    def compared_texts(self) -> tuple[tuple[str, str], ...]:
        """Facts and the texts with which they are compared by ``==`` and ``!=``: for a check of closed vocabularies."""
        pairs: list[tuple[str, str]] = []
        for node in walk(self.tree):
            if isinstance(node, Binary) and node.operator in ("==", "!="):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    if isinstance(one, Name) and isinstance(other, Literal) and isinstance(other.value, str):
                        pairs.append((one.name, other.value))
        return tuple(pairs)

    def evaluate(self, facts: Facts) -> Verdict:
        """Its value under ``facts``: dotted names to values; absent or ``None`` means unknown."""
        value = truth(value_of(self.tree, facts))
        return Verdict(value, () if value is True else tuple(_blame(self.tree, facts, self.text)))

    def check(self, catalogue: Catalogue) -> list[Fault]:
        """Names that are not declared and operands whose types cannot meet; empty when all is well."""
        faults: list[Fault] = []
        kind = type_of(self.tree, catalogue, faults)
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


def _blame(node: Node, facts: Facts, text: str) -> Iterator[Clause]:
    """The smallest clauses that keep a guard that is not true from being true."""
    value = truth(value_of(node, facts))
    if value is True:
        return
    if isinstance(node, Binary) and node.operator in ("and", "or"):
        for part in (node.left, node.right):
            yield from _blame(part, facts, text)
        return
    names = dict.fromkeys(part.name for part in walk(node) if isinstance(part, Name))
    found = tuple((name, plain(facts.get(name))) for name in names)
    yield Clause(text[node.start : node.end], value, found)
