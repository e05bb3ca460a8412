"""Reads the text of a guard into a tree. Written by hand: a guard is never handed to Python.

or      := and ("or" and)*
and     := not ("and" not)*
not     := "not" not | compare
compare := sum [("==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in") sum | "is" ("known" | "unknown")]
sum     := term (("+" | "-") term)*
term    := number | text | date | duration | "true" | "false" | name | function "(" or, … ")" | "(" or ")"
               | "[" or, … "]"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from quorate.engine.durations import Duration
from quorate.kernel.i18n import gettext

FUNCTION_NAMES = ("count", "length", "lower")
COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
RESERVED = frozenset({"and", "or", "not", "in", "is", "known", "unknown", "true", "false"})
MAX_LENGTH = 2000
MAX_WORDS = 300
MAX_DEPTH = 50


class GuardSyntaxError(ValueError):
    """The text is not a guard; ``position`` is the 0-based offset of the first character that does not fit."""

    def __init__(self, what: str, position: int) -> None:
        super().__init__(gettext("%(what)s, at character %(n)d") % {"what": what, "n": position + 1})
        self.what = what
        self.position = position


@dataclass(frozen=True)
class Node:
    """A part of a guard; ``start`` and ``end`` cut its text out of the guard's."""

    start: int
    end: int


@dataclass(frozen=True)
class Literal(Node):
    """A number, text, date, duration or truth value written in the guard."""

    value: Any


@dataclass(frozen=True)
class Name(Node):
    """A fact."""

    name: str


@dataclass(frozen=True)
class Call(Node):
    """A function of one or more values."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class ListOf(Node):
    """A list written in the guard."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    """Negation."""

    operand: Node


@dataclass(frozen=True)
class Word(Node):
    """``… is known`` or ``… is unknown``."""

    operand: Node
    known: bool


@dataclass(frozen=True)
class Binary(Node):
    """Two parts joined by an operator."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Token:
    """A word of the text."""

    kind: str
    text: str
    start: int
    end: int


_TOKENS = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<date>\d{4}-\d{2}-\d{2}(?![\d-]))
    | (?P<number>\d+(?:\.\d+)?(?![\w.]))
    | (?P<duration>P(?=[\dT])(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?(?![\w.-]))
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*(?:\.[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*)*)
    | (?P<text>"[^"\n]*"|'[^'\n]*')
    | (?P<sign>==|!=|<=|>=|<|>|\+|-|\(|\)|\[|\]|,)
    """,
    re.VERBOSE,
)


def tokens(text: str) -> list[Token]:
    """The words of the text, ending with one of kind ``end``."""
    if len(text) > MAX_LENGTH:
        raise GuardSyntaxError(gettext("a guard may have %(n)d characters at most") % {"n": MAX_LENGTH}, MAX_LENGTH)
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKENS.match(text, at)
        if match is None:
            quote = text[at] in "\"'"
            raise GuardSyntaxError(
                gettext("the quotation is not closed")
                if quote
                else gettext("“%(text)s” does not belong in a guard") % {"text": text[at]},
                at,
            )
        kind = match.lastgroup or ""
        if kind != "space":
            found.append(Token(kind, match.group(), at, match.end()))
        at = match.end()
    if len(found) > MAX_WORDS:
        what = gettext("a guard may have %(n)d words at most") % {"n": MAX_WORDS}
        raise GuardSyntaxError(what, found[MAX_WORDS].start)
    found.append(Token("end", "", len(text), len(text)))
    return found


def parse_tree(text: str) -> Node:
    """The guard's tree, or ``GuardSyntaxError``."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def is_word(self, *words: str) -> bool:
        return self.token.kind == "name" and self.token.text in words

    def is_sign(self, *signs: str) -> bool:
        return self.token.kind == "sign" and self.token.text in signs

    def fail(self, expected: str) -> GuardSyntaxError:
        if self.token.kind == "end":
            what = gettext("the guard ends where %(expected)s is expected") % {"expected": expected}
        else:
            what = gettext("%(expected)s is expected, not “%(text)s”") % {
                "expected": expected,
                "text": self.token.text,
            }
        return GuardSyntaxError(what, self.token.start)

    def expect(self, sign: str) -> Token:
        if not self.is_sign(sign):
            raise self.fail(f"“{sign}”")
        return self.next()

    def whole(self) -> Node:
        node = self.either()
        if self.token.kind != "end":
            raise self.fail(gettext("“and”, “or” or the end"))
        return node

    def either(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise GuardSyntaxError(gettext("the guard is nested too deeply"), self.token.start)
        node = self.both()
        while self.is_word("or"):
            self.next()
            right = self.both()
            node = Binary(node.start, right.end, "or", node, right)
        self.depth -= 1
        return node

    def both(self) -> Node:
        node = self.negation()
        while self.is_word("and"):
            self.next()
            right = self.negation()
            node = Binary(node.start, right.end, "and", node, right)
        return node

    def negation(self) -> Node:
        words: list[Token] = []
        while self.is_word("not"):
            words.append(self.next())
            if len(words) > MAX_DEPTH:
                raise GuardSyntaxError(gettext("the guard is nested too deeply"), words[-1].start)
        node = self.comparison()
        for word in reversed(words):
            node = Not(word.start, node.end, node)
        return node

    def comparison(self) -> Node:
        left = self.sum()
        operator = ""
        if self.is_sign(*COMPARISONS) or self.is_word("in"):
            operator = self.next().text
        elif self.is_word("not") and self.tokens[self.at + 1].text == "in":
            self.at += 2
            operator = "not in"
        elif self.is_word("is"):
            self.next()
            if not self.is_word("known", "unknown"):
                raise self.fail(gettext("“known” or “unknown”"))
            word = self.next()
            return Word(left.start, word.end, left, word.text == "known")
        if not operator:
            return left
        right = self.sum()
        if self.is_sign(*COMPARISONS) or self.is_word("in"):
            raise GuardSyntaxError(gettext("comparisons do not chain: join them with “and”"), self.token.start)
        return Binary(left.start, right.end, operator, left, right)

    def sum(self) -> Node:
        node = self.term()
        while self.is_sign("+", "-"):
            operator = self.next().text
            right = self.term()
            node = Binary(node.start, right.end, operator, node, right)
        return node

    def term(self) -> Node:
        token = self.token
        if self.is_sign("("):
            self.next()
            inner = self.either()
            closing = self.expect(")")
            return _spanning(inner, token.start, closing.end)
        if self.is_sign("["):
            self.next()
            items = self.series("]")
            return ListOf(token.start, self.tokens[self.at - 1].end, items)
        if token.kind == "name":
            return self.word()
        reader = getattr(self, f"read_{token.kind}", None)
        if reader is None:
            raise self.fail(gettext("a value"))
        self.next()
        return Literal(token.start, token.end, reader(token))

    def word(self) -> Node:
        token = self.token
        if token.text in ("true", "false"):
            self.next()
            return Literal(token.start, token.end, token.text == "true")
        if token.text in RESERVED:
            raise self.fail(gettext("a value"))
        self.next()
        if not self.is_sign("("):
            return Name(token.start, token.end, token.text)
        if token.text not in FUNCTION_NAMES:
            raise GuardSyntaxError(
                gettext("there is no function “%(name)s”; there are %(names)s")
                % {"name": token.text, "names": ", ".join(FUNCTION_NAMES)},
                token.start,
            )
        self.next()
        arguments = self.series(")")
        return Call(token.start, self.tokens[self.at - 1].end, token.text, arguments)

    def series(self, closing: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self.is_sign(closing):
            items.append(self.either())
            if not self.is_sign(closing):
                self.expect(",")
        self.expect(closing)
        return tuple(items)

    def read_number(self, token: Token) -> int | Decimal:
        return Decimal(token.text) if "." in token.text else int(token.text)

    def read_text(self, token: Token) -> str:
        return token.text[1:-1]

    def read_date(self, token: Token) -> date:
        try:
            return date.fromisoformat(token.text)
        except ValueError:
            raise GuardSyntaxError(gettext("“%(text)s” is not a date") % {"text": token.text}, token.start) from None

    def read_duration(self, token: Token) -> Duration:
        try:
            return Duration.parse(token.text)
        except ValueError as error:
            raise GuardSyntaxError(str(error), token.start) from None


def _spanning(node: Node, start: int, end: int) -> Node:
    """The node with its brackets counted in, so that its text reads whole."""
    values = {name: getattr(node, name) for name in node.__dataclass_fields__}
    return type(node)(**{**values, "start": start, "end": end})
