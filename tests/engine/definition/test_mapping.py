"""People write addresses, accounts and licences in many ways."""

from __future__ import annotations

from typing import Any

import pytest

from quorate.engine.definition.mapping import handles, last_segment, licence, read_as, urls
from quorate.engine.definition.values import FieldKind
from quorate.engine.forms import Answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@ada, @grace", ["ada", "grace"]),
        ("ada grace\nlinus", ["ada", "grace", "linus"]),
        ("- @ada (lead)\n- https://github.com/grace/", ["ada", "grace"]),
        ("Ada Lovelace @ada; Grace Hopper @grace-h", ["ada", "grace-h"]),
        ("@ada, @ada", ["ada"]),
        ("ada and grace", ["ada", "grace"]),
        ("**@ada**", ["ada"]),
        ("", []),
    ],
)
def test_accounts(text: str, expected: list[str]) -> None:
    assert handles(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://a.example/x.", ["https://a.example/x"]),
        ("github.com/a/b", ["https://github.com/a/b"]),
        ("<https://a.example>, [b](https://b.example)", ["https://a.example", "https://b.example"]),
        ("git@github.com:a/b.git", ["git@github.com:a/b.git"]),
        ("https://a.example https://a.example", ["https://a.example"]),
        ("ada@github.com", []),
        ("none", []),
    ],
)
def test_addresses(text: str, expected: list[str]) -> None:
    assert urls(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Apache 2.0", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("apache-2.0", "Apache-2.0"),
        ("MIT License", "MIT"),
        ("BSD-3", "BSD-3-Clause"),
        ("BSD 3-Clause License", "BSD-3-Clause"),
        ("BSD-3-Clause", "BSD-3-Clause"),
        ("our  own\nlicence", "our own licence"),
    ],
)
def test_licences(text: str, expected: str) -> None:
    assert licence(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/a/b", "b"),
        ("https://github.com/a/b.git/", "b"),
        ("git@github.com:a/b.git", "b"),
        ("https://github.com/a/b?tab=readme#top", "b"),
    ],
)
def test_the_last_segment(url: str, expected: str) -> None:
    assert last_segment(url) == expected


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        (FieldKind.EMAILS, "Ada <ada@p.example>; grace@p.example", ["ada@p.example", "grace@p.example"]),
        (FieldKind.URL, "no address", None),
        (FieldKind.NUMBER, "about 1,234 stars", 1234),
        (FieldKind.NUMBER, "2.5", 2.5),
        (FieldKind.NUMBER, "many", None),
        (FieldKind.DATE, "on 2026-05-18 at noon", "2026-05-18"),
        (FieldKind.DATE, "2026-02-31", None),
        (FieldKind.CHOICES, ["a", "b"], ["a", "b"]),
        (FieldKind.CHOICES, "a, b", ["a", "b"]),
        (FieldKind.FLAG, ["yes"], True),
        (FieldKind.LINE, "a\n b", "a b"),
        (FieldKind.TEXT, "a\n b", "a\n b"),
    ],
)
def test_kinds(kind: FieldKind, answer: Answer, expected: Any) -> None:
    found = read_as(kind, answer)
    assert (found.isoformat() if hasattr(found, "isoformat") else found) == expected
