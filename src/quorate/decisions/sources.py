"""Rights that follow from being an elector."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from quorate.access.actors import Actor
from quorate.access.policy import SOURCES, Reason
from quorate.decisions.models import DecisionRecord, Motion
from quorate.decisions.queries import electors_of
from quorate.kernel.i18n import gettext
from quorate.terms.models import Body
from quorate.terms.queries import holds
from quorate.terms.reach import body_of

#: What the chair of a motion's body may do about it.
CHAIRED = ("motion.recuse", "motion.close", "motion.attend", "motion.remind")

#: What the chair of a body may do in its name.
KEPT = ("motion.open", "decision.record", "decision.end")


@body_of.register
def _decided(thing: Motion | DecisionRecord) -> Body | None:
    return thing.body


class Electors:
    """An elector votes; the chair of the motion's body closes it."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if not isinstance(obj, Motion) or actor.person_id is None:
            return
        if permission in ("motion.vote", "motion.object"):
            for elector in electors_of(obj, actor.person_id):
                code = f"elector:{elector.id}"
                yield Reason(gettext("you are an elector of this motion"), code, obj.opened_at, obj.closes_at)
        if permission == "motion.recuse" and electors_of(obj, actor.person_id):
            yield Reason(gettext("you are an elector of this motion"), "elector")
        if permission in CHAIRED and obj.body is not None:
            term = holds(actor.person_id, f"chair:{obj.body.slug}", at)
            if term is not None:
                text = gettext("you chair %s") % obj.body.name
                yield Reason(text, f"seat:{obj.body.slug}/{term.seat.slug}", term.start, term.until)

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if not isinstance(obj, Motion):
            return
        if permission in ("motion.vote", "motion.object", "motion.recuse"):
            yield gettext("one of the electors of this motion")
        if permission in CHAIRED and obj.body is not None:
            yield gettext("the chair of %s") % obj.body.name


class Registrars:
    """The chair of a body puts motions to it and keeps its register of decisions."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        body = _kept(permission, obj)
        if body is None or actor.person_id is None:
            return
        term = holds(actor.person_id, f"chair:{body.slug}", at)
        if term is not None:
            text = gettext("you chair %s") % body.name
            yield Reason(text, f"seat:{body.slug}/{term.seat.slug}", term.start, term.until)

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        body = _kept(permission, obj)
        if body is not None:
            yield gettext("the chair of %s") % body.name


def _kept(permission: str, obj: Any) -> Body | None:
    return body_of(obj) if permission in KEPT else None


SOURCES.register("electors", Electors())
SOURCES.register("registrars", Registrars())
