"""Which invoices a movement on the account pays: proposals with their reasons, for a person to confirm.

What speaks for an invoice, strongest first: its structured reference (ISO 11649), its number in what the payer wrote,
who paid, and the amount. A proposal says which of these it rests on and what does not fit; where several invoices would
fit equally, it says that and proposes none. Nothing is posted here.

Each line is looked up in dictionaries, so the time grows with the lines and not with lines times invoices.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import combinations

from quorate.exchange.finance.statements.statement import Line
from quorate.kernel.i18n import gettext

ZERO = Decimal(0)
#: A number with fewer letters and digits is not looked for in free text: it would be found by chance.
SHORTEST = 5
#: So many words in a row may make up one number: "INV 2026 - 0001".
WORDS = 4
#: Of so many open invoices of one payer at most every sum is tried.
MOST_OPEN = 10
_TOKENS = re.compile(r"[0-9A-Z]+")
#: Legal forms and filling words that are not part of who somebody is.
_FORMS = frozenset(
    {"AB", "AG", "AS", "ASBL", "BV", "CO", "COMPANY", "CORP", "CORPORATION", "EV", "GMBH", "INC", "KG"}
) | {*("LIMITED", "LLC", "LTD", "NV", "OY", "PLC", "SA", "SARL", "SAS", "SE", "SL", "SPA", "SRL", "THE", "UG")}


class Certainty(StrEnum):
    """How much speaks for a proposal."""

    CERTAIN = "certain"
    LIKELY = "likely"
    WEAK = "weak"
    NONE = "none"


class Outcome(StrEnum):
    """What the line is, if the proposal is right."""

    EXACT = "exact"
    SEVERAL = "several"
    PARTIAL = "partial"
    FEE = "fee"
    OVER = "over"
    AGAIN = "again"
    OUTGOING = "outgoing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Open:
    """An issued invoice: what is open of it, 0 when it is settled. ``reference`` is the one payers are asked for."""

    id: str
    number: str
    currency: str
    open: Decimal
    reference: str = ""
    buyer: str = ""
    names: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    due: date | None = None


@dataclass(frozen=True)
class Proposal:
    """What a line could settle, how certainly, and why. ``rest`` is what the shares leave of the line's amount."""

    line: Line
    outcome: Outcome
    certainty: Certainty
    shares: tuple[tuple[str, Decimal], ...] = ()
    rest: Decimal = ZERO
    fee: Decimal = ZERO
    reasons: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass
class _Index:
    """Open invoices by whatever a line may name them by."""

    by_id: dict[str, Open] = field(default_factory=dict)
    by_reference: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_account: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_amount: dict[tuple[str, Decimal], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, invoice: Open) -> None:
        self.by_id[invoice.id] = invoice
        if reference := compact(invoice.reference):
            self.by_reference[reference].append(invoice.id)
        if number := compact(invoice.number):
            self.by_number[number].append(invoice.id)
        for account in {compact(each) for each in invoice.accounts}:
            self.by_account[account].append(invoice.id)
        for name in {known_as(each) for each in (invoice.buyer, *invoice.names) if each}:
            self.by_name[name].append(invoice.id)
        self.by_amount[invoice.currency, invoice.open].append(invoice.id)


def propose(lines: Sequence[Line], invoices: Iterable[Open]) -> list[Proposal]:
    """A proposal for each line, in their order.

    What one line settles is not proposed to the next: the same invoice paid twice is told as paid again.
    """
    index = _Index()
    for invoice in invoices:
        index.add(invoice)
    left = {key: invoice.open for key, invoice in index.by_id.items()}
    found = []
    for line in lines:
        proposal = _one(line, index, left)
        if proposal.certainty in (Certainty.CERTAIN, Certainty.LIKELY):
            for key, share in proposal.shares:
                left[key] -= share + (proposal.fee if len(proposal.shares) == 1 else ZERO)
        found.append(proposal)
    return found


@lru_cache(maxsize=50_000)
def compact(text: str) -> str:
    """Letters and digits alone, in capitals: how numbers, references and accounts are compared."""
    return "".join(_TOKENS.findall(_plain(text)))


@lru_cache(maxsize=50_000)
def known_as(name: str) -> str:
    """A name without accents, signs and legal form, its words in order: how payers are compared."""
    words = re.findall(r"\w+", _plain(name).replace(".", ""))  # S.A. is SA
    return " ".join(sorted(word for word in words if word not in _FORMS)) or " ".join(sorted(words))


def _plain(text: str) -> str:
    if text.isascii():
        return text.upper()
    return "".join(each for each in unicodedata.normalize("NFKD", text.upper()) if not unicodedata.combining(each))


def reference_holds(text: str) -> bool:
    """Whether the check digits of a creditor reference hold (ISO 11649, modulo 97)."""
    bare = compact(text)
    if not re.fullmatch(r"RF\d\d[0-9A-Z]{1,21}", bare):
        return False
    return int("".join(str(int(each, 36)) for each in bare[4:] + bare[:4])) % 97 == 1


def reference_for(number: str) -> str:
    """The creditor reference of an invoice's number (ISO 11649), its last 21 letters and digits."""
    body = compact(number)[-21:]
    digits = int("".join(str(int(each, 36)) for each in f"{body}RF00")) % 97
    return f"RF{98 - digits:02}{body}"


def _numbers(text: str) -> Iterator[str]:
    """What in a text could be a number of an invoice: words, and words in a row."""
    tokens = _TOKENS.findall(_plain(text))
    for start in range(len(tokens)):
        joined = ""
        for token in tokens[start : start + WORDS]:
            joined += token
            yield joined


def _named(line: Line, index: _Index) -> tuple[list[str], list[str]]:
    """Invoices that the line names, and the reasons."""
    found: dict[str, str] = {}
    for text in (line.structured, line.end_to_end):
        for key in index.by_reference.get(compact(text), ()) if text else ():
            found[key] = gettext("its structured reference %(text)s") % {"text": text}
    text = f"{line.structured} {line.end_to_end} {line.words}"
    for candidate in _numbers(text):
        if len(candidate) < SHORTEST:
            continue
        for key in index.by_reference.get(candidate, ()):
            found.setdefault(key, gettext("its reference %(text)s in the words") % {"text": candidate})
        for key in index.by_number.get(candidate, ()):
            found.setdefault(key, gettext("its number %(text)s in the words") % {"text": index.by_id[key].number})
    return list(found), list(dict.fromkeys(found.values()))


def _payer(line: Line, index: _Index) -> tuple[list[str], str]:
    """Invoices of who paid, and how that is known."""
    if line.party_account and (found := index.by_account.get(compact(line.party_account))):
        return found, gettext("the account %(text)s has paid for the buyer before") % {"text": line.party_account}
    if line.party and (found := index.by_name.get(known_as(line.party))):
        return found, gettext("the payer is called %(text)s") % {"text": line.party}
    return [], ""


def _one(line: Line, index: _Index, left: dict[str, Decimal]) -> Proposal:
    if line.amount <= 0:
        what = gettext("a payment that the bank took back") if line.reversal else gettext("money that went out")
        return Proposal(line, Outcome.OUTGOING, Certainty.NONE, rest=line.amount, reasons=(what,))
    named, reasons = _named(line, index)
    payers, who = _payer(line, index)
    foreign = [key for key in named if index.by_id[key].currency != line.currency]
    if foreign:
        reasons.append(
            gettext("invoice %(number)s is in %(currency)s")
            % {"number": index.by_id[foreign[0]].number, "currency": index.by_id[foreign[0]].currency}
        )
        return Proposal(
            line, Outcome.UNKNOWN, Certainty.WEAK, rest=line.amount, reasons=tuple(reasons), others=tuple(named)
        )
    if named:
        return _by_name(line, index, left, named, reasons, payers, who)
    return _by_payer(line, index, left, payers, who)


def _by_name(
    line: Line,
    index: _Index,
    left: dict[str, Decimal],
    named: list[str],
    reasons: list[str],
    payers: list[str],
    who: str,
) -> Proposal:
    """A line that names invoices."""
    said = list(reasons)
    certainty = Certainty.CERTAIN
    if who and set(named) <= set(payers):
        said.append(who)
    elif line.party and any(known_as(line.party) not in _names(index.by_id[key]) for key in named):
        said.append(gettext("but the payer is called %(text)s") % {"text": line.party})
        certainty = Certainty.LIKELY
    open_ones = [key for key in named if left[key] > 0]
    if not open_ones:
        said.append(gettext("but it is paid already"))
        return Proposal(
            line, Outcome.AGAIN, Certainty.LIKELY, rest=line.amount, reasons=tuple(said), others=tuple(named)
        )
    total = sum((left[key] for key in open_ones), ZERO)
    if len(open_ones) < len(named):
        certainty = Certainty.LIKELY
    if line.amount == total:
        said.append(gettext("the amount is what is open"))
        outcome = Outcome.EXACT if len(open_ones) == 1 else Outcome.SEVERAL
        return Proposal(line, outcome, certainty, tuple((key, left[key]) for key in open_ones), reasons=tuple(said))
    if len(open_ones) > 1:
        # Which of them is meant to stay open is not ours to say.
        said.append(gettext("the amount is not what is open of them, %(total)s") % {"total": f"{total:f}"})
        return Proposal(
            line, Outcome.UNKNOWN, Certainty.WEAK, rest=line.amount, reasons=tuple(said), others=tuple(open_ones)
        )
    key = open_ones[0]
    if line.charges and line.amount + line.charges == total:
        said.append(gettext("banks took %(fee)s on the way") % {"fee": f"{line.charges:f}"})
        return Proposal(line, Outcome.FEE, certainty, ((key, line.amount),), fee=line.charges, reasons=tuple(said))
    if line.amount < total:
        said.append(gettext("%(rest)s stays open") % {"rest": f"{total - line.amount:f}"})
        return Proposal(line, Outcome.PARTIAL, Certainty.LIKELY, ((key, line.amount),), reasons=tuple(said))
    said.append(gettext("%(rest)s more than is open") % {"rest": f"{line.amount - total:f}"})
    return Proposal(
        line, Outcome.OVER, Certainty.LIKELY, ((key, total),), rest=line.amount - total, reasons=tuple(said)
    )


def _by_payer(line: Line, index: _Index, left: dict[str, Decimal], payers: list[str], who: str) -> Proposal:
    """A line that names no invoice: who paid, and how much."""
    theirs = [key for key in payers if left[key] > 0 and index.by_id[key].currency == line.currency]
    equal = [key for key in theirs if left[key] == line.amount]
    if len(equal) == 1:
        words = (who, gettext("of theirs only this one has the amount"))
        return Proposal(line, Outcome.EXACT, Certainty.LIKELY, ((equal[0], line.amount),), reasons=words)
    if len(equal) > 1:
        words = (who, gettext("%(n)d of theirs have the amount") % {"n": len(equal)})
        return Proposal(line, Outcome.UNKNOWN, Certainty.WEAK, rest=line.amount, reasons=words, others=tuple(equal))
    sums = _sums(theirs, left, line.amount)
    if len(sums) == 1:
        words = (who, gettext("only these of theirs come to the amount"))
        shares = tuple((key, left[key]) for key in sums[0])
        return Proposal(line, Outcome.SEVERAL, Certainty.WEAK, shares, reasons=words)
    if theirs:
        words = (who, gettext("none of theirs has the amount") if not sums else gettext("several sums come to it"))
        return Proposal(
            line, Outcome.UNKNOWN, Certainty.WEAK, rest=line.amount, reasons=words, others=tuple(theirs[:20])
        )
    alone = [key for key in index.by_amount.get((line.currency, line.amount), ()) if left[key] == line.amount]
    said = (who,) if who else ()
    if len(alone) == 1:
        words = (*said, gettext("nothing but the amount speaks for it"))
        return Proposal(line, Outcome.EXACT, Certainty.WEAK, ((alone[0], line.amount),), reasons=words)
    words = (*said, gettext("no invoice is named, and %(n)d have the amount") % {"n": len(alone)})
    return Proposal(line, Outcome.UNKNOWN, Certainty.NONE, rest=line.amount, reasons=words, others=tuple(alone[:20]))


def _names(invoice: Open) -> set[str]:
    return {known_as(each) for each in (invoice.buyer, *invoice.names) if each}


def _sums(keys: list[str], left: dict[str, Decimal], wanted: Decimal) -> list[tuple[str, ...]]:
    """Two or more of the invoices that come to an amount, at most two ways: more than one is as good as many."""
    found: list[tuple[str, ...]] = []
    if len(keys) > MOST_OPEN:
        return found
    for size in range(2, len(keys) + 1):
        for some in combinations(keys, size):
            if sum((left[key] for key in some), ZERO) == wanted:
                found.append(some)
                if len(found) == 2:
                    return found
    return found
