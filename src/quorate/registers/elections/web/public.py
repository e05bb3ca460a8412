"""Public pages: notices, candidates, how it is counted, results with every stage, downloads, and the check of a receipt."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from quorate.access.actors import VISITOR
from quorate.decisions.balloting import verifier
from quorate.decisions.balloting.bundle import FEWEST, SMALL
from quorate.decisions.counting import preset
from quorate.decisions.counting.formats import write
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.ledger.canonical import canonical
from quorate.registers.elections import actions, queries
from quorate.registers.elections.actions.casting import receipt_for
from quorate.registers.elections.models import Election, Nomination
from quorate.registers.elections.rules import profile
from quorate.registers.elections.web.shown import LEVELS, constraint_words, stages, state_of
from quorate.toolkit.columns import Choice, Column, Empty
from quorate.toolkit.history import history
from quorate.toolkit.pages import public, public_render
from quorate.toolkit.parts import pill
from quorate.toolkit.tables import Table


class PublicElections(Table[Election]):
    """Elections of public bodies."""

    name = "elections"
    caption = _("Elections")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "title",
            _("Election"),
            sort="title",
            primary=True,
            value=lambda row: row.title,
            url=lambda row: reverse("elections:public-election", args=[row.slug]),
        ),
        Column("body", _("Body"), sort="body__name", value=lambda row: row.body.name),
        Column("seats", _("Seats"), kind="number", sort="seats", value="seats"),
        Column("opens", _("Opens"), kind="day", sort="opens_at", value=lambda row: row.opens_at),
        Column("closes", _("Closes"), kind="day", sort="closes_at", value=lambda row: row.closes_at),
        Column("state", _("State"), sort="state", value=lambda row: row.state, cell=lambda row: pill(*state_of(row))),
    )
    filters = (
        Choice(
            "state",
            _("State"),
            options=lambda table: Election.State.choices,
            apply=lambda rows, value: rows.filter(state=value),
        ),
    )
    search = ("title", "body__name")
    order = "-opens_at"
    empty = Empty(_("No elections yet"), _("Notices appear here when a body elects."))


def elections(request: HttpRequest) -> HttpResponse:
    """Every public election."""
    return PublicElections(request, queries.public()).respond("elections/public_elections.html", public=True)


def election(request: HttpRequest, slug: str) -> HttpResponse:
    """One election: notice, candidates with statements, how it is counted, and its result with every stage."""
    found = _find(slug)
    label, tone = state_of(found)
    voted, electors = queries.turnout(found)
    result = found.bundle["result"] if found.bundle is not None else None
    names = {item["id"]: item["name"] for item in (found.manifest or {}).get("candidates", [])}
    cast = len(found.bundle["ballots"] or ()) if found.bundle is not None else 0
    context = {
        "election": found,
        "state_label": label,
        "state_tone": tone,
        "rule": preset(found.rule),
        "secrecy": LEVELS[found.level],
        "candidates": list(queries.nominations(found).filter(state=Nomination.State.ACCEPTED)),
        "voted": voted,
        "constraints": constraint_words(found),
        "gone": [names.get(name, name) for name in queries.withdrawn(found)],
        "checked": queries.checked(found) if found.secret and found.manifest else None,
        "unmet": (result["count"] or {}).get("constraints", {}).get("notes", []) if result else [],
        "electors": electors,
        "small": found.secret and found.state != Election.State.ANNOUNCED and 0 < electors < SMALL,
        "elected": [names.get(name, name) for name in result["elected"]] if result else [],
        "struck": [names.get(name, name) for name in result["struck"]] if result else [],
        "hidden": found.bundle is not None and found.bundle["ballots"] is None,
        "fewest": FEWEST,
        "cast": cast,
        "stages": stages(result["count"]) if result else [],
        "count": result["count"] if result else None,
        "lot": found.bundle["lot"] if found.bundle is not None else None,
        "head": found.bundle["head"] if found.bundle is not None else "",
        "downloads": [] if found.bundle is None else _downloads(found),
        "countbacks": [
            {"left": names.get(item["left"], item["left"]), "filled": names.get(item["filled"], "")}
            for item in found.countbacks
        ],
        "history": history("election", str(found.pk), public=True),
    }
    return public_render(request, "elections/public_election.html", context)


def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether a place of the log, or a commitment, is in the box; with its proof."""
    found = _find(slug)
    asked = request.GET.get("place", "").strip()
    rows = queries.box(found)
    place = next((row.place for row in rows if row.commitment == asked.lower()), None)
    if place is not None:
        # Looked up by the commitment, as a receipt has it: counted, without who or when.
        actions.check_receipt(actor=VISITOR, election=found, commitment=asked.lower())
    if place is None and asked.isdecimal() and len(asked) < 10:
        place = int(asked)
    row = rows[place] if place is not None and place < len(rows) else None
    receipt = receipt_for(found, row.place) if row is not None else None
    if request.GET.get("format") == "json" and receipt is not None:
        return _json(receipt.as_json())
    context = {
        "election": found,
        "asked": asked,
        "row": row,
        "size": len(rows),
        "replaced": row is not None and bool(row.code),
        "receipt": json.dumps(receipt.as_json(), indent=1, ensure_ascii=False) if receipt is not None else "",
    }
    response = public_render(request, "elections/check.html", context)
    response["Cache-Control"] = "no-store"  # who looks up which place is nobody's business
    return response


def verifier_file(request: HttpRequest) -> HttpResponse:
    """The verifier: one file that needs nothing but Python."""
    with open(verifier.__file__, encoding="utf-8") as stream:
        response = HttpResponse(stream.read(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verifier.py"'
    return public(request, response)


def download(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The manifest once voting has opened, and everything else once the result is published."""
    found = _find(slug)
    if name == "manifest.json" and found.manifest is not None:
        return public(request, _json(found.manifest))
    make = DOWNLOADS.get(name)
    if found.bundle is None or make is None or (found.bundle["ballots"] is None and name != "bundle.json"):
        raise NotFound(gettext("there is no such file"))
    try:
        text, kind = make(found)
    except UserError as error:
        raise NotFound(gettext("there is no such file")) from error
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-{name}"'
    return public(request, response)


def _bundle(found: Election) -> tuple[str, str]:
    return json.dumps(found.bundle, ensure_ascii=False), "application/json"


def _ballots(found: Election) -> tuple[str, str]:
    assert found.bundle is not None  # asked before
    lines = [canonical(item).decode() for item in found.bundle["ballots"]]
    return "".join(f"{line}\n" for line in lines), "application/jsonl"


def _blt(found: Election) -> tuple[str, str]:
    assert found.bundle is not None  # asked before
    items = found.bundle["ballots"]
    cast: list[Any] = items if found.secret else [item["ballot"] for item in items]
    gone = [item["candidate"] for item in found.bundle.get("withdrawn", [])]
    ballots = profile(found.bundle["manifest"], cast, gone, constrained=False)
    return write(ballots, "blt"), "text/plain; charset=utf-8"


def _constraints(found: Election) -> tuple[str, str]:
    assert found.bundle is not None  # asked before
    frozen = found.bundle["manifest"].get("constraints")
    if frozen is None:
        raise UserError(gettext("there are no constraints"))
    return json.dumps(frozen, ensure_ascii=False, indent=1), "application/json"


DOWNLOADS: dict[str, Callable[[Election], tuple[str, str]]] = {
    "bundle.json": _bundle,
    "ballots.jsonl": _ballots,
    "election.blt": _blt,
    "constraints.json": _constraints,
}


def _downloads(found: Election) -> list[str]:
    assert found.bundle is not None  # asked before
    if found.bundle["ballots"] is None:
        return ["bundle.json", "manifest.json"]
    scored = found.bundle["manifest"]["ballot"] == "scores"
    limited = ["constraints.json"] if found.bundle["manifest"].get("constraints") else []
    return ["bundle.json", "manifest.json", "ballots.jsonl", *([] if scored else ["election.blt"]), *limited]


def _json(value: Any) -> HttpResponse:
    return HttpResponse(canonical(value), content_type="application/json")


def _find(slug: str) -> Election:
    found = Election.objects.filter(slug=slug, body__public=True).select_related("body").first()
    if found is None:
        raise NotFound(gettext("there is no such election"))
    return found
