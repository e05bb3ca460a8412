"""Reads of agreements: which an actor may see, and whether what is on record is what was signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from quorate.access.actors import Actor
from quorate.access.policy import may
from quorate.exchange.agreements.clauses import as_words
from quorate.exchange.agreements.models import Agreement, Signature, Template
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.ledger.queries import about

#: The file of a signature on paper lies here.
SHELF = "agreements"


@dataclass(frozen=True)
class Standing:
    """Whether the words on record are those of the record: ``whole``, and if not, what differs."""

    whole: bool
    why: str = ""


def visible(actor: Actor) -> QuerySet[Agreement]:
    """The agreements an actor may see: those they are to sign or signed, and all for who reads agreements."""
    rows = Agreement.objects.select_related("organisation", "signatory", "template")
    if may(actor, "agreement.read"):
        return rows
    if actor.person_id is None:
        return rows.none()
    mine = Q(signatory_id=actor.person_id) & ~Q(state=Agreement.State.DRAFT)
    return rows.filter(mine & ~Q(state=Agreement.State.WITHDRAWN, sent_at=None))


def find(actor: Actor, key: UUID) -> Agreement:
    """One that the actor may see, or ``NotFound``."""
    found = visible(actor).filter(pk=key).first()
    if found is None:
        raise NotFound(gettext("there is no such agreement"))
    return found


def templates(*, retired: bool = False) -> QuerySet[Template]:
    """The templates that can be used, or all."""
    rows = Template.objects.all()
    return rows if retired else rows.filter(retired_at=None)


def template_by_key(slug: str, version: str = "") -> Template:
    """A version of a template, or without one the newest that is not retired. ``NotFound``."""
    rows = Template.objects.filter(slug=slug)
    found = rows.filter(version=version).first() if version else rows.filter(retired_at=None).order_by("-id").first()
    if found is None:
        raise NotFound(gettext("there is no such template: %s") % slug, where="template")
    return found


def waiting_for(actor: Actor) -> QuerySet[Agreement]:
    """The agreements that an actor is to sign for the other side, soonest due first."""
    if actor.person_id is None:
        return Agreement.objects.none()
    rows = Agreement.objects.filter(state=Agreement.State.SENT, signatory_id=actor.person_id)
    return rows.select_related("organisation").order_by("due_at", "sent_at")


def to_countersign() -> QuerySet[Agreement]:
    """The agreements that the other side signed and the foundation did not yet."""
    rows = Agreement.objects.filter(state=Agreement.State.SIGNED)
    return rows.select_related("organisation").order_by("sent_at")


def overdue(agreement: Agreement, at: datetime | None = None) -> bool:
    """Whether it was to be signed by now and was not."""
    late = agreement.due_at is not None and agreement.due_at <= (at or clock.now())
    return late and agreement.state == Agreement.State.SENT


def standing(agreement: Agreement) -> Standing:
    """Whether the stored words have the digest that the ledger holds for each step, and each signature too.

    One query for the entries, one for the signatures. Somebody who changes a row behind the product's back is found out.
    """
    digest = agreement.words.digest
    if digest != agreement.digest:
        return Standing(False, gettext("the words on record are not those of their digest"))
    for signature in agreement.signatures.all():
        if signature.digest != digest:
            return Standing(False, gettext("%s signed other words") % signature.get_side_display())
    for entry in about("agreement", str(agreement.pk)):
        said = entry.data.get("digest")
        if said is not None and said != digest and entry.kind != "agreement.prepared":
            return Standing(False, gettext("entry %(seq)d of the ledger holds another digest") % {"seq": entry.seq})
    return Standing(True)


def signature_of(agreement: Agreement, side: str) -> Signature | None:
    """How a side signed, if it did."""
    return next((one for one in agreement.signatures.all() if one.side == side), None)


def printed(agreement: Agreement) -> str:
    """The agreement as Markdown for paper: the words, who signed and how, and what the words are known by."""
    words = agreement.words
    lines = [f"# {as_words(words.title)}", words.markdown(), "---"]
    for one in agreement.signatures.all():
        who = ", ".join(as_words(part) for part in (one.name, one.title) if part)
        when = one.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        lines.append(f"**{one.get_side_display()}**: {who} ({one.get_method_display()}, {when})")
    lines.append(f"{as_words(words.template)} {as_words(words.version)} · SHA-256 `{agreement.digest}`")
    return "\n\n".join(lines) + "\n"
