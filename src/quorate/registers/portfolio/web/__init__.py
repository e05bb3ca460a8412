"""Pages of the portfolio: the public landscape and projects, and where staff and maintainers work on them."""

from __future__ import annotations

from django.urls import path

from quorate.kernel.i18n import _
from quorate.registers.portfolio.web import editing, landscape, panels, projects, work
from quorate.toolkit.navigation import Nav

app_name = "portfolio"
NAV = [
    Nav("projects", _("Projects"), "portfolio:projects", section="foundation", order=30),
    Nav(
        "landscape",
        _("Landscape"),
        "portfolio:landscape",
        section="foundation",
        order=32,
        permission="landscape.edit",
    ),
]
PUBLIC_NAV = [Nav("landscape", _("Landscape"), "portfolio:public-landscape", order=20)]

urlpatterns = [
    path("p/landscape/", landscape.public, name="public-landscape"),
    path("p/landscape/embed/", landscape.embed, name="embed"),
    path("p/projects/<slug:slug>/", projects.public, name="public-project"),
    path("landscape/", editing.overview, name="landscape"),
    path("landscape/import/", editing.import_file, name="import"),
    path("landscape/items/new/", editing.add_item, name="new-item"),
    path("landscape/items/<uuid:item>/", editing.edit_item, name="item"),
    path("landscape/items/<uuid:item>/remove/", editing.remove_item, name="remove-item"),
    path("projects/", projects.overview, name="projects"),
    path("projects/new/", work.new, name="new-project"),
    path("projects/<uuid:project>/", projects.by_id, name="project-by-id"),
    path("projects/<slug:slug>/", projects.project, name="project"),
    path("projects/<slug:slug>/edit/", work.edit, name="edit-project"),
    path("projects/<slug:slug>/status/", work.status, name="status"),
    path("projects/<slug:slug>/repositories/", work.repositories, name="repositories"),
    path("projects/<slug:slug>/maintainers/", work.maintainers, name="maintainers"),
    path("projects/<slug:slug>/attest/", work.attest, name="attest"),
    path("projects/<slug:slug>/scan/", work.scan, name="scan"),
]

__all__ = ["NAV", "PUBLIC_NAV", "app_name", "panels", "urlpatterns"]
