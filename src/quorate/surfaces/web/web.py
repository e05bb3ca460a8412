"""Home and frame: my work, the public front page, search, settings, preferences, the brand's colours."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from quorate.access.identity import actor_from
from quorate.kernel import clock
from quorate.kernel.i18n import _, gettext
from quorate.surfaces.web import gallery
from quorate.surfaces.web.shell import KEYS_COOKIE, THEME_COOKIE, Shell, address, declared
from quorate.toolkit import brand as brands
from quorate.toolkit import front, pages, search, work
from quorate.toolkit.identity import identity
from quorate.toolkit.navigation import Nav

app_name = "web"
NAV = [Nav("work", _("My work"), "web:home", order=0, pin=True)]
YEAR = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My work: what waits for me, by when, and why it is mine. A visitor is taken to the public site."""
    actor = actor_from(request)
    if not actor.known:
        return HttpResponseRedirect("/p/")
    at = clock.now()
    items = [(item, item.state(at)) for item in work.gather(actor, at)]
    titles = (
        ("late", gettext("Late")),
        ("soon", gettext("Soon")),
        ("calm", gettext("In good time")),
        ("none", gettext("Without a deadline")),
        ("paused", gettext("Paused")),
    )
    groups = [
        (tone, title, [item for item, state in items if state.tone == tone])
        for tone, title in titles
        if any(state.tone == tone for _item, state in items)
    ]
    return pages.render(request, "web/home.html", {"groups": groups, "count": len(items)})


@require_safe
def own_work(request: HttpRequest) -> HttpResponse:
    """The public site's way to my work: through sign-in when nobody is signed in."""
    if actor_from(request).known:
        return HttpResponseRedirect("/")
    return HttpResponseRedirect(f"{Shell(request).sign_in_url}?next=/")


@require_safe
def public_front(request: HttpRequest) -> HttpResponse:
    """The front page of the public site."""
    context = {"about": identity().about, "panels": front.panels(request), "figures": front.figures(request)}
    return pages.public_render(request, "web/front.html", context)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Search over everything the reader may see: a page, and the palette's list."""
    text = request.GET.get("q", "").strip()
    in_palette = pages.target(request) == "palette-hits"
    groups = search.find(actor_from(request), text, 6 if in_palette else 20)
    context = {"text": text, "groups": groups, "total": sum(len(hits) for _source, hits in groups)}
    known = actor_from(request).known
    context["frame"] = "toolkit/base.html" if known else "toolkit/public_base.html"
    return pages.render(request, "web/search.html", context, fragments={"palette-hits": "hits"})


@csrf_exempt
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep language, appearance and keys in cookies. Public pages hold no token; the worst a stranger gains is a
    page in French, and other sites are refused all the same."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return HttpResponse(status=403)
    response = HttpResponseRedirect(pages.back(request, "/"))
    language = request.POST.get("language", "")
    kept: dict[str, Any] = {"max_age": YEAR, "samesite": "Lax", "secure": request.is_secure(), "path": "/"}
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, **kept)
    theme = request.POST.get("theme", "")
    if theme in ("light", "dark"):
        response.set_cookie(THEME_COOKIE, theme, **kept)
    elif theme == "auto":
        response.delete_cookie(THEME_COOKIE)
    keys = request.POST.get("keys", "")
    if keys in ("on", "off"):
        response.set_cookie(KEYS_COOKIE, keys, **kept)
    return response


@require_safe
def own_settings(request: HttpRequest) -> HttpResponse:
    """How I sign in, how pages look, and what else packages let me set."""
    actor = actor_from(request)
    if not actor.known:
        return HttpResponseRedirect(f"{Shell(request).sign_in_url}?next={request.path}")
    more = [(nav.label, url) for nav in declared("SETTINGS_NAV") if (url := address(nav))]
    return pages.render(request, "web/settings.html", {"more": more})


@require_GET
def brand(request: HttpRequest) -> HttpResponse:
    """The style sheet with the foundation's accent; its address changes with the colour."""
    accent = identity().accent or brands.DEFAULT_ACCENT
    try:
        sheet = brands.sheet(accent)
    except ValueError:
        sheet = brands.sheet(brands.DEFAULT_ACCENT)
    response = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response


urlpatterns = [
    path("", home, name="home"),
    path("work/", own_work, name="work"),
    path("p/", public_front, name="front"),
    path("search/", find, name="search"),
    path("preferences/", preferences, name="preferences"),
    path("settings/", own_settings, name="settings"),
    path("brand.css", brand, name="brand"),
]
if settings.DEBUG or getattr(settings, "TEST", False):
    urlpatterns += [path("dev/gallery/", gallery.gallery, name="gallery")]
    urlpatterns += [path("dev/gallery/form/", gallery.form_gallery, name="form-gallery")]
    urlpatterns += [path("dev/gallery/public/", gallery.public_gallery, name="public-gallery")]
