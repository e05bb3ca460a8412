"""Rights that the portfolio guards with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("project.edit", _("Edit projects, their repositories and maintainers"))
permission("project.set-status", _("Say what a project is to the foundation, outside a program"))
permission("project.attest", _("Vouch for what cannot be measured of a project"))
permission("repository.scan", _("Read a project's repository"))
permission("repository.fetch", _("Clone a project's repository from its host"))
permission("landscape.edit", _("Import the landscape and edit its items"))
permission("member.list", _("List member organisations and their tiers"))
