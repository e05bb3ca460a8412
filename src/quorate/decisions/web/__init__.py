"""Pages of motions and of the register of decisions: the list, the roll call with the derivation of the result, voting and objecting."""

from __future__ import annotations

from django.urls import path

from quorate.decisions.web import decisions, entering, motions, opening, panels
from quorate.kernel.i18n import _
from quorate.toolkit.navigation import Nav

__all__ = ["NAV", "PUBLIC_NAV", "app_name", "panels", "urlpatterns"]

app_name = "decisions"
NAV = [
    Nav("motions", _("Motions"), "decisions:motions", section="foundation", order=40),
    Nav("decisions", _("Decisions"), "decisions:decisions", section="foundation", order=42),
]
PUBLIC_NAV = [Nav("decisions", _("Decisions"), "decisions:public-decisions", order=60)]

urlpatterns = [
    path("motions/", motions.motions, name="motions"),
    path("motions/new/", opening.new, name="new-motion"),
    path("motions/<uuid:motion_id>/", motions.motion, name="motion"),
    path("motions/<uuid:motion_id>/vote/", motions.vote, name="vote"),
    path("motions/<uuid:motion_id>/close/", motions.close, name="close"),
    path("motions/<uuid:motion_id>/recuse/", motions.recuse, name="recuse"),
    path("motions/<uuid:motion_id>/electors/<uuid:elector_id>/attend/", motions.attend, name="attend"),
    path("motions/<uuid:motion_id>/object/", motions.object_to, name="object"),
    path("motions/<uuid:motion_id>/object/withdraw/", motions.withdraw_objection, name="withdraw-objection"),
    path("decisions/", decisions.listed, name="decisions"),
    path("decisions/new/", entering.new, name="new-decision"),
    path("decisions/<uuid:key>/", decisions.by_id, name="decision"),
    path("decisions/<slug:body>/<slug:label>/", decisions.record, name="decision-of"),
    path("decisions/<slug:body>/<slug:label>/expire/", entering.expire, name="expire"),
    path("decisions/<slug:body>/<slug:label>/repeal/", decisions.repeal, name="repeal"),
    path("p/decisions/", decisions.public_listed, name="public-decisions"),
    path("p/decisions/<uuid:key>/", decisions.public_by_id, name="public-decision"),
    path("p/decisions/<slug:body>/<slug:label>/", decisions.public_record, name="public-decision-of"),
]
