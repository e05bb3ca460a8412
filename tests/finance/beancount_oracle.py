"""Somebody else's reading of a plain-text ledger: run under an interpreter that has beancount, imports nothing of ours.

Reads paths from standard input, one to a line, and answers each with one line of JSON: the errors, and the units
that every account holds in the end.
"""

from __future__ import annotations

import json
import sys

from beancount import loader  # type: ignore[import-not-found]  # only in the environment of the oracle
from beancount.core import data, realization  # type: ignore[import-not-found]  # the same
from beancount.ops import validation  # type: ignore[import-not-found]  # the same


def read(path: str) -> dict[str, object]:
    entries, errors, _options = loader.load_file(path, extra_validations=validation.HARDCORE_VALIDATIONS)
    held = {}
    for account in realization.iter_children(realization.realize(entries)):
        for position in account.balance:
            key = f"{account.account} {position.units.currency}"
            held[key] = str(held.get(key, 0) + position.units.number)
    count = sum(isinstance(entry, data.Transaction) for entry in entries)
    return {"errors": [f"{error.source}: {error.message}" for error in errors], "held": held, "transactions": count}


for line in sys.stdin:
    print(json.dumps(read(line.strip())), flush=True)
