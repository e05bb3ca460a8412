"""The lint: what would go wrong with a program is said before a case can start."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from quorate.engine.definition import Role, built_in, examine

BASE = built_in()["ecosystem"]


def findings(tmp_path: Path, change: str, world: World | None = None) -> tuple[list[str], list[str]]:
    """What the lint says of the built-in program with a change: errors and warnings, each with its line."""
    (tmp_path / "program.yaml").write_text(change)
    _program, errors, warnings = examine(BASE, overrides=tmp_path, world=world)
    return [error.what for error in errors], [warning.what for warning in warnings]


@dataclass
class World:
    """A foundation with one body of nine, as far as a lint asks."""

    held: dict[str, int] = field(
        default_factory=lambda: {
            "chair:ecosystem-wg": 1,
            "body:ecosystem-wg": 9,
            "seat:staff/program-manager": 1,
            "body:staff": 5,
        }
    )
    same_employer: int = 2
    clauses: bool = True
    words: str = ""

    def holders(self, role: Role) -> int | None:
        return self.held.get(role.text)

    def seats(self, role: Role) -> int | None:
        return self.held.get(role.text)

    def largest_group(self, role: Role) -> int:
        return self.same_employer

    def has_program(self, slug: str) -> bool | None:
        return slug in ("ecosystem", "ecosystem-review")

    def has_probe(self, name: str) -> bool | None:
        return name.startswith("repository.")

    def has_grant(self, kind: str) -> bool | None:
        return kind == "project-status"

    def has_clause(self, policy: str, anchor: str) -> bool | None:
        return self.clauses

    def clause_words(self, policy: str, anchor: str) -> str:
        return self.words


@pytest.mark.parametrize(
    ("change", "what"),
    [
        # stages and transitions
        ("stages: {aside: {title: A, kind: work, owner: steward}}", "the stage “aside” is never reached"),
        (
            "stages: {aside: {title: A, kind: work, owner: steward}}\n"
            "transitions: {sidestep: {title: S, from: triage, to: aside, by: [steward]}}",
            "from the stage “aside” no end can be reached",
        ),
        ("stages: {review: {owner: null}}", "the stage has no owner"),
        ("stages: {information: {timeout: null}}", "a wait needs a timeout"),
        ("stages: {information: {timeout: {to: nowhere}}}", "there is no stage “nowhere”"),
        ("stages: {information: {timeout: {remind: [P60D]}}}", "a reminder 60 days before the end comes before"),
        ("stages: {declined: {outcome: null}}", "the end has no outcome"),
        ("stages: {declined: {outcome: refused}}", "there is no outcome “refused”"),
        ("stages: {listed: {owner: steward}}", "an end has no owner, clock or timeout"),
        ("stages: {review: {outcome: accepted}}", "only an end has an outcome"),
        ("stages: {new: {kind: gate}}", "a gate needs the occasion"),
        ("transitions: {take: {to: triaje}}", "there is no stage “triaje”"),
        ("transitions: {take: {from: listed}}", "the end “listed” cannot be left"),
        ("transitions: {take: {by: []}}", "nobody may take this transition"),
        ("transitions: {take: {by: [system]}}", "the system would take “take” at once"),
        ("transitions: {withdraw: {title: W, from: new, to: withdrawn, by: [applicant]}}", "“withdraw” is made by"),
        ("withdrawal: {to: triage}", "withdrawal must lead to an end"),
        ("intake: {start: begin}", "there is no stage “begin”"),
        # guards and sentences
        ("transitions: {ready: {guard: form.compleet}}", "“form.compleet” is not a declared fact"),
        ("transitions: {ready: {guard: answers.colour == 'red'}}", "“answers.colour” is not a declared fact"),
        ("transitions: {ready: {guard: check.licence == 'passed'}}", "a check is never “passed”"),
        ("transitions: {ready: {guard: reviews.submitted}}", "a guard must be true or false"),
        ("transitions: {ready: {sentence: '{somebody} did'}}", "“{somebody}” stands for nothing"),
        # clocks
        ("commitment: {lead: P30D}", "the clocks allow 83 days on the way new → triage → review → vote → "),
        ("commitment: {to: [nowhere]}", "there is no stage “nowhere”"),
        # parts
        ("intake: {fields: {name: {from: [nickname]}}}", "the form has no question “nickname”"),
        ("intake: {fields: {name: {fallback: nickname}}}", "there is no mapped field “nickname”"),
        ("intake: {private: [phone]}", "the form has no question “phone”"),
        ("intake: {duplicates: {by: [nickname]}}", "there is no mapped field “nickname”"),
        ("intake: {who: []}", "nobody may open a case"),
        ("intake: {windows: {opens: 2026-06-18, closes: 2026-05-18}}", "the window closes before it opens"),
        ("intake: {windows: {opens: 2026-05-18, closes: 2026-06-18, zone: Paris}}", "no time zone “Paris”"),
        ("checks: {stars: {at_most: 500}}", "a criterion has one bar, this has 2"),
        ("checks: {stars: {at_least: null}}", "the probe measures but no bar says what is enough"),
        ("checks: {stars: {probe: null, attest: null}}", "nothing finds out whether the bar is reached"),
        ("checks: {beauty: {title: Beauty}}", "nobody judges this criterion"),
        ("review: {stage: vote}", "reviews are written in a stage of kind work"),
        ("review: {min_submitted: 3}", "more reviews are needed to go on than reviewers are asked"),
        ("decision: null", "the vote has no decision rule"),
        ("decision: {passed: finish}", "“finish” does not start in the stage “vote”"),
        ("transitions: {approve: {by: [steward]}}", "the vote takes “approve” but the system may not"),
        ("decision: {rule: {of: members}}", "'members' is not known"),
        ("decision: {rule: {threshold: 3/2}}", "not between 0 and 1"),
        ("decision: {rule: {threshold: 1/1}}", "not even all votes of yes clear the bar"),
        ("decision: {rule: {threshold: 0/1, strict: false}}", "cleared without one vote of yes"),
        ("decision: {rule: {of: null}}", "of"),
        ("decision: {rule: {vacant: maybe}}", "'maybe' is not known"),
        ("decision: {rule: {quorum: {count: 5}}}", "nothing says what follows without a quorum"),
        ("decision: {no_decision: decline, rule: {quorum: {count: 5, fraction: 1/2}}}", "a quorum is a count or"),
        ("outcomes: {declined: {letter: refusal}}", "there is no letter “refusal”"),
        ("transitions: {ask: {effects: [{letter: questions}]}}", "there is no letter “questions”"),
        ("transitions: {ask: {effects: [{grant: take}]}}", "“take” is no value of grant"),
        ("transitions: {ask: {effects: [{notify: everybody}]}}", "“everybody” names no role"),
        ("transitions: {ask: {effects: [{decide: maybe}]}}", "there is no outcome “maybe”"),
        ("transitions: {approve: {effects: [{letter: approved}]}}", "nothing gives the grant"),
        ("grant: null", "obligations come with a grant"),
        ("grant: {renewal: {lead: P6M}}", "the review would open before the grant is given"),
        ("policy: null", "the clause belongs to no policy"),
        # people
        ("accountable: reviewers", "an office must be accountable"),
        ("steward: applicant", "an office must be steward"),
        ("duties: [[applicant]]", "duties are kept apart in pairs"),
        ("duties: [[applicant, cook]]", "“cook” is no duty here"),
        ("duties: [[triage, onboarding]]", "are the duty of one office, seat:staff/program-manager"),
        ("intake: {who: [system]}", "cases of this program have no applicant"),
    ],
)
def test_errors(tmp_path: Path, change: str, what: str) -> None:
    errors, _warnings = findings(tmp_path, change)
    assert any(what in error for error in errors), errors


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("letters: {farewell: {file: letters/void.md}}", "the letter “farewell” is never sent"),
        ("outcomes: {lost: {title: Lost}}", "no end has the outcome “lost”"),
        ("stages: {new: {owner: system}}", "nobody answers for a stage that only the system owns"),
    ],
)
def test_warnings(tmp_path: Path, change: str, what: str) -> None:
    errors, warnings = findings(tmp_path, change)
    assert errors == []
    assert warnings == [what]


def test_a_finding_stands_at_its_line_and_says_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "program.yaml").write_text("# ours\ntransitions:\n  take:\n    to: triaje\n")
    _program, errors, _warnings = examine(BASE, overrides=tmp_path)
    first = next(error for error in errors if "triaje" in error.what)
    assert first.where == f"{tmp_path / 'program.yaml'}:4"
    assert first.mend == "did you mean “triage”?"


class TestInAFoundation:
    def test_a_sound_one(self, tmp_path: Path) -> None:
        assert findings(tmp_path, "{}", World()) == ([], [])

    def test_a_vacant_seat_is_a_warning(self, tmp_path: Path) -> None:
        world = World()
        world.held["chair:ecosystem-wg"] = 0
        assert findings(tmp_path, "{}", world) == ([], ["“chair:ecosystem-wg” is vacant"])

    def test_an_office_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        errors, _warnings = findings(tmp_path, "steward: seat:staff/nobody", World())
        assert errors == ["nobody can hold “seat:staff/nobody”: there is no such office"]

    def test_too_few_members_to_review(self, tmp_path: Path) -> None:
        world = World()
        world.held["body:ecosystem-wg"] = 1
        errors, _warnings = findings(tmp_path, "{}", world)
        assert errors == ["2 reviewers are needed, body:ecosystem-wg has 1"]

    def test_a_quorum_above_the_seats(self, tmp_path: Path) -> None:
        change = "decision: {no_decision: decline, rule: {quorum: {count: 12}}}"
        assert findings(tmp_path, change, World())[0] == ["the quorum asks for 12 seats, and there are 9"]
        more_than_all = "decision: {no_decision: decline, rule: {quorum: {fraction: 1/1, strict: true}}}"
        assert findings(tmp_path, more_than_all)[0] == ["more than all can never be there, so nothing can be decided"]

    def test_a_rule_that_people_will_argue_about(self, tmp_path: Path) -> None:
        change = "decision: {rule: {strict: false, of: yes-no}}"
        errors, warnings = findings(tmp_path, change, World())
        assert errors == []
        assert warnings == [
            "one vote of yes passes it when all others abstain",
            "a tie passes: as many no as yes is at least one half",
        ]

    def test_a_rule_that_differs_from_the_words_of_its_clause(self, tmp_path: Path) -> None:
        assert findings(tmp_path, "{}", World(words="More than half of all members say yes."))[1] == []
        _errors, warnings = findings(tmp_path, "{}", World(words="Two thirds of all members say yes."))
        assert warnings == ["the clause “ecosystem-process#vote” says at least 2/3, the rule asks for more than 1/2"]
        (tmp_path / "program.yaml").write_text("decision:\n  rule:\n    threshold: 3/4\n")
        _program, _errors, found = examine(BASE, overrides=tmp_path, world=World(words="Two thirds of all members."))
        assert [each.where for each in found] == [f"{tmp_path / 'program.yaml'}:3"]

    def test_a_quorum_that_recusals_can_break(self, tmp_path: Path) -> None:
        change = "decision: {no_decision: decline, recuse: {shared_employer: true}, rule: {quorum: {count: 8}}}"
        errors, _warnings = findings(tmp_path, change, World())
        assert errors == ["with 2 seats recused for one employer the quorum of 8 cannot be met by 7"]

    def test_a_bar_that_recusals_can_break(self, tmp_path: Path) -> None:
        change = (
            "decision: {recused_leave: false, recuse: {shared_employer: true}, rule: {threshold: 8/9, strict: false}}"
        )
        errors, _warnings = findings(tmp_path, change, World())
        assert errors == ["with 2 seats recused for one employer 8 votes are needed and 7 are left"]

    def test_an_electorate_without_seats(self, tmp_path: Path) -> None:
        world = World()
        world.held["body:empty"] = 0
        errors, _warnings = findings(tmp_path, "decision: {electorate: body:empty}", world)
        assert errors == ["“body:empty” has no voting seat"]

    def test_what_is_not_registered(self, tmp_path: Path) -> None:
        change = (
            "checks: {stars: {probe: telescope.stars}}\n"
            "grant: {kind: crown, renewal: {program: coronation}}\n"
            "transitions: {ask: {effects: [{open: inquest}]}}"
        )
        errors, _warnings = findings(tmp_path, change, World())
        assert sorted(errors) == [
            "there is no kind of grant “crown”",
            "there is no probe “telescope.stars”",
            "there is no program “coronation”",
            "there is no program “inquest”",
        ]

    def test_a_clause_that_the_library_does_not_have(self, tmp_path: Path) -> None:
        errors, warnings = findings(tmp_path, "{}", World(clauses=False))
        assert errors == []
        assert "the library has no “ecosystem-process#vote”" in warnings
