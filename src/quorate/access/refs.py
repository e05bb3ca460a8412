"""How accounts appear in the ledger's sentences: without the address, which is nobody else's business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quorate.kernel.i18n import gettext
from quorate.ledger.refs import RefKind, register


def _accounts(ids: Sequence[str]) -> Mapping[str, str]:
    return dict.fromkeys(ids, gettext("an account"))


register(RefKind("account", _accounts))
