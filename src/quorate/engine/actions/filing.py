"""Filing, claiming and amending cases."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise, may
from quorate.engine.actions.corresponding import tell
from quorate.engine.actions.course import Hand, at_revision, held, refs_of, settle, swap
from quorate.engine.actions.opening import CLAIM_LASTS, Draft, divide, open_case
from quorate.engine.addressees import Addressee
from quorate.engine.definition import Program as Definition
from quorate.engine.definition.mapping import mapped
from quorate.engine.forms import answer
from quorate.engine.intake import check_door, check_duplicates, identity_of
from quorate.engine.links import absolute, claim_path, public_case_path
from quorate.engine.models import Case, Contact, IdempotencyKey, PrivateAnswer, Program
from quorate.engine.rules import PRIORITIES, Filing, StageOf
from quorate.engine.versions import current, definition_of
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append

LONGEST_TITLE = 200


@dataclass(frozen=True)
class Filed:
    """What filing came to. ``claim`` is the visitor's secret, empty for others; ``created`` is false for a repeat."""

    case: Case
    claim: str = ""
    created: bool = True


@action("case.file", kinds=("case.filed", "case.moved"))
def file_case(
    *,
    actor: Actor,
    program: Program,
    answers: Mapping[str, Any] | None = None,
    title: str = "",
    subject_id: str = "",
    contact_email: str = "",
    idempotency_key: str = "",
    source: str = "web",
    source_ref: str = "",
    priority: str | None = None,
) -> Filed:
    """File a case under the program's current version.

    ``answers`` are by the form's element ids. Raises ``UserError`` whose ``problems`` stand at those ids; refuses a
    closed window, a duplicate and an application before its time. The same key and request give the same case again.
    Side effects, in this order: the subject is found or made in its register, the case takes its number and its first
    stage with that stage's effects, and a visitor is sent the address at which to claim the case.
    """
    definition = current(program)
    given = dict(answers or {})
    filing = Filing(program, definition, definition.subject.value if subject_id else "", subject_id)
    authority = authorise(actor, "case.file", filing)
    digest = _digest(program, given, title, subject_id, contact_email)
    repeated = _repeated(actor, idempotency_key, digest)
    if repeated is not None:
        return Filed(repeated, created=False)
    if source != "import":
        check_door(program, definition, clock.now())
    # An issue that was imported is taken as it is: the guard of its next step says what is missing.
    clean = _answers(definition, given, complete=source != "import")
    fields = {name: _json(value) for name, value in mapped(definition, clean, title=title).items()}
    email = _reach(actor, fields, contact_email, asked=source != "import")
    secret = secrets.token_urlsafe(24) if email and actor.kind == "visitor" else ""
    draft = Draft(
        program=program,
        definition=definition,
        answers=clean,
        fields=fields,
        title=_title(definition, title, fields),
        subject_id=subject_id,
        identity=identity_of(definition, fields),
        source=source,
        source_ref=source_ref,
        priority=_priority(priority),
        contact="" if actor.known and source != "import" else email,
        claim_hash=hash_of(secret) if secret else "",
    )
    case = open_case(draft, Hand(actor, authority), applicant=None if source == "import" else actor)
    if secret:
        _send_claim(case, email, secret)
    if idempotency_key:
        _remember(actor, idempotency_key, digest, case)
    return Filed(case, secret)


@action("case.claim", kinds=("case.claimed",))
def claim_case(*, actor: Actor, case: Case, token: str) -> Case:
    """Become the applicant of a case that was filed without signing in, by the secret that filing gave."""
    case = held(case)
    authority = authorise(actor, "case.claim", case)
    contact = Contact.objects.select_for_update().filter(case=case).first()
    if contact is not None and contact.claimed_at is not None and _is_applicant(actor, case):
        return case
    wrong = contact is None or contact.claimed_at is not None or not contact.token_hash
    if wrong or not secrets.compare_digest(contact.token_hash if contact else "", hash_of(token)):
        raise Refused(
            gettext("this claim is not valid any more"), where="token", mend=gettext("ask the program's staff")
        )
    assert contact is not None  # `wrong` says so
    if contact.expires_at is not None and contact.expires_at <= clock.now():
        raise Refused(gettext("this claim has run out"), where="token", mend=gettext("ask the program's staff"))
    contact.claimed_at, contact.token_hash = clock.now(), ""
    contact.save(update_fields=["claimed_at", "token_hash"])
    swap(case, applicant_id=actor.person_id, applicant_account_id=actor.account_id)
    append("case.claimed", actor=actor, refs=refs_of(case), authority=authority)
    return case


@action("case.assign", kinds=("case.invited",))
def invite_applicant(*, actor: Actor, case: Case) -> Case:
    """Send the applicant, known by an address only, the means to claim the case. Earlier ones stop working."""
    case = held(case)
    authority = authorise(actor, "case.assign", StageOf(case, case.stage))
    contact = Contact.objects.filter(case=case).exclude(email="").first()
    if contact is None or contact.claimed_at is not None or case.applicant_id or case.applicant_account_id:
        raise Conflict(gettext("the applicant is known, or has no address"), where="contact")
    secret = secrets.token_urlsafe(24)
    contact.token_hash, contact.expires_at = hash_of(secret), clock.now() + CLAIM_LASTS
    contact.save(update_fields=["token_hash", "expires_at"])
    _send_claim(case, contact.email, secret)
    append("case.invited", actor=actor, refs=refs_of(case), authority=authority)
    return case


@action("case.amend", kinds=("case.amended",))
def amend_answers(
    *, actor: Actor, case: Case, answers: Mapping[str, Any], title: str | None = None, revision: int | None = None
) -> Case:
    """Change some answers. What was said before stays beside the ledger; ``answers`` holds only what changes."""
    case = at_revision(case, revision)
    authority = authorise(actor, "case.amend", case)
    if case.closed_at is not None:
        raise Conflict(gettext("%(case)s is closed") % {"case": case.key}, where="case")
    definition = definition_of(case)
    hidden = dict(PrivateAnswer.objects.filter(case=case, mapped=False).values_list("name", "value"))
    before = {**case.answers, **hidden}
    clean = _answers(definition, {**before, **dict(answers)}, complete=True)
    new_title = case.title if title is None else title.strip()[:LONGEST_TITLE]
    fields = {name: _json(value) for name, value in mapped(definition, clean, title=new_title).items()}
    if not new_title or (title is None and fields.get("name") and case.title == case.fields.get("name")):
        new_title = _title(definition, new_title, fields)
    changed = sorted(key for key in {*before, *clean} if before.get(key) != clean.get(key))
    if not changed and new_title == case.title:
        return case
    identity = identity_of(definition, fields)
    if identity != case.identity_key:
        check_duplicates(case.program, definition, identity, "", clock.now(), own=case)
    _store(case, definition, clean, fields, identity, new_title)
    labels = [_label(definition, key) for key in changed]
    append(
        "case.amended",
        actor=actor,
        refs=refs_of(case),
        data={"fields": ", ".join(labels) or gettext("title")},
        private={
            "before": {key: before.get(key) for key in changed},
            "after": {key: clean.get(key) for key in changed},
        },
        authority=authority,
    )
    settle(case, Hand(actor, authority))
    return case


def hash_of(token: str) -> str:
    """The form kept of a claim's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_applicant(actor: Actor, case: Case) -> bool:
    own = actor.person_id is not None and actor.person_id == case.applicant_id
    return own or (actor.account_id is not None and actor.account_id == case.applicant_account_id)


def _answers(definition: Definition, given: Mapping[str, Any], *, complete: bool) -> dict[str, Any]:
    form = definition.form
    if form is None:
        return {}
    found = answer(form, given, complete=complete)
    found.raise_errors(form)
    return found.answers


def _reach(actor: Actor, fields: Mapping[str, Any], given: str, *, asked: bool) -> str:
    """The address at which an applicant who did not sign in can be reached; required of visitors."""
    contact = fields.get("contact")
    first = contact[0] if isinstance(contact, list) and contact else contact
    email = given.strip() or (str(first) if first else "")
    plausible = "@" in email and len(email) <= 254
    if not plausible and (not asked or actor.kind != "visitor"):
        return ""
    if not plausible:
        words = gettext("an e-mail address is needed, so that we can answer")
        raise UserError(words, where="contact_email", mend="name@example.org")
    return email


def _title(definition: Definition, title: str, fields: Mapping[str, Any]) -> str:
    form = definition.form
    named = form.subject_of(title) if form is not None and title else title
    text = str(fields.get("name") or named or title).strip()
    if not text:
        raise UserError(gettext("say what it is called"), where="title")
    return " ".join(text.split())[:LONGEST_TITLE]


def _priority(name: str | None) -> int | None:
    if name is None or name == "":
        return None
    if name not in PRIORITIES:
        raise UserError(gettext("this is no priority"), where="priority", mend=", ".join(PRIORITIES))
    return PRIORITIES[name]


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _label(definition: Definition, element: str) -> str:
    form = definition.form
    found = form.by_id.get(element) if form is not None else None
    return found.label if found is not None and found.label else element


def _store(
    case: Case, definition: Definition, clean: Mapping[str, Any], fields: Mapping[str, Any], identity: str, title: str
) -> None:
    public, hidden = divide(definition, clean, fields)
    keep = case.unique_key is not None
    try:
        with transaction.atomic():
            swap(
                case,
                answers=public[0],
                fields=public[1],
                title=title,
                identity_key=identity,
                unique_key=identity or None if keep else None,
            )
    except IntegrityError:
        raise Conflict(gettext("another case about the same is open"), where="case") from None
    PrivateAnswer.objects.filter(case=case).delete()
    PrivateAnswer.objects.bulk_create(
        PrivateAnswer(case=case, name=name, mapped=from_map, value=value) for name, from_map, value in hidden
    )


def _send_claim(case: Case, email: str, token: str) -> None:
    lines = (
        gettext("We have your application “%(title)s”. Its number is %(key)s.")
        % {"title": case.title, "key": case.key},
        gettext("Follow it here: %(url)s") % {"url": absolute(public_case_path(case))},
        gettext("To answer questions and to amend it, sign in and claim it here: %(url)s")
        % {"url": absolute(claim_path(case, token))},
    )
    tell(
        Addressee(email, ""), gettext("Your application %(key)s") % {"key": case.key}, lines, f"claim:{hash_of(token)}"
    )


# --- repeats -------------------------------------------------------------------------------------------------------


def _digest(program: Program, answers: Mapping[str, Any], *rest: str) -> str:
    body = [program.slug, {str(key): value for key, value in answers.items()}, list(rest)]
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def _repeated(actor: Actor, key: str, digest: str) -> Case | None:
    if not key:
        return None
    if len(key) > 200:
        raise UserError(gettext("the key is longer than %(n)d characters") % {"n": 200}, where="Idempotency-Key")
    row = IdempotencyKey.objects.filter(actor=actor.id, key=key).select_related("case").first()
    if row is None:
        return None
    if row.request != digest:
        raise Conflict(gettext("this key was used for another request"), where="Idempotency-Key")
    return row.case


def _remember(actor: Actor, key: str, digest: str, case: Case) -> None:
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(actor=actor.id, key=key, request=digest, case=case)
    except IntegrityError:
        raise Conflict(
            gettext("the same request is being served"), where="Idempotency-Key", mend=gettext("try again")
        ) from None


def may_file(actor: Actor, program: Program) -> bool:
    """Whether the actor may file in a program, as far as can be told without a subject."""
    return program.current_id is not None and may(actor, "case.file", Filing(program, current(program)))
