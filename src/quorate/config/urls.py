"""The composition root's addresses: sign-in, the API, and what the web surface assembled."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from quorate.surfaces.api.docs import docs, subject
from quorate.surfaces.api.root import api, catch_all

urlpatterns = [
    path("sign-in/", include("allauth.urls")),
    path("api/docs/", docs, name="api-docs"),
    path("api/docs/<slug:slug>/", subject, name="api-docs-subject"),
    path("api/docs", RedirectView.as_view(pattern_name="api-docs")),
    path("api/v1/", api.urls),
    path("api/", include([catch_all])),
    path("", include("quorate.surfaces.web.urls")),
]

handler400 = "quorate.surfaces.web.errors.bad_request"
handler403 = "quorate.surfaces.web.errors.forbidden"
handler404 = "quorate.surfaces.web.errors.not_found"
handler500 = "quorate.surfaces.web.errors.server_error"
