"""The files on a case, for whoever may see them."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from quorate.access.actors import Actor
from quorate.engine.files import path_of
from quorate.engine.models import Attachment
from quorate.engine.visibility import sight
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext


def attachment_for(actor: Actor, attachment: UUID) -> Attachment:
    """The file, or ``NotFound`` when the reader may not know of it or it was removed."""
    found = Attachment.objects.filter(pk=attachment, removed_at=None).select_related("case").first()
    if found is None or found.audience not in sight(actor, found.case).audiences:
        raise NotFound(gettext("there is no such file"), where="attachment")
    return found


def attachment_bytes(attachment: Attachment) -> BinaryIO:
    """The file's bytes, open for reading. ``NotFound`` when the store has lost them."""
    path: Path = path_of(attachment.digest)
    try:
        return path.open("rb")
    except OSError:
        raise NotFound(gettext("the file is not in the store any more"), where="attachment") from None
