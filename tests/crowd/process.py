"""What the crowd's test runs beside the server, with the settings of the product and an environment of its own.

``python -m tests.crowd.process prepare`` makes the foundation and prints its tokens; ``tell`` prints what is on record.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()  # before anything that has models; DJANGO_SETTINGS_MODULE comes with the process

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from tests.stories.cast import assemble  # noqa: E402

from quorate.access.models import Account, ApiToken  # noqa: E402
from quorate.directory.models import Person  # noqa: E402
from quorate.engine.models import Case, CheckRun, Comment, Program  # noqa: E402
from quorate.ledger.models import Entry, Message  # noqa: E402


def prepare(people: str) -> None:
    """The cast of the stories and so many applicants; prints the secret and the actor of each."""
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        cast = assemble()
        manager = {"secret": cast.secrets["petra"], "actor": f"person:{cast.people['petra'].id}"}
        applicants = []
        for number in range(int(people)):
            account = Account.objects.create_user(f"applicant{number}@people.example")
            person = Person.objects.create(
                slug=f"applicant-{number}", name=f"Applicant {number}", account=account, synthetic=True
            )
            secret = ApiToken.new_secret()
            ApiToken.objects.create(account=account, name="crowd", hash=ApiToken.hash_of(secret), scopes=["all"])
            applicants.append({"secret": secret, "actor": f"person:{person.id}"})
    print(json.dumps({"manager": manager, "applicants": applicants}))


def tell() -> None:
    """Entries in their order, cases, and what waits in the outbox."""
    entries = [
        {
            "seq": entry.seq,
            "kind": entry.kind,
            "actor": entry.actor,
            "at": entry.at.isoformat(),
            "case": next((ref for kind, ref, *role in entry.refs if kind == "case" and role in ([], ["case"])), None),
            "data": entry.data,
        }
        for entry in Entry.objects.order_by("seq")
    ]
    cases = [
        {"id": str(case.id), "key": case.key, "number": case.number, "stage": case.stage, "title": case.title}
        for case in Case.objects.order_by("number")
    ]
    told = {
        "entries": entries,
        "cases": cases,
        "last_number": Program.objects.get(slug="ecosystem").last_number,
        "comments": Comment.objects.count(),
        "checks": CheckRun.objects.count(),
        "waiting": Message.objects.exclude(state="done").count(),
        "failed": list(Message.objects.filter(state="dead").values_list("topic", "last_error")[:5]),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
