"""What is written down of elections. Of secret ballots nothing is: neither that nor when one was cast."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

register(
    Kind(
        "election.announced",
        _("{actor} announced the election “{election}” for {seats} seats"),
        fields={"seats": int, "rule": str, "level": str, "opens_at": str, "closes_at": str},
        public=True,
    )
)
register(
    Kind("election.nominated", _("{actor} nominated {nominee} in “{election}”"), private=("statement",), public=True)
)
register(
    Kind(
        "election.answered",
        _("{nominee} answered the nomination in “{election}”: {answer}"),
        fields={"answer": str},
        private=("statement",),
        public=True,
    )
)
register(Kind("election.endorsed", _("{actor} endorsed {nominee} in “{election}”"), public=True))
register(Kind("election.roll-asked", _("{actor} asked to be on the roll of “{election}”"), private=("reason",)))
register(
    Kind(
        "election.roll-decided",
        _("{actor} decided a request about the roll of “{election}”: {decision}"),
        fields={"decision": str},
        private=("reason",),
    )
)
register(
    Kind(
        "election.opened",
        _("Voting opened in “{election}”: {candidates} candidates, {electors} electors"),
        fields={"candidates": int, "electors": int, "manifest": str, "roll": str},
        public=True,
    )
)
register(
    Kind(
        "election.voted",
        _("{actor} voted by name in “{election}”"),
        fields={"ballot": list},
        public=True,
    )
)
register(
    Kind(
        "election.closed",
        _("Voting closed in “{election}”: {voted} of {electors} took part"),
        fields={"voted": int, "electors": int, "log": int, "root": str},
        public=True,
    )
)
register(
    Kind(
        "election.published",
        _("The result of “{election}” was published: {count} elected"),
        fields={"count": int, "ballots": int, "bundle": str, "public_value": str},
        public=True,
    )
)
register(
    Kind(
        "election.withdrew",
        _("{nominee} no longer stands in “{election}”"),
        fields={"candidate": str, "voting": bool},
        private=("reason",),
        public=True,
    )
)
register(
    Kind(
        "election.issued",
        _("{registrar} stated the tokens issued in “{election}”: {count}"),
        fields={"registrar": str, "count": int},
        public=True,
    )
)
register(Kind("election.cancelled", _("{actor} cancelled the election “{election}”"), private=("reason",), public=True))
register(
    Kind(
        "election.seated",
        _("{actor} seated those elected in “{election}”: {count}"),
        fields={"count": int},
        public=True,
    )
)
register(
    Kind(
        "election.counted-back",
        _("{actor} counted “{election}” again for a vacancy: {outcome}"),
        fields={"outcome": str, "left": str},
        public=True,
    )
)
register(Kind("election.reminded", _("{count} electors were reminded of “{election}”"), fields={"count": int}))
