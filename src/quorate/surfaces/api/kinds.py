"""What may happen to webhooks, as entries of the ledger."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

register(
    Kind(
        "webhook.registered",
        _("{actor} asked that entries be told to another place"),
        fields={"webhook": str, "kinds": list},
        private=("url",),
    )
)
register(Kind("webhook.removed", _("{actor} removed a webhook"), fields={"webhook": str}, private=("url",)))
register(
    Kind(
        "webhook.switched-off",
        _("{actor} switched a webhook off that had failed for days"),
        fields={"webhook": str},
        private=("url",),
    )
)
register(
    Kind("webhook.switched-on", _("{actor} switched a webhook on again"), fields={"webhook": str}, private=("url",))
)
