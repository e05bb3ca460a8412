"""Pages of the record, for those who work here and for anybody, and of what could not be delivered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.kernel.errors import Conflict, NotFound, UserError
from quorate.kernel.i18n import _, gettext, ngettext
from quorate.ledger import queries, verifier
from quorate.ledger.feed import entries, public_kinds
from quorate.ledger.keys import public_keys
from quorate.ledger.proofs import export_lines, inclusion, newest_checkpoint
from quorate.ledger.records import record
from quorate.ledger.sentences import Sentence, sentences
from quorate.ledger.standing import standing
from quorate.surfaces.record import actions
from quorate.surfaces.record.lists import STATES, EntryTable, MessageTable
from quorate.toolkit.forms import blame
from quorate.toolkit.history import lines_of
from quorate.toolkit.navigation import Nav
from quorate.toolkit.pages import public_render, render
from quorate.toolkit.tellers import told_to

app_name = "ledger"
NAV = [
    Nav("ledger", _("Ledger"), "ledger:entries", section="foundation", order=90),
    Nav("outbox", _("Outbox"), "ledger:outbox", section="operations", order=40, permission="outbox.manage"),
]
PUBLIC_NAV = [Nav("record", _("Record"), "ledger:public-entries", order=90)]
#: Parts of a message that are shown by their length alone: they are letters to somebody else.
LONG = ("body", "html", "attachment")


# The record --------------------------------------------------------------------------------------------------


@login_required
def ledger(request: HttpRequest) -> HttpResponse:
    """All entries to those who may read all; to others the public kinds."""
    actor = actor_from(request)
    everything = may(actor, "ledger.read")
    rows = entries(kinds=None if everything else public_kinds(), about=_about(request))
    table = EntryTable(request, rows, actor=actor, extra={"public": not everything})
    return table.respond("record/entries.html", {"standing": standing(), "everything": everything, **_thing(request)})


@require_safe
def public_ledger(request: HttpRequest) -> HttpResponse:
    """What anybody may read, and how to check it."""
    table = EntryTable(request, entries(kinds=public_kinds(), about=_about(request)), extra={"public": True})
    context = {"head": newest_checkpoint(), "keys": [key.text() for key in public_keys()], **_thing(request)}
    return table.respond("record/public_entries.html", context, public=True)


def _about(request: HttpRequest) -> tuple[str, str] | None:
    kind, colon, ref = request.GET.get("about", "")[:160].partition(":")
    return (kind, ref) if colon and "\0" not in kind + ref else None


def _thing(request: HttpRequest) -> dict[str, Any]:
    return {"about": request.GET.get("about", "")[:160] if _about(request) else ""}


@login_required
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry: what it says, who may vouch for it, and its place under the seal."""
    actor = actor_from(request)
    found, told, whole = _readable(actor, seq)
    context = {
        **_entry_context(found, told, whole=whole),
        "others": lines_of(sentences(queries.same_gesture(found))) if may(actor, "ledger.read") else [],
        "may_forget": whole and may(actor, "ledger.shred"),
    }
    return render(request, "record/entry.html", context)


@require_safe
def public_entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry of a public kind."""
    found = entries(kinds=public_kinds()).filter(seq=seq).first()
    if found is None:
        raise NotFound(gettext("there is no such entry"))
    (told,) = sentences([found], public=True)
    return public_render(request, "record/public_entry.html", _entry_context(found, told, whole=True))


def _readable(actor: Actor, seq: int) -> tuple[Any, Sentence, bool]:
    """An entry, its sentence for this reader, and whether the reader may have all of it."""
    found = queries.entry(seq)
    if found is not None:
        if may(actor, "ledger.read"):
            return found, sentences([found])[0], True
        if found.kind in public_kinds():
            return found, sentences([found], public=True)[0], True
        told = told_to(actor, found)
        if told is not None:
            return found, told, False
    raise NotFound(gettext("there is no such entry, or you may not read it"))


def _entry_context(found: Any, told: Sentence, *, whole: bool) -> dict[str, Any]:
    return {
        "entry": found,
        "told": told,
        "whole": whole,
        "place": queries.place_of(found),
        "head": newest_checkpoint(),
        "promised": queries.promised(found) if whole else [],
        "says": [(name, _value(value)) for name, value in found.data.items()],
        "record": json.dumps(json.loads(record(found)), ensure_ascii=False, indent=2) if whole else "",
    }


def _value(value: Any) -> str:
    """A value of an entry's data as text; lists and objects as JSON, as they were recorded."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@login_required
@require_safe
def proof(request: HttpRequest, seq: int) -> HttpResponse:
    """The proof that an entry is in the record, as a file."""
    _found, _told, whole = _readable(actor_from(request), seq)
    if not whole:
        raise NotFound(gettext("there is no such entry, or you may not read it"))
    return _proof(seq)


@require_safe
def public_proof(request: HttpRequest, seq: int) -> HttpResponse:
    """The same for anybody, of public kinds."""
    if not entries(kinds=public_kinds()).filter(seq=seq).exists():
        raise NotFound(gettext("there is no such entry"))
    return _proof(seq)


def _proof(seq: int) -> HttpResponse:
    return _download(inclusion(seq).file(), f"entry-{seq}.tlog-proof", "text/plain; charset=utf-8")


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed head of the record."""
    head = newest_checkpoint()
    if head is None:
        raise NotFound(gettext("nothing was sealed yet"))
    return _download(head.note, "checkpoint.txt", "text/plain; charset=utf-8")


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys of the record, the newest last."""
    return _download("".join(f"{key.text()}\n" for key in public_keys()), "ledger.pub", "text/plain; charset=utf-8")


@require_safe
def verifier_file(request: HttpRequest) -> HttpResponse:
    """The program that checks exports and proofs, in one file."""
    return _download(Path(verifier.__file__).read_text("utf-8"), "verifier.py", "text/x-python; charset=utf-8")


@login_required
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Every sealed entry with its proofs, to check elsewhere."""
    authorise(actor_from(request), "ledger.read")
    response = StreamingHttpResponse(export_lines(), content_type="application/jsonl")
    response["Content-Disposition"] = 'attachment; filename="ledger.jsonl"'
    response["Cache-Control"] = "no-store"
    return response


def _download(text: str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class ForgetForm(forms.Form):
    """Why private words are removed."""

    reason = forms.ChoiceField(
        label=_("Why"),
        help_text=_("Written into the ledger. It says nothing about a person."),
        choices=[
            ("asked", _("The person asked for it")),
            ("retention", _("The time for keeping it is over")),
            ("mistake", _("It should not have been recorded")),
            ("law", _("The law requires it")),
        ],
        widget=forms.RadioSelect,
    )


@login_required
def forget(request: HttpRequest, seq: int) -> HttpResponse:
    """Preview and confirm the removal of what people typed beside an entry."""
    actor = actor_from(request)
    authorise(actor, "ledger.shred")
    found, told, _whole = _readable(actor, seq)
    form = ForgetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            count = actions.forget_words(actor=actor, entry=found.uid, reason=form.cleaned_data["reason"])
        except UserError as error:
            blame(form, error)
        else:
            said = ngettext("%d private value was removed.", "%d private values were removed.", count) % count
            messages.success(request, said)
            return redirect("ledger:entry", seq)
    kept = [item for item in queries.promised(found) if item.kept]
    context = {
        "entry": found,
        "told": told,
        "kept": kept,
        "form": form,
        "back_url": reverse("ledger:entry", args=[seq]),
    }
    return render(request, "record/forget.html", context, status=422 if form.errors else 200)


# The outbox --------------------------------------------------------------------------------------------------


@login_required
def outbox(request: HttpRequest) -> HttpResponse:
    """Messages that wait, that are done, and that failed for good."""
    actor = actor_from(request)
    authorise(actor, "outbox.manage")
    table = MessageTable(request, queries.messages(), actor=actor)
    return table.respond("record/outbox.html", {"states": queries.message_states(), "standing": standing()})


@login_required
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message: what it was to do, and what went wrong."""
    authorise(actor_from(request), "outbox.manage")
    found = queries.message(message_id)
    if found is None:
        raise NotFound(gettext("there is no such message"))
    label, tone = STATES[found.state]
    parts = [
        (name, ngettext("%d letter", "%d letters", len(str(value))) % len(str(value)) if name in LONG else value)
        for name, value in sorted(found.payload.items())
    ]
    return render(
        request, "record/message.html", {"message": found, "state_label": label, "state_tone": tone, "parts": parts}
    )


@login_required
@require_POST
def retry(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Try again."""
    actions.retry_message(actor=actor_from(request), message_id=message_id)
    messages.success(request, gettext("It will be tried again in a moment."))
    return redirect("ledger:message", message_id)


@login_required
def discard(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Preview and confirm giving a message up."""
    actor = actor_from(request)
    authorise(actor, "outbox.manage")
    found = queries.message(message_id)
    if found is None:
        raise NotFound(gettext("there is no such message"))
    if found.state != "dead":
        raise Conflict(gettext("this message has not failed for good"))
    if request.method == "POST":
        actions.discard_message(actor=actor, message_id=message_id)
        messages.success(request, gettext("The message was given up."))
        return redirect(f"{reverse('ledger:outbox')}?state=dead")
    return render(request, "record/discard.html", {"message": found})


urlpatterns = [
    path("ledger/", ledger, name="entries"),
    path("ledger/export.jsonl", export, name="export"),
    path("ledger/<int:seq>/", entry, name="entry"),
    path("ledger/<int:seq>/proof", proof, name="proof"),
    path("ledger/<int:seq>/forget/", forget, name="forget"),
    path("p/ledger/", public_ledger, name="public-entries"),
    path("p/ledger/checkpoint", checkpoint, name="checkpoint"),
    path("p/ledger/keys", keys, name="keys"),
    path("p/ledger/verifier.py", verifier_file, name="verifier"),
    path("p/ledger/<int:seq>/", public_entry, name="public-entry"),
    path("p/ledger/<int:seq>/proof", public_proof, name="public-proof"),
    path("outbox/", outbox, name="outbox"),
    path("outbox/<uuid:message_id>/", message, name="message"),
    path("outbox/<uuid:message_id>/retry", retry, name="retry"),
    path("outbox/<uuid:message_id>/discard", discard, name="discard"),
]
