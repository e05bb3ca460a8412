"""What the frame of every page shows: whose installation it is, where one can go, how the reader likes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.policy import SOURCES
from quorate.kernel import clock, discovery
from quorate.kernel.i18n import _, get_language
from quorate.toolkit.deploys import deploy_id
from quorate.toolkit.identity import identity
from quorate.toolkit.models import Identity
from quorate.toolkit.navigation import Nav

THEME_COOKIE = "quorate_theme"
KEYS_COOKIE = "quorate_keys"
SECTIONS: tuple[tuple[str, str | Promise], ...] = (
    ("work", ""),
    ("foundation", _("Foundation")),
    ("operations", _("Operations")),
)
_RIGHTS_AGE = 30


@dataclass(frozen=True)
class Item:
    """A navigation entry as shown."""

    label: str | Promise
    url: str
    current: bool
    pin: bool = False


@dataclass(frozen=True)
class Group:
    """A titled part of the rail."""

    title: str | Promise
    items: list[Item]


def declared(name: str) -> list[Nav]:
    """The entries of a list (``NAV``, ``PUBLIC_NAV``, ``SETTINGS_NAV``) over all packages, in order."""
    found: list[Nav] = []
    for module in discovery.load("web"):
        found += getattr(module, name, ())
    return sorted(found, key=lambda nav: (nav.order, nav.key))


def address(nav: Nav) -> str:
    """Where an entry leads; blank when its page is not mounted."""
    if nav.route.startswith("/"):
        return nav.route
    try:
        return reverse(nav.route)
    except NoReverseMatch:
        return ""


def holds(actor: Actor, permissions: Iterable[str]) -> frozenset[str]:
    """Which of these rights the actor holds in general; remembered for half a minute, for showing only."""
    names = sorted(set(permissions))
    if not names or not actor.known:
        return frozenset()
    if actor.operator:
        return frozenset(names)
    key = f"nav:{actor.id}:{deploy_id()}"
    found: frozenset[str] | None = None if getattr(settings, "TEST", False) else cache.get(key)
    if found is None:
        at = clock.now()
        found = frozenset(
            name
            for name in names
            if any(any(True for _ in source.reasons(actor, name, None, at)) for source in SOURCES)
        )
        cache.set(key, found, _RIGHTS_AGE)
    return found


class Shell:
    """The frame's data, each part found only when a template asks for it."""

    public_url = "/p/"
    work_url = "/work/"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def actor(self) -> Actor:
        return actor_from(self.request)

    @property
    def actor_name(self) -> str:
        return self.actor.label

    @cached_property
    def identity(self) -> Identity:
        return identity()

    @property
    def name(self) -> str:
        return self.identity.name

    @property
    def short_name(self) -> str:
        return self.identity.short_name or self.identity.name

    @property
    def tagline(self) -> str:
        return self.identity.tagline

    @property
    def synthetic(self) -> bool:
        return self.identity.synthetic

    @property
    def deploy(self) -> str:
        return deploy_id()

    @property
    def brand_url(self) -> str:
        accent = self.identity.accent
        return f"{reverse('web:brand')}?{accent.lstrip('#').lower()}" if accent else ""

    @property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in ("light", "dark") else ""

    @property
    def keys(self) -> str:
        return "off" if self.request.COOKIES.get(KEYS_COOKIE) == "off" else "on"

    @property
    def languages(self) -> list[tuple[str, str]]:
        """The languages on offer, each by its own name."""
        own = {"en": "English", "fr": "Français", "zh-hans": "简体中文"}
        wanted = [code.lower() for code in self.identity.languages] or [code for code, _name in settings.LANGUAGES]
        return [(code, own.get(code, str(name))) for code, name in settings.LANGUAGES if code in wanted]

    @property
    def language(self) -> str:
        return get_language() or "en"

    @property
    def search_url(self) -> str:
        return reverse("web:search")

    @property
    def preferences_url(self) -> str:
        return reverse("web:preferences")

    @property
    def settings_url(self) -> str:
        return reverse("web:settings")

    @property
    def sign_in_url(self) -> str:
        return reverse("account_login")

    @property
    def sign_out_url(self) -> str:
        return reverse("account_logout")

    @property
    def at_settings(self) -> bool:
        return self.request.path.startswith(self.settings_url)

    def _items(self, entries: list[tuple[Nav, str]]) -> list[tuple[Nav, Item]]:
        path = self.request.path
        fitting = [url for _nav, url in entries if path == url or (url not in ("/", "/p/") and path.startswith(url))]
        best = max(fitting, key=len, default="")
        return [(nav, Item(nav.label, url, url == best, nav.pin)) for nav, url in entries]

    @cached_property
    def _entries(self) -> list[tuple[Nav, Item]]:
        entries = declared("NAV")
        held = holds(self.actor, (nav.permission for nav in entries if nav.permission))
        shown = [nav for nav in entries if not nav.permission or nav.permission in held]
        return self._items([(nav, url) for nav in shown if (url := address(nav))])

    @cached_property
    def nav(self) -> list[Group]:
        """The rail, by section."""
        groups = [
            Group(title, [item for nav, item in self._entries if nav.section == section]) for section, title in SECTIONS
        ]
        return [group for group in groups if group.items]

    @property
    def pinned(self) -> list[Item]:
        """The phone's bottom bar: at most four."""
        items = [item for _nav, item in self._entries]
        return ([item for item in items if item.pin] or items)[:4]

    @cached_property
    def public_nav(self) -> list[Item]:
        """The head of the public site."""
        entries = [(nav, url) for nav in declared("PUBLIC_NAV") if (url := address(nav))]
        return [item for _nav, item in self._items(entries)]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell`` in every template."""
    return {"shell": Shell(request)}
