"""Printed minutes: seats and not heads, times, quorum, promises; and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.meetings.conftest import PRINTED

from quorate.kernel.errors import UserError
from quorate.registers.meetings.reading.document import read
from quorate.registers.meetings.reading.report import report


def found(text: str = PRINTED) -> dict[str, Any]:
    return report(read(text, "m.md"), "m.md").as_dict()


def warnings(text: str = PRINTED) -> list[str]:
    return [f"{each['where']} {each['what']}" for each in found(text)["warnings"]]


def test_seats_are_counted_and_not_heads() -> None:
    said = found()
    assert (said["date"].isoformat(), said["seats"], said["represented"]) == ("2026-08-11", 5, 4)
    assert said["standing_in"] == [{"seat": "Beacon", "alternate": "Finn Roe", "for": "Ada Quill"}]
    assert said["beside"] == ["Gus Wray"]
    assert said["absent"] == ["Lantern project"]
    assert said["quorum"] == {"needed": 4, "have": 4, "met": True, "printed": 4, "majority": 3}
    assert said["present"] == {"representatives": 3, "alternates": 2, "leads": 1, "staff": 1, "others": 2}
    assert said["without_alternate"] == 2
    assert said["sections"] == ["Call to Order", "Application: Lantern 2", "Adjournment", "Next Meeting"]


def test_a_seat_of_a_project_has_its_own_alternate_and_not_the_employers() -> None:
    said = found(PRINTED.replace("- [ ] Hal Stone", "- [x] Hal Stone").replace("- [x] Finn Roe", "- [ ] Finn Roe"))
    assert [each["seat"] for each in said["standing_in"]] == ["Lantern project"]
    assert said["absent"] == ["Beacon"]


def test_what_a_reader_should_look_at() -> None:
    said = "\n".join(warnings())
    assert "the printed quorum is 4, but more than half of 5 seats is 3" in said
    assert (
        "m.md:6 “4pm CET” is 15:00 UTC, but “7am PT” is 14:00 UTC on 2026-08-11: in Europe/Berlin it is 16:00" in said
    )
    assert "clocks in Europe/Berlin show another time on 2026-03-10 (15:00)" in said
    assert "printed as “Dune/Ember”: two names for one seat" in said
    assert "“Joseph Fern”" not in said
    assert "“B. Tarn” in the text may be “Bo Tarn” of the attendance" in said


def test_right_times_are_not_remarked_on() -> None:
    text = PRINTED.replace("at 7am PT/10am ET/4pm CET", "at 7am PT")
    assert not any("UTC" in line or "clocks" in line for line in warnings(text))
    in_winter = text.replace("August 11, 2026", "December 8, 2026")
    assert any("“7am PDT” on 2026-12-08 is 06:00 PST" in line for line in warnings(in_winter))


def test_promises_are_proposals_with_their_line() -> None:
    said = found()
    assert [each["text"] for each in said["decisions_to_come"]] == [
        "The next step is a formal vote, which will be sent out after the meeting."
    ]
    assert [(each["text"], each["who"]) for each in said["action_items"]][1] == (
        "Cleo Marsh agreed to follow up with the maintainers.",
        ["Cleo Marsh"],
    )
    assert len(said["action_items"]) == 2
    lines = PRINTED.splitlines()
    assert all(each["text"] in lines[each["line"] - 1] for each in said["action_items"])


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("- [x] Finn Roe (Beacon)", "- [x] Finn Roe (Elsewhere)", "no seat is printed for the alternate “Finn Roe”"),
        ("- [x] Gus Wray (Harbour Works)", "- [x] Gus Wray (Beacon)", "is a second alternate of the seat Beacon"),
        ("- [x] Bo Tarn (Harbour Works)", "- [x] Bo Tarn (Beacon)", "are both printed for Beacon"),
        ("- [x] Bo Tarn (Harbour Works)", "- [x] Bo Tarn", "no affiliation is printed for “Bo Tarn”"),
        (
            "- [x] Gus Wray (Harbour Works)",
            "- [x] Gus Wray (Harbour)",
            "is printed for Harbour, the seat for Harbour W",
        ),
        ("**(4 are needed for quorum)**", "", "no quorum is printed"),
    ],
)
def test_a_roll_that_does_not_fit_is_said_so(before: str, after: str, words: str) -> None:
    assert before in PRINTED
    assert any(words in line for line in warnings(PRINTED.replace(before, after)))


def test_an_alternate_that_fits_two_seats_stands_in_for_none() -> None:
    said = found(PRINTED.replace("- [x] Bo Tarn (Harbour Works)", "- [ ] Bo Tarn (Beacon)"))
    assert (said["represented"], said["standing_in"]) == (2, [])


@pytest.mark.parametrize(
    ("before", "after", "where", "what"),
    [
        ("August 11, 2026 Council", "August 33, 2026 Council", "m.md:4", "is no date"),
        ("- [x] Bo Tarn", "- [y] Bo Tarn", "m.md:14", "neither ticked nor empty"),
        ("- [x] Bo Tarn", "- Bo Tarn", "m.md:14", "no box"),
        ("Bo Tarn (Harbour Works)", "Bo Tarn (Harbour Works", "m.md:14", "bracket is not closed"),
        ("Bo Tarn (Harbour Works)", "(Harbour Works)", "m.md:14", "nobody is named"),
        ("- [x] Bo Tarn (Harbour Works)", "- [x] Cleo Marsh (Dune/Ember)", "m.md:15", "twice"),
        ("voting representatives attended", "people came to", "m.md", "no list of voting representatives"),
        ("**The following Working Group Leads attended", "**The following voting representatives attended", "m.md:25", "second"),
    ],
)  # fmt: skip
def test_malformed_minutes_are_refused_with_their_line(before: str, after: str, where: str, what: str) -> None:
    assert before in PRINTED
    with pytest.raises(UserError) as caught:
        read(PRINTED.replace(before, after), "m.md")
    assert str(caught.value.where) == where
    assert what in str(caught.value.what)
    assert caught.value.mend


def test_minutes_without_a_date_or_without_a_roll_are_refused() -> None:
    for text, what in (
        ("", "of which day"),
        ("# Minutes\n", "of which day"),
        ("# Minutes of 2026-08-11\n\n## Voting representatives present\n\nNobody.\n", "nobody is listed"),
    ):
        with pytest.raises(UserError, match=what):
            read(text)


def test_other_ways_of_writing_it() -> None:
    text = (
        "# Minutes of 11 August 2026\n\nQuorum: 2\n\n## Voting representatives present\n\n- [x] Ada Quill - Chair (Beacon)\n"
        "- [ ] Bo Tarn (Harbour)\n\n## Alternates\n\n- [x] Gus Wray (Harbour)\n\n## Guests attending\n\n- Max Fern\n\n"
        "## Reports\n\nAda Quill volunteered to write it.\n"
    )
    said = found(text)
    assert (said["date"].isoformat(), said["seats"], said["represented"]) == ("2026-08-11", 2, 2)
    assert said["present"]["others"] == 1
    assert [each["who"] for each in said["action_items"]] == [["Ada Quill"]]


def test_the_council_of_the_eleventh_of_august(real_data: Path) -> None:
    path = real_data / "pytorch-foundation" / "minutes" / "tac-2026-08-11.md"
    said = report(read(path.read_text(), "m.md"), "m.md").as_dict()
    assert (said["date"].isoformat(), said["seats"], said["represented"]) == ("2026-08-11", 21, 17)
    assert (len(said["standing_in"]), len(said["beside"]), said["without_alternate"]) == (2, 4, 8)
    assert said["present"]["representatives"] + said["present"]["alternates"] == 21
    assert said["quorum"] == {"needed": 12, "have": 17, "met": True, "printed": 12, "majority": 11}
    assert [each["seat"] for each in said["standing_in"]] == ["ARM", "Alibaba Cloud"]
    assert (len(said["decisions_to_come"]), len(said["action_items"])) == (2, 5)
    words = "\n".join(each["what"] for each in said["warnings"])
    assert "“4pm CET” is 15:00 UTC" in words
    assert "2026-03-10 (15:00)" in words
    assert "“Red Hat/IBM”: two names for one seat" in words
    assert len(said["warnings"]) == 6
