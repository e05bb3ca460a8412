"""Signing, declining and ending: each side once, and only on exactly the words that were shown."""

from __future__ import annotations

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.exchange.agreements.actions.preparing import held, refs_of
from quorate.exchange.agreements.models import Agreement, Signature
from quorate.exchange.agreements.queries import SHELF
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.toolkit.files import check_size, sniff, store

#: What a click says, in the words that the page shows beside the button. In the ledger with each signature.
STATEMENT = "I have read this agreement, I may sign it for my side, and the name that I write here is my signature."

Side, Method = Signature.Side, Signature.Method


@action("agreement.sign", kinds=("agreement.signed",))
def sign(
    *, actor: Actor, agreement: Agreement, digest: str, name: str, title: str = "", paper: bytes | None = None
) -> Agreement:
    """Sign for the other side, by a click or with a signed PDF. Appends ``agreement.signed``; twice is harmless.

    ``digest`` is of the words that the signatory read: ``Conflict`` when they are not the words on record. On paper it may
    also be put here by whoever prepares agreements, who vouches for it.
    """
    row = held(agreement)
    on_paper = paper is not None
    permission = "agreement.sign" if not on_paper or _is_signatory(actor, row) else "agreement.prepare"
    authority = authorise(actor, permission, row)
    if row.state in (Agreement.State.SIGNED, Agreement.State.IN_FORCE) and _already(row, Side.PARTY, digest):
        return row
    if row.state != Agreement.State.SENT:
        raise Conflict(gettext("this agreement does not wait for a signature"), where="agreement")
    _sign(actor, row, Side.PARTY, (digest, name, title, paper), authority)
    row.state = Agreement.State.SIGNED
    row.save(update_fields=["state"])
    return row


@action("agreement.countersign", kinds=("agreement.countersigned",))
def countersign(
    *, actor: Actor, agreement: Agreement, digest: str, name: str, title: str = "", paper: bytes | None = None
) -> Agreement:
    """Sign for the foundation what the other side signed; with it the agreement is in force.

    Appends ``agreement.countersigned``; twice is harmless. ``Conflict`` before the other side signed, for other words, and for
    whoever signed for the other side: nobody contracts with themselves.
    """
    row = held(agreement)
    authority = authorise(actor, "agreement.countersign", row)
    if row.state == Agreement.State.IN_FORCE and _already(row, Side.FOUNDATION, digest):
        return row
    if row.state != Agreement.State.SIGNED:
        raise Conflict(gettext("the other side did not sign yet"), where="agreement")
    if actor.person_id is not None and (
        _is_signatory(actor, row) or row.signatures.filter(side=Side.PARTY, person_id=actor.person_id).exists()
    ):
        raise Conflict(gettext("whoever signed for the other side cannot sign for the foundation"), where="agreement")
    _sign(actor, row, Side.FOUNDATION, (digest, name, title, paper), authority)
    row.state, row.in_force_at = Agreement.State.IN_FORCE, clock.now()
    row.save(update_fields=["state", "in_force_at"])
    return row


@action("agreement.sign", kinds=("agreement.declined",))
def decline(*, actor: Actor, agreement: Agreement, reason: str = "") -> Agreement:
    """Decline for the other side. Appends ``agreement.declined``; twice is harmless."""
    row = held(agreement)
    authority = authorise(actor, "agreement.sign", row)
    if row.state == Agreement.State.DECLINED:
        return row
    if row.state != Agreement.State.SENT:
        raise Conflict(gettext("this agreement does not wait for a signature"), where="agreement")
    row.state, row.ended_at = Agreement.State.DECLINED, clock.now()
    row.save(update_fields=["state", "ended_at"])
    data, private = {"digest": row.digest}, {"reason": reason.strip()}
    append("agreement.declined", actor=actor, refs=refs_of(row), data=data, private=private, authority=authority)
    return row


@action("agreement.end", kinds=("agreement.ended",))
def end_agreement(*, actor: Actor, agreement: Agreement, reason: str = "") -> Agreement:
    """Record that an agreement in force ended. Appends ``agreement.ended``; twice is harmless."""
    row = held(agreement)
    authority = authorise(actor, "agreement.end", row)
    if row.state == Agreement.State.ENDED:
        return row
    if row.state != Agreement.State.IN_FORCE:
        raise Conflict(gettext("only an agreement in force ends"), where="agreement")
    row.state, row.ended_at = Agreement.State.ENDED, clock.now()
    row.save(update_fields=["state", "ended_at"])
    data, private = {"digest": row.digest}, {"reason": reason.strip()}
    append("agreement.ended", actor=actor, refs=refs_of(row), data=data, private=private, authority=authority)
    return row


def _is_signatory(actor: Actor, agreement: Agreement) -> bool:
    return actor.person_id is not None and agreement.signatory_id == actor.person_id


def _already(agreement: Agreement, side: str, digest: str) -> bool:
    return agreement.signatures.filter(side=side, digest=digest).exists()


def _sign(
    actor: Actor, agreement: Agreement, side: str, given: tuple[str, str, str, bytes | None], authority: list[str]
) -> None:
    digest, name, title, paper = given
    if digest != agreement.digest or agreement.words.digest != agreement.digest:
        mend = gettext("read it again")
        raise Conflict(gettext("these are not the words that you read"), where="digest", mend=mend)
    signer = " ".join(name.split())
    if len(signer) < 2:
        raise UserError(gettext("write your full name"), where="name")
    if len(signer) > 200 or len(title) > 200:
        raise UserError(gettext("keep it below %(n)d characters") % {"n": 200}, where="name")
    file = _kept(paper) if paper is not None else ""
    method = Method.UPLOAD if paper is not None else Method.CLICK
    by = actor.person_id if paper is None or side == Side.FOUNDATION or _is_signatory(actor, agreement) else None
    Signature.objects.create(
        agreement=agreement,
        side=side,
        method=method,
        person_id=by,
        name=signer,
        title=" ".join(title.split()),
        digest=digest,
        file=file,
        at=clock.now(),
    )
    append(
        "agreement.signed" if side == Side.PARTY else "agreement.countersigned",
        actor=actor,
        refs=refs_of(agreement),
        data={
            "digest": digest,
            "method": str(method),
            "file": file,
            "statement": STATEMENT if paper is None else "",
        },
        private={"name": signer, "title": title},
        authority=authority,
    )


def _kept(paper: bytes) -> str:
    check_size(paper)
    if sniff("paper.pdf", paper) != "application/pdf":
        raise UserError(gettext("a signed agreement is put here as PDF"), where="paper")
    return store(SHELF, paper)
