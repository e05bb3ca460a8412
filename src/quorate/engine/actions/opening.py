"""Opening a case: by an applicant, by another case, or because a grant is due for review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.engine.actions.course import EFFECTS, Hand, Turn, begin, held, refs_of
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import Subject
from quorate.engine.intake import check_duplicates, same
from quorate.engine.models import Case, Contact, Grant, PrivateAnswer, Program
from quorate.engine.versions import current, definition_of, program_named
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.toolkit.ports import SUBJECTS

#: How long a visitor may claim what they filed.
CLAIM_LASTS = timedelta(days=180)
#: How the databases name the constraints that refuse a second case about the same.
_DUPLICATE = ("unique_key", "case_no_duplicate", "engine_case.grant_id", "case_one_open_review_of_grant")


@dataclass(frozen=True)
class Draft:
    """What a new case is made of."""

    program: Program
    definition: Definition
    title: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    subject_id: str = ""
    identity: str = ""
    source: str = "system"
    source_ref: str = ""
    priority: int | None = None
    grant: Grant | None = None
    parent: Case | None = None
    reconstructed: bool = False
    contact: str = ""
    claim_hash: str = ""

    @property
    def quiet(self) -> bool:
        """Whether it comes from records of the past, so that nobody is written to."""
        return self.source == "import"


def open_case(draft: Draft, hand: Hand, *, applicant: Actor | None = None) -> Case:
    """Give a case its number and its first stage. Rights, windows and duplicates were checked.

    The number is taken last, by one UPDATE on the program's row: numbers have no gap, because a transaction that fails
    gives its number back, and whoever files at the same time waits for the row.
    """
    definition, program = draft.definition, draft.program
    subject = draft.subject_id or _subject(draft, hand.actor, applicant)
    earlier = same(program, draft.identity, subject, definition.subject.value)
    if draft.grant is None and draft.parent is None:
        check_duplicates(program, definition, draft.identity, subject, hand.at, past=draft.quiet)
    returning = earlier.filter(closed_at__isnull=False).exists() if draft.grant is None else False
    public, hidden = divide(definition, draft.answers, draft.fields)
    stage = definition.start
    assert program.current_id is not None  # `definition` was read from it
    person_id, account_id = _applicant(draft, applicant)
    case = Case(
        program=program,
        version_id=program.current_id,
        title=draft.title,
        subject_kind=definition.subject.value if subject else "",
        subject_id=subject,
        identity_key=draft.identity,
        unique_key=draft.identity or None if definition.intake.duplicates is not None else None,
        stage=stage.name,
        stage_kind=stage.kind.value,
        stage_entered_at=hand.at,
        opened_at=hand.at,
        answers=public[0],
        fields=public[1],
        applicant_id=person_id,
        applicant_account_id=account_id,
        priority=draft.priority,
        returning=returning,
        grant=draft.grant,
        parent=draft.parent,
        source=draft.source,
        source_ref=draft.source_ref,
        reconstructed=draft.reconstructed,
    )
    _insert(case, definition)
    PrivateAnswer.objects.bulk_create(
        PrivateAnswer(case=case, name=name, mapped=from_map, value=value) for name, from_map, value in hidden
    )
    if draft.contact:
        Contact.objects.create(
            case=case,
            email=draft.contact,
            token_hash=draft.claim_hash,
            expires_at=hand.at + CLAIM_LASTS if draft.claim_hash else None,
        )
    append(
        "case.filed",
        actor=hand.actor,
        refs=refs_of(case, *_more(draft)),
        data={
            "program": program.slug,
            "version": definition.version,
            "stage": stage.name,
            "returning": returning,
            "source": draft.source,
        },
        private={"title": draft.title, "answers": dict(draft.answers)},
        authority=hand.authority,
        at=hand.at,
        reconstructed=draft.reconstructed,
    )
    begin(case, hand, quiet=draft.quiet)
    return case


def divide(
    definition: Definition, answers: Mapping[str, Any], fields: Mapping[str, Any]
) -> tuple[tuple[dict[str, Any], dict[str, Any]], list[tuple[str, bool, Any]]]:
    """Public answers and fields, and the private ones as ``(name, is a mapped field, value)``."""
    hidden = definition.private_questions
    private_fields = {item.name for item in definition.intake.fields if item.private}
    public = (
        {key: value for key, value in answers.items() if key not in hidden},
        {key: value for key, value in fields.items() if key not in private_fields},
    )
    kept = [(key, False, value) for key, value in answers.items() if key in hidden]
    kept += [(key, True, value) for key, value in fields.items() if key in private_fields]
    return public, kept


def _insert(case: Case, definition: Definition) -> None:
    Program.objects.filter(pk=case.program_id).update(last_number=F("last_number") + 1)
    case.number = Program.objects.values_list("last_number", flat=True).get(pk=case.program_id)
    case.key = f"{definition.prefix}-{case.number}"
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        if not any(name in str(error) for name in _DUPLICATE):
            raise
        raise UserError(
            gettext("a case about the same is open"), where="case", mend=gettext("amend that case instead")
        ) from None


def _applicant(draft: Draft, applicant: Actor | None) -> tuple[UUID | None, UUID | None]:
    """Who applied, as person and account. The review of a grant falls to whoever applied for it."""
    if draft.grant is not None:
        return draft.grant.case.applicant_id, draft.grant.case.applicant_account_id
    if applicant is None or not applicant.known:
        return None, None
    return applicant.person_id, applicant.account_id


def _more(draft: Draft) -> list[Ref]:
    found = [Ref("grant", str(draft.grant.pk))] if draft.grant is not None else []
    return [*found, Ref("case", str(draft.parent.pk), "parent")] if draft.parent is not None else found


def _subject(draft: Draft, actor: Actor, applicant: Actor | None) -> str:
    kind = draft.definition.subject
    if kind is Subject.NONE:
        return ""
    declared = SUBJECTS.find(kind.value)
    if declared is not None:
        return declared.resolve(actor, draft.fields)
    if kind is Subject.PERSON and applicant is not None and applicant.person_id is not None:
        return str(applicant.person_id)
    return ""


def open_linked(slug: str, origin: Case, hand: Hand) -> Case:
    """Open a case of another program about the same subject, as a child of this one."""
    program = program_named(slug)
    draft = Draft(
        program=program,
        definition=current(program),
        title=origin.title,
        fields=origin.fields,
        subject_id=origin.subject_id,
        parent=origin,
    )
    return open_case(draft, hand)


def open_review_of(grant: Grant, slug: str, hand: Hand) -> Case:
    """Open the case that reviews a grant. A second one while the first is open is refused by the database."""
    program = program_named(slug)
    draft = Draft(
        program=program,
        definition=current(program),
        title=grant.case.title,
        fields=grant.case.fields,
        subject_id=grant.subject_id,
        grant=grant,
        parent=grant.case,
    )
    return open_case(draft, hand)


@action("grant.review", kinds=("grant.review-due", "case.filed"))
def open_review(*, actor: Actor, grant: Grant) -> Case:
    """Open the review of a grant before its time. One that is open already is given back."""
    held(grant.case)
    authority = authorise(actor, "grant.review", grant)
    grant = Grant.objects.select_related("case").get(pk=grant.pk)
    if grant.state == Grant.State.ENDED:
        raise Conflict(gettext("“%(title)s” has ended") % {"title": grant.title}, where="grant")
    present = Case.objects.filter(grant=grant, closed_at=None).first()
    if present is not None:
        return present
    declared = definition_of(grant.case).grant
    if declared is None or declared.renewal is None:
        raise UserError(gettext("“%(title)s” is not reviewed by any program") % {"title": grant.title}, where="grant")
    hand = Hand(actor, authority)
    append(
        "grant.review-due",
        actor=actor,
        refs=refs_of(grant.case, Ref("grant", str(grant.pk))),
        data={"grant": str(grant.pk), "title": grant.title, "due_at": instant(hand.at)},
        authority=authority,
    )
    return open_review_of(grant, declared.renewal.program, hand)


def _open(turn: Turn) -> None:
    """``open: <program>``."""
    open_linked(turn.effect.value, turn.case, turn.hand.by_system())


EFFECTS.register("open", _open)
