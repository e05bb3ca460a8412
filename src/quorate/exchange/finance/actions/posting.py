"""Posting: the one road into the journal. Numbers without a gap, balances kept, an entry in the ledger, in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Max

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.exchange.finance import balances
from quorate.exchange.finance.actions.releasing import releases
from quorate.exchange.finance.actions.resolving import Resolver
from quorate.exchange.finance.models import Book, ClosedPeriod, Description, Leg, Seal, Transaction
from quorate.exchange.finance.rules import Draft, LegSpec, Posting, digest_of, faults
from quorate.kernel import clock, ids
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, shred
from quorate.ledger.queries import about
from quorate.ledger.refs import Ref


@action("finance.post", kinds=("transaction.posted",))
def post(
    *,
    actor: Actor,
    book: Book,
    date: date,
    description: str,
    legs: Sequence[LegSpec],
    source: str = "",
    key: str | None = None,
) -> Transaction:
    """Post a transaction and append ``transaction.posted``.

    With ``key`` a repeat gives the transaction that is there; ``Conflict`` when that says something else, or when the
    day is closed. ``UserError`` names every leg that is wrong.
    """
    authority = authorise(actor, "finance.post", book)
    draft = Draft(date, description, Resolver(book).postings(legs), source=source, key=key)
    return record(actor, book, [draft], authority)[0]


@action("finance.post", kinds=("transaction.reversed",))
def reverse(*, actor: Actor, transaction: Transaction, date: date, reason: str) -> Transaction:
    """Post the same legs the other way round, once, and append ``transaction.reversed``.

    What was posted together with it (a release) is reversed too. ``Conflict`` when it is reversed already.
    """
    authority = authorise(actor, "finance.post", transaction.book)
    found = Transaction.objects.select_related("book").get(pk=transaction.pk)
    return reverse_all(actor, found, date, reason, authority)


@action("finance.manage", kinds=("description.forgotten",))
def forget_description(*, actor: Actor, transaction: Transaction, reason: str) -> None:
    """Remove what a person wrote about a transaction, here and beside the ledger; amounts and proofs stay."""
    authority = authorise(actor, "finance.manage", transaction.book)
    Description.objects.filter(transaction=transaction).delete()
    uids = [entry.uid for entry in about("transaction", str(transaction.pk))]
    shred(actor=actor, entries=uids, reason=reason[:40], authority=authority)
    append(
        "description.forgotten",
        actor=actor,
        refs=[Ref("book", str(transaction.book_id))],
        data={"number": transaction.number, "reason": reason[:40]},
        authority=authority,
    )


def reverse_all(actor: Actor, found: Transaction, day: date, reason: str, authority: list[str]) -> Transaction:
    """Reverse a transaction and those that follow it. The caller authorises, in its transaction."""
    if found.nature == Transaction.Nature.REVERSAL:
        raise Conflict(gettext("a reversal is not reversed"), where="transaction", mend=gettext("post it again"))
    if found.nature == Transaction.Nature.RECOGNITION:
        mend = gettext("post a correction")
        raise Conflict(gettext("revenue that was earned by the day is not reversed"), where="transaction", mend=mend)
    if found.follows_id is not None:
        mend = gettext("reverse that one")
        raise Conflict(gettext("it was posted together with another"), where="transaction", mend=mend)
    Book.objects.select_for_update().get(pk=found.book_id)
    both = [found, *Transaction.objects.filter(follows=found).order_by("number")]
    if Transaction.objects.filter(reverses=found).exists():
        raise Conflict(gettext("it is reversed already"), where="transaction")
    if day < found.date:
        raise UserError(gettext("a reversal is not earlier than what it reverses"), where="date")
    drafts = [
        Draft(
            day,
            reason,
            [leg.reversed() for leg in postings_of(each)],
            nature=Transaction.Nature.REVERSAL,
            source=each.source,
            reverses=each.pk,
        )
        for each in both
    ]
    return record(actor, found.book, drafts, authority)[0]


def postings_of(transaction: Transaction) -> list[Posting]:
    """The legs as they were posted."""
    rows = transaction.legs.select_related("account", "commodity", "priced_in", "fund").order_by("position")
    return [
        Posting(
            leg.account,
            leg.commodity,
            leg.amount,
            leg.priced_in,
            leg.value,
            leg.fund,
            leg.program,
            leg.project,
            leg.grant,
            leg.counterparty_id,
        )
        for leg in rows
    ]


def record(actor: Actor, book: Book, drafts: Sequence[Draft], authority: list[str]) -> list[Transaction]:
    """Post drafts in their order, all or none: for actions of this package, which authorise by themselves.

    A cost that serves what a donor asked is followed by the release of as much as the fund still holds. Must run in the
    transaction of the action. Locks the book's row, so that numbers have no gap. A draft whose key is there
    already gives the transaction that is there.
    """
    made = store(book, drafts)
    for transaction, draft in made:
        if draft is not None:
            _append(actor, book, transaction, draft, authority)
            # One after the other: what a cost takes from a fund, the next finds taken.
            for freed, release in store(book, releases(book, transaction, draft)):
                if release is not None:
                    _append(actor, book, freed, release, authority)
    return [transaction for transaction, _draft in made]


def store(book: Book, drafts: Sequence[Draft]) -> list[tuple[Transaction, Draft | None]]:
    """Write the rows of drafts; gives each transaction with its draft, or ``None`` where its key was there.

    Set-based, so that many drafts cost little more than one. It appends nothing to the ledger: that is `record`.
    """
    if not drafts:
        return []
    Book.objects.select_for_update().get(pk=book.pk)
    _check(book, drafts)
    known = _known(book, drafts)
    top = Transaction.objects.filter(book=book).aggregate(top=Max("number"))["top"] or 0
    found: list[tuple[Transaction, Draft | None]] = []
    fresh: list[tuple[Transaction, Draft]] = []
    for draft in drafts:
        if draft.key is not None and draft.key in known:
            found.append((_same(known[draft.key], draft), None))
            continue
        top += 1
        made = _row(book, top, draft)
        if draft.key is not None:
            known[draft.key] = made
        fresh.append((made, draft))
        found.append((made, draft))
    _insert(fresh)
    return found


def _insert(fresh: Sequence[tuple[Transaction, Draft]]) -> None:
    Transaction.objects.bulk_create([made for made, _draft in fresh])
    Leg.objects.bulk_create(
        [
            Leg(
                transaction_id=made.pk,
                position=position,
                account_id=leg.account.pk,
                date=draft.date,
                commodity_id=leg.commodity.pk,
                amount=leg.amount,
                priced_in_id=leg.priced_in.pk,
                value=leg.value,
                fund_id=leg.fund.pk,
                program=leg.program,
                project=leg.project,
                grant=leg.grant,
                counterparty_id=leg.counterparty,
            )
            for made, draft in fresh
            for position, leg in enumerate(draft.postings)
        ]
    )
    Description.objects.bulk_create(
        [Description(transaction_id=made.pk, text=draft.description) for made, draft in fresh]
    )
    Seal.objects.bulk_create([Seal(id=made.pk) for made, _draft in fresh])
    balances.add((draft.date, leg) for _made, draft in fresh for leg in draft.postings)


def _row(book: Book, number: int, draft: Draft) -> Transaction:
    identity = ids.new_id()
    return Transaction(
        id=identity,
        book=book,
        number=number,
        date=draft.date,
        nature=draft.nature,
        source=draft.source,
        key=draft.key,
        reverses_id=draft.reverses,
        follows_id=draft.follows,
        seal_id=identity,
        digest=digest_of(book.pk, number, draft),
        posted_at=clock.now(),
    )


def _check(book: Book, drafts: Sequence[Draft]) -> None:
    closed = list(ClosedPeriod.objects.filter(book=book, reopened_at=None).values_list("start", "until"))
    several = len(drafts) > 1
    problems: list[UserError] = []
    for place, draft in enumerate(drafts):
        found = faults(draft)
        if any(start <= draft.date < until for start, until in closed):
            mend = gettext("choose a later day, or reopen the period")
            found.insert(0, Conflict(gettext("the books are closed on %s") % draft.date, where="date", mend=mend))
        if len(draft.description) > 300 or len(draft.source) > 120 or len(draft.key or "") > 160:
            found.append(UserError(gettext("the description, the source or the key is too long"), where="description"))
        if several:
            found = [type(each)(each.what, f"{place}.{each.where}", each.mend) for each in found]
        problems += found
    if problems:
        first = problems[0]
        raise type(first)(first.what, first.where, first.mend, problems if len(problems) > 1 else ())


def _known(book: Book, drafts: Sequence[Draft]) -> dict[str, Transaction]:
    keys = [draft.key for draft in drafts if draft.key is not None]
    rows = Transaction.objects.filter(book=book, key__in=keys) if keys else []
    return {row.key: row for row in rows if row.key is not None}


def _same(there: Transaction, draft: Draft) -> Transaction:
    """What was posted under the key, if it says the same."""
    if there.digest != digest_of(there.book_id, there.number, draft):
        mend = gettext("use another key, or reverse that one first")
        what = gettext("transaction %d was posted under this key and says something else") % there.number
        raise Conflict(what, where="key", mend=mend)
    return there


def _append(actor: Actor, book: Book, made: Transaction, draft: Draft, authority: list[str]) -> None:
    data: dict[str, object] = {
        "number": made.number,
        "date": made.date.isoformat(),
        "nature": str(made.nature),
        "source": made.source,
        "legs": len(draft.postings),
        "digest": made.digest,
    }
    kind = "transaction.posted"
    if draft.reverses is not None:
        kind = "transaction.reversed"
        data["reversed"] = Transaction.objects.values_list("number", flat=True).get(pk=draft.reverses)
    append(
        kind,
        actor=actor,
        refs=[Ref("book", str(book.pk)), Ref("transaction", str(made.pk))],
        data=data,
        private={"description": draft.description},
        authority=authority,
    )
