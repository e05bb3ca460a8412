"""What the database itself refuses of the books, whoever writes: changes, gaps, closed days, what does not balance.

Installed and asserted together with the ledger's guards, in the same words on both databases. That a transaction is
sealed is a constraint checked at commit; that what is sealed balances is checked here.
"""

from __future__ import annotations

from collections.abc import Iterator

from quorate.exchange.finance.models import Allocation, Description, Invoice, Leg, Seal, Transaction
from quorate.ledger.triggers import Guard, guard, guard_by

#: Name, event, table, when it is refused and why. The columns of the tables stand in the models.
_RULES: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "closed",
        "INSERT",
        "finance_transaction",
        "EXISTS (SELECT 1 FROM finance_closedperiod p WHERE p.book_id = NEW.book_id AND p.reopened_at IS NULL"
        ' AND NEW."date" >= p."start" AND NEW."date" < p."until")',
        "finance_transaction: the period is closed",
    ),
    (
        "gapless",
        "INSERT",
        "finance_transaction",
        'NEW."number" <> 1 + COALESCE((SELECT MAX(t."number") FROM finance_transaction t'
        " WHERE t.book_id = NEW.book_id), 0)",
        "finance_transaction: numbers have no gap",
    ),
    (
        "sealed",
        "INSERT",
        "finance_leg",
        "EXISTS (SELECT 1 FROM finance_seal s WHERE s.id = NEW.transaction_id)",
        "finance_leg: the transaction is sealed",
    ),
    (
        "belongs",
        "INSERT",
        "finance_leg",
        "NOT EXISTS (SELECT 1 FROM finance_transaction t JOIN finance_account a ON a.id = NEW.account_id"
        " JOIN finance_fund f ON f.id = NEW.fund_id WHERE t.id = NEW.transaction_id AND a.book_id = t.book_id"
        ' AND f.book_id = t.book_id AND t."date" = NEW."date" AND NOT a.heading'
        ' AND (a.opens IS NULL OR a.opens <= NEW."date") AND (a.closes IS NULL OR NEW."date" < a.closes))',
        "finance_leg: the account or fund is of another book or takes no postings on this day",
    ),
    (
        "whole",
        "INSERT",
        "finance_seal",
        "NOT EXISTS (SELECT 1 FROM finance_transaction t WHERE t.id = NEW.id)"
        " OR (SELECT COUNT(*) FROM finance_leg l WHERE l.transaction_id = NEW.id) < 2",
        "finance_seal: a transaction has at least two legs",
    ),
    (
        "balanced",
        "INSERT",
        "finance_seal",
        "EXISTS (SELECT 1 FROM finance_leg l WHERE l.transaction_id = NEW.id"
        ' GROUP BY l.priced_in_id HAVING SUM(l."value") <> 0)',
        "finance_seal: the transaction does not balance",
    ),
    (
        "gapless",
        "INSERT",
        "finance_invoice",
        'NEW."serial" <> 1 + COALESCE((SELECT MAX(i."serial") FROM finance_invoice i'
        ' WHERE i.series_id = NEW.series_id AND i."year" = NEW."year"), 0)',
        "finance_invoice: numbers have no gap",
    ),
    (
        "fixed",
        "UPDATE",
        "finance_payment",
        "NEW.line_id <> OLD.line_id OR NEW.transaction_id <> OLD.transaction_id OR OLD.taken_back_id IS NOT NULL",
        "finance_payment: what is recorded stays",
    ),
    (
        "fixed",
        "UPDATE",
        "finance_account",
        'NEW.book_id <> OLD.book_id OR NEW."type" <> OLD."type"',
        "finance_account: book and type never change",
    ),
    (
        "fixed",
        "UPDATE",
        "finance_fund",
        "NEW.book_id <> OLD.book_id OR NEW.restricted <> OLD.restricted",
        "finance_fund: book and restriction never change",
    ),
    (
        "fixed",
        "UPDATE",
        "finance_commodity",
        "NEW.digits <> OLD.digits",
        "finance_commodity: the digits never change",
    ),
    (
        "fixed",
        "UPDATE",
        "finance_book",
        "NEW.currency_id <> OLD.currency_id",
        "finance_book: the currency never changes",
    ),
)


def guards(vendor: str) -> Iterator[Guard]:
    """The triggers for a database."""
    for rule, event, table, refused, words in _RULES:
        name = f"{table}_{rule}"
        if vendor == "postgresql":
            sql = f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            raising = f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'"
            yield Guard(name, table, sql, name, f"BEGIN IF {refused} THEN {raising}; END IF; RETURN NEW; END")
        else:
            raising = f"SELECT RAISE(ABORT, '{words}')"
            yield Guard(
                name, table, f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused} BEGIN {raising}; END"
            )


guard(Transaction, Leg, Seal, Invoice, Allocation)
guard(Description, erasable=True)
guard_by(guards)
