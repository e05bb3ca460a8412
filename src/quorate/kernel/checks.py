"""System checks that see what an import linter cannot: relations between tables named by strings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.db.models import Model

from quorate.kernel import discovery


@register("architecture")
def relations_point_down(app_configs: Iterable[AppConfig] | None = None, **_: Any) -> list[CheckMessage]:
    """Every relation of every model points into its own package or a lower tier, and leaves no trace there."""
    chosen = None if app_configs is None else {config.label for config in app_configs}
    found: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        if chosen is None or model._meta.app_label in chosen:
            found += [*_check_model(model)]
    return found


def _check_model(model: type[Model]) -> Iterable[CheckMessage]:
    own = discovery.package_of(model.__module__)
    if own is None:
        return
    for field in model._meta.get_fields():
        if not field.is_relation or field.auto_created or not field.concrete:
            continue
        target = field.related_model
        if not isinstance(target, type):
            yield Error(
                f"{model._meta.label}.{field.name} is a generic relation.",
                hint="Domain tables name what they refer to: use a foreign key.",
                obj=model,
                id="quorate.E002",
            )
            continue
        other = discovery.package_of(target.__module__)
        if other is None or other == own:
            continue
        if _height(own) <= _height(other):
            yield Error(
                f"{model._meta.label}.{field.name} points up or sideways, from {own} to {other}.",
                hint="Relations point down the tiers only: turn it round, or let both refer to something below.",
                obj=model,
                id="quorate.E001",
            )
        remote = getattr(field, "remote_field", None)
        if remote is not None and not (remote.related_name or "").endswith("+"):
            yield Error(
                f"{model._meta.label}.{field.name} puts an accessor on {target._meta.label}.",
                hint='A relation that crosses packages sets related_name="+".',
                obj=model,
                id="quorate.E003",
            )


def _height(package: str) -> int:
    height = discovery.tier_of(package)
    return -1 if height is None else height
