"""Pages at ten times the example's size: CPU milliseconds at the median, through the whole stack but the socket.

The subprocess builds a database of its own: the example's files, its landscape written out ten times under other
names, and as many synthetic applications as ten examples have. The baseline of each page is the health endpoint of the
same process: what a request costs before a page does anything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
TIMES = 10
CASES = 800
TARGET = 40.0


def run() -> list[dict[str, Any]]:
    """One row for each page."""
    with tempfile.TemporaryDirectory(prefix="quorate-bench-") as home:
        environment = {**os.environ, "QUORATE_HOME": home, "DJANGO_SETTINGS_MODULE": "quorate.config.settings"}
        environment.pop("DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pages"], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-2000:])
        measured = json.loads(done.stdout.splitlines()[-1])
    base = measured.pop("health")
    return [
        {
            "name": f"{name}, at {TIMES} times the example",
            "ours": milliseconds,
            "unit": "CPU ms at the median",
            "baseline": base,
            "baseline_name": "health endpoint",
            "ratio": milliseconds / base,
            "target": TARGET if name in ("landscape", "case", "public case") else None,
            "met": milliseconds < TARGET if name in ("landscape", "case", "public case") else True,
        }
        for name, milliseconds in measured.items()
    ]


def _measure() -> dict[str, float]:
    # Django is set up inside this process only: the benchmark's parent must not read settings of another home.
    import django

    django.setup()
    import logging
    import statistics
    import time

    from django.conf import settings
    from django.test import Client
    from django.test.utils import override_settings

    from quorate.access.actors import VISITOR, person, system
    from quorate.access.models import Account
    from quorate.directory.actions import link_account
    from quorate.directory.models import Person
    from quorate.directory.queries import email_of
    from quorate.engine import actions
    from quorate.engine.versions import current, program_named
    from quorate.registers.portfolio.actions import import_landscape
    from quorate.surfaces.cli.main import run as quorate

    assert quorate(["setup"]) == 0
    directory = ROOT / "examples" / "pytorch-foundation"
    sys.stdout.flush()
    assert quorate(["apply", str(directory), "--json"]) == 0
    desk = system("benchmark")
    text = (directory / "landscape.yml").read_text(encoding="utf-8")
    import_landscape(actor=desk, data=_times(text).encode(), name="landscape.yml")

    program = program_named("ecosystem")
    form = current(program).form
    assert form is not None
    noor = Person.objects.get(slug="noor-haddad")
    account = noor.account or Account.objects.create_user(email_of(noor))
    if noor.account is None:
        link_account(actor=desk, person=noor, account=account)
    last = None
    for number in range(CASES):
        answers: dict[str, Any] = {
            each.id: [each.choices[0]] if each.takes_many else (each.choices or ("Synthetic answer.",))[0]
            for each in form.questions
        }
        answers |= {"repository": f"https://git.example/synthetic/p{number}", "website": "https://p.example/"}
        answers |= {"contact": "synthetic@people.example", "more-repositories": ""}
        last = actions.file_case(
            actor=VISITOR,
            program=program,
            answers=answers,
            title=f"Synthetic {number}",
            contact_email="synthetic@people.example",
        ).case
    assert last is not None
    actions.move(actor=person(noor.id, noor.name), case=last, transition="take")
    for number in range(40):
        actions.comment(actor=person(noor.id, noor.name), case=last, body=f"Remark {number}")
    actions.run_checks(actor=desk, case=last)

    logging.disable(logging.CRITICAL)
    pages = {
        "health": ("/healthz", False),
        "landscape": ("/p/landscape/", False),
        "case": (f"/cases/{last.key}/", True),
        "public case": (f"/p/cases/{last.key}/", False),
        "list of cases": ("/cases/", True),
        "public queue": ("/p/programs/ecosystem/queue/", False),
        "my work": ("/", True),
    }
    found: dict[str, float] = {}
    with override_settings(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
        for name, (address, signed_in) in pages.items():
            client = Client()
            if signed_in:
                client.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[0])
            times = []
            for turn in range(35):
                began = time.process_time()
                answer = client.get(address)
                taken = (time.process_time() - began) * 1000
                assert answer.status_code == 200, (name, answer.status_code)
                if turn >= 5:
                    times.append(taken)
            found[name] = round(statistics.median(times), 2)
    return found


def _times(text: str) -> str:
    """The landscape with every item ten times over, each copy with names and addresses of its own."""
    yaml = YAML(typ="safe", pure=True)
    data = yaml.load(text)
    for category in data["categories"]:
        for sub in category["subcategories"]:
            copies = [_renamed(item, number) for item in sub["items"] for number in range(1, TIMES)]
            sub["items"] += copies
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _renamed(item: dict[str, Any], number: int) -> dict[str, Any]:
    copy = {**item, "name": f"{item['name']} copy {number}"}
    for key in ("homepage_url", "repo_url"):
        if key in copy:
            copy[key] = f"{copy[key].rstrip('/')}-copy{number}"
    return copy


if __name__ == "__main__":
    print(json.dumps(_measure()))
