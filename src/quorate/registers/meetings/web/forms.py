"""Forms of meetings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q

from quorate.directory.models import Person
from quorate.directory.web.forms import DayField
from quorate.kernel.i18n import _
from quorate.registers.meetings.actions import ItemFacts
from quorate.registers.meetings.models import AgendaItem
from quorate.terms.models import Body, Term

#: The rules that a motion can be put under from the console; each says what its fraction is of.
RULES: Mapping[str, tuple[object, dict[str, Any]]] = {
    "majority-cast": (_("More than half of yes and no"), {"threshold": "1/2", "strict": True, "of": "yes-no"}),
    "majority-represented": (
        _("More than half of the seats represented"),
        {"threshold": "1/2", "strict": True, "of": "represented"},
    ),
    "majority-seats": (_("More than half of all seats"), {"threshold": "1/2", "strict": True, "of": "seats"}),
    "two-thirds-cast": (_("Two thirds of yes and no"), {"threshold": "2/3", "of": "yes-no"}),
    "two-thirds-represented": (_("Two thirds of the seats represented"), {"threshold": "2/3", "of": "represented"}),
    "two-thirds-seats": (_("Two thirds of all seats"), {"threshold": "2/3", "of": "seats"}),
}
RULE_CHOICES = [(name, label) for name, (label, _rule) in RULES.items()]


def rule_named(name: str) -> dict[str, Any]:
    """A rule of the list."""
    return RULES[name][1]


class MinutesOfTime(forms.TimeField):
    """A time of day, with the browser's own clock."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class SeriesForm(forms.Form):
    """What a series is begun with."""

    title = forms.CharField(label=_("Title"), max_length=120)
    zone = forms.CharField(
        label=_("Time zone"), max_length=60, help_text=_("Its clock decides; a name such as America/Los_Angeles.")
    )
    first_day = DayField(label=_("First day"), required=True)
    wall = MinutesOfTime(label=_("Time"), help_text=_("On the clocks of that zone, all year."))
    rrule = forms.CharField(
        label=_("Comes again"),
        max_length=200,
        initial="FREQ=MONTHLY;BYDAY=2TU",
        help_text=_("A rule of RFC 5545: FREQ=MONTHLY;BYDAY=2TU is the second Tuesday of every month."),
    )
    duration = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=1440, initial=60)
    place = forms.CharField(
        label=_("Place"), max_length=300, required=False, help_text=_("A room, or the address of the call.")
    )
    quorum = forms.IntegerField(
        label=_("Quorum"),
        min_value=1,
        required=False,
        help_text=_("Seats that must be represented; blank: more than half of all seats."),
    )


class MeetingForm(forms.Form):
    """A single meeting."""

    title = forms.CharField(label=_("Title"), max_length=160)
    day = DayField(label=_("Day"), required=True)
    wall = MinutesOfTime(label=_("Time"))
    zone = forms.CharField(label=_("Time zone"), max_length=60, help_text=_("A name such as America/Los_Angeles."))
    duration = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=1440, initial=60)
    place = forms.CharField(label=_("Place"), max_length=300, required=False)


class ChangeForm(forms.Form):
    """Another time for one meeting, or none."""

    what = forms.ChoiceField(
        label=_("What"), choices=[("move", _("Move it")), ("cancel", _("Cancel it"))], widget=forms.RadioSelect
    )
    day = DayField(label=_("New day"))
    wall = MinutesOfTime(label=_("New time"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("what") == "move":
            for name in ("day", "wall"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("Say when it is instead."))
        return said


class ProposalForm(forms.Form):
    """Something for an agenda."""

    title = forms.CharField(label=_("What is it about?"), max_length=160)
    text = forms.CharField(
        label=_("Details"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    wanted = forms.ChoiceField(
        label=_("What do you want of the body?"),
        choices=[("inform", _("To be informed")), ("discuss", _("To discuss it")), ("decide", _("To decide it"))],
        initial=AgendaItem.Wanted.DISCUSS,
    )
    minutes = forms.IntegerField(label=_("Minutes it needs"), min_value=1, max_value=480, initial=10)
    presenter = forms.CharField(label=_("Who presents it?"), max_length=160, required=False)
    papers = forms.CharField(
        label=_("Papers"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Web addresses, one on each line."),
    )

    def facts(self) -> ItemFacts:
        """What was said, as the action takes it."""
        said = self.cleaned_data
        papers = tuple(line.strip() for line in said["papers"].splitlines() if line.strip())
        return ItemFacts(said["title"], said["text"], said["wanted"], said["minutes"], said["presenter"], papers)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=300)


class MotionForm(forms.Form):
    """A question for the seats on the roll."""

    title = forms.CharField(label=_("Motion"), max_length=200)
    rule = forms.ChoiceField(label=_("Decided by"), choices=RULE_CHOICES)
    clause = forms.CharField(label=_("Clause"), max_length=200, required=False)


class BallotForm(forms.Form):
    """How a motion goes on after the meeting."""

    rule = forms.ChoiceField(label=_("Decided by"), choices=RULE_CHOICES, initial="majority-seats")
    days = forms.IntegerField(label=_("Open for days"), min_value=1, max_value=60, initial=7)
    clause = forms.CharField(label=_("Clause"), max_length=200, required=False)


class GuestForm(forms.Form):
    """Somebody without a seat."""

    name = forms.CharField(label=_("Name"), max_length=160)
    affiliation = forms.CharField(label=_("Affiliation"), max_length=160, required=False)
    role = forms.ChoiceField(
        label=_("Comes as"),
        choices=[("guest", _("Guest")), ("staff", _("Staff")), ("lead", _("Lead of a group"))],
    )


class OwnerField(forms.ModelChoiceField[Person]):
    """One of the people of a body."""

    def __init__(self, **more: Any) -> None:
        super().__init__(queryset=Person.objects.none(), **more)


class ActionItemForm(forms.Form):
    """Something to be done by somebody by a day."""

    text = forms.CharField(label=_("What is to be done"), max_length=600)
    owner = OwnerField(label=_("By whom"))
    due = DayField(label=_("By when"))

    def __init__(self, *args: Any, body: Body, **more: Any) -> None:
        super().__init__(*args, **more)
        serving = Term.objects.filter(Q(seat__body=body) | Q(seat__body__kind="staff"), until=None)
        people = Person.objects.filter(pk__in=serving.values("person_id"), erased_at=None)
        self.fields["owner"].queryset = people.order_by("name")  # type: ignore[attr-defined]  # it is an OwnerField


class MinutesForm(forms.Form):
    """The text of minutes."""

    text = forms.CharField(
        label=_("Minutes"), max_length=200_000, widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "true"})
    )
    why = forms.CharField(label=_("What was corrected"), max_length=200, required=False)
