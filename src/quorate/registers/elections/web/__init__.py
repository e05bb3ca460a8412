"""Pages of elections: the public notice and result, nominating, the ballot, and the officers' desk."""

from __future__ import annotations

from django.urls import path

from quorate.kernel.i18n import _
from quorate.registers.elections.web import officers, public, standing, voting
from quorate.toolkit.navigation import Nav

__all__ = ["NAV", "PUBLIC_NAV", "app_name", "urlpatterns"]

app_name = "elections"
NAV = [Nav("elections", _("Elections"), "elections:elections", section="foundation", order=45)]
PUBLIC_NAV = [Nav("elections", _("Elections"), "elections:public-elections", order=50)]

urlpatterns = [
    path("elections/", officers.listed, name="elections"),
    path("elections/new/", officers.new, name="new"),
    path("elections/by-id/<uuid:election_id>/", officers.by_id, name="by-id"),
    path("elections/<slug:slug>/", officers.record, name="election"),
    path("elections/<slug:slug>/edit/", officers.edit, name="edit"),
    path("elections/<slug:slug>/open/", officers.open_now, name="open"),
    path("elections/<slug:slug>/close/", officers.close_now, name="close"),
    path("elections/<slug:slug>/publish/", officers.publish, name="publish"),
    path("elections/<slug:slug>/cancel/", officers.cancel, name="cancel"),
    path("elections/<slug:slug>/seat/", officers.seat, name="seat"),
    path("elections/<slug:slug>/left/", officers.left, name="left"),
    path("elections/<slug:slug>/nominations/<uuid:nomination_id>/withdraw/", officers.strike, name="strike"),
    path("elections/<slug:slug>/requests/<uuid:request_id>/", officers.decide, name="decide"),
    path("elections/<slug:slug>/nominate/", standing.nominate, name="nominate"),
    path("elections/<slug:slug>/nominations/<uuid:nomination_id>/answer/", standing.answer, name="answer"),
    path("elections/<slug:slug>/nominations/<uuid:nomination_id>/endorse/", standing.endorse, name="endorse"),
    path("elections/<slug:slug>/roll/", standing.ask, name="ask"),
    path("elections/<slug:slug>/vote/", voting.vote, name="vote"),
    path("elections/<slug:slug>/cast/", voting.cast, name="cast"),
    path("elections/<slug:slug>/token/", voting.token, name="token"),
    path("p/elections/", public.elections, name="public-elections"),
    path("p/elections/verifier.py", public.verifier_file, name="verifier"),
    path("p/elections/<slug:slug>/", public.election, name="public-election"),
    path("p/elections/<slug:slug>/box/", voting.box, name="box"),
    path("p/elections/<slug:slug>/check/", public.check, name="check"),
    path("p/elections/<slug:slug>/<str:name>", public.download, name="download"),
]
