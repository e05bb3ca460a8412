"""The small forms of a case's page: a reason, a comment, evidence, people to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms

from quorate.directory.models import Person
from quorate.engine.definition import Check, Comparison, Rubric
from quorate.engine.models.paper import Audience
from quorate.engine.rules import PRIORITIES
from quorate.kernel import clock
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.forms import Hidden, LongText

LONG = 20_000

AUDIENCES = {
    Audience.PUBLIC: _("Everybody"),
    Audience.PARTICIPANTS: _("Those who take part, the applicant included"),
    Audience.REVIEWERS: _("Reviewers and staff"),
    Audience.STAFF: _("Staff only"),
}


class QuietForm(forms.Form):
    """A form whose controls do not stop the browser: the server says what is wrong, in its own words."""

    use_required_attribute = False


class MoveForm(QuietForm):
    """A step, with a reason where the program asks for one."""

    revision = forms.IntegerField(widget=Hidden, required=False)

    def __init__(self, *args: Any, reason: str = "none", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reason != "none":
            self.fields["reason"] = forms.CharField(
                label=_("Why"),
                help_text=_("Goes into the record; letters may quote it."),
                required=reason == "required",
                max_length=LONG,
                widget=LongText(attrs={"rows": 3}),
            )


class ReasonForm(QuietForm):
    """Just a reason, and it is needed."""

    reason = forms.CharField(label=_("Why"), max_length=LONG, widget=LongText(attrs={"rows": 2}))


class DetailForm(QuietForm):
    """A declaration of conflict; the detail stays with those who run the program."""

    detail = forms.CharField(
        label=_("What the conflict is"),
        help_text=_("Only the program's staff can read it; the record says that you stood aside."),
        required=False,
        max_length=LONG,
        widget=LongText(attrs={"rows": 2}),
    )


class CommentForm(QuietForm):
    """Something to say, and to whom."""

    body = forms.CharField(
        label=_("Comment"),
        help_text=_("Markdown is understood."),
        max_length=LONG,
        widget=LongText(attrs={"rows": 4}),
    )
    audience = forms.ChoiceField(label=_("Who may read it"))

    def __init__(self, *args: Any, audiences: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["audience"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each, AUDIENCES[Audience(each)]) for each in audiences]
        if Audience.PARTICIPANTS in audiences:
            field.initial = Audience.PARTICIPANTS.value


class AttachForm(CommentForm):
    """A file, and who may open it."""

    body = None  # type: ignore[assignment]  # Django's way of leaving out an inherited field
    file = forms.FileField(label=_("File"), help_text=_("PDF, image, text, CSV, Markdown or ZIP; at most 10 MB."))
    field_order = ("file", "audience")


class PriorityForm(QuietForm):
    """How urgent a case is."""

    priority = forms.ChoiceField(label=_("Priority"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"low": _("Low"), "normal": _("Normal"), "high": _("High"), "urgent": _("Urgent")}
        field = self.fields["priority"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("None")), *((name, words[name]) for name in PRIORITIES)]


def priority_name(priority: int | None) -> str:
    """The name of a priority as it is kept."""
    return next((name for name, rank in PRIORITIES.items() if rank == priority), "")


class PersonForm(QuietForm):
    """One person of several."""

    person = forms.ChoiceField(label=_("Person"))

    def __init__(self, *args: Any, people: Iterable[Person] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.id): person for person in people}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("Choose…")), *((key, person.name) for key, person in self.people.items())]

    @property
    def chosen(self) -> Person:
        """The person chosen, once the form is valid."""
        return self.people[self.cleaned_data["person"]]


class DelegateForm(PersonForm):
    """Somebody who may act instead, until when."""

    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))


class ReviewersForm(QuietForm):
    """Several people to review."""

    people = forms.MultipleChoiceField(label=_("Reviewers"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, people: Iterable[Person] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(person.id): person for person in people}
        field = self.fields["people"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, person.name) for key, person in self.known.items()]

    @property
    def chosen(self) -> list[Person]:
        """The people chosen, once the form is valid."""
        return [self.known[key] for key in self.cleaned_data["people"]]


class EvidenceForm(QuietForm):
    """What shows that something is done."""

    def __init__(self, *args: Any, kind: str = "text", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == "link":
            self.fields["evidence"] = forms.URLField(
                label=_("Link to what shows it"), max_length=500, assume_scheme="https"
            )
        elif kind != "none":
            self.fields["evidence"] = forms.CharField(
                label=_("What shows it"), max_length=LONG, widget=LongText(attrs={"rows": 2})
            )


class AttestForm(QuietForm):
    """What somebody found about a criterion, when, and the evidence."""

    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_("A link, or what you saw and where."),
        max_length=LONG,
        widget=LongText(attrs={"rows": 2}),
    )
    as_of = forms.DateField(label=_("Seen on"), widget=forms.DateInput(attrs={"type": "date"}))
    field_order = ("found", "evidence", "as_of")

    def __init__(self, *args: Any, check: Check, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as_of"].initial = clock.today()
        label = gettext("What you found")
        if check.comparison in (Comparison.AT_LEAST, Comparison.AT_MOST):
            self.fields["found"] = forms.IntegerField(label=label, min_value=0, max_value=10**9)
        elif check.comparison is Comparison.ONE_OF:
            self.fields["found"] = forms.CharField(label=label, max_length=200)
        elif check.comparison is Comparison.ALL_OF:
            self.fields["found"] = forms.MultipleChoiceField(
                label=label,
                choices=[(item, item) for item in check.all_of],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        else:
            self.fields["found"] = forms.TypedChoiceField(
                label=label,
                choices=[("yes", _("It is met")), ("no", _("It is not met"))],
                coerce=lambda value: value == "yes",
                widget=forms.RadioSelect,
            )
        self.order_fields(self.field_order)


class ReviewForm(QuietForm):
    """A review against a rubric. A draft may be incomplete; the engine says what a submitted one lacks."""

    def __init__(
        self, *args: Any, rubric: Rubric | None, declaration: bool, draft: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = rubric
        if rubric is not None:
            words = rubric.scale.words or {}
            marks = range(rubric.scale.least, rubric.scale.most + 1)
            for item in rubric.items:
                self.fields[f"mark-{item.name}"] = forms.TypedChoiceField(
                    label=item.title,
                    help_text=item.description,
                    choices=[
                        (mark, f"{mark} · {words[str(mark)]}" if str(mark) in words else str(mark)) for mark in marks
                    ],
                    coerce=int,
                    empty_value=None,
                    required=item.required and not draft,
                    error_messages={"required": _("give a mark, or keep the review as a draft")},
                    widget=forms.RadioSelect,
                )
            self.fields["recommendation"] = forms.ChoiceField(
                label=_("Recommendation"),
                choices=[(each, each.replace("-", " ").capitalize()) for each in rubric.recommendations],
                required=not draft,
                error_messages={"required": _("say what you recommend")},
                widget=forms.RadioSelect,
            )
        self.fields["comment"] = forms.CharField(
            label=_("Comment"),
            help_text=_("What you looked at and what decides for you. Markdown is understood."),
            max_length=LONG,
            required=rubric is not None and rubric.comment and not draft,
            error_messages={"required": _("say what decides for you")},
            widget=LongText(attrs={"rows": 6}),
        )
        if declaration:
            self.fields["declared"] = forms.BooleanField(
                label=_("I have no conflict of interest in this case"),
                required=not draft,
                error_messages={"required": _("declare it, or stand aside from the case")},
            )

    def words(self) -> dict[str, Any]:
        """What the review says, as the engine takes it."""
        data = self.cleaned_data
        items = self.rubric.items if self.rubric is not None else ()
        marks = {item.name: data.get(f"mark-{item.name}") for item in items}
        return {
            "scores": {name: mark for name, mark in marks.items() if mark is not None},
            "recommendation": data.get("recommendation", ""),
            "comment": data.get("comment", ""),
            "declared": bool(data.get("declared", False)),
        }


def start_of(day: date) -> datetime:
    """The first instant of a day, UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def end_of(day: date) -> datetime:
    """The first instant after a day, UTC: until the end of that day."""
    return start_of(day) + timedelta(days=1)
