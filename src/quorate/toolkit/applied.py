"""What is remembered of the foundation's files: enough to see that they changed, nothing that they said."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from quorate.toolkit.models import Applied


def fingerprint(row: Applied, value: Any) -> str:
    """A digest of a field's value, salted with the row's id, so that no personal datum stays behind."""
    text = json.dumps([str(row.pk), value], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def says_still(row: Applied | None, name: str, value: Any) -> bool:
    """Whether the files say of a field what they said when they were last applied; ``None`` is no value."""
    if row is None:
        return False
    return bool(row.fields.get(name) == (None if value is None else fingerprint(row, value)))


def forgotten_key(key: str) -> str:
    """The key under which it is remembered that a thing of the files was forgotten."""
    return "forgotten:" + hashlib.sha256(key.encode()).hexdigest()[:40]


def forget(kind: str, key: str) -> None:
    """Replace what is remembered of a thing by the bare fact that it was once applied, under a digest."""
    Applied.objects.filter(kind=kind, key=key).update(key=forgotten_key(key), fields={})
