"""Putting a motion by page: the question, how it is decided, and for each body that is asked by which bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from quorate.decisions.actions import electorates_of, open_motion
from quorate.decisions.models import Motion
from quorate.decisions.queries import public_of, standing
from quorate.decisions.rules import lint_rule, parse_rule
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
OWN = "own"
DENOMINATORS = [
    ("seats", _("all seats")),
    ("represented", _("the seats represented")),
    ("cast", _("the votes cast")),
    ("yes-no", _("yes and no together")),
]
#: Bodies that one motion can be put to from the page.
MOST = 6


class MotionForm(forms.Form):
    """A question, and how it is decided."""

    title = forms.CharField(label=_("Question"), max_length=200)
    text = forms.CharField(
        label=_("What is asked"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    kind = forms.ChoiceField(label=_("Decided by"), choices=list(KINDS.items()))
    days = forms.IntegerField(label=_("Days open"), min_value=1, max_value=365, initial=7)
    early_close = forms.BooleanField(label=_("Close once nothing left can change the outcome"), required=False)


class PartForm(forms.Form):
    """One body that is asked, and the rule by which its votes count."""

    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.none(), to_field_name="slug")
    bar = forms.ChoiceField(
        label=_("Bar"),
        help_text=_("For lazy consensus: the bar of the vote that an objection begins."),
        choices=[*((key, words) for key, (words, _rule) in BARS.items()), (OWN, _("Another fraction"))],
    )
    fraction = forms.CharField(label=_("Which fraction"), help_text=_("Such as 3/5."), max_length=20, required=False)
    strict = forms.BooleanField(label=_("More than that fraction"), required=False)
    of = forms.ChoiceField(label=_("Of what"), choices=DENOMINATORS, required=False)
    quorum = forms.IntegerField(
        label=_("Quorum"), help_text=_("How many seats must vote."), required=False, min_value=1, max_value=10_000
    )
    vacant = forms.ChoiceField(
        label=_("Vacant seats"),
        help_text=_("Whether all seats are all, or those that somebody holds."),
        choices=[("", _("As the charter says")), ("stay", _("Count among all seats")), ("leave", _("Do not count"))],
        required=False,
    )
    alternate = forms.ChoiceField(
        label=_("An alternate votes"),
        choices=[
            ("silent", _("While the representative is silent")),
            ("absent", _("Only while the representative is away")),
            ("never", _("Never")),
        ],
        required=False,
    )
    casting = forms.BooleanField(label=_("The chair decides a tie"), required=False)
    clause = forms.CharField(
        label=_("Clause"), help_text=_("Of a policy, as policy#anchor."), required=False, max_length=200
    )

    def __init__(self, bodies: Sequence[Body], **more: Any) -> None:
        super().__init__(**more)
        choice = self.fields["body"]
        assert isinstance(choice, forms.ModelChoiceField)  # declared above
        choice.queryset = Body.objects.filter(pk__in=[body.pk for body in bodies])

    def clean(self) -> dict[str, Any]:
        """Another fraction can be read."""
        said = super().clean() or {}
        if said.get("bar") == OWN:
            try:
                parse_rule({"threshold": said.get("fraction", "").strip(), "of": said.get("of") or "seats"})
            except UserError as error:
                self.add_error("fraction", str(error))
        return said

    def rule(self) -> dict[str, Any]:
        """The rule that the answers make."""
        said = self.cleaned_data
        if said["bar"] == OWN:
            rule: dict[str, Any] = {"threshold": said["fraction"].strip(), "strict": said["strict"]}
            rule["of"] = said["of"] or "seats"
        else:
            rule = dict(BARS[said["bar"]][1])
        if said["quorum"]:
            rule["quorum"] = {"count": said["quorum"], "of": "seats"}
        if said["casting"]:
            rule["casting"] = "chair"
        return rule | {key: said[key] for key in ("vacant", "alternate") if said[key]}


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Put a question to a body, or to several bodies that must all agree."""
    actor = actor_from(request)
    bodies = putting(actor)
    if not bodies:
        raise Refused(gettext("you may not put motions to a body"))
    asked = request.POST.get("do", "open")
    count = _count(request.POST)
    if request.method != "POST" or asked in ("more", "fewer"):
        count = max(1, min(MOST, count + {"more": 1, "fewer": -1}.get(asked, 0)))
        form = MotionForm(initial=request.POST.dict() if request.method == "POST" else None)
        return _page(request, form, [_unbound(bodies, request.POST, number) for number in range(count)], bodies)
    form = MotionForm(request.POST)
    parts = [PartForm(bodies, data=request.POST, prefix=f"part{number}") for number in range(count)]
    if not all([form.is_valid(), *(part.is_valid() for part in parts), _distinct(parts)]):
        return _page(request, form, parts, bodies, status=422)
    try:
        motion = _open(actor, form, parts)
    except UserError as error:
        blame(form, error)
        return _page(request, form, parts, bodies, status=error.status)
    messages.success(request, gettext("The motion is open, and its electors are written to."))
    for words in doubts(motion):
        messages.warning(request, words)
    return redirect("decisions:motion", motion_id=motion.id)


def putting(actor: Actor) -> list[Body]:
    """The bodies to which an actor may put a motion."""
    return [body for body in Body.objects.filter(closed_at=None).order_by("name") if may(actor, "motion.open", body)]


def doubts(motion: Motion) -> list[str]:
    """What the linter would rather have settled about the rule of a motion before anybody votes."""
    found: list[str] = []
    for part in standing(motion).parts:
        found += [finding.what for finding in lint_rule(part.rule, part.counts.seats) if finding.level == "warning"]
    return list(dict.fromkeys(found))


def _open(actor: Actor, form: MotionForm, parts: Sequence[PartForm]) -> Motion:
    given = form.cleaned_data
    lead: Body = parts[0].cleaned_data["body"]
    rule = parts[0].rule()
    clause = parts[0].cleaned_data["clause"].strip()
    if len(parts) > 1:
        clause = ""
        rule = {
            "all": [
                {
                    "body": part.cleaned_data["body"].slug,
                    "rule": part.rule(),
                    "clause": part.cleaned_data["clause"].strip(),
                }
                for part in parts
            ]
        }
    return open_motion(
        actor=actor,
        title=given["title"],
        text=given["text"],
        kind=given["kind"],
        rule=rule,
        electorate=electorates_of(rule, lead),
        body=lead,
        public=public_of(rule, lead),
        closes_at=clock.now() + timedelta(days=given["days"]),
        early_close=given["early_close"],
        clause=clause,
    )


def _count(said: Mapping[str, str]) -> int:
    text = said.get("parts", "1")
    return max(1, min(MOST, int(text))) if text.isdecimal() and len(text) < 3 else 1


def _unbound(bodies: Sequence[Body], said: Mapping[str, str], number: int) -> PartForm:
    """A part with what was typed so far, which nobody calls wrong yet."""
    prefix = f"part{number}"
    typed = {key.removeprefix(f"{prefix}-"): said[key] for key in said if key.startswith(f"{prefix}-")}
    return PartForm(bodies, initial=typed, prefix=prefix)


def _distinct(parts: Sequence[PartForm]) -> bool:
    """Whether each body is asked once; the second time is marked."""
    seen: set[Body] = set()
    for part in parts:
        body = part.cleaned_data.get("body") if hasattr(part, "cleaned_data") else None
        if body in seen:
            part.add_error("body", gettext("%s has a part already") % body)
        if body is not None:
            seen.add(body)
    return all(part.is_valid() for part in parts)


def _page(
    request: HttpRequest, form: MotionForm, parts: Sequence[PartForm], bodies: Sequence[Body], *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "parts": parts,
        "more": len(parts) < min(MOST, len(bodies)),
        "fewer": len(parts) > 1,
    }
    return render(request, "decisions/new_motion.html", context, status=status)
