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
