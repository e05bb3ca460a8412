"""Rights that the engine guards with."""

from __future__ import annotations

from quorate.access.permissions import permission
from quorate.kernel.i18n import _

permission("program.publish", _("Publish versions of a program"))
permission("program.close", _("Close a program for new cases, and open it again"))
permission("case.list", _("See the list of all cases"))
permission("case.read", _("See a case with everything that is not private"))
permission("case.read-private", _("See the private answers of a case"), sensitive=True)
permission("case.file", _("File a case"))
permission("case.claim", _("Claim a case that was filed without an account"))
permission("case.amend", _("Amend the answers of a case"))
permission("case.move", _("Take a step in a case"))
permission("case.assign", _("Assign the owner of a stage"))
permission("case.assign-reviewers", _("Assign reviewers"))
permission("case.volunteer", _("Volunteer to review"))
permission("case.delegate", _("Let somebody act in one's place"))
permission("case.recuse", _("Stand aside from a case"))
permission("case.review", _("Write a review"), sensitive=True)
permission("case.comment", _("Comment on a case"))
permission("case.redact", _("Take back comments and files"))
permission("case.attach", _("Attach a file to a case"))
permission("case.check", _("Run the machine checks of a case"))
permission("case.attest", _("Attest a criterion"))
permission("case.waive", _("Let a criterion pass as it is"))
permission("case.time", _("Let time pass: reminders, deadlines, reviews that fall due"))
permission("case.migrate", _("Move open cases to the current version of their program"))
permission("grant.renew", _("Renew a grant"))
permission("grant.revoke", _("Revoke a grant"))
permission("grant.review", _("Open the review of a grant before its time"))
permission("obligation.fulfil", _("Report an obligation as done"))
permission("obligation.confirm", _("Confirm that an obligation is done"))
permission("obligation.waive", _("Waive an obligation"))
