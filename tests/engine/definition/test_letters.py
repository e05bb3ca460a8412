"""Letters: a subject, Markdown, and placeholders from a fixed list."""

from __future__ import annotations

from datetime import date

import pytest

from quorate.engine.definition.letters import read_template

TEXT = """\
Subject: {{ subject.name }} and   {{case.key}}

Dear {{ recipient.name }},

{{ reason }}

These fail:

{{ checks.failing }}

By {{ due }}.
"""


def test_fills() -> None:
    template, faults = read_template(TEXT)
    assert faults == []
    assert template.placeholders == ("subject.name", "case.key", "recipient.name", "reason", "checks.failing", "due")
    subject, body = template.fill(
        {
            "subject.name": "Sparsely\nBcc: x@y.example",
            "case.key": "ECO-14",
            "recipient.name": "Ada",
            "checks.failing": ["stars: 12 of 200", "commits: 3 of 30"],
            "due": date(2026, 5, 1),
        }
    )
    assert subject == "Sparsely Bcc: x@y.example and ECO-14"
    assert body == ("Dear Ada,\n\nThese fail:\n\n- stars: 12 of 200\n- commits: 3 of 30\n\nBy 2026-05-01.\n")


def test_a_reason_keeps_its_paragraphs() -> None:
    template, _faults = read_template("Subject: S\n\n{{ reason }}\n")
    assert template.fill({"reason": "One.\n\nTwo."})[1] == "One.\n\nTwo.\n"


def test_a_value_is_never_a_placeholder() -> None:
    template, _faults = read_template("Subject: S\n\nDear {{ recipient.name }}, {{ case.key }}\n")
    filled = template.fill({"recipient.name": "{{ case.key }}", "case.key": "ECO-1"})[1]
    assert filled == "Dear {{ case.key }}, ECO-1\n"


def test_a_name_cannot_become_a_link_in_html() -> None:
    template, _faults = read_template("Subject: S\n\nDear {{ recipient.name }}, see {{ case.url }}\n")
    values = {"recipient.name": "[*Ada*](https://x.example)", "case.url": "https://q.example/cases/ECO_1"}
    assert template.fill(values)[1] == "Dear [*Ada*](https://x.example), see https://q.example/cases/ECO_1\n"
    filled = template.fill(values, escape=True)[1]
    assert filled == "Dear \\[\\*Ada\\*\\]\\(https://x.example\\), see https://q.example/cases/ECO_1\n"


@pytest.mark.parametrize(
    ("text", "line", "what", "mend"),
    [
        ("Dear all,\n\nhello\n", 1, "starts with its subject", "Subject: …"),
        ("Subject: S\nCc: x\n\nhello\n", 1, "starts with its subject", ""),
        ("Subject: S\n", 1, "the letter is empty", ""),
        ("Subject: S\n\nhello\n{{ project.name }}\n", 4, "“project.name” is no placeholder", "subject.name"),
        ("Subject: S\n\nhello {{ case.key }\n", 3, "is not closed", "{{ name }}"),
        ("Subject: S\n\n{{ case.key|upper }}\n", 3, "“case.key|upper” is no placeholder", ""),
    ],
)
def test_faults(text: str, line: int, what: str, mend: str) -> None:
    _template, faults = read_template(text)
    assert len(faults) == 1
    assert faults[0].line == line
    assert what in faults[0].what
    assert mend in faults[0].mend
