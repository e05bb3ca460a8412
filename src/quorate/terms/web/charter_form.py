"""The form of a version of a charter."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from quorate.directory.web.forms import DayField
from quorate.kernel.i18n import _, gettext

RULE = re.compile(
    r"(?:(?P<misses>\d{1,2}) missed|(?P<present>\d{1,2}) of (?P<of_last>\d{1,2})): (?P<then>suspend|uncounted|election)"
    r"(?: until (?P<until_present>\d{1,2}))?(?P<by> by representative)?(?: \[(?P<clause>[^\]]{1,80})\])?"
)


def _absence(said: re.Match[str]) -> dict[str, Any]:
    """A line about absence in the form a charter keeps."""
    counts = {key: int(said[key]) for key in ("misses", "present", "of_last", "until_present") if said[key]}
    words = {"clause": said["clause"]} if said["clause"] else {}
    return {**counts, "then": said["then"], **({"by": "representative"} if said["by"] else {}), **words}


class CharterForm(forms.Form):
    """A version of a charter with the numbers its words mean."""

    version = forms.CharField(label=_("Version"), max_length=40)
    start = DayField(label=_("In force from"), required=True)
    mandate = forms.CharField(
        label=_("Mandate"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    text = forms.CharField(
        label=_("Text"), max_length=100_000, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    link = forms.CharField(
        label=_("Or where it can be read"), max_length=300, required=False, help_text=_("https://… or /p/policies/…")
    )
    adopted_by = forms.CharField(
        label=_("Adopted by"), max_length=200, required=False, help_text=_("The decision: a resolution, a motion.")
    )
    printed = forms.IntegerField(label=_("Quorum as printed"), min_value=1, max_value=9999, required=False)
    fraction = forms.CharField(
        label=_("Quorum as a share of voting seats"), max_length=9, required=False, help_text=_("Such as 1/2.")
    )
    strict = forms.BooleanField(label=_("More than that share"), required=False)
    fill_within = forms.CharField(
        label=_("Vacant seats are filled within"), max_length=20, required=False, help_text=_("P90D is 90 days.")
    )
    end_at_once = forms.CharField(label=_("Share of terms that may end on one day"), max_length=9, required=False)
    cap = forms.CharField(
        label=_("Most seats for one related group"), max_length=9, required=False, help_text=_("A number, or 1/3.")
    )
    hard = forms.BooleanField(label=_("Appointments beyond that are refused"), required=False)
    presides = forms.CharField(
        label=_("Who presides, in order"),
        max_length=300,
        required=False,
        help_text=_("chair, vice-chair, longest-serving, seat:BODY/SEAT; with commas between."),
    )
    report_every = forms.CharField(
        label=_("Reports every"), max_length=20, required=False, help_text=_("P3M is three months.")
    )
    dormant_after = forms.CharField(
        label=_("Dormant after a silence of"), max_length=20, required=False, help_text=_("P6M is six months.")
    )

    vacant_seats = forms.ChoiceField(
        label=_("Vacant seats in “all seats”"),
        choices=[("", _("Nothing is said: they count")), ("stay", _("They count")), ("leave", _("They do not count"))],
        required=False,
    )
    attendance = forms.CharField(
        label=_("What follows from absence"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One rule on each line: “3 missed: suspend until 2 [4.2]”, “2 missed: uncounted”, “3 missed: election”,"
            " “3 of 4: suspend”."
        ),
    )

    def clean_attendance(self) -> list[dict[str, Any]]:
        """The lines as rules."""
        found = []
        for line in self.cleaned_data["attendance"].splitlines():
            if line.strip():
                said = RULE.fullmatch(line.strip())
                if said is None:
                    raise forms.ValidationError(gettext("“%s” is no rule about absence") % line.strip()[:60])
                found.append(_absence(said))
        return found

    def numbers(self) -> dict[str, Any]:
        """The numbers in the form a charter keeps; what was left blank is left out."""
        said = self.cleaned_data
        quorum = {key: said[key] for key in ("printed", "fraction") if said[key]}
        if quorum and said["strict"]:
            quorum["strict"] = True
        cap = said["cap"].strip()
        caps = [{"at_most": int(cap) if cap.isdecimal() else cap, "hard": said["hard"]}] if cap else []
        found = {
            "quorum": quorum,
            "related_group": caps,
            "presides": [role.strip() for role in said["presides"].split(",") if role.strip()],
            "attendance": said["attendance"],
            **{
                key: said[key]
                for key in ("fill_within", "end_at_once", "report_every", "dormant_after", "vacant_seats")
            },
        }
        return {key: value for key, value in found.items() if value}
