"""Forms of elections."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django import forms

from quorate.decisions.counting import PRESETS
from quorate.decisions.counting.constraints import COUNT
from quorate.directory.web.forms import DayField
from quorate.kernel.i18n import _
from quorate.registers.elections.models import Election
from quorate.registers.elections.rules import (
    ElectionFacts,
    read_constraints,
    read_registrar,
    whole_numbers,
    written_constraints,
)
from quorate.terms.models import Body
from quorate.terms.web.forms import PersonField
from quorate.toolkit.forms import LongText


class NoticeForm(forms.Form):
    """What a notice says."""

    title = forms.CharField(label=_("Title"), max_length=160)
    slug = forms.SlugField(label=_("Address"), max_length=60, help_text=_("Small letters, digits and dashes."))
    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.order_by("name"), to_field_name="slug")
    text = forms.CharField(label=_("Notice"), required=False, max_length=20000, widget=LongText(attrs={"rows": 5}))
    seats = forms.IntegerField(label=_("Seats to fill"), min_value=1, max_value=200, initial=1)
    seat_slugs = forms.CharField(
        label=_("Which seats"),
        required=False,
        max_length=2000,
        help_text=_("Their addresses, separated by spaces, in the order in which they are filled."),
    )
    rule = forms.ChoiceField(
        label=_("Counted by"), choices=lambda: [(name, found.title) for name, found in PRESETS.items()]
    )
    level = forms.ChoiceField(
        label=_("Secrecy"),
        choices=[
            ("B", _("B: secret, sealed commitments")),
            ("C", _("C: secret, behind blind tokens")),
            ("A", _("A: by name")),
        ],
    )
    equal_ranks = forms.BooleanField(label=_("Equal ranks are allowed"), required=False)
    roll_roles = forms.CharField(
        label=_("Who votes"),
        required=False,
        max_length=500,
        help_text=_("Such as body:council or seat:staff/director, separated by spaces; without it the body's members."),
    )
    endorsers_needed = forms.IntegerField(label=_("Endorsements needed"), min_value=0, max_value=100, initial=0)
    cap = forms.IntegerField(
        label=_("Seats at most for one group of employers"), min_value=1, max_value=200, required=False
    )
    constraints = forms.CharField(
        label=_("Other caps and reserved seats"),
        required=False,
        max_length=8000,
        widget=LongText(attrs={"rows": 3}),
        help_text=_(
            "One on a line: name | at least 1 | at most 3 | members. Members are employer:SLUG, candidate:SLUG, body:SLUG"
            " and other roles."
        ),
    )
    resolve = forms.ChoiceField(
        label=_("Caps and reserved seats hold"),
        required=False,
        initial="count",
        choices=[
            ("count", _("in the count: who can no longer be seated is excluded, who must be is kept")),
            ("seating", _("at seating: the last elected who cannot be seated is struck, and all counted again")),
        ],
    )
    term_months = forms.CharField(
        label=_("Lengths of terms in months"),
        required=False,
        max_length=400,
        help_text=_("In the order of election, separated by spaces, where terms are staggered: 24 24 12."),
    )
    second_registrar = forms.CharField(
        label=_("Second registrar"),
        required=False,
        max_length=2000,
        widget=LongText(attrs={"rows": 2}),
        help_text=_("Level C: the public key that quorate election registrar make printed for an office apart."),
    )
    lot_source = forms.CharField(
        label=_("Public value for lots"),
        required=False,
        max_length=200,
        help_text=_("What will be known after the close and nobody can choose: a beacon's round, an index on a day."),
    )
    nominations_until = forms.DateTimeField(label=_("Nominations until (UTC)"))
    opens_at = forms.DateTimeField(label=_("Voting opens (UTC)"))
    closes_at = forms.DateTimeField(label=_("Voting closes (UTC)"))

    def facts(self) -> ElectionFacts:
        """What was typed."""
        given: dict[str, Any] = {**self.cleaned_data}
        del given["body"]
        for name in ("seat_slugs", "roll_roles"):
            given[name] = tuple(given[name].split())
        given["resolve"] = given["resolve"] or COUNT
        given["constraints"] = read_constraints(given["constraints"])
        given["term_months"] = whole_numbers(given["term_months"])
        given["second_registrar"] = read_registrar(given["second_registrar"])
        for name in ("nominations_until", "opens_at", "closes_at"):
            moment: datetime = given[name]
            given[name] = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return ElectionFacts(**given)


def initial(election: Election) -> dict[str, Any]:
    """The notice as it stands."""
    given = {name: getattr(election, name) for name in NoticeForm.base_fields if name != "body"}
    lists = {name: " ".join(given[name]) for name in ("seat_slugs", "roll_roles")}
    second = election.second_registrar
    written = {
        "constraints": written_constraints(election.constraints),
        "term_months": " ".join(map(str, election.term_months)),
        "second_registrar": "" if second is None else json.dumps(second, ensure_ascii=False),
    }
    return {**given, **lists, **written, "body": election.body.slug}


class NominateForm(forms.Form):
    """Somebody to put forward."""

    person = PersonField(label=_("Whom"))
    statement = forms.CharField(
        label=_("Statement"),
        required=False,
        max_length=8000,
        widget=LongText(attrs={"rows": 5}),
        help_text=_("In Markdown; kept only if you nominate yourself. Others write their own when they accept."),
    )


class AnswerForm(forms.Form):
    """A nominee's answer."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("accept", _("I accept")), ("decline", _("I decline, or withdraw"))],
        widget=forms.RadioSelect,
    )
    statement = forms.CharField(
        label=_("Statement"),
        required=False,
        max_length=8000,
        widget=LongText(attrs={"rows": 6}),
        help_text=_("In Markdown; electors read it beside the ballot."),
    )


class AskForm(forms.Form):
    """Why somebody should be on the roll."""

    reason = forms.CharField(
        label=_("Why you should be on the roll"), max_length=2000, widget=LongText(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    """A reason that is written down."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=LongText(attrs={"rows": 2}))


class PublishForm(forms.Form):
    """The public value of the lot."""

    public_value = forms.CharField(label=_("Public value for the lot"), required=False, max_length=200)


class SeatForm(forms.Form):
    """From when the elected serve."""

    start = DayField(label=_("Their terms begin"), required=True)
    until = DayField(label=_("and end"))


class LeftForm(forms.Form):
    """Who of those elected left."""

    left = forms.ChoiceField(label=_("Who left"))

    def __init__(self, *args: Any, serving: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["left"]
        assert isinstance(field, forms.ChoiceField)  # declared above
        field.choices = serving
