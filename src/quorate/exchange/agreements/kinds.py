"""What agreements write into the ledger: digests and states. What was agreed and who put their name to it stay private."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

register(
    Kind(
        "agreement-template.put",
        _("{actor} put version {version} of the agreement “{title}” on record"),
        fields={"slug": str, "version": str, "title": str, "sha256": str},
    )
)
register(
    Kind("agreement-template.retired", _("{actor} retired an agreement's template: {version}"), fields={"version": str})
)
register(
    Kind(
        "agreement.prepared",
        _("{actor} prepared {agreement} for {organisation}"),
        fields={"digest": str, "template": str, "version": str, "departures": list},
    )
)
register(Kind("agreement.sent", _("{actor} sent {agreement} to {person}"), fields={"digest": str, "due_at": str}))
SIGNED = {"digest": str, "method": str, "file": str, "statement": str}
register(
    Kind(
        "agreement.signed",
        _("{actor} put the signature of the other side on {agreement}"),
        fields=SIGNED,
        private=("name", "title"),
    )
)
register(
    Kind(
        "agreement.countersigned",
        _("{actor} signed {agreement} for the foundation"),
        fields=SIGNED,
        private=("name", "title"),
    )
)
register(Kind("agreement.declined", _("{actor} declined {agreement}"), fields={"digest": str}, private=("reason",)))
register(Kind("agreement.withdrawn", _("{actor} withdrew {agreement}"), fields={"digest": str}, private=("reason",)))
register(
    Kind("agreement.ended", _("{actor} recorded that {agreement} ended"), fields={"digest": str}, private=("reason",))
)
