"""What is written down of motions."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

register(
    Kind(
        "motion.opened",
        _("{actor} put the motion “{motion}” to {electors} electors"),
        fields={
            "electors": int,
            "recused": int,
            "vacant": int,
            "suspended": int,
            "rule": dict,
            "closes_at": str,
        },
        public=True,
    )
)
register(
    Kind(
        "motion.voted",
        _("{actor} voted {choice} on “{motion}”"),
        fields={"choice": str, "by_alternate": bool, "seat": str},
        private=("reason",),
        public=True,
    )
)
register(
    Kind(
        "motion.recused",
        _("{elector} stands aside from “{motion}”"),
        fields={"why": str},
        private=("reason",),
        public=True,
    )
)
register(
    Kind(
        "motion.closed",
        _("The motion “{motion}” closed: {result} ({yes} yes, {no} no, {abstain} abstained)"),
        fields={
            "result": str,
            "yes": int,
            "no": int,
            "abstain": int,
            "seats": int,
            "needed": int,
            "early": bool,
        },
        public=True,
    )
)
register(Kind("motion.withdrawn", _("{actor} withdrew the motion “{motion}”"), private=("reason",), public=True))
register(Kind("motion.reminded", _("{count} electors were reminded of “{motion}”"), fields={"count": int}))
register(
    Kind(
        "motion.objected",
        _("{actor} objected to “{motion}”, which is now a vote"),
        fields={"closes_at": str},
        private=("reason",),
        public=True,
    )
)
register(Kind("motion.unobjected", _("{actor} withdrew the objection to “{motion}”"), public=True))
register(
    Kind(
        "motion.attended",
        _("It was recorded whether {elector} is away from “{motion}”"),
        fields={"away": bool},
        public=True,
    )
)
register(
    Kind(
        "decision.recorded",
        _("{body} decided “{decision}”, number {number}"),
        fields={"number": str, "clauses": list},
        public=True,
    )
)
register(
    Kind(
        "decision.limited",
        _("“{decision}” of {body} expires at {until}"),
        fields={"until": str},
        private=("reason",),
        public=True,
    )
)
register(
    Kind(
        "decision.ended",
        _("“{decision}” of {body} is {state} from then on"),
        fields={"state": str},
        private=("reason",),
        public=True,
    )
)
