"""Meetings as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "quorate.registers.meetings"
    label = "meetings"
