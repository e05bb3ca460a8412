"""Forms of bodies and seats."""

from __future__ import annotations

from typing import Any

from django import forms

from quorate.access.permissions import PERMISSIONS
from quorate.directory.models import Person
from quorate.directory.queries import living_people
from quorate.directory.web.forms import DayField, OrganisationField
from quorate.kernel.i18n import _
from quorate.terms.models import Body, Seat, Term


class PersonField(forms.ModelChoiceField[Person]):
    """One of the living people."""

    def __init__(self, **more: Any) -> None:
        super().__init__(queryset=Person.objects.none(), **more)

    def __deepcopy__(self, memo: dict[int, Any]) -> PersonField:
        found = super().__deepcopy__(memo)
        found.queryset = living_people().order_by("name")
        return found


class PermissionsField(forms.MultipleChoiceField):
    """Some of the permissions that packages declare."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, choices=permission_choices, **more)


def permission_choices() -> list[tuple[str, str]]:
    """Every permission with its words."""
    return [(name, f"{found.title} ({name})") for name, found in PERMISSIONS.items()]


class BodyForm(forms.Form):
    """What is kept of a body."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Body.Kind.choices)
    parent = forms.ModelChoiceField(
        label=_("Below"), queryset=Body.objects.order_by("name"), required=False, to_field_name="slug"
    )
    purpose = forms.CharField(
        label=_("Purpose"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    charter_url = forms.CharField(
        label=_("Charter"), required=False, max_length=300, help_text=_("An address; /p/policies/… for one of ours.")
    )
    public = forms.BooleanField(label=_("The roster is public"), required=False)
    permissions = PermissionsField(label=_("Every member may"))


class NewBodyForm(BodyForm):
    """A body that is set up."""

    slug = forms.SlugField(label=_("Address"), max_length=60, help_text=_("Small letters, digits and dashes."))
    field_order = ("name", "slug")


class SeatForm(forms.Form):
    """What is kept of a seat, apart from who holds it."""

    title = forms.CharField(label=_("Title"), max_length=120)
    seat_class = forms.SlugField(label=_("Class"), max_length=40, required=False)
    voting = forms.BooleanField(label=_("Has a vote"), required=False)
    chair = forms.BooleanField(label=_("Whoever holds it chairs the body"), required=False)
    office = forms.ChoiceField(label=_("Other office"), choices=[("", _("none")), *Seat.Office.choices], required=False)
    of_holders = forms.BooleanField(label=_("Only for holders of a voting seat, and ends with it"), required=False)
    basis = forms.ChoiceField(label=_("Stands for"), choices=[("", _("not said")), *Seat.Basis.choices], required=False)
    organisation = OrganisationField(label=_("Seat of the organisation"), required=False)
    project = forms.SlugField(
        label=_("Seat of the project"), max_length=80, required=False, help_text=_("The project's address.")
    )
    start = DayField(label=_("Exists from"))
    permissions = PermissionsField(label=_("Its holder may"))


class NewSeatForm(SeatForm):
    """A seat that is added."""

    slug = forms.SlugField(label=_("Address"), max_length=60, help_text=_("Small letters, digits and dashes."))
    field_order = ("title", "slug")


class AppointForm(forms.Form):
    """Who takes a seat, from when, by whose decision."""

    person = PersonField(label=_("Person"))
    start = DayField(label=_("From"), required=True)
    until = DayField(label=_("Until"), help_text=_("The first day on which the term no longer runs; blank: open."))
    appointed_by = forms.CharField(
        label=_("By"), max_length=200, required=False, help_text=_("The decision: a resolution, a vote, a letter.")
    )
    how = forms.ChoiceField(label=_("How"), choices=[("", _("not said")), *Term.How.choices], required=False)
    succeed = forms.BooleanField(label=_("In place of whoever holds it"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class AlternateForm(forms.Form):
    """Who stands in for a seat's holder."""

    person = PersonField(label=_("Alternate"))
    until = DayField(label=_("Until"))


class EndForm(forms.Form):
    """The end of a term."""

    term = forms.UUIDField(widget=forms.HiddenInput)
    until = DayField(label=_("Until"), help_text=_("Blank: now."))
    ended_by = forms.CharField(label=_("Why"), max_length=200, required=False)
