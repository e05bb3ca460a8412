"""``quorate motion import gitvote``: profiles in the shapes that projects really use, with what they do not mean here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate.decisions import gitvote
from quorate.decisions.rules import parse_rule
from quorate.kernel.errors import UserError
from quorate.surfaces.cli.main import run
from quorate.terms.models import Body, Seat

WHOLE = """\
audit:
  enabled: true
automation:
  enabled: true
  rules:
    - patterns: ["*.md"]
      profile: default
profiles:
  default:
    duration: 26w
    pass_threshold: 66
    periodic_status_check: "1 week"
    allowed_voters:
      teams:
        - example-council
      exclude_team_maintainers: true
    close_on_passing: true
    close_on_passing_min_wait: "1 week"
    announcements:
      discussions:
        category: announcements
  half:
    duration: 1hour 30mins
    pass_threshold: 50
  exact:
    duration: 2 weeks
    pass_threshold: 66.67
    allowed_voters: {teams: [], users: [elin-example]}
"""


def profiles(tmp_path: Path, text: str = WHOLE, seats: int = 21) -> dict[str, gitvote.Profile]:
    path = tmp_path / ".gitvote.yml"
    path.write_text(text)
    return {each.name: each for each in gitvote.read(path, "council", seats)[0]}


def said(profile: gitvote.Profile) -> str:
    return "\n".join(profile.warnings)


def test_each_profile_becomes_a_rule_with_an_exact_fraction(tmp_path: Path) -> None:
    found = profiles(tmp_path)
    rules = {name: parse_rule(each.document["rule"]) for name, each in found.items()}
    assert {name: str(rule.threshold) for name, rule in rules.items()} == {
        "default": "33/50",
        "half": "1/2",
        "exact": "6667/10000",
    }
    assert all((rule.of, rule.strict, rule.quorum) == ("seats", False, None) for rule in rules.values())
    assert {name: each.document["days"] for name, each in found.items()} == {"default": 182, "half": 1, "exact": 14}
    assert (found["default"].document["early_close"], found["half"].document["early_close"]) == (True, False)


def test_what_has_no_exact_meaning_is_said_with_its_line(tmp_path: Path) -> None:
    found = profiles(tmp_path)
    path = tmp_path / ".gitvote.yml"
    exact = said(found["exact"])
    assert f"{path}:27: gitvote compares 66.67 as a binary number; here it is exactly 6667/10000" in exact
    assert "66.67 % is not 2/3: of 21 seats it asks for 15, 2/3 for 14" in exact
    assert "user elin-example became the 21 voting seats" in exact
    whole = said(found["default"])
    for words in (":12: those who have not voted", "team example-council", "exclude_team_maintainers has no counterpart",
                  ":17: gitvote looks once a day",
                  ":18: a least wait", ":19: results are announced", "no quorum", "66 % is not 2/3"):  # fmt: skip
        assert words in whole, words
    half = said(found["half"])
    assert "1hour 30mins is made 1 whole days" in half
    assert "lets every collaborator of the repository vote" in half
    assert "so a tie passes" in said(profiles(tmp_path, seats=20)["half"])
    _found, notes = gitvote.read(path, "council", 21)
    assert any(": votes are not opened by files" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("profiles: []\n", "no profiles", 1),
        ("profiles:\n  default:\n    duration: 1w\n", "no pass_threshold", 2),
        ("profiles:\n  default:\n    duration: soon\n    pass_threshold: 50\n", "no duration", 3),
        ("profiles:\n  default:\n    duration: 1w\n    pass_threshold: most\n", "no percentage", 4),
        ("profiles:\n  default:\n    duration: 1w\n    pass_threshold: 101\n", "no percentage", 4),
        ("profiles:\n  default:\n    duration: 1w\n    pass_threshold: .nan\n", "no percentage", 4),
        ("profiles:\n  default:\n    duration: 60w\n    pass_threshold: 50\n", "no time to vote", 3),
        (
            "profiles:\n  default:\n    duration: 1w\n    pass_threshold: 50\n    allowed_voters: [x]\n",
            "teams and users",
            5,
        ),
        (
            "profiles:\n  default:\n    duration: 1w\n    pass_threshold: 50\n    close_on_passing: maybe\n",
            "true or false",
            5,
        ),
    ],
)
def test_what_is_wrong_is_refused_at_its_line(tmp_path: Path, text: str, words: str, line: int) -> None:
    with pytest.raises(UserError, match=words) as caught:
        profiles(tmp_path, text)
    assert caught.value.where.endswith(f".gitvote.yml:{line}")


@pytest.mark.django_db
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = Body.objects.create(slug="council", name="Council", kind="council")
    for place in range(20):
        Seat.objects.create(body=body, slug=f"seat-{place}", title=f"Seat {place}", voting=place < 19)
    profiles(tmp_path)
    asked = ["motion", "import", "gitvote", str(tmp_path / ".gitvote.yml"), "--body", "council"]
    assert run([*asked, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (document["seats"], [each["name"] for each in document["profiles"]]) == (19, ["default", "half", "exact"])
    assert document["profiles"][0]["document"]["body"] == "council"
    assert run(asked) == 0
    assert "half:" in capsys.readouterr().out
    assert run([*asked[:-1], "nowhere"]) == 2
