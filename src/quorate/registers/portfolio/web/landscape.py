"""The public landscape: cards or a table, search and filters, as of a day, exports, and a page to embed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from csp.decorators import csp_replace
from django.core.cache import cache
from django.db.models import Case, CharField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from quorate.directory.queries import in_force
from quorate.kernel.i18n import _, get_language, gettext
from quorate.registers.portfolio import queries
from quorate.registers.portfolio.landscape.document import MEMBER_SUFFIX
from quorate.registers.portfolio.landscape.writing import write
from quorate.registers.portfolio.models import LandscapeItem, Member, ProjectStatus
from quorate.registers.portfolio.rules import LEFT, UNLISTED, is_web_address, status_tone, status_words
from quorate.toolkit import parts
from quorate.toolkit.asof import as_of
from quorate.toolkit.columns import Choice, Column, Empty, Rows
from quorate.toolkit.components import Tab
from quorate.toolkit.deploys import deploy_id
from quorate.toolkit.tables import Table

KINDS = (("project", _("Projects")), ("member", _("Members")), ("product", _("Other")))
EMBED = {"frame-ancestors": ["*"]}
#: For how many seconds what was made of one version of the landscape is kept.
KEPT = 600


@dataclass(frozen=True, slots=True)
class Place:
    """The cards of one subcategory."""

    category: str
    subcategory: str
    tiles: Sequence[SafeString]


def title_of(item: LandscapeItem) -> str:
    """An item's name without a member's suffix."""
    return item.name.removesuffix(MEMBER_SUFFIX)


def address_of(item: LandscapeItem) -> str:
    """Where an item's name leads: to its project's or its organisation's page here, else to its homepage."""
    if item.project is not None:
        return reverse("portfolio:public-project", args=[item.project.slug])
    if item.organisation is not None:
        return reverse("directory:public-organisation", args=[item.organisation.slug])
    return home_of(item)


def home_of(item: LandscapeItem) -> str:
    """An item's homepage, or "" when what is written there is no web address."""
    home = item.fields.get("homepage_url")
    return home if isinstance(home, str) and is_web_address(home) else ""


def repository_of(item: LandscapeItem) -> str:
    """An item's repository, or "" when what is written there is no web address."""
    repository = item.fields.get("repo_url")
    return repository if isinstance(repository, str) and is_web_address(repository) else ""


def state_pill(item: LandscapeItem) -> SafeString:
    """An item's status or tier as a pill."""
    state = state_of(item)
    if item.kind == "project" and state:
        return parts.pill(status_words(state), status_tone(state))
    return parts.pill(state) if state else SafeString("")


def state_of(item: LandscapeItem) -> str:
    """An item's status or tier, of now or of the instant that was asked about."""
    return str(getattr(item, "state", item.status) or "")


def statuses(table: Any) -> list[tuple[str, str]]:
    """The statuses and tiers that occur, projects' first."""
    found: list[tuple[str, str]] = table.kept("statuses", _statuses)
    return [(status, status_words(status) if kind == "project" else status) for kind, status in found]


def categories(table: Any) -> list[tuple[str, str]]:
    """The categories in the order of the file."""
    return [(name, name) for name in table.kept("categories", _categories)]


def _statuses() -> list[tuple[str, str]]:
    rows = LandscapeItem.objects.exclude(status="").order_by().values_list("kind", "status").distinct()
    return sorted(set(rows), key=lambda pair: (pair[0] != "project", pair[1]))


def _categories() -> list[str]:
    rows = LandscapeItem.objects.values("category").annotate(first=Min("position")).order_by("first")
    return list(rows.values_list("category", flat=True))


def yaml_response(rows: Rows) -> HttpResponse:
    """What is shown as a landscape data file: the very bytes of the landscape when all of it is."""
    landscape = queries.landscape()
    items = list(rows.order_by("position"))
    if landscape is not None and len(items) == landscape.items.count():
        data = queries.landscape_bytes()
    else:
        dialect = "landscape" if landscape is not None and landscape.dialect == "landscape" else "categories"
        data = write(((queries.path_of(item), item.fields) for item in items), dialect).encode()  # type: ignore[arg-type]  # one of the two words
    response = HttpResponse(data, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="landscape.yml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class LandscapeTable(Table[LandscapeItem]):
    """The landscape as a table."""

    name = "landscape"
    rows_template = "portfolio/parts/kept.html"
    inner_template = "toolkit/components/table_rows.html"
    caption = _("Projects and members")
    columns = (
        Column("name", _("Name"), value=title_of, url=address_of, sort="name", primary=True),
        Column("kind", _("Kind"), show=False),
        Column("status", _("Status"), value=state_of, cell=state_pill, sort="state", kind="pill"),
        Column("category", _("Category"), sort=("category", "subcategory", "name")),
        Column("subcategory", _("Subcategory"), sort=("subcategory", "name")),
        Column("description", _("Description"), value=lambda item: item.fields.get("description"), show=False),
        Column("homepage", _("Homepage"), value=home_of, url=home_of, low=True),
        Column("repository", _("Repository"), value=repository_of, show=False),
    )
    filters = (
        Choice("kind", _("Kind"), KINDS, lambda rows, value: rows.filter(kind=value)),
        Choice(
            "category",
            _("Category"),
            categories,
            lambda rows, value: rows.filter(categories__contains=f"\n{value}\n"),
        ),
        Choice("status", _("Status"), statuses, lambda rows, value: rows.filter(state=value)),
    )
    search = ("words",)
    search_label = _("Search projects and members")
    size = 100
    empty = Empty(_("The landscape is empty"), _("It fills with the first project that is accepted, or an import."))
    exports = {"yml": (_("landscape.yml"), yaml_response)}

    @cached_property
    def stamp(self) -> str:
        """The version of the landscape. One query."""
        return queries.landscape_stamp()

    def kept(self, what: str, find: Callable[[], Any]) -> Any:
        """Something found once for each version of the landscape, language and deploy."""
        key = json.dumps([self.stamp, what, get_language(), deploy_id()])
        return cache.get_or_set(f"landscape:{hashlib.sha256(key.encode()).hexdigest()}", find, KEPT)

    @property
    def rows_html(self) -> SafeString:
        """The rows as HTML, from the last time they were asked for in the same way.

        What stands in them follows from the landscape and the address, except when the past is asked about.
        """

        def make() -> str:
            return render_to_string(self.inner_template, {"table": self}, self.request)

        if "as_of" in self.request.GET:
            return SafeString(make())
        asked = sorted((key, value) for key, value in self.request.GET.items() if key != "format")
        return SafeString(self.kept(json.dumps([self.request.path, asked]), make))

    def find(self, rows: Rows, text: str) -> Rows:
        """The rows in whose names, descriptions and places all words stand."""
        for word in text.casefold().split()[:8]:
            rows = rows.filter(words__contains=word)
        return rows


class LandscapeCards(LandscapeTable):
    """The landscape as cards, by place."""

    inner_template = "portfolio/parts/tiles.html"

    @cached_property
    def groups(self) -> list[Place]:
        """The cards of this page by place."""
        listed = groupby(self.page_rows, key=lambda item: (item.category, item.subcategory))
        return [Place(*place, [tile(item) for item in items]) for place, items in listed]


def tile(item: LandscapeItem) -> SafeString:
    """An item as a card."""
    name = title_of(item)
    address = address_of(item)
    head = SafeString(escape(name))
    if address:
        inside = item.project is not None or item.organisation is not None
        outside = SafeString("") if inside else SafeString(' rel="noopener nofollow"')
        head = format_html('<a href="{}"{}>{}</a>', address, outside, name)
    summary = item.fields.get("description")
    words = format_html("<p>{}</p>", summary) if isinstance(summary, str) and summary else SafeString("")
    left = SafeString(" left") if state_of(item) in LEFT else SafeString("")
    return format_html(
        '<li class="tile{}">{}<div class="tile-words"><h3>{}</h3>{}{}</div></li>',
        left,
        parts.avatar(name, org=True),
        head,
        words,
        state_pill(item),
    )


def rows_at(at: datetime | None) -> QuerySet[Any]:
    """The items with their ``state``: as they are, or as of an instant by the dated records behind them."""
    rows = LandscapeItem.objects.select_related("project", "organisation").order_by("position")
    lean = rows.only(
        "position", "category", "subcategory", "name", "kind", "status", "fields",
        "project__slug", "organisation__slug"
    )  # fmt: skip
    if at is None:
        now: QuerySet[Any] = lean.annotate(state=F("status"))
        return now
    status = ProjectStatus.objects.filter(in_force(at), project_id=OuterRef("project_id"))
    member = Member.objects.filter(in_force(at), organisation_id=OuterRef("organisation_id"))
    state = Case(
        When(project=None, then=F("status")), default=Subquery(status.values("status")[:1]), output_field=CharField()
    )
    was: QuerySet[Any] = lean.annotate(state=state)
    no_longer = Q(project__isnull=False) & (Q(state=None) | Q(state__in=UNLISTED))
    stranger = Q(kind="member", organisation__isnull=False) & ~Q(Exists(member))
    return was.exclude(no_longer).exclude(stranger)


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """The landscape, for anybody."""
    moment = as_of(request)
    as_table = request.GET.get("view") == "table"
    made = (LandscapeTable if as_table else LandscapeCards)(request, rows_at(moment.at if moment.past else None))
    context = {
        "moment": moment,
        "tabs": [
            Tab(gettext("Cards"), made.url(view=None, page=None), not as_table),
            Tab(gettext("Table"), made.url(view="table", page=None), as_table),
        ],
        "now_url": made.url(as_of=None, page=None),
    }
    return made.respond("portfolio/public_landscape.html", context, public=True)


@require_safe
@xframe_options_exempt
@csp_replace(EMBED)
def embed(request: HttpRequest) -> HttpResponse:
    """The cards alone, to stand in a frame of another site."""
    return LandscapeCards(request, rows_at(None)).respond("portfolio/embed.html", public=True)


__all__ = ["EMBED", "LandscapeCards", "LandscapeTable", "embed", "public", "rows_at", "tile"]
