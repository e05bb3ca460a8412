"""Agreements as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "quorate.exchange.agreements"
    label = "agreements"
