"""BLT, in the dialects that stand in the world: Wichmann and Hill, OpenSTV, Droop, OpaVote.

``candidates seats``; withdrawn as negative numbers; options in brackets; ballots ``weight ranks 0``; a lone 0; the
names and the title in quotes, then perhaps a source and a comment. Equal ranks are ``1=2`` or ``(1 2)``, a skipped
rank is ``-``, ``(x)`` before a ballot is its id, ``#`` begins a comment, ``[tie …]`` and ``[nick …]`` give the order
for ties and short names. What is written here is read back as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quorate.decisions.counting.profile import Notes, Profile, Ranking, check_size
from quorate.kernel.errors import UserError

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n\f]+) | (?P<comment>\#[^\n]*|/\*.*?\*/) | "(?P<quoted>(?:[^"\\]|\\.|"")*)" |
    (?P<open>[\[(]) | (?P<close>[\])]) | (?P<word>[^\s"\[\]()\#]+)
    """,
    re.VERBOSE | re.DOTALL,
)


_SIMPLE = re.compile(r"\s*(\d+(?:[ \t]+\d+)*)[ \t]+0[ \t]*(?=\r?\n)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    line: int


def read(text: str, where: str = "") -> Profile:
    """The profile in a BLT file. ``UserError`` names the line."""
    return _Reader(text, where).profile()


class _Reader:
    """Reads token by token; ballots that stand on a line of their own, which are most, line by line."""

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self.text = text.removeprefix("\ufeff")
        self.at = 0
        self.line = 1
        self.last = 1
        self.ahead: Token | None = None
        self.nicks: dict[str, int] = {}

    def _token(self) -> Token | None:
        """The next token of the text, or ``None`` at its end."""
        while self.at < len(self.text):
            found = _TOKEN.match(self.text, self.at)
            if found is None:
                raise self._error(
                    self.line, f"cannot read {self.text[self.at : self.at + 20]!r}", "a quote may be left open"
                )
            line, kind = self.line, found.lastgroup or ""
            self.line += found[0].count("\n")
            self.at = found.end()
            if kind not in ("space", "comment"):
                self.last = line
                return Token(kind, _unquoted(found[kind]) if kind == "quoted" else found[kind], line)
        return None

    def _simple(self) -> tuple[Ranking, int] | None:
        """A whole ballot without equal or skipped ranks on a line of its own, if there is one here."""
        if self.ahead is not None or self.nicks:
            return None
        found = _SIMPLE.match(self.text, self.at)
        if found is None:
            return None
        weight, *numbers = map(int, found[1].split())
        if not weight or 0 in numbers or (numbers and max(numbers) > self.count):
            return None
        self.line += found[0].count("\n")
        self.at = found.end()
        return tuple([self.alone[number] for number in numbers]), weight

    def _error(self, line: int, what: str, mend: str = "") -> UserError:
        return UserError(what, f"{self.where}:{line}" if self.where else f"line {line}", mend)

    def _more(self) -> bool:
        if self.ahead is None:
            self.ahead = self._token()
        return self.ahead is not None

    def _peek(self) -> Token:
        if not self._more() or self.ahead is None:
            raise self._error(
                self.last, "the file ends too early", "ballots end with a 0 on its own, then come the names"
            )
        return self.ahead

    def _next(self) -> Token:
        token = self._peek()
        self.ahead = None
        return token

    def _whole(self, what: str) -> int:
        token = self._next()
        if token.kind != "word" or not re.fullmatch(r"\d+(\.0*)?", token.text):
            raise self._error(token.line, f"{token.text!r} where {what} should stand", "a whole number")
        return int(token.text.partition(".")[0])

    def profile(self) -> Profile:
        first = self._peek()
        self.count, seats = self._whole("the number of candidates"), self._whole("the number of seats")
        if not self.count or not seats:
            raise self._error(first.line, f"{self.count} candidates for {seats} seats", "both are at least 1")
        check_size(self.count, f"{self.where}:{first.line}" if self.where else f"line {first.line}")
        self.alone = [(number,) for number in range(self.count + 1)]
        withdrawn, ties = self._head()
        ballots: list[tuple[Ranking, int]] = []
        while True:
            while (simple := self._simple()) is not None:
                ballots.append(simple)
            self._id()
            weight = self._whole("a ballot's weight, or the 0 that ends the ballots,")
            if weight == 0:
                break
            ballots.append((self._ranking(), weight))
        names, notes = self._names()
        ids = sorted(self.nicks, key=lambda nick: self.nicks[nick]) if self.nicks else ()
        return Profile(names, seats, rankings=ballots, withdrawn=withdrawn, ids=ids, tie_order=ties, notes=notes)

    def _head(self) -> tuple[set[int], list[int]]:
        """Withdrawn candidates and options, which stand before the ballots in any order."""
        withdrawn: set[int] = set()
        ties: list[int] = []
        later: list[tuple[str, list[Token]]] = []
        while self._more():
            token = self._peek()
            if token.kind == "word" and re.fullmatch(r"-\d+", token.text):
                self._next()
                withdrawn.add(self._candidate(Token("word", token.text[1:], token.line)))
            elif token.kind == "open" and token.text == "[":
                self._next()
                name, words = self._option()
                if name.text == "nick":
                    self._nicknames(words, name)
                else:
                    later.append((name.text, words))
            else:
                break
        for option, words in later:
            if option == "tie":
                ties = [self._candidate(word) for word in words]
            elif option == "withdrawn":
                withdrawn.update(self._candidate(word) for word in words)
        return withdrawn, ties

    def _option(self) -> tuple[Token, list[Token]]:
        name = self._next()
        words: list[Token] = []
        while (token := self._next()).kind != "close":
            words.append(token)
        return name, words

    def _nicknames(self, words: list[Token], at: Token) -> None:
        self.nicks = {word.text: number for number, word in enumerate(words, 1)}
        if len(self.nicks) != self.count:
            raise self._error(at.line, f"{len(self.nicks)} nicknames for {self.count} candidates", "one for each")

    def _candidate(self, token: Token) -> int:
        if token.text in self.nicks:
            return self.nicks[token.text]
        if not token.text.isdecimal() or not 1 <= int(token.text) <= self.count:
            raise self._error(token.line, f"there is no candidate {token.text!r}", f"1 to {self.count}")
        return int(token.text)

    def _id(self) -> None:
        """Skip a ballot's id: what counts is what it says, not which it is."""
        if self._more() and self._peek().kind == "open":
            while self._next().kind != "close":
                pass

    def _ranking(self) -> Ranking:
        ranks: list[tuple[int, ...]] = []
        while True:
            token = self._next()
            if token.kind == "open" and token.text == "(":
                together: list[int] = []
                while (inner := self._next()).kind != "close":
                    together.append(self._candidate(inner))
                ranks.append(tuple(sorted(together)))
            elif token.kind != "word":
                raise self._error(token.line, f"{token.text!r} within a ballot", "a ballot ends with 0")
            elif token.text == "0":
                return tuple(ranks)
            elif token.text == "-":
                ranks.append(())
            else:
                parts = token.text.split("=")
                ranks.append(tuple(sorted(self._candidate(Token("word", part, token.line)) for part in parts)))

    def _names(self) -> tuple[list[str], Notes]:
        left: list[Token] = []
        while self._more():
            left.append(self._next())
        rest = [token for token in left if token.kind == "quoted"]
        loose = [token for token in left if token.kind != "quoted"]
        if loose and not rest:
            # Names without quotes: one on each line.
            lines: dict[int, list[str]] = {}
            for token in loose:
                lines.setdefault(token.line, []).append(token.text)
            rest = [Token("quoted", " ".join(words), line) for line, words in lines.items()]
        elif loose:
            raise self._error(loose[0].line, f"{loose[0].text!r} after the ballots", "put names in double quotes")
        if not rest:
            return [f"Candidate {number}" for number in range(1, self.count + 1)], Notes()
        if len(rest) < self.count:
            raise self._error(rest[-1].line, f"{len(rest)} names for {self.count} candidates", "one name for each")
        words = [token.text for token in rest]
        beside = [*words[self.count :], "", "", ""]
        return words[: self.count], Notes(*beside[:3])


def write(profile: Profile) -> str:
    """The BLT of a profile of rankings. ``UserError`` for scores, which it cannot hold."""
    if profile.is_scored:
        raise UserError("BLT holds rankings, not scores", "format", "convert to manifest")
    nick = _nick_line(profile)
    lines = [f"{len(profile.candidates)} {profile.seats}"]
    if nick:
        lines.append(nick)
    lines += [f"-{number}" for number in sorted(profile.withdrawn)]
    if profile.tie_order:
        lines.append(f"[tie {' '.join(map(str, profile.tie_order))}]")
    for ranking, weight in profile.rankings:
        ranks = ("=".join(map(str, rank)) or "-" for rank in ranking)
        lines.append(" ".join((str(weight), *ranks, "0")))
    lines.append("0")
    lines += [_quoted(name) for name in profile.candidates]
    notes = [profile.notes.title, profile.notes.source, profile.notes.comment]
    while notes and not notes[-1]:
        notes.pop()
    lines += [_quoted(note) for note in notes]
    return "\n".join(lines) + "\n"


def _nick_line(profile: Profile) -> str:
    if not profile.ids:
        return ""
    if any(not re.fullmatch(r"[^\s\"\[\]()#=]+", nick) or nick.isdecimal() or nick == "-" for nick in profile.ids):
        raise UserError("a candidate's id has characters that BLT cannot hold", "ids", "convert to manifest")
    return f"[nick {' '.join(profile.ids)}]"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(text: str) -> str:
    return re.sub(r'\\(["\\])|""', lambda found: found[1] or '"', text)
