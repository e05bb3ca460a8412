"""A statement of an account as every reader gives it, and what must hold of it whoever wrote it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.money import CURRENCIES

#: More lines in one file are refused: no bank sends so many, and an importer must end.
MOST_LINES = 200_000
MOST = Decimal(10) ** 13


@dataclass(frozen=True)
class Line:
    """One movement. ``amount`` is more than 0 when it came in. ``where`` is its place in the file.

    ``reference`` is the bank's own, ``structured`` the creditor reference (ISO 11649 or national), ``words`` what the
    payer wrote. ``charges`` is what banks took from it on the way, where the statement says so.
    """

    day: date
    amount: Decimal
    currency: str
    where: str
    value_day: date | None = None
    reference: str = ""
    end_to_end: str = ""
    structured: str = ""
    words: str = ""
    party: str = ""
    party_account: str = ""
    charges: Decimal = Decimal(0)
    reversal: bool = False
    key: str = ""


@dataclass(frozen=True)
class Statement:
    """The movements of one account. Balances are ``None`` where the format has none: then nothing proves the file."""

    account: str
    currency: str
    number: str
    lines: tuple[Line, ...]
    opening: Decimal | None = None
    closing: Decimal | None = None
    start: date | None = None
    end: date | None = None
    pending: int = 0

    @property
    def proved(self) -> bool:
        """Whether the balances were there, and so were checked."""
        return self.opening is not None and self.closing is not None


def finished(statement: Statement, where: str) -> Statement:
    """The statement with a key on each line, after it was checked.

    ``UserError`` when the balances do not add up, or a line is in another currency.
    """
    if statement.currency not in CURRENCIES:
        raise UserError(gettext("%(text)r is not a currency") % {"text": statement.currency}, where=where)
    for line in statement.lines:
        if line.currency != statement.currency:
            raise UserError(
                gettext("is in %(one)s, and the account in %(other)s")
                % {"one": line.currency, "other": statement.currency},
                where=line.where,
                mend=gettext("ask the bank for the amount in the currency of the account"),
            )
    if statement.opening is not None and statement.closing is not None:
        moved = sum((line.amount for line in statement.lines), Decimal(0))
        if statement.opening + moved != statement.closing:
            raise UserError(
                gettext("the balances do not add up: %(opening)s and %(moved)s of movements are not %(closing)s")
                % {"opening": f"{statement.opening:f}", "moved": f"{moved:f}", "closing": f"{statement.closing:f}"},
                where=where,
                mend=gettext("the file is not whole: fetch it from the bank again"),
            )
    return replace(statement, lines=tuple(_keyed(statement)))


def _keyed(statement: Statement) -> Iterator[Line]:
    """Each line with what tells it from all others of its account, the same whenever it is sent again.

    Everything the line says, the bank's reference among it, and which of the lines of its day that say the same it is.
    So a file read twice, or one that overlaps another, gives the same keys, and two equal payments on a day stay two.
    """
    seen: Counter[str] = Counter()
    for line in statement.lines:
        facts = [statement.account, line.day.isoformat(), f"{line.amount.normalize():f}", line.currency]
        facts += [line.reference, line.end_to_end, line.structured, line.words, line.party, line.party_account]
        digest = sha256("\x1f".join(facts).encode()).hexdigest()[:40]
        seen[digest] += 1
        yield replace(line, key=digest if seen[digest] == 1 else f"{digest}-{seen[digest]}")


def amount(text: str, currency: str, where: str) -> Decimal:
    """An amount as machines write it. ``UserError`` for signs, exponents, too many digits or decimals."""
    whole, _point, cents = text.partition(".")
    digits = CURRENCIES.get(currency, 2)
    if not (whole.isascii() and whole.isdigit()) or (_point and not (cents.isascii() and cents.isdigit())):
        raise UserError(
            gettext("%(text)r is not an amount") % {"text": text[:40]}, where=where, mend=gettext("for example 1234.50")
        )
    if len(cents.rstrip("0")) > digits or len(whole) > 13:
        raise UserError(
            gettext("%(text)r is no amount of %(currency)s") % {"text": text[:40], "currency": currency}, where=where
        )
    return Decimal(text).quantize(Decimal(1).scaleb(-digits))


def few(lines: Sequence[object], where: str) -> None:
    """Refuse a file without end."""
    if len(lines) > MOST_LINES:
        raise UserError(gettext("has more than %(most)d lines") % {"most": MOST_LINES}, where=where)
