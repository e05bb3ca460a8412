"""Letters and notices that go out in the course of a case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from quorate.directory.queries import email_of
from quorate.engine.actions.course import EFFECTS, OCCASIONS, Hand, Turn, refs_of, swap
from quorate.engine.addressees import Addressee, addressees
from quorate.engine.definition import Outcome, Role
from quorate.engine.definition import Program as Definition
from quorate.engine.facts import CaseFacts
from quorate.engine.letters import Occasion, day, fill_values, telling_letters
from quorate.engine.links import absolute, case_path
from quorate.engine.models import Case, Letter, Review
from quorate.engine.parties import Parties, role_words
from quorate.kernel import ids
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.toolkit import mail


def send_letter(
    case: Case, definition: Definition, hand: Hand, name: str, roles: Iterable[Role], outcome: Outcome | None = None
) -> list[Letter]:
    """Write a letter of the program to everybody whom the roles mean; one mail each, one entry for all."""
    _declared, template = definition.letter(name)
    facts = CaseFacts(case, hand.at)
    telling = telling_letters(definition)
    sent: list[Letter] = []
    for reader in addressees(facts.parties, roles):
        occasion = Occasion(facts, reader, hand.at, hand.reason, outcome)
        subject, body = template.fill(fill_values(occasion, template.placeholders))
        public = ("", "")
        if name in telling:
            public = template.fill(fill_values(occasion.for_anybody(), template.placeholders))
        letter = Letter(
            id=ids.new_id(),
            case=case,
            name=name,
            person=reader.person,
            subject=subject[:300],
            body=body,
            public_subject=public[0][:300],
            public_body=public[1],
            sent_at=hand.at,
        )
        letter.to = "" if reader.person is not None else reader.email
        letter.message = mail.send(reader.email, subject, body, key=f"letter:{letter.id}")
        letter.save(force_insert=True)
        sent.append(letter)
    append(
        "letter.sent",
        actor=hand.actor,
        refs=refs_of(case, *(Ref("person", str(item.person_id), "reader") for item in sent if item.person_id)),
        data={"letter": name, "recipients": len(sent)},
        private={"subject": sent[0].subject if sent else "", "to": ", ".join(item.to for item in sent if item.to)},
        authority=hand.authority,
        at=hand.at,
    )
    return sent


def tell(reader: Addressee, subject: str, lines: Iterable[str], key: str) -> None:
    """A short notice by mail; ``key`` keeps it from being promised twice."""
    mail.send(reader.email, subject, "\n\n".join(line for line in lines if line) + "\n", key=key)


def remind(case: Case, definition: Definition, role: Role, subject: str, text: str, key: str) -> int:
    """Remind everybody in a role of a case; returns how many. Once for each key and address."""
    return tell_role(case, definition, Hand(), role, subject, text, key)


def tell_role(case: Case, definition: Definition, hand: Hand, role: Role, subject: str, text: str, key: str) -> int:
    """Tell everybody in a role about a case; returns how many."""
    readers = addressees(Parties(case, hand.at), [role])
    for reader in readers:
        lines = (gettext("Dear %(name)s,") % {"name": reader.name}, text, hand.reason, absolute(case_path(case)))
        tell(reader, subject, lines, f"{key}:{_mark_of(reader)}"[:200])
    return len(readers)


def _mark_of(reader: Addressee) -> str:
    """Tells readers apart in a message's key without naming them there."""
    return hashlib.sha256(reader.email.casefold().encode()).hexdigest()[:16]


def tell_reviewer(case: Case, review: Review) -> None:
    """Ask a reviewer by mail; once for each review."""
    email = email_of(review.person)
    if not email:
        return
    due = gettext("Please write it by %(day)s.") % {"day": day(review.due_at)} if review.due_at is not None else ""
    lines = (
        gettext("Dear %(name)s,") % {"name": review.person.name},
        gettext("you are asked to review “%(title)s” (%(key)s).") % {"title": case.title, "key": case.key},
        due,
        absolute(f"{case_path(case)}review/"),
    )
    subject = gettext("Review of %(key)s: %(title)s") % {"key": case.key, "title": case.title}
    tell(Addressee(email, review.person.name, review.person), subject, lines, f"review:{review.pk}")


def tell_overdue(case: Case, review: Review) -> None:
    """Tell a reviewer that a review is overdue; once for each review."""
    email = email_of(review.person)
    if not email:
        return
    lines = (
        gettext("Dear %(name)s,") % {"name": review.person.name},
        gettext("your review of “%(title)s” (%(key)s) was due on %(day)s.")
        % {"title": case.title, "key": case.key, "day": day(review.due_at)},
        absolute(f"{case_path(case)}review/"),
    )
    subject = gettext("Your review of %(key)s is overdue") % {"key": case.key}
    tell(Addressee(email, review.person.name, review.person), subject, lines, f"overdue:{review.pk}")


def _notify(turn: Turn) -> None:
    """``notify: <role>``: the role is told that the case is now in its stage."""
    case, definition = turn.case, turn.definition
    stage = definition.stage(case.stage)
    subject = f"{case.key}: {stage.title}"
    text = gettext("“%(title)s” is now in the stage “%(stage)s” of %(program)s.") % {
        "title": case.title,
        "stage": stage.title,
        "program": definition.name,
    }
    role = Role(turn.effect.value)
    key = f"notify:{case.pk}:{case.revision}:{role}"
    told = tell_role(case, definition, turn.hand, role, subject, " ".join((text, stage.summary)).strip(), key)
    append(
        "case.notified",
        actor=turn.hand.actor,
        refs=refs_of(case),
        data={"role": role_words([role.text], definition)[role.text], "recipients": told},
        authority=turn.hand.authority,
        at=turn.hand.at,
    )


def _letter(turn: Turn) -> None:
    """``letter: <name>``: the letter goes to whom the program says."""
    declared, _template = turn.definition.letter(turn.effect.value)
    send_letter(turn.case, turn.definition, turn.hand, declared.name, declared.to)


def _decide(turn: Turn) -> None:
    """``decide: <outcome>``: the decision is made and told though the case goes on."""
    case, hand = turn.case, turn.hand
    outcome = turn.definition.outcome(turn.effect.value)
    if case.decision:
        return
    swap(case, decision=outcome.name, decided_at=hand.at)
    append(
        "case.decided",
        actor=hand.actor,
        refs=refs_of(case),
        data={"outcome": outcome.name, "title": outcome.title},
        authority=hand.authority,
        at=hand.at,
    )
    if outcome.letter:
        send_letter(case, turn.definition, hand, outcome.letter, outcome.to, outcome)


def _closed(case: Case, definition: Definition, hand: Hand) -> None:
    """The outcome's letter goes out, unless the decision was told before."""
    outcome = definition.outcome(case.outcome)
    if outcome.letter and case.decision != outcome.name:
        send_letter(case, definition, hand, outcome.letter, outcome.to, outcome)


def due_words(case: Case) -> str | None:
    """By when the case's present step is due, as the ledger writes it."""
    return instant(case.due_at) if case.due_at else None


EFFECTS.register("notify", _notify)
EFFECTS.register("letter", _letter)
EFFECTS.register("decide", _decide)
OCCASIONS.register("closed", _closed)
