"""The portfolio as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from quorate.registers.portfolio.overlaps import install_after_migrate


class PortfolioConfig(AppConfig):
    name = "quorate.registers.portfolio"
    label = "portfolio"

    def ready(self) -> None:
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="portfolio overlaps")
