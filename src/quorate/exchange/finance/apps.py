"""The books as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "quorate.exchange.finance"
    label = "finance"
