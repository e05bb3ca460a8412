"""The half-yearly reviews: most projects are well; some mend what is missing, some fade, some leave."""

from __future__ import annotations

from datetime import timedelta

from quorate.access.actors import Actor
from quorate.engine import actions
from quorate.engine.models import Case
from quorate.kernel.errors import UserError
from quorate.registers.portfolio.models import Maintainer
from quorate.surfaces.cli.demo.applying import STARS, attest
from quorate.surfaces.cli.demo.repositories import TIRED, WELL
from quorate.surfaces.cli.demo.world import Story, World, chance, later, slug_of

EACH_FORTNIGHT = timedelta(days=14)
RETIRED = "What was missing is missing still, and nobody answered."
LEAVES = "The two of us have other work now. Thank you for having us."
MENDED = "A second team joined us; the work of the last weeks is in the main branch."


def decline(world: World) -> Story:
    """Projects that are to fall short grow quiet some months after they were listed."""
    while True:
        for row in Case.objects.filter(program=world.program, decision="accepted"):
            slug = slug_of(row.title)
            quiet = world.health.get(slug) in ("mends", "fades", "slips") and slug not in _QUIET
            if quiet and row.decided_at is not None and world.now > row.decided_at + timedelta(days=75):
                world.repositories[slug].grow(world.now)
                world.repositories[slug].pace = TIRED
                _QUIET.add(slug)
        yield world.now + EACH_FORTNIGHT


_QUIET: set[str] = set()


def stewardship(world: World) -> Story:
    """Every few days the program manager looks at the reviews that are open."""
    begun: set[str] = set()
    while True:
        for case in Case.objects.filter(program=world.review, closed_at=None).order_by("number"):
            if case.key not in begun:
                begun.add(case.key)
                world.begin(one(world, case), later(chance("review", case.key), world.now, 0.2, 2))
        yield world.now + timedelta(days=4)


def one(world: World, case: Case) -> Story:
    """One review, from the findings to its end."""
    rng = chance("review", case.key, "story")
    slug = slug_of(case.title)
    health = world.health.get(slug, "steady")
    for _step in range(60):
        case = Case.objects.get(pk=case.pk)
        if case.closed_at is not None:
            return
        if case.stage in ("measured", "recheck"):
            if health == "leaves" and case.stage == "measured":
                actions.move(actor=_owner(world, case), case=case, transition="step-down", reason=LEAVES)
                return
            _vouch(world, case, slug, rng.randrange(4000))
            yield later(rng, world.now, 0.2, 3)
            _decide(world, Case.objects.get(pk=case.pk))
        elif case.stage == "remedy" and health == "mends":
            repository = world.repositories[slug]
            repository.grow(world.now)
            repository.pace = (WELL[0] * 6, WELL[1])
            yield later(rng, world.now, 18, 26)
            case = Case.objects.get(pk=case.pk)
            if case.stage == "remedy":
                world.measured.add(slug)
                actions.move(actor=_owner(world, case), case=case, transition="mended", reason=MENDED)
                world.health[slug] = "steady"
                repository.grow(world.now)
                repository.pace = WELL
        yield later(rng, world.now, 0.5, 4)


def _vouch(world: World, case: Case, slug: str, more: int) -> None:
    if case.attestations.filter(criterion="stars", made_at__gte=world.now - timedelta(days=60)).exists():
        return
    attest(world, case, "stars", STARS["stars"] + more, slug)


def _decide(world: World, case: Case) -> None:
    """Keep, ask the owners to mend, or retire: whichever the findings allow."""
    if case.closed_at is not None:
        return
    steps = {"measured": ("keep", "notify"), "recheck": ("keep", "retire")}.get(case.stage, ())
    for step in steps:
        try:
            reason = RETIRED if step == "retire" else ""
            actions.move(actor=world.manager, case=case, transition=step, reason=reason)
        except UserError:
            continue
        return


def _owner(world: World, case: Case) -> Actor:
    row = Maintainer.objects.filter(project_id=case.subject_id, until=None).exclude(person=None).first()
    assert row is not None
    assert row.person is not None
    return world.actor(row.person.slug)
