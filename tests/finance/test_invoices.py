"""Issued invoices: numbers without a gap, posted as they say, never changed, credited and settled to nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from tests.finance.banks import CSV, MALFORMED, PROFILE, Movement, camt
from tests.finance.billing import DUES, POSTINGS, SELLER, TODAY, Billing, billing, scoped

from quorate.access.action import ACTIONS
from quorate.access.actors import VISITOR
from quorate.exchange.finance import actions
from quorate.exchange.finance.invoicing import papers, schematron
from quorate.exchange.finance.matching import Certainty, Outcome, reference_holds
from quorate.exchange.finance.models import (
    Allocation,
    BankLine,
    Invoice,
    InvoiceDraft,
    Leg,
    Payment,
    Transaction,
)
from quorate.exchange.finance.queries.invoices import (
    Standing,
    document_of,
    invoices,
    open_amounts,
    proposals,
    standing,
    standings,
    unsettled,
)
from quorate.exchange.finance.statements import table
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, NotFound, Refused, UserError
from quorate.ledger.models import Entry


@pytest.fixture
def bills(db: None) -> Iterator[Billing]:
    yield billing()
    clock.set_now(None)


def legs(made: Transaction) -> dict[str, Decimal]:
    """What was posted, by the role of the account, in whole units."""
    found: dict[str, Decimal] = {}
    for leg in Leg.objects.filter(transaction=made).select_related("account"):
        found[leg.account.role] = found.get(leg.account.role, Decimal(0)) + Decimal(leg.amount) / 100
    return found


def left(invoice: Invoice) -> Decimal:
    return Decimal(open_amounts([invoice])[invoice.pk]) / 100


def state(invoice: Invoice) -> Standing:
    return standings([invoice], open_amounts([invoice]), TODAY)[invoice.pk]


# Issuing ---------------------------------------------------------------------------------------------------------


def test_an_invoice_is_numbered_posted_and_written_down(bills: Billing) -> None:
    draft = bills.draft()
    made = actions.issue_invoice(actor=bills.biller, draft=draft)
    assert (made.number, made.serial, made.issued, made.due) == ("2026-0001", 1, TODAY, date(2026, 8, 14))
    assert (made.net, made.tax, made.gross) == (5020000, 4200, 5024200)
    assert reference_holds(made.reference)
    assert legs(made.transaction) == {
        "receivable": Decimal("50242.00"),
        "deferred-dues": Decimal("-30000.00"),
        "pass-through": Decimal("-20000.00"),
        "events": Decimal("-200.00"),
        "tax": Decimal("-42.00"),
    }
    assert {leg.counterparty_id for leg in made.transaction.legs.all()} == {bills.buyer.pk}
    assert made.transaction.legs.get(account__role="deferred-dues").program == "membership"
    entry = Entry.objects.get(kind="invoice.issued")
    assert entry.data["gross"] == "50242.00 EUR"
    assert entry.gesture == Entry.objects.get(kind="transaction.posted").gesture
    assert not InvoiceDraft.objects.exists()
    with pytest.raises(Conflict, match="issued or discarded"):
        actions.issue_invoice(actor=bills.biller, draft=draft)


@pytest.mark.skipif(not schematron.available(), reason="the extra invoicing is not installed")
def test_what_was_issued_can_be_made_into_papers(bills: Billing) -> None:
    made = bills.issue()
    document = document_of(made)
    assert (document.number, document.remittance) == (made.number, made.reference)
    assert [verdict.failed for verdict in papers.make(document).verdicts] == [(), ()]


def test_numbers_follow_each_other_in_each_year_and_series(bills: Billing) -> None:
    second = actions.open_series(
        actor=bills.scene.treasurer, book=bills.scene.book, slug="events", seller=SELLER, pattern="E{year}/{serial}"
    )
    numbers = [bills.issue(on=day).number for day in (date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1), TODAY)]
    assert numbers == ["2025-0001", "2025-0002", "2026-0001", "2026-0002"]
    draft = actions.draft_invoice(actor=bills.biller, series=second, document=DUES, postings=POSTINGS)
    assert actions.issue_invoice(actor=bills.biller, draft=draft).number == "E2026/1"


def test_what_fails_uses_no_number(bills: Billing, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bills.issue().number == "2026-0001"
    broken = bills.draft({**DUES, "exemptions": []})
    with pytest.raises(UserError, match="reason why no tax"):
        actions.issue_invoice(actor=bills.biller, draft=broken)
    lost = bills.draft()
    with monkeypatch.context() as patched, pytest.raises(ZeroDivisionError):
        patched.setattr("quorate.exchange.finance.actions.invoices.append", lambda *_, **__: 1 / 0)
        actions.issue_invoice(actor=bills.biller, draft=lost)
    assert Invoice.objects.count() == Transaction.objects.count() == 1
    assert InvoiceDraft.objects.filter(pk__in=[broken.pk, lost.pk]).count() == 2
    assert actions.issue_invoice(actor=bills.biller, draft=lost).number == "2026-0002"


def test_the_database_refuses_a_gap_a_change_and_a_removal(bills: Billing) -> None:
    made = bills.issue()
    bills.issue()
    roads: list[Callable[[], object]] = [
        lambda: Invoice.objects.filter(pk=made.pk).update(gross=1, net=1, tax=0),
        lambda: Invoice.objects.filter(pk=made.pk)._raw_delete("default"),
    ]
    for road in roads:
        with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
            road()
    made.pk, made.serial, made.number = None, 4, "2026-0004"
    made.transaction = bills.scene.post(("5010", "1"), ("1010", "-1"))
    with pytest.raises(DatabaseError, match="no gap"), transaction.atomic():
        made.save(force_insert=True)


def test_numbers_follow_the_days(bills: Billing) -> None:
    bills.issue()
    with pytest.raises(Conflict, match="the last invoice of the series"):
        bills.issue(on=TODAY - timedelta(days=1))
    with pytest.raises(UserError, match="not issued on a later day"):
        bills.issue(on=TODAY + timedelta(days=1))


def test_a_closed_period_takes_no_invoice(bills: Billing) -> None:
    actions.close_period(
        actor=bills.scene.treasurer, book=bills.scene.book, start=date(2026, 7, 1), until=date(2026, 8, 1)
    )
    with pytest.raises(Conflict, match="closed"):
        bills.issue()
    assert not Invoice.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time is SQLite's own rule")
def test_many_at_once_leave_no_gap_and_issue_nothing_twice() -> None:
    bills = billing()
    drafts = [bills.draft() for _ in range(6)] + [bills.draft({**DUES, "exemptions": []})]
    gate = threading.Barrier(14)

    def issue(draft: InvoiceDraft) -> object:
        gate.wait()
        try:
            return actions.issue_invoice(actor=bills.biller, draft=draft).serial
        except UserError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(14) as pool:
        found = list(pool.map(issue, drafts * 2))
    assert sorted(each for each in found if isinstance(each, int)) == [1, 2, 3, 4, 5, 6]
    assert sorted(Invoice.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]
    clock.set_now(None)


# Drafts and series -----------------------------------------------------------------------------------------------


def test_a_draft_is_changed_by_who_read_it_last(bills: Billing) -> None:
    draft = bills.draft()
    facts: dict[str, Any] = {"actor": bills.biller, "series": bills.series, "postings": POSTINGS, "draft": draft}
    again = actions.draft_invoice(document={**DUES, "order": "7"}, revision=1, **facts)
    assert (again.pk, again.revision, again.document["order"]) == (draft.pk, 2, "7")
    with pytest.raises(Conflict, match="changed it"):
        actions.draft_invoice(document=DUES, revision=1, **facts)
    actions.discard_draft(actor=bills.biller, draft=draft)
    with pytest.raises(Conflict):
        actions.discard_draft(actor=bills.biller, draft=draft)


BROKEN: list[tuple[dict[str, Any], list[dict[str, str]], str]] = [
    ({"number": "2026-9999"}, POSTINGS, "number"),
    ({"seller": {"name": "Somebody else"}}, POSTINGS, "seller"),
    ({"lines": []}, [], "invoice.lines"),
    ({"currency": "XYZ"}, POSTINGS, "invoice.currency"),
    ({"due": "soon"}, POSTINGS, "draft:1"),
    ({}, POSTINGS[:1], "postings"),
    ({}, [{"role": "deferred-dues", "through": "50000.01"}, {"role": "events"}], "postings.0.through"),
    ({}, [{"role": "receivable"}, {"role": "events"}], "postings.0.role"),
    ({}, [{"role": "events", "color": "red"}, {"role": "events"}], "postings.0"),
]


def test_drafts_that_cannot_be(bills: Billing) -> None:
    for document, postings, where in BROKEN:
        with pytest.raises(UserError) as caught:
            bills.draft({**DUES, **document}, postings)
        assert caught.value.where == where
    assert not InvoiceDraft.objects.exists()


def test_a_pattern_that_could_repeat_or_run_is_refused(bills: Billing) -> None:
    for pattern in (
        "{serial}",
        "{year}",
        "{year}{serial.__class__}",
        "{year}-{serial:9999}",
        "{0}{year}{serial}",
        "é{year}{serial}",
    ):
        with pytest.raises(UserError, match="pattern"):
            actions.open_series(
                actor=bills.scene.treasurer, book=bills.scene.book, slug="other", seller=SELLER, pattern=pattern
            )
    with pytest.raises(Conflict, match="numbers its invoices like this"):
        actions.open_series(actor=bills.scene.treasurer, book=bills.scene.book, slug="other", seller=SELLER)


# Credit notes ----------------------------------------------------------------------------------------------------


def test_a_credit_note_takes_everything_back(bills: Billing) -> None:
    made = bills.issue()
    note = actions.credit_invoice(actor=bills.biller, invoice=made, reason="Ordered twice")
    assert (note.number, note.kind, note.credits_id) == ("2026-0002", "credit-note", made.pk)
    assert legs(note.transaction) == {role: -amount for role, amount in legs(made.transaction).items()}
    document = document_of(note)
    assert document.precedents[0].number == made.number
    assert left(made) == 0
    assert standing(made, 0, False, TODAY) is Standing.CREDITED
    with pytest.raises(Conflict, match="more would be credited"):
        actions.credit_invoice(actor=bills.biller, invoice=made, reason="Again", amounts={1: Decimal("0.01")})
    with pytest.raises(Conflict, match="not credited"):
        actions.credit_invoice(actor=bills.biller, invoice=note, reason="Back")
    assert "Ordered twice" not in str(Entry.objects.get(kind="invoice.credited").data)


@pytest.mark.skipif(not schematron.available(), reason="the extra invoicing is not installed")
def test_part_of_a_line_is_credited_with_its_share_of_what_is_passed_through(bills: Billing) -> None:
    made = bills.issue()
    note = actions.credit_invoice(
        actor=bills.biller, invoice=made, reason="Half a year", amounts={0: Decimal("25000.00"), 1: Decimal("100.00")}
    )
    assert legs(note.transaction) == {
        "receivable": Decimal("-25121.00"),
        "deferred-dues": Decimal("15000.00"),
        "pass-through": Decimal("10000.00"),
        "events": Decimal("100.00"),
        "tax": Decimal("21.00"),
    }
    assert left(made) == Decimal("25121.00")
    assert papers.make(document_of(note)).pdf.startswith(b"%PDF-")
    with pytest.raises(UserError, match="no amount of that line"):
        actions.credit_invoice(actor=bills.biller, invoice=made, reason="x", amounts={0: Decimal("50000.01")})


def test_adjustments_of_the_document_are_spread_and_the_books_balance(bills: Billing) -> None:
    adjustments = [
        {"reason": "early", "amount": "33.33", "vat": {"category": "AE"}},
        {"reason": "handling", "amount": "0.01", "charge": True, "vat": {"category": "S", "rate": "21"}},
    ]
    made = bills.issue(adjustments=adjustments)
    found = legs(made.transaction)
    assert sum(found.values()) == 0
    assert found["deferred-dues"] + found["events"] + found["pass-through"] == -Decimal(made.net) / 100


# The bank --------------------------------------------------------------------------------------------------------


def bank(bills: Billing, text: str) -> list[BankLine]:
    actions.import_statement(actor=bills.biller, book=bills.scene.book, content=text.encode(), name="bank.xml")
    return list(unsettled(bills.scene.book))


def one(bills: Billing, amount: str, **facts: Any) -> BankLine:
    found = bank(bills, camt(Movement(amount, **facts), opening="0.00", closing=amount))
    (made,) = [line for line in found if line.amount == int(Decimal(amount) * 100)]
    return made


def test_a_file_read_twice_is_one_and_an_overlap_brings_what_is_new(bills: Billing) -> None:
    def imported(text: str) -> tuple[int, int]:
        found = actions.import_statement(
            actor=bills.biller, book=bills.scene.book, content=text.encode(), name="bank.xml"
        )
        return found.lines, found.new

    first = camt(Movement("1.00", reference="A"), Movement("2.00", reference="B"), closing="1003.00")
    overlap = camt(
        Movement("2.00", reference="B"), Movement("3.00", reference="C"), opening="1001.00", closing="1006.00"
    )
    assert [imported(first), imported(first), imported(overlap)] == [(2, 2), (2, 0), (2, 1)]
    assert BankLine.objects.count() == 3
    assert Entry.objects.filter(kind="statement.imported").count() == 2
    profile = table.profile(PROFILE, "p")
    found = actions.import_statement(
        actor=bills.biller, book=bills.scene.book, content=CSV.encode(), name="b.csv", profile=profile
    )
    assert (found.lines, found.new) == (3, 3)


def test_malformed_files_change_nothing(bills: Billing) -> None:
    before = (Entry.objects.count(), BankLine.objects.count(), Transaction.objects.count())
    for name, (content, profile, _where, _what) in MALFORMED.items():
        with pytest.raises(UserError) as caught:
            actions.import_statement(
                actor=bills.biller,
                book=bills.scene.book,
                content=content,
                name="bank",
                profile=table.profile(profile, "p") if profile else None,
            )
        assert caught.value.where, name
    assert (Entry.objects.count(), BankLine.objects.count(), Transaction.objects.count()) == before


def test_from_the_line_of_the_bank_to_a_paid_invoice(bills: Billing) -> None:
    made = bills.issue()
    line = one(bills, "50242.00", structured=made.reference, party="MUSTER GMBH")
    (proposal,) = proposals(bills.scene.book, [line])
    assert (proposal.outcome, proposal.certainty) == (Outcome.EXACT, Certainty.CERTAIN)
    assert left(made) == Decimal("50242.00"), "a proposal settles nothing"
    ((key, share),) = proposal.shares
    payment = actions.settle(actor=bills.biller, line=line, shares=[(Invoice.objects.get(pk=key), share)])
    assert legs(payment.transaction) == {"bank": Decimal("50242.00"), "receivable": Decimal("-50242.00")}
    assert payment.transaction.date == line.day
    assert (left(made), state(made)) == (0, Standing.PAID)
    assert not unsettled(bills.scene.book).exists()
    with pytest.raises(Conflict, match="settled already"):
        actions.settle(actor=bills.biller, line=line, shares=[(made, share)])
    assert Entry.objects.get(kind="payment.settled").data["numbers"] == [made.number]


def test_partial_fee_and_rest(bills: Billing) -> None:
    made = bills.issue()
    actions.settle(actor=bills.biller, line=one(bills, "10000.00"), shares=[(made, Decimal("10000.00"))])
    assert (left(made), state(made)) == (Decimal("40242.00"), Standing.PART)
    line = one(bills, "40230.00")
    fee = actions.settle(actor=bills.biller, line=line, shares=[(made, Decimal("40230.00"))], fee=Decimal("12.00"))
    assert legs(fee.transaction)["bank-fees"] == Decimal("12.00")
    assert left(made) == 0
    over = one(bills, "7.00")
    with pytest.raises(Conflict, match="has 0.00 EUR open"):
        actions.settle(actor=bills.biller, line=over, shares=[(made, Decimal("7.00"))])
    with pytest.raises(UserError, match="is left"):
        actions.settle(actor=bills.biller, line=over, shares=[])
    kept = actions.settle(actor=bills.biller, line=over, shares=[], keep_rest=True)
    assert legs(kept.transaction) == {"bank": Decimal("7.00"), "unapplied": Decimal("-7.00")}


def test_a_settlement_taken_back_opens_the_invoice_and_the_line(bills: Billing) -> None:
    made = bills.issue()
    line = one(bills, "50242.00")
    share = [(made, Decimal("50242.00"))]
    payment = actions.settle(actor=bills.biller, line=line, shares=share)
    actions.take_back(actor=bills.biller, payment=payment, reason="Wrong invoice")
    assert left(made) == Decimal("50242.00")
    assert list(unsettled(bills.scene.book)) == [line]
    with pytest.raises(Conflict, match="taken back already"):
        actions.take_back(actor=bills.biller, payment=payment, reason="Again")
    again = actions.settle(actor=bills.biller, line=line, shares=share)
    assert left(made) == 0
    assert legs(again.transaction) == legs(payment.transaction)
    with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(taken_back=None)
    with pytest.raises(DatabaseError, match="what is recorded stays"), transaction.atomic():
        Allocation.objects.update(amount=1)


def test_shares_that_cannot_be(bills: Billing) -> None:
    made, other = bills.issue(), bills.issue()
    line = one(bills, "100.00")
    cases: list[tuple[list[tuple[Invoice, str]], str, str]] = [
        ([(made, "60.00"), (made, "40.00")], "0", "named twice"),
        ([(made, "60.00"), (other, "40.01")], "0", "more than came in"),
        ([(made, "0.00")], "0", "more than nothing"),
        ([(made, "99.99")], "0", "is left"),
        ([(made, "50.00"), (other, "50.00")], "1.00", "a fee belongs"),
        ([(made, "50.001")], "0", "finer"),
    ]
    for shares, fee, what in cases:
        named = [(invoice, Decimal(share)) for invoice, share in shares]
        with pytest.raises(UserError, match=what):
            actions.settle(actor=bills.biller, line=line, shares=named, fee=Decimal(fee))
    note = actions.credit_invoice(actor=bills.biller, invoice=made, reason="x")
    with pytest.raises(NotFound):
        actions.settle(actor=bills.biller, line=line, shares=[(note, Decimal("100.00"))])
    assert not Payment.objects.exists()


def test_overdue_begins_on_the_day_after_it_was_due(bills: Billing) -> None:
    made = bills.issue()
    assert made.due is not None
    assert standing(made, made.gross, False, made.due) is Standing.OPEN
    assert standing(made, made.gross, False, made.due + timedelta(days=1)) is Standing.OVERDUE
    assert standing(made, -1, True, made.due) is Standing.OWED


def test_who_paid_once_is_known_by_the_account(bills: Billing) -> None:
    made = bills.issue()
    line = one(bills, "50242.00")
    BankLine.objects.filter(pk=line.pk).update(party_account="DE02120300000000202051")
    actions.settle(actor=bills.biller, line=line, shares=[(made, Decimal("50242.00"))])
    second = bills.issue()
    later = one(bills, "50242.00", words="dues", party="Some Treasury", day="2026-07-14")
    BankLine.objects.filter(pk=later.pk).update(party_account="DE02120300000000202051")
    later.refresh_from_db()
    (proposal,) = proposals(bills.scene.book, [later])
    assert (proposal.certainty, [key for key, _ in proposal.shares]) == (Certainty.LIKELY, [str(second.pk)])


def test_three_invoices_take_no_more_queries_than_one(bills: Billing) -> None:
    def asked() -> int:
        rows = list(invoices(bills.reader, bills.scene.book))
        lines = list(unsettled(bills.scene.book))
        with CaptureQueriesContext(
            connection,
        ) as found:
            standings(rows, open_amounts(rows), TODAY)
            proposals(bills.scene.book, lines)
        return len(found)

    bills.issue()
    one(bills, "1.00")
    first = asked()
    for at in range(2):
        bills.issue()
        one(bills, f"{at + 2}.00")
    assert asked() == first


# Outsiders -------------------------------------------------------------------------------------------------------

OURS = {
    item.function.__name__: item
    for item in ACTIONS
    if item.module.removeprefix("quorate.exchange.finance.actions.") in ("invoices", "payments")
}


def given_for(bills: Billing) -> dict[str, dict[str, Any]]:
    made, draft = bills.issue(), bills.draft()
    paid, line = one(bills, "1.00"), one(bills, "2.00")
    payment = actions.settle(actor=bills.biller, line=paid, shares=[(made, Decimal("1.00"))])
    return {
        "open_series": {"book": bills.scene.book, "slug": "mine", "seller": SELLER, "pattern": "M{year}{serial}"},
        "draft_invoice": {"series": bills.series, "document": DUES, "postings": POSTINGS},
        "discard_draft": {"draft": draft},
        "issue_invoice": {"draft": draft},
        "credit_invoice": {"invoice": made, "reason": "Mine"},
        "import_statement": {
            "book": bills.scene.book,
            "content": camt(Movement("3.00"), closing="1003.00").encode(),
            "name": "x",
        },
        "settle": {"line": line, "shares": [(made, Decimal("2.00"))]},
        "take_back": {"payment": payment, "reason": "Mine"},
    }


def test_every_action_refuses_outsiders_and_takes_who_has_the_right(bills: Billing) -> None:
    given = given_for(bills)
    assert set(given) == set(OURS)
    for name, facts in given.items():
        right = OURS[name].permission
        who = bills.scene.treasurer if right == "finance.manage" else bills.biller
        others = {"invoice.read", "invoice.draft", "invoice.issue", "invoice.settle"} - {right}
        for actor in (bills.scene.outsider, VISITOR, bills.reader, bills.scene.keeper, scoped(who, *others)):
            before = (Entry.objects.count(), Transaction.objects.count(), BankLine.objects.count())
            with pytest.raises(Refused), transaction.atomic():
                OURS[name].function(actor=actor, **facts)
            assert (Entry.objects.count(), Transaction.objects.count(), BankLine.objects.count()) == before
        sid = transaction.savepoint()
        OURS[name].function(actor=who, **facts)
        transaction.savepoint_rollback(sid)


def test_only_readers_see_invoices(bills: Billing) -> None:
    bills.issue()
    assert invoices(bills.reader, bills.scene.book).count() == 1
    for actor in (bills.scene.outsider, VISITOR, bills.scene.keeper):
        assert not invoices(actor, bills.scene.book).exists()
