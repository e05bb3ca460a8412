"""Whatever is written into a program file, the answer is a program or a list of faults, each with its place."""

from __future__ import annotations

import copy
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from quorate.engine import scaffold
from quorate.engine.definition import examine, from_canonical, mermaid
from quorate.kernel import yamlfile

JUNK = [
    None,
    "",
    "x",
    "new",
    "system",
    "back",
    0,
    -1,
    3.5,
    True,
    [],
    ["x"],
    [None],
    {},
    {"x": None},
    "P1D",
    "a == 1",
    "9/0",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scaffold.new("talk-proposals", tmp_path_factory.mktemp("programs")).folder


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the data."""
    found = [path] if path else []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        found += places(value, (*path, key))
    return found


ORIGINAL = yamlfile.load(
    (scaffold.FILES / "program.yaml.tmpl")
    .read_text()
    .replace("@NAME@", "talks")
    .replace("@TITLE@", "T")
    .replace("@PREFIX@", "TP")
).data
PLACES = places(ORIGINAL)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(JUNK), st.booleans()), min_size=1, max_size=3)
)
def test_any_change_gives_a_program_or_faults(folder: Path, changes: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    data = copy.deepcopy(ORIGINAL)
    for path, value, remove in changes:
        holder = data
        try:
            for key in path[:-1]:
                holder = holder[key]
            if remove:
                del holder[path[-1]]
            else:
                holder[path[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, text)
    (folder / "program.yaml").write_text(text.getvalue())
    program, errors, _warnings = examine(folder)
    assert program is not None or errors
    assert all(error.where and error.what for error in errors)
    if program is not None and not errors:
        assert from_canonical(program.canonical()) == program
        assert mermaid(program)
