"""What the portfolio writes into the ledger."""

from __future__ import annotations

from quorate.kernel.i18n import _
from quorate.ledger.kinds import Kind, register

PROJECT_ADDED = register(
    Kind("project.added", _("{actor} added the project {project}"), fields={"slug": str, "facts": dict}, public=True)
)
PROJECT_CHANGED = register(
    Kind(
        "project.changed",
        _("{actor} changed {project}: {fields}"),
        fields={"fields": list, "changes": dict},
        public=True,
    )
)
PROJECT_REMOVED = register(
    Kind(
        "project.removed",
        _("{actor} removed the project {name}, to which nothing referred"),
        fields={"slug": str, "name": str},
        public=True,
    )
)
STATUS_SET = register(
    Kind(
        "project.status-set",
        _("{project} is {status} now (before: {before})"),
        fields={"status": str, "before": str, "from": str, "decided_by": str},
        public=True,
    )
)
STATUSES_REWRITTEN = register(
    Kind(
        "project.statuses-corrected",
        _("{actor} put on record when {project} was what"),
        fields={"before": list, "after": list},
        public=True,
    )
)
REPOSITORY_ADDED = register(
    Kind(
        "repository.added",
        _("{actor} added the repository {url} to {project}"),
        fields={"url": str, "primary": bool},
        public=True,
    )
)
REPOSITORY_REMOVED = register(
    Kind("repository.removed", _("{actor} took the repository {url} off {project}"), fields={"url": str}, public=True)
)
REPOSITORY_PLACED = register(
    Kind(
        "repository.clone-placed",
        _("{actor} said where the clone of {url} lies"),
        fields={"url": str, "path": str},
    )
)
REPOSITORY_SCANNED = register(
    Kind(
        "repository.scanned",
        _("the repository {url} of {project} was read at {head}"),
        fields={"url": str, "head": str, "as_of": str, "scan": str},
        public=True,
    )
)
REPOSITORY_UNREADABLE = register(
    Kind(
        "repository.unreadable",
        _("the repository {url} of {project} could not be read"),
        fields={"url": str, "error": str},
    )
)
MAINTAINER_ADDED = register(
    Kind("maintainer.added", _("{who} maintains {project}"), fields={"from": str}, private=("who",))
)
MAINTAINER_ENDED = register(
    Kind("maintainer.ended", _("{who} no longer maintains {project}"), fields={"until": str}, private=("who",))
)
ATTESTED = register(
    Kind(
        "attestation.given",
        _("{actor} vouched for “{criterion}” of {project}"),
        fields={"criterion": str, "value": str, "as_of": str, "evidence": str, "expires": str},
        public=True,
    )
)
ATTESTATION_WITHDRAWN = register(
    Kind(
        "attestation.withdrawn",
        _("{actor} withdrew the statement on “{criterion}” of {project}"),
        fields={"criterion": str},
        public=True,
    )
)
MEMBER_LISTED = register(
    Kind(
        "member.listed",
        _("{organisation} is a member in the tier {tier}"),
        fields={"tier": str, "from": str, "until": str},
        public=True,
    )
)
MEMBER_UNLISTED = register(
    Kind("member.unlisted", _("{actor} took {organisation} off the list of members"), public=True)
)
LANDSCAPE_IMPORTED = register(
    Kind(
        "landscape.imported",
        _("{actor} imported the landscape: {created} items new, {changed} changed, {removed} gone"),
        fields={
            "digest": str,
            "items": int,
            "created": int,
            "changed": int,
            "removed": int,
            "unchanged": int,
            "warnings": int,
        },
        public=True,
    )
)
ITEM_ADDED = register(
    Kind(
        "landscape.item-added",
        _("{actor} put {item} on the landscape, under {place}"),
        fields={"item": str, "place": str, "fields": dict, "digest": str},
        public=True,
    )
)
ITEM_CHANGED = register(
    Kind(
        "landscape.item-changed",
        _("{actor} changed {item} on the landscape: {names}"),
        fields={"item": str, "place": str, "names": list, "changes": dict, "digest": str},
        public=True,
    )
)
ITEM_MOVED = register(
    Kind(
        "landscape.item-moved",
        _("{actor} moved {item} on the landscape from {before} to {place}"),
        fields={"item": str, "place": str, "before": str, "digest": str},
        public=True,
    )
)
ITEM_REMOVED = register(
    Kind(
        "landscape.item-removed",
        _("{actor} took {item} off the landscape"),
        fields={"item": str, "place": str, "digest": str},
        public=True,
    )
)
