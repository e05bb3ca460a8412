"""Pages of people for those signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.directory import actions
from quorate.directory.models import Affiliation, Person
from quorate.directory.queries import (
    affiliations_of,
    consents_of,
    facts_of_person,
    people_with_employers,
    person_by_key,
    person_of,
)
from quorate.directory.rules import Belonging, Contact, PersonFacts
from quorate.directory.web.forms import BelongsForm, ForgetForm, LeavesForm, PersonForm, moment
from quorate.kernel import clock
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.asof import as_of
from quorate.toolkit.columns import Choice, Column, Empty, Flag
from quorate.toolkit.forms import blame
from quorate.toolkit.history import history
from quorate.toolkit.pages import back, render
from quorate.toolkit.panels import Asked, panels_of
from quorate.toolkit.tables import Table

#: What people may agree to here: purpose, what it means, and the version of that text.
PURPOSES = {
    "directory": (_("Being found in the foundation's directory by members and staff"), "2026-01"),
    "contact": (_("Being written to about programs of the foundation"), "2026-01"),
}


class PeopleTable(Table[Person]):
    """Everybody in the directory."""

    name = "people"
    caption = _("People")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "name",
            _("Name"),
            kind="person",
            sort="name",
            primary=True,
            url=lambda row: reverse("directory:person", args=[row.slug]),
        ),
        Column("employer", _("Belongs to"), sort="employer"),
        Column("public", _("Public page"), sort="public", low=True),
        Column("added", _("Added"), kind="day", sort="created_at", value="created_at", low=True),
        Column("slug", _("Address"), show=False),
    )
    filters: ClassVar[Sequence[Choice | Flag]] = (
        Flag("public", _("With a public page"), apply=lambda rows, _table: rows.filter(public=True)),
    )
    search = ("name", "employer")
    order = "name"
    empty = Empty(_("Nobody here yet"), _("People come with the foundation's files, with applications, or by hand."))


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Everybody, for those who may see records of people."""
    actor = actor_from(request)
    authorise(actor, "person.read")
    moment_asked = as_of(request)
    context = {
        "as_of": moment_asked,
        "may_add": may(actor, "person.edit"),
        "may_merge": may(actor, "person.merge"),
    }
    rows = people_with_employers(moment_asked.at)
    return PeopleTable(request, rows, actor=actor).respond("directory/people.html", context)


@login_required
def record(request: HttpRequest, key: str) -> HttpResponse:
    """One person: where they belong, what they do here, what happened."""
    person = person_by_key(key)
    if key != person.slug:
        return redirect("directory:person", person.slug)
    actor = actor_from(request)
    if not may(actor, "person.read", person) and person.public:
        return redirect("directory:public-person", person.slug)
    authorise(actor, "person.read", person)
    return _page(request, person)


def _page(
    request: HttpRequest, person: Person, forms: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_from(request)
    asked = as_of(request)
    may_edit = may(actor, "person.edit", person)
    rows = affiliations_of(person)
    context: dict[str, Any] = {
        "person": person,
        "as_of": asked,
        "affiliations": rows,
        "current": [row for row in rows if _holds(row, asked.at)],
        "contacts": person.contacts.order_by("-primary", "kind") if may(actor, "person.contact", person) else None,
        "links": person.external_ids.order_by("scheme"),
        "panels": panels_of("person", Asked(request, person, asked.at, public=False)),
        "may_edit": may_edit,
        "may_erase": may(actor, "person.erase", person),
        "may_consent": may(actor, "person.consent", person),
        "mine": actor.person_id == person.id,
        "consents": _consents(person),
        "belongs_form": BelongsForm() if may_edit else None,
        "history": history("person", str(person.id), private=may_edit),
    }
    return render(request, "directory/person.html", {**context, **(forms or {})}, status=status)


def _holds(row: Affiliation, at: Any) -> bool:
    return (row.start is None or row.start <= at) and (row.until is None or at < row.until)


def _consents(person: Person) -> list[dict[str, Any]]:
    standing = {row.purpose: row for row in consents_of(person) if row.withdrawn_at is None}
    return [
        {"purpose": purpose, "words": words, "version": version, "row": standing.get(purpose)}
        for purpose, (words, version) in PURPOSES.items()
    ]


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """To one's own record."""
    person = person_of(actor_from(request))
    if person is None:
        raise NotFound(
            gettext("the directory does not know you yet"), mend=gettext("ask the staff to add you to the directory")
        )
    return redirect("directory:edit-person", person.slug)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Add a person."""
    actor = actor_from(request)
    authorise(actor, "person.edit")
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_person(actor=actor, facts=_facts(form, PersonFacts("?")))
        except UserError as error:
            blame(form, error)
        else:
            return redirect("directory:person", added.slug)
    status = 422 if form.is_bound else 200
    return render(request, "directory/person_form.html", {"form": form, "person": None}, status=status)


@login_required
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change a person's record; everybody may change their own."""
    person = person_by_key(key)
    actor = actor_from(request)
    authorise(actor, "person.edit", person)
    facts = facts_of_person(person)
    form = PersonForm(request.POST or None, initial=_initial(facts))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_person(actor=actor, person=person, facts=_facts(form, facts))
        except UserError as error:
            blame(form, error)
        else:
            messages.success(request, gettext("Saved."))
            return redirect(back(request, reverse("directory:person", args=[person.slug])))
    status = 422 if form.is_bound else 200
    return render(request, "directory/person_form.html", {"form": form, "person": person}, status=status)


def _initial(facts: PersonFacts) -> dict[str, Any]:
    main = next((c.value for c in facts.contacts if c.kind == "email" and c.primary), "")
    names = ("name", "pronouns", "bio", "public", "language", "time_zone")
    return {"email": main, **{name: getattr(facts, name) for name in names}}


def _facts(form: PersonForm, before: PersonFacts) -> PersonFacts:
    """What the form says, on top of what it does not ask."""
    said = dict(form.cleaned_data)
    email = said.pop("email")
    others = tuple(c for c in before.contacts if not (c.kind == "email" and (c.primary or c.value == email)))
    contacts = (Contact("email", email, primary=True), *others) if email else others
    return replace(before, contacts=contacts, **said)


@login_required
@require_POST
def belongs(request: HttpRequest, key: str) -> HttpResponse:
    """Record that a person belongs to an organisation."""
    person = person_by_key(key)
    actor = actor_from(request)
    authorise(actor, "person.edit", person)
    form = BelongsForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        facts = facts_of_person(person)
        row = Belonging(said["organisation"].id, said["title"], moment(said["start"]), moment(said["until"]))
        try:
            actions.change_person(
                actor=actor, person=person, facts=replace(facts, affiliations=(*facts.affiliations, row))
            )
        except UserError as error:
            blame(form, error)
        else:
            return redirect("directory:person", person.slug)
    return _page(request, person, {"belongs_form": form}, status=422)


@login_required
@require_POST
def leaves(request: HttpRequest, key: str) -> HttpResponse:
    """End a person's time at an organisation."""
    person = person_by_key(key)
    actor = actor_from(request)
    authorise(actor, "person.edit", person)
    form = LeavesForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Give the day on which it ended."))
        return redirect("directory:person", person.slug)
    row = person.affiliations.filter(pk=form.cleaned_data["affiliation"]).first()
    if row is None:
        raise NotFound(gettext("there is no such record"))
    facts = facts_of_person(person)
    before = Belonging(row.organisation_id, row.title, row.start, row.until)
    after = replace(before, until=moment(form.cleaned_data["until"]))
    changed = tuple(after if item == before else item for item in facts.affiliations)
    actions.change_person(actor=actor, person=person, facts=replace(facts, affiliations=changed))
    return redirect("directory:person", person.slug)


@login_required
@require_POST
def consent(request: HttpRequest, key: str) -> HttpResponse:
    """Give or withdraw consent to a purpose."""
    person = person_by_key(key)
    actor = actor_from(request)
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        raise UserError(gettext("nobody asks for that consent"), where="purpose")
    if request.POST.get("give"):
        version = PURPOSES[purpose][1]
        actions.give_consent(actor=actor, person=person, purpose=purpose, text_version=version)
    else:
        actions.withdraw_consent(actor=actor, person=person, purpose=purpose)
    return redirect("directory:person", person.slug)


@login_required
def forget(request: HttpRequest, key: str) -> HttpResponse:
    """Forget a person: a page that says what will go, confirmed by the name."""
    person = person_by_key(key)
    actor = actor_from(request)
    authorise(actor, "person.erase", person)
    form = ForgetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["name"].strip() != person.name:
            form.add_error("name", gettext("This is not the name of the record."))
        else:
            try:
                actions.erase_person(actor=actor, person=person)
            except UserError as error:
                blame(form, error)
            else:
                messages.success(request, gettext("The person was forgotten."))
                return redirect("directory:people" if actor.person_id != person.id else "/p/")
    facts = facts_of_person(person)
    asked = Asked(request, person, clock.now(), public=False)
    context = {"form": form, "person": person, "facts": facts, "panels": panels_of("person", asked)}
    return render(request, "directory/forget.html", context, status=422 if form.is_bound else 200)
