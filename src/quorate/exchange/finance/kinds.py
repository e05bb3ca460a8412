"""What the ledger keeps of the books: numbers and digests, never words about a person."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

register(
    Kind(
        "transaction.posted",
        _("{actor} posted transaction {number} to {book}"),
        fields={"number": int, "date": str, "nature": str, "source": str, "legs": int, "digest": str},
        private=("description",),
    )
)
register(
    Kind(
        "transaction.reversed",
        _("{actor} reversed transaction {reversed} of {book} by transaction {number}"),
        fields={
            "number": int,
            "date": str,
            "nature": str,
            "source": str,
            "legs": int,
            "digest": str,
            "reversed": int,
        },
        private=("description",),
    )
)
register(
    Kind(
        "description.forgotten",
        _("{actor} removed the description of transaction {number} of {book}"),
        fields={"number": int, "reason": str},
    )
)
register(Kind("commodity.defined", _("{actor} defined {code}"), fields={"code": str, "kind": str, "digits": int}))
register(
    Kind(
        "book.opened",
        _("{actor} opened the books of {book} in {currency}"),
        fields={"slug": str, "currency": str, "accounts": int},
    )
)
register(
    Kind(
        "account.opened",
        _("{actor} opened account {code} in {book}"),
        fields={"code": str, "type": str, "role": str},
    )
)
register(Kind("account.changed", _("{actor} changed account {code} of {book}"), fields={"code": str, "changes": dict}))
register(
    Kind(
        "fund.opened",
        _("{actor} opened the fund {slug} in {book}"),
        fields={"slug": str, "restricted": bool, "programs": list, "projects": list, "available_from": str},
    )
)
register(
    Kind(
        "period.closed",
        _("{actor} closed {book} from {start} until {until}"),
        fields={"start": str, "until": str},
    )
)
register(
    Kind(
        "period.reopened",
        _("{actor} reopened {book} from {start} until {until}"),
        fields={"start": str, "until": str},
        private=("reason",),
    )
)
register(
    Kind(
        "revenue.deferred",
        _("{actor} deferred revenue of {book} from {start} until {until}"),
        fields={"source": str, "start": str, "until": str, "price": str, "commodity": str},
    )
)
register(Kind("fee.set", _("{actor} set the administration fee of {book}"), fields={"tiers": list}))
register(Kind("series.opened", _("{actor} opened the series {slug} of invoices in {book}"), fields={"slug": str}))
register(
    Kind(
        "invoice.drafted",
        _("{actor} wrote a draft of an invoice in {book}"),
        fields={"draft": str, "revision": int, "net": str, "lines": int},
    )
)
register(Kind("invoice.discarded", _("{actor} discarded a draft of an invoice in {book}"), fields={"draft": str}))
register(
    Kind(
        "invoice.issued",
        _("{actor} issued invoice {invoice} over {gross}"),
        fields={"number": str, "gross": str, "due": str, "digest": str, "transaction": int},
    )
)
register(
    Kind(
        "invoice.credited",
        _("{actor} credited {gross} of invoice {credited} by {invoice}"),
        fields={"number": str, "credited": str, "gross": str, "digest": str, "transaction": int},
        private=("reason",),
    )
)
register(
    Kind(
        "statement.imported",
        _("{actor} imported {new} of {lines} lines of the bank into {book}"),
        fields={"file": str, "account": str, "lines": int, "new": int},
    )
)
register(
    Kind(
        "payment.settled",
        _("{actor} settled {amount} that came in on {day}"),
        fields={"amount": str, "day": str, "numbers": list, "fee": str, "rest": str, "transaction": int},
    )
)
register(
    Kind(
        "payment.reversed",
        _("{actor} took back the settlement of {amount} that came in on {day}"),
        fields={"amount": str, "day": str, "transaction": int},
        private=("reason",),
    )
)
