"""Forms as pages show them: label, help, control and error together, and errors of actions put where they belong."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm, CheckboxInput, HiddenInput, Textarea
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit.parts import ComponentError

SIZES = ("", "short", "medium")


class LongText(Textarea):
    """Several lines of text, written without a template: a page of steps has one for each."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The control."""
        given = self.build_attrs(self.attrs, attrs)
        return format_html(
            '<textarea name="{}"{}>\n{}</textarea>', name, flatatt(given), self.format_value(value) or ""
        )


class Hidden(HiddenInput):
    """A hidden value, written without a template."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The control."""
        given = self.build_attrs(self.attrs, attrs)
        shown = self.format_value(value)
        said = format_html(' value="{}"', shown) if shown is not None else ""
        return format_html('<input type="hidden" name="{}"{}{}>', name, said, flatatt(given))


def field(bound: BoundField, *, size: str = "", help_text: object = "") -> SafeString:
    """One field. ``size`` bounds its width; ``help_text`` replaces the field's own."""
    if not isinstance(bound, BoundField):
        raise ComponentError(f"field: needs a field of a form, got {bound!r} (is it spelt right?)")
    if size not in SIZES:
        raise ComponentError(f"field: no size {size!r}; known: {', '.join(filter(None, SIZES))}")
    if bound.is_hidden:
        return SafeString(f"{bound.errors}{bound}" if bound.errors else str(bound))
    widget = bound.field.widget
    words = help_text or bound.help_text
    hint = format_html('<div class="help" id="{}_helptext">{}</div>', bound.auto_id, words) if words else ""
    wrong = _wrong(bound) if bound.errors else ""
    classes = " ".join(filter(None, ("field", "wrong" if wrong else "", size)))
    # Said in Python, since a page of a case has a form for each step that may be taken, and a template for each
    # field of each of them was a fifth of the page's time.
    if widget.use_fieldset:
        described = format_html(' aria-describedby="{}"', bound.aria_describedby) if bound.aria_describedby else ""
        return format_html(
            '<fieldset class="{}"{}><legend>{}{}</legend>{}{}<div class="options">{}</div></fieldset>',
            classes, described, bound.label, _optional(bound), hint, wrong, bound,
        )  # fmt: skip
    if isinstance(widget, CheckboxInput):
        return format_html(
            '<div class="{}">{}<div class="check-line"><label class="check" for="{}">{}<span>{}</span></label></div>{}</div>',
            classes, wrong, bound.id_for_label, bound, bound.label, hint,
        )  # fmt: skip
    return format_html(
        '<div class="{}"><label for="{}">{}{}</label>{}{}{}</div>',
        classes, bound.id_for_label, bound.label, _optional(bound), hint, bound, wrong,
    )  # fmt: skip


def _optional(bound: BoundField) -> SafeString:
    if bound.field.required:
        return SafeString("")
    return format_html(' <span class="optional">{}</span>', gettext("optional"))


def _wrong(bound: BoundField) -> SafeString:
    said = format_html_join("", '<p class="error">{}</p>', ((error,) for error in bound.errors))
    return format_html('<div id="{}_error">{}</div>', bound.auto_id, said)


def fields(form: BaseForm) -> SafeString:
    """All fields in order, hidden ones first."""
    if not isinstance(form, BaseForm):
        raise ComponentError(f"fields: needs a form, got {form!r} (is the variable defined?)")
    hidden = format_html_join("", "{}", ((bound,) for bound in form.hidden_fields()))
    shown = format_html_join("\n", "{}", ((field(bound),) for bound in form.visible_fields()))
    return SafeString(f'{hidden}<div class="fields">{shown}</div>')


def errors(form: BaseForm) -> SafeString:
    """What is wrong with the form, each error with a link to its field."""
    if not isinstance(form, BaseForm):
        raise ComponentError(f"errors: needs a form, got {form!r} (is the variable defined?)")
    if not form.is_bound or not form.errors:
        return SafeString("")
    by_field = [(bound.label, _anchor(bound), message) for bound in form for message in form.errors.get(bound.name, ())]
    context = {"general": form.non_field_errors(), "by_field": by_field}
    return SafeString(render_to_string("toolkit/components/errors.html", context))


def _anchor(bound: BoundField) -> str:
    """The control to go to: for a group of options, the first of them."""
    identifier = bound.auto_id or bound.html_name
    return f"{identifier}_0" if bound.field.widget.use_fieldset else identifier


def blame(form: BaseForm, error: UserError) -> None:
    """Put an action's error beside the field it names by ``where``, else above the form."""
    for problem in error.problems or (error,):
        name = problem.where if problem.where in form.fields else None
        words = f"{problem.what} ({problem.mend})" if problem.mend else problem.what
        if name is None and problem.where and problem.where.replace(".", "").replace("_", "").isidentifier() is False:
            words = f"{problem.where}: {words}"
        form.add_error(name, words)
