"""Rights that the directory guards with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("person.read", _("See people's records, without contact details"))
permission("person.contact", _("See how to reach people"))
permission("person.edit", _("Edit people's records"))
permission("person.merge", _("Merge and separate records of people"))
permission("person.consent", _("Give or withdraw consent"))
permission("person.erase", _("Forget a person"))
permission("organisation.edit", _("Edit organisations, their names and who controls whom"))
permission("organisation.merge", _("Merge and separate records of organisations"))
