"""Writing to those who have not voted, at the moments before the close that the motion declares."""

from __future__ import annotations

from datetime import timedelta

from quorate.access.action import action
from quorate.access.actors import Actor, system
from quorate.access.policy import authorise
from quorate.decisions.actions.closing import open_now
from quorate.decisions.letters import remind_silent
from quorate.decisions.models import Motion
from quorate.kernel import clock
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


def moment_due(motion: Motion) -> int | None:
    """The hours before the close whose moment has come and was not used yet, the last one if there are several.

    Moments from before the opening, or from before the last reminder, are not made up for.
    """
    now = clock.now()
    if motion.closes_at is None or now >= motion.closes_at:
        return None
    since = max(motion.opened_at, motion.reminded_at or motion.opened_at)
    hours = [int(each) for each in motion.reminders]
    passed = [each for each in hours if since < motion.closes_at - timedelta(hours=each) <= now]
    return min(passed, default=None)


@action("motion.remind", kinds=("motion.reminded",))
def remind(*, actor: Actor, motion: Motion) -> int:
    """Write to the silent if a moment to do so has come; returns to how many. Doing it again does nothing."""
    motion = open_now(motion)
    authority = authorise(actor, "motion.remind", motion)
    hours = moment_due(motion)
    if hours is None:
        return 0
    count = remind_silent(motion, hours)
    motion.reminded_at = clock.now()
    motion.save(update_fields=["reminded_at"])
    if count:
        append(
            "motion.reminded",
            actor=actor,
            refs=[Ref("motion", str(motion.id))],
            data={"count": count},
            authority=authority,
        )
    return count


def remind_due() -> int:
    """Remind in every open motion whose moment has come; returns how many letters. Each in its own transaction."""
    rows = Motion.objects.filter(state=Motion.State.OPEN, closes_at__gt=clock.now()).exclude(reminders=[])
    return sum(
        remind(actor=system("motions"), motion=motion)
        for motion in rows.order_by("closes_at")
        if moment_due(motion) is not None
    )
