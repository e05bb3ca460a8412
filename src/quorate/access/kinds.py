"""What may happen to accounts and tokens, as entries of the ledger."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

ACCOUNT_CREATED = register(
    Kind("account.created", _("{actor} opened {account}"), fields={"operator": bool}, private=("email",))
)
OPERATOR_GRANTED = register(
    Kind("account.operator-granted", _("{actor} made {account} an operator of the installation"))
)
OPERATOR_WITHDRAWN = register(
    Kind("account.operator-withdrawn", _("{actor} took from {account} the operation of the installation"))
)
ACCOUNT_CLOSED = register(Kind("account.closed", _("{actor} closed {account}")))
ACCOUNT_REOPENED = register(Kind("account.reopened", _("{actor} opened {account} again")))
LINK_ISSUED = register(
    Kind("account.link-issued", _("{actor} made a link that signs {account} in"), fields={"minutes": int})
)
TOKEN_CREATED = register(
    Kind(
        "token.created",
        _("{actor} made an API token for {account}"),
        fields={"token": str, "scopes": list, "expires": str},
        private=("name",),
    )
)
TOKEN_REVOKED = register(
    Kind("token.revoked", _("{actor} revoked an API token of {account}"), fields={"token": str}, private=("name",))
)
