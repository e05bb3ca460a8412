"""What the directory writes into the ledger. Names and addresses of people stand beside entries, never in them."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

ORGANISATION_ADDED = register(
    Kind(
        "organisation.added",
        _("{actor} added the organisation {organisation}"),
        fields={"slug": str, "facts": dict},
        public=True,
    )
)
ORGANISATION_CHANGED = register(
    Kind(
        "organisation.changed",
        _("{actor} changed {organisation}: {fields}"),
        fields={"fields": list, "changes": dict},
        public=True,
    )
)
ORGANISATION_REMOVED = register(
    Kind(
        "organisation.removed",
        _("{actor} removed the organisation {name}, to which nothing referred"),
        fields={"slug": str, "name": str},
        public=True,
    )
)
ORGANISATION_MERGED = register(
    Kind(
        "organisation.merged",
        _("{actor} merged {absorbed} into {organisation}; {moved} records moved"),
        fields={"moved": int, "left": int, "merge": str},
        public=True,
    )
)
ORGANISATION_SEPARATED = register(
    Kind(
        "organisation.separated",
        _("{actor} separated {absorbed} from {organisation} again; {restored} records went back"),
        fields={"restored": int, "left": int, "merge": str},
        public=True,
    )
)
PERSON_ADDED = register(Kind("person.added", _("{actor} added {person}"), private=("slug", "facts")))
PERSON_CHANGED = register(
    Kind(
        "person.changed",
        _("{actor} changed the record of {person}: {fields}"),
        fields={"fields": list},
        private=("changes",),
    )
)
PERSON_REMOVED = register(Kind("person.removed", _("{actor} removed a person's record, to which nothing referred")))
PERSON_MERGED = register(
    Kind(
        "person.merged",
        _("{actor} merged {absorbed} into {person}; {moved} records moved"),
        fields={"moved": int, "left": int, "merge": str},
    )
)
PERSON_SEPARATED = register(
    Kind(
        "person.separated",
        _("{actor} separated {absorbed} from {person} again; {restored} records went back"),
        fields={"restored": int, "left": int, "merge": str},
    )
)
PERSON_ERASED = register(Kind("person.erased", _("{actor} forgot a person"), fields={"values": int}))
ACCOUNT_LINKED = register(Kind("person.account-linked", _("{actor} connected a way to sign in with {person}")))
CONSENT_GIVEN = register(
    Kind(
        "consent.given",
        _("{person} agreed to “{purpose}” (text {text_version})"),
        fields={"purpose": str, "text_version": str, "expires": str},
    )
)
CONSENT_WITHDRAWN = register(
    Kind("consent.withdrawn", _("{person} withdrew the consent to “{purpose}”"), fields={"purpose": str})
)
