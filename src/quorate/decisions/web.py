"""Pages of motions: the list, the roll call with the derivation of the result, and voting."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.decisions import actions
from quorate.decisions.models import Motion, Vote
from quorate.decisions.queries import counts_of, electors_of, may_vote, roll_call, visible
from quorate.decisions.rules import evaluate, parse_rule
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.columns import Choice, Column, Empty
from quorate.toolkit.forms import blame
from quorate.toolkit.history import history
from quorate.toolkit.navigation import Nav
from quorate.toolkit.pages import render
from quorate.toolkit.parts import pill
from quorate.toolkit.tables import RowAction, Table

app_name = "decisions"
NAV = [Nav("motions", _("Motions"), "decisions:motions", section="foundation", order=40)]

RESULTS = {
    "passed": (_("Passed"), "good"),
    "failed": (_("Not passed"), "done"),
    "no-decision": (_("No decision"), "soon"),
}


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
    return MotionTable(request, rows, actor=actor_from(request)).respond("decisions/motions.html", {})


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


def _find(request: HttpRequest, motion_id: UUID) -> Motion:
    found = visible(actor_from(request)).filter(pk=motion_id).first()
    if found is None:
        raise NotFound(gettext("there is no such motion"))
    return found


def _motion_page(
    request: HttpRequest, found: Motion, form: BallotForm | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_from(request)
    lines = roll_call(found)
    rule = parse_rule(found.rule)
    counts = counts_of(lines, rule)
    evaluation = evaluate(rule, counts)
    mine = electors_of(found, actor.person_id) if actor.person_id and may_vote(actor, found) else []
    if mine and form is None:
        own = {elector.id for elector in mine}
        said = next((line.vote for line in lines if line.elector.id in own and line.vote is not None), None)
        form = BallotForm(initial={"choice": said.choice, "reason": said.reason} if said else None)
    label, tone = state_of(found)
    context = {
        "motion": found,
        "lines": lines,
        "counts": counts,
        "evaluation": evaluation,
        "state_label": label,
        "state_tone": tone,
        "choices": dict(Vote.Choice.choices),
        "form": form if mine else None,
        "silent": sum(1 for line in lines if line.vote is None and not line.elector.recused),
        "history": history("motion", str(found.id), private=True),
        "may_close": found.state == Motion.State.OPEN and may(actor, "motion.close", found),
    }
    return render(request, "decisions/motion.html", context, status=status)


urlpatterns = [
    path("motions/", motions, name="motions"),
    path("motions/<uuid:motion_id>/", motion, name="motion"),
    path("motions/<uuid:motion_id>/vote/", vote, name="vote"),
    path("motions/<uuid:motion_id>/close/", close, name="close"),
]
