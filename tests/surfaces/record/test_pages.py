"""The pages of the record and of the outbox: what each reader is shown, and what each may do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast, cast
from tests.ledger.cast import ADA, happen

from quorate.kernel.i18n import _
from quorate.ledger import actions, keys, sealer, verifier, worker
from quorate.ledger.kinds import Kind, register
from quorate.ledger.models import Entry, Message, PrivateValue
from quorate.ledger.outbox import HANDLERS, Delivery, Topic, Undeliverable
from quorate.ledger.refs import Ref
from quorate.terms.models import Body

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
PAGES = {"entries": "/ledger/", "outbox": "/outbox/"}

register(Kind("test.whispered", _("{actor} whispered"), fields={"n": int}, private=("note",)))


@pytest.fixture
def rights(cast: Cast) -> Callable[..., None]:
    """Gives Imogen's body more rights."""

    def give(*names: str) -> None:
        staff = Body.objects.get(slug="staff")
        staff.permissions = [*staff.permissions, *names]
        staff.save()

    return give


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name).account)
    return client


def whisper(cast: Cast, note: str = "a secret") -> Entry:
    with transaction.atomic():
        return actions.append(
            "test.whispered",
            actor=cast.actor(cast.mara),
            refs=[Ref("person", str(cast.mara.id))],
            data={"n": 1},
            private={"note": note},
        )


def get(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


# What is read ------------------------------------------------------------------------------------------------


def test_a_visitor_reads_public_kinds_alone(cast: Cast, client: Client) -> None:
    shown, hidden = happen(1), whisper(cast)
    sealer.seal()
    page = get(client, "/p/ledger/")
    assert f"/p/ledger/{shown.seq}/" in page
    assert f"/p/ledger/{hidden.seq}/" not in page
    assert "whispered" not in page
    assert "a private remark" not in get(client, f"/p/ledger/{shown.seq}/")
    for path in (f"/p/ledger/{hidden.seq}/", f"/p/ledger/{hidden.seq}/proof", "/p/ledger/999999/"):
        get(client, path, 404)
    for path in ("/ledger/", f"/ledger/{shown.seq}/", "/ledger/export.jsonl", "/outbox/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/sign-in/" in answer["Location"]


def test_a_public_page_is_kept_by_caches_and_asked_again_by_its_etag(client: Client) -> None:
    seq = happen(1).seq
    answer = client.get(f"/p/ledger/{seq}/")
    assert answer["Cache-Control"].startswith("public")
    assert client.get(f"/p/ledger/{seq}/", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_somebody_without_the_right_sees_what_is_public_and_is_told_so(cast: Cast) -> None:
    shown, hidden = happen(1), whisper(cast)
    eve = signed_in(cast, "eve")
    page = get(eve, "/ledger/")
    assert "You see what is public" in page
    assert "whispered" not in page
    get(eve, f"/ledger/{shown.seq}/")
    get(eve, f"/ledger/{hidden.seq}/", 404)
    get(eve, f"/ledger/{hidden.seq}/proof", 404)
    get(eve, f"/ledger/{hidden.seq}/forget/", 403)
    get(eve, "/ledger/export.jsonl", 403)


def test_whoever_may_read_all_sees_all_but_what_people_typed(cast: Cast, rights: Callable[..., None]) -> None:
    rights("ledger.read")
    hidden = whisper(cast)
    imogen = signed_in(cast, "imogen")
    assert "whispered" in get(imogen, "/ledger/")
    page = get(imogen, f"/ledger/{hidden.seq}/")
    assert "a secret" not in page
    assert "Not sealed yet" in page
    sealer.seal()
    page = get(imogen, f"/ledger/{hidden.seq}/")
    assert "Sealed" in page
    assert hidden.private["note"][:16] in page


def test_words_that_look_like_markup_stay_words(cast: Cast, rights: Callable[..., None]) -> None:
    rights("ledger.read")
    with transaction.atomic():
        entry = actions.append("test.happened", actor=ADA, data={"what": "<script>alert(1)</script>"})
    for path in ("/ledger/", f"/ledger/{entry.seq}/", "/p/ledger/", f"/p/ledger/{entry.seq}/"):
        assert "<script>alert" not in get(signed_in(cast, "imogen"), path)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q={seq}", {"one"}),
        ("q={uid}", {"one"}),
        ("q=whispered", {"two"}),
        ("q={mara}", {"two"}),
        ("kind=test.happened", {"one"}),
        ("by=person", {"one", "two"}),
        ("by=system", set()),
        ("within=day", {"two"}),
        ("measured=1", {"one", "two"}),
        ("about=person:{mara}", {"two"}),
        ("about=case:c-1", {"one"}),
        ("about=case:none", set()),
        ("q=nothing+like+it", set()),
        ("page=99&sort=at", {"one", "two"}),
    ],
)
def test_the_list_is_searched_and_filtered(
    cast: Cast, rights: Callable[..., None], query: str, expected: set[str]
) -> None:
    rights("ledger.read")
    found = {"one": happen(1), "two": whisper(cast)}
    wanted = query.format(seq=found["one"].seq, uid=found["one"].uid, mara=cast.mara.id)
    page = get(signed_in(cast, "imogen"), f"/ledger/?{wanted}")
    assert {name for name, entry in found.items() if f'href="/ledger/{entry.seq}/"' in page} == expected


@pytest.mark.parametrize("hostile", ["about=%00:x", "about=x:%00", "q=%00", "kind=x'y", "page=-1", "sort=actor__x"])
def test_nonsense_is_no_error(cast: Cast, hostile: str) -> None:
    get(Client(), f"/p/ledger/?{hostile}")


def test_the_list_costs_the_same_for_one_entry_and_for_many(cast: Cast, rights: Callable[..., None]) -> None:
    rights("ledger.read")
    imogen = signed_in(cast, "imogen")
    whisper(cast)
    get(imogen, "/ledger/")
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            get(imogen, "/ledger/")
        counts.append(len(asked))
        for number in range(5):
            happen(number)
            whisper(cast)
    assert counts[0] == counts[1]


def test_what_the_list_shows_can_be_taken_away(cast: Cast, rights: Callable[..., None]) -> None:
    rights("ledger.read")
    entry = whisper(cast)
    imogen = signed_in(cast, "imogen")
    (row,) = json.loads(get(imogen, "/ledger/?format=json&kind=test.whispered"))
    assert (row["seq"], row["about"]) == (entry.seq, f"person:{cast.mara.id}")
    assert "whispered" in get(imogen, "/ledger/?format=csv")


# What is proved ----------------------------------------------------------------------------------------------


def test_what_is_downloaded_holds_for_the_downloaded_verifier(
    cast: Cast, rights: Callable[..., None], client: Client, tmp_path: Path
) -> None:
    rights("ledger.read")
    entry = happen(1)
    get(client, f"/p/ledger/{entry.seq}/proof", 409)
    sealer.seal()
    trusted = verifier.read_keys(get(client, "/p/ledger/keys").split())
    assert verifier.verify_proof(get(client, f"/p/ledger/{entry.seq}/proof"), trusted)["ok"]
    assert verifier.read_note(get(client, "/p/ledger/checkpoint"), trusted).signed
    assert get(client, "/p/ledger/verifier.py").startswith("#!/usr/bin/env python3")
    path = tmp_path / "ledger.jsonl"
    path.write_text(get(signed_in(cast, "imogen"), "/ledger/export.jsonl"))
    assert verifier.verify_export(path, trusted, [])["ok"]


def test_before_the_first_seal_there_is_no_checkpoint(client: Client) -> None:
    get(client, "/p/ledger/checkpoint", 404)
    get(client, "/p/ledger/")


# What is forgotten -------------------------------------------------------------------------------------------


def test_private_words_are_removed_after_a_preview(cast: Cast, rights: Callable[..., None]) -> None:
    rights("ledger.read", "ledger.shred")
    entry = whisper(cast)
    imogen = signed_in(cast, "imogen")
    path = f"/ledger/{entry.seq}/forget/"
    assert f'href="{path}"' in get(imogen, f"/ledger/{entry.seq}/")
    assert "note" in get(imogen, path)
    assert imogen.post(path, {}).status_code == 422
    assert PrivateValue.objects.filter(entry=entry).exists()
    assert imogen.post(path, {"reason": "asked"}).status_code == 302
    assert not PrivateValue.objects.filter(entry=entry).exists()
    told = Entry.objects.get(kind="ledger.shredded")
    assert told.authority == ["seat:staff/executive-director"]
    assert "removed for good" in get(imogen, f"/ledger/{entry.seq}/")
    assert "Nothing is kept" in get(imogen, path)


def test_the_wrong_insider_removes_nothing(cast: Cast, rights: Callable[..., None]) -> None:
    rights("ledger.read")
    entry = whisper(cast)
    assert signed_in(cast, "imogen").post(f"/ledger/{entry.seq}/forget/", {"reason": "asked"}).status_code == 403
    assert PrivateValue.objects.filter(entry=entry).exists()


# The outbox --------------------------------------------------------------------------------------------------


@pytest.fixture
def dead() -> Iterator[Message]:
    """A message that failed for good; tried again it will do."""
    seen: list[Delivery] = []

    def handle(given: Delivery) -> None:
        seen.append(given)
        if len(seen) == 1:
            raise Undeliverable("550 no <b>such</b> person")

    HANDLERS.register("test", Topic("test", handle, 5, 3))
    with transaction.atomic():
        message_id: UUID = actions.enqueue("test", {"to": "gone@mail.example", "body": "a letter to somebody"})
    worker.drain()
    yield Message.objects.get(pk=message_id)
    del HANDLERS._items["test"]


def test_dead_letters_are_for_those_permitted(cast: Cast, dead: Message) -> None:
    eve = signed_in(cast, "eve")
    for path in ("/outbox/", f"/outbox/{dead.id}/", f"/outbox/{dead.id}/discard"):
        get(eve, path, 403)
    for path in ("retry", "discard"):
        assert eve.post(f"/outbox/{dead.id}/{path}").status_code == 403
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_a_dead_letter_is_looked_at_and_tried_again(cast: Cast, rights: Callable[..., None], dead: Message) -> None:
    rights("outbox.manage")
    imogen = signed_in(cast, "imogen")
    page = get(imogen, "/outbox/?state=dead")
    assert f"/outbox/{dead.id}/" in page
    assert "550 no &lt;b&gt;such" in page
    page = get(imogen, f"/outbox/{dead.id}/")
    assert "gone@mail.example" in page
    assert "a letter to somebody" not in page
    assert imogen.get(f"/outbox/{dead.id}/retry").status_code == 405
    assert imogen.post(f"/outbox/{dead.id}/retry").status_code == 302
    assert worker.drain() == 1
    assert "Done" in get(imogen, f"/outbox/{dead.id}/")
    assert imogen.post(f"/outbox/{dead.id}/retry").status_code == 409
    get(imogen, f"/outbox/{dead.id}/discard", 409)


def test_a_dead_letter_is_given_up_after_a_preview(cast: Cast, rights: Callable[..., None], dead: Message) -> None:
    rights("outbox.manage")
    imogen = signed_in(cast, "imogen")
    assert "will not be tried again" in get(imogen, f"/outbox/{dead.id}/discard")
    assert Message.objects.filter(pk=dead.id).exists()
    assert imogen.post(f"/outbox/{dead.id}/discard").status_code == 302
    assert Entry.objects.get(kind="outbox.discarded").data["topic"] == "test"
    get(imogen, f"/outbox/{dead.id}/", 404)


def test_the_outbox_costs_the_same_for_one_message_and_for_many(
    cast: Cast, rights: Callable[..., None], dead: Message
) -> None:
    rights("outbox.manage")
    imogen = signed_in(cast, "imogen")
    get(imogen, "/outbox/")
    counts: list[Any] = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            get(imogen, "/outbox/")
        counts.append(len(asked))
        with transaction.atomic():
            for _number in range(3):
                actions.enqueue("test", {})
    assert counts[0] == counts[1]


def test_keys_are_listed_even_before_they_signed(client: Client) -> None:
    keys.signing_key(may_create=True)
    assert get(client, "/p/ledger/keys").split() == [key.text() for key in keys.public_keys()]


@pytest.mark.parametrize("seq", ["0", "9" * 30])
def test_a_number_that_no_entry_has_is_not_found(client: Client, cast: Cast, seq: str) -> None:
    get(client, f"/p/ledger/{seq}/", 404)
    get(client, f"/p/ledger/{seq}/proof", 404)
    get(signed_in(cast, "eve"), f"/ledger/{seq}/", 404)
