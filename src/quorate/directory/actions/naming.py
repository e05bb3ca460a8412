"""Addresses of records: readable, unique, and never taken from another."""

from __future__ import annotations

from django.db import models
from django.utils.text import slugify

from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext


def slug_for(model: type[models.Model], name: str, wanted: str = "") -> str:
    """The slug asked for, or one made from the name with a number where it is taken.

    ``Conflict`` when the slug asked for is taken.
    """
    rows = model._default_manager
    if wanted:
        if rows.filter(slug=wanted).exists():
            raise Conflict(gettext("“%s” is taken") % wanted, where="slug", mend=gettext("choose another address"))
        return wanted
    stem = slugify(name)[:70] or "x"
    taken = set(rows.filter(slug__startswith=stem).values_list("slug", flat=True))
    found, number = stem, 2
    while found in taken:
        found, number = f"{stem}-{number}", number + 1
    return found
