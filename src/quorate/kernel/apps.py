"""The kernel as a Django application: it brings the system checks."""

from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "quorate.kernel"
    label = "kernel"

    def ready(self) -> None:
        from quorate.kernel import checks  # noqa: F401, PLC0415  # registers the checks once apps are loaded
