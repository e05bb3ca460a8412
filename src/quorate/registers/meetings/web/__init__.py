"""Pages of meetings: what is coming, agendas, the console, minutes, action items, and the public side with its feeds."""

from __future__ import annotations

from django.urls import path

from quorate.kernel.i18n import _
from quorate.registers.meetings.web import agendas, bodies, console, items, minutes, pages, panels, planning, public
from quorate.toolkit.navigation import Nav

__all__ = ["NAV", "PUBLIC_NAV", "app_name", "panels", "urlpatterns"]

app_name = "meetings"
NAV = [Nav("meetings", _("Meetings"), "meetings:meetings", section="foundation", order=30)]
PUBLIC_NAV = [Nav("meetings", _("Meetings"), "meetings:public-meetings", order=50)]

urlpatterns = [
    path("meetings/", pages.listed, name="meetings"),
    path("meetings/of/<slug:key>/", bodies.record, name="body"),
    path("meetings/of/<slug:key>/propose/", agendas.propose, name="propose"),
    path("meetings/of/<slug:key>/series/new/", planning.new_series, name="new-series"),
    path("meetings/of/<slug:key>/new/", planning.new_meeting, name="new-meeting"),
    path("meetings/of/<slug:key>/series/<slug:series>/end/", planning.end_series, name="end-series"),
    path("meetings/of/<slug:key>/series/<slug:series>/<str:day>/", planning.occurrence, name="occurrence"),
    path("meetings/of/<slug:key>/series/<slug:series>/<str:day>/plan/", planning.plan, name="plan"),
    path("meetings/of/<slug:key>/action-items/", items.listed, name="action-items"),
    path("meetings/action-items/<uuid:item_id>/confirm/", items.confirm, name="confirm-action-item"),
    path("meetings/action-items/<uuid:item_id>/close/", items.close, name="close-action-item"),
    path("meetings/proposals/<uuid:item_id>/decline/", agendas.decline, name="decline"),
    path("meetings/<uuid:meeting_id>/", pages.record, name="meeting"),
    path("meetings/<uuid:meeting_id>/change/", planning.change, name="change"),
    path("meetings/<uuid:meeting_id>/agenda/", agendas.build, name="agenda"),
    path("meetings/<uuid:meeting_id>/agenda/<uuid:item_id>/", agendas.edit, name="edit-item"),
    path("meetings/<uuid:meeting_id>/run/", console.page, name="run"),
    path("meetings/<uuid:meeting_id>/run/<slug:what>/", console.act, name="act"),
    path("meetings/<uuid:meeting_id>/minutes/", minutes.page, name="minutes"),
    path("p/meetings/", public.listed, name="public-meetings"),
    path("p/meetings.ics", public.calendar, name="calendar"),
    path("p/bodies/<slug:key>/meetings/", public.body, name="public-body"),
    path("p/bodies/<slug:key>/meetings.ics", public.body_calendar, name="body-calendar"),
    path("p/bodies/<slug:key>/meetings/<slug:series>.ics", public.series_calendar, name="series-calendar"),
    path("p/meetings/<uuid:meeting_id>/", public.meeting, name="public-meeting"),
    path("p/meetings/<uuid:meeting_id>/minutes/", public.minutes, name="public-minutes"),
    path("p/meetings/<uuid:meeting_id>/minutes.md", public.minutes_file, name="minutes-file"),
    path("p/meetings/<uuid:meeting_id>/minutes.pdf", public.minutes_pdf, name="minutes-pdf"),
]
