"""One template, two answers: the whole page, or for htmx the one block it asked for.

Also the public answer: the same bytes for everyone, with an ETag and a short life in caches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template import RequestContext, Template
from django.template.base import NodeList
from django.template.context import make_context
from django.template.loader import get_template, render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

PUBLIC_AGE = 60


def target(request: HttpRequest) -> str:
    """The id that htmx will put the answer into; blank when a browser asked for a page."""
    if request.headers.get("HX-Request") != "true" or request.headers.get("HX-History-Restore-Request") == "true":
        return ""
    return request.headers.get("HX-Target", "")


def fragment(html: str, *, status: int = 200) -> HttpResponse:
    """An answer for htmx. It varies by what tells it from the page, and no cache keeps it."""
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    fragments: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page, or the block that ``fragments`` names for the target htmx asked about."""
    block = (fragments or {}).get(target(request))
    if block is not None:
        return fragment(render_block(request, template, block, context), status=status)
    response = HttpResponse(render_to_string(template, dict(context or {}), request), status=status)
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("HX-Request", "HX-Target", "Cookie"))
    return response


def public_render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    fragments: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A public page: ETag over its bytes, 304 when the reader has them, one minute in shared caches.

    Language and theme come from cookies, so caches keep a copy for each; nothing else of the reader is on it.
    """
    response = render(request, template, context, status=status, fragments=fragments)
    if status != 200 or "no-store" in response["Cache-Control"]:
        return response
    return public(request, response)


def public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Make an answer public: ETag, 304, cache life. Also for exports and feeds."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    asked = request.headers.get("If-None-Match", "")
    if etag in {part.strip().removeprefix("W/") for part in asked.split(",")}:
        kept = HttpResponseNotModified()
        kept["Vary"] = response.get("Vary", "")
        response = kept
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={PUBLIC_AGE}"
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


def render_block(request: HttpRequest, template: str, block: str, context: Mapping[str, Any] | None = None) -> str:
    """The HTML of one ``{% block %}`` of a template, as it would stand in the page.

    ``KeyError`` when the template and those it extends define no such block.
    """
    made = get_template(template).template  # type: ignore[attr-defined]  # Django's own backend
    bound = make_context(dict(context or {}), request)
    assert isinstance(bound, RequestContext)
    with bound.render_context.push_state(made), bound.bind_template(made):
        blocks = _blocks(made, bound)
        node = blocks.pop(block)
        if node is None:
            raise KeyError(f"template {template} has no block {block!r}")
        blocks.push(block, node)
        bound.render_context[BLOCK_CONTEXT_KEY] = blocks
        return str(node.render(bound))


def _blocks(made: Template, context: RequestContext) -> BlockContext:
    """The blocks of a template and its ancestors, the youngest winning."""
    blocks = BlockContext()
    current: Template | None = made
    while current is not None:
        nodes: NodeList = current.nodelist
        blocks.add_blocks(
            {node.name: node for node in nodes.get_nodes_by_type(BlockNode) if isinstance(node, BlockNode)}
        )
        parent = next((node for node in nodes if isinstance(node, ExtendsNode)), None)
        current = parent.get_parent(context) if parent is not None else None
    return blocks


def back(request: HttpRequest, default: str) -> str:
    """Where a form wants to return to (``next``), if that lies on this site; else ``default``."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return asked
    return default
