"""The signing key of the installation: one file, made on first use, never replaced without being asked.

`QUORATE_HOME/keys/ledger.key` holds the private key and is readable by its owner alone; `ledger.pub` beside it
lists every public key that ever signed, the newest last, for `quorate ledger verify` and for whoever asks.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.notes import NoteError, PublicKey, SigningKey, read_key, write_key


def key_path() -> Path:
    """Where the private key is kept."""
    return Path(settings.HOME) / "keys" / "ledger.key"


def public_path() -> Path:
    """Where the public keys are listed."""
    return Path(settings.HOME) / "keys" / "ledger.pub"


def signing_key(*, may_create: bool) -> SigningKey:
    """The private key. Without one it is made if `may_create`, else a UserError says what to do."""
    path = key_path()
    try:
        return read_key(path)
    except NoteError as error:
        raise UserError(str(error), where=str(path), mend=gettext("put the file back from a backup")) from error
    except FileNotFoundError:
        if not may_create:
            raise UserError(
                gettext("the key that signed the ledger so far is not here"),
                where=str(path),
                mend=gettext("put the file back from a backup, or run `quorate ledger key --new`"),
            ) from None
    with suppress(FileExistsError):  # another process was first; its key is the key
        write_key(path, SigningKey.generate(_origin()))
    key = read_key(path)
    _publish(key.public)
    return key


def public_keys() -> list[PublicKey]:
    """Every key that signed or may sign, the newest last; empty when there is none yet."""
    try:
        lines = public_path().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    try:
        keys = [PublicKey.parse(line) for line in lines if line.strip()]
        if not keys and key_path().exists():
            keys = [read_key(key_path()).public]
    except NoteError as error:
        raise UserError(str(error), where=str(public_path())) from error
    return keys


def replace_key() -> SigningKey:
    """Make a new key under the same name. The old one is kept beside it, and its public half stays listed."""
    path = key_path()
    name = _origin()
    if path.exists():
        old = read_key(path)
        _publish(old.public)
        name = old.name
        path.rename(path.with_name(f"ledger.key.{old.public.id(1).hex()}"))
    elif known := public_keys():
        name = known[-1].name
    key = SigningKey.generate(name)
    write_key(path, key)
    _publish(key.public)
    return key


def _publish(key: PublicKey) -> None:
    """List a public key last; a single append of a short line, so that two processes do not tear it."""
    path = public_path()
    present = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if key.text() not in present:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, f"{key.text()}\n".encode())
        finally:
            os.close(handle)


def _origin() -> str:
    """The name of this ledger: where it is served, and a few random letters, because addresses are reused."""
    host = urlsplit(settings.PUBLIC_URL).netloc or "localhost"
    return f"{host}/ledger/{secrets.token_hex(4)}"
