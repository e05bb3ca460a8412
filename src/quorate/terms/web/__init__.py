"""Pages of bodies, seats and policies: rosters as of a day, vacancies with their clock, and the public side."""

from __future__ import annotations

from django.urls import path

from quorate.kernel.i18n import _
from quorate.terms.web import bodies, charters, comparing, groups, panels, public, seats
from quorate.toolkit.navigation import Nav

__all__ = ["NAV", "PUBLIC_NAV", "app_name", "panels", "urlpatterns"]

app_name = "terms"
NAV = [Nav("bodies", _("Bodies"), "terms:bodies", section="foundation", order=20)]
PUBLIC_NAV = [
    Nav("bodies", _("Bodies"), "terms:public-bodies", order=40),
    Nav("policies", _("Policies"), "terms:policies", order=70),
]

urlpatterns = [
    path("bodies/", bodies.listed, name="bodies"),
    path("bodies/new/", bodies.new, name="new-body"),
    path("bodies/propose/", groups.propose, name="propose-group"),
    path("bodies/<slug:key>/", bodies.record, name="body"),
    path("bodies/<slug:key>/edit/", bodies.edit, name="edit-body"),
    path("bodies/<slug:key>/close/", bodies.close, name="close-body"),
    path("bodies/<slug:key>/report/", groups.report, name="report"),
    path("bodies/<slug:key>/step/", groups.step, name="step"),
    path("bodies/<slug:key>/compare/", comparing.compared, name="compare"),
    path("bodies/<slug:key>/charters/new/", charters.new, name="new-charter"),
    path("bodies/<slug:key>/charters/<str:version>/", charters.record, name="charter"),
    path("bodies/<slug:key>/seats/new/", seats.new, name="new-seat"),
    path("bodies/<slug:key>/seats/<slug:seat>/", seats.record, name="seat"),
    path("bodies/<slug:key>/seats/<slug:seat>/edit/", seats.edit, name="edit-seat"),
    path("bodies/<slug:key>/seats/<slug:seat>/close/", seats.close, name="close-seat"),
    path("bodies/<slug:key>/seats/<slug:seat>/appoint/", seats.appoint, name="appoint"),
    path("bodies/<slug:key>/seats/<slug:seat>/alternate/", seats.alternate, name="alternate"),
    path("bodies/<slug:key>/seats/<slug:seat>/end/", seats.end, name="end-term"),
    path("p/bodies/", public.bodies, name="public-bodies"),
    path("p/bodies/<slug:key>/", public.body, name="public-body"),
    path("p/bodies/<slug:key>/charters/<str:version>/", public.charter, name="public-charter"),
    path("p/policies/", public.policies, name="policies"),
    path("p/policies/<slug:slug>/", public.policy, name="policy"),
]
