"""Mounts the pages of every package that has a ``web.py``; nothing lists them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from quorate.kernel import discovery


def mounted() -> list[URLPattern | URLResolver]:
    """One include for each package's ``urlpatterns``, named by its ``app_name`` or else by the package."""
    found: list[URLPattern | URLResolver] = []
    for module in discovery.load("web"):
        patterns = getattr(module, "urlpatterns", None)
        if patterns:
            name = getattr(module, "app_name", module.__name__.split(".")[-2])
            found.append(path("", include((patterns, name))))
    return found


urlpatterns = mounted()
