"""What the engine does for those below it: it tells entries about cases, finds things, moves and forgets."""

from __future__ import annotations

from uuid import UUID

from quorate.access.actors import Actor
from quorate.access.objects import OBJECTS
from quorate.directory.referrers import ERASERS, REFERRERS, Referrer
from quorate.engine.actions.forgetting import forget, move, restore
from quorate.engine.models import Grant, Obligation, Program
from quorate.engine.queries import case_named, program_view
from quorate.engine.queries.history import teller
from quorate.engine.rules import Step
from quorate.engine.versions import definition_of, program_named
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.kernel.ids import is_uuid
from quorate.toolkit.tellers import TELLERS


def _program(actor: Actor, key: str) -> Program:
    return program_view(actor, program_named(key)).program


def _step(actor: Actor, key: str) -> Step:
    """``ECO-14/ready``: a step of a case."""
    name, _slash, step = key.partition("/")
    case = case_named(actor, name)
    known = {item.name: item for item in definition_of(case).all_transitions}
    if step not in known:
        raise NotFound(gettext("there is no such step"), where="object")
    return Step(case, known[step])


def _obligation(actor: Actor, key: str) -> Obligation:
    found = Obligation.objects.filter(pk=UUID(key)).select_related("case").first() if is_uuid(key) else None
    if found is None:
        raise NotFound(gettext("there is no such obligation"), where="object")
    case_named(actor, str(found.case_id))
    return found


def _grant(actor: Actor, key: str) -> Grant:
    found = Grant.objects.filter(pk=UUID(key)).select_related("case").first() if is_uuid(key) else None
    if found is None:
        raise NotFound(gettext("there is no such grant"), where="object")
    case_named(actor, str(found.case_id))
    return found


TELLERS.register("cases", teller)
REFERRERS.register("engine", Referrer(move, restore))
ERASERS.register("engine", forget)
OBJECTS.register("case", case_named)
OBJECTS.register("program", _program)
OBJECTS.register("step", _step)
OBJECTS.register("obligation", _obligation)
OBJECTS.register("grant", _grant)
