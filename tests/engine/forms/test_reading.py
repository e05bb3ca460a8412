"""Issue forms are read as they are, and every fault is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.engine.forms import ElementKind, read, slug
from quorate.kernel.errors import UserError

FORM = """\
name: Bug report
description: Something is wrong
title: "[Bug] <What>"
labels: bug, triage
assignees: [ada]
body:
  - type: markdown
    attributes:
      value: Hello
  - type: input
    attributes:
      label: Project repo URL
    validations:
      required: true
  - type: textarea
    id: log
    attributes:
      label: Log
      render: shell
      placeholder: 3.10
  - type: dropdown
    attributes:
      label: Versions
      multiple: true
      default: 1
      options: [1.10, 2.0, true]
  - type: checkboxes
    attributes:
      label: Confirm
      options:
        - label: I looked
          required: true
        - label: I slept
"""


def test_reads_all_five_kinds() -> None:
    form = read(FORM)
    assert [element.kind for element in form.elements] == list(ElementKind)
    assert form.labels == ("bug", "triage")
    assert form.assignees == ("ada",)
    url, log, versions, confirm = form.questions
    assert (url.id, url.required, url.has_own_id) == ("project-repo-url", True, False)
    assert (log.id, log.render, log.has_own_id, log.line) == ("log", "shell", True, 15)
    assert versions.choices == ("1.1", "2.0", "true")
    assert (versions.takes_many, versions.default_choice) == (True, "2.0")
    assert [option.required for option in confirm.options] == [True, False]


def test_finds_a_question_by_id_or_by_label() -> None:
    form = read(FORM)
    assert form.find("log") is form.questions[1]
    assert form.find("project  repo url:") is form.questions[0]
    assert form.find("Project * URL") is form.questions[0]
    assert form.find("something else") is None


def test_labels_that_are_alike_get_distinct_ids_that_stay() -> None:
    element = "  - type: input\n    attributes:\n      label: If other\n"
    form = read(
        f"name: F\ndescription: D\nbody:\n{element}{element}  - type: input\n    id: if-other-2\n"
        "    attributes:\n      label: Third\n"
    )
    assert [question.id for question in form.questions] == ["if-other", "if-other-3", "if-other-2"]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Project repo URL", "project-repo-url"),
        ("Détails  du projet ?", "details-du-projet"),
        ("项目名称", "q-867698fb"),
        ("x" * 90, "x" * 60),
    ],
)
def test_slugs_are_stable(label: str, expected: str) -> None:
    assert slug(label) == expected


@pytest.mark.parametrize(
    ("title", "prompt", "subject", "whole"),
    [
        ("[Ecosystem] <Project Name>", "Project Name", "Foo", "[Ecosystem] Foo"),
        ("Update Landscape Entry for [PROJECT]", "PROJECT", "Foo", "Update Landscape Entry for Foo"),
        ("New Working Group Proposal - NAME", "NAME", "Foo", "New Working Group Proposal - Foo"),
        ("AGENDA TOPIC", "AGENDA TOPIC", "Foo", "Foo"),
        ("[Bug]: ", "", "Foo", "[Bug]: Foo"),
        ("", "", "Foo", "Foo"),
        ("[BUG]", "", "Foo", "[BUG] Foo"),
        ("Ask <Who> (please)", "Who", "Foo", "Ask Foo (please)"),
    ],
)
def test_the_title_says_what_to_put_in(title: str, prompt: str, subject: str, whole: str) -> None:
    form = read(f"name: F\ndescription: D\ntitle: '{title}'\nbody:\n  - type: input\n    attributes:\n      label: L\n")
    assert form.title_prompt == prompt
    assert form.title_for(subject) == whole
    assert form.subject_of(whole) == subject
    assert form.subject_of(title) == ""


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("- a", 1, "a form is a mapping"),
        ("name: F\nbody: []", 1, "“description” is missing"),
        ("name: F\ndescription: D\nbody: []", 3, "list of elements"),
        ("name: F\ndescription: D\nboddy: 1\nbody:\n  - type: input\n    attributes: {label: L}", 3, "not known"),
        ("name: F\ndescription: D\nbody:\n  - type: upload\n    attributes: {label: L}", 4, "no element type"),
        ("name: F\ndescription: D\nbody:\n  - type: input", 4, "“attributes” is missing"),
        ("name: F\ndescription: D\nbody:\n  - type: input\n    attributes: {description: x}", 5, "“label” is missing"),
        ("name: F\ndescription: D\nbody:\n  - type: markdown\n    attributes: {value: x}", 3, "asks nothing"),
        ("name: F\ndescription: D\nbody:\n  - type: dropdown\n    attributes: {label: L}", 5, "“options”"),
        (
            "name: F\ndescription: D\nbody:\n  - type: dropdown\n    attributes:\n      label: L\n      options:\n"
            "        - a\n        - none",
            9,
            "reserved",
        ),
        (
            "name: F\ndescription: D\nbody:\n  - type: dropdown\n    attributes:\n      label: L\n"
            "      options: [a, a]",
            7,
            "there twice",
        ),
        (
            "name: F\ndescription: D\nbody:\n  - type: dropdown\n    attributes:\n      label: L\n      default: 2\n"
            "      options: [a, b]",
            7,
            "not the number of an option",
        ),
        (
            "name: F\ndescription: D\nbody:\n  - type: checkboxes\n    attributes:\n      label: L\n      options: [a]",
            7,
            "needs a label",
        ),
        (
            "name: F\ndescription: D\nbody:\n  - {type: input, id: a, attributes: {label: L}}\n"
            "  - {type: input, id: a, attributes: {label: M}}",
            5,
            "there twice",
        ),
        ("name: F\ndescription: D\nbody:\n  - {type: input, id: 'a b', attributes: {label: L}}", 4, "cannot be an id"),
        (
            "name: F\ndescription: D\nbody:\n  - {type: input, attributes: {label: L}, validations: {required: yess}}",
            4,
            "required: true or false",
        ),
        ("name: F\ndescription: [D]\nbody:\n  - {type: input, attributes: {label: L}}", 2, "must be a text"),
        (
            "name: F\ndescription: D\nlabels: {a: 1}\nbody:\n  - {type: input, attributes: {label: L}}",
            3,
            "list of texts",
        ),
        ("name: F\n\tdescription: D", 2, ""),
    ],
)
def test_faults_have_a_line(text: str, line: int, what: str) -> None:
    with pytest.raises(UserError) as caught:
        read(text, name="form.yml")
    assert caught.value.where == f"form.yml:{line}"
    assert what in caught.value.what


def test_all_faults_are_told_at_once() -> None:
    text = (
        "name: F\nbody:\n  - type: inputt\n    attributes: {label: L}\n  - type: dropdown\n    attributes: {label: L}\n"
    )
    with pytest.raises(UserError) as caught:
        read(text, name="form.yml")
    assert [problem.where for problem in caught.value.problems] == ["form.yml:1", "form.yml:3", "form.yml:6"]


def test_the_forms_in_use_are_read_whole(real_data: Path) -> None:
    forms = {path.stem: read(path) for path in sorted((real_data / "pytorch-foundation" / "forms").glob("*.yml"))}
    assert {name: len(form.questions) for name, form in forms.items()} == {
        "ambassador-application": 29,
        "ecosystem-application": 16,
        "hosted-application": 15,
        "landscape-update": 1,
        "tac-agenda-item": 3,
        "working-group-proposal": 4,
    }
    ecosystem = forms["ecosystem-application"]
    assert ecosystem.title_prompt == "Project Name"
    assert [question.label for question in ecosystem.questions if not question.required] == [
        "Additional repos in scope of the application",
        "Is there a corporate or academic entity backing this project?  "
        "If so, please provide the name and URL of the entity.",
        "Additional information",
    ]
    ambassador = forms["ambassador-application"]
    assert sum(option.required for option in ambassador.by_id["checklist"].options) == 5
    assert len({question.id for question in ambassador.questions}) == 29
