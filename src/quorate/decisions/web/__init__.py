"""Pages of motions: the list, the roll call with the derivation of the result, voting and objecting."""

from __future__ import annotations

from django.urls import path

from quorate.decisions.web import motions
from quorate.kernel.i18n import _
from quorate.toolkit.navigation import Nav

__all__ = ["NAV", "app_name", "urlpatterns"]

app_name = "decisions"
NAV = [Nav("motions", _("Motions"), "decisions:motions", section="foundation", order=40)]

urlpatterns = [
    path("motions/", motions.motions, name="motions"),
    path("motions/<uuid:motion_id>/", motions.motion, name="motion"),
    path("motions/<uuid:motion_id>/vote/", motions.vote, name="vote"),
    path("motions/<uuid:motion_id>/close/", motions.close, name="close"),
    path("motions/<uuid:motion_id>/object/", motions.object_to, name="object"),
    path("motions/<uuid:motion_id>/object/withdraw/", motions.withdraw_objection, name="withdraw-objection"),
]
