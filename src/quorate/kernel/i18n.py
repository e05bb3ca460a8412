"""Translation, imported from here so that an import contract can see who speaks to people.

``_`` is lazy (safe at import time), ``gettext`` and ``ngettext`` translate at once.
"""

from __future__ import annotations

from django.utils.translation import get_language, gettext, ngettext, ngettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

__all__ = ["_", "get_language", "gettext", "ngettext", "ngettext_lazy", "override", "pgettext_lazy"]
