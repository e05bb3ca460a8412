"""Reading a landscape data file: both dialects, every fault with its line and mend."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.portfolio.real_files import LANDSCAPE, needs_landscape

from quorate.kernel.errors import UserError
from quorate.registers.portfolio.landscape.checks import read
from quorate.registers.portfolio.landscape.document import ItemPath

OLD = """\
# what we list
landscape:
  - category:
    name: Tools
    subcategories:
      - subcategory:
        name: General
        items:
          - item:
            name: Alpha   # the first
            homepage_url: https://alpha.example
            logo: alpha.svg
            repo_url: https://github.com/alpha/alpha
            crunchbase: null
          # Beta was added by hand
          - item:
            name: Beta
            homepage_url: "https://beta.example"
            logo: beta.svg
            extra:
              accepted: '2024-01-02'
  - category:
    name: Demo Members
    subcategories:
      - subcategory:
        name: Gold
        items:
          - item:
            name: Gamma Inc. (member)
            homepage_url: https://gamma.example
            logo: gamma.svg
"""
NEW = """\
categories:
- name: Tools
  subcategories:
  - name: General
    items:
    - name: Alpha
      homepage_url: https://alpha.example
      logo: alpha.svg
      repo_url: https://github.com/alpha/alpha
"""


def fault_of(text: str) -> UserError | None:
    try:
        read(text)
    except UserError as error:
        return error
    return None


def test_both_dialects_are_read() -> None:
    old, new = read(OLD), read(NEW)
    assert (old.dialect, old.marked, old.style.dash) == ("landscape", True, 2)
    assert (new.dialect, new.marked, new.style.dash) == ("categories", False, 0)
    assert [item.name for item in old.items] == ["Alpha", "Beta", "Gamma Inc. (member)"]
    alpha = new.item(ItemPath("Tools", "General", "Alpha"))
    assert alpha.fields == {
        "name": "Alpha",
        "homepage_url": "https://alpha.example",
        "logo": "alpha.svg",
        "repo_url": "https://github.com/alpha/alpha",
    }
    assert [item.kind for item in old.items] == ["project", "product", "member"]
    assert old.items[2].title == "Gamma Inc."
    assert old.items[1].detail("accepted") == "2024-01-02"
    assert not old.warnings


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_bytes_come_back_the_same(newline: str, bom: bytes) -> None:
    data = bom + OLD.replace("\n", newline).encode()
    file = read(data)
    assert file.to_bytes() == data
    assert len(file.items) == 3


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("landscape: [1", 1, "close the bracket"),
        ("landscape:\n\t- x\n", 2, "indent with spaces"),
        ("", 1, "empty"),
        ("- a\n", 1, "landscape:"),
        ("other: 1\n", 1, "neither"),
        ("landscape: []\ncategories: []\n", 1, "both"),
        ("landscape: 3\n", 1, "not a list"),
        ("landscape:\n- 3\n", 2, "not a mapping"),
        (OLD.replace("name: Tools", "title: Tools"), 3, "no name"),
        (OLD.replace("name: General", "name: 12"), 7, "quotes"),
        (OLD.replace("    subcategories:", "    groups:", 1), 3, "no `subcategories`"),
        (OLD.replace("        items:", "        things:", 1), 6, "no `items`"),
        (OLD.replace("name: Beta", "name: Alpha"), 16, "first on line 9"),
        (OLD.replace("name: Demo Members", "name: Tools"), 22, "first on line 3"),
        (OLD.replace("name: Beta\n", "name:\n"), 16, "no name"),
        (OLD.replace("name: Beta\n", "name: Beta: two\n"), 17, "put the text in quotes"),
        (OLD.replace("            name: Beta\n", "              name: Beta\n"), 17, "leave `item:` empty"),
        (OLD.replace("            name: Beta\n", "           name: Beta\n"), 17, "indent"),
        (OLD.replace("logo: beta.svg", "name: again"), 19, "written twice"),
        (OLD.replace("logo: beta.svg", "repo_url: [a]"), 19, "is a list, not text"),
        (OLD.replace("logo: beta.svg", "enduser: perhaps"), 19, "`true` or `false`"),
        (OLD.replace("logo: beta.svg", "extra2: *gone"), 19, "write the value out"),
        (NEW + "---\na: 1\n", 10, "one document"),
    ],
)
def test_a_fault_names_its_line_and_its_mend(text: str, line: int, words: str) -> None:
    with pytest.raises(UserError) as caught:
        read(text, "file.yml")
    assert caught.value.where == f"file.yml:{line}", caught.value.line
    assert words in caught.value.line
    assert caught.value.mend


def test_fields_indented_below_the_marker_are_explained() -> None:
    text = OLD.replace(
        "- item:\n            name: Beta\n            homepage_url",
        "- item:\n                name: Beta\n            homepage_url",
    )
    with pytest.raises(UserError, match="leave `item:` empty"):
        read(text)


def test_all_faults_are_told_at_once() -> None:
    text = OLD.replace("name: Beta", "name: Alpha").replace("name: Gamma Inc. (member)", "name: ''")
    with pytest.raises(UserError) as caught:
        read(text)
    assert [problem.where for problem in caught.value.problems] == ["landscape.yml:16", "landscape.yml:28"]


def test_bytes_that_are_not_text_are_named_by_line() -> None:
    with pytest.raises(UserError, match=r"landscape.yml:2: .*UTF-8"):
        read(b"landscape:\n  - name: \xff\n")


def test_aliases_are_read_and_bombs_refused() -> None:
    text = NEW.replace("logo: alpha.svg", "logo: &l alpha.svg") + "    - {name: Copy, homepage_url: h, logo: *l}\n"
    assert read(text).items[1].fields["logo"] == "alpha.svg"
    with pytest.raises(UserError, match="contains itself"):
        read("landscape: &a [*a]\n")
    levels = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 9))
    with pytest.raises(UserError, match="repeat too much"):
        read("x0: &x0 [1]\n" + levels + "landscape: []\n")


def test_oddities_are_warnings() -> None:
    text = OLD.replace("crunchbase: null", "facebook: https://f.example\n            joined: soon").replace(
        "            logo: beta.svg\n",
        "            repo_url: https://github.com/alpha/Alpha.git\n"
        "            second_path:\n              - Tools / Nowhere\n",
    )
    codes = Counter(warning.code for warning in read(text).warnings)
    assert codes == {
        "unknown-key": 1, "bad-date": 1, "missing-logo": 1, "duplicate-repository": 1, "unknown-second-path": 1,
    }  # fmt: skip


@given(st.text(max_size=60) | st.text("ab: -[]{}#&*|>'\"\n ", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    error = fault_of(text)
    assert error is None or error.where.startswith("landscape.yml")


@needs_landscape
def test_the_public_file_is_read_whole() -> None:
    data = LANDSCAPE.read_bytes()
    file = read(data)
    assert file.to_bytes() == data
    assert Counter(item.kind for item in file.items) == {"project": 143, "member": 45}
    assert Counter(str(item.fields.get("project")) for item in file.items if item.kind == "project") == {
        "None": 69, "archived": 68, "foundation": 6,
    }  # fmt: skip
    assert Counter(warning.code for warning in file.warnings) == {"repo-not-owner-repo": 6, "unknown-key": 1}
    assert file.plain() == yaml.safe_load(data)


@needs_landscape
@settings(max_examples=8, deadline=None)
@given(st.data())
def test_a_line_lost_from_the_public_file_is_a_fault_or_a_landscape(data: st.DataObject) -> None:
    lines = LANDSCAPE.read_text().splitlines(keepends=True)
    index = data.draw(st.integers(0, len(lines) - 1))
    error = fault_of("".join(lines[:index] + lines[index + 1 :]))
    assert error is None or (error.where.startswith("landscape.yml:") and error.mend)


def test_what_no_database_keeps_is_refused() -> None:
    for text in (OLD.replace("alpha.svg", '"\\0"'), OLD.replace("logo: alpha.svg", '"\\uD800": x')):
        with pytest.raises(UserError, match=r"landscape.yml:12: .*cannot be kept"):
            read(text)
    with pytest.raises(UserError, match=r"landscape.yml:17: .*longer than 300"):
        read(OLD.replace("name: Beta", "name: " + "B" * 301))
    with pytest.raises(UserError, match="nested too deeply"):
        read("landscape: " + "[" * 1500 + "]" * 1500)


def test_a_file_that_gives_levels_lists_other_tools_too() -> None:
    levelled = read(
        OLD.replace("crunchbase: null", "project: graduated").replace(
            "logo: beta.svg", "repo_url: https://github.com/b/b"
        )
    )
    assert [item.kind for item in levelled.items] == ["project", "product", "member"]
