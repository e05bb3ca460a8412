"""Forms of agreements: a draft's values and wordings, and what a signature asks for."""

from __future__ import annotations

from typing import Any

from django import forms

from quorate.directory.queries import living_organisations, living_people
from quorate.exchange.agreements.clauses import LONGEST_VALUE, STANDARD, Source
from quorate.exchange.agreements.models import Agreement, Template
from quorate.kernel.i18n import _, gettext

VALUE, VARIANT = "value-", "wording-"


class DraftForm(forms.Form):
    """A draft: with whom, who signs for them, each value of the template, and the wording of each clause that has several."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=living_organisations().none(), to_field_name="slug"
    )
    signatory = forms.ModelChoiceField(
        label=_("Who signs for them"),
        queryset=living_people().none(),
        to_field_name="slug",
        help_text=_("They sign in with their account, or send a signed PDF."),
    )

    def __init__(self, *args: Any, source: Source, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, rows in (("organisation", living_organisations()), ("signatory", living_people())):
            choice = self.fields[name]
            assert isinstance(choice, forms.ModelChoiceField)
            choice.queryset = rows.order_by("name")
        for place in source.places:
            self.fields[VALUE + place.name] = forms.CharField(
                label=place.label, required=place.required, max_length=LONGEST_VALUE
            )
        for wordings in source.clauses:
            if len(wordings) > 1:
                self.fields[VARIANT + wordings[0].anchor] = forms.ChoiceField(
                    label=gettext("Wording of “%s”") % wordings[0].title,
                    choices=[(w.variant, gettext("as usual") if w.variant == STANDARD else w.title) for w in wordings],
                    initial=STANDARD,
                )

    def _given(self, prefix: str) -> dict[str, str]:
        return {
            name.removeprefix(prefix): str(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix)
        }

    @property
    def values(self) -> dict[str, str]:
        """What was typed, by the template's names."""
        return self._given(VALUE)

    @property
    def variants(self) -> dict[str, str]:
        """The wordings chosen, by clause."""
        return self._given(VARIANT)


def initial(agreement: Agreement) -> dict[str, Any]:
    """What a draft says now, for its form."""
    document = agreement.words
    return {
        "organisation": agreement.organisation,
        "signatory": agreement.signatory,
        **{VALUE + name: value for name, value in document.values.items()},
        **{VARIANT + clause.anchor: clause.variant for clause in document.clauses},
    }


def draft_form(template: Template, *args: Any, **more: Any) -> DraftForm:
    """The form that a template asks for."""
    return DraftForm(*args, source=template.source, **more)


class SignForm(forms.Form):
    """A signature by a click, on the words with this digest."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    name = forms.CharField(label=_("Your full name"), max_length=200)
    title = forms.CharField(label=_("Your title"), max_length=200, required=False)
    agree = forms.BooleanField(
        label=_(
            "I have read this agreement, I may sign it for my side, and the name that I write here is my signature."
        ),
        error_messages={"required": _("say that you have read it and may sign")},
    )


class PaperForm(forms.Form):
    """A signature on paper."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    name = forms.CharField(label=_("Who signed"), max_length=200)
    title = forms.CharField(label=_("Their title"), max_length=200, required=False)
    paper = forms.FileField(label=_("The signed PDF"), help_text=_("At most 10 MB."))


class SendForm(forms.Form):
    """Until when it should be signed."""

    due_at = forms.DateTimeField(
        label=_("To be signed until (UTC)"), required=False, help_text=_("Empty: without a deadline.")
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
