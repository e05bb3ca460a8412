"""Pages of people and organisations: lists, records as of a day, editing, merging, consent, and the public side."""

from __future__ import annotations

from django.urls import path

from quorate.directory.web import merging, organisations, people, public
from quorate.kernel.i18n import _
from quorate.toolkit.navigation import Nav

app_name = "directory"
NAV = [
    Nav("people", _("People"), "directory:people", section="foundation", order=10, permission="person.read"),
    Nav("organisations", _("Organisations"), "directory:organisations", section="foundation", order=15),
]
PUBLIC_NAV = [Nav("organisations", _("Organisations"), "directory:public-organisations", order=60)]
SETTINGS_NAV = [Nav("profile", _("Your profile"), "directory:profile")]

urlpatterns = [
    path("people/", people.listed, name="people"),
    path("people/new/", people.new, name="new-person"),
    path("people/duplicates/", merging.people, name="people-duplicates"),
    path("people/merge/", merging.merge_people, name="merge-people"),
    path("people/<slug:key>/", people.record, name="person"),
    path("people/<slug:key>/edit/", people.edit, name="edit-person"),
    path("people/<slug:key>/belongs/", people.belongs, name="belongs"),
    path("people/<slug:key>/leaves/", people.leaves, name="leaves"),
    path("people/<slug:key>/consent/", people.consent, name="consent"),
    path("people/<slug:key>/forget/", people.forget, name="forget"),
    path("organisations/", organisations.listed, name="organisations"),
    path("organisations/new/", organisations.new, name="new-organisation"),
    path("organisations/duplicates/", merging.organisations, name="organisations-duplicates"),
    path("organisations/merge/", merging.merge_organisations, name="merge-organisations"),
    path("organisations/<slug:key>/", organisations.record, name="organisation"),
    path("organisations/<slug:key>/edit/", organisations.edit, name="edit-organisation"),
    path("organisations/<slug:key>/alias/", organisations.alias, name="alias"),
    path("organisations/<slug:key>/control/", organisations.control, name="control"),
    path("organisations/<slug:key>/control/end/", organisations.end_control, name="end-control"),
    path("merges/<uuid:merge_id>/undo/", merging.undo, name="undo-merge"),
    path("settings/profile/", people.profile, name="profile"),
    path("p/people/", public.people, name="public-people"),
    path("p/people/<slug:key>/", public.person, name="public-person"),
    path("p/organisations/", public.organisations, name="public-organisations"),
    path("p/organisations/<slug:key>/", public.organisation, name="public-organisation"),
]
