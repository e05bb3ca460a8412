"""The addresses of the site: those of every package that has pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from quorate.kernel import discovery

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(module)) for module in discovery.load("web") if hasattr(module, "urlpatterns")
]
