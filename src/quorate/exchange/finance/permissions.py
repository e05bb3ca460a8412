"""Rights that the books are guarded with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("finance.read", _("Read the books"))
permission("finance.post", _("Post to the books and reverse what was posted"))
permission("finance.close", _("Close and reopen periods of the books"))
permission("finance.manage", _("Open books, accounts and funds"))
