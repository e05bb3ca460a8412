"""The store of files that people bring: bytes by their SHA-256 under ``MEDIA_ROOT``, and what kinds are taken.

Each package keeps its files on a shelf of its own, so that whoever clears one never takes another's bytes.

What a file is, is told from its bytes, never from its name or from what the browser says. Only kinds that cannot run in
a browser are taken, and pages serve them as downloads.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

LARGEST = 10 * 1024 * 1024
LONGEST_NAME = 200

#: The first bytes of the kinds that are taken, with what they are.
_SIGNATURES: tuple[tuple[bytes, int, str], ...] = (
    (b"%PDF-", 0, "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
)
#: Office documents are ZIP archives; which one is told by a member that only it has.
_OFFICE: tuple[tuple[bytes, str], ...] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"mimetypeapplication/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.presentation"),
)
_TEXT_SUFFIXES = {".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv", ".json": "application/json"}


def sniff(name: str, content: bytes) -> str:
    """What a file is, or ``UserError`` when its kind is not taken."""
    for signature, offset, kind in _SIGNATURES:
        if content[offset : offset + len(signature)] == signature:
            return kind
    if content[:4] == b"PK\x03\x04":
        for mark, kind in _OFFICE:
            if mark in content:
                return kind
    suffix = Path(name).suffix.casefold()
    if suffix in _TEXT_SUFFIXES and _is_text(content):
        return _TEXT_SUFFIXES[suffix]
    raise UserError(
        gettext("files of this kind are not taken"),
        where="file",
        mend=gettext("PDF, PNG, JPEG, GIF, WebP, Office and OpenDocument files, or plain text"),
    )


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(ord(letter) < 32 and letter not in "\t\r\n\f" for letter in text)


def check_size(content: bytes) -> None:
    """Refuse what is empty or too large."""
    if not content:
        raise UserError(gettext("the file is empty"), where="file")
    if len(content) > LARGEST:
        megabytes = LARGEST // (1024 * 1024)
        raise UserError(gettext("the file is larger than %(n)d MB") % {"n": megabytes}, where="file")


def clean_name(name: str) -> str:
    """A file's name without folders, control characters and quotes."""
    last = name.replace("\\", "/").rpartition("/")[2]
    text = "".join(letter for letter in last if letter.isprintable() and letter not in '"<>|:*?').strip(" .")
    if len(text) > LONGEST_NAME:
        stem, dot, suffix = text.rpartition(".")
        text = f"{stem[: LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}" if dot else text[:LONGEST_NAME]
    return text or "file"


def path_of(shelf: str, digest: str) -> Path:
    """Where the bytes with a digest lie."""
    return Path(settings.MEDIA_ROOT) / shelf / digest[:2] / digest


def store(shelf: str, content: bytes) -> str:
    """Keep bytes, return their digest. The same bytes again write nothing; a half-written file never shows."""
    digest = hashlib.sha256(content).hexdigest()
    target = path_of(shelf, digest)
    if target.is_file():
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    Path(temporary).replace(target)
    return digest
