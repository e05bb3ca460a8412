"""Where projects are worked on: forms for their record, status, repositories, maintainers and statements."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.ids import is_uuid
from quorate.registers.portfolio import actions, queries
from quorate.registers.portfolio.models import Project
from quorate.registers.portfolio.web.inputs import (
    AttestForm,
    MaintainerForm,
    ProjectForm,
    RepositoryForm,
    StatusForm,
    first_moment,
)
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


def _page(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    button: str,
    project: Project | None = None,
    *,
    template: str = "portfolio/form.html",
    status: int = 200,
    **more: object,
) -> HttpResponse:
    context = {"form": form, "heading": title, "button": button, "project": project, **more}
    return render(request, template, context, status=status)


def _try(form: forms.Form, act: Callable[[], object]) -> int:
    """Do it if the form is complete; the status of the answer, 200 when it was done."""
    if not form.is_valid():
        return 422
    try:
        act()
    except UserError as error:
        blame(form, error)
        return error.status
    return 200


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A project that did not come by an application."""
    actor = actor_from(request)
    authorise(actor, "project.edit")
    title, button = gettext("Add a project"), gettext("Add it")
    if request.method != "POST":
        return _page(request, ProjectForm(), title, button)
    form = ProjectForm(request.POST)
    made: list[Project] = []
    status = _try(form, lambda: made.append(actions.add_project(actor=actor, facts=form.facts())))
    if not made:
        return _page(request, form, title, button, status=status)
    return redirect("portfolio:project", made[0].slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """What is kept of a project itself."""
    actor = actor_from(request)
    project = queries.project_by(slug)
    authorise(actor, "project.edit", project)
    title, button = gettext("Edit %s") % project.name, gettext("Save")
    if request.method != "POST":
        return _page(request, ProjectForm.of(project), title, button, project)
    form = ProjectForm(request.POST)
    status = _try(
        form,
        lambda: actions.change_project(actor=actor, project=project, facts=form.facts(synthetic=project.synthetic)),
    )
    if status != 200:
        return _page(request, form, title, button, project, status=status)
    return redirect("portfolio:project", project.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, slug: str) -> HttpResponse:
    """What a project is to the foundation, by a decision that was not made in a program here."""
    actor = actor_from(request)
    project = queries.project_by(slug)
    authorise(actor, "project.set-status", project)
    title, button = gettext("Status of %s") % project.name, gettext("Set it")
    if request.method != "POST":
        return _page(request, StatusForm(initial={"category": project.category}), title, button, project)
    form = StatusForm(request.POST)

    def act() -> None:
        said = form.cleaned_data
        actions.set_status(
            actor=actor,
            project=project,
            status=said["status"],
            at=first_moment(said["at"]),
            decided_by=said["decided_by"],
            category=said["category"],
        )

    answer = _try(form, act)
    if answer != 200:
        return _page(request, form, title, button, project, status=answer)
    messages.success(request, gettext("The status is set, and the landscape shows it."))
    return redirect("portfolio:project", project.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def repositories(request: HttpRequest, slug: str) -> HttpResponse:
    """The repositories of a project."""
    actor = actor_from(request)
    project = queries.project_by(slug)
    authorise(actor, "project.edit", project)
    title, button = gettext("Repositories of %s") % project.name, gettext("Add it")
    form = RepositoryForm(request.POST or None)
    answer = 200
    if request.method == "POST" and "remove" in request.POST:
        key = request.POST["remove"]
        row = project.repositories.filter(pk=key).first() if is_uuid(key) else None
        if row is None:
            raise NotFound(gettext("there is no such repository"), where="repository")
        actions.remove_repository(actor=actor, repository=row)
        return redirect("portfolio:repositories", project.slug)
    if request.method == "POST":

        def act() -> None:
            said = form.cleaned_data
            actions.register_repository(actor=actor, project=project, url=said["url"], primary=said["primary"])

        answer = _try(form, act)
        if answer == 200:
            return redirect("portfolio:repositories", project.slug)
    rows = list(project.repositories.all())
    template = "portfolio/repositories.html"
    return _page(request, form, title, button, project, template=template, status=answer, rows=rows)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def maintainers(request: HttpRequest, slug: str) -> HttpResponse:
    """Who maintains a project."""
    actor = actor_from(request)
    project = queries.project_by(slug)
    authorise(actor, "project.edit", project)
    title, button = gettext("Maintainers of %s") % project.name, gettext("Add them")
    people = may(actor, "person.read")
    form = MaintainerForm(request.POST or None, people=people)
    answer = 200
    if request.method == "POST" and "end" in request.POST:
        key = request.POST["end"]
        row = project.maintainers.filter(pk=key).first() if is_uuid(key) else None
        if row is None:
            raise NotFound(gettext("there is no such maintainer"), where="maintainer")
        actions.end_maintainer(actor=actor, maintainer=row)
        return redirect("portfolio:maintainers", project.slug)
    if request.method == "POST":

        def act() -> None:
            said = form.cleaned_data
            actions.add_maintainer(
                actor=actor,
                project=project,
                person=said.get("person"),
                handle=said["handle"],
                start=first_moment(said["start"]),
            )

        answer = _try(form, act)
        if answer == 200:
            return redirect("portfolio:maintainers", project.slug)
    rows = list(queries.maintainers_at(project.pk))
    template = "portfolio/maintainers.html"
    return _page(request, form, title, button, project, template=template, status=answer, rows=rows)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attest(request: HttpRequest, slug: str) -> HttpResponse:
    """Vouch for what cannot be measured here."""
    actor = actor_from(request)
    project = queries.project_by(slug)
    authorise(actor, "project.attest", project)
    title, button = gettext("Vouch for something about %s") % project.name, gettext("I vouch for it")
    initial = {"criterion": request.GET.get("criterion", "")[:80]}
    if request.method != "POST":
        return _page(request, AttestForm(initial=initial), title, button, project)
    form = AttestForm(request.POST)

    def act() -> None:
        said = form.cleaned_data
        actions.attest(
            actor=actor,
            project=project,
            criterion=said["criterion"],
            value=form.value_said(),
            evidence_url=said["evidence_url"],
            as_of=first_moment(said["as_of"]),
            expires=first_moment(said["expires"]),
        )

    answer = _try(form, act)
    if answer != 200:
        return _page(request, form, title, button, project, status=answer)
    return redirect("portfolio:project", project.slug)


@login_required
@require_POST
def scan(request: HttpRequest, slug: str) -> HttpResponse:
    """Read the primary repository now. A clone that was read before takes a fraction of a second."""
    actor = actor_from(request)
    project = queries.project_by(slug)
    repository = queries.primary_repository(project.pk)
    if repository is None:
        raise UserError(gettext("no repository is the primary one"), mend=gettext("mark one of them as primary"))
    row, found = actions.scan_repository(actor=actor, repository=repository)
    if found is None:
        messages.error(request, gettext("The repository could not be read: %s.") % row.error)
    else:
        messages.success(request, gettext("The repository was read at %s.") % row.head[:12])
    return redirect("portfolio:project", project.slug)
