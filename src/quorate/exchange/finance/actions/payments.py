"""Payments: lines of the bank taken in, and settled as somebody confirms. Nothing is settled by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.exchange.finance.actions.posting import record, reverse_all
from quorate.exchange.finance.actions.resolving import Resolver
from quorate.exchange.finance.models import Account, Allocation, BankLine, Book, Commodity, Invoice, Payment
from quorate.exchange.finance.queries.invoices import open_amounts
from quorate.exchange.finance.rules import Draft, LegSpec
from quorate.exchange.finance.statements import reading
from quorate.exchange.finance.statements.statement import Statement
from quorate.exchange.finance.statements.table import Profile
from quorate.kernel import clock, money
from quorate.kernel.errors import Conflict, NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


@dataclass(frozen=True)
class Imported:
    """What a file brought: its lines, and how many were not known."""

    lines: int
    new: int


@action("invoice.settle", kinds=("statement.imported",))
def import_statement(
    *, actor: Actor, book: Book, content: bytes, name: str, profile: Profile | None = None, account: str = "@bank"
) -> Imported:
    """Take in the lines of a bank's file for an account of the books (its code, or ``@role``).

    A line that is known is left as it is, so the same file twice brings nothing; no entry is written then either. A
    file with any fault brings nothing.
    """
    authority = authorise(actor, "invoice.settle", book)
    statements = reading.read(content, name, profile)
    field = {"role": account[1:]} if account.startswith("@") else {"code": account}
    ours = Account.objects.filter(book=book, heading=False, **field).first()
    if ours is None:
        raise NotFound(gettext("the books have no account %s") % account, where="account")
    Book.objects.select_for_update().get(pk=book.pk)
    digest = hashlib.sha256(content).hexdigest()
    rows = [row for each in statements for row in _rows(book, ours, each, digest)]
    known = _known(book, ours, [row.key for row in rows])
    fresh = [row for row in rows if row.key not in known]
    BankLine.objects.bulk_create(fresh, batch_size=500)
    if fresh:
        append(
            "statement.imported",
            actor=actor,
            refs=[Ref("book", str(book.pk))],
            data={"file": digest, "account": ours.code, "lines": len(rows), "new": len(fresh)},
            authority=authority,
        )
    return Imported(len(rows), len(fresh))


@action("invoice.settle", kinds=("payment.settled", "transaction.posted"))
def settle(
    *,
    actor: Actor,
    line: BankLine,
    shares: Sequence[tuple[Invoice, Decimal]],
    fee: Decimal = Decimal(0),
    keep_rest: bool = False,
) -> Payment:
    """Settle invoices by a line of the bank, as confirmed, and post it on the day of the line.

    ``shares`` are parts of what came in. ``fee`` is what banks took from a payment of one invoice: it is settled too.
    What is left of the line goes to unapplied receipts when ``keep_rest``; else it is an error. ``Conflict`` when the
    line is settled already, or an invoice has less open.
    """
    authority = authorise(actor, "invoice.settle", line.book)
    Book.objects.select_for_update().get(pk=line.book_id)
    row = BankLine.objects.select_related("book", "account", "currency").get(pk=line.pk)
    if Payment.objects.filter(line=row, taken_back=None).exists():
        raise Conflict(gettext("this line is settled already"), where="line")
    parts, rest, lost = _parts(row, shares, fee, keep_rest)
    made = record(actor, row.book, [_draft(row, parts, rest, lost)], authority)[0]
    payment = Payment.objects.create(line=row, transaction=made)
    Allocation.objects.bulk_create(
        [Allocation(payment=payment, invoice=invoice, amount=amount) for invoice, amount in parts]
    )
    digits, code = row.currency.digits, row.currency_id
    append(
        "payment.settled",
        actor=actor,
        refs=[Ref("book", str(row.book_id)), *(Ref("invoice", str(invoice.pk)) for invoice, _amount in parts)],
        data={
            "amount": money.show(row.amount, digits, code),
            "day": row.day.isoformat(),
            "numbers": [invoice.number for invoice, _amount in parts],
            "fee": money.show(lost, digits, code),
            "rest": money.show(rest, digits, code),
            "transaction": made.number,
        },
        authority=authority,
    )
    return payment


@action("invoice.settle", kinds=("payment.reversed", "transaction.reversed"))
def take_back(*, actor: Actor, payment: Payment, reason: str, on: date | None = None) -> Payment:
    """Undo a settlement by a reversal; what it settled is open again, and the line can be settled anew.

    ``Conflict`` when it is taken back already.
    """
    authority = authorise(actor, "invoice.settle", payment.line.book)
    Book.objects.select_for_update().get(pk=payment.line.book_id)
    row = Payment.objects.select_related("transaction__book", "line__currency").get(pk=payment.pk)
    if row.taken_back_id is not None:
        raise Conflict(gettext("it is taken back already"), where="payment")
    if not reason.strip():
        raise UserError(gettext("say why"), where="reason")
    day = on or max(clock.today(), row.transaction.date)
    row.taken_back = reverse_all(actor, row.transaction, day, reason.strip(), authority)
    row.save(update_fields=["taken_back"])
    append(
        "payment.reversed",
        actor=actor,
        refs=[Ref("book", str(row.line.book_id))],
        data={
            "amount": money.show(row.line.amount, row.line.currency.digits, row.line.currency_id),
            "day": row.line.day.isoformat(),
            "transaction": row.taken_back.number,
        },
        private={"reason": reason.strip()},
        authority=authority,
    )
    return row


def _rows(book: Book, account: Account, statement: Statement, digest: str) -> list[BankLine]:
    currency = Commodity.objects.filter(pk=statement.currency).first()
    if currency is None:
        raise NotFound(gettext("there is no commodity %s") % statement.currency, where="currency")
    return [
        BankLine(
            book=book,
            account=account,
            key=each.key,
            day=each.day,
            currency=currency,
            amount=money.to_minor(each.amount, currency.digits),
            charges=money.to_minor(each.charges, currency.digits),
            structured=each.structured[:140],
            end_to_end=each.end_to_end[:140],
            words=each.words,
            party=each.party[:200],
            party_account=each.party_account[:60],
            reversal=each.reversal,
            file=digest,
        )
        for each in statement.lines
        if each.amount
    ]


def _known(book: Book, account: Account, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), 500):  # SQLite takes so many parameters and not many more
        rows = BankLine.objects.filter(book=book, account=account, key__in=keys[start : start + 500])
        found |= set(rows.values_list("key", flat=True))
    return found


def _parts(
    row: BankLine, shares: Sequence[tuple[Invoice, Decimal]], fee: Decimal, keep_rest: bool
) -> tuple[list[tuple[Invoice, int]], int, int]:
    """What each invoice is settled by, what is left of the line, and the fee: all in minor units."""
    digits = row.currency.digits
    if row.amount <= 0:
        raise UserError(gettext("only what came in settles an invoice"), where="line")
    lost = money.to_minor(fee, digits, where="fee")
    if lost < 0 or (lost and len(shares) != 1):
        raise UserError(gettext("a fee belongs to the payment of one invoice"), where="fee")
    if len({invoice.pk for invoice, _amount in shares}) != len(shares):
        raise UserError(gettext("an invoice is named twice"), where="shares")
    left = open_amounts([invoice for invoice, _amount in shares])
    parts: list[tuple[Invoice, int]] = []
    for at, (invoice, share) in enumerate(shares):
        where = f"shares.{at}"
        amount = money.to_minor(share, digits, where=where)
        if amount <= 0:
            raise UserError(gettext("a share is more than nothing"), where=where)
        if invoice.book_id != row.book_id or invoice.kind != Invoice.Kind.INVOICE:
            raise NotFound(gettext("there is no such invoice"), where=where)
        if invoice.currency_id != row.currency_id:
            raise UserError(gettext("the invoice is in %s") % invoice.currency_id, where=where)
        if amount + lost > left[invoice.pk]:
            open_now = money.show(left[invoice.pk], digits, row.currency_id)
            raise Conflict(
                gettext("%(number)s has %(open)s open") % {"number": invoice.number, "open": open_now}, where=where
            )
        parts.append((invoice, amount + lost))
    rest = row.amount + lost - sum(amount for _invoice, amount in parts)
    if rest < 0:
        raise UserError(gettext("the shares are more than came in"), where="shares")
    if rest and not keep_rest:
        raise UserError(
            gettext("%s is left") % money.show(rest, digits, row.currency_id),
            where="shares",
            mend=gettext("keep it as an unapplied receipt, or say what else it settles"),
        )
    return parts, rest, lost


def _draft(row: BankLine, parts: Sequence[tuple[Invoice, int]], rest: int, lost: int) -> Draft:
    digits, code = row.currency.digits, row.currency_id

    def amount(minor: int) -> Decimal:
        return money.from_minor(minor, digits)

    legs = [LegSpec(row.account, amount(row.amount), commodity=code)]
    if lost:
        legs.append(LegSpec("@bank-fees", amount(lost), commodity=code))
    legs += [LegSpec("@receivable", amount(-each), commodity=code, counterparty=inv.buyer) for inv, each in parts]
    if rest:
        legs.append(LegSpec("@unapplied", amount(-rest), commodity=code))
    numbers = ", ".join(invoice.number for invoice, _amount in parts)
    times = Payment.objects.filter(line=row).count()
    return Draft(
        row.day,
        (gettext("Payment of %s") % numbers)[:300] if numbers else gettext("Unapplied receipt"),
        Resolver(row.book).postings(legs),
        source=f"bank-line:{row.pk}",
        key=f"bank-line:{row.pk}:{times}",
    )
