"""The story of one application: filed, taken up, asked about, reviewed, voted on, and onboarded, or not."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from quorate.access.actors import Actor, person
from quorate.decisions.actions import cast
from quorate.decisions.models import Elector, Motion
from quorate.directory.models import Person
from quorate.engine import actions
from quorate.engine.models import Case, Obligation, Review
from quorate.engine.versions import definition_of
from quorate.kernel.errors import UserError
from quorate.registers.portfolio import actions as portfolio
from quorate.registers.portfolio.models import Project
from quorate.registers.portfolio.queries import facts_of
from quorate.surfaces.cli.demo.history import Application
from quorate.surfaces.cli.demo.repositories import TIRED, WELL, Repository
from quorate.surfaces.cli.demo.world import KEEPER, Story, World, chance, later

STARS = {"stars": 640}
DECLINING = ("declined",)
WORDS = {
    "ask": "Which releases do you test with, and on which architectures? The form and the workflow file disagree.",
    "answer": "Both were right at different times; the workflow file is correct now, and the form says the same.",
    "too-early": "Promising, and too few people carry it yet. Come back when more than one of you merges.",
    "highlight": "Not a library, but worth telling the community about.",
    "void": "This is an advertisement and no application.",
    "withdraw": "We merge with another project first.",
    "admit": "One file is missing and will be added; the rest is in order.",
}
PRAISE = (
    "The quick start ran at the first attempt, on two machines. Clear scope, and it says what it is not.",
    "Good tests; the release notes are better than most. I would use it.",
    "Solid. The documentation of the lower layer could be fuller, which is no obstacle.",
    "Does one thing and does it well. Governance is short and says what it needs to.",
)
BLAME = (
    "The examples need a private data set. I could not get through the quick start.",
    "Much overlaps with what is listed already, and the README does not say why.",
    "It works on one release only. Tests cover the easy half.",
)
EVIDENCE = {
    "logo": "https://{slug}.example/logo.svg",
    "two-factor": "Turned on for all members of the organisation.",
    "category": "Agreed with the maintainers by mail.",
    "landscape-entry": "https://{slug}.example/landscape",
    "contributor-terms": "https://{slug}.example/dco",
    "blog": "https://{slug}.example/announcement",
}


def story(world: World, said: Application, takes: list[datetime]) -> Story:
    """Everything that happens to one application, until its fate is reached or the history ends."""
    rng = chance("application", said.number)
    case = None
    while case is None:
        try:
            case = _file(world, said)
        except UserError as early:
            if early.where != "reapply_after":
                raise
            yield later(rng, world.now, 5, 20)
    if said.fate == "waiting":
        return
    if said.fate == "withdrawn" and rng.random() < 0.4:
        yield later(rng, world.now, 3, 9)
        actions.withdraw(actor=world.actor(said.by[0]), case=case, reason=WORDS["withdraw"])
        return
    while (case := _fresh(case)).stage == "new":
        ahead = [at for at in takes if at > world.now]
        if not ahead:
            return
        yield ahead[0] + timedelta(minutes=5 + said.number)
        if said.fate == "void" and case.stage == "new":
            actions.move(actor=world.manager, case=case, transition="close", reason=WORDS["void"])
            return
    if case.closed_at is not None or said.fate == "triage":
        return
    yield from _triage(world, said, case, rng)
    if (case := _fresh(case)).stage == "review":
        yield from _review(world, said, case, rng)
    if (case := _fresh(case)).stage == "vote":
        yield from _vote(world, said, case, rng)
    if (case := _fresh(case)).stage == "onboarding":
        yield from _onboard(world, said, case, rng)


def take_up(world: World, takes: list[datetime]) -> Story:
    """Two weeks before each session the program manager takes up to ten from the head of the queue."""
    for at in takes:
        if at > world.now:
            yield at
        queue = Case.objects.filter(program=world.program, stage="new", closed_at=None)
        for case in queue.order_by("-returning", "number")[:10]:
            if case.title in _ADVERTS:
                continue
            actions.move(actor=world.manager, case=case, transition="take")


#: What the program manager sees through at a glance; filled by the stories that are to be void.
_ADVERTS: set[str] = set()


def _fresh(case: Case) -> Case:
    return Case.objects.select_related("program", "applicant").get(pk=case.pk)


def _file(world: World, said: Application) -> Case:
    if said.fate == "void":
        _ADVERTS.add(said.name)
    repository = world.repositories.get(said.slug)
    if repository is None:
        missing = ("CODEOWNERS",) if said.fate == "declined" else ()
        repository = Repository(said.slug, said.name, missing)
        world.repositories[said.slug] = repository
        repository.pace = TIRED if said.fate in ("too-early", "void", "highlight") else WELL
        repository.found(world.now)
    elif said.fate not in ("too-early",):
        repository.pace = WELL
        repository.found(world.now)
    world.health[said.slug] = said.health
    filed = actions.file_case(
        actor=world.actor(said.by[0]),
        program=world.program,
        answers=_answers(said),
        title=f"[Ecosystem] {said.name}",
        source="web",
    )
    if filed.case.subject_id and said.fate != "void":
        _know(world, said, Project.objects.get(pk=filed.case.subject_id), repository)
    return filed.case


def _know(world: World, said: Application, project: Project, repository: Repository) -> None:
    """What the desk notes of a project that applies: that it is invented, who maintains it, where its clone lies."""
    facts = facts_of(project)
    changed = {**facts.__dict__, "synthetic": True, "category": said.category, "summary": said.summary}
    portfolio.change_project(actor=KEEPER, project=project, facts=type(facts)(**changed))
    for slug in said.by:
        portfolio.add_maintainer(actor=KEEPER, project=project, person=world.who(slug), start=world.now)
    for row in project.repositories.filter(primary=True):
        portfolio.place_clone(actor=KEEPER, repository=row, path=repository.path)


def _answers(said: Application) -> dict[str, Any]:
    site = f"https://{said.slug}.example/"
    return {
        "contact": f"desk@{said.slug}.example",
        "summary": said.summary,
        "description": (
            f"{said.name} is an invented project of this example. {said.summary}: that is what it would do if it"
            " existed, for people who train, serve or study models and who had to write it themselves before."
        ),
        "similar": "None that we know of.",
        "repository": f"https://code.example/{said.slug}/{said.slug}",
        "licence": "MIT",
        "maintainers": ", ".join(f"@{slug}" for slug in said.by),
        "website": site,
        "documentation": f"{site}docs/",
        "ci": "Tests run on every change, on two releases, on CPU and on one accelerator.",
        "versions": "The latest release and the one before.",
        "components": "Autograd, the compiler, distributed tensors.",
        "horizon": "At least two years.",
    }


def _triage(world: World, said: Application, case: Case, rng: random.Random) -> Story:
    yield later(rng, world.now, 0.5, 5)
    if said.fate in ("asked", "lapsed") or said.asked:
        actions.move(actor=world.manager, case=case, transition="ask", reason=WORDS["ask"])
        if said.fate in ("asked", "lapsed"):
            return
        yield later(rng, world.now, 2, 15)
        world.measured.add(said.slug)
        actions.move(actor=world.actor(said.by[0]), case=_fresh(case), transition="answer", reason=WORDS["answer"])
        yield later(rng, world.now, 0.5, 2)
    if said.fate in ("too-early", "highlight"):
        actions.move(actor=world.manager, case=_fresh(case), transition=said.fate, reason=WORDS[said.fate])
        return
    for criterion, found in STARS.items():
        attest(world, _fresh(case), criterion, found + rng.randrange(4000), said.slug)
    try:
        actions.move(actor=world.manager, case=_fresh(case), transition="ready")
    except UserError:
        yield later(rng, world.now, 0.5, 2)
        chair = world.chair
        actions.move(actor=chair, case=_fresh(case), transition="admit", reason=WORDS["admit"])


def attest(world: World, case: Case, criterion: str, found: object, slug: str) -> None:
    """The program manager vouches for what the machine cannot know, with a link as evidence."""
    actions.attest(
        actor=world.manager,
        case=case,
        criterion=criterion,
        found=found,
        evidence=f"https://code.example/{slug}/{slug}/stargazers",
    )


def _review(world: World, said: Application, case: Case, rng: random.Random) -> Story:
    if said.stands_aside:
        yield later(rng, world.now, 0.2, 1)
        actor = world.actor(said.stands_aside)
        actions.declare_recusal(actor=actor, case=_fresh(case), detail="I advised the project last year.")
    if said.fate == "withdrawn":
        yield later(rng, world.now, 2, 8)
        actions.withdraw(actor=world.actor(said.by[0]), case=_fresh(case), reason=WORDS["withdraw"])
        return
    members = world.reviewers()
    rng.shuffle(members)
    found: list[Review] = []
    for member in members:
        if len(found) == 2:
            break
        yield later(rng, world.now, 0.2, 1.6)
        try:
            found.append(actions.volunteer(actor=_acting(member), case=_fresh(case)))
        except UserError:
            continue  # a conflict of interest, or a colleague was first
    for number, review in enumerate(found):
        if said.fate == "review" and number == 1:
            return
        at = later(rng, world.now, 2, 11)
        # a case that is to be before the vote today gets its last review in the last days
        yield max(at, world.ends - timedelta(days=3, hours=number)) if number and said.fate == "vote" else at
        if _fresh(case).stage == "review":
            _write(said, review, rng)


def _write(said: Application, review: Review, rng: random.Random) -> None:
    good = said.fate not in DECLINING
    names = ("value", "latest-release", "quick-start", "documentation", "tests", "packages", "governance", "horizon")
    actions.submit_review(
        actor=_acting(review.person),
        review=review,
        scores=_marks(review, names, rng, good=good),
        recommendation="approve" if good or rng.random() < 0.2 else "decline",
        comment=rng.choice(PRAISE if good else BLAME),
        declared=True,
    )


def _marks(review: Review, names: tuple[str, ...], rng: random.Random, *, good: bool) -> Mapping[str, int]:
    rubric = rubric_items(review.case)
    return {name: rng.choice((3, 4, 4, 5) if good else (1, 2, 2, 3)) for name in rubric or names}


def rubric_items(case: Case) -> list[str]:
    """The items that a review of the case has to mark."""
    definition = definition_of(case)
    declared = definition.review_in("review")
    rubric = definition.rubric(declared) if declared is not None else None
    return [item.name for item in rubric.items] if rubric is not None else []


def _vote(world: World, said: Application, case: Case, rng: random.Random) -> Story:
    motion = Motion.objects.filter(owner="engine", owner_ref=str(case.pk), state=Motion.State.OPEN).first()
    if motion is None:
        return
    electors = list(
        Elector.objects.filter(motion=motion, recused="", suspended="", person__isnull=False)
        .select_related("person")
        .order_by("seat__position", "id")
    )
    rng.shuffle(electors)
    needed = len(electors) // 2 + 1
    in_favour = max(0, needed - 2) if said.fate in DECLINING else min(len(electors), needed + rng.randrange(0, 3))
    choices = ["yes"] * in_favour + [rng.choice(("no", "no", "abstain")) for _ in electors[in_favour:]]
    rng.shuffle(choices)
    moments = sorted(later(rng, world.now, 0.05, 3.9) for _ in electors)
    voting = list(zip(electors, choices, moments, strict=True))
    for elector, choice, moment in voting[:3] if said.fate == "vote" else voting:
        yield moment
        if Motion.objects.get(pk=motion.pk).state != Motion.State.OPEN:
            return
        reason = rng.choice(BLAME) if choice == "no" and rng.random() < 0.5 else ""
        assert elector.person is not None  # filtered above
        cast(actor=_acting(elector.person), motion=motion, choice=choice, reason=reason)


def _onboard(world: World, said: Application, case: Case, rng: random.Random) -> Story:
    owed = list(Obligation.objects.filter(case=case, closed_at=None).order_by("due_at", "name"))
    if said.fate == "onboarding":
        owed = owed[:2]
    for item in owed:
        yield later(rng, world.now, 1, 9)
        by_staff = item.owner.startswith("seat:")
        actor = world.manager if by_staff else world.actor(said.by[rng.randrange(len(said.by))])
        evidence = EVIDENCE.get(item.name, "Done.").format(slug=said.slug)
        item = actions.fulfil_obligation(actor=actor, obligation=item, evidence=evidence)
        if item.state == Obligation.State.CLAIMED:
            yield later(rng, world.now, 0.3, 3)
            actions.confirm_obligation(actor=world.manager, obligation=item)
    case = _fresh(case)
    if said.fate != "onboarding" and case.stage == "onboarding":
        yield later(rng, world.now, 0.2, 2)
        if _fresh(case).stage == "onboarding":
            actions.move(actor=world.manager, case=_fresh(case), transition="finish")


def _acting(member: Person) -> Actor:
    return person(member.id, member.name)
