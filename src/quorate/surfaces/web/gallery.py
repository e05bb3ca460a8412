"""Every component on one page, with invented data: for those who build pages, and for the tests that look at them.

Mounted only in development and in tests; its words are not translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from quorate.kernel import clock
from quorate.toolkit import pages, parts
from quorate.toolkit.components import Step, Tab
from quorate.toolkit.tables import Choice, Column, Empty, Flag, RowAction, Table
from quorate.toolkit.timeline import Line
from quorate.toolkit.work import QuickForm, WorkItem


@dataclass(frozen=True)
class Sample:
    """An invented case."""

    number: int
    title: str
    stage: str
    tone: str
    owner: str
    filed: datetime
    due: datetime | None
    stars: int | None
    step: str = ""

    @property
    def url(self) -> str:
        return "#"


SAMPLES = (
    (214, "Tensorloom", "Working group vote", "info", "Imani Okafor", 41, 2, 1840, "Vote"),
    (219, "quillcache", "Review", "info", "Teodor Marsh", 33, 9, 412, "Review"),
    (
        220,
        "Lattice-RL: distributed rollouts for long-horizon agents",
        "Waiting on applicant",
        "soon",
        "",
        30,
        -4,
        96,
        "",
    ),
    (223, "Ferrous Kernels", "Review", "info", "Wen Yu-ching", 21, 16, 2033, "Review"),
    (226, "openprofile", "Checks", "neutral", "", 9, None, None, "Triage"),
    (230, "sparrow-serve", "Approved", "good", "Imani Okafor", 64, None, 12904, ""),
    (231, "gradient-gym", "Declined", "done", "Teodor Marsh", 71, None, 38, ""),
)


def samples(at: datetime) -> list[Sample]:
    """The invented cases, aged at an instant."""
    return [
        Sample(
            number,
            title,
            stage,
            tone,
            owner,
            at - timedelta(days=age),
            at + timedelta(days=due) if due else None,
            stars,
            step,
        )
        for number, title, stage, tone, owner, age, due, stars, step in SAMPLES
    ]


class SampleTable(Table[Sample]):
    """A list as a queue would show it."""

    name = "samples"
    caption = "Cases"
    columns = (
        Column("number", "No.", kind="number", sort="number"),
        Column("title", "Project", primary=True, url="url", sort="title"),
        Column("stage", "Stage", kind="pill", cell=lambda row: parts.pill(row.stage, row.tone), sort="stage"),
        Column("owner", "Owner", kind="person"),
        Column("stars", "Stars", kind="number", sort="stars", low=True),
        Column("filed", "Age", kind="age", sort="filed"),
        Column("due", "Clock", kind="clock", sort="due"),
    )
    filters = (
        Choice(
            "stage",
            "Stage",
            lambda table: sorted({(row.stage, row.stage) for row in table.all_rows}),
            lambda rows, value: [row for row in rows if row.stage == value],
        ),
        Flag("unowned", "Nobody's yet", lambda rows, table: [row for row in rows if not row.owner]),
    )
    search = ("title", "owner", "number")
    order = "number"
    empty = Empty("No cases yet", "Cases appear here when somebody applies.", ("Open the form", "#"))

    def action(self, row: Sample) -> RowAction | None:
        return RowAction(row.step, row.url, primary=row.step == "Vote") if row.step else None


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label="Project name", help_text="As it is written in the README.")
    summary = forms.CharField(
        label="Summary", widget=forms.Textarea(attrs={"rows": 4}), help_text="Two or three sentences."
    )
    licence = forms.ChoiceField(
        label="Licence", choices=[("", "Choose one"), ("a", "Apache-2.0"), ("b", "BSD-3-Clause"), ("m", "MIT")]
    )
    stars = forms.IntegerField(label="Stars", required=False)
    since = forms.DateField(label="First release", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    archs = forms.MultipleChoiceField(
        label="Architectures under CI",
        choices=[("x", "x86-64"), ("a", "aarch64"), ("g", "CUDA"), ("r", "ROCm")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    score = forms.ChoiceField(
        label="Documentation", choices=[(str(n), str(n)) for n in range(1, 6)], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="I have read the code of conduct")
    logo = forms.FileField(label="Logo", required=False, help_text="SVG, up to 1 MB.")


def context(request: HttpRequest) -> dict[str, Any]:
    """All that the gallery shows."""
    at = clock.now()
    rows = samples(at)
    table = SampleTable(request, rows)
    lines = [
        Line(
            at - timedelta(hours=2),
            SafeString(
                '<a href="#">Imani Okafor</a> opened the vote of the <a href="#">Ecosystem Working Group</a>; '
                "it closes in 7 days"
            ),
            url="#",
        ),
        Line(
            at - timedelta(hours=5),
            SafeString('<a href="#">Teodor Marsh</a> gave review 2 of 2: <strong>accept</strong>'),
            note="Quick start **works** on a clean machine in four minutes. The governance file names two "
            "maintainers only; ask again in six months.",
            tone="good",
        ),
        Line(
            at - timedelta(days=3),
            SafeString("The checks found <strong>4</strong> active contributors where <strong>5</strong> are needed"),
            tone="late",
        ),
        Line(
            at - timedelta(days=41), SafeString('<a href="#">Noor Haddad</a> filed the application'), reconstructed=True
        ),
    ]
    filled = SampleForm({"name": "", "summary": "A scheduler for sparse kernels.", "stars": "many", "score": "4"})
    filled.is_valid()
    return {
        "table": table,
        "empty_table": SampleTable(request, []),
        "rows": rows,
        "lines": lines,
        "form": SampleForm(),
        "filled": filled,
        "tabs": [
            Tab("Overview", "#", True),
            Tab("Reviews", "#", count=2),
            Tab("Checks", "#", count=9),
            Tab("Ledger", "#", count=31),
        ],
        "steps": [
            Step("Queue", "done"),
            Step("Checks", "done"),
            Step("Review", "done"),
            Step("Vote", "now"),
            Step("Letter"),
            Step("Onboarding"),
        ],
        "late": at - timedelta(days=4, hours=3),
        "soon": at + timedelta(hours=40),
        "calm": at + timedelta(days=23),
        "since": at - timedelta(days=6),
        "now": at,
        "folk": [
            {"name": "Imani Okafor", "url": "#"},
            {"name": "Teodor Marsh", "url": "#", "note": "recused"},
            {"name": "温语晴", "url": "#"},
        ],
        "markdown": "### Why now\n\nA *short* text with a [link](https://example.org), `code` and a list:\n\n"
        "1. first\n2. second\n\n> and a quotation",
        "items": [
            WorkItem(
                "a",
                "Vote on Tensorloom",
                "you hold a seat of the Ecosystem Working Group",
                "#",
                at + timedelta(days=2),
                at - timedelta(days=5),
                "Ecosystem project",
                actions=[QuickForm("Yes", "#"), QuickForm("No", "#"), QuickForm("Abstain", "#", tone="quiet")],
            ),
            WorkItem(
                "b",
                "Review Ferrous Kernels",
                "you are the second of two reviewers",
                "#",
                at - timedelta(days=4),
                None,
                "Ecosystem project",
                verb="Review",
            ),
            WorkItem(
                "c",
                "Confirm the organisation of quillcache requires two-factor sign-in",
                "you maintain the project",
                "#",
                at + timedelta(days=19),
                at,
                "Onboarding",
                verb="Open",
            ),
        ],
    }


def gallery(request: HttpRequest) -> HttpResponse:
    """The components in the frame of signed-in work."""
    found = context(request)
    answer: HttpResponse = found["table"].respond("web/gallery.html", found)
    return answer


def form_gallery(request: HttpRequest) -> HttpResponse:
    """A form that was sent with mistakes."""
    return pages.render(request, "web/form_gallery.html", context(request), status=422)


def public_gallery(request: HttpRequest) -> HttpResponse:
    """The components in the frame of the public site."""
    return pages.public_render(request, "web/public_gallery.html", context(request))
