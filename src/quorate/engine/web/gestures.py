"""Everything that can be done on a case's page, one entry each: its form, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

from django import forms
from django.db.models import Model

from quorate.access.actors import Actor
from quorate.directory.models import Person
from quorate.engine import actions, queries
from quorate.engine.models import Assignment, Attachment, Case, Comment, Grant, Obligation, Review
from quorate.engine.queries import CaseView
from quorate.engine.web import inputs
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import _, gettext
from quorate.kernel.ids import is_uuid
from quorate.terms.queries import holders

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Gesture:
    """One thing that can be done: its form, made bound or not, and what it does.

    ``offered`` says whether the reader is offered it now; the action behind it decides in the end. With a ``title`` it
    has a page of its own; without, it is done on the case's page.
    """

    make: Callable[[CaseView, str, Any, Any], forms.Form]
    do: Callable[[Actor, Case, str, Any], str]
    offered: Callable[[CaseView, str], bool]
    files: bool = False
    title: object = ""
    button: object = ""


def _move(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.move(
        actor=actor,
        case=case,
        transition=about,
        reason=form.cleaned_data.get("reason", ""),
        revision=form.cleaned_data.get("revision"),
    )
    return gettext("Done. The case moved on.")


def _comment(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.comment(actor=actor, case=case, **form.cleaned_data)
    return gettext("Your comment is on the record.")


def _attach(actor: Actor, case: Case, about: str, form: Any) -> str:
    file = form.cleaned_data["file"]
    actions.attach(actor=actor, case=case, name=file.name, content=file.read(), audience=form.cleaned_data["audience"])
    return gettext("The file is attached.")


def _assign(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.assign(actor=actor, case=case, person=form.chosen)
    return str(gettext("%s owns the next step now.") % form.chosen.name)


def _reviewers(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.assign_reviewers(actor=actor, case=case, people=form.chosen)
    return gettext("The reviewers were asked.")


def _draw(actor: Actor, case: Case, about: str, form: Any) -> str:
    drawn = actions.draw_reviewers(actor=actor, case=case)
    return gettext("Drawn: %s.") % ", ".join(review.person.name for review in drawn)


def _volunteer(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.volunteer(actor=actor, case=case)
    return gettext("You review this case now.")


def _recuse(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.declare_recusal(actor=actor, case=case, detail=form.cleaned_data["detail"])
    return gettext("You stand aside from this case.")


def _delegate(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.delegate(actor=actor, case=case, to=form.chosen, until=inputs.end_of(form.cleaned_data["until"]))
    return str(gettext("%s may act in your place.") % form.chosen.name)


def _check(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.request_checks(actor=actor, case=case)
    return gettext("The checks run in the background; the results appear here.")


def _attest(actor: Actor, case: Case, about: str, form: Any) -> str:
    data = form.cleaned_data
    actions.attest(
        actor=actor,
        case=case,
        criterion=about,
        found=data["found"],
        evidence=data["evidence"],
        as_of=inputs.start_of(data["as_of"]),
    )
    return gettext("The attestation is on the record.")


def _waive(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.waive(actor=actor, case=case, criterion=about, reason=form.cleaned_data["reason"])
    return gettext("The criterion passes as it is; your reason is on the record.")


def _fulfil(actor: Actor, case: Case, about: str, form: Any) -> str:
    item = _obligation(case, about)
    actions.fulfil_obligation(actor=actor, obligation=item, evidence=form.cleaned_data.get("evidence", ""))
    return gettext("Noted as done.")


def _confirm(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.confirm_obligation(actor=actor, obligation=_obligation(case, about))
    return gettext("Confirmed.")


def _waive_obligation(actor: Actor, case: Case, about: str, form: Any) -> str:
    item = _obligation(case, about)
    actions.waive_obligation(actor=actor, obligation=item, reason=form.cleaned_data["reason"])
    return gettext("Waived; your reason is on the record.")


def _returned(actor: Actor, case: Case, about: str, form: Any) -> str:
    item = _obligation(case, about)
    actions.return_obligation(actor=actor, obligation=item, reason=form.cleaned_data["reason"])
    return gettext("Open again; your reason is on the record.")


def _invite(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.invite_applicant(actor=actor, case=case)
    return gettext("The applicant was sent the means to claim the case.")


def _unassign(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.unassign(actor=actor, case=case)
    return gettext("The next step is left to the office that owns it.")


def _prioritise(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.prioritise(actor=actor, case=case, priority=form.cleaned_data["priority"] or None)
    return gettext("The priority is set.")


def _release(actor: Actor, case: Case, about: str, form: Any) -> str:
    row = _row(Review, case, about, gettext("there is no such review"))
    actions.release_reviewer(actor=actor, review=row, reason=form.cleaned_data["reason"])
    return gettext("The reviewer was let go.")


def _redact(actor: Actor, case: Case, about: str, form: Any) -> str:
    what = gettext("there is no such comment")
    row = _row(Comment, case, about, what)
    if row.audience not in queries.sight(actor, case).audiences:
        raise NotFound(what)
    actions.redact_comment(actor=actor, comment=row)
    return gettext("The comment was taken back.")


def _remove(actor: Actor, case: Case, about: str, form: Any) -> str:
    row = _row(Attachment, case, about, gettext("there is no such file"))
    actions.remove_attachment(actor=actor, attachment=queries.attachment_for(actor, row.pk))
    return gettext("The file was removed.")


def _end_delegation(actor: Actor, case: Case, about: str, form: Any) -> str:
    row = _row(Assignment, case, about, gettext("there is no such delegation"))
    actions.end_delegation(actor=actor, delegation=row)
    return gettext("The delegation is over.")


def _revoke(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.revoke_grant(actor=actor, grant=_grant(case, about), reason=form.cleaned_data["reason"])
    return gettext("Revoked; your reason is on the record.")


def _review_grant(actor: Actor, case: Case, about: str, form: Any) -> str:
    opened = actions.open_review(actor=actor, grant=_grant(case, about))
    return str(gettext("The review is open: %s.") % opened.key)


def _grant(case: Case, about: str) -> Grant:
    if case.grant_id is not None and str(case.grant_id) == about:
        return Grant.objects.get(pk=case.grant_id)
    return _row(Grant, case, about, gettext("there is no such grant"))


def _obligation(case: Case, about: str) -> Obligation:
    """An obligation of the case, or of the grant that it reviews."""
    if case.grant_id is not None and is_uuid(about):
        found = Obligation.objects.filter(grant=case.grant_id, pk=about).first()
        if found is not None:
            return found
    return _row(Obligation, case, about, gettext("there is no such obligation"))


def _row(kind: type[M], case: Case, about: str, what: str) -> M:
    """A row of the case by its id."""
    found = kind._default_manager.filter(case=case, pk=about).first() if is_uuid(about) else None
    if found is None:
        raise NotFound(what)
    return found


# --- their forms ----------------------------------------------------------------------------------------------------


def _move_form(view: CaseView, about: str, data: Any, files: Any) -> forms.Form:
    move = next(each for each in view.moves if each.name == about)  # it was offered
    return inputs.MoveForm(data, prefix=about, reason=move.reason, initial={"revision": view.line.revision})


def _reason_form(view: CaseView, about: str, data: Any, files: Any) -> forms.Form:
    return inputs.ReasonForm(data, prefix="because")


def _priority_form(view: CaseView, about: str, data: Any, files: Any) -> forms.Form:
    return inputs.PriorityForm(data, initial={"priority": inputs.priority_name(view.line.priority)}, prefix="priority")


def _plain(view: CaseView, about: str, data: Any, files: Any) -> forms.Form:
    return inputs.QuietForm(data)


def _obligation_form(view: CaseView, about: str, data: Any, files: Any) -> forms.Form:
    item = next((item for item in view.obligations if str(item.id) == about), None)
    if item is None:
        raise NotFound(gettext("there is no such obligation"))
    return inputs.EvidenceForm(data, kind=item.evidence_kind, prefix=f"fulfil-{about}")


def _attest_form(view: CaseView, about: str, data: Any, files: Any) -> forms.Form:
    declared = next((check for check in view.definition.checks if check.criterion == about), None)
    if declared is None:
        raise NotFound(gettext("there is no such criterion"))
    return inputs.AttestForm(data, check=declared, prefix=f"attest-{about}")


def _candidates(view: CaseView) -> list[Person]:
    """Who can be made owner of the present stage: the holders of its role, else of the steward's."""
    office = str(view.stage.owner or view.definition.steward)
    if not office.startswith(("seat:", "body:", "chair:")):
        office = str(view.definition.steward)
    return holders(office)


def _possible_reviewers(view: CaseView) -> list[Person]:
    declared = view.definition.review_in(view.stage.name)
    if declared is None:
        return []
    out = {item.name for item in view.recusals}
    busy = {each.person for board in view.reviews for each in board.all if each.state != "released"}
    return [person for person in holders(str(declared.from_)) if person.name not in out | busy]


def _delegates(view: CaseView) -> list[Person]:
    if view.definition.delegation is None:
        return []
    offices = [str(role) for role in view.definition.delegation.to]
    return list({person.id: person for office in offices for person in holders(office)}.values())


# --- to whom they are offered ---------------------------------------------------------------------------------------


def _one(of: Callable[[CaseView], Iterable[Any]], may: str) -> Callable[[CaseView, str], bool]:
    """Offered on the thing that ``about`` names, where the view says that the reader may."""
    return lambda view, about: any(str(each.id) == about and getattr(each, may) for each in of(view))


def applicant_is_unknown(view: CaseView) -> bool:
    """Whether somebody applied who is known by an address only."""
    case = view.case
    return case.applicant_id is None and case.applicant_account_id is None and case.grant_id is None


_obligations = attrgetter("obligations")
_grants = attrgetter("grants")

# --- all of them ----------------------------------------------------------------------------------------------------

GESTURES: Mapping[str, Gesture] = {
    "move": Gesture(_move_form, _move, lambda view, about: about in {move.name for move in view.moves}),
    "comment": Gesture(
        lambda view, about, data, files: inputs.CommentForm(data, audiences=view.may.comment, prefix="comment"),
        _comment,
        lambda view, about: bool(view.may.comment),
    ),
    "redact": Gesture(_plain, _redact, _one(attrgetter("comments"), "may_redact")),
    "attach": Gesture(
        lambda view, about, data, files: inputs.AttachForm(data, files, audiences=view.may.attach, prefix="attach"),
        _attach,
        lambda view, about: bool(view.may.attach),
        files=True,
        title=_("Attach a file"),
        button=_("Attach"),
    ),
    "remove": Gesture(_plain, _remove, _one(attrgetter("attachments"), "may_remove")),
    "assign": Gesture(
        lambda view, about, data, files: inputs.PersonForm(data, people=_candidates(view), prefix="assign"),
        _assign,
        lambda view, about: view.may.assign,
        title=_("Hand the next step to a person"),
        button=_("Hand over"),
    ),
    "invite": Gesture(_plain, _invite, lambda view, about: view.may.assign and applicant_is_unknown(view)),
    "unassign": Gesture(_plain, _unassign, lambda view, about: view.may.assign),
    "prioritise": Gesture(
        _priority_form,
        _prioritise,
        lambda view, about: view.may.prioritise,
        title=_("Set the priority"),
        button=_("Set"),
    ),
    "reviewers": Gesture(
        lambda view, about, data, files: inputs.ReviewersForm(
            data, people=_possible_reviewers(view), prefix="reviewers"
        ),
        _reviewers,
        lambda view, about: view.may.assign_reviewers,
    ),
    "draw": Gesture(_plain, _draw, lambda view, about: view.may.assign_reviewers),
    "release": Gesture(
        _reason_form,
        _release,
        lambda view, about: view.may.assign_reviewers,
        title=_("Let a reviewer go"),
        button=_("Let go"),
    ),
    "volunteer": Gesture(_plain, _volunteer, lambda view, about: view.may.volunteer),
    "recuse": Gesture(
        lambda view, about, data, files: inputs.DetailForm(data, prefix="recuse"),
        _recuse,
        lambda view, about: view.may.recuse,
        title=_("Stand aside from this case"),
        button=_("Stand aside"),
    ),
    "delegate": Gesture(
        lambda view, about, data, files: inputs.DelegateForm(data, people=_delegates(view), prefix="delegate"),
        _delegate,
        lambda view, about: view.may.delegate,
        title=_("Let somebody act in my place"),
        button=_("Delegate"),
    ),
    "end-delegation": Gesture(_plain, _end_delegation, _one(attrgetter("delegations"), "mine")),
    "check": Gesture(_plain, _check, lambda view, about: view.may.check),
    "attest": Gesture(
        _attest_form,
        _attest,
        lambda view, about: about in view.may.attest,
        title=_("Attest with evidence"),
        button=_("Attest"),
    ),
    "waive": Gesture(
        _reason_form,
        _waive,
        lambda view, about: about in view.may.waive,
        title=_("Let it pass as it is"),
        button=_("Let it pass"),
    ),
    "fulfil": Gesture(_obligation_form, _fulfil, _one(_obligations, "may_fulfil")),
    "confirm": Gesture(_plain, _confirm, _one(_obligations, "may_confirm")),
    "return": Gesture(
        _reason_form,
        _returned,
        _one(_obligations, "may_confirm"),
        title=_("Say what is still missing"),
        button=_("Open it again"),
    ),
    "waive-obligation": Gesture(
        _reason_form,
        _waive_obligation,
        _one(_obligations, "may_waive"),
        title=_("Let an obligation go"),
        button=_("Let it go"),
    ),
    "revoke": Gesture(
        _reason_form, _revoke, _one(_grants, "may_revoke"), title=_("Revoke what was granted"), button=_("Revoke")
    ),
    "review-grant": Gesture(_plain, _review_grant, _one(_grants, "may_review")),
}
