"""Writes about which organisations are members, as facts for the landscape."""

from __future__ import annotations

from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Organisation
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.periods import Period
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.portfolio.models import Member
from quorate.toolkit.foundation import day


@action("member.list", kinds=("member.listed",))
def list_member(
    *,
    actor: Actor,
    organisation: Organisation,
    tier: str,
    start: datetime | None = None,
    until: datetime | None = None,
    synthetic: bool = False,
) -> Member:
    """Note that an organisation is a member in a tier for a period (start None: not known).

    Appends ``member.listed``; nothing when it is on record. ``Conflict`` when another period overlaps.
    """
    authority = authorise(actor, "member.list", organisation)
    return enrol(actor, organisation, tier, start, until, authority, synthetic=synthetic)


@action("member.list", kinds=("member.listed",))
def end_member(*, actor: Actor, member: Member, until: datetime) -> Member:
    """End a membership. Appends ``member.listed`` with its end."""
    authority = authorise(actor, "member.list", member.organisation)
    close(actor, member, until, authority)
    return member


@action("member.list", kinds=("member.unlisted",))
def unlist_member(*, actor: Actor, member: Member) -> None:
    """Remove a membership that was noted by mistake. Appends ``member.unlisted``."""
    authority = authorise(actor, "member.list", member.organisation)
    refs = [Ref("organisation", str(member.organisation_id))]
    member.delete()
    append("member.unlisted", actor=actor, refs=refs, authority=authority)


def enrol(
    actor: Actor,
    organisation: Organisation,
    tier: str,
    start: datetime | None,
    until: datetime | None,
    authority: list[str],
    *,
    synthetic: bool = False,
) -> Member:
    """Note a membership on an authority that was established before."""
    if start and until and until <= start:
        raise UserError(
            gettext("the membership ends before it begins"), where="until", mend=gettext("give a later end")
        )
    for row in Member.objects.filter(organisation=organisation):
        if (row.tier, row.start, row.until) == (tier, start, until):
            return row
        if Period(row.start, row.until).overlaps(Period(start, until)):
            raise Conflict(
                gettext("%s is a member during this time already") % organisation.name,
                where="from",
                mend=gettext("end the earlier membership first"),
            )
    row = Member.objects.create(organisation=organisation, tier=tier, start=start, until=until, synthetic=synthetic)
    _note(actor, row, authority)
    return row


def close(actor: Actor, row: Member, until: datetime, authority: list[str]) -> None:
    """End a membership on an authority that was established before."""
    if row.start is not None and until <= row.start:
        raise Conflict(gettext("the membership would end before it began"), where="until")
    row.until = until
    row.save(update_fields=["until"])
    _note(actor, row, authority)


def _note(actor: Actor, row: Member, authority: list[str]) -> None:
    append(
        "member.listed",
        actor=actor,
        refs=[Ref("organisation", str(row.organisation_id))],
        data={"tier": row.tier, "from": day(row.start), "until": day(row.until)},
        authority=authority,
    )
