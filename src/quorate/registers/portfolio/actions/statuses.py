"""Writes about what a project is to the foundation. The landscape follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.portfolio.actions.listing import reflect
from quorate.registers.portfolio.models import Project, ProjectStatus
from quorate.registers.portfolio.queries import statuses_of
from quorate.registers.portfolio.rules import StatusPeriod, check_statuses
from quorate.toolkit.foundation import day


@action("project.set-status", kinds=("project.status-set", "landscape.item-added", "landscape.item-changed"))
def set_status(
    *,
    actor: Actor,
    project: Project,
    status: str,
    at: datetime | None = None,
    decided_by: str = "",
    category: str = "",
) -> ProjectStatus | None:
    """Close the running status and open another from ``at`` (default: now); blank only closes.

    Appends ``project.status-set``, then brings the landscape into line: a project that has none there yet is
    put under ``category``. Nothing when it has this status already. ``Conflict`` when ``at`` is not after the
    start of the running status.
    """
    authority = authorise(actor, "project.set-status", project)
    return enter(actor, project, status, at or clock.now(), decided_by, authority, category=category)


@action("project.set-status", kinds=("project.statuses-corrected", "landscape.item-changed"))
def correct_statuses(*, actor: Actor, project: Project, periods: Sequence[StatusPeriod]) -> list[ProjectStatus]:
    """Replace the dated statuses of a project: for corrections and imports, not for decisions.

    Appends ``project.statuses-corrected`` with both lists; nothing when they agree. ``UserError`` when the
    periods overlap.
    """
    return rewrite(actor, project, periods, authorise(actor, "project.set-status", project))


def enter(
    actor: Actor,
    project: Project,
    status: str,
    at: datetime,
    decided_by: str,
    authority: list[str],
    *,
    category: str = "",
    refs: Sequence[Ref] = (),
    show: bool = True,
) -> ProjectStatus | None:
    """Open a status on an authority that was established before, for instance by a grant.

    ``show=False`` leaves the landscape as it is.
    """
    Project.objects.select_for_update().get(pk=project.pk)
    running = project.statuses.filter(until=None).first()
    if running is not None and running.status == status:
        return running
    if running is None and not status:
        return None
    latest = project.statuses.exclude(until=None).order_by("-until").first()
    earliest = running.start if running is not None else (latest.until if latest is not None else None)
    if earliest is not None and (at < earliest or (running is not None and at == earliest)):
        raise Conflict(
            gettext("%(project)s has another status until %(day)s") % {"project": project.name, "day": day(earliest)},
            where="at",
            mend=gettext("choose a later time, or correct the dated statuses"),
        )
    if running is not None:
        running.until = at
        running.ended_by = decided_by[:200]
        running.save(update_fields=["until", "ended_by"])
    opened = None
    if status:
        opened = ProjectStatus.objects.create(project=project, status=status, start=at, decided_by=decided_by[:200])
    append(
        "project.status-set",
        actor=actor,
        refs=[Ref("project", str(project.id)), *refs],
        data={
            "status": status,
            "before": running.status if running else None,
            "from": day(at),
            "decided_by": decided_by or None,
        },
        authority=authority,
        at=at,
    )
    if show:
        reflect(actor, project, status, at, authority, category=category)
    return opened


def rewrite(
    actor: Actor, project: Project, periods: Sequence[StatusPeriod], authority: list[str], *, show: bool = True
) -> list[ProjectStatus]:
    """Replace the statuses on an authority that was established before. ``show=False`` leaves the landscape."""
    check_statuses(periods)
    before = statuses_of(project)
    if sorted(map(_as_json, before), key=repr) == sorted(map(_as_json, periods), key=repr):
        return list(project.statuses.all())
    project.statuses.all().delete()
    rows = ProjectStatus.objects.bulk_create(
        ProjectStatus(
            project=project,
            status=period.status,
            start=period.start,
            until=period.until,
            decided_by=period.decided_by[:200],
            synthetic=period.synthetic,
        )
        for period in periods
    )
    append(
        "project.statuses-corrected",
        actor=actor,
        refs=[Ref("project", str(project.id))],
        data={"before": [_as_json(period) for period in before], "after": [_as_json(each) for each in periods]},
        authority=authority,
    )
    running = next((period for period in periods if period.until is None), None)
    if show and running is not None:
        reflect(actor, project, running.status, running.start, authority, put=False)
    return rows


def _as_json(period: StatusPeriod) -> dict[str, object]:
    pairs = {"status": period.status, "from": day(period.start), "until": day(period.until), "by": period.decided_by}
    return {key: value for key, value in pairs.items() if value}
