"""What the worker does about the portfolio: reads again the clones that lie on this machine."""

from __future__ import annotations

from quorate.access.actors import system
from quorate.ledger.outbox import every
from quorate.registers.portfolio import clones
from quorate.registers.portfolio.actions.repositories import scan_repository
from quorate.registers.portfolio.models import Repository

READER = system("repository-reader")


@every(seconds=24 * 3600, name="portfolio.read-clones")
def read_clones() -> None:
    """Read every repository that has a clone here; a head that did not move costs a fraction of a second."""
    for repository in Repository.objects.exclude(clone_path="").select_related("project").iterator():
        if clones.locate(repository.clone_path) is not None:
            scan_repository(actor=READER, repository=repository)
