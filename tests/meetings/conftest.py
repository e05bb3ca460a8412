"""A council of five seats, its people, and printed minutes of the usual shape; everybody here is invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from tests.cast import cast

from quorate.access.actors import Actor, person
from quorate.access.models import Account
from quorate.directory.models import Organisation, Person
from quorate.terms.models import Body, Seat, Term

__all__ = ["cast"]

SINCE = datetime(2025, 1, 1, tzinfo=UTC)

PRINTED = """
## Harbour Foundation

Minutes of the August 11, 2026 Council Meeting

The Council (the "Council") met on August 11, 2026, at 7am PDT/10am EDT/4pm CEST.  It meets every second Tuesday of \
every month at 7am PT/10am ET/4pm CET.

* The meeting recording can be found [here](https://video.example/rec/1).

**The following voting representatives attended the meeting:**
**(4 are needed for quorum)**

- [ ] Ada Quill \\- Council Chair (Beacon)
- [x] Bo Tarn (Harbour Works)
- [x] Cleo Marsh (Dune/Ember)
- [x] Dov Pell \\- Gold Member Representative (Fathom)
- [ ] Eri Sand \\- Lantern Project Representative (Beacon)

**The following alternate voting representatives attended the meeting:**

- [x] Finn Roe (Beacon)
- [x] Gus Wray (Harbour Works)
- [ ] Hal Stone \\- Lantern Project (University of Tides)

**The following Working Group Leads attended the meeting:**

- [x] Ivy Lake \\- Docs Working Group Lead (Beacon)

**The following personnel from the Foundation attended the meeting:**

- [x] Jo Reed, Program Manager
- [ ] Kit Moor, Marketing

**The following other individuals attended the meeting:**

* Lee Ash (Dune)
* Max Fern

**Call to Order**
Jo Reed shared the antitrust policy and called the meeting to order.

**Application: Lantern 2**

* Lee Ash presented. Joseph Fern asked about releases. B. Tarn answered.
  * The next step is a formal vote, which will be sent out after the meeting.
* Cleo Marsh agreed to follow up with the maintainers.
* Finn Roe noted that the group will focus on reviews.

**Adjournment**
Reed closed the meeting.

**Next Meeting**
The next meeting is on Tuesday, September 8, 2026, at 7am PDT/10am EDT/4pm CEST.
"""


@dataclass
class Council:
    """The body with its seats, and its people by first name."""

    body: Body
    seats: dict[str, Seat] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        who = self.people[name]
        return person(who.id, who.name, account_id=who.account_id)


#: Slug, title, chair, organisation, project, class, representative, alternate.
SEATS = (
    ("beacon", "Beacon", True, "Beacon", "", "", "Ada Quill", "Finn Roe"),
    ("harbour", "Harbour Works", False, "Harbour Works", "", "", "Bo Tarn", "Gus Wray"),
    ("ember", "Ember", False, "Ember", "", "", "Cleo Marsh", ""),
    ("gold", "Gold members", False, "", "", "gold", "Dov Pell", ""),
    ("lantern", "Lantern project", False, "", "lantern", "", "Eri Sand", "Hal Stone"),
)


def _person(name: str) -> Person:
    slug = name.lower().replace(" ", "-")
    account = Account.objects.create_user(f"{slug}@people.example")
    return Person.objects.create(slug=slug, name=name, public=True, account=account, synthetic=True)


@pytest.fixture
def council(db: None) -> Council:
    """Five voting seats, three with an alternate; Jo is the council's secretary, without a vote; Xan is outside."""
    body = Body.objects.create(slug="council", name="Council", kind="council")
    made = Council(body)
    for position, (slug, title, chair, organisation, project, class_, holder, alternate) in enumerate(SEATS):
        owner = Organisation.objects.create(slug=slug, name=organisation) if organisation else None
        seat = Seat.objects.create(
            body=body, slug=slug, title=title, chair=chair, organisation=owner, project=project,
            seat_class=class_, position=position,
        )  # fmt: skip
        made.seats[slug] = seat
        for name, role in ((holder, "representative"), (alternate, "alternate")):
            if name:
                made.people[name.split()[0].lower()] = who = _person(name)
                Term.objects.create(seat=seat, person=who, role=role, start=SINCE)
    secretary = Seat.objects.create(
        body=body, slug="secretary", title="Secretary", voting=False, position=9,
        permissions=["meeting.schedule", "meeting.run", "minutes.write", "minutes.adopt", "action-item.assign",
                     "action-item.close", "meeting.import", "meeting.propose"],
    )  # fmt: skip
    made.people["jo"] = _person("Jo Reed")
    made.people["xan"] = _person("Xan Outside")
    Term.objects.create(seat=secretary, person=made.people["jo"], start=SINCE)
    return made
