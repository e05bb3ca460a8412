"""``quorate export foundation``: what is written back says the same, and files that say it keep their comments."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from tests.foundation.conftest import EXAMPLE, Quorate

from quorate.kernel import yamlfile
from quorate.kernel.schemas import plain
from quorate.toolkit.yamltext import dump


def test_what_is_exported_applies_as_an_empty_plan(quorate: Quorate, tmp_path: Path) -> None:
    quorate("apply", EXAMPLE)
    status, document, _ = quorate("export", "foundation", tmp_path / "out")
    assert status == 0
    assert "bodies/tac.yml" in document["written"]
    status, plan, _ = quorate("apply", tmp_path / "out")
    assert (status, plan["changes"], plan["refused"], plan["kept"]) == (0, [], [], [])


def test_an_export_applied_to_nothing_is_the_same_foundation(quorate: Quorate, small: Path, tmp_path: Path) -> None:
    quorate("apply", small)
    quorate("export", "foundation", tmp_path / "one")
    _, again, _ = quorate("export", "foundation", tmp_path / "two")
    for name in again["files"]:
        assert (tmp_path / "one" / name).read_text() == (tmp_path / "two" / name).read_text()


def test_files_that_say_the_same_keep_their_bytes(quorate: Quorate, copy: Path) -> None:
    quorate("apply", copy)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    _, document, _ = quorate("export", "foundation", copy)
    assert document["written"] == []
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_a_directory_of_other_things_is_left_alone(quorate: Quorate, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    status, document, _ = quorate("export", "foundation", tmp_path)
    assert (status, document["error"]["what"]) == (2, "the directory holds other things")


_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60)
_scalars = st.one_of(_texts, st.booleans(), st.integers(-(10**9), 10**9), st.none(), st.just("2026-01-31"))
_keys = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
_trees = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3), max_leaves=8
)


@example([{"a": "?0"}], False)
@example([{"a": {"b": ">x", "c": "|"}}], True)
@given(st.lists(st.dictionaries(_keys, _trees, min_size=1, max_size=4), min_size=1, max_size=4), st.booleans())
def test_what_is_written_is_read_back(rows: list[dict[str, object]], spaced: bool) -> None:
    assert plain(yamlfile.load(dump(rows, spaced=spaced))).data == rows
