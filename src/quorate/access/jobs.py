"""What recurs around signing in and the API: forgetting what is over."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore

from quorate.access.models import Answer, Window
from quorate.kernel import clock
from quorate.ledger.outbox import every

#: For how long a repeat of a creation is given its first answer.
ANSWERS_KEPT = timedelta(days=7)


@every(seconds=3600, name="access.windows")
def windows() -> None:
    """Remove stretches of time in which something was counted, once they are over."""
    Window.objects.filter(ends_at__lt=clock.now()).delete()


@every(seconds=86400, name="access.answers")
def answers() -> None:
    """Remove answers that were kept for repeats, after a week."""
    Answer.objects.filter(created_at__lt=clock.now() - ANSWERS_KEPT).delete()


@every(seconds=86400, name="access.sessions")
def sessions() -> None:
    """Remove sessions that are over."""
    SessionStore.clear_expired()
