"""The ballot page, and the three ways in which a ballot comes: by script, by plain form, and into the box by token.

Answers are never kept for repeats and no message of the session speaks of a vote.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from quorate.access.actors import VISITOR
from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.decisions.balloting.ballots import anchor
from quorate.decisions.balloting.bundle import SMALL, Token
from quorate.decisions.balloting.group import scalar_from
from quorate.decisions.counting import preset
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.elections import actions, queries
from quorate.registers.elections.actions.casting import Paper
from quorate.registers.elections.models import Election
from quorate.registers.elections.web.shown import LEVELS, constraint_words
from quorate.toolkit.pages import render

LONGEST = 1 << 16


@login_required
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """The ballot. A plain POST is for browsers without the script: the server then makes the commitment."""
    found = _find(request, slug)
    actor = actor_from(request)
    authorise(actor, "ballot.cast", found)
    if request.method != "POST":
        return _page(request, found)
    try:
        if found.level == Election.Level.C:
            raise UserError(
                gettext("this ballot needs a browser with scripts, because only the voter may make its token")
            )
        ballot = _marked(request, found)
        if found.level == Election.Level.A:
            actions.cast_named(actor=actor, election=found, ballot=ballot)
            messages.success(request, gettext("Your vote is recorded under your name."))
            return redirect("elections:vote", slug=found.slug)
        code, paper = _by_server(request, found, ballot)
        receipt = actions.cast_ballot(actor=actor, election=found, paper=paper)
    except UserError as error:
        return _page(request, found, error, status=error.status)
    shown = {"receipt": receipt.as_json(), "code": code.hex(), "text": json.dumps(receipt.as_json(), indent=1)}
    response = render(request, "elections/voted.html", {"election": found, **shown})
    response["Cache-Control"] = "no-store"
    return response


def _answering(view: Callable[..., dict[str, Any]]) -> Callable[..., HttpResponse]:
    """JSON in and out; errors as ``{"where", "what", "mend"}`` with their status. Nothing of it is kept by caches."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
        try:
            if len(request.body) > LONGEST:
                raise UserError(gettext("this is too long for a ballot"))
            given = json.loads(request.body)
            if not isinstance(given, dict):
                raise ValueError
            response = JsonResponse(view(request, slug, given))
        except UserError as error:
            response = JsonResponse(error.as_dict(), status=error.status)
        except ValueError:
            response = JsonResponse({"where": "", "what": gettext("JSON was expected"), "mend": ""}, status=400)
        response["Cache-Control"] = "no-store"
        return response

    return wrapped


@login_required
@require_POST
@_answering
def cast(request: HttpRequest, slug: str, given: dict[str, Any]) -> dict[str, Any]:
    """A secret ballot of level B from the voter's own device."""
    found = _on_the_roll(request, slug)
    return actions.cast_ballot(actor=actor_from(request), election=found, paper=Paper.read(given)).as_json()


@login_required
@require_POST
@_answering
def token(request: HttpRequest, slug: str, given: dict[str, Any]) -> dict[str, Any]:
    """Sign a blinded token (level C)."""
    found = _on_the_roll(request, slug)
    try:
        blinded = [bytes.fromhex(item) for item in given["blinded"]]
    except (KeyError, TypeError, ValueError):
        blinded = []
    signed = actions.issue_token(actor=actor_from(request), election=found, blinded=blinded)
    return {"signed": [None if item is None else item.hex() for item in signed]}


@csrf_exempt
@require_POST
@_answering
def box(request: HttpRequest, slug: str, given: dict[str, Any]) -> dict[str, Any]:
    """Take a ballot with a token. Whatever session the browser sent along is not looked at."""
    found = Election.objects.filter(slug=slug, level=Election.Level.C).defer("bundle").first()
    if found is None:
        raise NotFound(gettext("there is no such election"))
    held = given.get("credential")
    try:
        shown = None
        if held:
            signatures = tuple(bytes.fromhex(item) for item in held["signatures"][:2])
            shown = Token(bytes.fromhex(held["token"]), bytes.fromhex(held["prefix"]), signatures)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(gettext("this is not a token of this election"), where="credential") from error
    return actions.drop_ballot(actor=VISITOR, election=found, paper=Paper.read(given), token=shown).as_json()


#: Counting tries by address would write down when which address came to the box.
box.counts_no_tries = True  # type: ignore[attr-defined]  # read by the middleware of limits


def _by_server(request: HttpRequest, found: Election, ballot: Any) -> tuple[bytes, Paper]:
    """What the script would have made, from a nonce of the page: the same page sent twice is one ballot."""
    nonce = request.POST.get("nonce", "")[:64].encode()
    if len(nonce) < 32:
        raise UserError(gettext("load the page again and mark your ballot"))
    key = settings.SECRET_KEY.encode()
    said = json.dumps(ballot, sort_keys=True).encode()
    r = scalar_from(b"quorate/server ballot/r", key, nonce, said) or 1
    code = sha256(b"quorate/server ballot/code" + key + nonce + said).digest()
    before = request.POST.get("replaces", "").strip()
    try:
        replaces = bytes.fromhex(before) or None
    except ValueError:
        raise UserError(gettext("a change code has 64 letters and digits"), where="replaces") from None
    return code, Paper(ballot, r, anchor(code), replaces=replaces)


def _marked(request: HttpRequest, found: Election) -> Any:
    """The ballot as the plain form marks it."""
    assert found.manifest is not None  # it is open
    marks = {item["id"]: request.POST.get(f"mark:{item['id']}", "") for item in found.manifest["candidates"]}
    if found.manifest["ballot"] == "approvals":
        chosen = sorted(name for name, mark in marks.items() if mark)
        return [chosen] if chosen else []
    numbers = {name: int(mark) for name, mark in marks.items() if mark.isdecimal() and len(mark) < 4}
    if found.manifest["ballot"] == "scores":
        return {name: score for name, score in sorted(numbers.items()) if score}
    return [sorted(n for n, rank in numbers.items() if rank == level) for level in sorted(set(numbers.values()))]


def _page(request: HttpRequest, found: Election, error: UserError | None = None, *, status: int = 200) -> HttpResponse:
    entry = queries.entry_of(found, actor_from(request).person_id)
    manifest = found.manifest or {"candidates": [], "ballot": "ranks", "largest_score": 0}
    statements = {row.slug: row.statement for row in queries.nominations(found)} if found.manifest else {}
    marks = [
        {**item, "mark": request.POST.get(f"mark:{item['id']}", ""), "statement": statements.get(item["id"], "")}
        for item in manifest["candidates"]
    ]
    own = None
    if found.level == Election.Level.A and entry is not None:
        own = next((row.ballot for row in queries.named_ballots(found) if row.person_id == entry.person_id), None)
    _voted, electors = queries.turnout(found)
    context = {
        "election": found,
        "manifest": manifest,
        "registrars": json.dumps(manifest.get("registrars", [])),
        "gone": queries.withdrawn(found),
        "rule": preset(found.rule),
        "constraints": constraint_words(found),
        "secrecy": LEVELS[found.level],
        "marks": marks,
        "choices": [str(n) for n in range(1, (manifest["largest_score"] or len(marks)) + 1)],
        "voted": entry is not None and entry.voted,
        "own": own,
        "voting": found.voting(),
        "small": found.secret and electors < SMALL,
        "error": error,
        "replaces": request.POST.get("replaces", ""),
        "nonce": request.POST.get("nonce") or secrets.token_hex(32),
        "may": may(actor_from(request), "ballot.cast", found),
    }
    response = render(request, "elections/vote.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _on_the_roll(request: HttpRequest, slug: str) -> Election:
    """For electors a short question; whoever is not one is answered as on every page."""
    rows = Election.objects.filter(slug=slug, roll__person_id=actor_from(request).person_id or UUID(int=0))
    return rows.defer("bundle", "manifest").first() or _find(request, slug)


def _find(request: HttpRequest, slug: str) -> Election:
    found = queries.visible(actor_from(request)).filter(slug=slug).first()
    if found is None:
        raise NotFound(gettext("there is no such election"))
    return found
