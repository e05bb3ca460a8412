"""Rights that the books are guarded with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("finance.read", _("Read the books"))
permission("finance.post", _("Post to the books and reverse what was posted"))
permission("finance.close", _("Close and reopen periods of the books"))
permission("finance.manage", _("Open books, accounts and funds"))

permission("invoice.read", _("Read invoices and what was paid of them"))
permission("invoice.draft", _("Write drafts of invoices"))
permission("invoice.issue", _("Issue and credit invoices"))
permission("invoice.settle", _("Import bank statements and settle invoices"))
