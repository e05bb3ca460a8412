"""Components fail loudly: a wrong name when the template is compiled, a wrong value when it is rendered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import SafeString

from quorate.toolkit import parts
from quorate.toolkit.components import COMPONENTS, ComponentError, Step, Tab
from quorate.toolkit.templatetags.quorate import register


def render(source: str, **context: object) -> str:
    return Template("{% load quorate %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        '{% section title="A" colour="red" %}{% endsection %}',
        "{% section %}{% endsection %}",
        '{% section title="A" title="B" %}{% endsection %}',
        '{% card "A" "B" %}{% endcard %}',
        "{% tabs %}",
        '{% pill "New" colour="red" %}',
        "{% meter 1 %}",
    ],
)
def test_wrong_names_fail_when_compiled(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% load quorate %}" + source)


@pytest.mark.parametrize(
    "source",
    [
        "{% section title=missing %}{% endsection %}",
        '{% notice tone="purple" %}x{% endnotice %}',
        "{% tabs tabs=missing %}",
        "{% tabs tabs=wrong %}",
        "{% stages steps=wrong %}",
        '{% pill "New" tone="purple" %}',
        "{% pill missing %}",
        '{% result "maybe" %}',
        "{% num missing %}",
        "{% field missing %}",
        "{% fields missing %}",
        "{% table missing %}",
        '{% card title="A" level=7 %}{% endcard %}',
    ],
)
def test_wrong_values_fail_when_rendered(source: str) -> None:
    with pytest.raises(ComponentError):
        render(source, wrong=["a", "b"])


def test_content_is_escaped_once() -> None:
    html = render("{% card title=title %}<b>{{ title }}</b>{% endcard %}", title="<i>")
    assert html.count("&lt;i&gt;") == 2
    assert "<b>" in html


def test_a_component_sees_its_props_only() -> None:
    assert "leak" not in render('{% empty title="T" %}{% endempty %}', action="leak", url="/leak/")


def test_components_nest() -> None:
    html = render('{% facts %}{% fact "State" %}{% pill "New" %}{% endfact %}{% endfacts %}')
    assert '<dl class="facts"><div class="fact"><dt>State</dt><dd><span class="pill"' in html


def test_tabs_say_which_is_shown() -> None:
    html = render("{% tabs tabs %}", tabs=[Tab("One", "/1", True), Tab("Two", "/2", count=0)])
    assert html.count("aria-current") == 1
    assert '<span class="count">0</span>' in html


def test_stages_say_where_a_case_is() -> None:
    html = render("{% stages steps %}", steps=[Step("Queue", "done"), Step("Vote", "now")])
    assert 'aria-current="step">Vote' in html.replace("\n", "")


def test_every_component_is_a_tag_with_words() -> None:
    library = Template("{% load quorate %}").engine.template_libraries["quorate"]
    assert library
    for cls in COMPONENTS:
        assert cls.__doc__
        assert not cls.__doc__.startswith(cls.__name__)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("Jean-Luc de la Tour", "JT"),
        ("prince", "Pr"),
        ("温语晴", "晴"),
        ("", "?"),
        ("(x) y", "Y"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert parts.initials(name) == letters


def test_a_person_is_never_an_avatar_alone() -> None:
    html = parts.person("Ada Lovelace", "/people/ada/")
    assert 'aria-hidden="true"' in html
    assert ">Ada Lovelace</a>" in html
    assert "nobody" in parts.person("")


def test_numbers_are_grouped_and_unknown_is_no_zero() -> None:
    assert "12,904" in parts.num(12904)
    assert "unknown" in parts.num(None)
    assert ">0<" in parts.num(0)


def test_a_meter_says_everything_in_words() -> None:
    html = parts.meter(11, 12, label="In favour", of=21)
    plain = "".join(part.split(">", 1)[-1] for part in html.split("<"))
    assert "In favour" in plain
    assert "11 of 21; 12 needed" in plain
    assert "style=" not in html


def test_parts_escape() -> None:
    for html in (parts.pill("<b>"), parts.person("<b>", "/?<"), parts.num(1, "<b>"), parts.avatar("<b> <i>")):
        assert isinstance(html, SafeString)
        assert "<b>" not in html


def test_why_leads_to_the_reasons() -> None:
    html = render('{% why permission="case.triage" thing="case:7" %}')
    assert 'href="/why/?permission=case.triage&amp;object=case%3A7"' in html
    with pytest.raises(ComponentError):
        render("{% why %}")


def test_the_reference_names_every_tag_and_no_other() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "components.md").read_text(encoding="utf-8")
    named = set(re.findall(r"{% (\w+)", text))
    ours = {*register.tags, *register.filters}
    assert {tag for tag in register.tags if tag not in named} == set()
    built_in = {"load", "block", "endblock", "extends", "translate", "csrf_token", "if", "endif", "url"}
    closing = {name for name in named if name.startswith("end")}
    assert named - ours - built_in - closing == set()
    assert [name for name in register.filters if not re.search(rf"(\||`){name}\b", text)] == []
