"""The API of programs and cases: every operation refuses the outsider and shows nobody more than the pages do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.engine.web.conftest import SECRETS, Gallery
from tests.stories.cast import ANSWERS, MARKS, file

from quorate.access.models import ApiToken
from quorate.engine import actions
from quorate.engine.models import Attachment, Case, Comment, Grant, Obligation, Review
from quorate.ledger.models import Entry
from quorate.surfaces.api.root import api

BECAUSE = {"reason": "For a reason."}


def writes() -> dict[str, str]:
    """Every operation of the package that changes something, with its method."""
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    return {
        operation["operationId"]: method.upper()
        for found in paths.values()
        for method, operation in found.items()
        if operation["operationId"].startswith("engine.") and method != "get"
    }


def plan(gallery: Gallery) -> dict[str, tuple[str, Any]]:
    """For each of them: where it would be called, and with what."""
    people = {name: str(person.id) for name, person in gallery.cast.people.items()}
    new, triage = gallery.case("new"), gallery.case("triage")
    review, onboarding, listed = gallery.case("review"), gallery.case("onboarding"), gallery.case("listed")
    logo = Obligation.objects.get(case=onboarding, name="logo").id
    grant = Grant.objects.get(case=listed).id
    comment = Comment.objects.get(case=triage, body="For those who take part.").id
    attachment = Attachment.objects.get(case=triage).id
    asked = Review.objects.get(case=review, state="open").id
    delegation = "00000000-0000-7000-8000-000000000000"
    things = {"people": [people["dan"]]}
    word = {"found": 300, "evidence": "Seen.", "as_of": "2026-01-20T00:00:00Z"}
    mark = {"scores": MARKS, "recommendation": "approve", "comment": "Good.", "declared": True, "submit": True}
    return {
        "engine.move_case": (f"/cases/{new.key}/moves", {"transition": "take"}),
        "engine.withdraw_case": (f"/cases/{new.key}/withdrawal", BECAUSE),
        "engine.amend_answers": (f"/cases/{new.key}/answers", {"answers": {"summary": "Other words"}}),
        "engine.claim_case": (f"/cases/{new.key}/claim", {"token": "guessed"}),
        "engine.assign_owner": (f"/cases/{triage.key}/owner", {"person": people["petra"]}),
        "engine.unassign_owner": (f"/cases/{triage.key}/owner", None),
        "engine.set_priority": (f"/cases/{new.key}/priority", {"priority": "high"}),
        "engine.delegate_stage": (
            f"/cases/{triage.key}/delegations",
            {"person": people["petra"], "until": "2026-02-20T00:00:00Z"},
        ),
        "engine.end_delegation": (f"/delegations/{delegation}", None),
        "engine.request_checks": (f"/cases/{new.key}/checks", {}),
        "engine.attest": (
            f"/cases/{new.key}/criteria/stars/attestations",
            word,
        ),
        "engine.waive": (f"/cases/{new.key}/criteria/stars/waiver", BECAUSE),
        "engine.recuse": (f"/cases/{review.key}/recusals", {"detail": "We are friends."}),
        "engine.assign_reviewers": (f"/cases/{review.key}/reviewers", things),
        "engine.draw_reviewers": (f"/cases/{review.key}/reviewers/draw", {}),
        "engine.volunteer": (f"/cases/{review.key}/volunteers", {}),
        "engine.write_review": (f"/cases/{review.key}/review", mark),
        "engine.release_reviewer": (f"/reviews/{asked}/release", BECAUSE),
        "engine.comment_on_case": (f"/cases/{triage.key}/comments", {"body": "Words."}),
        "engine.redact_comment": (f"/comments/{comment}", None),
        "engine.attach": (f"/cases/{triage.key}/attachments", "upload"),
        "engine.remove_attachment": (f"/attachments/{attachment}", None),
        "engine.fulfil": (
            f"/obligations/{logo}/fulfilment",
            {"evidence": "https://garden.example/logo"},
        ),
        "engine.confirm": (f"/obligations/{logo}/confirmation", {}),
        "engine.return_obligation": (f"/obligations/{logo}/return", BECAUSE),
        "engine.waive_obligation": (f"/obligations/{logo}/waiver", BECAUSE),
        "engine.open_review": (f"/grants/{grant}/review", {}),
        "engine.renew": (f"/grants/{grant}/renewal", BECAUSE),
        "engine.revoke": (f"/grants/{grant}/revocation", BECAUSE),
        "engine.invite_applicant": (f"/cases/{new.key}/invitation", {}),
        "engine.migrate_cases": ("/programs/ecosystem/migration", {"preview": False}),
        "engine.close_program": ("/programs/ecosystem/closing", BECAUSE),
        "engine.open_program": ("/programs/ecosystem/opening", {}),
    }


#: Anybody may apply.
OPEN = {"engine.file_case"}


@pytest.mark.parametrize("operation", sorted(writes().keys() - OPEN))
def test_every_operation_refuses_the_outsider(gallery: Gallery, operation: str) -> None:
    path, body = plan(gallery)[operation]
    before = Entry.objects.count()
    for reader, expected in (("xavier", {403, 404}), ("", {401})):
        client = gallery.cast.api(reader)
        if body == "upload":
            headers = {"Authorization": f"Bearer {client.secret}"} if client.secret else {}
            data = {"file": SimpleUploadedFile("a.txt", b"Text.")}
            answer = Client().post(f"/api/v1{path}", data, headers=headers)
        else:
            answer = client.call(writes()[operation], path, body)
        assert answer.status_code in expected, answer.content.decode()
        assert answer["Content-Type"] == "application/problem+json"
    assert Entry.objects.count() == before


def test_scopes_bound_a_token(gallery: Gallery) -> None:
    """A token with one right of a program manager has no other, and sees no more than anybody."""
    secret = ApiToken.new_secret()
    ApiToken.objects.create(
        account=gallery.cast.accounts["petra"], name="few", hash=ApiToken.hash_of(secret), scopes=["case.comment"]
    )
    client = gallery.cast.api()
    client.secret = secret
    seen = client.get(f"/cases/{gallery.case('triage').key}")
    assert "mara@garden.example" not in json.dumps(seen)
    assert client.call("POST", f"/cases/{gallery.case('new').key}/moves", {"transition": "take"}).status_code == 403


def test_nobody_is_shown_more_than_on_the_pages(gallery: Gallery) -> None:
    for stage in gallery.cases:
        key = gallery.case(stage).key
        for reader in ("", "xavier"):
            text = json.dumps(gallery.cast.api(reader).get(f"/cases/{key}"), ensure_ascii=False)
            for secret in SECRETS:
                assert secret not in text, (stage, reader, secret)
    mine = gallery.cast.api("mara").get(f"/cases/{gallery.case('triage').key}")
    assert {each["id"] for each in mine["answers"]} >= {"contact"}
    assert [each["body"] for each in mine["comments"]] == ["For those who take part."]
    staff = gallery.cast.api("petra").get(f"/cases/{gallery.case('triage').key}")
    assert len(staff["comments"]) == 3
    blind = gallery.cast.api("cleo").get(f"/cases/{gallery.case('review').key}")
    assert "Ben tried it." not in json.dumps(blind)


def test_lists_are_paged_and_filtered(gallery: Gallery) -> None:
    visitor = gallery.cast.api()
    seen, path = [], "/cases?limit=5"
    while path:
        found = visitor.get(path)
        seen += [each["case"] for each in found["items"]]
        path = f"/cases?limit=5&cursor={found['next']}" if found["next"] else ""
    assert len(seen) == len(set(seen)) == Case.objects.count()
    assert {each["stage"] for each in visitor.get("/cases?stage=vote")["items"]} == {"vote"}
    assert all(each["closed_at"] for each in visitor.get("/cases?state=closed")["items"])
    assert visitor.call("GET", "/cases?state=ajar").status_code == 422
    assert [each["position"] for each in visitor.get("/programs/ecosystem/queue")] == [1]


def test_a_change_is_made_only_to_what_was_read(gallery: Gallery) -> None:
    key = gallery.case("new").key
    petra = gallery.cast.api("petra")
    read = petra.call("GET", f"/cases/{key}")
    assert petra.call("GET", f"/cases/{key}", **{"If-None-Match": read["ETag"]}).status_code == 304
    actions.comment(actor=gallery.cast.actor("mara"), case=gallery.case("new"), body="One more word.")
    assert petra.call("GET", f"/cases/{key}", **{"If-None-Match": read["ETag"]}).status_code == 200
    stale = petra.call("POST", f"/cases/{key}/moves", {"transition": "take"}, **{"If-Match": read["ETag"]})
    assert stale.status_code == 412
    fresh = petra.call("GET", f"/cases/{key}")
    taken = petra.call("POST", f"/cases/{key}/moves", {"transition": "take"}, **{"If-Match": fresh["ETag"]})
    assert taken.status_code == 200
    old = json.loads(fresh.content)["revision"]
    late = petra.call("POST", f"/cases/{key}/moves", {"transition": "ready", "revision": old})
    assert late.status_code == 409


def test_filing_again_with_the_same_key_is_the_same_case(gallery: Gallery) -> None:
    for reader in ("", "xavier"):
        body = {
            "answers": {**ANSWERS, "repository": f"https://git.example/again/again{reader}"},
            "title": f"Again {reader}",
        }
        client = gallery.cast.api(reader)
        first = client.call("POST", "/programs/ecosystem/cases", body, **{"Idempotency-Key": f"k-{reader}"})
        again = client.call("POST", "/programs/ecosystem/cases", body, **{"Idempotency-Key": f"k-{reader}"})
        assert first.status_code == 201, first.content.decode()
        one, two = json.loads(first.content), json.loads(again.content)
        assert one["id"] == two["id"]
        if not reader:
            assert one["claim"]
            assert two["claim"] is None, "a secret is shown once and kept nowhere"
            assert first["Cache-Control"] == "no-store"
        other = client.call(
            "POST", "/programs/ecosystem/cases", {**body, "title": "B"}, **{"Idempotency-Key": f"k-{reader}"}
        )
        assert other.status_code in (409, 422)


def test_errors_stand_at_their_questions(gallery: Gallery) -> None:
    body = {"answers": {"summary": "Words", "colour": "red"}, "title": "Bare"}
    answer = gallery.cast.api("xavier").call("POST", "/programs/ecosystem/cases", body)
    assert answer.status_code == 422
    problem = json.loads(answer.content)
    assert {each["where"] for each in problem["problems"]} >= {"repository", "licence", "colour", "contact"}


def test_files_go_up_and_come_down(gallery: Gallery) -> None:
    key = gallery.case("triage").key
    headers = {"Authorization": f"Bearer {gallery.cast.secrets['petra']}"}
    data = {"file": SimpleUploadedFile("notes.md", b"# Notes"), "audience": "staff"}
    made = Client().post(f"/api/v1/cases/{key}/attachments", data, headers=headers)
    assert made.status_code == 201, made.content.decode()
    found = json.loads(made.content)
    content = gallery.cast.api("petra").call("GET", f"/attachments/{found['id']}/content")
    assert content.content == b"# Notes"
    assert gallery.cast.api("mara").call("GET", f"/attachments/{found['id']}").status_code == 404
    assert gallery.cast.api("mara").call("GET", f"/attachments/{found['id']}/content").status_code == 404
    assert gallery.cast.api("petra").call("DELETE", f"/attachments/{found['id']}").status_code == 204
    assert gallery.cast.api("petra").call("GET", f"/attachments/{found['id']}").status_code == 404


def test_programs_are_closed_and_opened_by_their_governors(gallery: Gallery) -> None:
    petra = gallery.cast.api("petra")
    assert petra.post("/programs/ecosystem/closing", BECAUSE)["open"] is False
    body = {"answers": dict(ANSWERS), "title": "Late"}
    refused = gallery.cast.api("xavier").call("POST", "/programs/ecosystem/cases", body)
    assert refused.status_code == 422
    assert "takes no new cases" in refused.content.decode()
    assert petra.post("/programs/ecosystem/opening")["open"] is True


@pytest.mark.parametrize("path", ["/cases", "/programs", "/programs/ecosystem", "/programs/ecosystem/queue"])
def test_lists_cost_the_same_whatever_is_in_them(gallery: Gallery, path: str) -> None:
    def cost(reader: str) -> int:
        client = gallery.cast.api(reader)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return len(asked)

    file(gallery.cast, title="One more", repository="https://git.example/more/1")
    before = {reader: cost(reader) for reader in ("", "petra", "mara")}
    for number in (2, 3, 4):
        file(gallery.cast, title=f"More {number}", repository=f"https://git.example/more/{number}")
    assert {reader: cost(reader) for reader in ("", "petra", "mara")} == before
