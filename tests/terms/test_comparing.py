"""Where sources disagree about one roster: spellings, holders, seats, alternates, affiliations."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import DESK, Cast
from tests.foundation.conftest import Quorate, quorate

from quorate.access.models import Account
from quorate.kernel.errors import UserError
from quorate.ledger.models import Entry
from quorate.terms.actions import add_seat, appoint, set_up_body
from quorate.terms.comparing import Line, compare, read, spelling
from quorate.terms.models import Seat
from quorate.terms.rules import BodyFacts, SeatFacts, TermFacts
from quorate.toolkit.foundation import instant

__all__ = ["quorate"]


@pytest.fixture
def seat(cast: Cast) -> Seat:
    """Quay's seat in the council, held by Mara, Eve standing in."""
    body = set_up_body(actor=DESK, slug="council", facts=BodyFacts("Council", "council"))
    found = add_seat(actor=DESK, body=body, slug="quay", facts=SeatFacts("Quay seat", organisation=cast.quay.id))
    start = instant("2024-01-01")
    assert start is not None
    appoint(actor=DESK, seat=found, person=cast.mara, facts=TermFacts(start))
    appoint(actor=DESK, seat=found, person=cast.eve, facts=TermFacts(start), role="alternate")
    return found


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Zoë Brandt", "Zoe Brandt", "accents"),
        ("Brandt Zoe", "Zoe Brandt", "another order"),
        ("Zoe Maria Brandt", "Zoe Brandt", "leaves out"),
        ("Z. Brandt", "Zoe Brandt", "initial"),
        ("Johannes Brandt", "Johanes Brandt", "letters agree"),
        ("Zoe Brandt", "Odo Pell", ""),
        ("Ann Brandt", "Bob Brandt", ""),
    ],
)
def test_two_spellings_are_explained(one: str, other: str, why: str) -> None:
    assert why in spelling(one, other) if why else spelling(one, other) == ""


OURS = [
    Line("Quay seat", "Mara Lindgren", "Eve Outsider", "Quay Labs"),
    Line("Dock seat", "Odo Pell", "", "Dock Co"),
    Line("Pier seat", "Ada Reed", "Sam Stone", "Pier Co"),
]


def test_each_disagreement_has_its_kind() -> None:
    theirs = [
        Line("Quay seat", "Mära Lindgren", "Eve Outsider", "Harbour Works"),
        Line("Dock seat", "Lou Marsh", "", "Dock Co"),
        Line("Mole seat", "Kim Frost"),
    ]
    assert [(d.kind, d.seat) for d in compare(OURS, theirs)] == [
        ("spelling", "Quay seat"),
        ("affiliation-differs", "Quay seat"),
        ("holder-differs", "Dock seat"),
        ("seat-missing", "Pier seat"),
        ("seat-missing", "Mole seat"),
    ]
    without = [Line("Pier seat", "Ada Reed", "", "Pier Co")]
    assert [d.kind for d in compare(OURS[2:], without)] == ["alternate-missing"]


FILES = {
    "a.csv": "Seat,Representative,Alternate,Affiliation\nQuay seat,Mara Lindgren,Eve Outsider,Quay Labs\n",
    "a.md": "# Minutes\n\n- [x] Mara Lindgren (Quay Labs), alternate Eve Outsider\n",
    "b.md": "| Name | Affiliation | Alternate |\n|---|---|---|\n| Mara Lindgren | Quay Labs | Eve Outsider |\n",
    "a.yml": (
        "seats:\n  - title: Quay seat\n    terms:\n      - {person: mara-lindgren, from: 2024-01-01}\n"
        "      - {person: eve-outsider, role: alternate, from: 2024-01-01}\n"
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_every_form_of_file_is_read(name: str) -> None:
    assert compare(OURS[:1], read(name, FILES[name])) == []


@pytest.mark.parametrize("name", ["a.csv", "a.yml", "a.md"])
def test_a_file_without_seats_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="no seat was found"):
        read(name, "nothing: here\n")


_LINES = st.builds(
    Line,
    st.sampled_from(["A", "B", "C"]),
    st.text("xyzé ", max_size=6),
    st.text("xyz", max_size=3),
    st.text("qr/", max_size=3),
)


@given(st.lists(_LINES, max_size=4, unique_by=lambda line: line.seat), st.lists(_LINES, max_size=4))
def test_a_source_agrees_with_itself_and_no_pair_breaks(ours: list[Line], theirs: list[Line]) -> None:
    assert compare(ours, ours) == []
    compare(ours, theirs)


def test_the_command_reports_and_changes_nothing(quorate: Quorate, seat: Seat, tmp_path: Path) -> None:
    before = Entry.objects.count()
    good, bad = tmp_path / "good.csv", tmp_path / "bad.md"
    good.write_text(FILES["a.csv"])
    bad.write_text("- Mara Lindgrén (Quay Labs)\n")
    status, document, _ = quorate("body", "compare", "council", "--source", good)
    assert (status, document["sources"][0]["differences"]) == (0, [])
    status, document, _ = quorate("body", "compare", "council", "--source", good, "--source", bad)
    assert status == 1
    assert [d["kind"] for d in document["sources"][1]["differences"]] == ["spelling", "alternate-missing"]
    status, document, _ = quorate("body", "compare", "council", "--source", tmp_path / "none.csv")
    assert status == 2
    assert Entry.objects.count() == before


def test_a_file_is_compared_in_the_browser(seat: Seat) -> None:
    staff = Client()
    staff.force_login(Account.objects.get(email="imogen@people.example"))
    page = reverse("terms:compare", args=["council"])
    answer = staff.post(page, {"source": SimpleUploadedFile("minutes.md", b"- Odo Pell (Quay Labs)\n")})
    assert answer.status_code == 200
    assert "holder-differs" in answer.content.decode()
    agreed = staff.post(page, {"source": SimpleUploadedFile("a.csv", FILES["a.csv"].encode())})
    assert "agree" in agreed.content.decode()
    for data in (b"\xff\xfe\x00", b"nothing here"):
        assert staff.post(page, {"source": SimpleUploadedFile("a.md", data)}).status_code == 422
    assert staff.post(page, {}).status_code == 422
