"""Rights that follow from a part in a case: applicant, owner, reviewer, steward and the rest, as the program says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from quorate.access.actors import Actor
from quorate.access.policy import SOURCES, Reason
from quorate.engine.models import Program, Review
from quorate.engine.parties import Parties, Standing, role_words, speakers
from quorate.engine.rights import PROGRAM_RIGHTS, RIGHTS, Roles, reasons_on
from quorate.engine.rules import Filing, case_behind, judge_roles, staff_roles
from quorate.engine.versions import definition, definition_of
from quorate.kernel.i18n import gettext


class Parts:
    """Rights by part in a case or by office in a program. Queries: the actor's terms, assignments, the subject."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if isinstance(obj, Filing):
            if permission == "case.file":
                yield from _filing(actor, obj, at)
            return
        if isinstance(obj, Program):
            yield from _of_program(Standing(actor, at), permission, obj)
            return
        case = case_behind(obj)
        if case is not None:
            yield from reasons_on(Parties(case, at), Standing(actor, at), permission, obj)

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if isinstance(obj, Filing):
            words = role_words([str(role) for role in obj.definition.intake.who], obj.definition)
            return words.values() if permission == "case.file" else ()
        if isinstance(obj, Program) and obj.current_id is not None:
            known = definition(obj.current_id)
            return role_words([str(role) for role in PROGRAM_RIGHTS.get(permission, ())], known).values()
        if permission == "case.review" and isinstance(obj, Review):
            return [gettext("the reviewer")]
        case = case_behind(obj)
        if case is None or permission not in RIGHTS:
            return ()
        return role_words(_spelled(RIGHTS[permission](obj, definition_of(case)), case), definition_of(case)).values()


def _spelled(roles: Roles, case: Any) -> list[str]:
    parties = Parties(case)
    return list(dict.fromkeys(parties.office(role) or str(role) for role in roles))


def _of_program(standing: Standing, permission: str, program: Program) -> Iterable[Reason]:
    if program.current_id is None:
        return
    known = definition(program.current_id)
    named = {"steward": known.steward, "accountable": known.accountable}
    roles = PROGRAM_RIGHTS.get(permission, ())
    if permission == "case.list":
        roles = (*staff_roles(known), *judge_roles(known))
    for role in roles:
        reason = standing.reason(named.get(role.text, role).text)
        if reason is not None:
            yield reason


def _filing(actor: Actor, filing: Filing, at: datetime) -> Iterable[Reason]:
    standing = Standing(actor, at)
    for role in filing.definition.intake.who:
        if role.text == "anyone":
            yield Reason(gettext("anyone may apply"), "anyone")
        elif role.text == "signed-in" and actor.known:
            yield Reason(gettext("anyone who is signed in may apply"), "signed-in")
        elif role.text in ("maintainers", "holder") and actor.person_id is not None:
            if actor.person_id in speakers(filing.subject_kind, filing.subject_id, at):
                yield Reason(gettext("you speak for what the case is about"), f"subject:{filing.subject_kind}")
        elif role.text in ("steward", "accountable"):
            office = filing.definition.steward if role.text == "steward" else filing.definition.accountable
            reason = standing.reason(office.text)
            if reason is not None:
                yield reason
        elif role.is_office:
            reason = standing.reason(role.text)
            if reason is not None:
                yield reason


SOURCES.register("parts", Parts())
