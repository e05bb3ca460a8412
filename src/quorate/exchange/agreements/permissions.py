"""Rights that agreements guard with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("agreement.read", _("Read agreements"), sensitive=True)
permission("agreement.prepare", _("Prepare, send and withdraw agreements"))
permission("agreement.sign", _("Sign or decline an agreement for the other side"), sensitive=True)
permission("agreement.countersign", _("Sign an agreement for the foundation"), sensitive=True)
permission("agreement.end", _("Record that an agreement ended"))
