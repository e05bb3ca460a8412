"""Membership as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "quorate.registers.membership"
    label = "membership"
