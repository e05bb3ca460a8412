"""The kernel as a Django application: system checks, and the loading of what the packages declare."""

from __future__ import annotations

from django.apps import AppConfig

from quorate.kernel import checks, discovery

#: Modules in which a package declares things to those below it, in the order in which they are read.
DECLARATIONS = (
    "triggers",
    "kinds",
    "permissions",
    "refs",
    "sources",
    "actions",
    "ports",
    "jobs",
    "work",
    "search",
    "tellers",
)


class KernelConfig(AppConfig):
    name = "quorate.kernel"
    label = "kernel"
    checks = checks.relations_point_down

    def ready(self) -> None:
        for module in DECLARATIONS:
            discovery.load(module)
