"""Pages, API, commands and files of agreements, and who is turned away from each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.agreements.conftest import Desk
from tests.agreements.test_actions import PAPER
from tests.directory.test_api import Api

from quorate.access.models import Account
from quorate.exchange.agreements import actions
from quorate.exchange.agreements.models import Agreement, Template
from quorate.surfaces.cli.main import run
from quorate.toolkit import printing

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "pytorch-foundation"
FOUNDATION = "name: Trial\nslug: trial\ndomain: trial.example\nsynthetic: true\n"
VALUES = {"value-organisation": "Quay Labs GmbH", "value-tier": "gold", "value-order": ""}
DRAFT = {"organisation": "quay-labs", "signatory": "mara-lindgren", "wording-marks": "no-logo", **VALUES}


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(email=f"{name}@people.example"))
    return client


def test_the_whole_way_on_pages(desk: Desk) -> None:
    staff, mara = signed_in("imogen"), signed_in("mara")
    assert "Membership" in staff.get("/agreements/new/").content.decode()
    made = staff.post("/agreements/new/membership/1.0/", DRAFT)
    agreement = Agreement.objects.get()
    page = made["Location"]
    assert page == f"/agreements/{agreement.pk}/"
    assert mara.get(page).status_code == 404
    shown = staff.get(page).content.decode()
    assert "Not in every clause as usual" in shown
    assert staff.post(f"{page}edit/", {**DRAFT, "value-tier": "silver"}).status_code == 302
    staff.post(f"{page}send/", {"due_at": "2099-01-01 12:00"})
    agreement.refresh_from_db()
    assert "silver" in mara.get(page).content.decode()
    unread = mara.post(f"{page}sign/", {"digest": agreement.digest, "name": "Mara Lindgren"})
    assert unread.status_code == 422
    assert "say that you have read it" in unread.content.decode()
    stale = mara.post(f"{page}sign/", {"digest": "0" * 64, "name": "Mara Lindgren", "agree": "on"})
    assert stale.status_code == 409
    assert "not the words that you read" in stale.content.decode()
    signed = {"digest": agreement.digest, "name": "Mara Lindgren", "agree": "on"}
    assert mara.post(f"{page}sign/", signed).status_code == 302
    assert staff.post(f"{page}countersign/", {**signed, "name": "Imogen Vale"}).status_code == 302
    agreement.refresh_from_db()
    assert agreement.state == "in-force"
    done = staff.get(page).content.decode()
    assert "As signed and recorded" in done
    assert staff.post(f"{page}end/", {"reason": "Notice"}).status_code == 302


def test_the_form_names_what_is_wrong_and_keeps_what_was_typed(desk: Desk) -> None:
    answer = signed_in("imogen").post(
        "/agreements/new/membership/1.0/", {**DRAFT, "value-tier": "a\u202eb", "value-organisation": "Quay & <b>"}
    )
    assert answer.status_code == 422
    assert "cannot be seen" in str(answer.context["form"].errors["value-tier"])
    assert "Quay &amp; &lt;b&gt;" in answer.content.decode()
    assert not Agreement.objects.exists()


def test_paper_is_put_here_and_only_downloaded(desk: Desk) -> None:
    sent = desk.sent()
    page = f"/agreements/{sent.pk}/"
    staff = signed_in("imogen")
    fields = {"digest": sent.digest, "name": "Mara Lindgren"}
    wrong = staff.post(f"{page}paper/", {**fields, "paper": SimpleUploadedFile("a.pdf", b"<html>")})
    assert wrong.status_code == 422
    assert staff.post(f"{page}paper/", {**fields, "paper": SimpleUploadedFile("a.pdf", PAPER)}).status_code == 302
    paper = staff.get(f"{page}paper/party/")
    assert b"".join(paper.streaming_content) == PAPER
    assert "attachment" in paper["Content-Disposition"]
    assert "sandbox" in paper["Content-Security-Policy"]
    assert staff.get(f"{page}paper/foundation/").status_code == 404


@pytest.mark.skipif(not printing.AVAILABLE, reason="the extra pdf (typst) is not installed")
def test_it_is_printed_the_same_each_time(desk: Desk) -> None:
    sent = desk.sent()
    mara = signed_in("mara")
    first = mara.get(f"/agreements/{sent.pk}/pdf/")
    assert first["Content-Type"] == "application/pdf"
    assert first.content == mara.get(f"/agreements/{sent.pk}/pdf/").content
    actions.sign(actor=desk.mara, agreement=sent, digest=sent.digest, name="Mara Lindgren")
    assert mara.get(f"/agreements/{sent.pk}/pdf/").content != first.content


def test_the_outsider_is_turned_away_everywhere(desk: Desk) -> None:
    sent = desk.sent()
    eve = signed_in("eve")
    page = f"/agreements/{sent.pk}/"
    before = list(Agreement.objects.values())
    for step in ("", "pdf/", "paper/party/", "edit/"):
        assert eve.get(page + step).status_code == 404
        assert Client().get(page + step).status_code in (302, 404)
    for step in ("send/", "sign/", "paper/", "countersign/", "decline/", "withdraw/", "end/", "edit/"):
        assert eve.post(page + step, {"digest": sent.digest, "name": "Eve", "agree": "on"}).status_code == 404
    for address in ("/agreements/new/", "/agreements/new/membership/1.0/", "/agreements/templates/membership/1.0/"):
        assert eve.get(address).status_code == 403
        assert eve.post(address, DRAFT).status_code == 403
    assert "Quay" not in eve.get("/agreements/").content.decode()
    assert list(Agreement.objects.values()) == before


def test_the_signatory_reads_and_cannot_prepare(desk: Desk) -> None:
    sent = desk.sent()
    mara = signed_in("mara")
    assert mara.get(f"/agreements/{sent.pk}/").status_code == 200
    for step in ("edit/", "send/", "withdraw/", "countersign/", "end/"):
        answer = mara.post(f"/agreements/{sent.pk}/{step}", {"digest": sent.digest, "name": "Mara L", "agree": "on"})
        assert answer.status_code == 403, step
    assert mara.post(f"/agreements/{sent.pk}/decline/", {"reason": "No"}).status_code == 302


def test_the_list_asks_as_much_for_three_as_for_one(desk: Desk) -> None:
    staff = signed_in("imogen")
    counts = []
    for _ in range(2):
        desk.draft()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert staff.get("/agreements/").status_code == 200
        counts.append(len(asked))
        desk.draft()
    assert counts[0] == counts[1]


def test_over_the_api(desk: Desk) -> None:
    staff, mara, eve = Api("imogen@people.example"), Api("mara@people.example"), Api("eve@people.example")
    draft = {
        "template": "membership",
        "organisation": "quay-labs",
        "signatory": "mara-lindgren",
        "values": {"organisation": "Quay", "tier": "gold"},
        "variants": {"marks": "no-logo"},
    }
    assert eve("post", "/agreements", draft).status_code == 403
    made = staff("post", "/agreements", draft)
    assert made.status_code == 201
    key, digest = made.json()["id"], made.json()["digest"]
    assert made.json()["departures"] == ["marks/no-logo"]
    wrong = staff("post", "/agreements", {**draft, "values": {"organisation": "Quay"}})
    assert (wrong.status_code, wrong.json()["where"]) == (422, "tier")
    signature = {"digest": digest, "name": "Mara Lindgren"}
    steps = (
        ("send", {}),
        ("sign", signature),
        ("countersign", signature),
        ("decline", {}),
        ("withdraw", {}),
        ("end", {}),
    )
    for step, body in steps:
        assert eve("post", f"/agreements/{key}/{step}", body).status_code == 404
        assert Api()("post", f"/agreements/{key}/{step}", body).status_code in (401, 403)
    assert eve("get", f"/agreements/{key}").status_code == 404
    assert eve("get", "/agreements").json()["items"] == []
    assert staff("post", f"/agreements/{key}/send", {}).json()["state"] == "sent"
    assert mara("post", f"/agreements/{key}/sign", {**signature, "digest": "0" * 64}).status_code == 409
    assert mara("post", f"/agreements/{key}/sign", signature).json()["state"] == "signed"
    assert mara("post", f"/agreements/{key}/countersign", signature).status_code == 403
    done = staff("post", f"/agreements/{key}/countersign", {**signature, "name": "Imogen Vale"}).json()
    assert (done["state"], done["whole"], len(done["signatures"])) == ("in-force", True, 2)
    assert staff("get", "/agreements?state=in-force").json()["items"][0]["id"] == key
    assert staff("post", f"/agreements/{key}/end", {"reason": "Notice"}).json()["state"] == "ended"


def test_a_paper_over_the_api(desk: Desk) -> None:
    sent = desk.sent()
    fields = {"digest": sent.digest, "name": "Mara Lindgren"}
    for name, status in (("eve", 404), ("imogen", 200)):
        paper = SimpleUploadedFile("a.pdf", PAPER, "application/pdf")
        answer = signed_in(name).post(f"/api/v1/agreements/{sent.pk}/paper", {**fields, "paper": paper})
        assert answer.status_code == status, answer.content
    sent.refresh_from_db()
    assert sent.state == "signed"


def test_commands(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = tmp_path / "values.yml"
    values.write_text(
        "organisation: Quay Labs GmbH\ncountry: Germany\ntier: Gold\ndues: 75000 USD\nstart: '2026-01-01'\n"
    )
    template = str(EXAMPLE / "agreements" / "membership.md")
    call = ["agreement", "render", template, "--values", str(values), "--wording", "marks=no-logo"]
    assert run([*call, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["departures"] == ["marks/no-logo"]
    assert run([*call, "--out", str(tmp_path / "a.md"), "--json"]) == 0
    assert (tmp_path / "a.md").read_text() == told["markdown"]
    capsys.readouterr()
    for wrong, where in (
        ([*call[:3]], "organisation"),
        ([*call, "--wording", "marks"], "marks"),
        (["agreement", "render", str(tmp_path / "none.md")], "none.md"),
    ):
        assert run([*wrong, "--json"]) == 2
        assert where in json.loads(capsys.readouterr().out)["error"]["where"]
    sent = desk.sent()
    assert run(["agreement", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["agreements"][0]["state"] == "sent"
    assert run(["agreement", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "agreements": 1, "bad": []}
    Agreement.objects.filter(pk=sent.pk).update(digest="0" * 64)
    assert run(["agreement", "verify", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["bad"][0]["agreement"] == str(sent.pk)


@pytest.mark.parametrize(
    ("before", "after", "where", "what"),
    [
        ("{#marks}", "{#dues}", 32, "twice"),
        ("{{ country }}", "{{ planet }}", 18, "planet"),
        ("{name: tier, label: Tier}", "{name: country, label: Tier}", 8, "declared twice"),
        ("version: '2026.1'", "version: [1]", 4, "not of type"),
    ],
)
def test_a_wrong_file_is_refused_at_its_line(
    before: str, after: str, where: int, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (EXAMPLE / "agreements" / "membership.md").read_text()
    assert before in text
    file = tmp_path / "agreements" / "membership.md"
    file.parent.mkdir()
    file.write_text(text.replace(before, after, 1))
    (tmp_path / "foundation.yml").write_text(FOUNDATION)
    for call in (["agreement", "render", str(file)], ["apply", str(tmp_path)]):
        assert run([*call, "--json"]) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["where"] == f"{file}:{where}", error
        assert what in error["what"] or "must be of the type" in error["what"]
    assert not Template.objects.exists()


def test_files_come_back_as_they_were(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agreements").mkdir()
    (tmp_path / "foundation.yml").write_text(FOUNDATION)
    source = (EXAMPLE / "agreements" / "membership.md").read_text()
    (tmp_path / "agreements" / "membership.md").write_text(source)
    assert run(["apply", str(tmp_path), "--json"]) == 0
    assert Template.objects.get().version == "2026.1"
    capsys.readouterr()
    assert run(["apply", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    out = tmp_path / "out"
    assert run(["export", "foundation", str(out)]) == 0
    written = (out / "agreements" / "membership.md").read_text()
    assert written.partition("\n---\n")[2].strip() == source.partition("\n---\n")[2].strip()
    file = tmp_path / "agreements" / "membership.md"
    file.write_text(source.replace("version: '2026.1'", "version: '2026.1'\nretired: true"))
    capsys.readouterr()
    assert run(["apply", str(tmp_path), "--json"]) == 0
    assert Template.objects.get().retired_at is not None
    assert reverse("agreements:choose") == "/agreements/new/"
