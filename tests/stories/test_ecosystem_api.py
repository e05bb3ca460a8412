"""How a project joins the ecosystem and what becomes of it, told over the API alone.

A visitor applies; the repository is measured; a program manager triages; two members of the working group who share no
employer with the applicant review; the group votes; the letter goes out; the landscape shows the project. Half a year
later it has fallen asleep: its owners are told and have thirty days. Once it wakes up and is kept, once it does not and
is retired. At every moment whoever is involved has the case before them with a clock, and anybody can read of it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from tests.stories.cast import (
    ANSWERS,
    MARKS,
    MEMBERS,
    START,
    Cast,
    asleep,
    assemble,
    busy,
    history,
    place,
)

from quorate.engine import actions
from quorate.kernel import clock
from quorate.ledger.worker import drain
from quorate.toolkit.work import WorkItem, gather

LANDSCAPE = """categories:
  - name: Modeling
    subcategories:
      - name: General
        items:
          - name: Old Oak
            description: An older project.
            homepage_url: https://oak.example/
            repo_url: https://git.example/oak/old-oak
            project: ecosystem
"""
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Story:
    """The cast at work, and what is held at every moment."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast = cast
        self.folder = folder
        self.key = ""

    def at(self, **after: float) -> datetime:
        """Move the clock to the start of the story plus so much."""
        clock.set_now(START + timedelta(**after))
        return clock.now()

    def case(self, who: str = "") -> Any:
        """The case as somebody sees it."""
        return self.cast.api(who).get(f"/cases/{self.key}")

    def does(self, who: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Somebody does something to the case."""
        return self.cast.api(who).post(f"/cases/{self.key}{path}", body, status)

    def moves(self, who: str, transition: str, reason: str = "", status: int = 200) -> Any:
        """Somebody takes a step."""
        return self.does(who, "/moves", {"transition": transition, "reason": reason}, status)

    def work(self, who: str) -> list[WorkItem]:
        """What of the story waits for somebody, on their page My work."""
        items = gather(self.cast.actor(who), clock.now())
        return [item for item in items if self.key in f"{item.title} {item.url}" or "Tensor Garden" in str(item.title)]

    def waits_for(self, *who: str) -> None:
        """Each of these has the case on My work, with why it is theirs and with a clock."""
        for name in who:
            mine = self.work(name)
            assert mine, f"{name} has no work on {self.key} in {self.case()['stage']}"
            assert all(str(item.why) for item in mine)
            assert any(item.due_at is not None or item.paused for item in mine), f"{name} has no clock"
            shown = self.cast.browser(name).get("/").content.decode()
            assert all(item.url in shown for item in mine), name

    def waits_not_for(self, *who: str) -> None:
        """None of these has anything to do with the case."""
        for name in who:
            assert not self.work(name), f"{name} has {[str(item.title) for item in self.work(name)]}"

    def unseen(self, who: str, motion: str) -> int:
        """How a vote is refused: as forbidden to who may know of the motion, else as not there."""
        return 403 if self.cast.api(who).call("GET", f"/motions/{motion}").status_code == 200 else 404

    def told(self) -> list[str]:
        """What anybody can read of it, in sentences that name nobody who should not be named."""
        lines = [each["text"] for each in self.case()["history"]]
        page = self.cast.browser().get(f"/p/cases/{self.key}/").content.decode()
        assert lines
        for line in lines:
            assert line[:1].isupper() or line[0] == "“", line
            assert not UUID.search(line), line
            assert not re.search(r"[{}<>]|None|person:|system:", line), line
            assert "Mara" not in line, line
        for secret in ("mara@", "Mara Invented", "Works as described"):
            assert secret not in page
        return lines


@pytest.fixture
def story(db: None, tmp_path: Path) -> Story:
    """The foundation on the morning of the first day, with a landscape and one earlier application."""
    clock.set_now(START)
    cast = assemble()
    cast.api("petra").post("/landscape/import", {"text": LANDSCAPE, "name": "landscape.yml"})
    return Story(cast, tmp_path)


def test_from_a_visitor_to_the_landscape(story: Story) -> None:
    apply(story)
    measure(story)
    triage(story)
    review(story)
    vote(story)
    on_the_landscape(story)
    onboard(story)


@pytest.mark.parametrize("ending", ["mends", "retires"])
def test_half_a_year_later_it_is_asleep(story: Story, ending: str) -> None:
    for chapter in (apply, measure, triage, review, vote, onboard):
        chapter(story)
    fall_asleep(story)
    mend(story) if ending == "mends" else retire(story)


# --- the chapters ---------------------------------------------------------------------------------------------------


def apply(story: Story) -> None:
    """A visitor reads what is asked, applies, and sees their place in the queue."""
    story.at()
    visitor = story.cast.api()
    asked = visitor.get("/programs/ecosystem")
    assert {"stars", "licence", "contributors"} <= {each["criterion"] for each in asked["criteria"]}
    assert {each["id"] for each in asked["questions"] if each["private"]} == {"contact"}
    other = {**ANSWERS, "repository": "https://git.example/oak/older"}
    story.cast.api("xavier").post("/programs/ecosystem/cases", {"answers": other, "title": "Older"}, 201)

    story.at(hours=1)
    problem = visitor.post("/programs/ecosystem/cases", {"answers": {**ANSWERS, "licence": ""}, "title": "T"}, 422)
    assert "licence" in str(problem)
    filed = visitor.post(
        "/programs/ecosystem/cases", {"answers": dict(ANSWERS), "title": "[Ecosystem] Tensor Garden"}, 201
    )
    story.key = filed["case"]
    assert filed["claim"]
    assert visitor.call("GET", f"/cases/{story.key}").headers["ETag"]

    story.at(days=1)
    line = next(each for each in visitor.get("/programs/ecosystem/queue") if each["case"] == story.key)
    assert (line["title"], line["position"], line["stage"]) == ("Tensor Garden", 2, "new")
    assert clock.now() - datetime.fromisoformat(line["opened_at"]) == timedelta(hours=23)
    public = story.cast.browser().get("/p/programs/ecosystem/queue/").content.decode()
    assert "Tensor Garden" in public
    assert "contact" not in {answer["id"] for answer in story.case()["answers"]}
    story.waits_for("petra")
    story.waits_not_for("mara", "ben", "chris", "xavier")

    drain()
    received = [letter for letter in mail.outbox if letter.to == ["mara@garden.example"]]
    assert any(filed["claim"] in str(letter.body) for letter in received)
    story.does("xavier", "/claim", {"token": "guessed"}, 403)
    story.does("mara", "/claim", {"token": filed["claim"]})
    story.does("xavier", "/claim", {"token": filed["claim"]}, 403)
    assert {answer["id"] for answer in story.case("mara")["answers"]} >= {"contact"}
    story.waits_for("mara", "petra")
    story.told()


def measure(story: Story) -> None:
    """The clone arrives; every criterion says what was found, where and as of when. Stars are vouched for."""
    story.at(days=1, hours=2)
    place(story.folder, busy(clock.now() - timedelta(hours=3)))
    story.does("xavier", "/checks", status=403)
    story.does("petra", "/checks", status=202)
    drain()
    found = {each["criterion"]: each for each in story.case()["checks"]}
    assert {name: found[name]["result"] for name in ("contributors", "commits", "licence", "readme-file", "ci")} == (
        dict.fromkeys(("contributors", "commits", "licence", "readme-file", "ci"), "pass")
    )
    assert (found["contributors"]["found"], found["contributors"]["needed"]) == (6, 5)
    assert (found["commits"]["found"], found["commits"]["needed"]) == (48, 30)
    assert datetime.fromisoformat(found["commits"]["as_of"]) == clock.now() - timedelta(hours=3)
    assert found["stars"]["result"] == found["maintainers"]["result"] == "unknown"
    evidence = {"evidence": "https://git.example/garden/tensor-garden/stargazers", "as_of": clock.now().isoformat()}
    story.does("mara", "/criteria/stars/attestations", {"found": 412, **evidence})
    story.does("xavier", "/criteria/stars/attestations", {"found": 412, **evidence}, 403)
    assert {each["criterion"]: each["result"] for each in story.case()["checks"]}["stars"] == "attested"


def triage(story: Story) -> None:
    """The program manager takes the case up, is stopped by what nobody knows, asks, and finds it ready."""
    story.at(days=2)
    story.moves("mara", "take", status=403)
    story.moves("petra", "take")
    story.waits_for("petra", "mara")
    stopped = story.moves("petra", "ready", status=422)
    assert "maintainers" in stopped["detail"]
    story.moves("petra", "ask", status=422)
    story.moves("petra", "ask", "Who are the two core maintainers?")
    asked = story.case("mara")
    assert (asked["stage"], asked["paused"]) == ("information", True)
    assert [each["name"] for each in asked["moves"]] == ["answer", "withdraw"]
    story.waits_for("mara")
    story.waits_not_for("petra")
    drain()
    assert any("Who are the two core maintainers?" in str(letter.body) for letter in mail.outbox)

    story.at(days=3)
    evidence = {"evidence": "https://git.example/garden/tensor-garden/people", "as_of": clock.now().isoformat()}
    story.does("mara", "/criteria/maintainers/attestations", {"found": 2, **evidence})
    story.moves("mara", "answer")
    drain()
    story.waits_for("petra", "mara")
    assert story.moves("petra", "ready")["stage"] == "review"
    story.told()


def review(story: Story) -> None:
    """Two members review, blind; one who shares an employer with the applicant is refused, an outsider too."""
    story.at(days=4)
    story.waits_for("chris", "mara")
    people = {name: str(person.id) for name, person in story.cast.people.items()}
    refused = story.does("petra", "/reviewers", {"people": [people["olga"], people["ben"]]}, 422)
    assert "Olga Invented" in str(refused)
    assert "employer" in str(refused)
    assert "Ben" not in str(refused)
    story.does("xavier", "/volunteers", status=403)
    story.does("olga", "/volunteers", status=422)
    story.does("petra", "/reviewers", {"people": [people["ben"]]})
    story.does("cleo", "/volunteers")
    story.does("dan", "/volunteers", status=409)
    story.waits_for("ben", "cleo", "mara")

    mark = {"scores": dict(MARKS), "recommendation": "approve", "comment": "Works as described.", "declared": True}
    story.cast.api("xavier").put(f"/cases/{story.key}/review", mark, 404)
    story.cast.api("ben").put(f"/cases/{story.key}/review", {"scores": {"value": 3}, "comment": "A draft."})
    short = story.cast.api("ben").put(f"/cases/{story.key}/review", {**mark, "scores": {}, "submit": True}, 422)
    assert len(short["problems"]) == len(MARKS)
    undeclared = {**mark, "declared": False, "submit": True}
    assert story.cast.api("ben").put(f"/cases/{story.key}/review", undeclared, 422)["where"] == "declared"
    story.cast.api("ben").put(f"/cases/{story.key}/review", {**mark, "submit": True})
    blind = {each["reviewer"]: each for each in story.case("cleo")["reviews"]}
    assert blind["Ben Invented"]["comment"] is None
    assert "Works as described" not in str(story.case("mara"))
    story.cast.api("cleo").put(f"/cases/{story.key}/review", {**mark, "comment": "Well kept.", "submit": True})
    assert story.case()["stage"] == "vote", "with both reviews in, the vote opens by itself"
    assert {each["comment"] for each in story.case("cleo")["reviews"]} == {"Works as described.", "Well kept."}
    story.told()


def vote(story: Story) -> None:
    """The group votes; more than half of all its members decide."""
    story.at(days=5)
    motion = story.case()["motions"][0]
    story.waits_for(*MEMBERS, "mara")
    story.waits_not_for("xavier", "petra")
    for name in ("xavier", "mara", "petra"):
        story.cast.api(name).post(f"/motions/{motion}/votes", {"choice": "yes"}, story.unseen(name, motion))
    story.cast.api("olga").post(f"/motions/{motion}/votes", {"choice": "no"})
    for number, name in enumerate(("ben", "cleo", "dan")):
        assert story.case()["stage"] == "vote", f"{number} of five are no majority"
        story.cast.api(name).post(f"/motions/{motion}/votes", {"choice": "yes"})
        if number == 0:
            assert "Ben" not in story.cast.api().call("GET", f"/motions/{motion}").content.decode()
    decided = story.case()
    assert decided["stage"] == "onboarding"
    drain()
    letters = [letter for letter in mail.outbox if letter.to == ["mara@people.example"]]
    assert any("Tensor Garden" in letter.subject and "3 in favour" in str(letter.body) for letter in letters)
    public = story.cast.browser().get(f"/p/cases/{story.key}/").content.decode()
    assert "3 in favour, 1 against, 0 abstained" in public
    assert "Dear applicant" in public
    assert "Petra" not in public
    story.told()


def on_the_landscape(story: Story) -> None:
    """It is on the landscape at once, with its tasks open."""
    item = item_of(story)
    assert item["status"] == "ecosystem"
    page = story.cast.browser().get("/p/landscape/").content.decode()
    assert "Tensor Garden" in page
    assert "Old Oak" in page
    open_ones = [each for each in story.case("mara")["obligations"] if each["state"] == "open"]
    assert {each["name"] for each in open_ones} >= {"logo", "two-factor", "category", "landscape-entry"}
    assert all(each["due_at"] for each in open_ones)
    story.waits_for("mara", "petra")


def onboard(story: Story) -> None:
    """The tasks are done one by one; with the last required one the project is listed."""
    story.at(days=12)
    for owed in story.case("petra")["obligations"]:
        if owed["name"] == "blog":  # not required
            blog = owed["id"]
            continue
        who = "petra" if owed["name"] in ("category", "landscape-entry") else "mara"
        proof = {"evidence": f"https://garden.example/{owed['name']}"}
        story.cast.api("xavier").post(f"/obligations/{owed['id']}/fulfilment", proof, 403)
        after = story.cast.api(who).post(f"/obligations/{owed['id']}/fulfilment", proof)
        mine = next(each for each in after["obligations"] if each["id"] == owed["id"])
        if mine["state"] == "claimed":
            story.waits_for("petra")
            story.cast.api("petra").post(f"/obligations/{owed['id']}/confirmation")
    listed = story.case()
    assert (listed["stage"], listed["outcome"]) == ("listed", "accepted")
    story.waits_for("mara")
    story.cast.api("mara").post(f"/obligations/{blog}/fulfilment", {"evidence": "https://garden.example/blog"})
    story.waits_not_for("mara", "petra")
    lines = story.told()
    assert len(lines) > 12


def fall_asleep(story: Story) -> None:
    """Half a year later hardly anything happened in the repository: the review finds it, and its owners are told."""
    due = story.at(days=186)
    place(story.folder, asleep(START, due - timedelta(days=2)))
    actions.tick()
    reviewed = story.cast.api().get("/cases?program=ecosystem-review")["items"]
    story.key = reviewed[0]["case"]
    assert len(reviewed) == 1
    assert (reviewed[0]["title"], reviewed[0]["stage"]) == ("Tensor Garden", "due")
    story.waits_for("petra")
    drain()
    case = story.case()
    found = {each["criterion"]: each for each in case["checks"]}
    assert (found["commits"]["found"], found["commits"]["result"]) == (1, "fail")
    if case["stage"] == "measured":
        story.waits_for("petra")
        story.moves("petra", "notify")
    case = story.case()
    assert case["stage"] == "remedy"
    assert datetime.fromisoformat(case["due_at"]) == clock.now() + timedelta(days=30)
    before = len(mail.outbox)
    drain()
    notice = [letter for letter in mail.outbox if "30" in str(letter.body) and letter.to == ["mara@people.example"]]
    assert notice or before
    assert any("commits" in str(letter.body) for letter in mail.outbox if letter.to == ["mara@people.example"])
    story.waits_for("mara")
    assert item_of(story)["status"] == "ecosystem"
    story.told()


def mend(story: Story) -> None:
    """Its owners wake it up: it is kept, and the next review is half a year away."""
    now = story.at(days=205)
    lively = history(now - timedelta(hours=2), 40, 7)
    place(story.folder, lively)
    story.moves("xavier", "mended", status=403)
    story.moves("mara", "mended")
    drain()
    evidence = {"evidence": "https://git.example/garden/tensor-garden/stargazers", "as_of": now.isoformat()}
    for criterion, found in (("stars", 455), ("maintainers", 2)):
        if story.case()["closed_at"] is None:
            story.does("mara", f"/criteria/{criterion}/attestations", {"found": found, **evidence})
    kept = story.case()
    assert kept["outcome"] == "kept", kept["moves"]
    assert item_of(story)["status"] == "ecosystem"
    drain()
    assert any("Tensor Garden" in letter.subject for letter in mail.outbox if letter.to == ["mara@people.example"])
    story.waits_not_for("mara", "petra")
    story.told()
    story.at(days=390)
    actions.tick()
    again = story.cast.api().get("/cases?program=ecosystem-review&state=open")["items"]
    assert [each["title"] for each in again] == ["Tensor Garden"]


def retire(story: Story) -> None:
    """Nobody mends it: after thirty days it is measured once more and retired, and the landscape shows it."""
    story.at(days=217)
    actions.tick()
    assert story.case()["stage"] == "recheck"
    drain()
    story.waits_for("petra")
    story.moves("mara", "retire", "No.", status=403)
    story.moves("petra", "retire", status=422)
    story.moves("petra", "retire", "Nothing happened in thirty days.")
    retired = story.case()
    assert retired["outcome"] == "retired"
    item = item_of(story)
    assert item["status"] == "retired"
    exported = story.cast.api().call("GET", "/landscape/file").content.decode()
    assert re.search(r"name: Tensor Garden\n(?: {12,}.*\n)*? +project: archived\n", exported), exported
    page = story.cast.browser().get("/p/landscape/").content.decode()
    assert "Tensor Garden" in page
    drain()
    assert any("Tensor Garden" in letter.subject for letter in mail.outbox if letter.to == ["mara@people.example"])
    lines = story.told()
    assert any("retired" in line for line in lines)
    project = story.cast.api().get(f"/projects/{item['project']}")
    assert [each["status"] for each in project["statuses"]] == ["ecosystem", "retired"]


def item_of(story: Story) -> Any:
    """The project's item on the landscape."""
    items = story.cast.api().get("/landscape/items?q=tensor")["items"]
    assert len(items) == 1
    return items[0]
