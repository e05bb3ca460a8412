"""ISO 20022 ``camt.053`` (bank to customer statement), versions 001.02 to 001.08 and those between and after.

Source: the message definitions of ISO 20022. What differs between the versions is where a party's name stands and how
a status is written. Only booked movements count; pending ones are counted and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from quorate.exchange.finance.invoicing.xmlfile import parse
from quorate.exchange.finance.statements.statement import Line, Statement, amount, few, finished
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d\d)\}Document")
VERSIONS = range(2, 14)
OPENING = ("OPBD", "PRCD")
CLOSING = ("CLBD",)


def read(content: bytes, name: str) -> list[Statement]:
    """The statements in a file. ``UserError`` with the line where something is missing, wrong or does not add up."""
    root = parse(content, name)
    found = NAMESPACE.fullmatch(root.tag)
    if found is None or int(found[1]) not in VERSIONS:
        raise UserError(
            gettext("is not camt.053: its root is %(tag)s") % {"tag": root.tag},
            where=name,
            mend=gettext("ask the bank for camt.053 (statement), not camt.052 or camt.054"),
        )
    reader = _Reader(name, root.tag.partition("}")[0] + "}")
    statements = list(reader.all(root, "BkToCstmrStmt", "Stmt"))
    if not statements:
        raise UserError(gettext("has no statement in it"), where=name)
    return [reader.statement(element) for element in statements]


class _Reader:
    """Walks the elements of one file by their names, whatever the version's namespace is."""

    def __init__(self, name: str, namespace: str) -> None:
        self.name = name
        self.namespace = namespace

    def where(self, element: Any) -> str:
        return f"{self.name}:{element.sourceline}"

    def all(self, element: Any, *steps: str) -> Iterator[Any]:
        yield from element.iterfind("/".join(f"{self.namespace}{step}" for step in steps))

    def one(self, element: Any, *steps: str) -> Any:
        return next(self.all(element, *steps), None)

    def text(self, element: Any, *steps: str) -> str:
        found = self.one(element, *steps)
        return " ".join((found.text or "").split()) if found is not None else ""

    def need(self, element: Any, *steps: str) -> Any:
        found = self.one(element, *steps)
        if found is None:
            raise UserError(
                gettext("%(name)s is missing") % {"name": "/".join(steps)},
                where=self.where(element),
                mend=gettext("the file is not whole: fetch it from the bank again"),
            )
        return found

    def statement(self, element: Any) -> Statement:
        account = self.need(element, "Acct", "Id")
        number = self.text(account, "IBAN") or self.text(account, "Othr", "Id")
        if not number:
            raise UserError(gettext("the account has no number"), where=self.where(account))
        opening, closing = self.balance(element, OPENING), self.balance(element, CLOSING)
        currency = self.text(element, "Acct", "Ccy") or opening[1]
        entries = list(self.all(element, "Ntry"))
        few(entries, self.where(element))
        lines: list[Line] = []
        pending = 0
        for entry in entries:
            status = self.text(entry, "Sts", "Cd") or self.text(entry, "Sts")
            if status == "BOOK":
                lines += self.entry(entry)
            elif status in ("PDNG", "INFO", "FUTR"):
                pending += 1
            else:
                raise UserError(
                    gettext("the status %(text)r of a movement is not known") % {"text": status},
                    where=self.where(entry),
                )
        self.counted(element, len(entries))
        for _amount, other, where in (opening, closing):
            if other != currency:
                raise UserError(gettext("a balance is in %(one)s") % {"one": other}, where=where)
        return finished(
            Statement(
                account=number,
                currency=currency,
                number=self.text(element, "Id"),
                lines=tuple(lines),
                opening=opening[0],
                closing=closing[0],
                start=self.day(element, "FrToDt", "FrDtTm"),
                end=self.day(element, "FrToDt", "ToDtTm"),
                pending=pending,
            ),
            self.where(element),
        )

    def balance(self, element: Any, codes: tuple[str, ...]) -> tuple[Decimal, str, str]:
        """The balance of the first of the codes that is there: amount, currency, place."""
        found: dict[str, Any] = {}
        for balance in self.all(element, "Bal"):
            found.setdefault(self.text(balance, "Tp", "CdOrPrtry", "Cd"), balance)
        for code in codes:
            if code in found:
                sign, currency = self.signed(found[code])
                return sign, currency, self.where(found[code])
        raise UserError(
            gettext("there is no balance %(code)s") % {"code": codes[0]},
            where=self.where(element),
            mend=gettext("the file is not whole, or one page of several: fetch it from the bank again"),
        )

    def counted(self, element: Any, entries: int) -> None:
        said = self.text(element, "TxsSummry", "TtlNtries", "NbOfNtries")
        if said and (not said.isdigit() or int(said) != entries):
            raise UserError(
                gettext("says that it has %(said)s movements, and has %(found)d") % {"said": said, "found": entries},
                where=self.where(self.one(element, "TxsSummry")),
                mend=gettext("the file is not whole: fetch it from the bank again"),
            )

    def signed(self, element: Any) -> tuple[Decimal, str]:
        """An amount with its sign, and its currency."""
        found = self.need(element, "Amt")
        currency = found.get("Ccy", "")
        value = amount((found.text or "").strip(), currency, self.where(found))
        side = self.text(element, "CdtDbtInd")
        if side not in ("CRDT", "DBIT"):
            raise UserError(
                gettext("says neither CRDT nor DBIT but %(text)r") % {"text": side}, where=self.where(element)
            )
        return (value if side == "CRDT" else -value), currency

    def entry(self, entry: Any) -> list[Line]:
        """A movement, or the single ones of a batch where their amounts are told and come to it."""
        total, currency = self.signed(entry)
        booked = self.day(entry, "BookgDt", "Dt") or self.day(entry, "BookgDt", "DtTm")
        if booked is None:
            raise UserError(gettext("a movement has no day"), where=self.where(entry))
        line = Line(
            day=booked,
            amount=total,
            currency=currency,
            where=self.where(entry),
            value_day=self.day(entry, "ValDt", "Dt") or self.day(entry, "ValDt", "DtTm"),
            reference=self.text(entry, "AcctSvcrRef") or self.text(entry, "NtryRef"),
            reversal=self.text(entry, "RvslInd") in ("true", "1"),
            words=self.text(entry, "AddtlNtryInf"),
        )
        details = list(self.all(entry, "NtryDtls", "TxDtls"))
        if not details:
            return [line]
        if len(details) == 1:
            return [self.detailed(line, details[0], total)]
        parts = [self.part(each, currency) for each in details]
        if any(part is None for part in parts):
            return [line]
        sign = 1 if total >= 0 else -1
        singles = [sign * part for part in parts if part is not None]
        if sum(singles) != total:
            raise UserError(
                gettext("the single payments of a batch come to %(sum)s, and it is %(total)s")
                % {"sum": f"{sum(singles):f}", "total": f"{total:f}"},
                where=self.where(entry),
            )
        return [self.detailed(line, each, single) for each, single in zip(details, singles, strict=True)]

    def part(self, details: Any, currency: str) -> Decimal | None:
        """What one payment of a batch is, where that is said in the account's currency."""
        for steps in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
            found = self.one(details, *steps)
            if found is not None and found.get("Ccy") == currency:
                return amount((found.text or "").strip(), currency, self.where(found))
        return None

    def detailed(self, line: Line, details: Any, single: Decimal) -> Line:
        """A line with what is told of the payment: who, from where, and what for."""
        role = "Dbtr" if single > 0 else "Cdtr"
        party = self.text(details, "RltdPties", role, "Nm") or self.text(details, "RltdPties", role, "Pty", "Nm")
        account = self.text(details, "RltdPties", f"{role}Acct", "Id", "IBAN") or self.text(
            details, "RltdPties", f"{role}Acct", "Id", "Othr", "Id"
        )
        words = " ".join(" ".join((each.text or "").split()) for each in self.all(details, "RmtInf", "Ustrd"))
        end_to_end = self.text(details, "Refs", "EndToEndId")
        charges = Decimal(0)
        for each in self.all(details, "Chrgs", "Rcrd"):
            found = self.one(each, "Amt")
            if found is not None and found.get("Ccy") == line.currency and self.text(each, "CdtDbtInd") != "CRDT":
                charges += amount((found.text or "").strip(), line.currency, self.where(found))
        return Line(
            day=line.day,
            amount=single,
            currency=line.currency,
            where=self.where(details),
            value_day=line.value_day,
            reference=self.text(details, "Refs", "AcctSvcrRef") or line.reference,
            end_to_end="" if end_to_end == "NOTPROVIDED" else end_to_end,
            structured=self.text(details, "RmtInf", "Strd", "CdtrRefInf", "Ref"),
            words=words or line.words,
            party=party,
            party_account=account,
            charges=charges,
            reversal=line.reversal,
        )

    def day(self, element: Any, *steps: str) -> date | None:
        found = self.one(element, *steps)
        if found is None:
            return None
        text = (found.text or "").strip()
        try:
            return datetime.fromisoformat(text).date() if "T" in text else date.fromisoformat(text)
        except ValueError as error:
            raise UserError(gettext("%(text)r is not a day") % {"text": text[:40]}, where=self.where(found)) from error
