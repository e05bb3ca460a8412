"""An issue written from a form is read back, whatever people have done to it in between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quorate.engine.forms import Answer, Element, ElementKind, Form, Option, read, read_issue, write_issue
from quorate.engine.forms.model import normal
from quorate.kernel.errors import UserError

FORM = read("""\
name: F
description: D
title: "[App] <Name>"
body:
  - {type: markdown, attributes: {value: Hello}}
  - {type: input, id: summary, attributes: {label: Project summary}, validations: {required: true}}
  - {type: textarea, attributes: {label: Project description}, validations: {required: true}}
  - {type: dropdown, id: kind, attributes: {label: Kind, options: [Tool, Library]}}
  - {type: dropdown, id: areas, attributes: {label: Areas, multiple: true, options: ["Text, speech", Text, Vision]}}
  - {type: textarea, id: log, attributes: {label: Log, render: shell}}
  - type: checkboxes
    id: confirm
    attributes:
      label: Please confirm
      options: [{label: "I read the [rules](https://x.example)", required: true}, {label: B}]
  - {type: textarea, attributes: {label: Documentation}}
""")
ANSWERS: dict[str, Answer] = {
    "summary": "A tool",
    "project-description": "Two\n\nparagraphs",
    "kind": "Library",
    "areas": ["Text, speech", "Vision"],
    "log": "$ make",
    "confirm": ["I read the [rules](https://x.example)"],
}
BODY = """\
### Project summary

A tool

### Project description

Two

paragraphs

### Kind

Library

### Areas

Text, speech, Vision

### Log

```shell
$ make
```

### Please confirm

- [X] I read the [rules](https://x.example)
- [ ] B

### Documentation

_No response_"""


def test_writes_what_github_writes() -> None:
    assert write_issue(FORM, ANSWERS) == BODY


def test_an_empty_form_says_no_response() -> None:
    body = write_issue(FORM, {})
    assert body.count("_No response_") == 6
    assert "- [ ] B" in body
    issue = read_issue(FORM, body)
    assert issue.answers == {}
    assert issue.missing == ["Project summary", "Project description", "Please confirm"]


def test_reads_what_github_wrote() -> None:
    issue = read_issue(FORM, BODY)
    assert issue.answers == ANSWERS
    assert issue.warnings == []
    assert issue.missing == []
    assert issue.fields["Project summary"] == "A tool"
    assert issue.fields["Documentation"] is None


def answers_in(body: str) -> tuple[dict[str, Answer], list[str]]:
    issue = read_issue(FORM, body)
    return issue.answers, issue.warnings


class TestWhatPeopleDo:
    def test_windows_line_ends_and_a_byte_order_mark(self) -> None:
        assert answers_in("\ufeff" + BODY.replace("\n", "\r\n")) == (ANSWERS, [])

    def test_a_heading_inside_an_answer(self) -> None:
        body = BODY.replace("paragraphs", "paragraphs\n\n### Background\n\nmore")
        found, warnings = answers_in(body)
        assert found["project-description"] == "Two\n\nparagraphs\n\n### Background\n\nmore"
        assert {**found, "project-description": ""} == {**ANSWERS, "project-description": ""}
        assert warnings == ["the heading “Background” was kept as part of the answer to “Project description”"]

    def test_a_heading_inside_an_answer_that_repeats_a_later_label(self) -> None:
        found, _warnings = answers_in(BODY.replace("paragraphs", "### Documentation\n\nsee below"))
        assert found["project-description"] == "Two\n\n### Documentation\n\nsee below"
        assert "documentation" not in found

    def test_an_answer_that_begins_with_its_own_label(self) -> None:
        body = BODY.replace("_No response_", "### Documentation\n\nhere")
        assert answers_in(body)[0]["documentation"] == "### Documentation\n\nhere"

    def test_code_with_headings_in_it(self) -> None:
        code = "```md\n### Kind\n\nTool\n### Documentation\n```"
        found, warnings = answers_in(BODY.replace("paragraphs", code))
        assert found["project-description"] == f"Two\n\n{code}"
        assert found["kind"] == "Library"
        assert warnings == []

    def test_code_that_is_not_closed(self) -> None:
        found, warnings = answers_in(BODY.replace("paragraphs", "```\nopen"))
        assert found["project-description"] == "Two\n\n```\nopen"
        assert found["kind"] == "Library"
        assert found["log"] == "$ make"
        assert len(warnings) <= 2

    def test_fences_inside_a_rendered_answer(self) -> None:
        answers: dict[str, Answer] = {**ANSWERS, "log": "```\n### Kind\n```\n````"}
        assert read_issue(FORM, write_issue(FORM, answers)).answers == answers

    def test_a_rendered_answer_that_is_empty(self) -> None:
        for empty in ("```shell\n\n```", "```shell\n_No response_\n```", "_No response_", ""):
            assert "log" not in answers_in(BODY.replace("```shell\n$ make\n```", empty))[0]

    def test_comments(self) -> None:
        body = BODY.replace("A tool", "A tool<!-- ### Kind -->").replace("_No response_", "<!--\n### Kind\nhint\n-->")
        assert answers_in(body) == (ANSWERS, [])

    def test_a_comment_that_is_not_closed_swallows_nothing(self) -> None:
        found, _warnings = answers_in(BODY.replace("A tool", "A tool <!-- open"))
        assert found == {**ANSWERS, "summary": "A tool <!-- open"}

    def test_sections_in_another_order(self) -> None:
        sections = ["### " + part for part in BODY.split("### ") if part]
        sections = [part.rstrip() for part in (sections[2], *sections[:2], *sections[3:])]
        found, warnings = answers_in("\n\n".join(sections))
        assert found == ANSWERS
        assert warnings == ["“Kind” stands out of the form's order"]

    def test_a_section_that_is_gone(self) -> None:
        issue = read_issue(FORM, BODY.replace("### Project summary\n\nA tool\n\n", ""))
        assert issue.missing == ["Project summary"]
        assert issue.warnings == ["“Project summary” is not in the issue"]

    def test_a_label_that_was_reworded(self) -> None:
        issue = read_issue(FORM, BODY.replace("### Project description", "### The project's description"))
        assert issue.answers == ANSWERS
        assert issue.warnings == ["“The project's description” was read as “Project description”"]
        assert issue.headings["project-description"] == "The project's description"

    def test_a_label_in_other_case_bold_or_with_a_colon(self) -> None:
        assert answers_in(BODY.replace("### Project summary", "###   **Project  Summary:**  ##")) == (ANSWERS, [])

    def test_a_question_that_the_form_does_not_have(self) -> None:
        issue = read_issue(
            FORM, BODY.replace("### Project description", "### Old question\n\nold\n\n### Project description")
        )
        assert issue.answers == ANSWERS
        assert issue.extra == {"Old question": "old"}
        assert issue.warnings == ["“Old question” is no question of the form; not imported"]

    def test_aliases_of_other_editions(self) -> None:
        body = BODY.replace("### Project summary", "### In one line")
        issue = read_issue(FORM, body, aliases={"summary": ["In one line"]})
        assert issue.answers == ANSWERS
        assert issue.fields["In one line"] == "A tool"
        assert issue.warnings == []

    def test_a_choice_that_is_none(self) -> None:
        found, warnings = answers_in(BODY.replace("Library", "None"))
        assert "kind" not in found
        assert warnings == []

    def test_a_choice_that_is_not_there(self) -> None:
        found, warnings = answers_in(BODY.replace("Library", "Engine").replace("Text, speech, Vision", "Text, Sound"))
        assert "kind" not in found
        assert found["areas"] == ["Text"]
        assert warnings == ["“Engine” is no choice of “Kind”", "“Sound” is no choice of “Areas”"]

    def test_boxes_as_people_write_them(self) -> None:
        body = BODY.replace("- [X] I read the [rules](https://x.example)\n- [ ] B", "* [x]  B\n- [] C\n- [ ] nothing")
        issue = read_issue(FORM, body)
        assert issue.answers["confirm"] == ["B"]
        assert issue.missing == ["Please confirm"]
        assert issue.warnings == ["“C” is no box of “Please confirm”", "“nothing” is no box of “Please confirm”"]

    def test_an_issue_of_another_form(self) -> None:
        with pytest.raises(UserError, match="no question of the form"):
            read_issue(FORM, "### Something\n\nelse\n")

    def test_the_same_label_twice_in_the_form(self) -> None:
        form = read(
            "name: F\ndescription: D\nbody:\n"
            "  - {type: dropdown, id: a, attributes: {label: A, options: [x, Other]}}\n"
            "  - {type: input, id: a-other, attributes: {label: If other}}\n"
            "  - {type: dropdown, id: b, attributes: {label: B, options: [y, Other]}}\n"
            "  - {type: input, id: b-other, attributes: {label: If other}}\n"
        )
        answers: dict[str, Answer] = {"a": "x", "b": "Other", "b-other": "mine"}
        issue = read_issue(form, write_issue(form, answers))
        assert issue.answers == answers
        assert issue.fields == {"A": "x", "If other": None, "B": "Other", "If other (b-other)": "mine"}


class TestEnvelope:
    def test_front_matter(self) -> None:
        issue = read_issue(FORM, f"---\ntitle: '[App] Foo'\nnumber: 12\nlabels: [New]\nauthor: ada\n---\n{BODY}")
        assert (issue.title, issue.number, issue.labels, issue.author) == ("[App] Foo", 12, ("New",), "ada")
        assert FORM.subject_of(issue.title) == "Foo"
        assert issue.answers == ANSWERS

    def test_json(self) -> None:
        data = {"title": "[App] Foo", "number": 3, "body": BODY.replace("\n", "\r\n"), "labels": [{"name": "New"}],
                "user": {"login": "ada"}, "created_at": "2026-01-02T03:04:05Z"}  # fmt: skip
        issue = read_issue(FORM, json.dumps(data))
        assert (issue.title, issue.number, issue.labels, issue.author) == ("[App] Foo", 3, ("New",), "ada")
        assert issue.created_at == "2026-01-02T03:04:05Z"
        assert issue.answers == ANSWERS

    def test_a_title_above_the_body(self) -> None:
        assert read_issue(FORM, f"# [App] Foo\n\n{BODY}").title == "[App] Foo"

    def test_a_rule_is_no_front_matter(self) -> None:
        assert read_issue(FORM, f"---\nhello: [\n---\n{BODY}").answers == ANSWERS


def test_what_nobody_would_write_takes_no_long_time() -> None:
    body = BODY.replace("paragraphs", "### x\n```a\n~~~\n<!-- -->\n" * 3000)
    assert read_issue(FORM, body).answers["kind"] == "Library"


def test_the_forms_in_use_are_read_back(real_data: Path) -> None:
    for path in sorted((real_data / "pytorch-foundation" / "forms").glob("*.yml")):
        form = read(path)
        answers: dict[str, Answer] = {
            item.id: list(item.choices) if item.takes_many else item.choices[0] if item.options else f"about {item.id}"
            for item in form.questions
        }
        issue = read_issue(form, write_issue(form, answers).replace("\n", "\r\n"))
        assert issue.answers == answers
        assert issue.warnings == []
        assert issue.missing == []


# --- round trip -------------------------------------------------------------------------------------------------

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]), min_size=1, max_size=12
)
labels = words.map(lambda text: " ".join(text.split())).filter(lambda text: normal(text) and not text.endswith("#"))
choices = st.lists(
    labels.filter(lambda text: "," not in text and normal(text) not in ("none", "_no response_")),
    min_size=1,
    max_size=4,
    unique_by=normal,
)
lines = st.one_of(
    words,
    st.sampled_from(
        ["### Background", "## Two", "#### Four", "```", "```python", "~~~", "- [x] done", "> ###", "---", ""]
    ),
)


@st.composite
def questions(draw: st.DrawFn, number: int) -> Element:
    kind = draw(st.sampled_from([kind for kind in ElementKind if kind is not ElementKind.MARKDOWN]))
    closed = kind in (ElementKind.DROPDOWN, ElementKind.CHECKBOXES)
    return Element(
        kind=kind,
        id=f"question-{number}",
        label=f"{draw(labels)} {number}",
        options=tuple(Option(label) for label in draw(choices)) if closed else (),
        multiple=draw(st.booleans()),
        render=draw(st.sampled_from(["", "shell"])) if kind is ElementKind.TEXTAREA else "",
    )


@st.composite
def filled(draw: st.DrawFn) -> tuple[Form, dict[str, Answer]]:
    count = draw(st.integers(1, 6))
    form = Form("F", "D", elements=tuple(draw(questions(number)) for number in range(count)))
    answers: dict[str, Answer] = {}
    for question in form.questions:
        value: Answer
        if question.takes_many:
            chosen = draw(st.sets(st.sampled_from(question.choices)))
            value = [label for label in question.choices if label in chosen]
        elif question.kind is ElementKind.DROPDOWN:
            value = draw(st.sampled_from(["", *question.choices]))
        elif question.kind is ElementKind.INPUT:
            value = " ".join(draw(words).split())
        else:
            value = "\n".join(draw(st.lists(lines, max_size=6))).strip("\n").rstrip()
        if value and "<!--" not in value and value != "_No response_":
            answers[question.id] = value
    return form, answers


def balanced(text: Answer) -> bool:
    """Whether fences in an answer pair up, as they do in what people see rendered."""
    return isinstance(text, list) or (text.count("```") + text.count("~~~") == 0)


@given(filled())
def test_any_form_and_any_answers_come_back(pair: tuple[Form, dict[str, Answer]]) -> None:
    form, answers = pair
    answers = {key: value for key, value in answers.items() if balanced(value)}
    issue = read_issue(form, write_issue(form, answers))
    assert issue.answers == answers


@given(filled())
def test_no_label_is_lost_to_code_that_was_never_closed(pair: tuple[Form, dict[str, Answer]]) -> None:
    form, answers = pair
    # Code left open in one answer and again in a later one reads like one block from the first to the second: nobody
    # can tell the two apart, so the labels between them count as code.
    assume(sum(not balanced(value) for value in answers.values()) <= 1)
    issue = read_issue(form, write_issue(form, answers))
    assert set(issue.headings) == {question.id for question in form.questions}


@given(filled(), st.text(max_size=200))
def test_no_text_breaks_the_reader(pair: tuple[Form, dict[str, Answer]], noise: str) -> None:
    form, answers = pair
    body = write_issue(form, answers)
    read_issue(form, body[: len(body) // 2] + noise + "\n\n" + body)
