"""``{% load quorate %}``: the components, the small parts, forms and tables as template tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms as django_forms
from django import template
from django.forms.boundfield import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quorate.toolkit import components, forms, markdown, parts, tables, times

register = template.Library()
components.install(register)

register.simple_tag(times.when, name="when")
register.simple_tag(times.age, name="age")
register.simple_tag(times.ago, name="ago")
register.simple_tag(times.clock, name="clock")
register.simple_tag(times.unknown, name="unknown")
register.simple_tag(parts.pill, name="pill")
register.simple_tag(parts.result, name="result")
register.simple_tag(parts.num, name="num")
register.simple_tag(parts.avatar, name="avatar")
register.simple_tag(parts.person, name="person")
register.simple_tag(parts.meter, name="meter")
register.simple_tag(parts.why, name="why")


@register.simple_tag(name="people")
def people(items: Iterable[Any], down: bool = False, org: bool = False) -> SafeString:
    """A list of people."""
    return parts.people(items, down=down, org=org)


@register.simple_tag(name="act", takes_context=True)
def act(
    context: Context,
    label: object,
    url: str,
    tone: Any = "",
    fields: Mapping[str, object] | None = None,
    describe: object = "",
) -> SafeString:
    """One button that posts."""
    return parts.act(context["request"], label, url, tone=tone, fields=fields, describe=describe)


@register.simple_tag(name="field")
def field(bound: BoundField, size: str = "", help: object = "") -> SafeString:
    """One field: label, help, control, and its error beside it."""
    return forms.field(bound, size=size, help_text=help)


@register.simple_tag(name="fields")
def fields(form: django_forms.BaseForm) -> SafeString:
    """All fields of a form, the hidden ones included."""
    return forms.fields(form)


@register.simple_tag(name="errors")
def errors(form: django_forms.BaseForm) -> SafeString:
    """The summary of what is wrong, with a link to each field; nothing when nothing is."""
    return forms.errors(form)


@register.simple_tag(name="table", takes_context=True)
def table(context: Context, made: tables.Table[Any]) -> SafeString:
    """A list page's table with its filters, pages and exports."""
    if not isinstance(made, tables.Table):
        raise parts.ComponentError(f"table: needs a Table, got {made!r} (is the variable defined?)")
    return SafeString(render_to_string("toolkit/components/table.html", {"table": made}, context.get("request")))


@register.filter(name="markdown")
def markdown_filter(text: str | None) -> SafeString:
    """Safe HTML of Markdown, in a block that gives it its rhythm; nothing for no text."""
    html = markdown.render(str(text or ""))
    return format_html('<div class="prose">{}</div>', html) if html else html


@register.filter(name="markdown_line")
def markdown_line(text: str | None) -> SafeString:
    """Safe HTML of one line of Markdown."""
    return markdown.inline(str(text or ""))


@register.filter(name="plain")
def plain(text: str | None) -> str:
    """The words of Markdown alone."""
    return markdown.plain(str(text or ""))
