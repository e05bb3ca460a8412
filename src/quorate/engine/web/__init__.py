"""Pages of programs and cases, for those who work on them and for the public."""

from __future__ import annotations

from django.urls import path

from quorate.engine.web import cases, lists, public
from quorate.kernel.i18n import _
from quorate.toolkit.navigation import Nav

app_name = "engine"

NAV = [
    Nav("cases", _("Cases"), "engine:cases", section="work", order=20, pin=True),
    Nav("programs", _("Programs"), "engine:programs", section="foundation", order=10, pin=True),
]
PUBLIC_NAV = [Nav("programs", _("Programs"), "engine:public-programs", order=20)]

urlpatterns = [
    path("cases/", lists.cases, name="cases"),
    path("cases/<slug:key>/", cases.case, name="case"),
    path("cases/<slug:key>/review/", cases.review, name="review"),
    path("cases/<slug:key>/amend/", cases.amend, name="amend"),
    path("cases/<slug:key>/do/<slug:gesture>/", cases.act, name="act"),
    path("cases/<slug:key>/do/<slug:gesture>/<slug:about>/", cases.act, name="act-on"),
    path("attachments/<uuid:attachment_id>/", cases.attachment, name="attachment"),
    path("programs/", lists.programs, name="programs"),
    path("programs/<slug:slug>/", lists.program, name="program"),
    path("programs/<slug:slug>/queue/", lists.queue, name="queue"),
    path("p/programs/", public.programs, name="public-programs"),
    path("p/programs/<slug:slug>/", public.program, name="public-program"),
    path("p/programs/<slug:slug>/apply/", public.apply, name="apply"),
    path("p/programs/<slug:slug>/form.yml", public.issue_form, name="issue-form"),
    path("p/programs/<slug:slug>/queue/", public.queue, name="public-queue"),
    path("p/programs/<slug:slug>/cases/", public.cases, name="public-cases"),
    path("p/cases/<slug:key>/", public.case, name="public-case"),
    path("p/cases/<slug:key>/filed/", public.filed, name="filed"),
    path("p/cases/<slug:key>/claim/<str:token>/", public.claim, name="claim"),
]
