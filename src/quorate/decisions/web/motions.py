"""Pages of motions: the list, the roll call with the derivation of the result, and voting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.decisions import actions
from quorate.decisions.models import Motion
from quorate.decisions.queries import Part, Standing, electors_of, may_put, may_vote, open_roll, standing, visible
from quorate.decisions.rules import Evaluation, Finding, Prospect, lint_rule, prospect, what_if
from quorate.kernel.errors import NotFound, Refused, UserError
from quorate.kernel.i18n import _, gettext
from quorate.terms.models import Body
from quorate.toolkit.columns import Choice, Column, Empty
from quorate.toolkit.forms import blame
from quorate.toolkit.history import history
from quorate.toolkit.pages import render
from quorate.toolkit.parts import pill
from quorate.toolkit.tables import RowAction, Table

RESULTS = {
    "passed": (_("Passed"), "good"),
    "failed": (_("Not passed"), "done"),
    "no-decision": (_("No decision"), "soon"),
}

#: How a motion is decided, in words.
KINDS = {"vote": _("Vote"), "lazy": _("Lazy consensus"), "consent": _("Written consent")}


class BallotForm(forms.Form):
    """Yes, no or abstain, and why."""

    choice = forms.ChoiceField(
        label=_("Your vote"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("abstain", _("Abstain"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Shown with your vote in the roll call."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ObjectionForm(forms.Form):
    """Why somebody objects."""

    reason = forms.CharField(
        label=_("Why you object"),
        help_text=_("Everybody who sees the motion reads it. The motion then becomes a vote."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AsideForm(forms.Form):
    """Why somebody stands aside."""

    reason = forms.CharField(
        label=_("Why you stand aside"),
        help_text=_("Everybody who is signed in and sees the motion can read it."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WhatIfForm(forms.Form):
    """So many more yes, no and abstain."""

    yes = forms.IntegerField(label=_("More yes"), min_value=0, max_value=100_000, required=False)
    no = forms.IntegerField(label=_("More no"), min_value=0, max_value=100_000, required=False)
    abstain = forms.IntegerField(label=_("More abstentions"), min_value=0, max_value=100_000, required=False)

    def __init__(self, data: Mapping[str, str] | None, part: Part) -> None:
        super().__init__(data, prefix=f"if{part.number}")
        self.silent = part.silent

    def clean(self) -> dict[str, int]:
        """No more votes than there are silent seats."""
        found = {name: self.cleaned_data.get(name) or 0 for name in ("yes", "no", "abstain")}
        if sum(found.values()) > self.silent:
            raise forms.ValidationError(gettext("only %d seats have not voted") % self.silent)
        return found


@dataclass(frozen=True)
class PartView:
    """One part of the rule as the page shows it."""

    part: Part
    name: str
    prospect: Prospect | None
    form: WhatIfForm | None
    supposed: Evaluation | None
    findings: Sequence[Finding] = ()
    cited: Mapping[str, Any] = field(default_factory=dict)
    absences: bool = False
    """Whether the reader records here who is away, since that decides whether alternates speak."""

    @property
    def result_label(self) -> object:
        """How the part stands, in words."""
        return RESULTS[self.part.evaluation.result][0]

    @property
    def result_tone(self) -> str:
        return RESULTS[self.part.evaluation.result][1]


def state_of(motion: Motion) -> tuple[object, str]:
    """A motion's state in words, and its tone."""
    if motion.state == Motion.State.OPEN:
        return _("Open"), "info"
    if motion.state == Motion.State.WITHDRAWN:
        return _("Withdrawn"), "done"
    return RESULTS[motion.result]


class MotionTable(Table[Motion]):
    """All motions that the reader may see."""

    name = "motions"
    caption = _("Motions")
    columns = (
        Column(
            "title",
            _("Motion"),
            sort="title",
            primary=True,
            value=lambda motion: motion.title,
            url=lambda motion: reverse("decisions:motion", args=[motion.id]),
        ),
        Column("body", _("Body"), sort="body__name", value=lambda motion: motion.body.name if motion.body else ""),
        Column("kind", _("Decided by"), sort="kind", low=True, value=lambda motion: KINDS[motion.kind]),
        Column("opened", _("Opened"), sort="opened_at", kind="day", value=lambda motion: motion.opened_at),
        Column("closes", _("Closes"), sort="closes_at", kind="day", value=lambda motion: motion.closes_at),
        Column(
            "state",
            _("State"),
            sort="state",
            value=lambda motion: motion.result or motion.state,
            cell=lambda motion: pill(*state_of(motion)),
        ),
    )
    filters = (
        Choice(
            "state",
            _("State"),
            options=lambda table: [("open", _("Open")), ("closed", _("Closed")), ("withdrawn", _("Withdrawn"))],
            apply=lambda rows, value: rows.filter(state=value),
        ),
        Choice(
            "kind",
            _("Decided by"),
            options=lambda table: list(KINDS.items()),
            apply=lambda rows, value: rows.filter(kind=value),
        ),
    )
    search = ("title", "body__name")
    order = "-opened_at"
    empty = Empty(_("No motions yet"), _("A motion opens when a case reaches its vote, or when a chair puts one."))

    def action(self, row: Motion) -> RowAction | None:
        """Open motions can be voted on."""
        if row.state != Motion.State.OPEN:
            return None
        return RowAction(_("Open"), reverse("decisions:motion", args=[row.id]))


@login_required
def motions(request: HttpRequest) -> HttpResponse:
    """The list of motions."""
    rows: QuerySet[Motion] = visible(actor_from(request))
    context = {"may_put": may_put(actor_from(request))}
    return MotionTable(request, rows, actor=actor_from(request)).respond("decisions/motions.html", context)


@login_required
def motion(request: HttpRequest, motion_id: UUID) -> HttpResponse:
    """One motion: what is asked, how it stands, who said what, and by which rule it is decided."""
    return _motion_page(request, _find(request, motion_id))


@login_required
@require_POST
def vote(request: HttpRequest, motion_id: UUID) -> HttpResponse:
    """Cast or change a vote."""
    found = _find(request, motion_id)
    form = BallotForm(request.POST)
    if not form.is_valid():
        return _motion_page(request, found, form, status=422)
    try:
        actions.cast(
            actor=actor_from(request),
            motion=found,
            choice=form.cleaned_data["choice"],
            reason=form.cleaned_data["reason"],
        )
    except UserError as error:
        blame(form, error)
        return _motion_page(request, found, form, status=error.status)
    messages.success(request, gettext("Your vote is counted: %s.") % form.cleaned_data["choice"])
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
        onward = reverse("decisions:motion", args=[found.id])
    return redirect(onward)


@login_required
@require_POST
def close(request: HttpRequest, motion_id: UUID) -> HttpResponse:
    """Count and close."""
    found = _find(request, motion_id)
    try:
        actions.close_motion(actor=actor_from(request), motion=found)
    except UserError as error:
        messages.error(request, str(error))
    return redirect("decisions:motion", motion_id=found.id)


@login_required
@require_POST
def object_to(request: HttpRequest, motion_id: UUID) -> HttpResponse:
    """Object to lazy consensus, with a reason."""
    found = _find(request, motion_id)
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _motion_page(request, found, objecting=form, status=422)
    try:
        actions.object_to(actor=actor_from(request), motion=found, reason=form.cleaned_data["reason"])
    except UserError as error:
        blame(form, error)
        return _motion_page(request, found, objecting=form, status=error.status)
    messages.success(request, gettext("You object. The motion is now decided by vote."))
    return redirect("decisions:motion", motion_id=found.id)


@login_required
@require_POST
def withdraw_objection(request: HttpRequest, motion_id: UUID) -> HttpResponse:
    """Take one's own objection back."""
    found = _find(request, motion_id)
    try:
        actions.withdraw_objection(actor=actor_from(request), motion=found)
    except UserError as error:
        messages.error(request, str(error))
    return redirect("decisions:motion", motion_id=found.id)


@login_required
@require_POST
def attend(request: HttpRequest, motion_id: UUID, elector_id: UUID) -> HttpResponse:
    """Record that a representative is away or back."""
    found = _find(request, motion_id)
    elector = found.electors.filter(pk=elector_id).first()
    if elector is None:
        raise NotFound(gettext("there is no such elector"))
    away = request.POST.get("away") == "1"
    actions.attend(actor=actor_from(request), motion=found, elector=elector, away=away)
    return redirect(reverse("decisions:motion", args=[found.id]) + "#roll-call")


@login_required
@require_POST
def recuse(request: HttpRequest, motion_id: UUID) -> HttpResponse:
    """Stand aside from a motion."""
    found = _find(request, motion_id)
    actor = actor_from(request)
    form = AsideForm(request.POST)
    if not form.is_valid():
        return _motion_page(request, found, aside=form, status=422)
    if actor.person_id is None or not may_vote(actor, found):
        raise Refused(gettext("you are no elector of this motion"))
    actions.recuse(actor=actor, motion=found, person=actor.person_id, reason=form.cleaned_data["reason"].strip())
    messages.success(request, gettext("You stand aside."))
    return redirect("decisions:motion", motion_id=found.id)


def _find(request: HttpRequest, motion_id: UUID) -> Motion:
    found = visible(actor_from(request)).filter(pk=motion_id).first()
    if found is None:
        raise NotFound(gettext("there is no such motion"))
    return found


def _motion_page(
    request: HttpRequest,
    found: Motion,
    form: BallotForm | None = None,
    *,
    objecting: ObjectionForm | None = None,
    aside: AsideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_from(request)
    stands = standing(found)
    lines = [line for part in stands.parts for line in part.lines]
    mine = electors_of(found, actor.person_id) if actor.person_id and may_vote(actor, found) else []
    if mine and form is None:
        own = {elector.id for elector in mine}
        said = next((line.vote for line in lines if line.elector.id in own and line.vote is not None), None)
        form = BallotForm(initial={"choice": said.choice, "reason": said.reason} if said else None)
    if form is not None and found.kind == Motion.Kind.CONSENT:
        form.fields["choice"].choices = [("yes", _("Sign")), ("no", _("Decline"))]  # type: ignore[attr-defined]  # a choice field
    label, tone = state_of(found)
    lazy = found.kind == Motion.Kind.LAZY
    objects = [each for each in stands.objections if each.person_id == actor.person_id and each.withdrawn_at is None]
    compound = len(stands.parts) > 1
    opened = found.state == Motion.State.OPEN
    context = {
        "compound": compound,
        "overall": _overall(stands) if compound else stands.evaluation.derivation,
        "aside_form": (aside or AsideForm()) if mine and opened else None,
        "motion": found,
        "kind": KINDS[found.kind],
        "stands": stands,
        "parts": _parts(request, found, stands, attends=opened and may(actor, "motion.attend", found)),
        "counts": stands.counts,
        "evaluation": stands.evaluation,
        "state_label": label,
        "state_tone": tone,
        "form": form if mine and stands.voting else None,
        "objection_form": (objecting or ObjectionForm()) if mine and lazy and not objects else None,
        "objects": bool(objects) and opened,
        "silent": sum(part.silent for part in stands.parts),
        "history": history("motion", str(found.id), private=True),
        "may_close": opened and may(actor, "motion.close", found),
    }
    return render(request, "decisions/motion.html", context, status=status)


def _overall(stands: Standing) -> list[str]:
    """The steps that are about all parts together; those of each part stand under its own heading."""
    if not stands.voting:
        return stands.evaluation.derivation
    steps = [step for part in stands.parts for step in part.evaluation.derivation]
    return stands.evaluation.derivation[: -len(steps) - 1] + stands.evaluation.derivation[-1:]


def _parts(request: HttpRequest, found: Motion, stands: Standing, *, attends: bool = False) -> Sequence[PartView]:
    """The parts with what may still become of them, and what the reader supposes."""
    slugs = [part.body for part in stands.parts if part.body]
    names = dict(Body.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}
    views: list[PartView] = []
    said = found.cited.get("parts") or [{}] * len(stands.parts)
    for part in stands.parts:
        name = names.get(part.body, part.body)
        more = {"cited": said[part.number], "absences": attends and part.rule.alternate == "absent"}
        going = found.state == Motion.State.OPEN
        doubts = lint_rule(part.rule, part.counts.seats) if going else []
        findings = [finding for finding in doubts if finding.level == "error"]
        if not going or not stands.voting:
            views.append(PartView(part, name, None, None, None, findings, **more))
            continue
        roll = open_roll(part.lines, part.rule)
        asked = any(key.startswith(f"if{part.number}-") for key in request.GET)
        form = WhatIfForm(request.GET if asked else None, part)
        supposed = None
        if asked and form.is_valid():
            supposed = what_if(part.rule, roll, [form.cleaned_data[key] for key in ("yes", "no", "abstain")])
        views.append(PartView(part, name, prospect(part.rule, roll), form, supposed, findings, **more))
    return views
