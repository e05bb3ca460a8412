"""Grants: given, renewed, revoked and lapsed, each made true in the register that owns the fact."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.engine.actions.course import EFFECTS, Hand, Turn, held, refs_of, settle
from quorate.engine.definition import Grant as Declared
from quorate.engine.facts import CaseFacts
from quorate.engine.models import Case, Grant, Obligation
from quorate.engine.versions import definition_of
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.toolkit.ports import GRANTS, GrantNotice, Subject

Change = Literal["granted", "renewed", "lapsed", "revoked"]


@action("grant.renew", kinds=("grant.renewed",))
def renew_grant(*, actor: Actor, grant: Grant, reason: str = "") -> Grant:
    """Renew a grant outside a review: its term and its next review start anew."""
    hold_grant(grant)
    authority = authorise(actor, "grant.renew", grant)
    grant = running(grant)
    renew(grant.case, grant, Hand(actor, authority, clock.now(), reason))
    return grant


@action("grant.revoke", kinds=("grant.revoked", "obligation.dropped"))
def revoke_grant(*, actor: Actor, grant: Grant, reason: str) -> Grant:
    """Take a grant back outside a review. A reason is required."""
    hold_grant(grant)
    authority = authorise(actor, "grant.revoke", grant)
    grant = running(grant)
    if not reason.strip():
        raise UserError(gettext("say why it is revoked"), where="reason")
    end(grant.case, grant, "revoked", Hand(actor, authority, clock.now(), reason))
    return grant


def hold_grant(grant: Grant) -> None:
    """Hold the case that gave the grant, so that entries about it are in order."""
    held(grant.case)


def running(grant: Grant) -> Grant:
    """The grant as it is now; ``Conflict`` when it has ended."""
    current = Grant.objects.select_for_update(of=("self",)).select_related("case").get(pk=grant.pk)
    if current.state == Grant.State.ENDED:
        raise Conflict(gettext("“%(title)s” has ended") % {"title": current.title}, where="grant")
    return current


def give(case: Case, hand: Hand) -> Grant:
    """Give what the program grants to the case's subject. One that still runs is renewed instead."""
    definition = definition_of(case)
    declared = definition.grant
    if declared is None or not case.subject_id:
        raise UserError(gettext("%(case)s has no subject to give anything to") % {"case": case.key}, where="subject")
    present = (
        Grant.objects.filter(program_id=case.program_id, subject_kind=case.subject_kind, subject_id=case.subject_id)
        .exclude(state=Grant.State.ENDED)
        .first()
    )
    if present is not None:
        renew(case, present, hand)
        return present
    grant = Grant.objects.create(
        program_id=case.program_id,
        case=case,
        kind=declared.kind,
        title=declared.title,
        subject_kind=case.subject_kind,
        subject_id=case.subject_id,
        params=dict(declared.params or {}),
        start=hand.at,
        until=declared.term.after(hand.at) if declared.term else None,
        next_review_at=_next_review(declared, hand.at),
    )
    _tell(case, grant, "granted", hand)
    _write("grant.given", case, grant, hand, kind=grant.kind, **_dates(grant))
    return grant


def renew(case: Case, grant: Grant, hand: Hand) -> None:
    """Start the term and the time to the next review anew, as the program that gave the grant says."""
    declared = definition_of(grant.case).grant
    assert declared is not None  # it gave this grant
    if declared.term is not None:
        grant.until = declared.term.after(max(grant.until or hand.at, hand.at))
    grant.state, grant.grace_until, grant.renewed_at = Grant.State.ACTIVE, None, hand.at
    grant.next_review_at = _next_review(declared, hand.at)
    grant.save()
    _tell(case, grant, "renewed", hand)
    _write("grant.renewed", case, grant, hand, **_dates(grant))


def end(case: Case, grant: Grant, how: Literal["lapsed", "revoked"], hand: Hand) -> None:
    """End a grant; what was still owed for it falls away."""
    grant.state, grant.ended_at, grant.ended_by = Grant.State.ENDED, max(hand.at, grant.start), how
    grant.next_review_at = None
    grant.save()
    _tell(case, grant, how, hand)
    private = {"reason": hand.reason} if how == "revoked" else {}
    append(
        f"grant.{how}",
        actor=hand.actor,
        refs=refs_of(case, Ref("grant", str(grant.pk))),
        data={"grant": str(grant.pk), "title": grant.title},
        private=private,
        authority=hand.authority,
        at=hand.at,
    )
    for owed in Obligation.objects.filter(grant=grant, closed_at=None).select_related("case"):
        drop(owed, hand)
    if grant.case_id != case.pk:
        origin = held(grant.case)
        if origin.closed_at is None:
            settle(origin, hand.by_system())


def drop(owed: Obligation, hand: Hand) -> None:
    """Let an obligation fall away, because what it belonged to has ended."""
    owed.state, owed.closed_at, owed.closed_by = Obligation.State.DROPPED, hand.at, hand.actor.id
    owed.save(update_fields=["state", "closed_at", "closed_by"])
    append(
        "obligation.dropped",
        actor=hand.actor,
        refs=refs_of(owed.case),
        data={"obligation": str(owed.pk), "title": owed.title},
        authority=hand.authority,
        at=hand.at,
    )


def grant_at_hand(case: Case) -> Grant | None:
    """The grant that a case reviews, else the one that its subject holds by its program."""
    if case.grant_id is not None:
        return Grant.objects.select_related("case").filter(pk=case.grant_id).first()
    return (
        Grant.objects.select_related("case")
        .filter(program_id=case.program_id, subject_kind=case.subject_kind, subject_id=case.subject_id)
        .exclude(state=Grant.State.ENDED)
        .first()
    )


def _next_review(declared: Declared, at: datetime) -> datetime | None:
    return declared.renewal.every.after(at) if declared.renewal is not None else None


def _dates(grant: Grant) -> dict[str, str | None]:
    return {
        "until": instant(grant.until) if grant.until else None,
        "next_review_at": instant(grant.next_review_at) if grant.next_review_at else None,
    }


def _write(name: str, case: Case, grant: Grant, hand: Hand, **data: str | None) -> None:
    append(
        name,
        actor=hand.actor,
        refs=refs_of(case, Ref("grant", str(grant.pk))),
        data={"grant": str(grant.pk), "title": grant.title, **data},
        authority=hand.authority,
        at=hand.at,
    )


def _tell(case: Case, grant: Grant, change: Change, hand: Hand) -> None:
    handler = GRANTS.find(grant.kind)
    if handler is None:
        raise UserError(gettext("nobody keeps grants of the kind “%(kind)s”") % {"kind": grant.kind}, where="grant")
    notice = GrantNotice(
        change=change,
        subject=Subject(grant.subject_kind, grant.subject_id),
        params=grant.params,
        at=hand.at,
        until=grant.until,
        case=case.key,
        case_id=str(case.pk),
        answers=CaseFacts(case, hand.at).fields,
    )
    handler(hand.actor, notice)


def _grant(turn: Turn) -> None:
    """``grant: give | renew | revoke``."""
    if turn.effect.value == "give":
        give(turn.case, turn.hand)
        return
    grant = grant_at_hand(turn.case)
    if grant is None or grant.state == Grant.State.ENDED:
        return
    if turn.effect.value == "renew":
        renew(turn.case, grant, turn.hand)
    else:
        end(turn.case, grant, "revoked", turn.hand)


EFFECTS.register("grant", _grant)
