"""The composition root's addresses: what the surfaces assembled, and sign-in."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("sign-in/", include("allauth.urls")),
]
