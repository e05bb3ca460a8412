"""Loading: every fault at once with file, line and mend; changes of a foundation laid over; content is version."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from quorate.engine import scaffold
from quorate.engine.definition import built_in, examine, find, from_canonical, library, load
from quorate.kernel.errors import NotFound, UserError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small program that passes, to be spoilt."""
    return scaffold.new("talk-proposals", tmp_path / "programs").folder


def spoil(folder: Path, old: str, new: str, file: str = "program.yaml") -> int:
    """Replace ``old`` by ``new`` and return the 1-based line on which the replacement stands."""
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ("subject: project", "subject: projekt", "“projekt” is not one of project, person", "did you mean “project”?"),
        ("steward: seat:staff/program-manager", "steward: pm", "“pm” names no role", "seat:<body>/<seat>"),
        ("prefix: TP", "prefix: [TP]", "a text is expected here, not a list", ""),
        ("order: fifo", "ordr: fifo", "“ordr” is not known here", "did you mean “order”?"),
        ("{within: P14D, on_breach", "{within: 14 days, on_breach", "not an ISO 8601 duration", ""),
        ("kind: wait", "kind: waiting", "“waiting” is not one of", "did you mean “wait”?"),
        ("- letter: received", "- leter: received", "“leter” is no effect", ""),
        ("    blocking: true", "    blocking: very", "true or false is expected here, not a text", ""),
        ("form.complete and count", "form.complete an count", "“and”, “or” or the end is expected", ""),
        ("file: letters/question.md", "file: letters/questions.md", "“letters/questions.md” is not there", "beside"),
        ("file: letters/question.md", "file: ../letters/question.md", "is not there", "beside"),
        ("    reason: required\n    tone", "    reason: always\n    tone", "“always” is not one of", "required"),
    ],
)
def test_a_fault_has_file_line_and_mend(folder: Path, old: str, new: str, what: str, mend: str) -> None:
    line = spoil(folder, old, new)
    _program, errors, _warnings = examine(folder)
    assert len(errors) == 1
    assert what in errors[0].what
    assert mend in errors[0].mend
    # a replaced text that begins with spaces or holds a line break stands on its own last line
    assert errors[0].where.startswith(f"{folder / 'program.yaml'}:")
    assert abs(int(errors[0].where.rpartition(":")[2]) - line) <= 1


def test_all_faults_are_told_at_once(folder: Path) -> None:
    lines = [
        spoil(folder, "subject: project", "subject: projekt"),
        spoil(folder, "lead: P60D", "lead: soon"),
        spoil(folder, "title: Assessment", "titel: Assessment"),
    ]
    path = folder / "letters" / "accepted.md"
    path.write_text(path.read_text().replace("{{ case.url }}", "{{ case.link }}"))
    with pytest.raises(UserError) as caught:
        load(folder)
    problems = [(Path(problem.where.rpartition(":")[0]).name, problem.what) for problem in caught.value.problems]
    assert ("program.yaml", "“titel” is not known here") in problems
    assert ("program.yaml", "“title” is missing") in problems
    assert ("accepted.md", "“case.link” is no placeholder") in problems
    assert len(problems) == 5
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("program: x\nprogram: y\n", "found duplicate key"),
        ("program: [x\n", ""),
        ("- a\n", "a program is a mapping"),
        ("program: x\n\tname: y\n", ""),
        ("program: &a [*a]\n", ""),
    ],
)
def test_a_file_that_is_no_program(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "program.yaml").write_text(text)
    _program, errors, _warnings = examine(tmp_path)
    assert errors
    assert what in errors[0].what
    assert errors[0].where.startswith(str(tmp_path / "program.yaml"))


def test_a_folder_without_a_program(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"there is no program\.yaml here"):
        load(tmp_path)


def test_faults_in_the_files_beside_it_have_their_own_lines(folder: Path) -> None:
    line = spoil(folder, "type: checkboxes", "type: boxes", file="application.yml")
    _program, errors, _warnings = examine(folder)
    assert [error.where for error in errors] == [f"{folder / 'application.yml'}:{line}"]


class TestChanges:
    def change(self, tmp_path: Path, text: str) -> Path:
        folder = tmp_path / "programs" / "ecosystem"
        folder.mkdir(parents=True)
        (folder / "program.yaml").write_text(text)
        return folder

    def test_what_is_written_replaces_and_the_rest_stays(self, tmp_path: Path) -> None:
        change = self.change(
            tmp_path,
            "accountable: chair:projects\nchecks:\n  stars: {at_least: 50}\n  commits: null\nqueue: {first: []}\n",
        )
        program = load(built_in()["ecosystem"], overrides=change)
        assert program.accountable.text == "chair:projects"
        assert program.check("stars").at_least == 50
        assert program.check("stars").blocking
        assert "commits" not in {check.criterion for check in program.checks}
        assert program.queue.first == ()
        assert program.digest != find("ecosystem").digest

    def test_a_fault_stands_in_the_file_that_made_it(self, tmp_path: Path) -> None:
        change = self.change(tmp_path, "checks:\n  stars:\n    at_least: many\n")
        _program, errors, _warnings = examine(built_in()["ecosystem"], overrides=change)
        assert [error.where for error in errors] == [f"{change / 'program.yaml'}:3"]

    def test_a_file_of_the_same_name_replaces(self, tmp_path: Path) -> None:
        change = self.change(tmp_path, "{}\n")
        (change / "letters").mkdir()
        (change / "letters" / "void.md").write_text("Subject: No\n\nOur own words.\n")
        program = load(built_in()["ecosystem"], overrides=change)
        assert program.letter("void")[1].body == "Our own words.\n"
        assert program.digest != find("ecosystem").digest

    def test_the_review_follows_the_changed_bars(self, tmp_path: Path) -> None:
        self.change(tmp_path, "checks:\n  stars: {at_least: 50}\n  commits: null\n")
        programs = library(tmp_path)
        review = programs["ecosystem-review"]
        assert review.check("stars").at_least == 50
        assert "commits" not in {check.criterion for check in review.checks}
        assert find("ecosystem-review", tmp_path) == review

    def test_a_file_can_stand_alone(self, tmp_path: Path, folder: Path) -> None:
        path = folder / "program.yaml"
        path.write_text(path.read_text().replace("program: talk-proposals", "extends: false\nprogram: ecosystem"))
        program = load(built_in()["ecosystem"], overrides=folder)
        assert [stage.name for stage in program.stages][:2] == ["new", "assessment"]
        assert program.decisions == ()

    def test_a_program_that_only_the_foundation_has(self, folder: Path) -> None:
        assert "talk-proposals" in library(folder.parent.parent)
        assert find("talk-proposals", folder.parent.parent).prefix == "TP"

    def test_a_folder_must_bear_the_name_of_its_program(self, folder: Path) -> None:
        folder.rename(folder.parent / "other")
        with pytest.raises(UserError, match="calls itself “talk-proposals” but its folder is “other”"):
            library(folder.parent.parent)

    def test_there_is_no_such_program(self) -> None:
        with pytest.raises(NotFound) as caught:
            find("ecosistem")
        assert "ecosystem, ecosystem-review" in caught.value.mend

    def test_checks_can_be_taken_over_only_from_a_neighbour(self, folder: Path) -> None:
        path = folder / "program.yaml"
        path.write_text(path.read_text() + "\nchecks_from: nobody\n")
        _program, errors, _warnings = examine(folder)
        assert [error.what for error in errors] == ["there is no program “nobody” beside this one"]


class TestContent:
    def test_comments_and_spelling_are_not_content(self, folder: Path) -> None:
        before = load(folder).digest
        spoil(folder, "queue: {order: fifo, first: [returning]}", "# later\nqueue:\n  first: returning\n  order: fifo")
        spoil(folder, "    pauses_clock: true", "    pauses_clock:   true  # still")
        assert load(folder).digest == before

    @pytest.mark.parametrize("file", ["application.yml", "letters/accepted.md", "program.yaml"])
    def test_every_word_that_counts_is_content(self, folder: Path, file: str) -> None:
        before = load(folder).digest
        path = folder / file
        path.write_text(path.read_text().replace("Subject: ", "Subject: Re ", 1).replace("title: ", "title: A ", 1)
                        .replace("description: ", "description: A ", 1))  # fmt: skip
        assert load(folder).digest != before

    def test_line_ends_are_not_content(self, folder: Path) -> None:
        before = load(folder).digest
        for path in folder.rglob("*.md"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert load(folder).digest == before

    def test_the_canonical_form_reads_back_the_same_in_the_same_order(self, folder: Path) -> None:
        program = load(folder)
        again = from_canonical(json.loads(program.canonical()))
        assert again == program
        assert again.digest == program.digest
        assert [stage.name for stage in again.stages] == [stage.name for stage in program.stages]
        assert again.form == program.form

    def test_another_format_is_refused(self) -> None:
        with pytest.raises(UserError, match="format"):
            from_canonical({"format": 99, "program": {}})
        with pytest.raises(UserError, match="missing"):
            from_canonical({"format": 1, "program": {}})

    def test_a_program_needs_nothing_but_its_canonical_form(self, folder: Path) -> None:
        program = from_canonical(load(folder).canonical())
        shutil.rmtree(folder)
        assert program.form is not None
        assert program.letter("accepted")[1].subject == "{{ subject.name }} was accepted"
