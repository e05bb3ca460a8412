"""Forms of the directory's pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings

from quorate.directory.models import Organisation
from quorate.directory.queries import living_organisations
from quorate.kernel.i18n import _


def moment(day: date | None) -> datetime | None:
    """The first moment of a day, UTC."""
    return datetime.combine(day, datetime.min.time(), UTC) if day else None


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **more: Any) -> None:
        more.setdefault("required", False)
        super().__init__(**more)


class OrganisationField(forms.ModelChoiceField[Organisation]):
    """One of the living organisations."""

    def __init__(self, **more: Any) -> None:
        super().__init__(queryset=Organisation.objects.none(), **more)

    def __deepcopy__(self, memo: dict[int, Any]) -> OrganisationField:
        found = super().__deepcopy__(memo)
        found.queryset = living_organisations().order_by("name")
        return found


class PersonForm(forms.Form):
    """What is kept of a person, apart from where they belong."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Never public; only those who may see how to reach people.")
    )
    pronouns = forms.CharField(label=_("Pronouns"), max_length=40, required=False)
    bio = forms.CharField(label=_("About"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    public = forms.BooleanField(
        label=_("Show a public page"),
        required=False,
        help_text=_("Name, pronouns, about, where the person belongs, and seats. Nothing else."),
    )
    language = forms.ChoiceField(label=_("Language of letters"), required=False)
    time_zone = forms.CharField(
        label=_("Time zone"), required=False, max_length=60, help_text=_("A name such as Europe/Paris.")
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [("", _("the site's own")), *settings.LANGUAGES]

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"]).strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone; write a name such as Europe/Paris."))
        return zone


class BelongsForm(forms.Form):
    """A person's time at an organisation."""

    organisation = OrganisationField(label=_("Organisation"))
    title = forms.CharField(label=_("As"), max_length=120, required=False)
    start = DayField(label=_("From"))
    until = DayField(label=_("Until"), help_text=_("The first day on which it no longer holds."))


class LeavesForm(forms.Form):
    """The end of a person's time at an organisation."""

    affiliation = forms.UUIDField(widget=forms.HiddenInput)
    until = DayField(label=_("Until"), required=True)


class OrganisationForm(forms.Form):
    """What is kept of an organisation, apart from names and control."""

    name = forms.CharField(label=_("Name"), max_length=200)
    homepage = forms.URLField(label=_("Homepage"), required=False, max_length=300, assume_scheme="https")
    country = forms.RegexField(
        r"^[A-Z]{2}$",
        label=_("Country"),
        required=False,
        help_text=_("Two letters, such as DE."),
        error_messages={"invalid": _("Write two capital letters, such as DE.")},
    )
    external_ids = forms.CharField(
        label=_("Identifiers elsewhere"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: scheme, colon, value. For example ror: 042nb2s44"),
    )

    def clean_external_ids(self) -> tuple[tuple[str, str], ...]:
        found = []
        for line in str(self.cleaned_data["external_ids"]).splitlines():
            if not line.strip():
                continue
            scheme, mark, value = (part.strip() for part in line.partition(":"))
            if not mark or not value or not scheme.replace("-", "").isalnum():
                raise forms.ValidationError(_("Write each line as scheme, colon, value."))
            found.append((scheme.lower(), value))
        return tuple(sorted(found))


class AliasForm(forms.Form):
    """Another name of an organisation."""

    name = forms.CharField(label=_("Other name"), max_length=200)
    start = DayField(label=_("From"))
    until = DayField(label=_("Until"))


class ControlForm(forms.Form):
    """Who controls an organisation from when."""

    parent = OrganisationField(label=_("Controlled by"))
    start = DayField(label=_("From"))
    until = DayField(label=_("Until"))
    source = forms.URLField(label=_("Source"), required=False, max_length=300, assume_scheme="https")


class EndControlForm(forms.Form):
    """The end of control."""

    control = forms.UUIDField(widget=forms.HiddenInput)
    until = DayField(label=_("Until"), required=True)


class ForgetForm(forms.Form):
    """Forgetting is confirmed by typing the name."""

    name = forms.CharField(label=_("Type the name to confirm"), max_length=200)


class PairForm(forms.Form):
    """Two records to merge, by slug."""

    kept = forms.SlugField(max_length=80)
    absorbed = forms.SlugField(max_length=80)
