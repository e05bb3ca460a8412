"""Taking in minutes: kept once, by seat; differences from the roster are said; outsiders are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.meetings.conftest import PRINTED, Council

from quorate.access.actors import VISITOR, system
from quorate.kernel.errors import Conflict, Refused
from quorate.ledger.queries import about
from quorate.registers.meetings.actions import take_in
from quorate.registers.meetings.models import ActionItem, Attendance, Meeting, Minutes
from quorate.registers.meetings.queries import attendance_by_seat, roll
from quorate.surfaces.cli.main import run
from quorate.terms.models import Body

pytestmark = pytest.mark.django_db
DESK = system("desk")


def taken(text: str = PRINTED, name: str = "council", **more: Any) -> dict[str, Any]:
    return take_in(actor=more.get("actor", DESK), name=name, text=text, file="m.md").as_dict()


def test_a_body_that_is_not_known_only_gets_a_report() -> None:
    assert taken()["stored"] == {"outcome": "reported"}
    assert not Meeting.objects.exists()


def test_it_is_kept_once_by_seat(council: Council) -> None:
    first, again = taken(), taken(name="COUNCIL")
    assert first["stored"]["outcome"] == "created"
    assert again["stored"] == {**first["stored"], "outcome": "unchanged"}
    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.quorum, meeting.zone) == ("adjourned", {"count": 4}, "America/Los_Angeles")
    assert meeting.title == "August 11, 2026 Council Meeting"
    assert meeting.local_start.isoformat() == "2026-08-11T07:00:00-07:00"
    rows = {row.place.label: row for row in roll(meeting)}
    assert {label: row.state for label, row in rows.items()} == {
        "Beacon": "alternate",
        "Harbour Works": "both",
        "Ember": "representative",
        "Gold members": "representative",
        "Lantern project": "absent",
    }
    assert rows["Beacon"].person_id == council.people["finn"].id
    assert rows["Gold members"].place.seat == council.seats["gold"]
    assert Attendance.objects.filter(place=None).count() == 4
    assert Minutes.objects.get().state == "draft"
    assert [entry.kind for entry in about("meeting", str(meeting.id))] == ["meeting.imported"]
    beacon = attendance_by_seat(council.body)[0]
    assert (beacon.label, beacon.meetings, beacon.representative, beacon.alternate, beacon.absent) == (
        "Beacon",
        1,
        0,
        1,
        0,
    )


def test_promises_wait_to_be_confirmed(council: Council) -> None:
    taken()
    proposed = ActionItem.objects.order_by("line")
    assert {item.state for item in proposed} == {"proposed"}
    assert [item.owner and item.owner.name for item in proposed] == [None, "Cleo Marsh"]


def test_differences_from_the_roster(council: Council) -> None:
    text = PRINTED.replace("Bo Tarn (Harbour", "Bob Tarn (Harbour").replace("Council Chair", "Member")
    text = text.replace("- [x] Gus Wray (Harbour Works)\n", "").replace("Eri Sand \\- Lantern", "Eri Sand \\- Kelp")
    said = "\n".join(each["what"] for each in taken(text)["warnings"])
    assert "print “Dune/Ember” for the seat that the roster has for “Ember”" in said
    assert "print “Bob Tarn” as representative of Harbour Works; the roster has “Bo Tarn” that day" in said
    assert "the roster has an alternate for Harbour Works (“Gus Wray”), whom the minutes do not print" in said
    assert "the roster says that the seat Beacon chairs; the minutes do not" in said
    assert Meeting.objects.get().source["warnings"]


def test_a_seat_that_is_on_one_side_only(council: Council) -> None:
    text = PRINTED.replace("- [x] Dov Pell \\- Gold Member Representative (Fathom)\n", "- [x] Zed Nil (Nowhere)\n")
    said = "\n".join(each["what"] for each in taken(text)["warnings"])
    assert "the printed seat Nowhere of “Zed Nil” is not on the roster" in said
    assert "the roster has the seat Gold members, which the minutes do not print" in said
    place = Meeting.objects.get().places.get(label="Nowhere")
    assert (place.seat, place.representative_name) == (None, "Zed Nil")


def test_a_changed_file_replaces_until_its_minutes_are_adopted(council: Council) -> None:
    taken()
    ActionItem.objects.filter(owner__isnull=False).update(state="open")
    changed = PRINTED.replace("- [ ] Ada Quill", "- [x] Ada Quill")
    assert taken(changed)["stored"]["outcome"] == "changed"
    meeting = Meeting.objects.get()
    assert (roll(meeting)[0].state, meeting.versions.count()) == ("both", 2)
    assert sorted(ActionItem.objects.values_list("state", flat=True)) == ["open", "proposed"]
    meeting.versions.filter(number=2).update(adopted_at=meeting.starts_at)
    with pytest.raises(Conflict):
        taken(PRINTED + "\nMore.")


def test_a_meeting_held_here_is_not_overwritten(council: Council) -> None:
    taken()
    Meeting.objects.update(source_sha256="")
    with pytest.raises(Conflict):
        taken()


def test_outsiders_are_refused_and_nothing_is_kept(council: Council) -> None:
    for actor in (council.actor("xan"), council.actor("bo"), VISITOR):
        with pytest.raises(Refused):
            taken(actor=actor)
    assert not Meeting.objects.exists()
    assert taken(actor=council.actor("ada"))["stored"]["outcome"] == "created"


def test_the_command(council: Council, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "minutes.md"
    file.write_text(PRINTED)
    assert run(["meeting", "import", str(file), "--body", "council", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["date"], said["seats"], said["represented"], said["quorum"]["met"]) == ("2026-08-11", 5, 4, True)
    assert run(["meeting", "import", str(file), "--body", "nobody"]) == 0
    assert "4 of 5 seats represented" in capsys.readouterr().out
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\0", b"Minutes of nothing", None])
def test_the_command_refuses_what_is_no_minutes(
    council: Council, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None
) -> None:
    file = tmp_path / "minutes.md"
    if data is not None:
        file.write_bytes(data)
    assert run(["meeting", "import", str(file), "--body", "council", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["where"].startswith(str(file))
    assert error["what"]
    assert error["mend"]
    assert not Meeting.objects.exists()


def test_the_real_minutes_beside_a_roster_that_differs(real_data: Path) -> None:
    """The body is there and its roster empty: all is kept under the printed names, and every seat is remarked on."""
    Body.objects.create(slug="tac", name="Technical Advisory Council", kind="council")
    path = real_data / "pytorch-foundation" / "minutes" / "tac-2026-08-11.md"
    said = take_in(actor=DESK, name="tac", text=path.read_text(), file="m.md").as_dict()
    assert (said["seats"], said["represented"], said["stored"]["outcome"]) == (21, 17, "created")
    rows = roll(Meeting.objects.get())
    assert sum(1 for row in rows if row.standing.speaks) == 17
    assert sum(1 for each in said["warnings"] if "is not on the roster" in each["what"]) == 21
