"""The built-in programs: they pass the lint, and they say what the policy says."""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.engine.definition import (
    Program,
    Role,
    StageKind,
    brought,
    built_in,
    examine,
    find,
    from_canonical,
    library,
    mapped,
    mermaid,
)
from quorate.engine.definition.lint.graph import edges, reach
from quorate.engine.forms import Answer, answer, read, read_issue, write_issue

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "pytorch-foundation"


@pytest.mark.parametrize("name", sorted(built_in()))
def test_every_built_in_program_is_without_fault(name: str) -> None:
    program, errors, warnings = examine(built_in()[name])
    assert [error.line for error in (*errors, *warnings)] == []
    assert program is not None
    assert program.program == name
    assert from_canonical(program.canonical()) == program
    assert from_canonical(program.canonical()).digest == program.digest


@pytest.mark.parametrize("name", sorted(built_in()))
def test_every_built_in_program_explains_itself(name: str) -> None:
    folder = built_in()[name]
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "ccountable" in readme
    program = find(name)
    assert all(stage.summary or stage.is_end for stage in program.stages)
    assert all(step.sentence for step in program.transitions)


def test_the_example_foundation_changes_them_without_fault() -> None:
    programs = library(EXAMPLE)
    assert {"ecosystem", "ecosystem-review", *brought(EXAMPLE)} <= set(programs)


@pytest.fixture(scope="module")
def ecosystem() -> Program:
    return find("ecosystem")


@pytest.fixture(scope="module")
def review() -> Program:
    return find("ecosystem-review")


class TestEcosystem:
    def test_a_case_waits_in_a_public_queue_that_takes_returning_ones_first(self, ecosystem: Program) -> None:
        assert ecosystem.start.kind is StageKind.QUEUE
        assert ecosystem.public_at("new").position is True
        assert ecosystem.queue.first == ("returning",)
        assert (
            (ecosystem.queue.session.least, ecosystem.queue.session.most) == (7, 10)
            if ecosystem.queue.session
            else False
        )

    def test_the_measured_bars_are_those_of_the_policy(self, ecosystem: Program) -> None:
        bars = {check.criterion: check.needed for check in ecosystem.checks if check.is_measured}
        assert bars == {
            "maintainers": 2,
            "contributors": 5,
            "commits": 30,
            "stars": 200,
            "licence": ["BSD-3-Clause", "Apache-2.0", "MIT"],
            "license-file": True,
            "readme-file": True,
            "contributing-file": True,
            "codeowners-file": True,
            "conduct-file": True,
            "ci": True,
        }

    def test_two_reviewers_share_no_employer_with_the_applicant_or_each_other(self, ecosystem: Program) -> None:
        rules = ecosystem.review_in("review")
        assert rules is not None
        assert rules.reviewers == 2
        assert rules.from_ == Role("body:ecosystem-wg")
        assert rules.distinct_employers
        assert rules.recusal.shared_employer
        assert rules.recusal.declaration

    def test_more_than_half_of_the_members_decide(self, ecosystem: Program) -> None:
        vote = ecosystem.decision_in("vote")
        assert vote is not None
        assert vote.rule.as_motion() == {"threshold": "1/2", "strict": True, "of": "seats", "abstain": "neither"}

    def test_an_approved_project_is_listed_while_its_tasks_are_open(self, ecosystem: Program) -> None:
        approve = ecosystem.transition("approve")
        assert [str(effect) for effect in approve.effects] == [
            "decide: accepted",
            "grant: give",
            "obligations: open",
            "letter: approved",
        ]
        assert approve.to == "onboarding"
        assert not ecosystem.stage("onboarding").is_end
        assert ecosystem.grant is not None
        assert ecosystem.grant.params == {"status": "ecosystem"}
        guard = ecosystem.transition("finish").guard
        assert guard is not None
        assert not guard.evaluate({"obligations.required": ["logo"]}).holds
        assert guard.evaluate({"obligations.required": []}).holds

    def test_unknown_blocks_as_failing_does(self, ecosystem: Program) -> None:
        guard = ecosystem.transition("ready").guard
        assert guard is not None
        facts = {"form.complete": True, "checks.done": True, "case.duplicates": 0, "checks.blocking": []}
        assert guard.evaluate(facts).holds
        refusal = guard.evaluate({**facts, "checks.blocking": ["stars"]}).refusal
        assert refusal == "“count(checks.blocking) == 0” does not hold (checks.blocking is stars)"

    def test_whoever_is_turned_down_may_come_back_after_three_months(self, ecosystem: Program) -> None:
        for name in ("declined", "too-early"):
            assert str(ecosystem.outcome(name).reapply_after) == "P3M"

    def test_the_clock_stands_still_while_the_applicant_is_asked(self, ecosystem: Program) -> None:
        stage = ecosystem.stage("information")
        assert stage.pauses_clock
        assert stage.timeout is not None
        assert stage.timeout.to == "lapsed"
        assert ecosystem.transition("answer").goes_back
        assert edges(ecosystem)["information"] >= {"triage", "review", "lapsed", "withdrawn"}

    def test_an_applicant_can_withdraw_until_the_decision(self, ecosystem: Program) -> None:
        withdraw = ecosystem.transition("withdraw")
        assert "onboarding" not in withdraw.from_
        assert {step.name for step in ecosystem.transitions_from("onboarding")} == {"finish", "leave"}

    def test_the_contact_is_private(self, ecosystem: Program) -> None:
        assert ecosystem.private_questions == {"contact"}

    def test_every_way_comes_to_an_end(self, ecosystem: Program) -> None:
        graph = edges(ecosystem)
        ends = {stage.name for stage in ecosystem.stages if stage.is_end}
        assert all(reach(graph, stage.name) & ends for stage in ecosystem.stages)
        assert reach(graph, "new") == {stage.name for stage in ecosystem.stages}

    def test_it_can_be_drawn(self, ecosystem: Program) -> None:
        drawing = mermaid(ecosystem, current="vote")
        assert drawing.startswith("stateDiagram-v2\n")
        assert "Put to the vote" in drawing
        assert "Lapsed" in drawing


class TestReview:
    def test_it_asks_what_the_admission_asked(self, ecosystem: Program, review: Program) -> None:
        assert review.checks == tuple(check for check in ecosystem.checks if check.is_measured)

    def test_it_is_opened_by_the_grant_every_six_months(self, ecosystem: Program, review: Program) -> None:
        assert ecosystem.grant is not None
        assert ecosystem.grant.renewal is not None
        assert str(ecosystem.grant.renewal.every) == "P6M"
        assert ecosystem.grant.renewal.program == review.program
        assert review.intake.who == (Role("system"),)
        assert review.form is None

    def test_owners_have_thirty_days_to_mend(self, review: Program) -> None:
        remedy = review.stage("remedy")
        assert remedy.owner == Role("holder")
        assert remedy.timeout is not None
        assert (str(remedy.timeout.after), remedy.timeout.to) == ("P30D", "recheck")
        assert [str(effect) for effect in remedy.on_enter] == ["letter: notice"]
        assert [str(effect) for effect in review.stage("recheck").on_enter] == ["checks: run"]

    @pytest.mark.parametrize(
        ("facts", "open_steps"),
        [
            ({"checks.done": True, "checks.failing": [], "checks.unknown": []}, {"keep"}),
            ({"checks.done": True, "checks.failing": ["commits"], "checks.unknown": []}, {"notify"}),
            ({"checks.done": True, "checks.failing": [], "checks.unknown": ["stars"]}, set()),
            ({"checks.done": False, "checks.failing": [], "checks.unknown": []}, set()),
        ],
    )
    def test_what_the_machine_does_by_itself(
        self, review: Program, facts: dict[str, object], open_steps: set[str]
    ) -> None:
        steps = [step for step in review.transitions_from("measured") if step.automatic and step.guard]
        assert {step.name for step in steps if step.guard and step.guard.evaluate(facts).holds} == open_steps

    def test_only_a_person_retires_a_project(self, review: Program) -> None:
        retire = review.transition("retire")
        assert not retire.automatic
        assert retire.reason == "required"
        assert [str(effect) for effect in retire.effects] == ["grant: revoke"]


class TestImport:
    """An issue rendered from the form in use fills the fields of the program, whichever form the program has."""

    given: dict[str, str] = {
        "Contact emails": "ada@project.example, grace@project.example",
        "Project summary": "Sparse training made plain",
        "Project description": "What it does.\n\n### Background\n\nWhy it does so.",
        "Project repo URL": "https://github.com/example/sparsely.git",
        "Additional repos in scope of the application": "https://github.com/example/one\nhttps://github.com/example/two",
        "Project license": "Apache 2.0",
        "GitHub handles of the project maintainer(s)": "@ada-example, @grace-example",
        "Website URL": "https://sparsely.example/.",
        "Version of PyTorch": "2.4 and 2.5",
    }

    def test_by_label_into_our_own_form(self, ecosystem: Program, real_data: Path) -> None:
        theirs = read(real_data / "pytorch-foundation" / "forms" / "ecosystem-application.yml")
        answers: dict[str, Answer] = {}
        for question in theirs.questions:
            answers[question.id] = self.given.get(question.label, f"about {question.label}")
        body = write_issue(theirs, answer(theirs, answers).answers)
        assert ecosystem.form is not None
        issue = read_issue(ecosystem.form, f"# [Ecosystem] Sparsely\n\n{body}", aliases=ecosystem.aliases)
        assert issue.missing == []
        assert [warning for warning in issue.warnings if "Background" not in warning] == []
        assert set(issue.fields) == {question.label for question in theirs.questions}
        facts = mapped(ecosystem, issue.answers, title=issue.title)
        assert facts == {
            **facts,
            "name": "Sparsely",
            "contact": ["ada@project.example", "grace@project.example"],
            "summary": "Sparse training made plain",
            "repo_url": "https://github.com/example/sparsely.git",
            "more_repos": ["https://github.com/example/one", "https://github.com/example/two"],
            "licence": "Apache-2.0",
            "maintainers": ["ada-example", "grace-example"],
            "website": "https://sparsely.example/",
            "framework_versions": "2.4 and 2.5",
        }
        assert set(facts) == {field.name for field in ecosystem.intake.fields}

    def test_the_name_falls_back_to_the_repository(self, ecosystem: Program) -> None:
        assert mapped(ecosystem, {"repository": "https://github.com/example/sparsely.git"})["name"] == "sparsely"

    def test_a_foundation_may_bring_the_form_itself(self, real_data: Path, tmp_path: Path) -> None:
        form = real_data / "pytorch-foundation" / "forms" / "ecosystem-application.yml"
        (tmp_path / "ours.yml").write_bytes(form.read_bytes())
        (tmp_path / "program.yaml").write_text("intake: {form: ours.yml}\n")
        program, errors, _warnings = examine(built_in()["ecosystem"], overrides=tmp_path)
        assert [error.line for error in errors] == []
        assert program is not None
        assert program.private_questions == {"contact-emails"}
        facts = mapped(program, {"project-repo-url": "https://github.com/example/x", "version-of-pytorch": "2.5"})
        assert facts == {"name": "x", "repo_url": "https://github.com/example/x", "framework_versions": "2.5"}
