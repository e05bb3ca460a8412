"""Invoices from draft to credit note: numbers without a gap, and each posted in the transaction that issues it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Organisation
from quorate.exchange.finance.actions.posting import record
from quorate.exchange.finance.actions.resolving import Resolver
from quorate.exchange.finance.invoicing import findings
from quorate.exchange.finance.invoicing.data import as_data, of_data
from quorate.exchange.finance.invoicing.document import Invoice as Document
from quorate.exchange.finance.invoicing.document import Kind, Line, Precedent
from quorate.exchange.finance.invoicing.reckoning import Reckoning, reckon
from quorate.exchange.finance.matching import reference_for
from quorate.exchange.finance.models import Book, Commodity, Invoice, InvoiceDraft, Series, Transaction
from quorate.exchange.finance.rules import Draft, LegSpec
from quorate.kernel import clock, money
from quorate.kernel.errors import Conflict, NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.canonical import canonical
from quorate.ledger.refs import Ref

_PATTERN = re.compile(r"[A-Za-z0-9/_.-]*\{year\}[A-Za-z0-9/_.-]*\{serial(:0[1-9])?\}[A-Za-z0-9/_.-]*")
#: What a draft may not say, because issuing says it.
SAID_BY_ISSUING = ("number", "issued", "seller", "kind", "remittance", "precedents")
POSTING_KEYS = {"role", "fund", "program", "project", "through"}


@action("finance.manage", kinds=("series.opened",))
def open_series(
    *, actor: Actor, book: Book, slug: str, seller: Mapping[str, Any], pattern: str = "{year}-{serial:04}"
) -> Series:
    """Open a run of invoice numbers with its seller; what ``seller`` says beside (means, notes) stands on each invoice.

    ``Conflict`` when there is one of this name; ``UserError`` when numbers could repeat or the seller is not one.
    """
    authority = authorise(actor, "finance.manage", book)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", slug):
        raise UserError(gettext("“%s” is no short name") % slug[:80], where="slug")
    if len(pattern) > 40 or not _PATTERN.fullmatch(pattern):
        raise UserError(
            gettext("a pattern has {year} and then {serial}"),
            where="pattern",
            mend=gettext("for example %s") % "{year}-{serial:04}",
        )
    if "seller" not in seller or not set(seller) <= {"seller", "means", "notes", "language", "exemptions", "payee"}:
        raise UserError(gettext("say who sells"), where="seller")
    of_data({**_BLANK, **seller}, "seller")
    if Series.objects.filter(book=book, slug=slug).exists():
        raise Conflict(gettext("there is a series of this name"), where="slug")
    # Two patterns must not make one number: the database would refuse the second invoice, here it is told at once.
    if Series.objects.filter(book=book, pattern=pattern).exists():
        raise Conflict(gettext("another series numbers its invoices like this"), where="pattern")
    series = Series.objects.create(book=book, slug=slug, seller=dict(seller), pattern=pattern)
    append("series.opened", actor=actor, refs=[Ref("book", str(book.pk))], data={"slug": slug}, authority=authority)
    return series


@action("invoice.draft", kinds=("invoice.drafted",))
def draft_invoice(
    *,
    actor: Actor,
    series: Series,
    document: Mapping[str, Any],
    postings: Sequence[Mapping[str, str]],
    buyer: Organisation | None = None,
    draft: InvoiceDraft | None = None,
    revision: int | None = None,
) -> InvoiceDraft:
    """Write a draft, or write ``draft`` anew. ``Conflict`` when it is not at ``revision`` any more.

    ``postings`` says for each line which role of account it credits, for which fund, program and project, and how much
    of it is passed ``through`` to the parent.
    """
    authority = authorise(actor, "invoice.draft", series.book)
    made = _document(series, document)
    _postings(made, postings)
    if draft is None:
        row = InvoiceDraft(series=series)
    else:
        row = _locked(draft)
        if revision is not None and row.revision != revision:
            raise Conflict(gettext("somebody changed it since it was read"), where="revision")
        row.revision += 1
        row.changed_at = clock.now()
    row.series, row.buyer = series, buyer
    row.document, row.postings = dict(document), [dict(each) for each in postings]
    row.save()
    append(
        "invoice.drafted",
        actor=actor,
        refs=_refs(series.book, buyer),
        data={
            "draft": str(row.pk),
            "revision": row.revision,
            "net": f"{reckon(made).net:f} {made.currency}",
            "lines": len(made.lines),
        },
        authority=authority,
    )
    return row


@action("invoice.draft", kinds=("invoice.discarded",))
def discard_draft(*, actor: Actor, draft: InvoiceDraft) -> None:
    """Remove a draft. ``Conflict`` when it is issued or discarded already."""
    authority = authorise(actor, "invoice.draft", draft.series.book)
    row = _locked(draft)
    append(
        "invoice.discarded",
        actor=actor,
        refs=_refs(row.series.book, row.buyer),
        data={"draft": str(row.pk)},
        authority=authority,
    )
    row.delete()


@action("invoice.issue", kinds=("invoice.issued", "transaction.posted"))
def issue_invoice(*, actor: Actor, draft: InvoiceDraft, on: date | None = None) -> Invoice:
    """Give a draft the next number, post it, and keep it as it is for ever; the draft is gone.

    All or nothing: what fails uses no number. ``UserError`` with all that is wrong with the document; ``Conflict`` when
    the draft is issued already, or the day is before that of the last invoice of the series.
    """
    book = draft.series.book
    authority = authorise(actor, "invoice.issue", book)
    Book.objects.select_for_update().get(pk=book.pk)
    row = _locked(draft)
    made = _numbered(row.series, _document(row.series, row.document), on)
    invoice = _issue(actor, row.series, made, row.postings, row.buyer, None, authority)
    row.delete()
    append(
        "invoice.issued",
        actor=actor,
        refs=[Ref("invoice", str(invoice.pk)), *_refs(book, invoice.buyer)],
        data={
            "number": invoice.number,
            "gross": money.show(invoice.gross, invoice.currency.digits, invoice.currency_id),
            "due": invoice.due.isoformat() if invoice.due else "",
            "digest": invoice.digest,
            "transaction": invoice.transaction.number,
        },
        authority=authority,
    )
    return invoice


@action("invoice.issue", kinds=("invoice.credited", "transaction.posted"))
def credit_invoice(
    *,
    actor: Actor,
    invoice: Invoice,
    reason: str,
    amounts: Mapping[int, Decimal] | None = None,
    on: date | None = None,
) -> Invoice:
    """Issue a credit note for all of an invoice, or for an amount without tax of some of its lines (from 0).

    ``Conflict`` when more would be credited than was invoiced.
    """
    book = invoice.book
    authority = authorise(actor, "invoice.issue", book)
    Book.objects.select_for_update().get(pk=book.pk)
    if invoice.kind != Invoice.Kind.INVOICE:
        raise Conflict(gettext("a credit note is not credited"), where="invoice")
    if not reason.strip():
        raise UserError(gettext("say why"), where="reason")
    original = of_data(invoice.document, f"invoice {invoice.number}")
    document, postings = _credited(original, invoice.postings, amounts)
    made = _numbered(invoice.series, document, on)
    made = replace(made, precedents=(Precedent(invoice.number, invoice.issued),), notes=(*made.notes, reason.strip()))
    before = invoice.credit_notes.aggregate(sum=Sum("gross"))["sum"] or 0
    if before + money.to_minor(reckon(made).gross, invoice.currency.digits) > invoice.gross:
        raise Conflict(gettext("more would be credited than was invoiced"), where="amounts")
    note = _issue(actor, invoice.series, made, postings, invoice.buyer, invoice, authority)
    append(
        "invoice.credited",
        actor=actor,
        refs=[Ref("invoice", str(note.pk)), Ref("invoice", str(invoice.pk), "credited"), *_refs(book, invoice.buyer)],
        data={
            "number": note.number,
            "credited": invoice.number,
            "gross": money.show(note.gross, note.currency.digits, note.currency_id),
            "digest": note.digest,
            "transaction": note.transaction.number,
        },
        private={"reason": reason.strip()},
        authority=authority,
    )
    return note


# The document ---------------------------------------------------------------------------------------------------

_BLANK: dict[str, Any] = {
    "number": "-",
    "issued": "2000-01-01",
    "currency": "EUR",
    "buyer": {"name": "-"},
    "lines": [],
}


def _document(series: Series, data: Mapping[str, Any]) -> Document:
    """The draft with what its series says, under no number."""
    if said := [key for key in SAID_BY_ISSUING if key in data]:
        raise UserError(gettext("%s is said when it is issued") % said[0], where=said[0], mend=gettext("leave it out"))
    made = of_data({**_BLANK, **series.seller, **data}, "draft")
    findings.check_shape(made)
    return made


def _numbered(series: Series, made: Document, on: date | None) -> Document:
    """The document under the next number. The caller holds the book's lock."""
    day = on or clock.today()
    if day > clock.today():
        raise UserError(gettext("an invoice is not issued on a later day"), where="on")
    rows = Invoice.objects.filter(series=series, year=day.year)
    last = rows.aggregate(serial=Max("serial"), issued=Max("issued"))
    if last["issued"] is not None and day < last["issued"]:
        what = gettext("the last invoice of the series is of %s") % last["issued"]
        raise Conflict(what, where="on", mend=gettext("numbers follow the days"))
    number = series.pattern.format(year=day.year, serial=(last["serial"] or 0) + 1)
    return replace(made, number=number, issued=day, remittance=reference_for(number))


def _credited(
    original: Document, postings: Sequence[Mapping[str, str]], amounts: Mapping[int, Decimal] | None
) -> tuple[Document, list[dict[str, str]]]:
    """What a credit note says, and what its lines take back."""
    base = replace(
        original,
        kind=Kind.CREDIT_NOTE,
        due=None,
        terms=gettext("Set off against the invoice, or paid back."),
        prepaid=Decimal(0),
        rounding=Decimal(0),
    )
    if amounts is None:
        return base, [dict(each) for each in postings]
    lines: list[Line] = []
    kept: list[dict[str, str]] = []
    nets = reckon(original).lines
    for at, amount in sorted(amounts.items()):
        if not 0 <= at < len(original.lines) or not 0 < amount <= abs(nets[at]):
            raise UserError(gettext("is no amount of that line"), where=f"amounts.{at}")
        line = original.lines[at]
        lines.append(replace(line, price=amount, quantity=Decimal(1), per=None, discount=None, adjustments=()))
        posting = dict(postings[at])
        if posting.get("through"):
            part = (Decimal(posting["through"]) * amount / nets[at]).quantize(amount)
            posting["through"] = f"{part:f}"
        kept.append(posting)
    if not lines:
        raise UserError(gettext("say of which lines"), where="amounts")
    return replace(base, lines=tuple(lines), adjustments=()), kept


# The rows -------------------------------------------------------------------------------------------------------


def _issue(
    actor: Actor,
    series: Series,
    made: Document,
    postings: Sequence[Mapping[str, str]],
    buyer: Organisation | None,
    credited: Invoice | None,
    authority: list[str],
) -> Invoice:
    findings.check(made)
    if made.prepaid or made.rounding:
        raise UserError(gettext("what was paid already is settled, not subtracted"), where="invoice.prepaid")
    currency = Commodity.objects.filter(pk=made.currency).first()
    if currency is None:
        raise NotFound(gettext("there is no commodity %s") % made.currency, where="invoice.currency")
    sums = reckon(made)
    if sums.gross <= 0:
        raise UserError(gettext("an invoice is over more than nothing"), where="invoice.lines")
    data = as_data(made)
    invoice = Invoice(
        book=series.book,
        series=series,
        year=made.issued.year,
        serial=(Invoice.objects.filter(series=series, year=made.issued.year).aggregate(top=Max("serial"))["top"] or 0)
        + 1,
        number=made.number,
        kind=Invoice.Kind.CREDIT_NOTE if made.is_credit else Invoice.Kind.INVOICE,
        buyer=buyer,
        issued=made.issued,
        due=made.due,
        currency=currency,
        net=money.to_minor(sums.net, currency.digits),
        tax=money.to_minor(sums.tax, currency.digits),
        gross=money.to_minor(sums.gross, currency.digits),
        reference=made.remittance,
        document=data,
        postings=[dict(each) for each in postings],
        digest=hashlib.sha256(canonical(data)).hexdigest(),
        credits=credited,
    )
    invoice.transaction = _post(actor, invoice, made, sums, authority)
    invoice.save(force_insert=True)
    return invoice


def _post(actor: Actor, invoice: Invoice, made: Document, sums: Reckoning, authority: list[str]) -> Transaction:
    """Receivable against what each line credits, the tax and what is passed through; turned round for a credit note."""
    digits = invoice.currency.digits
    nets = [money.to_minor(each, digits) for each in sums.lines]
    adjusted = money.to_minor(sums.net - sums.line_total, digits)
    weights = [abs(each) for each in nets]
    spread = money.share(adjusted, weights) if sum(weights) else [adjusted, *[0] * (len(nets) - 1)]
    through = _postings(made, invoice.postings)
    turn = -1 if made.is_credit else 1
    buyer = invoice.buyer

    def leg(role: str, minor: int, posting: Mapping[str, str]) -> LegSpec:
        return LegSpec(
            f"@{role}",
            money.from_minor(turn * minor, digits),
            commodity=invoice.currency_id,
            fund=posting.get("fund", ""),
            program=posting.get("program", ""),
            project=posting.get("project", ""),
            counterparty=buyer,
        )

    legs = [leg("receivable", invoice.gross, {})]
    for net, extra, passed, posting in zip(nets, spread, through, invoice.postings, strict=True):
        passed_minor = money.to_minor(passed, digits)
        legs.append(leg(posting["role"], -(net + extra - passed_minor), posting))
        legs.append(leg("pass-through", -passed_minor, posting))
    legs.append(leg("tax", -invoice.tax, {}))
    spec = [each for each in legs if each.amount]
    draft = Draft(
        made.issued,
        gettext("%(kind)s %(number)s") % {"kind": invoice.get_kind_display(), "number": made.number},
        Resolver(invoice.book).postings(spec),
        source=f"invoice:{invoice.pk}",
        key=f"invoice:{invoice.pk}",
    )
    return record(actor, invoice.book, [draft], authority)[0]


def _postings(made: Document, postings: Sequence[Mapping[str, str]]) -> list[Decimal]:
    """What each line passes through; ``UserError`` when the postings are not those of the lines."""
    if len(postings) != len(made.lines):
        raise UserError(
            gettext("there are %(lines)d lines and %(postings)d postings")
            % {"lines": len(made.lines), "postings": len(postings)},
            where="postings",
            mend=gettext("say for each line what it credits"),
        )
    found = []
    for at, (posting, net) in enumerate(zip(postings, reckon(made).lines, strict=True)):
        where = f"postings.{at}"
        if unknown := sorted(set(posting) - POSTING_KEYS):
            raise UserError(gettext("%(key)r is not known here") % {"key": unknown[0]}, where=where)
        if not posting.get("role") or posting["role"] in ("receivable", "bank", "tax", "pass-through"):
            raise UserError(gettext("say which account the line credits, by its role"), where=f"{where}.role")
        digits = money.CURRENCIES.get(made.currency, 2)
        part = money.from_minor(money.to_minor(posting.get("through") or "0", digits, where=f"{where}.through"), digits)
        if part and not 0 <= part <= net:
            raise UserError(gettext("more is passed through than the line is over"), where=f"{where}.through")
        found.append(part)
    return found


def _locked(draft: InvoiceDraft) -> InvoiceDraft:
    row = InvoiceDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if row is None:
        raise Conflict(gettext("the draft is issued or discarded already"), where="draft")
    return row


def _refs(book: Book, buyer: Organisation | None) -> list[Ref]:
    return [Ref("book", str(book.pk)), *([Ref("organisation", str(buyer.pk))] if buyer else [])]
