"""``python -m benchmarks [NAME…]``: every performance claim, measured beside its baseline in the same run."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from typing import Any

import benchmarks


def main(wanted: list[str]) -> int:
    """Run the named benchmarks, or all; print one line for each measure and keep the JSON for ``--json``."""
    as_json = "--json" in wanted
    names = [name for name in wanted if not name.startswith("-")]
    rows: list[dict[str, Any]] = []
    failed = False
    for found in sorted(pkgutil.iter_modules(benchmarks.__path__), key=lambda module: module.name):
        if found.name.startswith("_") or (names and found.name not in names):
            continue
        module = importlib.import_module(f"benchmarks.{found.name}")
        if not hasattr(module, "run"):
            continue
        if not as_json:
            print(f"\n{found.name}", flush=True)
        for row in module.run():
            rows.append({"benchmark": found.name, **row})
            failed = failed or row.get("met") is False
            if not as_json:
                print("  " + _line(row), flush=True)
    if as_json:
        print(json.dumps(rows, indent=2))
    return 1 if failed else 0


def _line(row: dict[str, Any]) -> str:
    ratio = row.get("ratio")
    parts = [f"{row['name']:<52}", f"{_number(row['ours'])} {row.get('unit', '')}".rstrip()]
    if row.get("baseline") is not None:
        parts.append(f"{row.get('baseline_name', 'baseline')} {_number(row['baseline'])}")
    if ratio is not None:
        parts.append(f"ratio {ratio:.2f}")
    if row.get("target") is not None:
        parts.append(f"target {row['target']}{'' if row.get('met', True) else '  NOT MET'}")
    if row.get("note"):
        parts.append(str(row["note"]))
    return "  ".join(parts)


def _number(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
