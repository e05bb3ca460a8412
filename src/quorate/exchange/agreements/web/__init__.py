"""Pages of agreements: the list, one with its words and signatures, and the form of a draft."""

from __future__ import annotations

from django.urls import path

from quorate.exchange.agreements.web import drafting, pages
from quorate.kernel.i18n import _
from quorate.toolkit.navigation import Nav

app_name = "agreements"
NAV = [
    Nav(
        "agreements",
        _("Agreements"),
        "agreements:agreements",
        section="foundation",
        order=80,
        permission="agreement.prepare",
    )
]

urlpatterns = [
    path("agreements/", pages.listed, name="agreements"),
    path("agreements/new/", drafting.choose, name="choose"),
    path("agreements/new/<slug:slug>/<str:version>/", drafting.new, name="new"),
    path("agreements/templates/<slug:slug>/<str:version>/", drafting.template, name="template"),
    path("agreements/<uuid:key>/", pages.record, name="agreement"),
    path("agreements/<uuid:key>/edit/", drafting.edit, name="edit"),
    path("agreements/<uuid:key>/pdf/", pages.pdf, name="pdf"),
    path("agreements/<uuid:key>/paper/<str:side>/", pages.paper, name="paper"),
    path("agreements/<uuid:key>/send/", pages.send, name="send"),
    path("agreements/<uuid:key>/sign/", pages.sign, name="sign"),
    path("agreements/<uuid:key>/paper/", pages.put_paper, name="put-paper"),
    path("agreements/<uuid:key>/countersign/", pages.countersign, name="countersign"),
    path("agreements/<uuid:key>/decline/", pages.decline, name="decline"),
    path("agreements/<uuid:key>/withdraw/", pages.withdraw, name="withdraw"),
    path("agreements/<uuid:key>/end/", pages.end, name="end"),
]
