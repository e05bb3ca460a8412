"""Forms of the portfolio. They keep what was typed; what can stand is decided by the actions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from quorate.directory.queries import living_organisations, living_people
from quorate.kernel.i18n import _
from quorate.registers.portfolio.landscape.document import MAX_BYTES
from quorate.registers.portfolio.landscape.positions import Json
from quorate.registers.portfolio.models import LandscapeItem, Project
from quorate.registers.portfolio.queries import places, version_of
from quorate.registers.portfolio.rules import STATUS_WORDS, ProjectFacts

TEXTAREA = forms.Textarea(attrs={"rows": 4})


def first_moment(day: date | None) -> datetime | None:
    """The first moment of a day in UTC."""
    return datetime.combine(day, time(), UTC) if day else None


class DayField(forms.DateField):
    """A day, with the browser's own picker."""

    widget = forms.DateInput(attrs={"type": "date"})


class ProjectForm(forms.Form):
    """What is kept of a project itself."""

    name = forms.CharField(label=_("Name"), max_length=200)
    summary = forms.CharField(label=_("Summary"), required=False, widget=TEXTAREA)
    homepage = forms.CharField(label=_("Homepage"), required=False, max_length=300)
    licence = forms.CharField(
        label=_("Licence"), required=False, max_length=100, help_text=_("SPDX identifier, such as Apache-2.0")
    )
    category = forms.CharField(
        label=_("Place on the landscape"), required=False, max_length=200, help_text=_("category / subcategory")
    )
    aliases = forms.CharField(
        label=_("Other names"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("one on a line")
    )
    organisation = forms.ModelChoiceField(label=_("Backed by"), queryset=living_organisations().none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["organisation"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = living_organisations()

    @classmethod
    def of(cls, project: Project) -> ProjectForm:
        """The form filled from a project."""
        keys = ("name", "summary", "homepage", "licence", "category")
        initial = {key: getattr(project, key) for key in keys}
        return cls(initial=initial | {"aliases": "\n".join(project.aliases), "organisation": project.organisation_id})

    def facts(self, *, synthetic: bool = False) -> ProjectFacts:
        """What the form says."""
        said = self.cleaned_data
        return ProjectFacts(
            said["name"],
            said["summary"],
            said["homepage"],
            said["licence"],
            said["category"],
            tuple(filter(None, map(str.strip, said["aliases"].splitlines()))),
            said["organisation"].pk if said["organisation"] else None,
            synthetic,
        )


class StatusForm(forms.Form):
    """A status from a day on."""

    status = forms.ChoiceField(
        label=_("Status"), choices=lambda: [(key, str(words)) for key, words in STATUS_WORDS.items()]
    )
    at = DayField(label=_("From"), required=False, help_text=_("empty: from now on"))
    decided_by = forms.CharField(
        label=_("Decided by"), max_length=200, help_text=_("the minute, motion or clause that says so")
    )
    category = forms.CharField(
        label=_("Place on the landscape"),
        required=False,
        max_length=200,
        help_text=_("category / subcategory, for a project that is not listed yet"),
    )


class RepositoryForm(forms.Form):
    """A repository of a project."""

    url = forms.CharField(label=_("Address"), max_length=300, help_text="https://github.com/owner/name")
    primary = forms.BooleanField(label=_("Checks read this one"), required=False)


class MaintainerForm(forms.Form):
    """Somebody who maintains a project."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=living_people().none(), required=False)
    handle = forms.CharField(
        label=_("Handle"), max_length=80, required=False, help_text=_("for somebody who is not in the directory")
    )
    start = DayField(label=_("From"), required=False, help_text=_("empty: not known"))

    def __init__(self, *args: Any, people: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["person"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = living_people()
        if not people:
            del self.fields["person"]


class AttestForm(forms.Form):
    """Something that a person vouches for."""

    criterion = forms.SlugField(label=_("Criterion"), max_length=80, help_text=_("its short name, such as stars"))
    value = forms.CharField(label=_("What you found"), max_length=200)
    evidence_url = forms.CharField(
        label=_("Evidence"), max_length=500, help_text=_("the address at which anybody can see it")
    )
    as_of = DayField(label=_("On which day"), required=False, help_text=_("empty: now"))
    expires = DayField(label=_("Good until"), required=False)

    def value_said(self) -> bool | int | str:
        """The value as a number or a yes or no where it is one."""
        text = str(self.cleaned_data["value"]).strip()
        plain = text.replace(",", "").replace(" ", "")
        if plain.isascii() and plain.isdigit():
            return int(plain)
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.casefold(), text)


class ItemForm(forms.Form):
    """An entry of the landscape."""

    FIELDS = ("name", "description", "homepage_url", "repo_url", "logo", "crunchbase", "twitter", "joined")

    name = forms.CharField(label=_("Name"), max_length=300)
    category = forms.CharField(label=_("Category"), max_length=200)
    subcategory = forms.CharField(label=_("Subcategory"), max_length=200)
    description = forms.CharField(label=_("Description"), required=False, widget=TEXTAREA)
    homepage_url = forms.CharField(label=_("Homepage"), required=False, max_length=300)
    repo_url = forms.CharField(label=_("Repository"), required=False, max_length=300)
    logo = forms.CharField(
        label=_("Logo"), required=False, max_length=200, help_text=_("the name of the file, for the tools that show it")
    )
    crunchbase = forms.CharField(label="Crunchbase", required=False, max_length=300)
    twitter = forms.CharField(label="X", required=False, max_length=300)
    joined = DayField(label=_("Member since"), required=False)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places()

    @classmethod
    def of(cls, item: LandscapeItem) -> ItemForm:
        """The form filled from an item."""
        initial = {key: item.fields.get(key) for key in cls.FIELDS}
        place = {"category": item.category, "subcategory": item.subcategory}
        return cls(initial=initial | place | {"version": version_of(item)})

    def changes(self) -> dict[str, Json]:
        """What the form says of the item's fields; empty ones are removed."""
        said = self.cleaned_data
        found: dict[str, Json] = {}
        for key in self.FIELDS:
            value = said[key]
            text = value.isoformat() if isinstance(value, date) else str(value or "").replace("\r\n", "\n").strip()
            found[key] = text or None
        return found

    @property
    def place(self) -> tuple[str, str]:
        """Where the form puts it."""
        return self.cleaned_data["category"].strip(), self.cleaned_data["subcategory"].strip()


class ImportForm(forms.Form):
    """A landscape file, or the text of one that was looked at before."""

    file = forms.FileField(label=_("Landscape file"), help_text="landscape.yml", required=False)
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    name = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)
    confirm = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Either a file or a text is needed."""
        said = super().clean() or {}
        upload = said.get("file")
        if isinstance(upload, UploadedFile):
            if (upload.size or 0) > MAX_BYTES:
                raise forms.ValidationError(_("The file is too large."))
            said["data"] = upload.read()
            said["name"] = upload.name
        elif said.get("text"):
            said["data"] = said["text"].encode()
        else:
            self.add_error("file", _("Choose a file."))
        return said
