"""Putting a motion to a body by page: the question, how it is decided, by which bar, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.decisions.actions import electorate_of, open_motion
from quorate.decisions.web.motions import KINDS
from quorate.kernel import clock
from quorate.kernel.errors import Refused, UserError
from quorate.kernel.i18n import _, gettext
from quorate.terms.models import Body
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render

#: Bars that charters ask for: the words, and the rule.
BARS: dict[str, tuple[Any, dict[str, Any]]] = {
    "majority": (_("More than half of yes and no"), {"threshold": "1/2", "strict": True, "of": "yes-no"}),
    "majority-seats": (_("More than half of all seats"), {"threshold": "1/2", "strict": True, "of": "seats"}),
    "two-thirds": (_("Two thirds of yes and no"), {"threshold": "2/3", "strict": False, "of": "yes-no"}),
    "two-thirds-cast": (_("Two thirds of the votes cast"), {"threshold": "2/3", "strict": False, "of": "cast"}),
    "two-thirds-seats": (_("Two thirds of all seats"), {"threshold": "2/3", "strict": False, "of": "seats"}),
    "all": (_("All seats"), {"threshold": "1/1", "strict": False, "of": "seats"}),
}


class MotionForm(forms.Form):
    """A question to a body."""

    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.none(), to_field_name="slug")
    title = forms.CharField(label=_("Question"), max_length=200)
    text = forms.CharField(
        label=_("What is asked"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    kind = forms.ChoiceField(label=_("Decided by"), choices=list(KINDS.items()))
    bar = forms.ChoiceField(
        label=_("Bar"),
        help_text=_("For lazy consensus: the bar of the vote that an objection begins."),
        choices=[(key, words) for key, (words, _rule) in BARS.items()],
    )
    quorum = forms.IntegerField(
        label=_("Quorum"), help_text=_("How many seats must vote."), required=False, min_value=1, max_value=10_000
    )
    casting = forms.BooleanField(label=_("The chair decides a tie"), required=False)
    days = forms.IntegerField(label=_("Days open"), min_value=1, max_value=365, initial=7)
    clause = forms.CharField(
        label=_("Clause"), help_text=_("Of a policy, as policy#anchor."), required=False, max_length=200
    )

    def __init__(self, data: Any, bodies: Sequence[Body]) -> None:
        super().__init__(data)
        choice = self.fields["body"]
        assert isinstance(choice, forms.ModelChoiceField)  # declared above
        choice.queryset = Body.objects.filter(pk__in=[body.pk for body in bodies])

    def rule(self) -> dict[str, Any]:
        """The rule that the answers make."""
        rule = dict(BARS[self.cleaned_data["bar"]][1])
        if self.cleaned_data["quorum"]:
            rule["quorum"] = {"count": self.cleaned_data["quorum"], "of": "seats"}
        if self.cleaned_data["casting"]:
            rule["casting"] = "chair"
        return rule


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Put a question to a body."""
    actor = actor_from(request)
    bodies = putting(actor)
    if not bodies:
        raise Refused(gettext("you may not put motions to a body"))
    form = MotionForm(request.POST if request.method == "POST" else None, bodies)
    if request.method != "POST" or not form.is_valid():
        return render(request, "decisions/new_motion.html", {"form": form}, status=422 if form.errors else 200)
    given = form.cleaned_data
    try:
        motion = open_motion(
            actor=actor,
            title=given["title"],
            text=given["text"],
            kind=given["kind"],
            rule=form.rule(),
            electorate=electorate_of(given["body"]),
            body=given["body"],
            public=given["body"].public,
            closes_at=clock.now() + timedelta(days=given["days"]),
            clause=given["clause"].strip(),
        )
    except UserError as error:
        blame(form, error)
        return render(request, "decisions/new_motion.html", {"form": form}, status=error.status)
    messages.success(request, gettext("The motion is open, and its electors are written to."))
    return redirect("decisions:motion", motion_id=motion.id)


def putting(actor: Actor) -> list[Body]:
    """The bodies to which an actor may put a motion."""
    return [body for body in Body.objects.filter(closed_at=None).order_by("name") if may(actor, "motion.open", body)]
