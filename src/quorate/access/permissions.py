"""The grammar and registry of permissions: ``noun.verb``, declared by the package that guards with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quorate.kernel.i18n import _
from quorate.kernel.registry import Registry

#: Scopes of a token that are no permission: every right of the account; and seeing, but changing nothing.
ALL = "all"
READ = "read"
#: Verbs that only look.
LOOKING = ("read", "list")

GRAMMAR = re.compile(r"^[a-z][a-z-]*\.[a-z][a-z-]*$")


@dataclass(frozen=True)
class Permission:
    """A named right. ``sensitive`` ones are never implied by being operator of the installation.

    One that is ``of_body`` concerns what belongs to a body, and a body that lists it gives it over its own only.
    """

    name: str
    title: object
    sensitive: bool = False
    of_body: bool = False


PERMISSIONS: Registry[Permission] = Registry("permission")


def permission(name: str, title: object, *, sensitive: bool = False, of_body: bool = False) -> Permission:
    """Declare a permission. ``ValueError`` when the name is not ``noun.verb``."""
    if not GRAMMAR.match(name):
        raise ValueError(f"{name!r} is not noun.verb")
    return PERMISSIONS.register(name, Permission(name, title, sensitive, of_body))


def in_scope(name: str, scopes: frozenset[str]) -> bool:
    """Whether scopes let a permission through; they never give it."""
    return name in scopes or ALL in scopes or (READ in scopes and name.rpartition(".")[2] in LOOKING)


permission("account.manage", _("Manage accounts and tokens of others"))
permission("token.manage", _("Make and revoke API tokens of an account"))
permission("webhook.manage", _("Register and remove webhooks of an account"))
permission("ledger.read", _("Read every entry of the ledger"))
permission("ledger.seal", _("Seal the ledger now"))
permission("ledger.shred", _("Remove private values beside the ledger"))
permission("outbox.manage", _("See, retry and discard failed messages"))
