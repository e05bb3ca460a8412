"""A policy's text as HTML in which every clause can be linked to: ``{#anchor}`` ends a heading or a list item."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString, mark_safe

from quorate.toolkit import markdown

ANCHOR = re.compile(r"[ \t]*\{#([a-z0-9]+(?:-[a-z0-9]+)*)\}[ \t]*$", re.MULTILINE)
# Private-use characters cannot be typed by accident, and pass the cleaning as plain text.
_MARK = re.compile("\ue000([a-z0-9-]+)\ue001")
_OPENING = re.compile(r"<(h[3-6]|li|p)>")


def anchors(text: str) -> list[str]:
    """The clauses of a policy's text, in order."""
    return ANCHOR.findall(text)


def html(text: str) -> SafeString:
    """Safe HTML; the element that an anchor ends carries it as ``id``, the first of each name only."""
    marked = ANCHOR.sub(lambda found: f"\ue000{found[1]}\ue001", text.replace("\ue000", "").replace("\ue001", ""))
    made = str(markdown.render(marked))
    seen: set[str] = set()
    while (mark := _MARK.search(made)) is not None:
        before, after = made[: mark.start()], made[mark.end() :]
        openings = list(_OPENING.finditer(before))
        name = mark[1]
        if openings and name not in seen:
            at = openings[-1].end() - 1
            before = f'{before[:at]} id="{name}"{before[at:]}'
        seen.add(name)
        made = before + after
    return mark_safe(made)  # noqa: S308  # cleaned by toolkit.markdown; only ids of letters, digits, dashes added
