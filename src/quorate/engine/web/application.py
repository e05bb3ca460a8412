"""A GitHub issue form as a web form: the same questions in the same order, each element as a fitting control."""

from __future__ import annotations

from typing import Any

from django import forms

from quorate.engine.definition import Program as Definition
from quorate.engine.forms import Element, ElementKind
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.forms import blame


class ApplicationForm(forms.Form):
    """The answers to a program's form. Only shape is checked here; ``file_case`` checks the answers themselves.

    Fields are named by the elements' ids with ``q-`` before them, so that no question collides with ours.
    """

    use_required_attribute = False

    def __init__(self, definition: Definition, *args: Any, asks_contact: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        assert definition.form is not None  # the pages ask for a form only where there is one
        self.form = definition.form
        if self.form.title_prompt or self.form.title:
            self.fields["title"] = forms.CharField(label=self.form.title_prompt or _("Title"), max_length=200)
        for element in self.form.questions:
            self.fields[field_name(element.id)] = _control(element, private=element.id in definition.private_questions)
        if asks_contact:
            self.fields["email"] = forms.EmailField(
                label=_("Your e-mail address"),
                help_text=_("We write to you about this application and nothing else. It is not shown to the public."),
                max_length=254,
                widget=forms.EmailInput(attrs={"autocomplete": "email"}),
            )
        self.fields["key"] = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def answers(self) -> dict[str, Any]:
        """The answers by element id, as the engine takes them."""
        return {element.id: self.cleaned_data.get(field_name(element.id)) for element in self.form.questions}

    def refuse(self, error: UserError) -> None:
        """Put the errors of filing beside the questions they belong to."""
        renamed = [
            UserError(problem.what, field_name(problem.where), problem.mend)
            if field_name(problem.where) in self.fields
            else problem
            for problem in (error.problems or (error,))
        ]
        blame(self, UserError(error.what, error.where, error.mend, problems=renamed))

    def blocks(self) -> list[tuple[str, Any]]:
        """What stands on the page in order: ``("text", markdown)`` and ``("field", bound field)``."""
        shown: list[tuple[str, Any]] = []
        if "title" in self.fields:
            shown.append(("field", self["title"]))
        for element in self.form.elements:
            if element.asks:
                shown.append(("field", self[field_name(element.id)]))
            else:
                shown.append(("text", element.value))
        if "email" in self.fields:
            shown.append(("field", self["email"]))
        return shown


def field_name(element: str) -> str:
    """The name of an element's control."""
    return f"q-{element}"


def _control(element: Element, *, private: bool) -> forms.Field:
    help_text = element.description
    if private:
        quiet = gettext("Seen only by those who work on the application.")
        help_text = f"{help_text} {quiet}".strip()
    common: dict[str, Any] = {"label": element.label or element.id, "help_text": help_text}
    common["required"] = element.required or any(option.required for option in element.options)
    common["error_messages"] = {"required": gettext("an answer is needed here")}
    common["initial"] = element.value or None
    if element.kind is ElementKind.INPUT:
        field: forms.Field = forms.CharField(
            widget=forms.TextInput(attrs={"placeholder": element.placeholder}), **common
        )
    elif element.kind is ElementKind.TEXTAREA:
        attributes = {"placeholder": element.placeholder, "rows": 10 if element.render else 4}
        if element.render:
            attributes["spellcheck"] = "false"
        field = forms.CharField(widget=forms.Textarea(attrs=attributes), **common)
    elif element.takes_many:
        choices = [(label, label) for label in element.choices]
        field = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    else:
        common["initial"] = element.default_choice or None
        blank = [("", gettext("Choose…") if element.required else gettext("None"))]
        field = forms.ChoiceField(choices=[*blank, *((label, label) for label in element.choices)], **common)
    return field
