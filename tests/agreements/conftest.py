"""A template, the two companies of the cast, and somebody on each side."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.cast import DESK, Cast, cast

from quorate.access.actors import Actor
from quorate.exchange.agreements.actions import prepare, put_template, send
from quorate.exchange.agreements.clauses import Place
from quorate.exchange.agreements.models import Agreement, Template
from quorate.terms.models import Body

__all__ = ["cast"]

TEXT = """This agreement is between the Foundation and {{ organisation }}.

## Dues {#dues}

{{ organisation }} pays the dues of {{ tier }} members.

## Marks {#marks}

The Foundation may show the logo of **{{ organisation }}**.

## Marks {#marks/no-logo}

The Foundation names the member and shows no logo.

```
## No clause {#in-code}
```
"""
PLACES = (Place("organisation", "Legal name"), Place("tier", "Tier"), Place("order", "Purchase order", required=False))


@dataclass
class Desk:
    """What the tests act on: Imogen is staff, Mara signs for Quay Labs, Eve is outside."""

    cast: Cast
    template: Template

    @property
    def staff(self) -> Actor:
        """Who prepares and countersigns."""
        return self.cast.actor(self.cast.imogen)

    @property
    def mara(self) -> Actor:
        """Who is named to sign."""
        return self.cast.actor(self.cast.mara)

    @property
    def eve(self) -> Actor:
        """Who has nothing to do with it."""
        return self.cast.actor(self.cast.eve)

    def draft(self, **values: str) -> Agreement:
        """A draft for Quay Labs."""
        return prepare(
            actor=self.staff,
            template=self.template,
            organisation=self.cast.quay,
            signatory=self.cast.mara,
            values={"organisation": "Quay Labs GmbH", "tier": "gold", **values},
        )

    def sent(self) -> Agreement:
        """One that was sent."""
        return send(actor=self.staff, agreement=self.draft())


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """The template, and a staff that may prepare and countersign."""
    staff = Body.objects.get(slug="staff")
    staff.permissions += ["agreement.read", "agreement.prepare", "agreement.countersign", "agreement.end"]
    staff.save()
    text = put_template(actor=DESK, slug="membership", version="1.0", title="Membership", text=TEXT, fields=PLACES)
    return Desk(cast, text)
