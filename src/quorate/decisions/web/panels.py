"""What the register shows on the page of a policy: the decisions that adopted it or that rest on its clauses."""

from __future__ import annotations

from quorate.access.actors import VISITOR
from quorate.access.identity import actor_from
from quorate.decisions.register import citing
from quorate.kernel.i18n import _
from quorate.toolkit.panels import Asked, RecordPanel, record_panel


@record_panel("policy", "decisions", order=20)
def decisions(asked: Asked) -> RecordPanel | None:
    """The decisions that cite a policy, newest first."""
    actor = VISITOR if asked.public else actor_from(asked.request)
    found = citing(actor, asked.record.slug, asked.at)
    if not found:
        return None
    context = {"decisions": found, "public": asked.public}
    return RecordPanel("decisions", _("Decisions about it"), "decisions/citing.html", context)
