"""Components of several lines: each is a template and the props it declares, checked twice.

A wrong or missing prop name fails when the template is compiled, a wrong value or an undefined variable when it is
rendered, both with :class:`ComponentError` words that name the tag. Nothing is silently blank.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from django.template import Context, Library, TemplateSyntaxError
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from quorate.kernel.registry import Registry
from quorate.toolkit.parts import PILL_TONES, ComponentError
from quorate.toolkit.timeline import Day, Line, by_day

Text = str | Promise
Tone = Literal["neutral", "info", "good", "soon", "late"]


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: a page of its own, reached by a link."""

    label: Text
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One stage on the way of a case."""

    label: Text
    state: Literal["done", "now", "next", "skipped"] = "next"
    note: Text = ""


@dataclass(frozen=True, kw_only=True)
class Component:
    """A component's declared props. Subclasses are frozen dataclasses registered by :func:`component`."""

    tag: ClassVar[str]
    template: ClassVar[str]
    block: ClassVar[bool] = False

    def context(self) -> Mapping[str, object]:
        """What the template sees: the props, and whatever follows from them."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


COMPONENTS: Registry[type[Component]] = Registry("component")
C = TypeVar("C", bound=type[Component])


def component(cls: C) -> C:
    """Register a component under its tag."""
    COMPONENTS.register(cls.tag, cls)
    return cls


@component
@dataclass(frozen=True, kw_only=True)
class PageHead(Component):
    """The head of a page: title, what it belongs to, one sentence, and in its body the actions."""

    tag = "page_head"
    template = "toolkit/components/page_head.html"
    block = True
    title: Text
    kicker: Text = ""
    lead: Text = ""


@component
@dataclass(frozen=True, kw_only=True)
class Section(Component):
    """A part of a page under its own heading."""

    tag = "section"
    template = "toolkit/components/section.html"
    block = True
    title: Text
    id: str = ""
    hint: Text = ""
    more_url: str = ""
    more: Text = ""


@component
@dataclass(frozen=True, kw_only=True)
class Card(Component):
    """A raised box; with ``url`` the whole box is one link."""

    tag = "card"
    template = "toolkit/components/card.html"
    block = True
    title: Text = ""
    url: str = ""
    level: Literal[2, 3, 4] = 3
    id: str = ""


@component
@dataclass(frozen=True, kw_only=True)
class Facts(Component):
    """The list of facts in the margin; holds ``fact`` blocks only."""

    tag = "facts"
    template = "toolkit/components/facts.html"
    block = True


@component
@dataclass(frozen=True, kw_only=True)
class Fact(Component):
    """One fact: what it is called, and in its body what it is."""

    tag = "fact"
    template = "toolkit/components/fact.html"
    block = True
    label: Text


@component
@dataclass(frozen=True, kw_only=True)
class EmptyState(Component):
    """What to say when there is nothing: what would be here, and what to do first."""

    tag = "empty"
    template = "toolkit/components/empty.html"
    block = True
    title: Text
    action: Text = ""
    url: str = ""


@component
@dataclass(frozen=True, kw_only=True)
class Notice(Component):
    """A remark that stands out: its tone has a word in ``title`` or in the text itself."""

    tag = "notice"
    template = "toolkit/components/notice.html"
    block = True
    tone: Tone = "neutral"
    title: Text = ""


@component
@dataclass(frozen=True, kw_only=True)
class Disclosure(Component):
    """Something to look at on demand, with the browser's own control."""

    tag = "disclosure"
    template = "toolkit/components/disclosure.html"
    block = True
    summary: Text
    open: bool = False


@component
@dataclass(frozen=True, kw_only=True)
class Tabs(Component):
    """Pages of one record."""

    tag = "tabs"
    template = "toolkit/components/tabs.html"
    tabs: Sequence[Tab]
    label: Text = ""


@component
@dataclass(frozen=True, kw_only=True)
class Stages(Component):
    """The way of a case: what is behind it, where it is, what lies ahead."""

    tag = "stages"
    template = "toolkit/components/stages.html"
    steps: Sequence[Step]


@component
@dataclass(frozen=True, kw_only=True)
class Timeline(Component):
    """What happened, newest first unless the lines come otherwise, grouped by day."""

    tag = "timeline"
    template = "toolkit/components/timeline.html"
    lines: Sequence[Line]
    level: Literal[2, 3, 4] = 3

    def context(self) -> Mapping[str, object]:
        days: list[Day] = by_day(self.lines)
        return {"days": days, "level": self.level}


@cache
def _hints(tag: str) -> Mapping[str, Any]:
    return get_type_hints(COMPONENTS.get(tag))


def _fits(value: object, hint: Any) -> bool:
    origin = get_origin(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, option) for option in get_args(hint))
    if origin is Literal:
        return value in get_args(hint) and not isinstance(value, bool)
    if hint in (None, NoneType):
        return value is None
    if origin is not None:
        if not isinstance(value, origin) or isinstance(value, str):
            return False
        (inner, *_rest) = get_args(hint) or (Any,)
        return all(_fits(item, inner) for item in value) if isinstance(value, (list, tuple)) else True
    if hint is int and isinstance(value, bool):
        return False
    return isinstance(value, hint)


def build(cls: type[Component], props: Mapping[str, object]) -> Component:
    """Make a component from props, refusing names and values it did not declare."""
    declared = {field.name: field for field in dataclasses.fields(cls)}
    for name, value in props.items():
        if name not in declared:
            raise ComponentError(f"{cls.tag}: no prop {name!r}; declared: {', '.join(declared) or 'none'}")
        if not _fits(value, _hints(cls.tag)[name]):
            raise ComponentError(f"{cls.tag}: prop {name!r} cannot be {value!r} (is the variable defined?)")
    missing = [
        name
        for name, field in declared.items()
        if name not in props and field.default is MISSING and field.default_factory is MISSING
    ]
    if missing:
        raise ComponentError(f"{cls.tag}: prop {missing[0]!r} is required")
    return cls(**props)


def render(made: Component, *, slot: SafeString | str = "", outer: Context | None = None) -> SafeString:
    """The component's HTML. ``slot`` is the content between its tags, already safe."""
    template = get_template(made.template).template  # type: ignore[attr-defined]  # Django's own backend
    values = {**made.context(), "slot": slot}
    if outer is None:
        return SafeString(template.render(Context(values)))
    with outer.push():
        inner = outer.new(values)
        for name in ("request", "csrf_token"):
            if name in outer:
                inner[name] = outer[name]
        inner.template = outer.template
        return SafeString(template._render(inner))


class ComponentNode(Node):
    """A use of a component in a template."""

    def __init__(self, cls: type[Component], props: Mapping[str, FilterExpression], nodelist: NodeList | None) -> None:
        self.cls = cls
        self.props = props
        self.nodelist = nodelist or NodeList()

    def render(self, context: Context) -> SafeString:
        values = {name: expression.resolve(context, ignore_failures=True) for name, expression in self.props.items()}
        slot = self.nodelist.render(context) if self.nodelist else ""
        return render(build(self.cls, values), slot=slot, outer=context)


def tag_for(cls: type[Component]) -> Callable[[Parser, Token], ComponentNode]:
    """The compile function of a component's tag: checks names before anything is rendered."""
    declared = [field.name for field in dataclasses.fields(cls)]
    required = [
        field.name for field in dataclasses.fields(cls) if field.default is MISSING and field.default_factory is MISSING
    ]

    def compile_tag(parser: Parser, token: Token) -> ComponentNode:
        bits = token.split_contents()[1:]
        props: dict[str, FilterExpression] = {}
        for position, bit in enumerate(bits):
            named = token_kwargs([bit], parser)
            if named:
                (name, expression), *_ = named.items()
            elif position == 0 and declared:
                name, expression = declared[0], parser.compile_filter(bit)
            else:
                raise TemplateSyntaxError(f"{cls.tag}: {bit!r} has no name; declared: {', '.join(declared)}")
            if name not in declared:
                raise TemplateSyntaxError(f"{cls.tag}: no prop {name!r}; declared: {', '.join(declared) or 'none'}")
            if name in props:
                raise TemplateSyntaxError(f"{cls.tag}: prop {name!r} is given twice")
            props[name] = expression
        for name in required:
            if name not in props:
                raise TemplateSyntaxError(f"{cls.tag}: prop {name!r} is required")
        nodelist = None
        if cls.block:
            nodelist = parser.parse((f"end{cls.tag}", f"end_{cls.tag}"))
            parser.delete_first_token()
        return ComponentNode(cls, props, nodelist)

    return compile_tag


def install(library: Library, classes: Iterable[type[Component]] | None = None) -> None:
    """Give every component its tag in a template library."""
    for cls in classes or COMPONENTS:
        library.tag(cls.tag, tag_for(cls))


__all__ = ["COMPONENTS", "PILL_TONES", "Component", "ComponentError", "Step", "Tab", "build", "component", "render"]
