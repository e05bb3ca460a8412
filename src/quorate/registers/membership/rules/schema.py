"""The published JSON Schema of ``charter.yaml``. ``quorate charter schema`` prints it; editors complete by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quorate.registers.membership.rules.charter import Mode
from quorate.toolkit.foundation import SLUG

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_SLUG: dict[str, Any] = {"type": "string", "pattern": SLUG, "maxLength": 80}
_SLUGS: dict[str, Any] = {"type": "array", "items": _SLUG, "minItems": 1}
_DAY: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
_POSITIVE: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
_FRACTION: dict[str, Any] = {"type": "string", "pattern": r"^\d{1,4}/[1-9]\d{0,3}$", "examples": ["1/2", "2/3"]}
_AMOUNT: dict[str, Any] = {
    "type": ["integer", "string"],
    "pattern": r"^(unknown|\d{1,12}(\.\d{1,4})?)$",
    "minimum": 0,
    "maximum": 10**12,
    "description": "An exact amount in the major unit, or unknown. Write fractions in quotes.",
}
_RATE: dict[str, Any] = {"type": "string", "pattern": r"^\d{1,3}(\.\d{1,6})?%$", "examples": ["9%"]}
_CURRENCY: dict[str, Any] = {"type": "string", "pattern": "^[A-Z]{3}$"}
_CLAUSE: dict[str, Any] = {**_TEXT, "description": "Where the text says so, as the text numbers it."}


def _object(properties: Mapping[str, Any], required: tuple[str, ...] = (), description: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        found["required"] = list(required)
    if description:
        found["description"] = description
    return found


def _list(item: Mapping[str, Any], description: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"type": "array", "items": dict(item)}
    return {**found, "description": description} if description else found


_BAND = _object(
    {
        "from": {**_AMOUNT, "description": "The least that is in the band; 0 when left out."},
        "to": {**_COUNT, "description": "The most heads that are in the band."},
        "below": {**_AMOUNT, "description": "The revenue that is no longer in the band."},
        "amount": _AMOUNT,
        "clause": _CLAUSE,
    },
    ("amount",),
    "One band of a scale; the last one is open above.",
)
_SCALE = {
    "currency": _CURRENCY,
    "amount": _AMOUNT,
    "by": {"enum": ["headcount", "revenue"], "description": "What the bands are of; heads with the related group."},
    "bands": {"type": "array", "items": _BAND, "minItems": 1},
    "same_as": {**_SLUG, "description": "The tier whose scale holds."},
    "clause": _CLAUSE,
}
_QUANTITY_REF = {"$ref": "#/$defs/quantity"}
_QUANTITY = _object(
    {
        "count": _COUNT,
        "members": _SLUGS,
        "seats": _SLUGS,
        "projects": _SLUGS,
        "sum": _list(_QUANTITY_REF),
        "times": {"type": ["integer", "string"], "pattern": r"^\d{1,4}/[1-9]\d{0,3}$", "minimum": 0, "maximum": 1000},
        "per": {**_POSITIVE, "description": "One for every so many, rounded down."},
        "plus": {**_COUNT},
        "minus": {**_COUNT},
        "min_if_any": _COUNT,
        "at_most": _COUNT,
        "good_standing": {"type": "boolean"},
        "clause": _CLAUSE,
    },
    description="A number made of counts: exactly one of count, members, seats, projects, sum.",
)
_SEAT_RULE = _object(
    {
        "rule": _SLUG,
        "title": _TEXT,
        "mode": {"enum": [mode.value for mode in Mode]},
        "clause": _CLAUSE,
        "tiers": _SLUGS,
        "seats": {**_COUNT, "description": "How many (for each member or project, or in all); 1 when left out."},
        "per": {**_POSITIVE, "description": "One seat for every so many members of the class, rounded down."},
        "min": {**_COUNT, "description": "At least so many, whether or not the class has members."},
        "min_if_any": {**_COUNT, "description": "At least so many as long as the class has a member."},
        "max": _COUNT,
        "also_max": _list(_QUANTITY_REF, "Further ceilings that follow from other counts."),
        "status": {**_SLUG, "description": "The status of the projects; hosted when left out."},
        "voting": {"type": "boolean"},
        "optional": {"type": "boolean", "description": "Only there when somebody is known to hold it."},
        "good_standing": {"type": "boolean", "description": "Only members in good standing count."},
        "non_voting_if": {"enum": ["group-seated"], "description": "No vote while the holder's own group has a seat."},
        "by": {**_TEXT, "description": "Who elects or selects."},
        "term_months": _POSITIVE,
        "stagger": {"type": "boolean"},
        "employee": {"type": "boolean"},
        "conditions": _TEXT,
    },
    ("rule", "mode"),
)
_BODY = _object(
    {
        "name": _TEXT,
        "aliases": _list(_TEXT),
        "clause": _CLAUSE,
        "seats": {"type": "array", "items": _SEAT_RULE, "minItems": 1},
        "printed_seats": {**_COUNT, "description": "The number of seats that the text prints."},
        "printed_clause": _CLAUSE,
        "related_group": _list(
            _object(
                {
                    "at_most": _COUNT,
                    "what": {"enum": ["appoint", "hold"]},
                    "rules": _SLUGS,
                    "hard": {"type": "boolean"},
                    "clause": _CLAUSE,
                },
                ("at_most",),
            )
        ),
        "limits": _list(
            _object(
                {"name": _SLUG, "of": _QUANTITY_REF, "at_most": _QUANTITY_REF, "clause": _CLAUSE}, ("name", "at_most")
            )
        ),
        "quorum": _object(
            {
                "fraction": _FRACTION,
                "strict": {"type": "boolean", "description": "More than the fraction, not just as much."},
                "printed": _POSITIVE,
                "printed_in": _TEXT,
                "clause": _CLAUSE,
            }
        ),
        "thresholds": _list(
            _object(
                {
                    "matter": _SLUG,
                    "fraction": _FRACTION,
                    "strict": {"type": "boolean"},
                    "of": {"enum": ["seats", "represented", "cast", "yes-no"]},
                    "printed": _POSITIVE,
                    "also": _TEXT,
                    "clause": _CLAUSE,
                },
                ("matter", "fraction"),
            )
        ),
        "alternates": _object(
            {"allowed": {"type": "boolean"}, "most": _COUNT, "employee": {"type": "boolean"}, "clause": _CLAUSE}
        ),
    },
    ("seats",),
)
_VERSION = _object(
    {
        "version": {**_TEXT, "maxLength": 40},
        "from": {**_DAY, "description": "The first day on which it holds."},
        "source": {**_TEXT, "description": "The text that these facts are taken from."},
        "link": {"type": "string", "pattern": "^https?://"},
        "basis": {
            "enum": ["printed", "inferred", "mixed"],
            "description": "Whether the text says so, or a roster shows it.",
        },
        "note": _TEXT,
        "currency": _CURRENCY,
        "unknown": {**_list(_TEXT), "description": "What the source does not say, in words."},
        "tiers": {
            "type": "object",
            "propertyNames": {"pattern": SLUG},
            "minProperties": 1,
            "additionalProperties": _object(
                {
                    "name": _TEXT,
                    "rank": _POSITIVE,
                    "cap": _POSITIVE,
                    "admission": _TEXT,
                    "parent_tier": {**_TEXT, "description": "Which membership of the parent it presupposes."},
                    "overlay": {"type": "boolean", "description": "Held beside another tier."},
                    "aliases": _list(_TEXT),
                    "kinds": _list(_SLUG),
                    "benefits": _list(_TEXT),
                    "clause": _CLAUSE,
                },
                ("rank",),
            ),
        },
        "dues": _list(_object({"tier": _SLUG, **_SCALE}, ("tier",))),
        "parent_fee": _object(
            {"tier": _TEXT, "tiers": _SLUGS, **{k: v for k, v in _SCALE.items() if k != "same_as"}}, ("tier",)
        ),
        "exceptions": _list(
            _object(
                {
                    "name": _SLUG,
                    "tiers": _SLUGS,
                    "pays_as": _SLUG,
                    "revenue_below": _AMOUNT,
                    "currency": _CURRENCY,
                    "years": _POSITIVE,
                    "approval": _TEXT,
                    "clause": _CLAUSE,
                },
                ("name", "tiers", "pays_as"),
            )
        ),
        "prorating": _object(
            {
                "method": {"enum": ["none", "months", "days"]},
                "renewal": {"type": "string", "pattern": r"^(anniversary|(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))$"},
                "rounding": {"enum": ["half-even", "half-up", "down", "up"]},
                "to": {
                    "type": ["string", "integer"],
                    "pattern": r"^\d{1,4}(\.\d{1,2})?$",
                    "minimum": 1,
                    "maximum": 1000,
                },
                "clause": _CLAUSE,
            },
            ("method",),
        ),
        "admin_fee": _object(
            {
                "currency": _CURRENCY,
                "brackets": {
                    "type": "array",
                    "minItems": 1,
                    "items": _object({"up_to": _AMOUNT, "rate": _RATE}, ("rate",)),
                },
                "clause": _CLAUSE,
            },
            ("brackets",),
        ),
        "bodies": {
            "type": "object",
            "propertyNames": {"pattern": SLUG},
            "minProperties": 1,
            "additionalProperties": _BODY,
        },
        "rights": _list(
            _object({"right": _SLUG, "title": _TEXT, "tiers": _SLUGS, "clause": _CLAUSE}, ("right", "title"))
        ),
        "losses": _list(
            _object(
                {
                    "when": {"enum": ["overdue", "absent", "suspended"]},
                    "days": _COUNT,
                    "meetings": _POSITIVE,
                    "body": _SLUG,
                    "rights": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "pattern": r"^(all|(seats|vote|quorum):[a-z0-9-]+|[a-z0-9-]+)$"},
                    },
                    "discretion": {
                        "type": "boolean",
                        "description": "The board may take them; they are not lost by themselves.",
                    },
                    "regained": _TEXT,
                    "regained_after": {**_POSITIVE, "description": "Meetings in a row after which the right is back."},
                    "clause": _CLAUSE,
                },
                ("when", "rights"),
            )
        ),
    },
    ("version", "from", "tiers", "bodies"),
)

SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://quorate.example/schemas/charter.schema.json",
    "title": "A foundation's charter as data",
    **_object(
        {
            "foundation": _TEXT,
            "about": _TEXT,
            "versions": {"type": "array", "items": _VERSION, "minItems": 1},
            "annex": _object(
                {
                    "projects": _list(
                        _object({"name": _TEXT, "status": _SLUG, "from": _DAY, "until": _DAY}, ("name",)),
                        "Projects whose seats follow from the charter.",
                    )
                }
            ),
        },
        ("foundation", "versions"),
    ),
    "$defs": {"quantity": _QUANTITY},
}
