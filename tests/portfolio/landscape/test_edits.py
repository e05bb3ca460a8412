"""Edits touch the lines they are about and no others."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.portfolio.landscape.test_checks import NEW, OLD
from tests.portfolio.real_files import LANDSCAPE, needs_landscape

from quorate.kernel.errors import Conflict, NotFound, UserError
from quorate.registers.portfolio.landscape import edits, positions
from quorate.registers.portfolio.landscape.checks import read
from quorate.registers.portfolio.landscape.comparison import compare
from quorate.registers.portfolio.landscape.dialects import convert
from quorate.registers.portfolio.landscape.document import ItemPath, LandscapeFile

ALPHA = ItemPath("Tools", "General", "Alpha")
BETA = ItemPath("Tools", "General", "Beta")


def changed_lines(before: LandscapeFile, after: LandscapeFile) -> list[str]:
    lines = difflib.unified_diff(before.text.splitlines(), after.text.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_a_changed_value_changes_its_line_only_and_keeps_its_comment() -> None:
    before = read(OLD)
    after = edits.edit_item(before, ALPHA, {"name": "Alpha: One"})
    assert changed_lines(before, after) == [
        "-            name: Alpha   # the first",
        "+            name: 'Alpha: One'   # the first",
    ]


def test_nothing_changed_is_the_same_file() -> None:
    file = read(OLD)
    assert edits.edit_item(file, ALPHA, {"crunchbase": None, "logo": "alpha.svg"}) is file


def test_a_new_key_goes_where_other_items_have_it() -> None:
    before = read(OLD)
    after = edits.edit_item(before, BETA, {"repo_url": "https://github.com/b/b", "project": "archived"})
    assert changed_lines(before, after) == [
        "+            project: archived",
        "+            repo_url: https://github.com/b/b",
    ]
    assert list(after.item(BETA).fields) == ["name", "homepage_url", "logo", "project", "repo_url", "extra"]


def test_nested_keys_are_edited_in_place() -> None:
    before = read(OLD)
    after = edits.edit_item(before, BETA, {"extra.archived": "2026-01-01"})
    assert changed_lines(before, after) == ["+              archived: '2026-01-01'"]
    gone = edits.edit_item(after, BETA, {"extra.archived": None, "extra.accepted": None})
    assert changed_lines(before, gone) == ["-            extra:", "-              accepted: '2024-01-02'"]
    made = edits.edit_item(before, ALPHA, {"extra.accepted": "2025-05-05"})
    assert changed_lines(before, made) == ["+            extra:", "+              accepted: '2025-05-05'"]


def test_null_values_are_filled_and_values_of_several_lines_written() -> None:
    before = read(OLD.replace("crunchbase: null", "crunchbase:   "))
    after = edits.edit_item(before, ALPHA, {"crunchbase": "https://c.example", "name": "one\ntwo"})
    assert changed_lines(before, after) == [
        "-            name: Alpha   # the first",
        '+            name: "one\\ntwo"   # the first',
        "-            crunchbase:   ",
        "+            crunchbase: https://c.example",
    ]
    text = edits.edit_item(before, BETA, {"logo": "a\nb"})
    assert changed_lines(before, text)[1:] == ["+            logo: |-", "+              a", "+              b"]


def test_adding_and_removing_an_item_are_inverse() -> None:
    before = read(OLD)
    after = edits.add_item(before, "Tools", "General", {"name": "Aleph", "homepage_url": "https://a.example"})
    assert [item.name for item in after.items][:3] == ["Aleph", "Alpha", "Beta"]
    assert changed_lines(before, after) == [
        "+          - item:",
        "+            name: Aleph",
        "+            homepage_url: https://a.example",
    ]
    assert edits.remove_item(after, ItemPath("Tools", "General", "Aleph")).text == before.text


def test_an_item_of_a_plain_file_has_no_marker() -> None:
    after = edits.add_item(read(NEW), "Tools", "General", {"name": "Zeta", "second_path": ["Tools / General"]})
    assert after.text == NEW + "    - name: Zeta\n      second_path:\n      - Tools / General\n"


def test_a_new_place_is_made() -> None:
    before = read(OLD)
    after = edits.add_item(before, "Tools", "3D", {"name": "Delta"})
    assert changed_lines(before, after) == [
        "+      - subcategory:",
        "+        name: 3D",
        "+        items:",
        "+          - item:",
        "+            name: Delta",
    ]
    whole = edits.add_item(before, "Other", "New", {"name": "Delta"})
    assert whole.text.startswith(OLD)
    assert whole.items[-1].path == ItemPath("Other", "New", "Delta")
    assert whole.marked


def test_the_last_item_leaves_an_empty_list_that_can_be_filled() -> None:
    path = ItemPath("Demo Members", "Gold", "Gamma Inc. (member)")
    empty = edits.remove_item(read(OLD), path)
    assert empty.text.endswith("        items: []\n")
    again = edits.add_item(empty, path.category, path.subcategory, {"name": path.name})
    assert again.items[-1].path == path


def test_moving_takes_the_lines_and_the_comment_along() -> None:
    before = read(OLD)
    after = edits.move_item(before, BETA, "Demo Members", "Gold")
    assert sorted(after.text) == sorted(before.text)
    assert after.text.endswith("              accepted: '2024-01-02'\n")
    assert after.text.index("# Beta was added by hand") > after.text.index("name: Demo Members")
    assert [difference.change for difference in compare(before, after)] == ["moved"]
    elsewhere = edits.move_item(before, BETA, "Demo Members", "Silver")
    assert elsewhere.items[-1].path == ItemPath("Demo Members", "Silver", "Beta")
    first = edits.move_item(before, BETA, "Tools", "General", at=0)
    assert [item.name for item in first.items][:2] == ["Beta", "Alpha"]


def test_faults_of_the_asker() -> None:
    file = read(OLD)
    with pytest.raises(NotFound):
        edits.edit_item(file, ItemPath("Tools", "General", "Nobody"), {"logo": "x"})
    with pytest.raises(Conflict):
        edits.add_item(file, "Tools", "General", {"name": "Alpha"})
    with pytest.raises(Conflict):
        edits.edit_item(file, BETA, {"name": "Alpha"})
    with pytest.raises(UserError):
        edits.edit_item(file, BETA, {"name": None})
    with pytest.raises(UserError):
        edits.edit_item(file, BETA, {"enduser": "perhaps"})


def test_flow_items_and_anchors_are_edited_soundly_or_refused() -> None:
    text = NEW + "    - {name: Flow, logo: f.svg}  # in one line\n"
    path = ItemPath("Tools", "General", "Flow")
    after = edits.edit_item(read(text), path, {"project": "a, b"})
    assert after.text == NEW + "    - {name: Flow, logo: f.svg, project: 'a, b'}  # in one line\n"
    anchored = NEW.replace("logo: alpha.svg", "logo: &l alpha.svg") + "    - {name: Copy, logo: *l}\n"
    with pytest.raises(UserError, match=r"alias|anchor"):
        edits.edit_item(read(anchored), ALPHA, {"logo": "other.svg"})


def test_windows_line_ends_stay() -> None:
    before = read(OLD.replace("\n", "\r\n"))
    after = edits.edit_item(before, BETA, {"description": "one\ntwo"})
    assert "\n" not in after.text.replace("\r\n", "")


@pytest.mark.parametrize("text", [OLD, OLD.replace("- item:", "- item:  # kept").replace("\n", "\r\n"), OLD.rstrip()])
def test_conversion_there_and_back(text: str) -> None:
    old = read(text)
    new = convert(old, "categories")
    assert (new.dialect, new.marked) == ("categories", False)
    assert [item.fields for item in new.items] == [item.fields for item in old.items]
    assert new.text.count("#") == text.count("#")
    back = convert(new, "landscape")
    assert back.marked
    assert [item.fields for item in back.items] == [item.fields for item in old.items]
    if "kept" not in text:
        assert back.text == text


def test_a_plain_file_is_converted_there_and_back() -> None:
    marked = convert(read(NEW), "landscape")
    assert marked.text.count("item:\n") == 1
    assert convert(marked, "categories").text == NEW
    assert convert(marked, "landscape") is marked


@needs_landscape
def test_conversion_of_the_public_file_is_reversible() -> None:
    before = read(LANDSCAPE.read_bytes())
    new = convert(before, "categories")
    assert not compare(before, new)
    assert len(new.text.splitlines()) == len(before.text.splitlines()) - 5 - 30 - 188
    assert convert(new, "landscape").to_bytes() == before.to_bytes()


FIELDS = st.sampled_from(
    ["description", "project", "repo_url", "crunchbase", "twitter", "logo", "extra.accepted", "extra.linkedin_url"]
)
VALUES: Any = st.none() | st.text("abc :#'\"-\né", max_size=12) | st.just("archived")


@needs_landscape
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_an_edit_of_the_public_file_stays_inside_its_item(data: st.DataObject) -> None:
    before = read(LANDSCAPE.read_bytes())
    index = data.draw(st.integers(0, len(before.items) - 1))
    item = before.items[index]
    changes = data.draw(st.dictionaries(FIELDS, VALUES, min_size=1, max_size=4))
    after = edits.edit_item(before, item.path, changes)
    lines, fresh = before.text.split("\n"), after.text.split("\n")
    head = item.line - 1
    following = before.items[index + 1].line - 1 if index + 1 < len(before.items) else len(lines)
    tail = len(lines) - following
    assert fresh[:head] == lines[:head]
    assert fresh[len(fresh) - tail :] == lines[following:]
    assert [other.fields for other in after.items if other.path != item.path] == [
        other.fields for other in before.items if other.path != item.path
    ]


@needs_landscape
def test_undoing_an_edit_gives_the_same_bytes() -> None:
    before = read(LANDSCAPE.read_bytes())
    for path in [item.path for item in before.items if not item.fields.get("project")][::40]:
        after = edits.edit_item(before, path, {"project": "archived"})
        assert len(changed_lines(before, after)) == 1
        assert edits.edit_item(after, path, {"project": None}).to_bytes() == before.to_bytes()


def test_a_key_behind_the_dash_can_go() -> None:
    text = NEW.replace("    - name: Alpha", "    - project: x\n      joined: '2020-01-01'\n      name: Alpha")
    after = edits.edit_item(read(text), ALPHA, {"project": None, "joined": None})
    assert after.text == NEW
    swapped = edits.edit_item(read(OLD), BETA, {"extra.accepted": None, "extra.tag": ["x"]})
    assert swapped.item(BETA).fields["extra"] == {"tag": ["x"]}


def patched_tree(before: LandscapeFile, after: LandscapeFile) -> None:
    """The tree that the edit left behind is the one that a whole parse gives."""
    assert after.root == positions.compose(after.text, after.name)
    assert after.plain() == positions.plain(after.root)


@pytest.mark.parametrize(
    "text",
    [
        OLD,
        OLD.rstrip(),
        OLD.replace("\n", "\r\n"),
        NEW,
        NEW + "    # below\n    - name: Last\n      extra:\n        tag:\n        - x\n\n\n# end\n",
        OLD.replace(
            "homepage_url: https://alpha.example",
            "homepage_url: |-\n              https://alpha\n              .example",
        ),
    ],
)
def test_an_edit_needs_no_whole_parse(text: str) -> None:
    before = read(text)
    for item in before.items:
        path = item.path
        for changes in (
            {"description": "one\ntwo", "extra.accepted": "2020-01-01"},
            {"logo": None},
            {"name": "A & B: c", "project": "archived"},
        ):
            patched_tree(before, edits.edit_item(before, path, changes))
        for name in ("Aaa", "Zzz"):
            patched_tree(before, edits.add_item(before, path.category, path.subcategory, {"name": name}))
        patched_tree(before, edits.remove_item(before, path))
        patched_tree(before, edits.move_item(before, path, "Somewhere", "Else"))


@needs_landscape
def test_most_edits_of_the_public_file_are_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    before = read(LANDSCAPE.read_bytes())
    parsed: list[int] = []
    whole = positions.compose

    def counting(text: str, name: str) -> Any:
        parsed.append(len(text))
        return whole(text, name)

    monkeypatch.setattr(positions, "compose", counting)
    for item in before.items[::45]:
        patched_tree(
            before, edits.edit_item(before, item.path, {"project": "archived", "extra.archived": "2026-01-01"})
        )
        patched_tree(before, edits.add_item(before, item.path.category, item.path.subcategory, {"name": "New one"}))
    assert sum(size > 20_000 for size in parsed) == 2 * len(before.items[::45])


@needs_landscape
@settings(max_examples=6, deadline=None)
@given(st.data())
def test_edits_in_a_row_stay_true(data: st.DataObject) -> None:
    file = read(LANDSCAPE.read_bytes())
    for _ in range(4):
        item = file.items[data.draw(st.integers(0, len(file.items) - 1))]
        kind = data.draw(st.sampled_from(["edit", "add", "remove"]))
        if kind == "edit":
            file = edits.edit_item(file, item.path, data.draw(st.dictionaries(FIELDS, VALUES, max_size=3)))
        elif kind == "remove":
            file = edits.remove_item(file, item.path)
        else:
            name = data.draw(st.text("abcXYZ 0:#", min_size=1, max_size=6).filter(str.strip))
            if all(other.name != name for other in file.items):
                file = edits.add_item(file, item.path.category, item.path.subcategory, {"name": name})
    patched_tree(file, file)
