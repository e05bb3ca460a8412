"""Elections as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ElectionsConfig(AppConfig):
    name = "quorate.registers.elections"
    label = "elections"
