"""What is done on the pages: each act by whoever may, refused to everybody else, and no word lost on the way."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.engine.web.conftest import Gallery
from tests.engine.web.test_pages import whole
from tests.stories.cast import ANSWERS, MARKS, SYSTEM, file

from quorate.access.actors import VISITOR
from quorate.engine import actions, queries
from quorate.engine.models import Attachment, Case, Comment, Grant, Obligation, Review
from quorate.engine.rules import manual_steps
from quorate.engine.versions import definition_of
from quorate.engine.web.gestures import GESTURES
from quorate.ledger.models import Entry
from quorate.ledger.worker import drain


def do(browser: Client, case: Case, gesture: str, about: object = "", **data: Any) -> HttpResponse:
    """Send a form of the case's page."""
    path = f"/cases/{case.key}/do/{gesture}/" + (f"{about}/" if about else "")
    answer = browser.post(path, data)
    assert isinstance(answer, HttpResponse)
    return answer


def about_of(gallery: Gallery, gesture: str) -> tuple[str, Callable[[Case], object], dict[str, Any]]:
    """For each gesture: a stage in which somebody may do it, what it is about, and a form that is filled in well."""
    people = {name: str(person.id) for name, person in gallery.cast.people.items()}
    because = {"because-reason": "For a reason."}
    plans: dict[str, tuple[str, Callable[[Case], object], dict[str, Any]]] = {
        "move": ("new", lambda case: "take", {}),
        "comment": ("triage", lambda case: "", {"comment-body": "Words.", "comment-audience": "participants"}),
        "redact": ("triage", lambda case: Comment.objects.get(case=case, body="For those who take part.").id, {}),
        "attach": (
            "triage",
            lambda case: "",
            {"attach-file": SimpleUploadedFile("a.txt", b"Text."), "attach-audience": "participants"},
        ),
        "remove": ("triage", lambda case: Attachment.objects.get(case=case).id, {}),
        "assign": ("triage", lambda case: "", {"assign-person": people["petra"]}),
        "invite": ("new", lambda case: "", {}),
        "unassign": ("triage", lambda case: "", {}),
        "prioritise": ("new", lambda case: "", {"priority-priority": "high"}),
        "reviewers": ("review", lambda case: "", {"reviewers-people": [people["dan"]]}),
        "draw": ("review", lambda case: "", {}),
        "release": ("review", lambda case: Review.objects.get(case=case, state="open").id, because),
        "volunteer": ("review", lambda case: "", {}),
        "recuse": ("review", lambda case: "", {"recuse-detail": "We are friends."}),
        "delegate": ("triage", lambda case: "", {"delegate-person": people["petra"], "delegate-until": "2026-02-20"}),
        "end-delegation": ("triage", lambda case: case.pk, {}),
        "check": ("new", lambda case: "", {}),
        "attest": (
            "new",
            lambda case: "stars",
            {"attest-stars-found": "300", "attest-stars-evidence": "Seen.", "attest-stars-as_of": "2026-01-20"},
        ),
        "waive": ("new", lambda case: "stars", because),
        "fulfil": ("onboarding", lambda case: owed(case, "logo").id, {}),
        "confirm": ("onboarding", lambda case: owed(case, "logo").id, {}),
        "return": ("onboarding", lambda case: owed(case, "logo").id, because),
        "waive-obligation": ("onboarding", lambda case: owed(case, "logo").id, because),
        "revoke": ("listed", lambda case: Grant.objects.get(case=case).id, because),
        "review-grant": ("listed", lambda case: Grant.objects.get(case=case).id, {}),
    }
    return plans[gesture]


def owed(case: Case, name: str) -> Obligation:
    """An obligation of a case."""
    return Obligation.objects.get(case=case, name=name)


# --- nobody else ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["", "xavier"])
@pytest.mark.parametrize("gesture", sorted(GESTURES))
def test_an_outsider_does_nothing(gallery: Gallery, gesture: str, reader: str) -> None:
    stage, about, data = about_of(gallery, gesture)
    case = gallery.case(stage)
    thing = about(case)
    if gesture in ("fulfil",):
        data = {f"fulfil-{thing}-evidence": "https://garden.example/logo"}
    before = Entry.objects.count()
    answer = do(gallery.cast.browser(reader), case, gesture, thing, **data)
    if reader:
        assert answer.status_code == 403
        assert "only those who take part" in whole(answer).lower()
        if "because-reason" in data:
            assert "For a reason." in answer.content.decode(), "what was typed is given back"
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
    assert Entry.objects.count() == before
    if GESTURES[gesture].title and reader:
        path = f"/cases/{case.key}/do/{gesture}/" + (f"{thing}/" if thing else "")
        assert gallery.cast.browser(reader).get(path).status_code == 403


def test_every_step_refuses_the_outsider(gallery: Gallery) -> None:
    browser = gallery.cast.browser("xavier")
    before = Entry.objects.count()
    for stage in gallery.cases:
        case = gallery.case(stage)
        for step in manual_steps(definition_of(case), case.stage):
            answer = do(browser, case, "move", step.name, **{f"{step.name}-reason": "Because."})
            assert answer.status_code == 403, (stage, step.name)
    for path in ("review/", "amend/"):
        for stage in ("new", "review"):
            for method in ("get", "post"):
                answer = getattr(browser, method)(f"/cases/{gallery.case(stage).key}/{path}")
                assert answer.status_code in (403, 404, 409), (path, stage, method)
    wrong = browser.post(f"/p/cases/{gallery.case('new').key}/claim/guessed/")
    assert wrong.status_code == 422
    assert Entry.objects.count() == before


def test_an_act_needs_its_token_against_forgery(gallery: Gallery) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(gallery.cast.accounts["petra"])
    case = gallery.case("new")
    assert strict.post(f"/cases/{case.key}/do/move/take/").status_code == 403
    assert gallery.case("new").stage == "new"


@pytest.mark.parametrize(
    "path", ["do/dance/", "do/move/nowhere/", "do/attest/nothing/", "do/fulfil/x/", "do/redact/1/"]
)
def test_what_nobody_can_do_is_no_defect(gallery: Gallery, path: str) -> None:
    answer = gallery.cast.browser("petra").post(f"/cases/{gallery.case('triage').key}/{path}")
    assert answer.status_code in (404, 409)


# --- whoever may ----------------------------------------------------------------------------------------------------


#: Told in stories of their own, below.
OTHERWISE = {"volunteer", "reviewers", "draw", "delegate", "end-delegation", "confirm", "return", "invite"}
WHO = {
    "redact": "mara",
    "remove": "mara",
    "volunteer": "dan",
    "recuse": "dan",
    "fulfil": "mara",
    "attach": "mara",
    "revoke": "chris",
    "prioritise": "petra",
}


@pytest.mark.parametrize("gesture", sorted(set(GESTURES) - OTHERWISE))
def test_whoever_may_does_it(gallery: Gallery, gesture: str) -> None:
    stage, about, data = about_of(gallery, gesture)
    case = gallery.case(stage)
    thing = about(case)
    who = WHO.get(gesture, "petra")
    browser = gallery.cast.browser(who)
    if gesture == "fulfil":
        data = {f"fulfil-{thing}-evidence": "https://garden.example/logo"}
    if gesture == "unassign":
        actions.assign(actor=gallery.cast.actor("petra"), case=case, person=gallery.cast.people["petra"])
    if GESTURES[gesture].title:
        path = f"/cases/{case.key}/do/{gesture}/" + (f"{thing}/" if thing else "")
        assert browser.get(path).status_code == 200
    before = Entry.objects.count()
    answer = do(browser, case, gesture, thing, **data)
    assert answer.status_code == 302, whole(answer)
    assert Entry.objects.count() > before
    assert whole(browser.get(answer["Location"]))


def test_reviewers_are_asked_drawn_and_let_go(gallery: Gallery) -> None:
    case = gallery.case("triage")
    petra = gallery.cast.browser("petra")
    assert do(petra, case, "move", "ready").status_code == 302
    people = {name: str(person.id) for name, person in gallery.cast.people.items()}
    refused = do(petra, case, "reviewers", **{"reviewers-people": [people["olga"], people["ben"]]})
    assert refused.status_code == 422
    text = whole(refused)
    assert "Olga Invented may not review this" in text
    assert "checked" in text, "what was chosen stays chosen"
    assert do(petra, case, "reviewers", **{"reviewers-people": [people["ben"]]}).status_code == 302
    assert do(petra, case, "draw").status_code == 302
    assert Review.objects.filter(case=case, state="open").count() == 2
    mine = Review.objects.get(case=case, person=gallery.cast.people["ben"])
    assert do(petra, case, "release", mine.id, **{"because-reason": ""}).status_code == 422
    assert do(petra, case, "release", mine.id, **{"because-reason": "He is away."}).status_code == 302
    asked = {review.person.slug for review in Review.objects.filter(case=case, state="open")}
    ready = gallery.cast.browser(min({"cleo", "dan", "eve"} - asked))
    assert do(ready, case, "volunteer").status_code == 302
    assert do(ready, case, "volunteer").status_code == 409


def test_an_obligation_is_reported_sent_back_and_confirmed(gallery: Gallery) -> None:
    case = gallery.case("onboarding")
    logo = owed(case, "logo")
    mara, petra = gallery.cast.browser("mara"), gallery.cast.browser("petra")
    wrong = do(mara, case, "fulfil", logo.id, **{f"fulfil-{logo.id}-evidence": "not a link at all"})
    assert wrong.status_code == 422
    assert "not a link at all" in whole(wrong)
    assert (
        do(
            mara, case, "fulfil", logo.id, **{f"fulfil-{logo.id}-evidence": "https://garden.example/logo.svg"}
        ).status_code
        == 302
    )
    assert "reported, to be confirmed" in whole(petra.get(f"/cases/{case.key}/"))
    assert do(petra, case, "return", logo.id, **{"because-reason": "It is not a vector file."}).status_code == 302
    assert (
        do(
            mara, case, "fulfil", logo.id, **{f"fulfil-{logo.id}-evidence": "https://garden.example/new.svg"}
        ).status_code
        == 302
    )
    assert do(petra, case, "confirm", logo.id).status_code == 302
    assert do(petra, case, "confirm", logo.id).status_code == 409
    logo.refresh_from_db()
    assert logo.state == "done"


# --- no word is lost ------------------------------------------------------------------------------------------------


def test_an_application_keeps_what_was_typed(gallery: Gallery) -> None:
    browser = gallery.cast.browser()
    page = whole(browser.get("/p/programs/ecosystem/apply/"))
    assert page.count('<label for="id_q-') + page.count("<legend") >= len(ANSWERS)
    key = page.split('name="key" value="')[1].split('"')[0]
    given = {f"q-{name}": text for name, text in ANSWERS.items()} | {"title": "Newer", "key": key}
    given["q-repository"], given["q-licence"] = "https://git.example/newer/newer", ""
    answer = browser.post("/p/programs/ecosystem/apply/", given)
    assert answer.status_code == 422
    text = whole(answer)
    assert "Layers that grow and prune themselves" in text
    assert 'id="id_q-licence_error"' in text or "an answer is needed here" in text.lower()
    assert 'aria-describedby="id_q-licence' in text
    assert 'aria-invalid="true"' in text
    given["q-licence"] = "MIT"
    sent = browser.post("/p/programs/ecosystem/apply/", given)
    assert sent.status_code == 302
    case = Case.objects.get(title="Newer")
    assert sent["Location"] == f"/p/cases/{case.key}/filed/"
    assert case.key in whole(browser.get(sent["Location"]))
    again = browser.post("/p/programs/ecosystem/apply/", given)
    assert again["Location"] == sent["Location"], "sent twice it is one case"
    given["key"] = "another"
    twice = browser.post("/p/programs/ecosystem/apply/", given)
    assert twice.status_code == 422
    assert f"{case.key} is about the same" in whole(twice)


def test_a_visitor_takes_their_application_over(gallery: Gallery) -> None:
    program = gallery.cast.program()
    given = {**ANSWERS, "repository": "https://git.example/claimed/claimed"}
    filed = actions.file_case(actor=VISITOR, program=program, answers=given, title="Claimed")
    path = f"/p/cases/{filed.case.key}/claim/{filed.claim}/"
    assert gallery.cast.browser().get(path)["Location"].startswith("/sign-in/")
    eve = gallery.cast.browser("eve")
    assert whole(eve.get(path))
    assert eve.post(path)["Location"] == f"/cases/{filed.case.key}/"
    assert Case.objects.get(pk=filed.case.pk).applicant_id == gallery.cast.people["eve"].id
    assert gallery.cast.browser("xavier").post(path).status_code == 422


def test_an_applicant_known_by_an_address_is_invited(gallery: Gallery) -> None:
    given = {**ANSWERS, "repository": "https://git.example/old/old"}
    filed = actions.file_case(actor=SYSTEM, program=gallery.cast.program(), answers=given, title="Old", source="import")
    petra = gallery.cast.browser("petra")
    assert "known by an address only" in whole(petra.get(f"/cases/{filed.case.key}/"))
    assert do(petra, filed.case, "invite").status_code == 302
    assert do(petra, gallery.case("new"), "invite").status_code == 409
    drain()
    letter = next(each for each in mail.outbox if each.to == [ANSWERS["contact"]])
    path = re.search(r"/p/cases/\S+/claim/\S+/", str(letter.body))
    assert path is not None
    assert gallery.cast.browser("eve").post(path[0]).status_code == 302


def test_a_step_that_needs_a_reason_asks_for_it_in_place(gallery: Gallery) -> None:
    case = gallery.case("triage")
    petra = gallery.cast.browser("petra")
    answer = do(petra, case, "move", "ask", **{"ask-revision": str(case.revision)})
    assert answer.status_code == 422
    assert 'aria-describedby="id_ask-reason' in whole(answer)
    taken = do(petra, case, "move", "ask", **{"ask-reason": "Who maintains it?", "ask-revision": str(case.revision)})
    assert taken.status_code == 302


def test_a_step_taken_too_late_gives_the_words_back(gallery: Gallery) -> None:
    case = gallery.case("triage")
    petra = gallery.cast.browser("petra")
    old = case.revision
    actions.move(actor=gallery.cast.actor("petra"), case=case, transition="ready")
    late = do(petra, case, "move", "ask", **{"ask-reason": "What is the long question?", "ask-revision": str(old)})
    assert late.status_code == 409
    assert "What is the long question?" in whole(late)
    gone = do(petra, case, "move", "ready", **{"ready-revision": str(old)})
    assert gone.status_code == 409


def test_a_blocked_step_says_what_is_missing(gallery: Gallery) -> None:
    case = actions.move(actor=gallery.cast.actor("petra"), case=gallery.case("new"), transition="take")
    petra = gallery.cast.browser("petra")
    text = whole(petra.get(f"/cases/{case.key}/"))
    assert "Not yet:" in text
    answer = do(petra, case, "move", "ready")
    assert answer.status_code == 422
    assert "This was not done" in whole(answer)


def test_a_review_is_kept_as_a_draft_and_then_submitted(gallery: Gallery) -> None:
    case = gallery.case("review")
    cleo = gallery.cast.browser("cleo")
    path = f"/cases/{case.key}/review/"
    draft = cleo.post(path, {"mark-value": "4", "comment": "Half a thought."})
    assert draft.status_code == 302
    assert "Half a thought." in whole(cleo.get(path))
    assert "Half a thought." not in whole(gallery.cast.browser("ben").get(f"/cases/{case.key}/"))
    short = cleo.post(path, {"mark-value": "4", "comment": "Half a thought.", "submit": "1"})
    assert short.status_code == 422
    assert "Half a thought." in whole(short)
    whole_one = {f"mark-{name}": "4" for name in MARKS} | {
        "recommendation": "approve",
        "comment": "Cleo tried it too.",
        "declared": "on",
        "submit": "1",
    }
    undeclared = cleo.post(path, {**whole_one, "declared": ""})
    assert undeclared.status_code == 422
    assert "declare it, or stand aside" in whole(undeclared)
    assert cleo.post(path, whole_one).status_code == 302
    assert gallery.case("review").stage == "vote"
    late = cleo.post(path, whole_one)
    assert late.status_code == 409
    assert "Cleo tried it too." in whole(late)


def test_answers_are_amended_on_the_form_they_were_given_on(gallery: Gallery) -> None:
    case = gallery.case("new")
    mara = gallery.cast.browser("mara")
    path = f"/cases/{case.key}/amend/"
    page = whole(mara.get(path))
    assert "mara@garden.example" in page
    given = {f"q-{name}": text for name, text in ANSWERS.items()} | {"title": "Newcomer", "key": str(case.revision)}
    given |= {"q-repository": "https://git.example/garden/project-1", "q-summary": "Better words"}
    empty = mara.post(path, {**given, "q-licence": ""})
    assert empty.status_code == 422
    assert "Better words" in whole(empty)
    assert mara.post(path, {**given, "key": "nonsense"}).status_code == 409
    assert mara.post(path, given).status_code == 302
    assert gallery.case("new").answers["summary"] == "Better words"
    assert mara.post(path, given).status_code == 409, "an older reading does not win"
    assert "amended" in whole(gallery.cast.browser().get(f"/p/cases/{case.key}/"))


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_file_is_only_ever_a_download_for_its_audience(gallery: Gallery) -> None:
    case = gallery.case("triage")
    found = Attachment.objects.get(case=case)
    path = f"/attachments/{found.id}/"
    answer = gallery.cast.browser("mara").get(path)
    assert answer.status_code == 200
    assert b"".join(answer) == b"A plan."  # type: ignore[arg-type]  # a stream of bytes
    assert answer["Content-Disposition"] == 'attachment; filename="plan.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    for reader in ("", "xavier"):
        assert gallery.cast.browser(reader).get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.html", b"<script>alert(1)</script>", "not taken"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not taken"),
        ("empty.txt", b"", "empty"),
    ],
)
def test_a_file_that_could_do_harm_is_refused_beside_its_field(
    gallery: Gallery, name: str, content: bytes, words: str
) -> None:
    case = gallery.case("triage")
    upload = io.BytesIO(content)
    upload.name = name
    answer = do(
        gallery.cast.browser("mara"), case, "attach", **{"attach-file": upload, "attach-audience": "participants"}
    )
    assert answer.status_code == 422
    assert words in whole(answer)


# --- queries --------------------------------------------------------------------------------------------------------


def cost(browser: Client, path: str) -> int:
    """How many queries a page takes, once what is kept in memory is there."""
    browser.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize(
    ("reader", "path"),
    [
        ("petra", "/cases/"),
        ("mara", "/cases/"),
        ("xavier", "/cases/"),
        ("petra", "/programs/ecosystem/"),
        ("petra", "/programs/ecosystem/queue/"),
        ("petra", "/"),
        ("mara", "/"),
        ("", "/p/programs/ecosystem/"),
        ("", "/p/programs/ecosystem/queue/"),
        ("", "/p/programs/ecosystem/cases/"),
        ("petra", "/cases/?format=csv"),
    ],
)
def test_a_list_costs_the_same_whatever_is_in_it(gallery: Gallery, reader: str, path: str) -> None:
    browser = gallery.cast.browser(reader)
    file(gallery.cast, title="One more", repository="https://git.example/more/1")
    file(gallery.cast, who="xavier", title="His first", repository="https://git.example/his/1")
    before = cost(browser, path)
    for number in (2, 3):
        file(gallery.cast, title=f"More {number}", repository=f"https://git.example/more/{number}")
        file(gallery.cast, who="xavier", title=f"His {number}", repository=f"https://git.example/his/{number}")
    assert cost(browser, path) <= before


@pytest.mark.parametrize("reader", ["petra", "mara", "xavier", ""])
def test_a_case_costs_the_same_whatever_happened_in_it(gallery: Gallery, reader: str) -> None:
    case = gallery.case("triage")
    browser = gallery.cast.browser(reader)
    path = f"/cases/{case.key}/" if reader else f"/p/cases/{case.key}/"
    before = cost(browser, path)
    for number in range(6):
        actions.comment(actor=gallery.cast.actor("mara"), case=case, body=f"Comment {number}.")
        actions.comment(actor=gallery.cast.actor("petra"), case=case, body=f"Answer {number}.", audience="staff")
        actions.attach(actor=gallery.cast.actor("petra"), case=case, name=f"{number}.txt", content=b"%d" % number)
        actions.attest(
            actor=gallery.cast.actor("petra"), case=case, criterion="stars", found=300 + number, evidence="x"
        )
    assert cost(browser, path) <= before
    assert before <= 60


def test_the_view_and_the_page_agree(gallery: Gallery) -> None:
    case = gallery.case("triage")
    view = queries.case_view(gallery.cast.actor("petra"), case)
    text = whole(gallery.cast.browser("petra").get(f"/cases/{case.key}/"))
    for move in view.moves:
        assert move.title in text
    for line in view.history:
        assert str(line.html) in text
