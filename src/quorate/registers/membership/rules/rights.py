"""What a member may do on a day, which clause says so, and what took it away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from quorate.kernel.i18n import gettext
from quorate.registers.membership.rules.charter import BodyRules, Charter, Loss, Mode, SeatRule, Version
from quorate.registers.membership.rules.members import Member, standing
from quorate.registers.membership.rules.results import Conflict


class State(StrEnum):
    """Whether a right is held. ``at-risk``: the board may take it, and has not been said to."""

    HELD = "held"
    LOST = "lost"
    AT_RISK = "at-risk"


@dataclass(frozen=True, slots=True)
class RightHeld:
    """One right of one member on a day. ``reasons`` are sentences; ``clauses`` belong to them in order."""

    right: str
    title: str
    state: State
    reasons: tuple[str, ...]
    clauses: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "right": self.right,
            "title": self.title,
            "state": self.state.value,
            "derivation": [
                {"what": what, "clause": clause} for what, clause in zip(self.reasons, self.clauses, strict=True)
            ],
        }


@dataclass(frozen=True, slots=True)
class Rights:
    """All rights of one organisation on a day."""

    organisation: str
    tiers: tuple[str, ...]
    on: date
    version: Version
    rights: tuple[RightHeld, ...]
    conflicts: tuple[Conflict, ...] = ()

    def state(self, right: str) -> State | None:
        return next((one.state for one in self.rights if one.right == right), None)

    def as_dict(self) -> dict[str, Any]:
        return {
            "organisation": self.organisation,
            "tiers": list(self.tiers),
            "on": self.on.isoformat(),
            "version": self.version.version,
            "rights": [right.as_dict() for right in self.rights],
            "conflicts": [conflict.as_dict() for conflict in self.conflicts],
        }


def strikes(loss: Loss, member: Member, on: date) -> str:
    """Why a loss strikes a member on a day, in words; empty when it does not."""
    match loss.when:
        case "overdue":
            since = member.overdue_since
            if since is not None and since <= on and (on - since).days >= (loss.days or 0):
                words = {"days": (on - since).days, "since": since.isoformat()}
                return gettext("overdue for %(days)d days, since %(since)s") % words
        case "suspended":
            if member.suspended_since is not None and member.suspended_since <= on:
                return gettext("suspended since %s") % member.suspended_since.isoformat()
        case "absent":
            missed = member.absent.get(loss.body, 0)
            if missed >= (loss.meetings or 1):
                return gettext("missed %(n)d meetings of %(body)s in a row") % {"n": missed, "body": loss.body}
    return ""


def _covers(loss: Loss, right: str) -> bool:
    return "all" in loss.rights or right in loss.rights


def lost(version: Version, member: Member, on: date, right: str) -> bool:
    """Whether a member has lost a right by itself, without anybody's decision."""
    return any(_covers(loss, right) and not loss.discretion and strikes(loss, member, on) for loss in version.losses)


def in_good_standing(version: Version, member: Member, on: date) -> bool:
    """Whether nothing has taken all rights of a member by itself. Suspension always does."""
    if member.suspended_since is not None and member.suspended_since <= on:
        return False
    return not any(
        "all" in loss.rights and not loss.discretion and strikes(loss, member, on) for loss in version.losses
    )


def rights(charter: Charter, members: Iterable[Member], organisation: str, on: date) -> Rights:
    """The rights of one organisation on a day, from every tier that it is in then (overlays beside its own)."""
    version = charter.on(on)
    wanted = " ".join(organisation.split()).casefold()
    rows = standing(version, (member for member in members if member.key == wanted), on)
    return rights_of(version, organisation, rows, on)


def rights_of(version: Version, organisation: str, rows: list[Member], on: date) -> Rights:
    """The rights that memberships of one organisation give; none for no membership."""
    tiers: dict[str, Member] = {}
    for row in rows:
        for tier in (row.tier, *row.overlays):
            tiers.setdefault(tier, row)
    found: dict[str, RightHeld] = {}
    for right, title, clause, of_tiers in promised(version):
        held = next((tier for tier in of_tiers if tier in tiers), None)
        if held is not None and right not in found:
            found[right] = _held(version, held, tiers[held], on, right, title, clause)
    return Rights(organisation, tuple(tiers), on, version, tuple(found.values()))


def _held(version: Version, tier: str, member: Member, on: date, right: str, title: str, clause: str) -> RightHeld:
    reasons, texts = [gettext("%s member") % version.tier(tier).name], [clause]
    state = State.HELD
    for loss in version.losses:
        why = strikes(loss, member, on) if _covers(loss, right) else ""
        if not why:
            continue
        if loss.discretion:
            reasons.append(gettext("%s: the board may take it") % why)
            state = State.AT_RISK if state is State.HELD else state
        else:
            back = f"; {loss.regained}" if loss.regained else ""
            reasons.append(gettext("%s: lost") % why + back)
            state = State.LOST
        texts.append(loss.clause)
    said = any(loss.when == "suspended" for loss in version.losses)
    if not said and member.suspended_since is not None and member.suspended_since <= on:
        reasons.append(gettext("suspended since %s") % member.suspended_since.isoformat())
        texts.append("")
        state = State.LOST
    return RightHeld(right, title, state, tuple(reasons), tuple(texts))


def promised(version: Version) -> Iterable[tuple[str, str, str, tuple[str, ...]]]:
    """(right, title, clause, tiers) of everything that the seats and the list of rights give to tiers."""
    everybody = tuple(tier.slug for tier in version.tiers)
    for body in version.bodies:
        for rule in body.seats:
            yield from _by_seat(body, rule)
    for right in version.rights:
        yield right.slug, right.title, right.clause, right.tiers or everybody


def _by_seat(body: BodyRules, rule: SeatRule) -> Iterable[tuple[str, str, str, tuple[str, ...]]]:
    if not rule.tiers:
        return
    words = {"body": body.name, "n": rule.seats}
    if rule.mode is Mode.APPOINT_EACH:
        title = gettext("appoint %(n)d voting on %(body)s") if rule.voting else gettext("appoint %(n)d to %(body)s")
        yield f"seats:{body.slug}", title % words, rule.clause, rule.tiers
        if rule.voting:
            yield f"vote:{body.slug}", gettext("vote on %(body)s") % words, rule.clause, rule.tiers
            yield f"quorum:{body.slug}", gettext("count for the quorum of %(body)s") % words, rule.clause, rule.tiers
    elif rule.mode is Mode.ELECT_CLASS:
        yield f"elect:{body.slug}", gettext("elect the class's seats on %(body)s") % words, rule.clause, rule.tiers
        yield (
            f"nominate:{body.slug}",
            gettext("nominate for the class's seats on %(body)s") % words,
            rule.clause,
            rule.tiers,
        )
    elif rule.mode is Mode.BOARD_SELECTS:
        yield f"nominate:{body.slug}", gettext("nominate for a seat on %(body)s") % words, rule.clause, rule.tiers
    elif rule.mode is Mode.OBSERVER:
        yield f"observe:{body.slug}", gettext("observe %(body)s") % words, rule.clause, rule.tiers
