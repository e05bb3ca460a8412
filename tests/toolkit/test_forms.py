"""Forms keep what was typed, put the error beside its field, and say what an action refused."""

from __future__ import annotations

from html.parser import HTMLParser

from django import forms as django_forms

from quorate.kernel.errors import UserError
from quorate.toolkit import forms


class Boat(django_forms.Form):
    name = django_forms.CharField(label="Name", help_text="As painted on the bow.")
    crew = django_forms.IntegerField(label="Crew", required=False)
    sails = django_forms.MultipleChoiceField(
        label="Sails", choices=[("j", "Jib"), ("m", "Main")], widget=django_forms.CheckboxSelectMultiple
    )
    insured = django_forms.BooleanField(label="She is insured")
    token = django_forms.CharField(widget=django_forms.HiddenInput, required=False)


class Ids(HTMLParser):
    """Collects ids and what refers to them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.refers: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if found.get("for"):
            self.refers.add(str(found["for"]))
        self.refers.update((found.get("aria-describedby") or "").split())


def test_every_reference_leads_to_one_element() -> None:
    for form in (Boat(), Boat({"crew": "many"})):
        page = Ids(forms.fields(form))
        assert page.refers <= set(page.ids)
        assert len(page.ids) == len(set(page.ids))


def test_what_was_typed_stays_and_the_error_stands_beside_it() -> None:
    form = Boat({"name": "<Petrel>", "crew": "many"})
    html = forms.field(form["crew"])
    assert 'value="many"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_crew_error"' in html
    assert "Enter a whole number." in html
    assert 'value="&lt;Petrel&gt;"' in forms.field(form["name"])


def test_optional_is_said_in_words() -> None:
    assert "optional" in forms.field(Boat()["crew"])
    assert "optional" not in forms.field(Boat()["name"])


def test_the_summary_leads_to_each_field() -> None:
    form = Boat({"crew": "many"})
    html = forms.errors(form)
    page = Ids(html + forms.fields(form))
    for anchor in ("id_name", "id_crew", "id_sails_0", "id_insured"):
        assert f'href="#{anchor}"' in html
        assert anchor in page.ids
    assert forms.errors(Boat()) == ""


def test_hidden_fields_take_no_room() -> None:
    html = forms.fields(Boat())
    assert html.index('type="hidden"') < html.index('class="fields"')


def test_an_actions_error_goes_where_it_belongs() -> None:
    form = Boat({"name": "Petrel", "sails": ["j"], "insured": "on"})
    assert form.is_valid()
    forms.blame(form, UserError("is taken", where="name", mend="choose another"))
    forms.blame(form, UserError("the harbour is closed", where="harbour.yml:3"))
    forms.blame(form, UserError("", problems=[UserError("too few", where="crew"), UserError("too late")]))
    assert form.errors["name"] == ["is taken (choose another)"]
    assert form.errors["crew"] == ["too few"]
    assert form.non_field_errors() == ["harbour.yml:3: the harbour is closed", "too late"]
