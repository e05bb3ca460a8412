"""The small parts of a page as functions that give safe HTML: pills, people, numbers, meters.

They are plain Python so that a table can call them for each of a thousand cells; ``{% load quorate %}`` offers
the same functions as tags. Each refuses a tone or a value it does not know.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from quorate.kernel.i18n import _, gettext
from quorate.toolkit.times import unknown

PillTone = Literal["neutral", "info", "good", "soon", "late", "done"]
PILL_TONES = frozenset(get_args(PillTone))
HUES = 6
#: What a machine check may have found: its tone and its word.
RESULTS = {
    "pass": ("good", _("pass")),
    "fail": ("late", _("fail")),
    "unknown": ("neutral", _("unknown")),
    "attested": ("info", _("attested")),
}


class ComponentError(Exception):
    """A component was used wrongly: a defect of the page, named loudly so that a test or a reader finds it."""


def pill(label: object, tone: str = "neutral", hint: object = "") -> SafeString:
    """A status in a word or two. ``hint`` is shown on hover and must not hold anything essential."""
    if tone not in PILL_TONES:
        raise ComponentError(f"pill: no tone {tone!r}; known: {', '.join(sorted(PILL_TONES))}")
    text = str(label)
    if not text:
        raise ComponentError("pill: a pill without a word")
    if hint:
        return format_html('<span class="pill" data-tone="{}" title="{}">{}</span>', tone, hint, text)
    return format_html('<span class="pill" data-tone="{}">{}</span>', tone, text)


def result(value: str) -> SafeString:
    """The result of a machine check: ``pass``, ``fail``, ``unknown`` or ``attested``."""
    try:
        tone, word = RESULTS[value]
    except KeyError:
        raise ComponentError(f"result: no result {value!r}; known: {', '.join(RESULTS)}") from None
    return format_html('<span class="result" data-tone="{}">{}</span>', tone, word)


def num(value: float | Decimal | None, unit: object = "", places: int | None = None) -> SafeString:
    """A number, grouped, with figures that line up; ``None`` is "unknown", never zero."""
    if value is None:
        return unknown()
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ComponentError(f"num: needs a number, got {value!r}")
    text = formats.number_format(value, decimal_pos=places, force_grouping=True)
    if unit:
        return format_html('<span class="num">{}&#8239;{}</span>', text, unit)
    return format_html('<span class="num">{}</span>', text)


def initials(name: str) -> str:
    """Two letters of a name for its avatar; one character for a name written without spaces in Han or kana."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    if len(words) == 1:
        word = words[0]
        return word[:2].capitalize() if word.isascii() else word[-1]
    return (words[0][0] + words[-1][0]).upper()


def avatar(name: str, *, size: Literal["", "large"] = "", org: bool = False) -> SafeString:
    """Initials on a ground that is always the same for the same name. Decoration: the name stands beside it."""
    return _avatar(str(name), size, org)


@lru_cache(maxsize=2048)
def _avatar(name: str, size: str, org: bool) -> SafeString:
    hue = zlib.crc32(name.encode()) % HUES
    classes = " ".join(filter(None, ("avatar", size, "org" if org else "")))
    return format_html('<span class="{}" data-hue="{}" aria-hidden="true">{}</span>', classes, hue, initials(name))


def person(name: object, url: str = "", note: object = "", org: bool = False) -> SafeString:
    """Somebody (or an organisation): avatar, name, link when there is a page, a quiet note."""
    text = str(name or "")
    if not text:
        return unknown(gettext("nobody"))
    label = format_html('<a href="{}">{}</a>', url, text) if url else format_html("<span>{}</span>", text)
    quiet = format_html(' <span class="note">{}</span>', note) if note else ""
    return format_html('<span class="person">{}{}{}</span>', avatar(text, org=org), label, quiet)


def _read(thing: Any, name: str) -> Any:
    value = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
    return value() if callable(value) else value


def people(items: Iterable[Any], *, down: bool = False, org: bool = False) -> SafeString:
    """A list of people: objects or mappings with ``name`` and, when they have them, ``url`` and ``note``."""
    rows = [(person(_read(item, "name"), _read(item, "url") or "", _read(item, "note") or "", org),) for item in items]
    if not rows:
        return unknown(gettext("nobody"))
    return format_html(
        '<ul class="people{}">{}</ul>', " down" if down else "", format_html_join("", "<li>{}</li>", rows)
    )


def meter(
    have: float | None,
    needed: float | None = None,
    *,
    label: object,
    of: float | None = None,
    unit: object = "",
) -> SafeString:
    """A bar with its words: how much there is, of how much, and the mark that has to be reached."""
    if have is None:
        return format_html(
            '<div class="meter"><div class="meter-words"><span>{}</span>{}</div></div>', label, unknown()
        )
    total = of if of is not None else max(have, needed or 0) or 1
    share = min(100.0, max(0.0, 100.0 * have / total)) if total else 0.0
    words = num(have)
    if of is not None:
        words = format_html(gettext("{have} of {of}"), have=num(have), of=num(of))
    if unit:
        words = format_html("{} {}", words, unit)
    mark = SafeString("")
    if needed is not None:
        words = format_html(gettext("{words}; {needed} needed"), words=words, needed=num(needed))
        place = min(100.0, max(0.0, 100.0 * needed / total)) if total else 0.0
        mark = format_html('<rect class="mark" x="{}%" y="-3" width="2" height="14"/>', f"{place:.1f}")
    return format_html(
        '<div class="meter"><div class="meter-words"><span>{}</span><span>{}</span></div>'
        '<svg aria-hidden="true" focusable="false"><rect class="track" width="100%" height="8" rx="4"/>'
        '<rect class="fill" width="{}%" height="8" rx="4"/>{}</svg></div>',
        label,
        words,
        f"{share:.1f}",
        mark,
    )


def act(
    request: HttpRequest,
    label: object,
    url: str,
    *,
    tone: Literal["", "primary", "quiet", "danger"] = "",
    fields: Mapping[str, object] | None = None,
    describe: object = "",
) -> SafeString:
    """One button that posts, with its hidden fields and the CSRF token. ``describe`` says more to a screen reader."""
    hidden = format_html_join(
        "", '<input type="hidden" name="{}" value="{}">', ((key, value) for key, value in (fields or {}).items())
    )
    more = format_html(' <span class="visually-hidden">{}</span>', describe) if describe else ""
    return format_html(
        '<form class="act" method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '{}<button class="button {}">{}{}</button></form>',
        url,
        get_token(request),
        hidden,
        tone,
        label,
        more,
    )


def why(url: str = "", *, permission: str = "", thing: str = "") -> SafeString:
    """The quiet link that answers "why may I do this?": by address, or by permission and what it is about."""
    if bool(url) == bool(permission):
        raise ComponentError("why: needs either an address or a permission")
    address = url or f"/why/?{urlencode({'permission': permission, **({'object': thing} if thing else {})})}"
    return format_html('<a class="why" href="{}">{}</a>', address, gettext("Why may I do this?"))
