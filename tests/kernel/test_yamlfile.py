"""YAML files: lines for errors, and nothing that a hostile file could do."""

from __future__ import annotations

import time

import pytest

from quorate.kernel.errors import UserError
from quorate.kernel.yamlfile import DEEPEST, MOST_REPEATED, load


def bomb(levels: int, width: int) -> str:
    """Aliases of aliases: ``width ** levels`` values in a few lines."""
    lines = ["a0: &a0 [" + ", ".join(["lol"] * width) + "]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * width) + "]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def test_aliases_are_written_out_and_know_their_lines() -> None:
    document = load("base: &base {who: [staff], age: 3}\none: *base\ntwo:\n  <<: *base\n  age: 4\n")
    assert document.data["one"] == {"who": ["staff"], "age": 3}
    assert document.data["two"] == {"who": ["staff"], "age": 4}
    assert document.data["one"] is not document.data["base"]
    assert document.line_of(("one",)) == 2
    assert document.line_of(("two", "age")) == 5


@pytest.mark.parametrize(("levels", "width"), [(9, 9), (40, 2), (3, 200)])
def test_a_bomb_of_aliases_is_refused_at_once(levels: int, width: int) -> None:
    began = time.process_time()
    with pytest.raises(UserError, match=f"aliases repeat more than {MOST_REPEATED} values") as caught:
        load(bomb(levels, width), name="bomb.yaml")
    assert time.process_time() - began < 2
    assert caught.value.where.startswith("bomb.yaml:")
    assert caught.value.mend


def test_a_bomb_of_merges_is_refused_or_small() -> None:
    lines = ["m0: &m0 {k: [1, 2]}"] + [f"m{n}: &m{n} {{<<: *m{n - 1}, k{n}: *m{n - 1}}}" for n in range(1, 40)]
    with pytest.raises(UserError, match="aliases repeat"):
        load("\n".join(lines))


def test_many_plain_values_are_fine() -> None:
    document = load("\n".join(f"- {{name: item {n}, tags: [a, b]}}" for n in range(1000)))
    assert len(document.data) == 1000


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "a: &a {b: {c: *a}}\n"])
def test_an_alias_inside_what_it_names_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="inside what it names") as caught:
        load(text, name="ring.yaml")
    assert caught.value.where == "ring.yaml:1"


@pytest.mark.parametrize(
    "text",
    [
        "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
        "[" * 2000,
        "['],', " * 3000,
        "a: " + "{a: " * 3000,
        "\n".join(" " * n + "a:" for n in range(DEEPEST + 2)),
        "- " * 3000 + "a",
        "? " * 3000 + "a",
    ],
)
def test_what_stands_too_deep_is_refused(text: str) -> None:
    began = time.process_time()
    with pytest.raises(UserError, match="deep"):
        load(text)
    assert time.process_time() - began < 2


def test_some_depth_is_fine() -> None:
    assert load("[" * DEEPEST + "]" * DEEPEST).data


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [("a: [1\nb: 2\n", "x.yaml:2", "expected"), ("a: 1\na: 2\n", "x.yaml:2", "duplicate")],
)
def test_errors_name_the_line(text: str, where: str, what: str) -> None:
    with pytest.raises(UserError, match=what) as caught:
        load(text, name="x.yaml")
    assert caught.value.where == where


@pytest.mark.parametrize("text", ["a: {[[]]: b}", "{{a: {b: 1}}: 2}"])
def test_keys_that_are_lists_of_lists_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="a key is a list or a map") as caught:
        load(text, name="x.yaml")
    assert caught.value.where == "x.yaml"
