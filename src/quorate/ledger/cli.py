"""Commands about the record (``ledger …``) and about promised messages (``outbox …``)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from django.db import transaction

from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.kernel.ids import is_uuid
from quorate.ledger import actions, audit, keys, proofs, sealer, verifier, worker
from quorate.ledger.models import Checkpoint, Entry, Message
from quorate.ledger.notes import NoteError, PublicKey


@dataclass(frozen=True)
class _Cli:
    """Whoever has the shell; actors proper stand above the ledger."""

    id: str = "system:cli"


def register(root: click.Group) -> None:
    """Add the commands of this package."""
    ledger = noun(root, "ledger", _("The record, its seals and its proofs"))
    for command in (ledger_verify, ledger_seal, ledger_export, ledger_proof, ledger_checkpoint, ledger_key):
        ledger.add_command(command)
    outbox = noun(root, "outbox", _("Messages that were promised, and those that failed"))
    for command in (outbox_list, outbox_retry, outbox_discard, outbox_work):
        outbox.add_command(command)


@click.command("verify")
@click.option("--entries", type=click.Path(path_type=Path), help="an exported file instead of the database")
@click.option("--checkpoint", multiple=True, type=click.Path(path_type=Path), help="a signed note kept elsewhere")
@click.option("--key", multiple=True, help="trust this public key (or file of keys) instead of the installation's own")
@json_option
def ledger_verify(entries: Path | None, checkpoint: Sequence[Path], key: Sequence[str]) -> None:
    """Prove that the record is whole: nothing changed, removed, inserted or moved. Exit status 1 when it is not."""
    kept = [_read(path) for path in checkpoint]
    found = _verify_file(entries, kept, key) if entries else _verify_database(kept, key)
    show(found, lambda: _verdict(found))
    if not found["ok"]:
        click.get_current_context().exit(1)


def _verify_file(path: Path, kept: Sequence[str], given: Sequence[str]) -> dict[str, Any]:
    if not path.is_file():
        raise UserError(gettext("there is no such file"), where=str(path))
    trusted = [one.text() for one in _trusted(given)]
    try:
        return verifier.verify_export(path, verifier.read_keys(trusted), list(kept))
    except verifier.Bad as bad:
        raise UserError(bad.why, where="--checkpoint") from bad


def _verify_database(kept: Sequence[str], given: Sequence[str]) -> dict[str, Any]:
    trusted = _trusted(given)
    if not trusted and Checkpoint.objects.exists():
        raise UserError(
            gettext("the public key of the ledger is not here"),
            where=str(keys.public_path()),
            mend=gettext("put the file back, or give --key"),
        )
    try:
        return audit.verify(trusted, kept).as_dict()
    except NoteError as error:
        raise UserError(str(error), where="--checkpoint") from error


def _trusted(given: Sequence[str]) -> list[PublicKey]:
    """The keys that were given, each itself or in a file, else those of the installation."""
    if not given:
        return keys.public_keys()
    lines = [line for text in given for line in ([text] if text.count("+") >= 2 else _read(Path(text)).splitlines())]
    try:
        return [PublicKey.parse(line) for line in lines if line.strip() and not line.startswith("#")]
    except NoteError as error:
        raise UserError(str(error), where="--key") from error


def _verdict(found: dict[str, Any]) -> Iterable[str]:
    yield gettext("entries      %d") % found["entries"]
    yield gettext("under seal   %d") % found["size"]
    yield gettext("root         %s") % found["root"]
    yield gettext("checkpoints  %d") % found.get("checkpoints", 0)
    bad = found["first_bad"]
    if bad is None:
        yield gettext("Everything holds.")
    else:
        yield gettext("It does NOT hold. Entry %(seq)s: %(why)s") % bad


@click.command("seal")
@json_option
def ledger_seal() -> None:
    """Put committed entries under seal now, rather than when the worker comes to it."""
    try:
        done = sealer.seal()
    except sealer.SealError as error:
        raise UserError(str(error), where="ledger", mend=gettext("run `quorate ledger verify`")) from error
    document = {"sealed": done.entries, "size": done.size}
    show(document, [gettext("%(sealed)d entries sealed; the tree has %(size)d leaves.") % document])


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@json_option
def ledger_export(file: Path) -> None:
    """Write every sealed entry with its proof material, as `verifier.py` reads it ("-": standard output).

    Private values are not in it; they are in no entry.
    """
    if str(file) == "-":
        for line in proofs.export_lines():
            sys.stdout.buffer.write(line)
        return
    draft = file.with_name(f"{file.name}.part")
    try:
        with draft.open("wb") as stream:
            for line in proofs.export_lines():
                stream.write(line)
        draft.replace(file)
    except OSError as error:
        raise UserError(error.strerror or "cannot be written", where=str(file)) from error
    head = proofs.newest_checkpoint()
    document = {
        "file": file,
        "size": head.size if head else 0,
        "root": head.root if head else verifier.Tree().root().hex(),
        "unsealed": Entry.objects.filter(leaf=None).count(),
        "key": [key.text() for key in keys.public_keys()],
    }
    lines = [gettext("%(size)d entries written; %(unsealed)d are not sealed yet and not in it.") % document]
    show(document, lines)


@click.command("proof")
@click.argument("seq", type=int, required=False)
@click.option("--between", nargs=2, type=int, help="instead: that the checkpoint of one size continues another")
@click.option("--out", type=click.Path(path_type=Path), help="write to a file")
def ledger_proof(seq: int | None, between: tuple[int, int] | None, out: Path | None) -> None:
    """Print the proof that entry SEQ is in the record (.tlog-proof), or that one checkpoint continues another."""
    if (seq is None) == (between is None):
        raise UserError(gettext("give the number of an entry, or --between and two sizes"), where="SEQ")
    text = proofs.inclusion(seq).file() if seq is not None else proofs.consistency(*(between or (0, 0)))
    _write(text, out)


@click.command("checkpoint")
@click.option("--size", type=int, help="an earlier one")
@click.option("--out", type=click.Path(path_type=Path), help="write to a file")
def ledger_checkpoint(size: int | None, out: Path | None) -> None:
    """Print the newest signed checkpoint. Keep one elsewhere now and then: it shows later that nothing was cut off."""
    head = proofs.newest_checkpoint() if size is None else Checkpoint.objects.filter(size=size).first()
    if head is None:
        raise NotFound(
            gettext("there is no such checkpoint"), where="ledger", mend=gettext("run `quorate ledger seal`")
        )
    _write(head.note, out)


@click.command("key")
@click.option("--new", is_flag=True, help="make a new signing key; the old one is kept beside it")
@json_option
def ledger_key(new: bool) -> None:
    """Print the public keys of the ledger, the newest last."""
    if new:
        keys.replace_key()
    found = [key.text() for key in keys.public_keys()]
    if not found:
        raise NotFound(gettext("there is no key yet"), where="ledger", mend=gettext("run `quorate ledger seal`"))
    show({"keys": found}, found)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(gettext("the file is not UTF-8"), where=str(path)) from error
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be read"), where=str(path)) from error


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be written"), where=str(out)) from error


# The outbox --------------------------------------------------------------------------------------------------


@click.command("list")
@click.option("--state", type=click.Choice(Message.State.values), default=Message.State.DEAD.value, show_default=True)
@click.option("--topic", help="only of this topic")
@click.option("--limit", default=100, show_default=True)
@json_option
def outbox_list(state: str, topic: str | None, limit: int) -> None:
    """List messages, the newest first. Their contents are not shown."""
    messages = Message.objects.filter(state=state, **({"topic": topic} if topic else {})).order_by("-created_at")
    rows = [
        {
            "id": message.id,
            "topic": message.topic,
            "state": message.state,
            "attempts": message.attempts,
            "created_at": message.created_at,
            "due_at": message.due_at,
            "last_error": message.last_error.strip().rpartition("\n")[2],
        }
        for message in messages[:limit]
    ]
    names = ("id", "topic", "attempts", "last_error")
    show({"messages": rows}, lambda: columns([[row[name] for name in names] for row in rows]))


@click.command("retry")
@click.argument("message", required=False)
@click.option("--all", "every", is_flag=True, help="every message that failed for good")
@json_option
def outbox_retry(message: str | None, every: bool) -> None:
    """Try a message that failed for good again."""
    _act(actions.retry_message, message, every, "retried")


@click.command("discard")
@click.argument("message", required=False)
@click.option("--all", "every", is_flag=True, help="every message that failed for good")
@json_option
def outbox_discard(message: str | None, every: bool) -> None:
    """Give a message that failed for good up."""
    _act(actions.discard_message, message, every, "discarded")


def _act(act: Any, message: str | None, every: bool, done: str) -> None:
    if (message is None) == (not every):
        raise UserError(gettext("give the id of a message, or --all"), where="MESSAGE")
    if message is not None and not is_uuid(message):
        raise UserError(gettext("this is not the id of a message"), where=message)
    chosen = [UUID(message)] if message else list(Message.objects.filter(state="dead").values_list("id", flat=True))
    with transaction.atomic(), actions.gesture():
        for one in chosen:
            act(actor=_Cli(), message_id=one)
    show({done: chosen}, [str(one) for one in chosen])


@click.command("work")
@click.option("--jobs", is_flag=True, help="and the periodic jobs that are due")
@json_option
def outbox_work(jobs: bool) -> None:
    """Do now what is due, one by one, and stop; the worker does it all the time."""
    done = worker.drain(jobs=jobs)
    show({"done": done}, [gettext("%d done.") % done])
