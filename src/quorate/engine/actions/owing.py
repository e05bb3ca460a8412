"""Obligations: opened with a grant, reported, confirmed, waived; those that nobody met are written down as missed."""

from __future__ import annotations

from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.engine.actions.course import EFFECTS, Hand, Turn, held, refs_of, settle
from quorate.engine.actions.granting import drop, grant_at_hand
from quorate.engine.definition import Evidence
from quorate.engine.definition import Obligation as Declared
from quorate.engine.models import Case, Grant, Obligation
from quorate.engine.parties import Parties
from quorate.engine.versions import definition_of
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant

LONGEST_EVIDENCE = 4000


@action("obligation.fulfil", kinds=("obligation.claimed", "obligation.done"))
def fulfil_obligation(*, actor: Actor, obligation: Obligation, evidence: str = "") -> Obligation:
    """Report an obligation as done, with the evidence that the program asks for.

    Where the program names somebody to confirm it, it waits for them; else it is done. Reporting again what is done
    changes nothing.
    """
    owed = owed_now(obligation, done_is_fine=True)
    authority = authorise(actor, "obligation.fulfil", owed)
    if owed.state == Obligation.State.DONE:
        return owed
    declared = declared_for(owed)
    owed.evidence = _evidence(declared, evidence)
    hand = Hand(actor, authority)
    if declared is not None and declared.confirm and not _may_confirm(actor, owed, declared):
        owed.state = Obligation.State.CLAIMED
        owed.save(update_fields=["state", "evidence"])
        _write("obligation.claimed", owed, hand, evidence=owed.evidence)
        return owed
    _finish(owed, Obligation.State.DONE, "obligation.done", hand, evidence=owed.evidence)
    return owed


@action("obligation.confirm", kinds=("obligation.done",))
def confirm_obligation(*, actor: Actor, obligation: Obligation) -> Obligation:
    """Confirm that an obligation which was reported is done."""
    owed = owed_now(obligation, done_is_fine=True)
    authority = authorise(actor, "obligation.confirm", owed)
    if owed.state != Obligation.State.DONE:
        _finish(owed, Obligation.State.DONE, "obligation.done", Hand(actor, authority))
    return owed


@action("obligation.confirm", kinds=("obligation.returned",))
def return_obligation(*, actor: Actor, obligation: Obligation, reason: str) -> Obligation:
    """Say what is still missing of an obligation that was reported; it is open again."""
    owed = owed_now(obligation)
    authority = authorise(actor, "obligation.confirm", owed)
    if not reason.strip():
        raise UserError(gettext("say what is missing"), where="reason")
    owed.state = Obligation.State.OPEN
    owed.save(update_fields=["state"])
    _write("obligation.returned", owed, Hand(actor, authority), reason=reason)
    return owed


@action("obligation.waive", kinds=("obligation.waived",))
def waive_obligation(*, actor: Actor, obligation: Obligation, reason: str) -> Obligation:
    """Let an obligation go. A reason is required."""
    owed = owed_now(obligation)
    authority = authorise(actor, "obligation.waive", owed)
    if not reason.strip():
        raise UserError(gettext("say why it is waived"), where="reason")
    _finish(owed, Obligation.State.WAIVED, "obligation.waived", Hand(actor, authority), reason=reason)
    return owed


def owed_now(obligation: Obligation, *, done_is_fine: bool = False) -> Obligation:
    """The obligation as it is now, its case held; ``Conflict`` when it is closed."""
    held(obligation.case)
    owed = Obligation.objects.select_for_update(of=("self",)).select_related("case", "grant").get(pk=obligation.pk)
    if owed.closed_at is not None and not (done_is_fine and owed.state == Obligation.State.DONE):
        raise Conflict(gettext("“%(title)s” is closed") % {"title": owed.title}, where="obligation")
    return owed


def declared_for(owed: Obligation) -> Declared | None:
    """What the program says of an obligation."""
    return next((item for item in definition_of(owed.case).obligations if item.name == owed.name), None)


def open_obligation(
    case: Case, grant: Grant | None, declared: Declared, period: int, start: datetime, hand: Hand
) -> bool:
    """Open one obligation for the period that begins at ``start``. Says whether it is new."""
    due = declared.due.after(start)
    owed, created = Obligation.objects.get_or_create(
        case=case,
        name=declared.name,
        period=period,
        defaults={
            "grant": grant,
            "title": declared.title,
            "owner": Parties(case, hand.at).office(declared.owner),
            "required": declared.required,
            "opened_at": start,
            "due_at": due,
            "missed_after": declared.grace.after(due) if declared.grace else due,
        },
    )
    if created:
        append(
            "obligation.opened",
            actor=hand.actor,
            refs=refs_of(case),
            data={
                "obligation": str(owed.pk),
                "name": owed.name,
                "title": owed.title,
                "due_at": instant(due),
                "period": period,
            },
            authority=hand.authority,
            at=start,
        )
    return created


def _evidence(declared: Declared | None, evidence: str) -> str:
    text = evidence.strip()
    kind = declared.evidence if declared is not None else Evidence.NONE
    if len(text) > LONGEST_EVIDENCE:
        raise UserError(gettext("keep it below %(n)d characters") % {"n": LONGEST_EVIDENCE}, where="evidence")
    if kind is not Evidence.NONE and not text:
        raise UserError(gettext("say what shows that it is done"), where="evidence")
    if kind is Evidence.LINK and not text.startswith(("https://", "http://")):
        raise UserError(gettext("a link is needed here"), where="evidence", mend="https://…")
    return text


def _may_confirm(actor: Actor, owed: Obligation, declared: Declared) -> bool:
    from_parties = Parties(owed.case)
    return any(person.id == actor.person_id for role in declared.confirm for person in from_parties.people(role))


def _finish(owed: Obligation, state: Obligation.State, kind: str, hand: Hand, **private: str) -> None:
    owed.state, owed.closed_at, owed.closed_by = state, hand.at, hand.actor.id
    owed.save(update_fields=["state", "closed_at", "closed_by", "evidence"])
    _write(kind, owed, hand, **private)
    if owed.case.closed_at is None:
        settle(held(owed.case), hand)


def _write(kind: str, owed: Obligation, hand: Hand, **private: str) -> None:
    append(
        kind,
        actor=hand.actor,
        refs=refs_of(owed.case),
        data={"obligation": str(owed.pk), "title": owed.title},
        private=private,
        authority=hand.authority,
        at=hand.at,
    )


def _obligations(turn: Turn) -> None:
    """``obligations: open | close``."""
    if turn.effect.value == "open":
        grant = grant_at_hand(turn.case)
        for declared in turn.definition.obligations:
            open_obligation(turn.case, grant, declared, 1, turn.hand.at, turn.hand)
        return
    for owed in Obligation.objects.filter(case=turn.case, closed_at=None).select_related("case"):
        drop(owed, turn.hand)


EFFECTS.register("obligations", _obligations)
