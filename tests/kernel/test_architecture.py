"""The rules of the layout that an import linter cannot see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import checks
from django.db import models
from django.test.utils import isolate_apps

from quorate.kernel import discovery
from quorate.kernel.checks import _check_model
from quorate.terms.models import Body

SOURCE = discovery.ROOT
FORBIDDEN_NAMES = {"utils", "common", "services", "helpers", "misc"}


def python_files() -> Iterator[Path]:
    yield from (path for path in SOURCE.rglob("*.py") if "__pycache__" not in path.parts)


def test_relations_point_down() -> None:
    assert list(checks.run_checks(tags=["architecture"])) == []


@isolate_apps("quorate.directory", "quorate.terms")
def test_a_relation_that_points_up_is_seen() -> None:
    class Upward(models.Model):
        body = models.ForeignKey("terms.Body", on_delete=models.CASCADE)

        class Meta:
            app_label = "directory"

    Upward.__module__ = "quorate.directory.models"
    Upward._meta.get_field("body").remote_field.model = Body
    Upward._meta.get_field("body").__dict__.pop("related_model", None)
    assert {message.id for message in _check_model(Upward)} == {"quorate.E001", "quorate.E003"}


def test_only_discovery_imports_by_name() -> None:
    guilty = [
        str(path.relative_to(SOURCE))
        for path in python_files()
        if re.search(r"\bimport_module\(|\b__import__\(|importlib", path.read_text())
    ]
    assert guilty == ["kernel/discovery.py"]


def test_historical_models_are_asked_for_in_migrations_only() -> None:
    guilty = [
        str(path.relative_to(SOURCE))
        for path in python_files()
        if "get_model(" in path.read_text() and "migrations" not in path.parts
    ]
    assert guilty == []


def test_no_drawers() -> None:
    assert [p for p in python_files() if FORBIDDEN_NAMES & {p.stem, *p.relative_to(SOURCE).parts}] == []


def test_every_folder_of_code_is_a_package() -> None:
    """The import linter skips folders without ``__init__.py``, so there must be none."""
    folders = {path.parent for path in python_files()}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("package", discovery.packages())
def test_packages_have_a_tier(package: str) -> None:
    assert discovery.tier_of(package) is not None
