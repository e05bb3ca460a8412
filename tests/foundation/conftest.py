"""The example's directory, a copy to change, and the commands as people call them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quorate.surfaces.cli.main import run

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "pytorch-foundation"
Quorate = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the example that a test may change."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "foundation"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The smallest foundation that has everything: one body, two people, one policy."""
    root = tmp_path / "small"
    write(
        root,
        {
            "foundation.yml": "slug: small\nname: Small Foundation\nsynthetic: true\n",
            "organisations.yml": "- slug: quay\n  name: Quay Labs\n",
            "people.yml": (
                "- slug: mara\n  name: Mara Lindgren\n  email: mara@people.example\n"
                "  affiliations:\n    - {organisation: quay, from: 2024-01-01}\n"
                "- slug: otto\n  name: Otto Rask\n  email: otto@people.example\n"
            ),
            "bodies/council.yml": (
                "slug: council\nname: Council\nkind: council\ncharter: policies/rules.md\n"
                "seats:\n  - slug: one\n    title: First seat\n    organisation: quay\n"
                "    terms:\n      - {person: mara, from: 2024-02-01}\n"
            ),
            "policies/rules.md": "---\ntitle: Rules\nslug: rules\nversion: '1'\nbody: council\n---\n\nBe kind.\n",
        },
    )
    return root


def write(root: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def quorate(db: None, capsys: pytest.CaptureFixture[str]) -> Quorate:
    """Run a command with ``--json``; gives exit status, document and standard error."""

    def call(*arguments: object) -> tuple[int, Any, str]:
        capsys.readouterr()
        status = run([*map(str, arguments), "--json"])
        said = capsys.readouterr()
        return status, json.loads(said.out) if said.out else None, said.err

    return call
