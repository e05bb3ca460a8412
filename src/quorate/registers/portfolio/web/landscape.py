"""The public landscape: cards or a table, search and filters, as of a day, exports, and a page to embed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from quorate.kernel.i18n import _, gettext
from quorate.registers.portfolio import queries
from quorate.registers.portfolio.landscape.document import MEMBER_SUFFIX
from quorate.registers.portfolio.landscape.writing import write
from quorate.registers.portfolio.models import LandscapeItem
from quorate.registers.portfolio.rules import UNLISTED, is_web_address, status_tone, status_words
from quorate.toolkit import parts
from quorate.toolkit.asof import as_of
from quorate.toolkit.columns import Choice, Column, Empty, Rows
from quorate.toolkit.components import Tab
from quorate.toolkit.tables import Table

KINDS = (("project", _("Projects")), ("member", _("Members")), ("product", _("Other")))
EMBED = {"frame-ancestors": ["*"]}


@dataclass(frozen=True, slots=True)
class Tile:
    """An item as a card shows it."""

    name: str
    url: str
    outside: bool
    avatar: SafeString
    pill: SafeString
    summary: str
    left: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The cards of one subcategory."""

    category: str
    subcategory: str
    tiles: Sequence[Tile]


def title_of(item: LandscapeItem) -> str:
    """An item's name without a member's suffix."""
    return item.name.removesuffix(MEMBER_SUFFIX)


def address_of(item: LandscapeItem) -> str:
    """Where an item's name leads: to its project's page here, else to its homepage."""
    if item.project is not None:
        return reverse("portfolio:public-project", args=[item.project.slug])
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
    if item.kind == "project":
        return parts.pill(status_words(item.status), status_tone(item.status)) if item.status else SafeString("")
    return parts.pill(item.status, "neutral") if item.status else SafeString("")


def narrowed(rows: Rows, field: str, value: str) -> Rows:
    """The rows whose field has a value, of a query set or a list."""
    if isinstance(rows, QuerySet):
        return rows.filter(**{field: value})
    return [row for row in rows if getattr(row, field) == value]


def in_category(rows: Rows, value: str) -> Rows:
    """The rows that are listed in a category, as their own or as a second one."""
    if isinstance(rows, QuerySet):
        return rows.filter(categories__contains=f"\n{value}\n")
    return [row for row in rows if f"\n{value}\n" in row.categories]


def searched(rows: Rows, text: str) -> Rows:
    """The rows in whose names, descriptions and places all words stand."""
    words = text.casefold().split()[:8]
    if isinstance(rows, QuerySet):
        for word in words:
            rows = rows.filter(words__contains=word)
        return rows
    return [row for row in rows if all(word in row.words for word in words)]


def statuses(table: Any) -> list[tuple[str, str]]:
    """The statuses and tiers that occur, projects' first."""
    rows = LandscapeItem.objects.exclude(status="").values("kind", "status").annotate(n=Count("id"))
    found = sorted(rows.values_list("kind", "status"), key=lambda pair: (pair[0] != "project", pair[1]))
    return [(status, status_words(status) if kind == "project" else status) for kind, status in found]


def categories(table: Any) -> list[tuple[str, str]]:
    """The categories in the order of the file."""
    rows = LandscapeItem.objects.values("category").annotate(first=Min("position")).order_by("first")
    return [(name, name) for name in rows.values_list("category", flat=True)]


def yaml_response(rows: Rows) -> HttpResponse:
    """What is shown as a landscape data file: the very bytes of the landscape when all of it is."""
    landscape = queries.landscape()
    items = list(rows)
    if landscape is not None and isinstance(rows, QuerySet) and len(items) == landscape.items.count():
        data = queries.landscape_bytes()
    else:
        dialect = "landscape" if landscape is not None and landscape.dialect == "landscape" else "categories"
        ordered = sorted(items, key=lambda item: item.position)
        data = write(((queries.path_of(item), item.fields) for item in ordered), dialect).encode()  # type: ignore[arg-type]  # one of the two words
    response = HttpResponse(data, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="landscape.yml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class LandscapeTable(Table[LandscapeItem]):
    """The landscape as a table."""

    name = "landscape"
    caption = _("Projects and members")
    columns = (
        Column("name", _("Name"), value=title_of, url=address_of, sort="name", primary=True),
        Column("kind", _("Kind"), show=False),
        Column("status", _("Status"), cell=state_pill, sort="status", kind="pill"),
        Column("category", _("Category"), sort=("category", "subcategory", "name")),
        Column("subcategory", _("Subcategory"), sort=("subcategory", "name")),
        Column("description", _("Description"), value=lambda item: item.fields.get("description"), show=False),
        Column("homepage", _("Homepage"), value=home_of, url=home_of, low=True),
        Column("repository", _("Repository"), value=repository_of, show=False),
    )
    filters = (
        Choice("kind", _("Kind"), KINDS, lambda rows, value: narrowed(rows, "kind", value)),
        Choice("category", _("Category"), categories, in_category),
        Choice("status", _("Status"), statuses, lambda rows, value: narrowed(rows, "status", value)),
    )
    search = ("words",)
    search_label = _("Search projects and members")
    size = 100
    empty = Empty(_("The landscape is empty"), _("It fills with the first project that is accepted, or an import."))
    exports = {"yml": (_("landscape.yml"), yaml_response)}

    def find(self, rows: Rows, text: str) -> Rows:
        """The rows in whose names, descriptions and places all words stand."""
        return searched(rows, text)


class LandscapeCards(LandscapeTable):
    """The landscape as cards, by place."""

    rows_template = "portfolio/parts/tiles.html"

    @cached_property
    def groups(self) -> list[Place]:
        """The cards of this page by place."""
        listed = groupby(self.page_rows, key=lambda item: (item.category, item.subcategory))
        return [Place(*place, [tile(item) for item in items]) for place, items in listed]


def tile(item: LandscapeItem) -> Tile:
    """An item as a card."""
    name = title_of(item)
    return Tile(
        name=name,
        url=address_of(item),
        outside=item.project is None,
        avatar=parts.avatar(name, org=True),
        pill=state_pill(item),
        summary=str(item.fields.get("description") or ""),
        left=item.status == "retired",
    )


def rows_at(at: datetime | None) -> Rows:
    """The items as they are, or as of an instant by the dated statuses and memberships behind them."""
    if at is None:
        return queries.landscape_items()
    statuses = {project: row.status for project, row in queries.statuses_at(at=at).items()}
    members = {row.organisation_id: row.tier for row in queries.members_at(at)}
    found: list[LandscapeItem] = []
    for item in queries.landscape_items():
        state = _state_at(item, statuses, members)
        if state is not None:
            item.status = state
            found.append(item)
    return found


def _state_at(item: LandscapeItem, statuses: Mapping[UUID, str], members: Mapping[UUID, str]) -> str | None:
    """What an item was, or None when it was not on the landscape."""
    if item.project_id is not None:
        status = statuses.get(item.project_id, "")
        return None if status in UNLISTED else status
    if item.kind == "member" and item.organisation_id is not None:
        return item.status if item.organisation_id in members else None
    return item.status


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
@csp_update(EMBED)
def embed(request: HttpRequest) -> HttpResponse:
    """The cards alone, to stand in a frame of another site."""
    return LandscapeCards(request, queries.landscape_items()).respond("portfolio/embed.html", public=True)


__all__ = ["EMBED", "LandscapeCards", "LandscapeTable", "embed", "public", "rows_at", "tile"]
