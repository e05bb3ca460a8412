"""Writes about what people vouch for."""

from __future__ import annotations

import json
from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.portfolio.models import Attestation, Project
from quorate.registers.portfolio.rules import is_web_address
from quorate.toolkit.foundation import day

Value = bool | int | str


@action("project.attest", kinds=("attestation.given",))
def attest(
    *,
    actor: Actor,
    project: Project,
    criterion: str,
    value: Value,
    evidence_url: str,
    as_of: datetime | None = None,
    expires: datetime | None = None,
) -> Attestation:
    """Vouch that ``criterion`` was ``value`` at ``as_of`` (default: now), with a link to the evidence.

    Appends ``attestation.given``. The newest statement stands. ``UserError`` without evidence, for a time in
    the future, or an end before it.
    """
    authority = authorise(actor, "project.attest", project)
    now = clock.now()
    moment = as_of or now
    if not is_web_address(evidence_url):
        raise UserError(
            gettext("the evidence is not a web address"),
            where="evidence_url",
            mend=gettext("give the https:// address at which anybody can see it"),
        )
    if moment > now:
        raise UserError(
            gettext("the date lies in the future"), where="as_of", mend=gettext("give the day on which you looked")
        )
    if expires is not None and expires <= moment:
        raise UserError(gettext("it would have expired before it was made"), where="expires")
    if isinstance(value, str) and not value.strip():
        raise UserError(gettext("the value is empty"), where="value", mend=gettext("write what you found"))
    row = Attestation.objects.create(
        project=project,
        criterion=criterion,
        value=value,
        as_of=moment,
        evidence_url=evidence_url,
        by=actor.id,
        expires=expires,
        recorded_at=now,
    )
    append(
        "attestation.given",
        actor=actor,
        refs=[Ref("project", str(project.id))],
        data={
            "criterion": criterion,
            "value": value if isinstance(value, str) else json.dumps(value),
            "as_of": day(moment),
            "evidence": evidence_url,
            "expires": day(expires),
        },
        authority=authority,
    )
    return row


@action("project.attest", kinds=("attestation.withdrawn",))
def withdraw_attestation(*, actor: Actor, attestation: Attestation) -> Attestation:
    """Take a statement back. Appends ``attestation.withdrawn``; nothing when it was withdrawn before."""
    authority = authorise(actor, "project.attest", attestation.project)
    if attestation.withdrawn_at is None:
        attestation.withdrawn_at = clock.now()
        attestation.save(update_fields=["withdrawn_at"])
        append(
            "attestation.withdrawn",
            actor=actor,
            refs=[Ref("project", str(attestation.project_id))],
            data={"criterion": attestation.criterion},
            authority=authority,
        )
    return attestation
